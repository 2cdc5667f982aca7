"""The few that are enough: rows of a table that together have all the columns that the whole table has."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tiles.geodesy import Floats


def few(has: NDArray[np.bool_], worth: Floats, rounds: Sequence[NDArray[np.intp]]) -> list[int]:
    """Rows of a table (c, k) that together cover each column that any row covers; ascending.

    Greedily: always the row with most columns that are still open, of equals the one that is worth more, then the
    first. At the end those that the others have made needless are left out, the least worth first.

    Parameters
    ----------
    worth : float64 (c,)
    rounds : rows that are taken first, then those that are taken only for what is left; each row once
    """
    open_ = has.any(axis=0)
    chosen: list[int] = []
    for rows in rounds:
        # A row can only come to have fewer open columns: what was counted once is never too low.
        queue = [(-int(has[row].sum()), -float(worth[row]), row) for row in rows.tolist()]
        heapq.heapify(queue)
        while queue and open_.any():
            counted, value, row = heapq.heappop(queue)
            count = int(np.count_nonzero(has[row] & open_))
            if count == 0:
                continue
            if count < -counted:
                heapq.heappush(queue, (-count, value, row))
                continue
            chosen.append(row)
            open_ &= ~has[row]
    return sorted(_needed(has, worth, chosen))


def _needed(has: NDArray[np.bool_], worth: Floats, chosen: list[int]) -> list[int]:
    times = has[chosen].sum(axis=0)
    kept = list(chosen)
    for row in sorted(chosen, key=lambda one: (worth[one], -one)):
        if (times[has[row]] > 1).all():
            kept.remove(row)
            times -= has[row]
    return kept
