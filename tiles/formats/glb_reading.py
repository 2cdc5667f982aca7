"""Reads back the binary glTF that building tiles are: corners, triangles, and which building each belongs to.

Only what ``tiles.building_mesh`` writes is understood: one mesh of one primitive without a node transform.
"""

import json
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.errors import TilesError

_COMPONENT = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_MAGIC = 0x46546C67


class UnreadableTile(TilesError):
    """A tile that was built cannot be read back."""

    code = "unreadable-tile"
    text = "Tile {file} cannot be read: {detail} Build the city again."


@dataclass(frozen=True, eq=False)
class BuildingMesh:
    """Triangles of a building tile in the tile's east, north, up.

    Attributes
    ----------
    positions_m : float32 (n, 3)
    triangles : int64 (t, 3)
    feature : int64 (n,), row in ``ids`` of each corner
    ids : the buildings' ids
    """

    positions_m: NDArray[np.float32] = field(repr=False)
    triangles: NDArray[np.int64] = field(repr=False)
    feature: NDArray[np.int64] = field(repr=False)
    ids: list[str] = field(repr=False)


def read_buildings(data: bytes, file: str = "") -> BuildingMesh:
    """The mesh of a tile's bytes; ``file`` is named in refusals.

    Raises
    ------
    UnreadableTile
    """
    try:
        document, binary = _chunks(data)
        primitive = document["meshes"][0]["primitives"][0]
        attributes = primitive["attributes"]
        x, z, minus_y = _accessor(document, binary, attributes["POSITION"]).T
        return BuildingMesh(
            positions_m=np.column_stack([x, -minus_y, z]),
            triangles=_accessor(document, binary, primitive["indices"]).astype(np.int64).reshape(-1, 3),
            feature=_accessor(document, binary, attributes["_FEATURE_ID_0"]).astype(np.int64).ravel(),
            ids=_ids(document, binary),
        )
    except (KeyError, IndexError, ValueError, struct.error) as bad:
        raise UnreadableTile(file=file, detail=f"{type(bad).__name__} {bad}.") from bad


def _chunks(data: bytes) -> tuple[dict[str, Any], memoryview]:
    magic, version, _, length, _ = struct.unpack_from("<5I", data)
    if magic != _MAGIC or version != 2:
        raise ValueError("not a glTF 2.0 binary")
    document: dict[str, Any] = json.loads(data[20 : 20 + length])
    return document, memoryview(data)[28 + length :]


def _accessor(document: dict[str, Any], binary: memoryview, index: int) -> NDArray[Any]:
    """Values (n, width) of an accessor."""
    found = document["accessors"][index]
    view = document["bufferViews"][found["bufferView"]]
    kind, width = np.dtype(_COMPONENT[found["componentType"]]), _WIDTH[found["type"]]
    start = view.get("byteOffset", 0) + found.get("byteOffset", 0)
    strides = (view.get("byteStride", kind.itemsize * width), kind.itemsize)
    return np.ndarray((found["count"], width), kind, binary, start, strides).copy()


def _ids(document: dict[str, Any], binary: memoryview) -> list[str]:
    column = document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]
    count, column = column["count"], column["properties"]["id"]

    def part(index: int) -> bytes:
        view = document["bufferViews"][index]
        return bytes(binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]])

    cuts = np.frombuffer(part(column["stringOffsets"]), np.uint32)[: count + 1].tolist()
    text = part(column["values"])
    return [text[a:b].decode() for a, b in pairwise(cuts)]
