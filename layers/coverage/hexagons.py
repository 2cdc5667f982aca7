"""Which H3 cell each cell of the lattice lies in.

A hexagon is convex, so where the four corners of a square of cells lie in one, all between do; only along the
borders is each cell asked for.
"""

import h3
import numpy as np
from numpy.typing import NDArray

from layers.coverage.lattice import Lattice
from layers.coverage.runs import SIDE
from tiles.scene import Scene

RESOLUTIONS = (8, 9, 10, 11)
Hexagons = NDArray[np.uint64]


def hexagons_of(block: int, lattice: Lattice, scene: Scene, resolution: int) -> Hexagons:
    """The H3 cell (4096,) that the middle of each cell of a block of ground lies in."""
    x, y = lattice.centres_m(block)
    lon, lat = scene.to_lonlat(*np.meshgrid(x, y))
    found = np.zeros((SIDE, SIDE), np.uint64)
    _fill(found, (lat.tolist(), lon.tolist()), resolution, (0, 0, SIDE - 1, SIDE - 1))
    return found.ravel()


def _fill(
    found: Hexagons, places: tuple[list[list[float]], list[list[float]]], res: int, square: tuple[int, ...]
) -> None:
    waiting = [square]
    lat, lon = places

    def at(r: int, c: int) -> int:
        number = int(found[r, c])
        if number == 0:
            number = h3.str_to_int(h3.latlng_to_cell(lat[r][c], lon[r][c], res))
            found[r, c] = number
        return number

    while waiting:
        top, left, bottom, right = waiting.pop()
        corners = {at(top, left), at(top, right), at(bottom, left), at(bottom, right)}
        if len(corners) == 1:
            found[top : bottom + 1, left : right + 1] = corners.pop()
        elif bottom - top > 1 or right - left > 1:
            row, col = (top + bottom) // 2, (left + right) // 2
            waiting += [
                (top, left, row, col),
                (top, col, row, right),
                (row, left, bottom, col),
                (row, col, bottom, right),
            ]


def outline_of(cell: int) -> list[list[float]]:
    """The border of an H3 cell: lon, lat, closed."""
    ring = [[round(lon, 7), round(lat, 7)] for lat, lon in h3.cell_to_boundary(h3.int_to_str(cell))]
    return [*ring, ring[0]]


def name_of(cell: int) -> str:
    """The usual name of an H3 cell."""
    return str(h3.int_to_str(cell))
