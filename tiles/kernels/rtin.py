"""Right-triangulated irregular networks on one lattice that spans all tiles of a level.

A square of the lattice is split along a diagonal; each triangle is split at the middle of its longest side
while that middle's error is too large. Errors are made monotone over the whole lattice, also across tiles, so
two tiles split their common edge alike and no vertex hangs, whatever each of them holds.

The diagonal of square (row i, column j) of any size runs from its north-west corner when i + j is even, else
from its north-east corner: then each split leads to the squares of half the size.
"""

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def errors(heights: Any, sag_m: Any, size: int, out: Any) -> None:
    """Largest error anywhere of leaving out each lattice node and all nodes that stand on it.

    Leaving out a node moves the surface by the node's distance from the chord, and whatever stands on it by no
    more than that again: so a node's own distance is added to the largest error of the nodes on it.

    Parameters
    ----------
    heights : float32 (n, m)
        Lattice of whole squares of ``size`` intervals; row 0 is the northernmost. Index (0, 0) is a corner
        whose square has an even place in the level.
    sag_m : float64 (2, n)
        How far the chord over one interval, along a row and along a column, sags below the curved earth;
        it grows with the square of the length.
    out : float32 (n, m)
        Zero at the corners of the squares of ``size``, which are never left out.
    """
    out[:] = 0.0
    half = 1
    while 2 * half <= size:
        _sides(heights, sag_m, half, out)
        _middles(heights, sag_m, half, out)
        half *= 2


@njit(cache=True, nogil=True)
def _sides(heights: Any, sag_m: Any, half: int, out: Any) -> None:
    """Middles of the sides of squares of 2 × half; the middles of the four squares around stand on them."""
    rows, cols = heights.shape
    quarter, far = half // 2, 4.0 * half * half
    for i in range(0, rows, half):
        lying = (i // half) % 2 == 0
        for j in range(half if lying else 0, cols, 2 * half):
            if lying:
                chord = (heights[i, j - half] + heights[i, j + half]) * 0.5 - far * sag_m[0, i]
            else:
                chord = (heights[i - half, j] + heights[i + half, j]) * 0.5 - far * sag_m[1, i]
            above = 0.0
            if quarter:
                for di in (-quarter, quarter):
                    for dj in (-quarter, quarter):
                        if 0 <= i + di < rows and 0 <= j + dj < cols:
                            above = max(above, out[i + di, j + dj])
            out[i, j] = abs(chord - heights[i, j]) + above


@njit(cache=True, nogil=True)
def _middles(heights: Any, sag_m: Any, half: int, out: Any) -> None:
    """Middles of squares of 2 × half, on their diagonal; the middles of their four sides stand on them."""
    rows, cols = heights.shape
    far = 4.0 * half * half
    for i in range(half, rows, 2 * half):
        for j in range(half, cols, 2 * half):
            if (i // (2 * half) + j // (2 * half)) % 2 == 0:
                ends = heights[i - half, j - half] + heights[i + half, j + half]
            else:
                ends = heights[i - half, j + half] + heights[i + half, j - half]
            chord = ends * 0.5 - far * (sag_m[0, i] + sag_m[1, i])
            above = max(out[i - half, j], out[i + half, j], out[i, j - half], out[i, j + half])
            out[i, j] = abs(chord - heights[i, j]) + above


@njit(cache=True, nogil=True)
def triangulate(error: Any, limit: float, even: bool, number: Any, vertices: Any, triangles: Any) -> Any:
    """Triangles of one tile, counter-clockwise seen from above.

    Parameters
    ----------
    error : float32 (size + 1, size + 1)
        The tile's part of ``errors``, row 0 the northernmost.
    even : bool
        Whether the tile's row plus column in the level is even.
    number : int32 (size + 1, size + 1), vertices : int32 (k, 2), triangles : int32 (t, 3)
        Room for what is found: vertices are (row, column), numbered as they first occur.

    Returns
    -------
    vertices, triangles : int
        How many there are.
    """
    size = error.shape[0] - 1
    number[:] = -1
    stack = np.empty((64, 6), np.int32)
    # Corner, end, end of the longest side; counter-clockwise with rows growing southward.
    if even:
        _put(stack, 0, size, 0, size, size, 0, 0)
        _put(stack, 1, 0, size, 0, 0, size, size)
    else:
        _put(stack, 0, 0, 0, size, 0, 0, size)
        _put(stack, 1, size, size, 0, size, size, 0)
    left, made, count = 2, 0, 0
    while left:
        left -= 1
        ci, cj, ai, aj, bi, bj = stack[left]
        mi, mj = (ai + bi) >> 1, (aj + bj) >> 1
        if max(abs(ai - bi), abs(aj - bj)) > 1 and error[mi, mj] > limit:
            _put(stack, left, mi, mj, ci, cj, ai, aj)
            _put(stack, left + 1, mi, mj, bi, bj, ci, cj)
            left += 2
            continue
        for corner, (i, j) in enumerate(((ci, cj), (ai, aj), (bi, bj))):
            if number[i, j] < 0:
                number[i, j] = count
                vertices[count, 0], vertices[count, 1] = i, j
                count += 1
            triangles[made, corner] = number[i, j]
        made += 1
    return count, made


@njit(cache=True, nogil=True)
def _put(stack: Any, at: int, ci: int, cj: int, ai: int, aj: int, bi: int, bj: int) -> None:
    """Store a triangle: its corner and the ends of its longest side."""
    stack[at, 0], stack[at, 1] = ci, cj
    stack[at, 2], stack[at, 3] = ai, aj
    stack[at, 4], stack[at, 5] = bi, bj
