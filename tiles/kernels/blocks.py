"""Highest and lowest things of blocks, and of blocks of blocks: what lets a sight line skip or give up early."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

CELL_BITS, FOLD_BITS = 3, 2
CELLS = 1 << CELL_BITS
"""Cells of a height grid to a side of its smallest block."""
FOLD = 1 << FOLD_BITS
"""Blocks of a level to a side of one of the next."""


class Blocks(NamedTuple):
    """Three levels of blocks over a height grid (floors: the second), and over the buckets of the walls.

    ``tops`` are never below, ``floors`` never above what any crossing in the block or a cell beside it can
    meet; a floor is of the bare ground, −inf where a cell has none. float32 (rows, cols), row 0 as the grid's.
    """

    tops0: Any
    tops1: Any
    tops2: Any
    floors1: Any
    walls0: Any
    walls1: Any
    walls2: Any


@njit(cache=True, nogil=True)
def grid_blocks(ground: Any, obstacle: Any, tops: Any, floors: Any) -> None:
    """Fill tops and floors of the smallest blocks; each looks at its cells and one more to every side."""
    rows, cols = ground.shape
    for r in range(tops.shape[0]):
        for c in range(tops.shape[1]):
            top, floor = -np.inf, np.inf
            for i in range(max(r * CELLS - 1, 0), min(r * CELLS + CELLS + 2, rows)):
                for j in range(max(c * CELLS - 1, 0), min(c * CELLS + CELLS + 2, cols)):
                    if obstacle[i, j] > top:
                        top = obstacle[i, j]
                    if not ground[i, j] >= floor:
                        floor = ground[i, j] if ground[i, j] == ground[i, j] else -np.inf
            tops[r, c] = top
            floors[r, c] = floor


@njit(cache=True, nogil=True)
def folded(fine: Any, highest: bool, coarse: Any) -> None:
    """Fill the next level: the highest, or the lowest, of FOLD × FOLD."""
    for r in range(coarse.shape[0]):
        for c in range(coarse.shape[1]):
            best = -np.inf if highest else np.inf
            for i in range(r * FOLD, min((r + 1) * FOLD, fine.shape[0])):
                for j in range(c * FOLD, min((c + 1) * FOLD, fine.shape[1])):
                    best = max(best, fine[i, j]) if highest else min(best, fine[i, j])
            coarse[r, c] = best
