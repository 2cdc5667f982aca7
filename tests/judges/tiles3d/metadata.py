"""Metadata schemas and the values of entities (3D Metadata 1.0)."""

from typing import Any

import numpy as np

from tests.judges.tiles3d.findings import IDENTIFIER, Findings, is_integer, is_number

WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
TYPES = (*WIDTHS, "STRING", "BOOLEAN", "ENUM")
INTEGERS = {f"{sign}INT{bits}": np.dtype(f"{sign}int{bits}".lower()) for sign in ("", "U") for bits in (8, 16, 32, 64)}
FLOATS = {"FLOAT32": np.dtype(np.float32), "FLOAT64": np.dtype(np.float64)}
COMPONENTS = INTEGERS | FLOATS
_FLOAT, _UNSIGNED = tuple(FLOATS), ("UINT8", "UINT16", "UINT32", "UINT64")
# type, component types, fixed array length (None: no array, 0: any array)
SEMANTICS: dict[str, tuple[str, tuple[str, ...], int | None]] = {
    "ID": ("STRING", (), None),
    "NAME": ("STRING", (), None),
    "DESCRIPTION": ("STRING", (), None),
    "ATTRIBUTION_IDS": ("SCALAR", _UNSIGNED, 0),
    "ATTRIBUTION_STRINGS": ("STRING", (), 0),
    "TILESET_TILE_COUNT": ("SCALAR", _UNSIGNED, None),
    "TILE_BOUNDING_BOX": ("SCALAR", _FLOAT, 12),
    "TILE_BOUNDING_REGION": ("SCALAR", _FLOAT, 6),
    "TILE_BOUNDING_SPHERE": ("SCALAR", _FLOAT, 4),
    "TILE_BOUNDING_S2_CELL": ("SCALAR", ("UINT64",), None),
    "TILE_MINIMUM_HEIGHT": ("SCALAR", _FLOAT, None),
    "TILE_MAXIMUM_HEIGHT": ("SCALAR", _FLOAT, None),
    "TILE_HORIZON_OCCLUSION_POINT": ("VEC3", _FLOAT, None),
    "TILE_GEOMETRIC_ERROR": ("SCALAR", _FLOAT, None),
    "TILE_REFINE": ("SCALAR", ("UINT8",), None),
    "TILE_TRANSFORM": ("MAT4", _FLOAT, None),
    "CONTENT_BOUNDING_BOX": ("SCALAR", _FLOAT, 12),
    "CONTENT_BOUNDING_REGION": ("SCALAR", _FLOAT, 6),
    "CONTENT_BOUNDING_SPHERE": ("SCALAR", _FLOAT, 4),
    "CONTENT_BOUNDING_S2_CELL": ("SCALAR", ("UINT64",), None),
    "CONTENT_MINIMUM_HEIGHT": ("SCALAR", _FLOAT, None),
    "CONTENT_MAXIMUM_HEIGHT": ("SCALAR", _FLOAT, None),
    "CONTENT_HORIZON_OCCLUSION_POINT": ("VEC3", _FLOAT, None),
    "CONTENT_URI": ("STRING", (), None),
    "CONTENT_GROUP_ID": ("SCALAR", _UNSIGNED, None),
}


def check_schema(found: Findings, schema: Any, path: str) -> bool:
    """A schema with its classes and enums; whether it is good enough to judge entities by."""
    before = len(found.issues)
    if not found.object(schema, path):
        return False
    found.root_property(schema, path)
    if found.need(schema, "id", path):
        found.text(schema["id"], f"{path}/id", IDENTIFIER)
    for name in ("name", "description", "version"):
        if name in schema:
            found.text(schema[name], f"{path}/{name}")
    enums = schema.get("enums", {})
    if found.object(enums, f"{path}/enums"):
        for name, enum in enums.items():
            found.text(name, f"{path}/enums/{name}", IDENTIFIER)
            _enum(found, enum, f"{path}/enums/{name}")
    classes = schema.get("classes", {})
    if found.object(classes, f"{path}/classes"):
        for name, one in classes.items():
            found.text(name, f"{path}/classes/{name}", IDENTIFIER)
            _class(found, one, f"{path}/classes/{name}", schema)
    return not any(issue.severity == "error" for issue in found.issues[before:])


