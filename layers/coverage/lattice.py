"""The one lattice on which the footprints of all cameras are laid: cells of 5 m, in blocks of 64 × 64.

5 m: a carriageway is one to six cells wide and a courtyard a few, while the cells of a camera's own window
(2 m near by, up to 10 m far out) are neither thrown away nor made up in number. One spacing everywhere keeps
areas, roads, hexagons and pictures plain sums over cells; what nobody sees costs nothing, since only blocks
with something in them exist. Facades are cells too: a column's height in three bands, numbered after the ground's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras.covering.footprint import BANDS, Footprint, Picked, SeenFacades, Window
from layers.coverage.runs import CELLS, SIDE, runs_of, runs_of_list
from tiles.geodesy import Floats
from tiles.scene import Scene

CELL_M = 5.0
Blocks = NDArray[np.int32]
Line = tuple[int, NDArray[np.int64]]
"""First lattice row (or column), and from there on for each the window's; −1 for none."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Where cells and blocks lie.

    Attributes
    ----------
    west_m, north_m : outer corner of the cell in the north-west, metric frame
    down, across : blocks from north to south and from west to east
    columns : of facades in the city
    """

    west_m: float
    north_m: float
    down: int
    across: int
    columns: int
    cell_m: float = CELL_M

    @classmethod
    def of(cls, scene: Scene, columns: int) -> "Lattice":
        """The lattice over a city's ground."""
        west, south, east, north = scene.ground.bounds_m
        side = SIDE * CELL_M
        return cls(west, north, int(np.ceil((north - south) / side)), int(np.ceil((east - west) / side)), columns)

    @property
    def ground_blocks(self) -> int:
        """Blocks of ground; those of facades are numbered after them."""
        return self.down * self.across

    @property
    def blocks(self) -> int:
        """All blocks."""
        return self.ground_blocks + -(-self.columns * BANDS // CELLS)

    @property
    def cell_m2(self) -> float:
        """Area of a cell of ground."""
        return self.cell_m * self.cell_m

    def corner_m(self, block: int) -> tuple[float, float]:
        """North-western corner of a block of ground."""
        row, col = divmod(block, self.across)
        side = SIDE * self.cell_m
        return self.west_m + col * side, self.north_m - row * side

    def centres_m(self, block: int) -> tuple[Floats, Floats]:
        """x (64,) of the columns and y (64,) of the rows of a block's cells."""
        west, north = self.corner_m(block)
        at = (np.arange(SIDE, dtype=np.float64) + 0.5) * self.cell_m
        return np.asarray(west + at), np.asarray(north - at)

    def blocks_within(self, west_m: float, south_m: float, east_m: float, north_m: float) -> Blocks:
        """Blocks of ground that a box of the metric frame touches, row by row."""
        side = SIDE * self.cell_m
        cols = np.clip(np.floor((np.array([west_m, east_m]) - self.west_m) / side).astype(int), 0, self.across - 1)
        rows = np.clip(np.floor((self.north_m - np.array([north_m, south_m])) / side).astype(int), 0, self.down - 1)
        if east_m < self.west_m or north_m < self.north_m - self.down * side:
            return np.empty(0, np.int32)
        if west_m > self.west_m + self.across * side or south_m > self.north_m:
            return np.empty(0, np.int32)
        grid = np.arange(rows[0], rows[1] + 1)[:, None] * self.across + np.arange(cols[0], cols[1] + 1)
        return grid.ravel().astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A footprint on the lattice.

    Attributes
    ----------
    blocks : int32 (b,), ascending
    starts : int32 (b + 1,), first run of each
    runs : uint32 (n,); see ``layers.coverage.runs``
    """

    blocks: Blocks = field(repr=False)
    starts: Blocks = field(repr=False)
    runs: NDArray[np.uint32] = field(repr=False)

    @property
    def arrays(self) -> tuple[Blocks, Blocks, NDArray[np.uint32]]:
        """As the kernels take it."""
        return self.blocks, self.starts, self.runs

    def of_block(self, k: int) -> NDArray[np.uint32]:
        """The runs of the k-th of its blocks."""
        return self.runs[self.starts[k] : self.starts[k + 1]]

    def ground(self, lattice: Lattice) -> "Laid":
        """Only what lies on the ground."""
        k = int(np.searchsorted(self.blocks, lattice.ground_blocks))
        return Laid(self.blocks[:k], self.starts[: k + 1], self.runs[: self.starts[k]])


EMPTY = Laid(np.empty(0, np.int32), np.zeros(1, np.int32), np.empty(0, np.uint32))


def lay(found: Footprint, lattice: Lattice) -> Laid:
    """Put a footprint on the lattice: each cell takes what the window's cell nearest to its centre has."""
    window = found.window
    rows, cols = _asked(window, lattice) if found.picked is not None else _touched(found, lattice)
    ground = EMPTY
    if rows[1].size and cols[1].size:
        ground = _laid(lambda out: runs_of(found.steps, rows, cols, lattice.across, out), found.steps.size // 64)
    return ground if found.facades is None else _joined(ground, _facades(found.facades, lattice))


def picker(lattice: Lattice) -> Callable[[Window], Picked | None]:
    """Of a window the rows and columns that ``lay`` would take of it, if that is not all of them."""

    def pick(window: Window) -> Picked | None:
        if window.cell_m >= lattice.cell_m:
            return None
        rows, cols = _within(window, lattice)
        return rows[1][rows[1] >= 0], cols[1][cols[1] >= 0]

    return pick


def _within(window: Window, lattice: Lattice) -> tuple[Line, Line]:
    down, across = window.top_m.shape
    rows = _lines(lattice.north_m - window.y0_m, window.cell_m, (0, down - 1), lattice.down * SIDE)
    cols = _lines(window.x0_m - lattice.west_m, window.cell_m, (0, across - 1), lattice.across * SIDE)
    return rows, cols


def _asked(window: Window, lattice: Lattice) -> tuple[Line, Line]:
    """The same of a footprint's picked rows and columns, which are counted among themselves."""
    rows, cols = ((first, np.where(own >= 0, np.cumsum(own >= 0) - 1, -1)) for first, own in _within(window, lattice))
    return rows, cols


def _touched(found: Footprint, lattice: Lattice) -> tuple[Line, Line]:
    window, seen = found.window, found.steps > 0
    down, across = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not down.size:
        return (0, np.empty(0, np.int64)), (0, np.empty(0, np.int64))
    rows = _lines(lattice.north_m - window.y0_m, window.cell_m, (down[0], down[-1]), lattice.down * SIDE)
    cols = _lines(window.x0_m - lattice.west_m, window.cell_m, (across[0], across[-1]), lattice.across * SIDE)
    return rows, cols


def _lines(offset_m: float, cell_m: float, span: tuple[int, int], limit: int) -> Line:
    """First lattice row (or column) that a span of a window's touches, and for each from there the window's."""
    low, high = ((offset_m + (at + side) * cell_m) / CELL_M for at, side in ((span[0], -1), (span[1], 1)))
    first, last = max(int(np.floor(low)), 0), min(int(np.ceil(high)), limit - 1)
    own = np.rint(((np.arange(first, last + 1) + 0.5) * CELL_M - offset_m) / cell_m).astype(np.int64)
    own[(own < span[0]) | (own > span[1])] = -1
    return first, own


def _facades(seen: SeenFacades, lattice: Lattice) -> Laid:
    cells = (seen.column[:, None] * BANDS + np.arange(BANDS)).ravel()
    steps = np.ascontiguousarray(seen.bands).ravel()
    kept = steps > 0
    cells, steps = cells[kept], steps[kept]
    return _laid(lambda out: runs_of_list(cells, steps, lattice.ground_blocks, out), len(cells))


def _laid(write: Any, room: int) -> Laid:
    """What a kernel writes, given room enough; it is asked again where the first guess was too small."""
    count, n = max(16, room // 256), max(256, room)
    while True:
        blocks, starts, runs = np.empty(count, np.int32), np.zeros(count + 1, np.int32), np.empty(n, np.uint32)
        needed = write((blocks, starts, runs))
        if needed[0] <= count and needed[1] <= n:
            return Laid(blocks[: needed[0]].copy(), starts[: needed[0] + 1].copy(), runs[: needed[1]].copy())
        count, n = max(count, needed[0]), max(n, needed[1])


def _joined(ground: Laid, walls: Laid) -> Laid:
    return Laid(
        np.concatenate([ground.blocks, walls.blocks]),
        np.concatenate([ground.starts, walls.starts[1:] + ground.starts[-1]]),
        np.concatenate([ground.runs, walls.runs]),
    )
