"""The nearest wall that stands in a line's way, by a walk through the bucket grid."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.footprint import contains
from tiles.kernels.ray import height_at

TARGET_M = 0.5
"""Horizontal stretch before the target in which its own building does not block."""


@njit(cache=True, nogil=True, inline="always")
def _crossing(ray: Any, edge: Any) -> Any:
    """Fraction of the ray at which it crosses the edge, ends of the edge included; −1 when it does not."""
    ex = edge[2] - edge[0]
    ey = edge[3] - edge[1]
    den = ray.dx * ey - ray.dy * ex
    if den == 0.0:
        return -1.0
    px = edge[0] - ray.x
    py = edge[1] - ray.y
    s = (px * ray.dy - py * ray.dx) / den
    if s < 0.0 or s > 1.0:
        return -1.0
    return (px * ey - py * ex) / den


@njit(cache=True, nogil=True)
def _clip(walls: Any, ray: Any) -> Any:
    """Stretch of the ray over the bucket grid, as fractions; empty when the first exceeds the second."""
    enter = 0.0
    leave = 1.0
    for axis in range(2):
        at = ray.x - walls.x0 if axis == 0 else ray.y - walls.y0
        step = ray.dx if axis == 0 else ray.dy
        size = walls.cell * (walls.cols if axis == 0 else walls.rows)
        if step == 0.0:
            if at < 0.0 or at > size:
                return 1.0, 0.0
            continue
        a = -at / step
        b = (size - at) / step
        enter = max(enter, min(a, b))
        leave = min(leave, max(a, b))
    return enter, leave


@njit(cache=True, nogil=True)
def _in_bucket(walls: Any, ray: Any, bucket: int, excused: Any, found: Any) -> Any:
    """The nearer of ``found`` (fraction, building) and what the edges of one bucket offer."""
    best, who = found
    carrier, near_eye, target, near_end = excused
    for k in range(walls.bucket_start[bucket], walls.bucket_start[bucket + 1]):
        e = walls.bucket_edge[k]
        hit = _crossing(ray, walls.edges[e])
        if hit <= 0.0 or hit >= 1.0 or hit > best:
            continue
        b = walls.owner[e]
        if (b == carrier and hit * ray.length <= near_eye) or (b == target and (1.0 - hit) * ray.length <= near_end):
            continue
        if height_at(ray, hit) < walls.roof_m[b] and (hit < best or b < who):
            best = hit
            who = b
    return best, who


@njit(cache=True, nogil=True, inline="always")
def _leaves(low: float, cell: float, index: int, at: float, step: float) -> float:
    """Fraction at which the ray leaves the bucket row or column ``index``."""
    if step == 0.0:
        return np.inf
    return (low + (index + (1 if step > 0.0 else 0)) * cell - at) / step


@njit(cache=True, nogil=True)
def nearest_wall(walls: Any, ray: Any, carrier: int, mount_m: float, target: int) -> Any:
    """Fraction and building of the first footprint edge crossed below its roof; infinite and −1 for none.

    Edges of ``carrier`` crossed within ``mount_m`` of the eye, and edges of ``target`` crossed within
    ``TARGET_M`` of the end, do not count. Among equals the lowest building number is named.
    """
    found = (np.inf, -1)
    t, leave = _clip(walls, ray)
    if t > leave or ray.length == 0.0:
        return found
    excused = (carrier, mount_m, target, TARGET_M)
    col = min(walls.cols - 1, max(0, int((ray.x + t * ray.dx - walls.x0) / walls.cell)))
    row = min(walls.rows - 1, max(0, int((ray.y + t * ray.dy - walls.y0) / walls.cell)))
    while 0 <= col < walls.cols and 0 <= row < walls.rows:
        next_col = _leaves(walls.x0, walls.cell, col, ray.x, ray.dx)
        next_row = _leaves(walls.y0, walls.cell, row, ray.y, ray.dy)
        out = min(next_col, next_row, leave)
        bucket = row * walls.cols + col
        # The line is convex between its ends and sags by far less than a centimetre within a bucket.
        if min(height_at(ray, t), height_at(ray, out)) - 0.01 < walls.bucket_top[bucket]:
            found = _in_bucket(walls, ray, bucket, excused, found)
        if found[0] < out or out >= leave:
            break
        t = out
        if next_col <= next_row:
            col += 1 if ray.dx > 0.0 else -1
        else:
            row += 1 if ray.dy > 0.0 else -1
    return found


@njit(cache=True, nogil=True)
def runs_inside(walls: Any, ray: Any, building: int, t: float) -> Any:
    """Whether the line is within the building's solid at ``t``: what an excused edge must not hide."""
    if building < 0 or not (t > 0.0 and t < 1.0):
        return False
    if not height_at(ray, t) < walls.roof_m[building]:
        return False
    return contains(walls, building, ray.x + t * ray.dx, ray.y + t * ray.dy)


@njit(cache=True, nogil=True)
def first_solid(walls: Any, ray: Any, carrier: int, mount_m: float, target: int) -> Any:
    """As ``nearest_wall``; moreover the carrier beyond its mount and the target's building before its
    last half metre block where the line runs inside them, whichever of their edges were excused."""
    best, who = nearest_wall(walls, ray, carrier, mount_m, target)
    if ray.length > 0.0:
        t = mount_m / ray.length
        if t < best and runs_inside(walls, ray, carrier, t):
            best = t
            who = carrier
        t = 1.0 - TARGET_M / ray.length
        if t < best and runs_inside(walls, ray, target, t):
            best = t
            who = target
    return best, who
