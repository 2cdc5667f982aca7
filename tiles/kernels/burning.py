"""Footprints to cells by the rule of the cell's centre; windows of the analysis surface."""

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _crossings(vertices: Any, ring_offsets: Any, rings: Any, y: float, found: Any) -> Any:
    """Sorted x where the edges of some rings cross the line at y; ``found`` is room for them."""
    n = 0
    for ring in range(rings[0], rings[1]):
        start, end = ring_offsets[ring], ring_offsets[ring + 1]
        for v in range(start, end):
            w = v + 1 if v + 1 < end else start
            ya, yb = vertices[v, 1], vertices[w, 1]
            if (ya <= y) != (yb <= y):
                t = (y - ya) / (yb - ya)
                found[n] = vertices[v, 0] + t * (vertices[w, 0] - vertices[v, 0])
                n += 1
    return np.sort(found[:n])


@njit(cache=True, nogil=True)
def _write(fine: Any, lookup: Any, roof: Any, row: int, span: Any, number: int) -> None:
    """Give one run of fine cells to a building, unless a higher one holds them."""
    size = fine.shape[1]
    for col in range(max(span[0], 0), min(span[1], lookup.shape[1] * size)):
        block = lookup[row // size, col // size]
        if block < 0:
            continue
        held = fine[block, row % size, col % size]
        if held == 0 or roof[held - 1] < roof[number - 1]:
            fine[block, row % size, col % size] = number


@njit(cache=True, nogil=True)
def burn(footprints: Any, ring_offsets: Any, building_rings: Any, roof: Any, origin: Any, blocks: Any) -> None:
    """Write each building's number (index + 1) to the fine cells whose centres it covers.

    ``footprints`` (v, 2) are the rings' corners. Where several overlap the highest roof wins, then the first.
    ``blocks`` = (lookup (block rows, block cols) int32, −1 for none; fine (n, size, size) int32);
    ``origin`` = (x0, y0, cell) of the cell [0, 0] in the north-west.
    """
    x0, y0, cell = origin
    lookup, fine = blocks
    for b in range(roof.size):
        rings = (building_rings[b], building_rings[b + 1])
        corners = footprints[ring_offsets[rings[0]] : ring_offsets[rings[1]]]
        if corners.shape[0] == 0:
            continue
        found = np.empty(corners.shape[0])
        top = max(int(np.ceil((y0 - corners[:, 1].max()) / cell)), 0)
        bottom = min(int(np.floor((y0 - corners[:, 1].min()) / cell)), lookup.shape[0] * fine.shape[1] - 1)
        for row in range(top, bottom + 1):
            inside = _crossings(footprints, ring_offsets, rings, y0 - row * cell, found)
            for k in range(0, inside.size - 1, 2):
                left = int(np.ceil((inside[k] - x0) / cell))
                right = int(np.ceil((inside[k + 1] - x0) / cell))
                _write(fine, lookup, roof, row, (left, right), b + 1)


@njit(cache=True, nogil=True)
def coarsen(fine: Any, blocks: Any, roof: Any, ratio: float, coarse: Any) -> None:
    """Highest building of the fine cells nearest to each coarse cell's centre; ``ratio`` = coarse / fine."""
    size = fine.shape[1]
    for n in range(fine.shape[0]):
        for i in range(size):
            row = int(np.floor((blocks[n, 0] * size + i) / ratio + 0.5))
            if row >= coarse.shape[0]:
                continue
            for j in range(size):
                b = fine[n, i, j]
                if b == 0:
                    continue
                col = int(np.floor((blocks[n, 1] * size + j) / ratio + 0.5))
                if col >= coarse.shape[1]:
                    continue
                held = coarse[row, col]
                if held == 0 or roof[held - 1] < roof[b - 1]:
                    coarse[row, col] = b


@njit(cache=True, nogil=True)
def height_at(heights: Any, row: float, col: float) -> Any:
    """Bilinear height; beyond the edge the edge goes on."""
    rows, cols = heights.shape
    row = min(max(row, 0.0), rows - 1.0)
    col = min(max(col, 0.0), cols - 1.0)
    r, c = min(int(row), max(rows - 2, 0)), min(int(col), max(cols - 2, 0))
    s, e = min(r + 1, rows - 1), min(c + 1, cols - 1)
    fr, fc = row - r, col - c
    north = heights[r, c] * (1 - fc) + heights[r, e] * fc
    south = heights[s, c] * (1 - fc) + heights[s, e] * fc
    return north * (1 - fr) + south * fr


@njit(cache=True, nogil=True)
def _spots(first: float, step: float, count: int, size: int) -> Any:
    """For each window row (or column): its place among ``size`` grid rows: lower, upper, share of the upper."""
    low, high = np.empty(count, np.int32), np.empty(count, np.int32)
    share = np.empty(count)
    for i in range(count):
        at = min(max(first + i * step, 0.0), size - 1.0)
        low[i] = min(int(at), max(size - 2, 0))
        high[i] = min(low[i] + 1, size - 1)
        share[i] = at - low[i]
    return low, high, share


@njit(cache=True, nogil=True)
def _spans(first: float, step: float, count: int, half: float, blocks: Any) -> Any:
    """For each window row (or column): first and one past the last fine one that it covers, and of all of
    those from the first: block and place in it. ``blocks`` is (blocks, size of each)."""
    size = blocks[1]
    limit = blocks[0] * size
    start, end = np.empty(count, np.int64), np.empty(count, np.int64)
    for i in range(count):
        at = first + i * step
        start[i] = min(max(int(np.ceil(at - half)), 0), limit)
        end[i] = min(max(int(np.ceil(at + half)), 0), limit)
    base = start[0]
    block, within = np.empty(end[-1] - base, np.int64), np.empty(end[-1] - base, np.int64)
    for k in range(block.size):
        block[k] = (base + k) // size
        within[k] = base + k - block[k] * size
    return start - base, end - base, block, within


@njit(cache=True, nogil=True, inline="always")
def _highest(numbers: Any, rows: Any, cols: Any, i: int, j: int) -> Any:
    """Number of the highest building among the fine cells of window cell (i, j); 0 for none."""
    fine, lookup, roof, _ = numbers
    best = np.int32(0)
    for row in range(rows[0][i], rows[1][i]):
        for col in range(cols[0][j], cols[1][j]):
            block = lookup[rows[2][row], cols[2][col]]
            if block >= 0:
                b = fine[block, rows[3][row], cols[3][col]]
                if b > 0 and (best == 0 or roof[b - 1] > roof[best - 1]):
                    best = b
    return best


@njit(cache=True, nogil=True)
def fill_window(ground: Any, obstacle: Any, bare: bool, place: Any, numbers: Any, window: Any, out: Any) -> None:
    """Fill one regular window around a place.

    ``bare`` says that the obstacle is the ground; ``place`` = (x0, y0, cell) of the coarse grids; ``numbers`` =
    (fine, lookup, roofs, cell of the fine ones); ``window`` = (x0, y0, cell) of the result; ``out`` = (top,
    ground, building) arrays of one shape. A window cell no larger than a fine one takes the nearest; a larger
    one the highest building that it covers.
    """
    x0, y0, coarse = place
    top, low, building = out
    fine, lookup, roof, spacing = numbers
    n, m = top.shape
    r0, r1, fr = _spots((y0 - window[1]) / coarse, window[2] / coarse, n, ground.shape[0])
    c0, c1, fc = _spots((window[0] - x0) / coarse, window[2] / coarse, m, ground.shape[1])
    half = max(window[2] / spacing, 1.0) / 2
    rows = _spans((y0 - window[1]) / spacing, window[2] / spacing, n, half, (lookup.shape[0], fine.shape[1]))
    cols = _spans((window[0] - x0) / spacing, window[2] / spacing, m, half, (lookup.shape[1], fine.shape[2]))
    for i in range(n):
        for j in range(m):
            north = ground[r0[i], c0[j]] * (1 - fc[j]) + ground[r0[i], c1[j]] * fc[j]
            south = ground[r1[i], c0[j]] * (1 - fc[j]) + ground[r1[i], c1[j]] * fc[j]
            height = np.float32(north * (1 - fr[i]) + south * fr[i])
            low[i, j] = height
            if not bare:
                north = obstacle[r0[i], c0[j]] * (1 - fc[j]) + obstacle[r0[i], c1[j]] * fc[j]
                south = obstacle[r1[i], c0[j]] * (1 - fc[j]) + obstacle[r1[i], c1[j]] * fc[j]
                height = np.float32(north * (1 - fr[i]) + south * fr[i])
            top[i, j] = height
            b = _highest(numbers, rows, cols, i, j)
            building[i, j] = b - 1
            if b > 0:
                top[i, j] = max(height, np.float32(roof[b - 1]))
