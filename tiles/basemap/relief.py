"""Light and shade of the ground, sampled in windows: never more of the height grid than a tile needs.

At low zooms the heights come from means over 4, 8, 16 … cells, stored with the basemap.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from tiles.basemap.mercator import Window, metres_per_px, to_lonlat, world_px
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid

FIRST_FACTOR = 4
_KNOT_PX = 64
_PAD = 8
"""Cells beyond a window's edge that still tell in the smooth interpolation within it."""
_SUN = ((0.60, 315.0), (0.22, 270.0), (0.18, 0.0))
"""Weight and bearing of each light, degrees clockwise from north; together they show ridges of all bearings."""

Floats = NDArray[np.float32]


def make_levels(ground: HeightGrid, folder: Path) -> list[int]:
    """Store means over 4 × 4, 8 × 8 … cells as ``relief-<factor>.npy``; returns the factors."""
    factors: list[int] = []
    level, factor = ground.heights_m, 1
    while min(level.shape) // FIRST_FACTOR >= 8:
        step = FIRST_FACTOR if factor == 1 else 2
        level = _means(level, step)
        factor *= step
        np.save(folder / f"relief-{factor}.npy", level)
        factors.append(factor)
    return factors


def _means(heights: Floats, step: int) -> Floats:
    """Means over step × step cells; what is left over at the east and south is dropped."""
    rows, cols = heights.shape[0] // step, heights.shape[1] // step
    out = np.empty((rows, cols), np.float32)
    for first in range(0, rows, 256):
        last = min(first + 256, rows)
        strip = np.asarray(heights[first * step : last * step, : cols * step])
        out[first:last] = strip.reshape(last - first, step, cols, step).mean(axis=(1, 3))
    return out


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights of the ground at several coarsenesses, and the light on them.

    Attributes
    ----------
    levels : dict of int to float32 array
        Heights by factor; factor 1 is the ground itself, memory-mapped.
    low_m, high_m : float
        Heights between which the ground's tint runs.
    """

    frame: CityFrame
    ground: HeightGrid
    levels: dict[int, Floats]
    low_m: float
    high_m: float

    @classmethod
    def open(cls, folder: Path, ground: HeightGrid, frame: CityFrame, factors: list[int]) -> "Relief":
        """Open what ``make_levels`` stored, over the ground that it was made from."""
        levels: dict[int, Floats] = {1: ground.heights_m}
        for factor in factors:
            levels[factor] = np.load(folder / f"relief-{factor}.npy", mmap_mode="r")
        coarsest = levels[max(levels)]
        low, high = np.nanpercentile(coarsest, [2, 98])
        return cls(frame, ground, levels, float(low), float(high))

    def sample(self, window: Window) -> tuple[Floats, Floats]:
        """Shade (about −1 to 1, 0 on the flat) and height share (0 low to 1 high), (height, width) each."""
        rows, cols = self._places(window)
        px_m = metres_per_px(window.zoom, self.frame.lat0)
        factor, extra = self._level(px_m / self.ground.cell_m)
        scale = factor * extra
        # the centre of a coarse cell lies between the centres of the cells that it is the mean of
        rows, cols = (rows - (scale - 1) / 2) / scale, (cols - (scale - 1) / 2) / scale
        top, left = int(np.floor(rows.min())) - _PAD, int(np.floor(cols.min())) - _PAD
        bottom, right = int(np.ceil(rows.max())) + _PAD, int(np.ceil(cols.max())) + _PAD
        heights, top, left = self._heights(factor, extra, (top, left, bottom, right))
        cell_m = self.ground.cell_m * scale
        shade = _shade(heights, cell_m, _exaggeration(px_m))
        order = 3 if px_m < 0.6 * cell_m else 1
        places = np.stack([rows - top, cols - left])
        light = map_coordinates(shade, places, order=order, mode="nearest", output=np.float32)
        share = (heights - self.low_m) / max(self.high_m - self.low_m, 20.0)
        tint = map_coordinates(share, places, order=1, mode="nearest", output=np.float32)
        return light, np.clip(tint, 0.0, 1.0)

    def _places(self, window: Window) -> tuple[Any, Any]:
        """Row and column in the ground grid of each pixel's centre, exact at knots, linear between."""
        x = np.arange(0, window.width + _KNOT_PX, _KNOT_PX, dtype=float)
        y = np.arange(0, window.height + _KNOT_PX, _KNOT_PX, dtype=float)
        world = world_px(window.zoom)
        u, v = np.meshgrid((window.left + x) / world, (window.top + y) / world)
        row, col = self.ground.rowcol(*self._metric(u, v))
        across = _linear(window.width, x)
        down = _linear(window.height, y)
        return down @ row @ across.T, down @ col @ across.T

    def _metric(self, u: Any, v: Any) -> tuple[Any, Any]:
        """Far from the city the projection fails; the nearest places where it holds do as well."""
        lon, lat = to_lonlat(u, v)
        lon = np.clip(lon, self.frame.lon0 - 20, self.frame.lon0 + 20)
        lat = np.clip(lat, self.frame.lat0 - 20, self.frame.lat0 + 20)
        x, y = self.frame.to_metric(lon, lat)
        return x, y

    def _level(self, cells_per_px: float) -> tuple[int, int]:
        """Stored factor, and means to take on top of it, for about one cell a pixel."""
        wanted = max(1, 2 ** int(np.floor(np.log2(max(cells_per_px, 1.0)))))
        factor = max(f for f in self.levels if f <= wanted)
        extra = wanted // factor if factor == 1 else 1
        return factor, min(extra, 2)

    def _heights(self, factor: int, extra: int, edges: tuple[int, int, int, int]) -> tuple[Floats, int, int]:
        """Heights of a window of cells and its first row and column; beyond the grid its edge goes on."""
        level = self.levels[factor]
        rows, cols = level.shape[0] // extra, level.shape[1] // extra
        top, bottom = _inside(edges[0], edges[2], rows)
        left, right = _inside(edges[1], edges[3], cols)
        heights = np.asarray(level[top * extra : bottom * extra, left * extra : right * extra], np.float32)
        if extra > 1:
            heights = _means(heights, extra)
        return np.nan_to_num(heights, nan=self.low_m), top, left


