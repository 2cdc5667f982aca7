"""Blind spots: built-up ground that no camera sees as closely as asked, as polygons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import shapes
from scipy.ndimage import label

from layers.coverage.lattice import Lattice
from layers.coverage.runs import SIDE


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """One patch: its outline and a point inside it, in the metric frame, and its area."""

    outline: shapely.Polygon
    inside_m: tuple[float, float]
    area_m2: float


def blind_spots(cells: Mapping[int, NDArray[np.uint8]], lattice: Lattice, least_m2: float) -> list[BlindSpot]:
    """Patches of blind cells, of some blocks of ground, the largest first.

    Cells are of one patch that share a side, in whatever block they lie.
    """
    polygons = [shape for some in _together(cells, lattice) for shape in _outlines(some, cells, lattice)]
    found = []
    for polygon in polygons:
        if polygon.area >= least_m2:
            point = shapely.point_on_surface(polygon)
            found.append(BlindSpot(polygon, (float(point.x), float(point.y)), float(polygon.area)))
    return sorted(found, key=lambda spot: -spot.area_m2)


def _together(cells: Mapping[int, NDArray[np.uint8]], lattice: Lattice) -> list[list[int]]:
    """Blocks with blind cells in sets that touch each other, so that no patch is cut and no map is needlessly large."""
    some = np.array([block for block, held in cells.items() if held.any()], int)
    if not some.size:
        return []
    row, col = np.divmod(some, lattice.across)
    grid = np.zeros((row.max() - row.min() + 1, col.max() - col.min() + 1), np.uint8)
    grid[row - row.min(), col - col.min()] = 1
    sets, count = label(grid)
    own = sets[row - row.min(), col - col.min()]
    return [some[own == number].tolist() for number in range(1, count + 1)]


def _outlines(blocks: list[int], cells: Mapping[int, NDArray[np.uint8]], lattice: Lattice) -> Iterable[Any]:
    row, col = np.divmod(np.array(blocks), lattice.across)
    top, left = int(row.min()), int(col.min())
    map_ = np.zeros(((int(row.max()) - top + 1) * SIDE, (int(col.max()) - left + 1) * SIDE), np.uint8)
    for block, r, c in zip(blocks, (row - top) * SIDE, (col - left) * SIDE, strict=True):
        map_[r : r + SIDE, c : c + SIDE] = cells[block].reshape(SIDE, SIDE)
    west, north = lattice.corner_m(top * lattice.across + left)
    corner = Affine(lattice.cell_m, 0, west, 0, -lattice.cell_m, north)
    for outline, _ in shapes(map_, mask=map_ > 0, transform=corner):
        yield shapely.geometry.shape(outline)
