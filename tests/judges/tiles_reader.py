"""Reads what a browser would: building tiles through the tileset's tree and terrain tiles, as earth-centred triangles.

Nothing of the writers is used: pygltflib parses the GLB, quantized-mesh-tile the terrain, numpy the bytes.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pygltflib
from numpy.typing import NDArray

_COMPONENT = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_SCALAR = {
    "INT8": np.int8, "UINT8": np.uint8, "INT16": np.int16, "UINT16": np.uint16, "INT32": np.int32,
    "UINT32": np.uint32, "FLOAT32": np.float32, "FLOAT64": np.float64,
}  # fmt: skip
Y_UP_TO_Z_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]])


@dataclass(frozen=True, eq=False)
class Triangles:
    """``vertices_ecef_m`` (v, 3) float64, ``triangles`` (t, 3), ``feature`` (t,) row of ``table``, normals (v, 3)."""

    vertices_ecef_m: NDArray[np.float64]
    triangles: NDArray[np.int64]
    feature: NDArray[np.int64]
    table: dict[str, list[Any]]
    normals: NDArray[np.float64]


def accessor(gltf: pygltflib.GLTF2, index: int) -> NDArray[Any]:
    found = gltf.accessors[index]
    view = gltf.bufferViews[found.bufferView]
    kind, width = np.dtype(_COMPONENT[found.componentType]), _WIDTH[found.type]
    start = (view.byteOffset or 0) + (found.byteOffset or 0)
    stride = view.byteStride or kind.itemsize * width
    blob = gltf.binary_blob()
    values = np.ndarray((found.count, width), kind, blob, start, (stride, kind.itemsize)).copy()
    if found.normalized:
        values = np.maximum(values / float(np.iinfo(kind).max), -1.0)
    return values[:, 0] if width == 1 else values


def property_table(gltf: pygltflib.GLTF2, number: int = 0) -> dict[str, list[Any]]:
    extension = gltf.extensions["EXT_structural_metadata"]
    table = extension["propertyTables"][number]
    kinds = extension["schema"]["classes"][table["class"]]["properties"]
    blob = gltf.binary_blob()

    def data(index: int) -> bytes:
        view = gltf.bufferViews[index]
        return blob[view.byteOffset : view.byteOffset + view.byteLength]

    made: dict[str, list[Any]] = {}
    for name, column in table["properties"].items():
        if kinds[name]["type"] == "STRING":
            cuts = np.frombuffer(data(column["stringOffsets"]), np.uint32)[: table["count"] + 1].tolist()
            text = data(column["values"])
            made[name] = [text[a:b].decode() for a, b in pairwise(cuts)]
        else:
            kind = _SCALAR[kinds[name]["componentType"]]
            made[name] = np.frombuffer(data(column["values"]), kind)[: table["count"]].tolist()
    return made


def read_glb(data: bytes, to_ecef: NDArray[np.float64]) -> Triangles:
    """One content with its tile's whole transform; our tiles hold one node, one mesh, one primitive."""
    gltf = pygltflib.GLTF2.load_from_bytes(data)
    assert gltf is not None
    primitive = gltf.meshes[0].primitives[0]
    local = accessor(gltf, primitive.attributes.POSITION).astype(np.float64)
    whole = to_ecef @ Y_UP_TO_Z_UP
    vertices = local @ whole[:3, :3].T + whole[:3, 3]
    triangles = accessor(gltf, primitive.indices).astype(np.int64).reshape(-1, 3)
    feature = accessor(gltf, primitive.attributes._FEATURE_ID_0).astype(np.int64)
    normals = accessor(gltf, primitive.attributes.NORMAL) @ whole[:3, :3].T
    return Triangles(vertices, triangles, feature[triangles[:, 0]], property_table(gltf), normals)


def walk(tileset: Path) -> Iterator[tuple[dict[str, Any], NDArray[np.float64], dict[str, Any] | None]]:
    """Every tile with its whole transform and its parent."""
    root = json.loads(tileset.read_text(encoding="utf-8"))["root"]
    stack: list[tuple[dict[str, Any], NDArray[np.float64], dict[str, Any] | None]] = [(root, np.eye(4), None)]
    while stack:
        tile, above, parent = stack.pop()
        own = np.array(tile.get("transform", np.eye(4).T.ravel())).reshape(4, 4).T
        yield tile, above @ own, parent
        stack += [(child, above @ own, tile) for child in tile.get("children", [])]


def read_buildings(tileset: Path) -> Iterator[Triangles]:
    for tile, to_ecef, _ in walk(tileset):
        if "content" in tile:
            yield read_glb((tileset.parent / urlsplit(tile["content"]["uri"]).path).read_bytes(), to_ecef)


def glb_json(data: bytes) -> dict[str, Any]:
    length = struct.unpack_from("<I", data, 12)[0]
    return dict(json.loads(data[20 : 20 + length]))
