"""Writing quantized-mesh-1.0 terrain tiles, with oct-encoded normals.

Height codes are whole multiples of a power of two, so a height that two tiles share decodes to the same
number in both.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tiles.geodesy import ECCENTRICITY2, SEMI_MAJOR_M, geodetic_to_ecef

MAX_CODE = 32767
NORMALS = 1
"""Id of the extension octvertexnormals."""
FINEST_STEP_M = 2.0**-12
"""Smallest height step: finer ones do not fit the header's float32 at heights of some kilometres."""
FARTHEST = 1e3
"""Magnitude of a horizon occlusion point that never hides its tile; in radii."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """One terrain tile's mesh.

    Attributes
    ----------
    bounds_deg : (west, south, east, north)
    u, v : uint16 (n,)
        0 at the west and south edge, 32767 at the east and north edge.
    heights_m : float64 (n,)
        Ellipsoidal, whole multiples of ``step_m``.
    triangles : uint16 (t, 3)
        Counter-clockwise from above; vertices are numbered in the order of their first use.
    normals_ecef : float32 (n, 3) or None
        Unit vectors.
    step_m : float
        A power of two that divides all heights of the level.
    """

    bounds_deg: tuple[float, float, float, float]
    u: NDArray[np.uint16] = field(repr=False)
    v: NDArray[np.uint16] = field(repr=False)
    heights_m: NDArray[np.float64] = field(repr=False)
    triangles: NDArray[np.uint16] = field(repr=False)
    step_m: float
    normals_ecef: NDArray[np.float32] | None = field(default=None, repr=False)


def encode(mesh: Mesh) -> bytes:
    """The tile's bytes."""
    low, step = _height_codes(mesh.heights_m, mesh.step_m)
    codes = np.rint((mesh.heights_m - low) / step).astype(np.uint16)
    parts = [_header(mesh, low, low + step * MAX_CODE), struct.pack("<I", len(mesh.u))]
    parts += [_zigzag(values) for values in (mesh.u, mesh.v, codes)]
    indices = mesh.triangles.ravel()
    parts += [struct.pack("<I", len(mesh.triangles)), _high_water(indices).tobytes()]
    for edge, at in ((mesh.u, 0), (mesh.v, 0), (mesh.u, MAX_CODE), (mesh.v, MAX_CODE)):
        listed = np.flatnonzero(edge == at).astype("<u2")
        parts += [struct.pack("<I", len(listed)), listed.tobytes()]
    if mesh.normals_ecef is not None:
        normals = oct_encode(mesh.normals_ecef).tobytes()
        parts += [struct.pack("<BI", NORMALS, len(normals)), normals]
    return b"".join(parts)


def _height_codes(heights_m: NDArray[np.float64], step_m: float) -> tuple[float, float]:
    """Lowest height and height step of the tile: the finest step that holds its range.

    The level's step comes first: the range may be smaller, and a header that says so keeps the client from
    taking the tile for nearer than it is.
    """
    low, high = float(heights_m.min()), float(heights_m.max())
    step = step_m
    while step > FINEST_STEP_M and (high - low) <= step / 2 * MAX_CODE:
        step /= 2
    return low, step


def _header(mesh: Mesh, low: float, high: float) -> bytes:
    west, south, east, north = mesh.bounds_deg
    lon = west + (east - west) * mesh.u.astype(np.float64) / MAX_CODE
    lat = south + (north - south) * mesh.v.astype(np.float64) / MAX_CODE
    points = geodetic_to_ecef(lon, lat, mesh.heights_m)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    radius = float(np.linalg.norm(points - middle, axis=1).max())
    centre = geodetic_to_ecef((west + east) / 2, (south + north) / 2, (low + high) / 2)
    return struct.pack("<3d2f3dd3d", *centre, low, high, *middle, radius, *_occlusion(points, middle))


def _occlusion(points: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """The point along ``middle`` that is below the horizon only when all of the tile is, in radii."""
    radii = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MAJOR_M * np.sqrt(1 - ECCENTRICITY2)])
    scaled = points / radii
    aim = middle / radii
    aim = aim / np.linalg.norm(aim)
    length = np.maximum(np.linalg.norm(scaled, axis=1), 1.0)
    direction = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    cos_a = direction @ aim
    sin_a = np.linalg.norm(np.cross(direction, aim), axis=1)
    cos_b = 1 / length
    sin_b = np.sqrt(length**2 - 1) * cos_b
    reach = cos_a * cos_b - sin_a * sin_b
    # A tile so wide that its rim is always in sight from somewhere has no such point.
    most = FARTHEST if (reach <= 1 / FARTHEST).any() else float((1 / reach).max())
    return np.asarray(aim * most)


def _zigzag(values: NDArray[np.uint16]) -> bytes:
    steps = np.diff(values.astype(np.int32), prepend=np.int32(0))
    return ((steps << 1) ^ (steps >> 31)).astype("<u2").tobytes()


@njit(cache=True, nogil=True)
def _high_water(indices: Any) -> Any:
    """Each index as its distance below the highest one seen so far."""
    codes = np.empty(indices.size, np.uint16)
    highest = 0
    for n in range(indices.size):
        codes[n] = highest - indices[n]
        if indices[n] == highest:
            highest += 1
    return codes


def oct_encode(normals: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Unit vectors (n, 3) to two bytes each (Meyer et al. 2010)."""
    n = normals.astype(np.float64)
    n = n / np.abs(n).sum(axis=1, keepdims=True)
    flat = n[:, :2]
    folded = (1 - np.abs(flat[:, ::-1])) * np.where(flat >= 0, 1.0, -1.0)
    flat = np.where(n[:, 2:] < 0, folded, flat)
    return np.rint((np.clip(flat, -1, 1) * 0.5 + 0.5) * 255).astype(np.uint8)
