"""Reads back quantized-mesh-1.0 terrain tiles: vertices and triangles, nothing of normals."""

import gzip
import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tiles.formats.glb_reading import UnreadableTile
from tiles.formats.quantized_mesh import MAX_CODE

_HEADER = struct.Struct("<3d2f3dd3d")
HEADER_BYTES = _HEADER.size


@dataclass(frozen=True, eq=False)
class TerrainMesh:
    """A terrain tile's mesh.

    Attributes
    ----------
    u, v : float64 (n,), 0 at the west and south edge, 1 at the east and north edge
    heights_m : float64 (n,), ellipsoidal
    triangles : int64 (t, 3), counter-clockwise from above
    """

    u: NDArray[np.float64] = field(repr=False)
    v: NDArray[np.float64] = field(repr=False)
    heights_m: NDArray[np.float64] = field(repr=False)
    triangles: NDArray[np.int64] = field(repr=False)


def read_range(head: bytes, file: str = "") -> tuple[float, float]:
    """Lowest and highest height from a tile's first bytes.

    Raises
    ------
    UnreadableTile
    """
    try:
        values = _HEADER.unpack_from(head)
    except struct.error as bad:
        raise UnreadableTile(file=file, detail=f"{bad}.") from bad
    return float(values[3]), float(values[4])


def read_terrain(data: bytes, file: str = "") -> TerrainMesh:
    """The mesh of a tile's bytes; ``file`` is named in refusals.

    Raises
    ------
    UnreadableTile
    """
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    low, high = read_range(data, file)
    try:
        (count,) = struct.unpack_from("<I", data, HEADER_BYTES)
        at = HEADER_BYTES + 4
        codes = np.frombuffer(data, "<u2", 3 * count, at).reshape(3, count)
        u, v, h = (_steps(row) / MAX_CODE for row in codes)
        at += 6 * count
        wide = 4 if count > 65536 else 2
        at += -at % wide
        (number,) = struct.unpack_from("<I", data, at)
        coded = np.frombuffer(data, f"<u{wide}", 3 * number, at + 4).astype(np.int64)
    except (struct.error, ValueError) as bad:
        raise UnreadableTile(file=file, detail=f"{bad}.") from bad
    return TerrainMesh(u, v, low + h * (high - low), _indices(coded).reshape(-1, 3))


def _steps(codes: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Zigzag-coded differences added up."""
    wide = codes.astype(np.int64)
    return np.cumsum((wide >> 1) ^ -(wide & 1))


def _indices(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each code is how far an index lies below the next new one; a zero is that new one."""
    new = codes == 0
    highest: NDArray[np.int64] = np.cumsum(new) - new
    return highest - codes