def _named(found: Findings, value: dict[str, Any], path: str) -> None:
    found.root_property(value, path)
    for name in ("name", "description"):
        if name in value:
            found.text(value[name], f"{path}/{name}")


def _enum(found: Findings, enum: Any, path: str) -> None:
    if not found.object(enum, path):
        return
    _named(found, enum, path)
    kind = enum.get("valueType", "UINT16")
    if not isinstance(kind, str):
        found.add("TYPE_MISMATCH", f"{path}/valueType")
        kind = "INT64"
    elif kind not in INTEGERS:
        found.add("VALUE_NOT_IN_LIST", f"{path}/valueType", kind)
        kind = "INT64"
    if not found.need(enum, "values", path):
        return
    if not found.array(enum["values"], f"{path}/values", lambda one: isinstance(one, dict), least=1):
        return
    names, numbers = [], []
    for i, one in enumerate(enum["values"]):
        here = f"{path}/values/{i}"
        found.root_property(one, here)
        if found.need(one, "name", here) and found.text(one["name"], f"{here}/name"):
            names.append(one["name"])
        if "description" in one:
            found.text(one["description"], f"{here}/description")
        if found.need(one, "value", here) and found.integer(one["value"], f"{here}/value"):
            limits = np.iinfo(INTEGERS[kind])
            if not limits.min <= one["value"] <= limits.max:
                found.add("VALUE_NOT_IN_RANGE", f"{here}/value", one["value"])
            numbers.append(one["value"])
    if len(set(names)) < len(names):
        found.add("ENUM_VALUE_DUPLICATE_NAME", path, names)
    if len(set(numbers)) < len(numbers):
        found.add("ENUM_VALUE_DUPLICATE_VALUE", path, numbers)


def _class(found: Findings, one: Any, path: str, schema: dict[str, Any]) -> None:
    if not found.object(one, path):
        return
    _named(found, one, path)
    properties = one.get("properties", {"_": None})
    if not found.object(properties, f"{path}/properties"):
        return
    if not properties:
        found.add("NUMBER_OF_PROPERTIES_MISMATCH", f"{path}/properties")
    semantics: list[str] = []
    for name, value in properties.items() if "properties" in one else ():
        here = f"{path}/properties/{name}"
        found.text(name, here, IDENTIFIER)
        if found.object(value, here):
            _property(found, value, here, schema)
            if isinstance(value.get("semantic"), str):
                semantics.append(value["semantic"])
    if len(set(semantics)) < len(semantics):
        found.add("CLASS_PROPERTIES_DUPLICATE_SEMANTIC", path, semantics)


def _property(found: Findings, value: dict[str, Any], path: str, schema: dict[str, Any]) -> None:
    _named(found, value, path)
    if not found.need(value, "type", path):
        return
    kind = value["type"]
    if not found.text(kind, f"{path}/type") or not found.listed(kind, f"{path}/type", TYPES):
        return
    good = _component(found, value, path) & _enum_type(found, value, path, schema) & _array(found, value, path)
    if not good:
        return
    for name in ("required", "normalized"):
        if name in value:
            good &= found.boolean(value[name], f"{path}/{name}")
    integer = value.get("componentType") in INTEGERS
    if value.get("normalized") is True and not (kind in WIDTHS and integer):
        found.add("CLASS_PROPERTY_NORMALIZED_FOR_NON_NORMALIZABLE_TYPE", path)
    endless = value.get("array") is True and "count" not in value
    for name in ("offset", "scale", "min", "max"):
        if name not in value:
            continue
        if name in ("offset", "scale") and not (
            value.get("componentType") in FLOATS or (integer and value.get("normalized"))
        ):
            found.add("METADATA_OFFSET_SCALE_FOR_NON_FLOATING_POINT_TYPE", f"{path}/{name}")
        elif kind not in WIDTHS:
            found.add("METADATA_MIN_MAX_FOR_NON_NUMERIC_TYPE", f"{path}/{name}")
        elif endless:
            found.add("METADATA_PROPERTY_INVALID_FOR_VARIABLE_LENGTH_ARRAY", f"{path}/{name}")
        else:
            check_value(found, value[name], value, f"{path}/{name}", schema, ranges=False)
    for name in ("noData", "default"):
        if name not in value:
            continue
        if value.get("required") is True:
            found.add("CLASS_PROPERTY_INCONSISTENT", f"{path}/{name}", "required")
        elif name == "noData" and kind == "BOOLEAN":
            found.add("CLASS_PROPERTY_INCONSISTENT", f"{path}/{name}", "boolean")
        else:
            check_value(found, value[name], value, f"{path}/{name}", schema, ranges=name == "noData")
    if "semantic" in value and found.text(value["semantic"], f"{path}/semantic"):
        _semantic(found, value, path)


