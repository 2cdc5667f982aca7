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
def _highest(numbers: Any, top: int, bottom: int, left: int, right: int) -> Any:
    """Number of the highest building among fine cells [top:bottom, left:right]; 0 for none."""
    fine, lookup, roof, _ = numbers
    high, wide = fine.shape[1], fine.shape[2]
    best = 0
    for row in range(max(top, 0), min(bottom, lookup.shape[0] * high)):
        for col in range(max(left, 0), min(right, lookup.shape[1] * wide)):
            block = lookup[row // high, col // wide]
            if block < 0:
                continue
            b = fine[block, row % high, col % wide]
            if b > 0 and (best == 0 or roof[b - 1] > roof[best - 1]):
                best = b
    return best


@njit(cache=True, nogil=True)
def fill_window(ground: Any, obstacle: Any, place: Any, numbers: Any, window: Any, out: Any) -> None:
    """Fill one regular window around a place.

    ``place`` = (x0, y0, cell) of the coarse grids; ``numbers`` = (fine, lookup, roofs, cell of the fine ones);
    ``window`` = (x0, y0, cell) of the result; ``out`` = (top, ground, building) arrays of one shape. A window
    cell no larger than a fine one takes the nearest; a larger one the highest building that it covers.
    """
    x0, y0, coarse = place
    top, low, building = out
    roof, spacing = numbers[2], numbers[3]
    for i in range(top.shape[0]):
        y = window[1] - i * window[2]
        for j in range(top.shape[1]):
            x = window[0] + j * window[2]
            row, col = (y0 - y) / coarse, (x - x0) / coarse
            low[i, j] = height_at(ground, row, col)
            top[i, j] = height_at(obstacle, row, col)
            half = max(window[2] / spacing, 1.0) / 2
            r, c = (y0 - y) / spacing, (x - x0) / spacing
            b = _highest(
                numbers,
                int(np.ceil(r - half)),
                int(np.ceil(r + half)),
                int(np.ceil(c - half)),
                int(np.ceil(c + half)),
            )
            building[i, j] = b - 1
            if b > 0:
                top[i, j] = max(top[i, j], roof[b - 1])
