"""EXT_structural_metadata: schema, property tables, property textures and property attributes."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.judges.tiles3d.findings import Findings
from tests.judges.tiles3d.gltf_model import Document, Unreadable
from tests.judges.tiles3d.metadata import COMPONENTS, INTEGERS, WIDTHS, check_limits, check_schema

METADATA = "EXT_structural_metadata"
_ATTRIBUTE = {"INT8": 5120, "UINT8": 5121, "INT16": 5122, "UINT16": 5123, "FLOAT32": 5126}
_OFFSETS = ("UINT8", "UINT16", "UINT32", "UINT64")


def check_structural(found: Findings, document: Document) -> None:
    words = document.words.get("extensions", {}).get(METADATA)
    path = f"/extensions/{METADATA}"
    if words is None or not found.object(words, path):
        return
    schema = _schema(found, document, words, path)
    if schema is None:
        return
    for name, check in (("propertyTables", _table), ("propertyTextures", _texture), ("propertyAttributes", _class_of)):
        several = words.get(name)
        if several is None:
            continue
        if not found.array(several, f"{path}/{name}", lambda one: isinstance(one, dict), least=1):
            continue
        for i, one in enumerate(several):
            check(found, document, one, schema, f"{path}/{name}/{i}")


def _schema(found: Findings, document: Document, words: dict[str, Any], path: str) -> Any:
    if "schema" in words and "schemaUri" in words:
        found.add("ONE_OF_ERROR", path)
        return None
    if "schema" not in words and "schemaUri" not in words:
        found.add("ANY_OF_ERROR", path, "no schema")
        return None
    schema = words.get("schema")
    if "schemaUri" in words:
        if not found.text(words["schemaUri"], f"{path}/schemaUri"):
            return None
        try:
            schema = json.loads(document.uri(words["schemaUri"]))
        except (Unreadable, ValueError) as problem:
            found.add("IO_ERROR", f"{path}/schemaUri", problem)
            return None
    return schema if check_schema(found, schema, f"{path}/schema") else None


def _class_of(
    found: Findings, document: Document, one: dict[str, Any], schema: dict[str, Any], path: str
) -> dict[str, Any] | None:
    """The class properties of a table, texture or attribute whose own properties all exist in it."""
    del document
    if not found.need(one, "class", path) or not found.text(one["class"], f"{path}/class"):
        return None
    if one["class"] not in schema.get("classes", {}):
        found.add("IDENTIFIER_NOT_FOUND", f"{path}/class", one["class"])
        return None
    kinds: dict[str, Any] = schema["classes"][one["class"]].get("properties", {})
    properties = one.get("properties", {})
    if not found.object(properties, f"{path}/properties"):
        return None
    for name, value in properties.items():
        if name not in kinds:
            found.add("IDENTIFIER_NOT_FOUND", f"{path}/properties/{name}", name)
            return None
        if not found.object(value, f"{path}/properties/{name}"):
            return None
    for name, kind in kinds.items():
        if kind.get("required") is True and name not in properties:
            found.add("METADATA_VALUE_REQUIRED_BUT_MISSING", f"{path}/properties/{name}")
    return kinds


# -- property tables ---------------------------------------------------------------------------------------


def _table(found: Findings, document: Document, one: dict[str, Any], schema: dict[str, Any], path: str) -> None:
    kinds = _class_of(found, document, one, schema, path)
    if kinds is None or not found.need(one, "count", path) or not found.integer(one["count"], f"{path}/count", 1):
        return
    for name, column in one.get("properties", {}).items():
        _column(found, document, column, kinds[name], one["count"], f"{path}/properties/{name}", schema)


def _column(
    found: Findings,
    document: Document,
    column: dict[str, Any],
    kind: dict[str, Any],
    count: int,
    path: str,
    schema: dict[str, Any],
) -> None:
    views = len(document.listed("bufferViews"))
    for name in ("values", "arrayOffsets", "stringOffsets"):
        if name in column and not found.integer(column[name], f"{path}/{name}", 0, views):
            return
    if not found.need(column, "values", path):
        return
    items = count * kind.get("count", 1)
    if kind.get("array") is True and "count" not in kind:
        offsets = _offsets(found, document, column, "array", count, path)
        if offsets is None:
            return
        items = int(offsets[-1])
    data = document.view(column["values"])
    if kind["type"] == "STRING":
        _strings(found, document, column, data, items, path)
        return
    if kind["type"] == "BOOLEAN":
        if len(data) < -(-items // 8):
            found.add("METADATA_INVALID_SIZE", path, f"{len(data)} bytes for {items} bits")
        return
    dtype = _dtype(kind, schema)
    width = WIDTHS.get(kind["type"], 1)
    view = document.listed("bufferViews")[column["values"]]
    if view.get("byteOffset", 0) % dtype.itemsize:
        found.add("METADATA_INVALID_ALIGNMENT", path, view)
    if len(data) != items * width * dtype.itemsize:
        found.add("METADATA_INVALID_SIZE", path, f"{len(data)} bytes for {items} values")
        return
    values = np.frombuffer(data, dtype).reshape(items, width)
    if kind["type"] == "ENUM":
        _enum_values(found, values, kind, schema, path)
    elif not (kind.get("array") is True and "count" not in kind):
        rows = values.reshape(count, -1, width) if kind.get("array") else values
        rows = rows[..., 0] if kind["type"] == "SCALAR" else rows
        check_limits(found, rows, kind, path, column)


def _dtype(kind: dict[str, Any], schema: dict[str, Any]) -> np.dtype[Any]:
    if kind["type"] == "ENUM":
        return INTEGERS[schema["enums"][kind["enumType"]].get("valueType", "UINT16")]
    return COMPONENTS[kind["componentType"]]


def _offsets(
    found: Findings, document: Document, column: dict[str, Any], what: str, count: int, path: str
) -> NDArray[Any] | None:
    if not found.need(column, f"{what}Offsets", path):
        return None
    kind = column.get(f"{what}OffsetType", "UINT32")
    if not found.listed(kind, f"{path}/{what}OffsetType", _OFFSETS):
        return None
    data = document.view(column[f"{what}Offsets"])
    dtype = INTEGERS[kind]
    if len(data) < (count + 1) * dtype.itemsize:
        found.add("METADATA_INVALID_SIZE", path, f"{len(data)} bytes for {count + 1} offsets")
        return None
    offsets = np.frombuffer(data, dtype, count + 1).astype(np.int64)
    if (np.diff(offsets) < 0).any():
        found.add("METADATA_INVALID_OFFSETS", path, "offsets fall")
        return None
    return offsets


def _strings(found: Findings, document: Document, column: dict[str, Any], data: bytes, items: int, path: str) -> None:
    offsets = _offsets(found, document, column, "string", items, path)
    if offsets is None:
        return
    if offsets[-1] > len(data):
        found.add("METADATA_INVALID_SIZE", path, f"strings to {offsets[-1]} of {len(data)} bytes")
        return
    try:
        for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
            data[a:b].decode()
    except UnicodeDecodeError as problem:
        found.add("METADATA_INVALID_ENCODING", path, problem)


def _enum_values(
    found: Findings, values: NDArray[Any], kind: dict[str, Any], schema: dict[str, Any], path: str
) -> None:
    enum = schema["enums"][kind["enumType"]]
    known = {one["value"]: one["name"] for one in enum["values"]}
    odd = [value for value in np.unique(values).tolist() if value not in known]
    if odd:
        found.add("VALUE_NOT_IN_LIST", path, odd)


# -- property textures and attributes ----------------------------------------------------------------------


def _texture(found: Findings, document: Document, one: dict[str, Any], schema: dict[str, Any], path: str) -> None:
    from tests.judges.tiles3d.gltf_extensions import check_texture

    kinds = _class_of(found, document, one, schema, path)
    for name, value in one.get("properties", {}).items() if kinds is not None else ():
        assert kinds is not None
        here, kind = f"{path}/properties/{name}", kinds[name]
        dtype = _fixed(kind, schema)
        if dtype is None:
            found.add("INVALID_METADATA_PROPERTY_TYPE", here, kind["type"])
            continue
        chosen = check_texture(found, document, None, value, here)
        if chosen is None:
            continue
        width = WIDTHS.get(kind["type"], 1)
        size = dtype.itemsize * width * kind.get("count", 1)
        if size != chosen.shape[2]:
            found.add("TEXTURE_CHANNELS_SIZE_MISMATCH", here, f"{chosen.shape[2]} channels for {size} bytes")
            continue
        values = np.ascontiguousarray(chosen).reshape(-1, size).view(dtype)
        if kind["type"] == "ENUM":
            _enum_values(found, values, kind, schema, here)
        else:
            rows = values[:, 0] if width == 1 and "count" not in kind else values
            check_limits(found, rows, kind, here, value)


def _fixed(kind: dict[str, Any], schema: dict[str, Any]) -> np.dtype[Any] | None:
    """The type of values in a texture; None where it cannot hold them."""
    if kind["type"] in ("STRING", "BOOLEAN") or (kind.get("array") is True and "count" not in kind):
        return None
    dtype = _dtype(kind, schema)
    return dtype if dtype.itemsize * WIDTHS.get(kind["type"], 1) * kind.get("count", 1) <= 4 else None


def check_primitive(found: Findings, document: Document, primitive: dict[str, Any], words: Any, path: str) -> None:
    """What a mesh primitive says of property textures and attributes."""
    top = document.words.get("extensions", {}).get(METADATA)
    if not isinstance(top, dict):
        found.add("INVALID_GLTF_STRUCTURE", path, "no metadata at the top")
        return
    if not found.object(words, path):
        return
    for name in ("propertyTextures", "propertyAttributes"):
        here, count = f"{path}/{name}", len(top.get(name, []))
        if name not in words or not found.array(words[name], here, lambda one: isinstance(one, int), least=1):
            continue
        good = [found.integer(one, here, 0, count) for one in words[name]]
        if all(good):
            for number in words[name]:
                check = _primitive_texture if name == "propertyTextures" else _primitive_attribute
                check(found, document, primitive, top[name][number], f"{here}/{number}")


def _primitive_texture(
    found: Findings, document: Document, primitive: dict[str, Any], one: dict[str, Any], path: str
) -> None:
    del document
    for name, value in one.get("properties", {}).items():
        coordinate = value.get("texCoord", 0)
        if isinstance(coordinate, int) and f"TEXCOORD_{coordinate}" not in primitive.get("attributes", {}):
            found.add("IDENTIFIER_NOT_FOUND", f"{path}/{name}", f"TEXCOORD_{coordinate}")


def _primitive_attribute(
    found: Findings, document: Document, primitive: dict[str, Any], one: dict[str, Any], path: str
) -> None:
    schema = document.words["extensions"][METADATA].get("schema", {})
    kinds = schema.get("classes", {}).get(one.get("class"), {}).get("properties", {})
    for name, value in one.get("properties", {}).items():
        here, attribute, kind = f"{path}/{name}", value.get("attribute"), kinds.get(name)
        if not found.text(attribute, f"{here}/attribute") or kind is None:
            continue
        if attribute not in primitive.get("attributes", {}):
            found.add("IDENTIFIER_NOT_FOUND", here, attribute)
            continue
        component = kind.get("componentType")
        if kind["type"] == "ENUM":
            component = schema["enums"][kind["enumType"]].get("valueType", "UINT16")
        accessor = document.listed("accessors")[primitive["attributes"][attribute]]
        fits = kind.get("array") is not True and kind["type"] not in ("STRING", "BOOLEAN")
        fits = fits and component in _ATTRIBUTE and _ATTRIBUTE[component] == accessor.get("componentType")
        shape = "SCALAR" if kind["type"] == "ENUM" else kind["type"]
        if not fits or accessor.get("type") != shape:
            found.add("INVALID_METADATA_PROPERTY_TYPE", here, kind)
            continue
        values = document.accessor(primitive["attributes"][attribute])
        if kind["type"] == "ENUM":
            _enum_values(found, values, kind, schema, here)
        else:
            check_limits(found, values[:, 0] if shape == "SCALAR" else values, kind, here, value)
