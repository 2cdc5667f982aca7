"""The ground grid of a city, made from its height sources in bands of rows; and the obstacles on it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap as _open_memmap
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from tiles.city import City
from tiles.errors import BadSource
from tiles.grid import HeightGrid
from tiles.sources.raster import Cells, open_heights, read_band
from tiles.surface import Surface

BAND_ROWS = 1024
Heights = NDArray[np.float32]
Told = Callable[[int, int], None]
open_memmap: Any = _open_memmap


@dataclass(frozen=True)
class GroundMade:
    """The grid, how many of its cells no source covered, and what was assumed of the sources."""

    grid: HeightGrid
    voids: int
    assumptions: tuple[dict[str, Any], ...]


def city_cells(city: City) -> Cells:
    """The cells that cover a city's extent; centres lie on multiples of the cell size."""
    west, south, east, north = city.extent
    t = np.linspace(0.0, 1.0, 33)
    lon = np.concatenate([west + (east - west) * t, west + (east - west) * t, 0 * t + west, 0 * t + east])
    lat = np.concatenate([0 * t + south, 0 * t + north, south + (north - south) * t, south + (north - south) * t])
    x, y = city.frame.to_metric(lon, lat)
    cell = city.cell_m
    left, right = math.floor(x.min() / cell), math.ceil(x.max() / cell)
    low, high = math.floor(y.min() / cell), math.ceil(y.max() / cell)
    return Cells(city.frame, left * cell, high * cell, cell, high - low + 1, right - left + 1)


def make_ground(city: City, folder: Path, told: Told = lambda _done, _total: None) -> GroundMade:
    """Write ``ground.npy`` and ``ground.json`` to a folder.

    Raises
    ------
    BadSource
        The sources do not reach the city, or cannot be read.
    MissingCRS, MissingDatum, UnknownDatum
    """
    cells = city_cells(city)
    sources = [open_heights(source, city.frame) for source in city.ground]
    heights = open_memmap(folder / "ground.npy", mode="w+", dtype=np.float32, shape=(cells.rows, cells.cols))
    voids = 0
    for first in range(0, cells.rows, BAND_ROWS):
        told(first, cells.rows)
        band = read_band(sources, cells.band(first, BAND_ROWS))
        voids += int(np.isnan(band).sum())
        heights[first : first + BAND_ROWS] = band
    if voids == heights.size:
        names = ", ".join(source.file.name for source in city.ground)
        raise BadSource(file=names, detail="does not reach the city's extent.", remedy="Correct extent or crs.")
    if voids:
        heights[:] = filled(np.asarray(heights))
    heights.flush()
    told(cells.rows, cells.rows)
    grid = HeightGrid(heights, cells.x0_m, cells.y0_m, cells.cell_m)
    grid.save_place(folder / "ground")
    assumed = [one for source in sources for one in source.datum.assumptions()]
    if voids:
        share = round(100 * voids / heights.size, 2)
        assumed.append({"code": "ground-voids-filled", "values": {"cells": voids, "percent": share}})
    return GroundMade(grid, voids, tuple(assumed))


def make_obstacle(city: City, ground: HeightGrid, surface: Surface, folder: Path) -> tuple[dict[str, Any], ...]:
    """Write ``obstacle.npy``: trees and the like from a surface model, the ground elsewhere.

    Where a building stands within one cell the surface model is left out: it shows the building, and that is
    known exactly. A city without a surface model gets no file. Returns what was assumed.
    """
    if not city.surface_heights:
        return ()
    cells = Cells(city.frame, ground.x0_m, ground.y0_m, ground.cell_m, ground.rows, ground.cols)
    sources = [open_heights(source, city.frame) for source in city.surface_heights]
    shape = (ground.rows, ground.cols)
    heights = open_memmap(folder / "obstacle.npy", mode="w+", dtype=np.float32, shape=shape)
    for first in range(0, cells.rows, BAND_ROWS):
        last = min(first + BAND_ROWS, cells.rows)
        top = read_band(sources, cells.band(first, BAND_ROWS), highest=True)
        # One row more on each side, so that a building in the next band is seen.
        near = np.asarray(surface.coarse[max(first - 1, 0) : last + 1]) > 0
        built = binary_dilation(near, np.ones((3, 3), bool))[first - max(first - 1, 0) :][: last - first]
        low = np.asarray(ground.heights_m[first:last])
        heights[first:last] = np.where(np.isnan(top) | built, low, np.fmax(top, low))
    heights.flush()
    HeightGrid(heights, ground.x0_m, ground.y0_m, ground.cell_m).save_place(folder / "obstacle")
    return tuple(one for source in sources for one in source.datum.assumptions())


def filled(heights: Heights) -> Heights:
    """Heights with NaN cells filled smoothly from what is around them.

    Each void takes the mean of the nearest known heights on ever coarser halvings of the grid; so the ground
    goes on beyond its sources at the height of their edge and levels out, without a cliff.
    """
    missing = np.isnan(heights)
    if not missing.any():
        return heights
    if min(heights.shape) == 1 or heights.size <= 4:
        return np.where(missing, np.float32(np.nanmean(heights)), heights)
    coarse = filled(_halved(heights))
    return np.where(missing, _doubled(coarse, heights.shape), heights)


def _halved(heights: Heights) -> Heights:
    """Mean of the known heights of each 2 × 2 block; NaN where there is none."""
    rows, cols = heights.shape
    padded = np.pad(heights, ((0, rows % 2), (0, cols % 2)), constant_values=np.nan)
    known = ~np.isnan(padded)
    total = np.where(known, padded, 0).reshape(padded.shape[0] // 2, 2, -1, 2).sum(axis=(1, 3))
    count = known.reshape(padded.shape[0] // 2, 2, -1, 2).sum(axis=(1, 3))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _doubled(coarse: Heights, shape: tuple[int, ...]) -> Heights:
    """Bilinear enlargement to twice the size; block centres lie between four cells."""
    grown = coarse
    for axis, length in enumerate(shape):
        at = (np.arange(length) - 0.5) / 2
        low = np.clip(np.floor(at).astype(int), 0, grown.shape[axis] - 1)
        high = np.minimum(low + 1, grown.shape[axis] - 1)
        share = np.clip(at - low, 0, 1).astype(np.float32)
        share = share[:, None] if axis == 0 else share
        grown = np.take(grown, low, axis) * (1 - share) + np.take(grown, high, axis) * share
    return grown