def _inside(first: int, last: int, count: int) -> tuple[int, int]:
    """The part of first..last within 0..count, at least four cells of it."""
    size = min(4, count)
    low = min(max(first, 0), count - size)
    return low, max(min(last, count), low + size)


def _linear(count: int, knots: Any) -> Any:
    """Matrix (count, knots) that interpolates values at knots to the centres of ``count`` pixels."""
    at = np.clip((np.arange(count) + 0.5 - knots[0]) / (knots[1] - knots[0]), 0, len(knots) - 1)
    first = np.minimum(at.astype(int), len(knots) - 2)
    matrix = np.zeros((count, len(knots)))
    matrix[np.arange(count), first] = 1 - (at - first)
    matrix[np.arange(count), first + 1] = at - first
    return matrix


def _exaggeration(px_m: float) -> float:
    """Slopes are steepened where a pixel is wide, or hills would not show on a city's map."""
    return float(np.clip(1.4 * (px_m / 10.0) ** 0.32, 1.4, 6.0))


def _shade(heights: Floats, cell_m: float, steeper: float) -> Floats:
    """Light on the slopes less light on the flat, softly limited to −1 … 1."""
    south, east = np.gradient(heights, cell_m)
    east, north = east * steeper, -south * steeper
    length = np.sqrt(1 + east * east + north * north)
    light = np.zeros_like(heights)
    for weight, bearing in _SUN:
        sun_e, sun_n = np.sin(np.radians(bearing)), np.cos(np.radians(bearing))
        light += weight * ((1 - sun_e * east - sun_n * north) / length - 1)
    limited: Floats = np.tanh(1.1 * light).astype(np.float32)
    return limited
