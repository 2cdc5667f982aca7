"""Kernels of footprints on the city's lattice: cells of a step, put down as runs block by block.

A block is 64 × 64 cells. A run is one number: where it begins in its block (12 bits, row by row), how many
further cells it has in its row (6 bits), and its step (4 bits).
"""

from typing import Any

import numpy as np
from numba import njit

SIDE = 64
CELLS = SIDE * SIDE
LENGTH_BIT, STEP_BIT = 12, 18


@njit(cache=True, nogil=True)
def _row_runs(steps: Any, at: Any, cols: Any, block_col: int, put: Any) -> Any:
    """Runs of one row of a block; counted, and written to ``put`` = (runs, first place) where there is room."""
    window_row, base = at
    runs, n = put
    first = max(block_col * SIDE, cols[0])
    last = min(block_col * SIDE + SIDE, cols[0] + cols[1].size)
    step, start = 0, 0
    for c in range(first, last + 1):
        here = 0
        if c < last:
            j = cols[1][c - cols[0]]
            if j >= 0:
                here = steps[window_row, j]
        if here != step:
            if step > 0:
                if n < runs.size:
                    within = start - block_col * SIDE
                    runs[n] = np.uint32(base + within | (c - start - 1) << LENGTH_BIT | step << STEP_BIT)
                n += 1
            step, start = here, c
    return n


@njit(cache=True, nogil=True)
def runs_of(steps: Any, rows: Any, cols: Any, across: int, out: Any) -> Any:
    """Write the runs of a window's steps, block by block; returns how many blocks and runs there are.

    Parameters
    ----------
    steps : uint8 (r, c) of the window
    rows, cols : (first lattice row, window row of each lattice row from there on, −1 for none), and columns
    across : blocks in one row of the lattice
    out : blocks int32 (b,), starts int32 (b + 1,), runs uint32 (n,); nothing is written beyond their ends
    """
    blocks, starts, runs = out
    count, n = 0, 0
    last_row, last_col = rows[0] + rows[1].size - 1, cols[0] + cols[1].size - 1
    for block_row in range(rows[0] // SIDE, last_row // SIDE + 1):
        for block_col in range(cols[0] // SIDE, last_col // SIDE + 1):
            before = n
            for r in range(max(block_row * SIDE, rows[0]), min(block_row * SIDE + SIDE, last_row + 1)):
                i = rows[1][r - rows[0]]
                if i >= 0:
                    base = (r - block_row * SIDE) * SIDE
                    n = _row_runs(steps, (i, base), cols, block_col, (runs, n))
            if n > before:
                if count < blocks.size:
                    blocks[count] = block_row * across + block_col
                    starts[count + 1] = n
                count += 1
    return count, n


@njit(cache=True, nogil=True)
def runs_of_list(cells: Any, steps: Any, first_block: int, out: Any) -> Any:
    """The same of a sorted list of numbered cells (k,) and their steps; block 0 of them is ``first_block``."""
    blocks, starts, runs = out
    count, n = 0, 0
    k = 0
    while k < cells.size:
        block = cells[k] // CELLS
        while k < cells.size and cells[k] // CELLS == block:
            start = k
            within = cells[k] - block * CELLS
            while (
                k + 1 < cells.size
                and cells[k + 1] == cells[k] + 1
                and steps[k + 1] == steps[start]
                and (cells[k + 1] % SIDE) != 0
            ):
                k += 1
            if n < runs.size:
                runs[n] = np.uint32(within | (k - start) << LENGTH_BIT | np.int64(steps[start]) << STEP_BIT)
            n += 1
            k += 1
        if count < blocks.size:
            blocks[count] = first_block + block
            starts[count + 1] = n
        count += 1
    return count, n


@njit(cache=True, nogil=True)
def paint(runs: Any, out: Any) -> None:
    """Write the steps of one block's runs to its cells (4096,)."""
    for run in runs:
        at = np.int64(run) & (CELLS - 1)
        length = (np.int64(run) >> LENGTH_BIT & (SIDE - 1)) + 1
        step = np.uint8(np.int64(run) >> STEP_BIT)
        for k in range(at, at + length):
            out[k] = step


@njit(cache=True, nogil=True)
def add(runs: Any, sign: int, counts: Any) -> None:
    """Add one camera's runs, or take them away, in ``counts`` (steps, 4096) of one block."""
    for run in runs:
        at = np.int64(run) & (CELLS - 1)
        length = (np.int64(run) >> LENGTH_BIT & (SIDE - 1)) + 1
        step = (np.int64(run) >> STEP_BIT) - 1
        for k in range(at, at + length):
            counts[step, k] += sign


@njit(cache=True, nogil=True)
def shared(one: Any, other: Any, wanted: Any) -> Any:
    """Cells that two footprints (blocks, starts, runs) share at least at steps ``wanted`` (one's, other's), and the
    other's best step there."""
    a, b = np.zeros(CELLS, np.uint8), np.zeros(CELLS, np.uint8)
    i, j, common = 0, 0, 0
    best: Any = 0
    while i < one[0].size and j < other[0].size:
        if one[0][i] < other[0][j]:
            i += 1
        elif one[0][i] > other[0][j]:
            j += 1
        else:
            a[:] = 0
            b[:] = 0
            paint(one[2][one[1][i] : one[1][i + 1]], a)
            paint(other[2][other[1][j] : other[1][j + 1]], b)
            for k in range(CELLS):
                if a[k] >= wanted[0] and b[k] >= wanted[1]:
                    common += 1
                    best = max(best, np.int64(b[k]))
            i += 1
            j += 1
    return common, best


@njit(cache=True, nogil=True)
def cells_by_step(runs: Any, out: Any) -> None:
    """Add the number of cells of each step to ``out`` (16,)."""
    for run in runs:
        out[np.int64(run) >> STEP_BIT] += (np.int64(run) >> LENGTH_BIT & (SIDE - 1)) + 1