def _component(found: Findings, value: dict[str, Any], path: str) -> bool:
    numeric = value["type"] in WIDTHS
    if "componentType" not in value:
        return not numeric or found.add("CLASS_PROPERTY_COMPONENT_TYPE_MISSING", path)
    component = value["componentType"]
    if not found.text(component, f"{path}/componentType"):
        return False
    if not found.listed(component, f"{path}/componentType", COMPONENTS):
        return False
    return numeric or found.add("CLASS_PROPERTY_COMPONENT_TYPE_FOR_NON_NUMERIC_TYPE", path)


def _enum_type(found: Findings, value: dict[str, Any], path: str, schema: dict[str, Any]) -> bool:
    if "enumType" not in value:
        return value["type"] != "ENUM" or found.add("CLASS_PROPERTY_ENUM_TYPE_WITHOUT_ENUMTYPE", path)
    if not found.text(value["enumType"], f"{path}/enumType"):
        return False
    if value["type"] != "ENUM":
        return found.add("CLASS_PROPERTY_ENUMTYPE_WITH_NON_ENUM_TYPE", path)
    enums = schema.get("enums", {})
    here = isinstance(enums, dict) and value["enumType"] in enums
    return here or found.add("CLASS_PROPERTY_ENUMTYPE_NOT_FOUND", path, value["enumType"])


def _array(found: Findings, value: dict[str, Any], path: str) -> bool:
    good = "array" not in value or found.boolean(value["array"], f"{path}/array")
    if good and "count" in value:
        good = found.integer(value["count"], f"{path}/count", 2)
        if good and value.get("array") is not True:
            good = found.add("CLASS_PROPERTY_COUNT_FOR_NON_ARRAY", path)
    return good


def _semantic(found: Findings, value: dict[str, Any], path: str) -> None:
    semantic = value["semantic"]
    if semantic not in SEMANTICS:
        found.add("METADATA_SEMANTIC_UNKNOWN", path, semantic, "warning")
        return
    kind, components, count = SEMANTICS[semantic]
    array = value.get("array") is True
    fits = value["type"] == kind and (not components or value.get("componentType") in components)
    fits &= array == (count is not None) and (not count or value.get("count") == count)
    fits &= value.get("normalized") is not True
    if not fits:
        found.add("METADATA_SEMANTIC_INVALID", path, semantic)


def check_value(
    found: Findings, value: Any, kind: dict[str, Any], path: str, schema: dict[str, Any], *, ranges: bool = True
) -> bool:
    """A JSON value against the type of a class property."""
    if kind.get("array") is True:
        if not isinstance(value, list):
            return found.add("TYPE_MISMATCH", path, "not an array")
        if "count" in kind and len(value) != kind["count"]:
            return found.add("ARRAY_LENGTH_MISMATCH", path, len(value))
        good = [_element(found, one, kind, f"{path}/{i}", schema, ranges) for i, one in enumerate(value)]
        return all(good)
    return _element(found, value, kind, path, schema, ranges)


def _element(
    found: Findings, value: Any, kind: dict[str, Any], path: str, schema: dict[str, Any], ranges: bool
) -> bool:
    if kind["type"] == "STRING":
        return found.text(value, path)
    if kind["type"] == "BOOLEAN":
        return found.boolean(value, path)
    if kind["type"] == "ENUM":
        if not found.text(value, path):
            return False
        names = [one.get("name") for one in schema["enums"][kind["enumType"]].get("values", [])]
        return value in names or found.add("CLASS_PROPERTY_ENUM_VALUE_NAME_NOT_FOUND", path, value)
    width = WIDTHS[kind["type"]]
    if kind["type"] == "SCALAR":
        return found.number(value, path) and _in_range(found, [value], kind, path, ranges)
    if not found.array(value, path, is_number, length=width):
        return False
    return _in_range(found, value, kind, path, ranges)


