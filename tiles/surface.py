"""The analysis surface: which building stands on which cell, at two levels, and windows cut from it.

The coarse level has the cells of the ground grid; the fine one is blocks of 256 × 256 cells where
buildings stand. Both hold building *numbers* (index + 1, 0 none): heights are those of the ground, of
what stands on it, and of the roofs, so no height is stored twice. Cell [0, 0] of both levels has its centre
on the ground grid's.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap as _open_memmap
from numpy.typing import NDArray

from tiles.errors import NotBuilt
from tiles.footprints import Footprints
from tiles.grid import HeightGrid
from tiles.kernels.burning import burn, coarsen, fill_window

BLOCK = 256
"""Fine cells along one side of a block."""
MARGIN = 6
"""Cells by which the window of a wedge goes beyond it: its edge is judged from cells on both sides."""
Numbers = NDArray[np.int32]
open_memmap: Any = _open_memmap


@dataclass(frozen=True, eq=False)
class Window:
    """A regular window of the analysis surface, north up.

    Attributes
    ----------
    top_m, ground_m : float32 (rows, cols)
        Ellipsoidal height of the highest thing at the cell's centre, and of the ground.
    building : int32 (rows, cols)
        Index of the building, −1 for none.
    cell_m, x0_m, y0_m : float
        Spacing, and the centre of cell [0, 0] in the city's metric frame.
    row, col : int
        Cell whose centre is the place that was asked for.
    """

    top_m: NDArray[np.float32] = field(repr=False)
    ground_m: NDArray[np.float32] = field(repr=False)
    building: Numbers = field(repr=False)
    cell_m: float
    x0_m: float
    y0_m: float
    row: int
    col: int


@dataclass(frozen=True, eq=False)
class Surface:
    """Building numbers on the coarse grid and in fine blocks.

    Attributes
    ----------
    coarse : int32 (rows, cols)
    fine : int32 (n, 256, 256)
    blocks : int32 (n, 2)
        Row and column of each block.
    lookup : int32 (block rows, block cols)
        Block at a place, −1 for none.
    cell_m : float
        Fine spacing.
    """

    coarse: Numbers = field(repr=False)
    fine: Numbers = field(repr=False)
    blocks: Numbers = field(repr=False)
    lookup: Numbers = field(repr=False)
    cell_m: float

    @classmethod
    def make(cls, footprints: Footprints, ground: HeightGrid, cell_m: float, folder: Path | None = None) -> "Surface":
        """Burn the footprints; the arrays go to files in ``folder`` or stay in memory."""
        lookup, blocks = _blocks(footprints, ground, cell_m)
        fine = _array(folder, "fine", (len(blocks), BLOCK, BLOCK))
        coarse = _array(folder, "coarse", (ground.rows, ground.cols))
        origin = (ground.x0_m, ground.y0_m, cell_m)
        rings = footprints.building_rings.astype(np.int64)
        cells, roof = fine.view(np.ndarray), footprints.roof_m
        burn(footprints.vertices_m, footprints.ring_offsets, rings, roof, origin, (lookup, cells))
        coarsen(cells, blocks, roof, ground.cell_m / cell_m, coarse.view(np.ndarray))
        if folder is not None:
            np.savez(folder / "blocks.npz", blocks=blocks, lookup=lookup, cell_m=cell_m)
        return cls(coarse, fine, blocks, lookup, cell_m)

    @classmethod
    def load(cls, folder: Path) -> "Surface":
        """Open what ``make`` wrote, memory-mapped."""
        try:
            with np.load(folder / "blocks.npz") as held:
                blocks, lookup, cell_m = held["blocks"], held["lookup"], float(held["cell_m"])
            coarse, fine = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("coarse", "fine"))
        except OSError as missing:
            raise NotBuilt(folder=str(folder)) from missing
        return cls(coarse, fine, blocks, lookup, cell_m)

    def window(
        self,
        ground: HeightGrid,
        obstacle: HeightGrid,
        roof_m: NDArray[np.float64],
        place_m: tuple[float, float],
        radius_m: float,
        cell_m: float,
        wedge: tuple[float, float] = (0.0, 360.0),
    ) -> Window:
        """The window of ``radius_m`` around ``place_m`` (x, y), one cell's centre on it.

        ``wedge`` (bearing of the middle from grid north and whole width, degrees): only what a view of that width
        needs, and some cells more.
        """
        up, right, down, left = _sides(radius_m / cell_m, wedge)
        shape = (up + down + 1, left + right + 1)
        out = (np.empty(shape, np.float32), np.empty(shape, np.float32), np.empty(shape, np.int32))
        x0, y0 = place_m[0] - left * cell_m, place_m[1] + up * cell_m
        fine, lookup, spacing = np.asarray(self.fine), self.lookup, self.cell_m
        if cell_m >= ground.cell_m:
            # The coarse level is one large block: wide windows need not look at every fine cell.
            fine, lookup, spacing = np.asarray(self.coarse)[None], np.zeros((1, 1), np.int32), ground.cell_m
        grids = np.asarray(ground.heights_m), np.asarray(obstacle.heights_m)
        at = (ground.x0_m, ground.y0_m, ground.cell_m)
        numbers = (fine, lookup, roof_m, float(spacing))
        bare = obstacle is ground
        fill_window(*grids, bare, at, numbers, (float(x0), float(y0), float(cell_m)), out)
        return Window(*out, float(cell_m), float(x0), float(y0), up, left)


def _sides(radius: float, wedge: tuple[float, float]) -> tuple[int, int, int, int]:
    """Cells to the north, east, south and west of the eye that a view reaches, no more than the radius's."""
    half = int(np.ceil(radius))
    middle, width = wedge
    sides = []
    for axis in (0.0, 90.0, 180.0, 270.0):
        off = abs((axis - middle + 180.0) % 360.0 - 180.0)
        away = max(0.0, off - width / 2)
        share = float(np.cos(np.radians(away))) if away < 90.0 else 0.0
        sides.append(min(half, int(np.ceil(radius * share)) + MARGIN))
    return sides[0], sides[1], sides[2], sides[3]


def _blocks(footprints: Footprints, ground: HeightGrid, cell_m: float) -> tuple[Numbers, Numbers]:
    """Lookup table and places of the blocks that some building's bounds touch."""
    side = BLOCK * cell_m
    across = int(np.ceil((ground.cols * ground.cell_m) / side))
    down = int(np.ceil((ground.rows * ground.cell_m) / side))
    touched = np.zeros((down, across), bool)
    west, south, east, north = footprints.bounds_m.T
    first_col, last_col = (np.floor((x - ground.x0_m) / side).astype(int) for x in (west, east))
    first_row, last_row = (np.floor((ground.y0_m - y) / side).astype(int) for y in (north, south))
    for r0, r1, c0, c1 in zip(first_row, last_row, first_col, last_col, strict=True):
        touched[max(r0, 0) : max(r1 + 1, 0), max(c0, 0) : max(c1 + 1, 0)] = True
    blocks = np.argwhere(touched).astype(np.int32)
    lookup = np.full(touched.shape, -1, np.int32)
    lookup[touched] = np.arange(len(blocks))
    return lookup, blocks


def _array(folder: Path | None, name: str, shape: tuple[int, ...]) -> Numbers:
    if folder is None or 0 in shape:
        made = np.zeros(shape, np.int32)
        if folder is not None:
            np.save(folder / f"{name}.npy", made)
        return made
    # A fresh memory map is a file with holes: cells without buildings cost no disk.
    mapped: Numbers = open_memmap(folder / f"{name}.npy", mode="w+", dtype=np.int32, shape=shape)
    return mapped
