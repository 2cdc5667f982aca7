"""Blind spots: built-up ground that no camera sees as closely as asked, as polygons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import shapes

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
    polygons = _united(
        [shape for block, some in cells.items() if some.any() for shape in _of_block(block, some, lattice)]
    )
    found = []
    for polygon in polygons:
        if polygon.area >= least_m2:
            point = shapely.point_on_surface(polygon)
            found.append(BlindSpot(polygon, (float(point.x), float(point.y)), float(polygon.area)))
    return sorted(found, key=lambda spot: -spot.area_m2)


def _of_block(block: int, cells: NDArray[np.uint8], lattice: Lattice) -> Iterable[Any]:
    west, north = lattice.corner_m(block)
    corner = Affine(lattice.cell_m, 0, west, 0, -lattice.cell_m, north)
    grid = np.ascontiguousarray(cells.reshape(SIDE, SIDE))
    for outline, _ in shapes(grid, mask=grid > 0, transform=corner):
        yield shapely.geometry.shape(outline)


def _united(polygons: list[Any]) -> list[Any]:
    """Polygons that share a stretch of border put together."""
    if not polygons:
        return []
    # Coordinates are whole cells, so borders match to the bit; what only meets at a corner stays apart.
    return list(shapely.get_parts(shapely.coverage_union_all(np.array(polygons, object))))
