"""The walls right around a place, as a skyline of a few hundred directions: which lines to it end there.

Made once for a place, it turns away most of the far eyes without a walk. It only ever says that a line is
blocked for certain: a direction holds the steepest slope at which every line in it still passes under the
roof of one same edge.
"""

from typing import Any

import numpy as np
from numba import njit

DIRECTIONS = 256
NEAR_M = 80.0
"""Walls up to this far are looked at."""
MARGIN_M = 0.01
"""Rounding of heights, many times over."""
_SLACK = 1e-9
"""Rounding of directions, many times over."""


def _borders() -> Any:
    """Unit vectors of the borders between directions (DIRECTIONS + 1, 2)."""
    turn = 4.0 * np.arange(DIRECTIONS + 1) / DIRECTIONS
    x = np.where(turn <= 2.0, 1.0 - turn, turn - 3.0)
    y = np.where(turn <= 1.0, turn, np.where(turn <= 3.0, 2.0 - turn, turn - 4.0))
    return np.stack([x, y], axis=1) / np.hypot(x, y)[:, None]


BORDERS = _borders()


@njit(cache=True, nogil=True, inline="always")
def _turn(dx: float, dy: float) -> Any:
    """A direction as a number that grows with its angle, 0 … DIRECTIONS: around a diamond, without an arc tangent."""
    along = dx / (abs(dx) + abs(dy))
    return (1.0 - along if dy >= 0.0 else 3.0 + along) * (0.25 * DIRECTIONS)


@njit(cache=True, nogil=True, _nrt=False)
def _raise(slopes: Any, edge: Any, rise: float) -> None:
    """Take one edge in: its ends relative to the place, and how much higher its roof is."""
    ax, ay, bx, by = edge
    if ax * by - ay * bx < 0.0:
        ax, ay, bx, by = bx, by, ax, ay
    ex, ey = bx - ax, by - ay
    area = ax * ey - ay * ex
    if not area > 1e-6 or (ax == 0.0 and ay == 0.0) or (bx == 0.0 and by == 0.0):
        return
    start, end = _turn(ax, ay), _turn(bx, by)
    if end < start:
        end += DIRECTIONS
    first, last = int(np.ceil(start + _SLACK)), int(np.floor(end - _SLACK))
    if last <= first:
        return
    before = -1.0
    for k in range(first, last + 1):
        across = BORDERS[k % DIRECTIONS, 0] * ey - BORDERS[k % DIRECTIONS, 1] * ex
        away = area / across if across > 0.0 else np.inf
        if before >= 0.0 and before < NEAR_M and away < NEAR_M:
            slope = rise / (max(before, away) if rise > 0.0 else min(before, away))
            at = (k - 1) % DIRECTIONS
            slopes[at] = max(slopes[at], slope)
        before = away


@njit(cache=True, nogil=True)
def skyline(walls: Any, place: Any) -> Any:
    """Slopes (DIRECTIONS,) under which lines to a place (x, y, height) are blocked nearby; −inf for none.

    Holds for eyes farther than ``NEAR_M`` and their own mount.
    """
    slopes = np.full(DIRECTIONS, -np.inf)
    x, y, h = place
    start, beside = walls.bucket_start, walls.bucket_walls
    c0, c1 = int(np.floor((x - NEAR_M - walls.x0) / walls.cell)), int(np.floor((x + NEAR_M - walls.x0) / walls.cell))
    r0, r1 = int(np.floor((y - NEAR_M - walls.y0) / walls.cell)), int(np.floor((y + NEAR_M - walls.y0) / walls.cell))
    for row in range(max(r0, 0), min(r1 + 1, walls.rows)):
        for col in range(max(c0, 0), min(c1 + 1, walls.cols)):
            bucket = row * walls.cols + col
            for k in range(start[bucket], start[bucket + 1]):
                ends = (beside[k, 0] - x, beside[k, 1] - y, beside[k, 2] - x, beside[k, 3] - y)
                _raise(slopes, ends, beside[k, 4] - h - MARGIN_M)
    return slopes


@njit(cache=True, nogil=True, _nrt=False)
def hidden(slopes: Any, dx: float, dy: float, dh: float, mount_m: float) -> Any:
    """Whether the line from a place to an eye so far off (metres) is blocked nearby for certain."""
    flat2 = dx * dx + dy * dy
    enough = NEAR_M + 1.0 + mount_m
    if flat2 <= enough * enough:
        return False
    return dh < slopes[int(_turn(dx, dy)) % DIRECTIONS] * np.sqrt(flat2)
