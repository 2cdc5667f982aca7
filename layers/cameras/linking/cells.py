"""Camera positions in grids of cells, one grid for each class of reach: flat arrays that change in place.

A camera of a class reaches no farther than its grid's cells are wide, so a place is asked of nine cells.
Each cell has a run of slots; a full one moves to the end of the slots with twice the room.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tiles.geodesy import Floats

CLASSES_M = (128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 1e9)
"""Longest reach of each class, and the width of its cells; the last is one cell."""
MOST_CELLS = 4_000_000
_START, _COUNT, _ROOM = range(3)


class Cells(NamedTuple):
    """What the kernels read and write.

    Attributes
    ----------
    runs : int64 (cells, 3)
        First slot, number taken and room of each cell's run.
    rows : int64 (slots,)
        Camera of each slot.
    discs : float64 (slots, 3)
        Its x, y and squared reach, metres.
    grids : float64 (classes, 5)
        Width of the cells, west, south, number of columns and of rows of each grid.
    firsts : int64 (classes,)
        Number of each grid's first cell.
    held : int64 (classes + 1,)
        Cameras of each class; at last the first slot that no run has.
    cell_of, slot_of : int64 (n,)
        Where each camera is; −1 for none.
    """

    runs: Any
    rows: Any
    discs: Any
    grids: Any
    firsts: Any
    held: Any
    cell_of: Any
    slot_of: Any


def make_cells(places_m: Floats, reach_m: Floats, room: int, bounds_m: tuple[float, float, float, float]) -> Cells:
    """Cells of cameras at places (n, 2) with their reach (n,), metres; with room for that many cameras.

    ``bounds_m`` (west, south, east, north) is where most of them are and will be.
    """
    low, high = np.array(bounds_m[:2]), np.array(bounds_m[2:])
    size = np.maximum(high - low, 1.0)
    grids = np.empty((len(CLASSES_M), 5))
    for k, wanted in enumerate(CLASSES_M):
        width = wanted
        while np.prod(np.ceil(size / width)) > MOST_CELLS:
            width *= 2.0
        grids[k] = (width, *low, *np.maximum(np.ceil(size / width), 1))
    cells = (grids[:, 3] * grids[:, 4]).astype(np.int64)
    firsts = np.concatenate([[0], np.cumsum(cells)[:-1]]).astype(np.int64)
    slots = 4 * room + 1024
    made = Cells(
        np.zeros((int(cells.sum()), 3), np.int64),
        np.empty(slots, np.int64),
        np.empty((slots, 3)),
        grids,
        firsts,
        np.zeros(len(CLASSES_M) + 1, np.int64),
        np.full(room, -1, np.int64),
        np.full(room, -1, np.int64),
    )
    rooms = np.zeros(len(made.runs), np.int64)
    _count(made, places_m, reach_m, rooms)
    return made


def with_room(cells: Cells, cameras: int) -> Cells:
    """The same with room for that many cameras, and half of the slots free."""

    def longer(array: NDArray[Any], size: int, fill: int) -> NDArray[Any]:
        grown = np.full((size, *array.shape[1:]), fill, array.dtype)
        grown[: len(array)] = array
        return grown

    slots = max(2 * int(cells.held[-1]), 4 * cameras + 1024, len(cells.rows))
    return cells._replace(
        rows=longer(cells.rows, slots, -1),
        discs=longer(cells.discs, slots, 0),
        cell_of=longer(cells.cell_of, max(cameras, len(cells.cell_of)), -1),
        slot_of=longer(cells.slot_of, max(cameras, len(cells.slot_of)), -1),
    )


@njit(cache=True, nogil=True)
def _cell(cells: Any, kind: int, x: float, y: float) -> Any:
    """Column and row of the cell at a place; places beyond the grid belong to its rim."""
    width, west, south, cols, rows = cells.grids[kind]
    col = min(max((x - west) / width, 0.0), cols - 1.0)
    row = min(max((y - south) / width, 0.0), rows - 1.0)
    return int(col), int(row)


@njit(cache=True, nogil=True)
def _kind(cells: Any, reach_m: float) -> int:
    """Class of a reach: the first whose cells are as wide."""
    for k in range(len(cells.firsts) - 1):
        if reach_m <= cells.grids[k, 0]:
            return k
    return len(cells.firsts) - 1


@njit(cache=True, nogil=True)
def _count(cells: Any, places_m: Any, reach_m: Any, rooms: Any) -> None:
    """Give each cell a run with one slot to spare, and put the cameras in."""
    n = len(places_m)
    for i in range(n):
        kind = _kind(cells, reach_m[i])
        col, row = _cell(cells, kind, places_m[i, 0], places_m[i, 1])
        rooms[cells.firsts[kind] + row * int(cells.grids[kind, 3]) + col] += 1
    at = 0
    for cell in range(len(rooms)):
        cells.runs[cell, _START] = at
        cells.runs[cell, _ROOM] = rooms[cell] + 1 if rooms[cell] > 0 else 0
        at += cells.runs[cell, _ROOM]
    cells.held[-1] = at
    for i in range(n):
        put_in(cells, i, places_m[i, 0], places_m[i, 1], reach_m[i])


@njit(cache=True, nogil=True)
def put_in(cells: Any, camera: int, x: float, y: float, reach_m: float) -> bool:
    """Put a camera in; False, and nothing changed, where the slots are used up."""
    kind = _kind(cells, reach_m)
    col, row = _cell(cells, kind, x, y)
    cell = cells.firsts[kind] + row * int(cells.grids[kind, 3]) + col
    start, count, room = cells.runs[cell]
    if count == room:
        room = max(4, 2 * room)
        moved = cells.held[-1]
        if moved + room > len(cells.rows):
            return False
        for k in range(count):
            cells.rows[moved + k] = cells.rows[start + k]
            cells.discs[moved + k] = cells.discs[start + k]
            cells.slot_of[cells.rows[start + k]] = moved + k
        cells.held[-1] = moved + room
        cells.runs[cell, _START], cells.runs[cell, _ROOM] = moved, room
        start = moved
    slot = start + count
    cells.rows[slot] = camera
    cells.discs[slot, 0], cells.discs[slot, 1], cells.discs[slot, 2] = x, y, reach_m * reach_m
    cells.runs[cell, _COUNT] = count + 1
    cells.cell_of[camera], cells.slot_of[camera] = cell, slot
    cells.held[kind] += 1
    return True


@njit(cache=True, nogil=True)
def take_out(cells: Any, camera: int) -> None:
    """Take a camera out; the last of its run takes its slot."""
    cell, slot = cells.cell_of[camera], cells.slot_of[camera]
    if cell < 0:
        return
    last = cells.runs[cell, _START] + cells.runs[cell, _COUNT] - 1
    cells.rows[slot] = cells.rows[last]
    cells.discs[slot] = cells.discs[last]
    cells.slot_of[cells.rows[slot]] = slot
    cells.runs[cell, _COUNT] -= 1
    cells.cell_of[camera] = cells.slot_of[camera] = -1
    kind = len(cells.firsts) - 1
    while cells.firsts[kind] > cell:
        kind -= 1
    cells.held[kind] -= 1


@njit(cache=True, nogil=True)
def reaching(cells: Any, x: float, y: float) -> Any:
    """Cameras within whose reach a place lies, (k,) int64, in no order."""
    most = 0
    for k in range(len(cells.firsts)):
        most += min(cells.held[k], _around(cells, k, x, y))
    found = np.empty(most, np.int64)
    n = 0
    for kind in range(len(cells.firsts)):
        if cells.held[kind] == 0:
            continue
        col, row = _cell(cells, kind, x, y)
        cols, rows = int(cells.grids[kind, 3]), int(cells.grids[kind, 4])
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(col - 1, 0), min(col + 2, cols)):
                cell = cells.firsts[kind] + r * cols + c
                start = cells.runs[cell, _START]
                for slot in range(start, start + cells.runs[cell, _COUNT]):
                    dx, dy = cells.discs[slot, 0] - x, cells.discs[slot, 1] - y
                    if dx * dx + dy * dy <= cells.discs[slot, 2]:
                        found[n] = cells.rows[slot]
                        n += 1
    return found[:n]


@njit(cache=True, nogil=True)
def _around(cells: Any, kind: int, x: float, y: float) -> int:
    """How many cameras of a class the nine cells around a place hold."""
    if cells.held[kind] == 0:
        return 0
    col, row = _cell(cells, kind, x, y)
    cols, rows = int(cells.grids[kind, 3]), int(cells.grids[kind, 4])
    held = 0
    for r in range(max(row - 1, 0), min(row + 2, rows)):
        for c in range(max(col - 1, 0), min(col + 2, cols)):
            held += cells.runs[cells.firsts[kind] + r * cols + c, _COUNT]
    return int(held)
