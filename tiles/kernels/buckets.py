"""Sorting edges and buildings into a uniform grid of buckets, in compressed rows."""

from typing import Any

import numpy as np
from numba import njit

SLACK_M = 0.01
"""An edge is listed in every bucket that it passes within this distance, so that no rounding can lose it."""


@njit(cache=True, nogil=True)
def _apart(edge: Any, x: float, y: float, half: float) -> Any:
    """Whether the edge stays clear of the square with centre (x, y) and half side ``half``."""
    mx = 0.5 * (edge[0] + edge[2]) - x
    my = 0.5 * (edge[1] + edge[3]) - y
    ex = 0.5 * (edge[2] - edge[0])
    ey = 0.5 * (edge[3] - edge[1])
    if abs(mx) > half + abs(ex) or abs(my) > half + abs(ey):
        return True
    return abs(mx * ey - my * ex) > half * (abs(ex) + abs(ey))


@njit(cache=True, nogil=True)
def _span(low: float, high: float, cell: float, count: int) -> Any:
    """First bucket and one past the last that [low, high] touches, slack included."""
    first = int(max(0.0, np.floor((low - SLACK_M) / cell)))
    last = int(min(count - 1.0, np.floor((high + SLACK_M) / cell)))
    return first, last + 1


@njit(cache=True, nogil=True)
def edges_per_bucket(edges: Any, place: Any, start: Any, out: Any) -> None:
    """With an empty ``out``, count each bucket's edges into ``start[bucket + 1]``; else fill ``out``.

    ``place`` is (x0, y0, cell, cols, rows). When filling, ``start`` is a running copy of the row starts.
    """
    x0, y0, cell, cols, rows = place
    half = 0.5 * cell + SLACK_M
    for e in range(edges.shape[0]):
        edge = edges[e]
        c0, c1 = _span(min(edge[0], edge[2]) - x0, max(edge[0], edge[2]) - x0, cell, cols)
        r0, r1 = _span(min(edge[1], edge[3]) - y0, max(edge[1], edge[3]) - y0, cell, rows)
        for row in range(r0, r1):
            for col in range(c0, c1):
                if _apart(edge, x0 + (col + 0.5) * cell, y0 + (row + 0.5) * cell, half):
                    continue
                _put(row * cols + col, e, start, out)


@njit(cache=True, nogil=True)
def boxes_per_bucket(boxes: Any, place: Any, start: Any, out: Any) -> None:
    """As ``edges_per_bucket``, for bounding boxes (n, 4) west, south, east, north; NaN boxes are left out."""
    x0, y0, cell, cols, rows = place
    for b in range(boxes.shape[0]):
        if not boxes[b, 0] <= boxes[b, 2]:
            continue
        c0, c1 = _span(boxes[b, 0] - x0, boxes[b, 2] - x0, cell, cols)
        r0, r1 = _span(boxes[b, 1] - y0, boxes[b, 3] - y0, cell, rows)
        for row in range(r0, r1):
            for col in range(c0, c1):
                _put(row * cols + col, b, start, out)


@njit(cache=True, nogil=True)
def _put(bucket: int, item: int, start: Any, out: Any) -> None:
    if out.size == 0:
        start[bucket + 1] += 1
    else:
        out[start[bucket]] = item
        start[bucket] += 1


@njit(cache=True, nogil=True)
def tops(bucket_start: Any, bucket_edge: Any, owner: Any, roof_m: Any, out: Any) -> None:
    """Highest roof among the edges of each bucket, −inf when it has none."""
    for bucket in range(out.size):
        top = -np.inf
        for k in range(bucket_start[bucket], bucket_start[bucket + 1]):
            top = max(top, roof_m[owner[bucket_edge[k]]])
        out[bucket] = top
