"""EXT_mesh_features in a glTF, and that the structural metadata it refers to is there."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.judges.tiles3d.findings import IDENTIFIER, Findings
from tests.judges.tiles3d.gltf_model import Document, Unreadable
from tests.judges.tiles3d.structural import METADATA, check_primitive, check_structural

FEATURES = "EXT_mesh_features"
_NEAREST = 9728


def check_gltf(found: Findings, document: Document) -> None:
    """Both extensions, wherever they stand."""
    check_structural(found, document)
    for m, mesh in enumerate(document.listed("meshes")):
        for p, primitive in enumerate(mesh.get("primitives", [])):
            path = f"/meshes/{m}/primitives/{p}"
            extensions = primitive.get("extensions", {})
            if FEATURES in extensions:
                _mesh_features(found, document, primitive, extensions[FEATURES], f"{path}/{FEATURES}")
            if METADATA in extensions:
                check_primitive(found, document, primitive, extensions[METADATA], f"{path}/{METADATA}")


def _mesh_features(found: Findings, document: Document, primitive: dict[str, Any], words: Any, path: str) -> None:
    if not found.object(words, path) or not found.need(words, "featureIds", path):
        return
    ids = words["featureIds"]
    if not found.array(ids, f"{path}/featureIds", lambda one: isinstance(one, dict), least=1):
        return
    for i, one in enumerate(ids):
        _feature_ids(found, document, primitive, one, f"{path}/featureIds/{i}")


def _feature_ids(
    found: Findings, document: Document, primitive: dict[str, Any], one: dict[str, Any], path: str
) -> None:
    before = len(found.issues)
    if found.need(one, "featureCount", path):
        found.integer(one["featureCount"], f"{path}/featureCount", 1)
    if "nullFeatureId" in one:
        found.integer(one["nullFeatureId"], f"{path}/nullFeatureId", 0)
    if "label" in one:
        found.text(one["label"], f"{path}/label", IDENTIFIER)
    values = None
    if "attribute" in one:
        values = _attribute(found, document, primitive, one["attribute"], path)
    elif "texture" in one:
        values = _texture(found, document, primitive, one["texture"], f"{path}/texture")
    table = _table(found, document, one, path) if "propertyTable" in one else None
    if values is None or len(found.issues) > before:
        return
    distinct = np.unique(values)
    distinct = distinct[distinct != one.get("nullFeatureId", -1)]
    if len(distinct) > one["featureCount"]:
        found.add("FEATURE_COUNT_MISMATCH", path, f"{len(distinct)} ids, {one['featureCount']} stated")
    if table is not None and len(distinct) and distinct.max() >= table:
        found.add("VALUE_NOT_IN_RANGE", path, f"id {distinct.max()} in a table of {table}")


def _attribute(
    found: Findings, document: Document, primitive: dict[str, Any], number: Any, path: str
) -> NDArray[Any] | None:
    if not found.integer(number, f"{path}/attribute", 0):
        return None
    name = f"_FEATURE_ID_{number}"
    if name not in primitive.get("attributes", {}):
        found.add("IDENTIFIER_NOT_FOUND", f"{path}/attribute", name)
        return None
    accessor = document.listed("accessors")[primitive["attributes"][name]]
    if accessor.get("type") != "SCALAR":
        found.add("INVALID_GLTF_STRUCTURE", f"{path}/attribute", accessor.get("type"))
    elif accessor.get("normalized") is True:
        found.add("INVALID_GLTF_STRUCTURE", f"{path}/attribute", "normalized")
    else:
        return document.accessor(primitive["attributes"][name])[:, 0]
    return None


def check_texture(
    found: Findings, document: Document, primitive: dict[str, Any] | None, words: Any, path: str
) -> NDArray[np.uint8] | None:
    """A textureInfo with channels; gives the channels' bytes (rows, cols, channels)."""
    if not found.object(words, path) or not found.need(words, "index", path):
        return None
    if not found.integer(words["index"], f"{path}/index", 0, len(document.listed("textures"))):
        return None
    coordinate = words.get("texCoord", 0)
    if not found.integer(coordinate, f"{path}/texCoord", 0):
        return None
    if primitive is not None and f"TEXCOORD_{coordinate}" not in primitive.get("attributes", {}):
        found.add("IDENTIFIER_NOT_FOUND", f"{path}/texCoord", coordinate)
        return None
    channels = words.get("channels", [0])
    whole = found.array(channels, f"{path}/channels", lambda one: isinstance(one, int), least=1)
    if not whole or not all(found.integer(one, f"{path}/channels", 0) for one in channels):
        return None
    sampler = document.listed("textures")[words["index"]].get("sampler")
    if sampler is not None:
        filters = document.listed("samplers")[sampler]
        for name in ("minFilter", "magFilter"):
            if name in filters:
                found.listed(filters[name], f"{path}/{name}", (_NEAREST,))
    try:
        image = document.image(words["index"])
    except (Unreadable, IndexError, KeyError, TypeError) as problem:
        found.add("IO_ERROR", path, problem)
        return None
    if max(channels) >= image.shape[2] or len(channels) > image.shape[2]:
        found.add("TEXTURE_CHANNELS_OUT_OF_RANGE", f"{path}/channels", f"{channels} of {image.shape[2]}")
        return None
    chosen: NDArray[np.uint8] = image[..., channels]
    return chosen


def _texture(
    found: Findings, document: Document, primitive: dict[str, Any], words: Any, path: str
) -> NDArray[Any] | None:
    chosen = check_texture(found, document, primitive, words, path)
    if chosen is None:
        return None
    weights = 256 ** np.arange(chosen.shape[2], dtype=np.int64)
    ids: NDArray[Any] = chosen.astype(np.int64) @ weights
    return ids


def _table(found: Findings, document: Document, one: dict[str, Any], path: str) -> int | None:
    structural = document.words.get("extensions", {}).get(METADATA)
    if structural is None or not isinstance(structural.get("propertyTables"), list):
        found.add("INVALID_GLTF_STRUCTURE", path, "no property tables")
        return None
    tables = structural["propertyTables"]
    if not found.integer(one["propertyTable"], f"{path}/propertyTable", 0, len(tables)):
        return None
    count = tables[one["propertyTable"]].get("count")
    return count if isinstance(count, int) else None