def _in_range(found: Findings, values: list[Any], kind: dict[str, Any], path: str, ranges: bool) -> bool:
    component = kind.get("componentType")
    if not ranges or component not in INTEGERS:
        return True
    limits = np.iinfo(INTEGERS[component])
    if not all(is_integer(value) or float(value).is_integer() for value in values):
        return found.add("TYPE_MISMATCH", path, values)
    good = all(limits.min <= value <= limits.max for value in values)
    return good or found.add("VALUE_NOT_IN_RANGE", path, values)


def check_entity(found: Findings, entity: Any, path: str, schema: Any) -> None:
    """``class`` and ``properties`` of a tileset, tile, group, content or subtree."""
    if not found.object(entity, path):
        return
    if schema is None:
        found.add("REQUIRED_VALUE_NOT_FOUND", path, "no schema")
        return
    if not found.need(entity, "class", path) or not found.text(entity["class"], f"{path}/class"):
        return
    classes = schema.get("classes", {})
    if entity["class"] not in classes:
        found.add("IDENTIFIER_NOT_FOUND", f"{path}/class", entity["class"])
        return
    kinds = classes[entity["class"]].get("properties", {})
    values = entity.get("properties", {})
    if not found.object(values, f"{path}/properties"):
        return
    for name, value in values.items():
        here = f"{path}/properties/{name}"
        if name not in kinds:
            found.add("IDENTIFIER_NOT_FOUND", here, name)
        elif value is not None and check_value(found, value, kinds[name], here, schema):
            check_limits(found, np.array(value) if kinds[name]["type"] in WIDTHS else None, kinds[name], here)
    for name, kind in kinds.items():
        if kind.get("required") is True and values.get(name) is None:
            found.add("METADATA_VALUE_REQUIRED_BUT_MISSING", f"{path}/properties/{name}")


def transformed(raw: Any, kind: dict[str, Any], own: dict[str, Any] | None = None) -> Any:
    """Raw numbers with ``normalized``, ``offset`` and ``scale``; ``own`` (a table's property) overrides the class."""
    values = np.asarray(raw, dtype=np.float64)
    if kind.get("normalized") is True:
        values = np.maximum(values / float(np.iinfo(INTEGERS[kind["componentType"]]).max), -1.0)
    for name in ("scale", "offset"):
        given = (own or {}).get(name, kind.get(name))
        if given is not None:
            number = np.asarray(given, dtype=np.float64)
            values = values * number if name == "scale" else values + number
    return values


def check_limits(found: Findings, raw: Any, kind: dict[str, Any], path: str, own: dict[str, Any] | None = None) -> None:
    """Values, transformed, against the ``min`` and ``max`` of the class and of the table."""
    if raw is None or not np.size(raw):
        return
    values = transformed(raw, kind, own)
    if kind.get("noData") is not None:
        keep = np.asarray(raw) != np.asarray(kind["noData"])
        if keep.ndim > np.ndim(kind["noData"]) and keep.ndim > 1:
            keep = keep.any(axis=-1)
        values = values[keep] if np.ndim(values) else values
    if not np.size(values):
        return
    slack = 1e-6 * np.maximum(np.abs(values), 1.0)
    for given in (kind, own or {}):
        if "min" in given and (values < np.asarray(given["min"], float) - slack).any():
            found.add("METADATA_VALUE_NOT_IN_RANGE", path, f"below {given['min']}")
        if "max" in given and (values > np.asarray(given["max"], float) + slack).any():
            found.add("METADATA_VALUE_NOT_IN_RANGE", path, f"above {given['max']}")
    if own:
        rows = values.reshape(-1, *np.shape(own.get("min", own.get("max", 0.0))))
        for name, actual in (("min", rows.min(axis=0)), ("max", rows.max(axis=0))):
            if name in own and not np.allclose(actual, own[name], rtol=1e-5, atol=1e-6):
                found.add("METADATA_VALUE_MISMATCH", path, f"{name} is {actual}")
