"""From which height up an eye sees what stands at a place: one walk along the line, all that it crosses."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.ray import Ray, height_at
from tiles.kernels.walls import _clip, _crossing, _leaves, runs_inside


@njit(cache=True, nogil=True, inline="always")
def _grazing(ray: Any, t: float, height: float) -> Any:
    """Height of the line's end so that it passes exactly at ``height`` at the fraction ``t``."""
    return ray.h + (height - ray.h + t * (1.0 - t) * ray.sag) / t


@njit(cache=True, nogil=True, inline="always")
def _ending(ray: Any, height: float) -> Any:
    """The same line with its end at another height."""
    return Ray(ray.x, ray.y, ray.h, ray.dx, ray.dy, height - ray.h, ray.sag, ray.length)


@njit(cache=True, nogil=True)
def _over_bucket(walls: Any, ray: Any, bucket: int, excused: Any, least: float) -> Any:
    carrier, near_eye = excused
    for k in range(walls.bucket_start[bucket], walls.bucket_start[bucket + 1]):
        e = walls.bucket_edge[k]
        t = _crossing(ray, walls.edges[e])
        if t <= 0.0 or t >= 1.0:
            continue
        b = walls.owner[e]
        if not (b == carrier and t * ray.length <= near_eye):
            least = max(least, _grazing(ray, t, walls.roof_m[b]))
    return least


@njit(cache=True, nogil=True)
def over_walls(walls: Any, ray: Any, carrier: int, mount_m: float, span: Any) -> Any:
    """Least height, from span[0] up, at which the end is seen over all walls; anything when above span[1]."""
    least, most = span
    t, leave = _clip(walls, ray)
    if t > leave or ray.length == 0.0:
        return least
    excused = (carrier, mount_m)
    col = min(walls.cols - 1, max(0, int((ray.x + t * ray.dx - walls.x0) / walls.cell)))
    row = min(walls.rows - 1, max(0, int((ray.y + t * ray.dy - walls.y0) / walls.cell)))
    low = _ending(ray, least)
    while 0 <= col < walls.cols and 0 <= row < walls.rows and least < most:
        next_col = _leaves(walls.x0, walls.cell, col, ray.x, ray.dx)
        next_row = _leaves(walls.y0, walls.cell, row, ray.y, ray.dy)
        out = min(next_col, next_row, leave)
        bucket = row * walls.cols + col
        if min(height_at(low, t), height_at(low, out)) - 0.01 < walls.bucket_top[bucket]:
            higher = _over_bucket(walls, ray, bucket, excused, least)
            if higher > least:
                least = higher
                low = _ending(ray, least)
        if out >= leave:
            break
        t = out
        if next_col <= next_row:
            col += 1 if ray.dx > 0.0 else -1
        else:
            row += 1 if ray.dy > 0.0 else -1
    t = mount_m / ray.length
    if least < most and runs_inside(walls, _ending(ray, least), carrier, t):
        least = max(least, _grazing(ray, t, walls.roof_m[carrier]))
    return least


@njit(cache=True, nogil=True)
def _along(relief: Any, ray: Any, columns: bool, near_m: float, span: Any) -> Any:
    """The same over the crossings with grid columns, or rows."""
    least, most = span
    rows, cols = relief.ground.shape
    if columns:
        at, step = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
        side, drift = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
        count, width = cols, rows
    else:
        at, step = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
        side, drift = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
        count, width = rows, cols
    if step == 0.0 or width < 2:
        return least
    ends = (min(max(at, -1.0), np.float64(count)), min(max(at + step, -1.0), np.float64(count)))
    first, last = max(int(np.ceil(min(ends))), 0), min(int(np.floor(max(ends))), count - 1)
    down = 1 if columns else 0
    right = 1 - down
    for k in range(first, last + 1):
        t = (k - at) / step
        across = side + t * drift
        if t <= 0.0 or t >= 1.0 or not (across >= 0.0 and across <= width - 1):
            continue
        j = min(int(across), width - 2)
        row, col = (j, k) if columns else (k, j)
        share = across - j
        beyond = relief.bare or t * ray.length <= near_m
        a = np.float64(relief.ground[row, col] if beyond else relief.obstacle[row, col])
        b = np.float64(relief.ground[row + down, col + right] if beyond else relief.obstacle[row + down, col + right])
        least = max(least, _grazing(ray, t, a + share * (b - a)))
        if least >= most:
            break
    return least


@njit(cache=True, nogil=True)
def least_heights(world: Any, eye: Any, places: Any, spans: Any, mount: Any, bend: float, out: Any) -> None:
    """Into ``out`` (n,): least height of places (n, 2) at which ``eye`` (3,) sees them, by the rules of sight lines.

    ``world`` = (relief, walls); ``spans`` (n, 2): where to begin, and from where on it does not matter;
    ``mount`` = (carrier, metres).
    """
    relief, walls = world
    for i in range(places.shape[0]):
        dx, dy = places[i, 0] - eye[0], places[i, 1] - eye[1]
        flat2 = dx * dx + dy * dy
        ray = Ray(eye[0], eye[1], eye[2], dx, dy, 0.0, flat2 * bend, np.sqrt(flat2))
        span = (spans[i, 0], spans[i, 1])
        least = over_walls(walls, ray, mount[0], mount[1], span)
        for columns in (True, False):
            if least < span[1]:
                least = _along(relief, ray, columns, max(mount[1], relief.cell), (least, span[1]))
        out[i] = least


@njit(cache=True, nogil=True)
def facing_columns(columns: Any, chosen: Any, view: Any, out: Any) -> int:
    """Write to ``out`` the columns of the ``chosen`` buildings that face the eye within its view; how many.

    ``columns`` = (first, place (n, 2), normal (n, 2)); ``view`` = (x, y, radius, bearing of the middle and half
    of its width, radians; π and more is all round).
    """
    first, place, normal = columns
    x, y, radius, middle, half = view
    n = 0
    for b in chosen:
        for k in range(first[b], first[b + 1]):
            dx, dy = place[k, 0] - x, place[k, 1] - y
            if dx * normal[k, 0] + dy * normal[k, 1] >= 0.0 or dx * dx + dy * dy > radius * radius:
                continue
            if half < np.pi:
                off = abs((np.arctan2(dx, dy) - middle + np.pi) % (2 * np.pi) - np.pi)
                if off > half:
                    continue
            out[n] = k
            n += 1
    return n
