"""Reading terrain tiles back with somebody else's decoder, as arrays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from quantized_mesh_tile.terrain import TerrainTile


@dataclass(frozen=True)
class Decoded:
    """u, v codes; heights in metres; triangles (t, 3); normals (n, 3) earth-centred; the header."""

    u: np.ndarray
    v: np.ndarray
    heights_m: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray
    bounds: tuple[float, float, float, float]
    header: dict
    edges: tuple[list[int], list[int], list[int], list[int]]

    @property
    def lonlat(self):
        west, south, east, north = self.bounds
        return west + (east - west) * self.u / 32767, south + (north - south) * self.v / 32767


def bounds_of(zoom: int, x: int, y: int) -> tuple[float, float, float, float]:
    side = 180 / 2**zoom
    return -180 + x * side, -90 + y * side, -180 + (x + 1) * side, -90 + (y + 1) * side


def decode(path: Path) -> Decoded:
    zoom, x, y = int(path.parts[-3]), int(path.parts[-2]), int(path.stem)
    bounds = bounds_of(zoom, x, y)
    tile = TerrainTile(west=bounds[0], south=bounds[1], east=bounds[2], north=bounds[3])
    tile.fromFile(str(path), hasLighting=True)
    low, high = tile.header["minimumHeight"], tile.header["maximumHeight"]
    codes = np.array(tile.h)
    return Decoded(
        np.array(tile.u),
        np.array(tile.v),
        low + (high - low) * codes / 32767,
        np.array(tile.indices).reshape(-1, 3),
        np.array(tile.vLight),
        bounds,
        dict(tile.header),
        (tile.westI, tile.southI, tile.eastI, tile.northI),
    )


def interpolate(tile: Decoded, u, v):
    """Height of the mesh at places (codes), by the triangle that holds each; brute force."""
    a, b, c = (np.stack([tile.u[k], tile.v[k], tile.heights_m[k]], axis=-1).astype(float) for k in tile.triangles.T)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    found = np.full(len(u), np.nan)
    for n, (p, q) in enumerate(zip(u, v, strict=True)):
        s = ((p - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (q - a[:, 1])) / area
        t = ((b[:, 0] - a[:, 0]) * (q - a[:, 1]) - (p - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
        hit = np.flatnonzero((s >= -1e-9) & (t >= -1e-9) & (s + t <= 1 + 1e-9))[0]
        found[n] = a[hit, 2] + s[hit] * (b[hit, 2] - a[hit, 2]) + t[hit] * (c[hit, 2] - a[hit, 2])
    return found
