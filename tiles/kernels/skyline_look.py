"""Answers from a skyline profile: the height over the eye at which a place comes into view, and what hides it."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.skyline import HELD, NOTHING, from_steps

EDGE = 1e-9
"""Radians; a place this near to the edge of a profile lies on it."""


@njit(cache=True, nogil=True, error_model="numpy")
def _piece(rings: Any, low: int, high: int, t: float) -> int:
    """The breakpoint of low … high − 1 that ends the piece in which ring ``t`` lies."""
    first, end = low, high - 1
    while first < end:
        middle = (first + end) >> 1
        if rings[middle] >= t:
            end = middle
        else:
            first = middle + 1
    return first


@njit(cache=True, nogil=True, error_model="numpy")
def _grazing(held: Any, m: int, t: float, cell: float) -> Any:
    """Height over the eye of ray m's grazing line at ring ``t`` (−inf: nothing yet), and its piece."""
    offsets, rings, slopes, _ = held
    low = np.int64(offsets[m])
    b = _piece(rings, low, np.int64(offsets[m + 1]), t)
    if slopes[b] == NOTHING:
        return -np.inf, b
    end = np.float64(rings[b])
    to_m = from_steps(slopes[b]) * end * cell
    if b == low or t >= end:
        return to_m * (t / end), b
    if slopes[b - 1] == NOTHING:
        return -np.inf, b
    start = np.float64(rings[b - 1])
    from_m = from_steps(slopes[b - 1]) * start * cell
    return from_m + (to_m - from_m) * ((t - start) / (end - start)), b


@njit(cache=True, nogil=True, error_model="numpy")
def _rays(fan: Any, wraps: bool, east: float, north: float) -> Any:
    """The two rays on either side of a place, and its share of the way between them; −1 outside."""
    turn = np.arctan2(east, north) - fan.first
    turn -= 2 * np.pi * np.floor(turn / (2 * np.pi))
    if wraps:
        at = turn / fan.step
        m = int(at) % fan.rays
        return m, (m + 1) % fan.rays, at - int(at)
    if turn > 2 * np.pi - EDGE:
        turn = 0.0
    width = (fan.rays - 1) * fan.step
    if turn > width + EDGE:
        return -1, -1, 0.0
    m = min(int(turn / fan.step), fan.rays - 2)
    return m, m + 1, min(turn / fan.step - m, 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _look(held: Any, fan: Any, wraps: bool, east: float, north: float) -> Any:
    """Least visible height over the eye (NaN outside, −inf where nothing hides), ray and piece, ring.

    ``east`` and ``north`` are in cells from the eye; the ray is the one whose line is the higher.
    """
    square = east * east + north * north
    if not square <= fan.radius * fan.radius * (1 + 1e-12):
        return np.nan, -1, -1, 0.0
    t = max(abs(east), abs(north))
    if square == 0.0:
        return -np.inf, -1, -1, t
    m, other, share = _rays(fan, wraps, east, north)
    if m < 0:
        return np.nan, -1, -1, t
    if t <= 1.0:
        return -np.inf, m, -1, t
    a, piece = _grazing(held, m, t, fan.cell)
    b, piece_b = _grazing(held, other, t, fan.cell)
    drop = fan.bend * square
    if share <= 0.0 or b == -np.inf:
        return a + drop, m, piece, t
    if share >= 1.0 or a == -np.inf:
        return b + drop, other, piece_b, t
    height = a + share * (b - a) + drop
    return (height, m, piece, t) if a >= b else (height, other, piece_b, t)


@njit(cache=True, nogil=True, error_model="numpy")
def least_heights(held: Any, fan: Any, wraps: bool, places: Any, out: Any) -> None:
    """Least visible height over the eye at places (n, 2), east and north in cells, into ``out`` (n,)."""
    for k in range(out.size):
        out[k] = _look(held, fan, wraps, places[k, 0], places[k, 1])[0]


@njit(cache=True, nogil=True, error_model="numpy")
def least_raster(held: Any, fan: Any, wraps: bool, out: Any) -> None:
    """The same at the cell centres of the raster that the profile was drawn from, (rows, cols) float32."""
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            out[row, col] = _look(held, fan, wraps, np.float64(col - fan.col), np.float64(fan.row - row))[0]


@njit(cache=True, nogil=True, error_model="numpy")
def blockers(held: Any, fan: Any, wraps: bool, palette: Any, places: Any, out: Any) -> None:
    """What hides places (n, 3; east and north in cells, metres over the eye), and how far it is in metres.

    ``out`` is (state int8: −1 outside, 0 in view, 1 hidden; what int32; distance float64).
    """
    _, rings, _, codes = held
    state, what, distance = out
    for k in range(state.size):
        east, north, up = places[k]
        least, m, piece, t = _look(held, fan, wraps, east, north)
        what[k], distance[k] = -1, np.inf
        state[k] = -1 if least != least else 0
        if least != least or not up < least or piece < 0:
            continue
        state[k] = 1
        what[k] = palette[codes[piece] >> 1]
        ring = min(np.float64(rings[piece]), t)
        if codes[piece] & HELD:
            ring = np.float64(rings[piece - 1])
        bearing = fan.first + m * fan.step
        distance[k] = max(ring - 1.0, 1.0) / max(abs(np.sin(bearing)), abs(np.cos(bearing))) * fan.cell
