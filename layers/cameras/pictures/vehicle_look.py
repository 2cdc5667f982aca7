"""Vehicles in a picture, pixel by pixel: the lens's own rays meet their bodies before, or behind, what stands there."""

import math
from typing import Any

from numba import njit

from layers.cameras.pictures.still_light import HAZE, HAZE_M, SKYLIGHT, SUN, SUNLIGHT, TERRAIN
from layers.cameras.pictures.vehicles import COACH, DARK, FRONT, GLASS, REAR

SHADE, SHADE_OUT_M = 0.5, 0.45
"""What is left of the light under a vehicle, and how far its shade reaches out."""
NEAR_M = 0.3
SLACK_M, SLACK = 0.05, 5e-4
"""What stands there may be so much nearer and still not hide a vehicle: pixels are no points."""
GROUND_SLACK_M, GROUND_SLACK = 1.0, 0.01
"""The same for the ground that it stands on, which is seen at a grazing angle."""
QUARTERS = ((-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25))
MISS = (math.inf, -1, -1)


@njit(cache=True, nogil=True)
def paint(picture: Any, seen: Any, window: Any, stand: Any, body: Any, colour: Any) -> int:
    """Draw one vehicle into a picture (rows, cols, 3) uint8; how many pixels it changed.

    Parameters
    ----------
    seen : rays float32 (rows, cols, 3), distance float32 (rows, cols), kind int8 (rows, cols) of what stands there,
        and whether the lens shows a pixel, bool (rows, cols)
    window : first and last row (not included), first and last column, that it may appear in
    stand : place (3,) of the point under its middle, seen from the eye, and its axes (3, 3: forward, left, up); local
        frame
    body : size (3,), planes (p, f, 4), stuff (p, f), as in `vehicles.Kind`
    colour : paint (3,)
    """
    rays, distance, kind, shown = seen
    top, bottom, left, right = window
    rows, cols = distance.shape
    changed = 0
    for r in range(top, bottom):
        up, down = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(left, right):
            if not shown[r, c]:
                continue
            west, east = max(c - 1, 0), min(c + 1, cols - 1)
            limit = distance[r, c]
            ground = kind[r, c] == TERRAIN
            limit += GROUND_SLACK_M + GROUND_SLACK * limit if ground else SLACK_M + SLACK * limit
            hit, shade = 0, 0.0
            sum0, sum1, sum2 = 0.0, 0.0, 0.0
            for down_by, right_by in QUARTERS:
                ray = _between(rays, (r, c), (up, down, west, east), down_by, right_by)
                got, tone, dark = _look(ray, stand, body, colour, limit)
                if got:
                    hit += 1
                    sum0, sum1, sum2 = sum0 + tone[0], sum1 + tone[1], sum2 + tone[2]
                elif ground:
                    shade += dark
            if hit == 0 and shade < 0.02:
                continue
            changed += 1
            bare = (4 - hit - shade * (1.0 - SHADE)) / 4.0
            sums = (sum0, sum1, sum2)
            for k in range(3):
                value = picture[r, c, k] * bare + 255.0 * sums[k] / 4.0
                picture[r, c, k] = int(min(max(value, 0.0), 255.0) + 0.5)
    return changed


@njit(cache=True, nogil=True)
def _between(rays: Any, at: Any, beside: Any, down_by: float, right_by: float) -> Any:
    """The ray of a place within a pixel, about a unit vector."""
    r, c = at
    up, down, west, east = beside
    tall, wide = max(down - up, 1), max(east - west, 1)
    x = rays[r, c, 0] + (rays[down, c, 0] - rays[up, c, 0]) * down_by / tall
    y = rays[r, c, 1] + (rays[down, c, 1] - rays[up, c, 1]) * down_by / tall
    z = rays[r, c, 2] + (rays[down, c, 2] - rays[up, c, 2]) * down_by / tall
    x += (rays[r, east, 0] - rays[r, west, 0]) * right_by / wide
    y += (rays[r, east, 1] - rays[r, west, 1]) * right_by / wide
    z += (rays[r, east, 2] - rays[r, west, 2]) * right_by / wide
    return x, y, z


@njit(cache=True, nogil=True)
def _look(ray: Any, stand: Any, body: Any, colour: Any, limit: float) -> Any:
    """Whether a ray meets a vehicle before ``limit``, the colour that it sees there, else how dark the ground is."""
    place, axes = stand
    size, planes, stuff = body
    way = _turned(axes, ray[0], ray[1], ray[2])
    eye = _turned(axes, -place[0], -place[1], -place[2])
    away, part, face = _nearest(eye, way, planes)
    none = (0.0, 0.0, 0.0)
    if NEAR_M < away < limit:
        spot = (eye[0] + way[0] * away, eye[1] + way[1] * away, eye[2] + way[2] * away)
        plane = planes[part, face]
        tone = _stuff(stuff[part, face], spot, size, colour)
        lit = 0.0
        rise = 0.0
        for k in range(3):
            world = plane[0] * axes[0, k] + plane[1] * axes[1, k] + plane[2] * axes[2, k]
            lit += world * SUN[k]
            if k == 2:
                rise = world
        light = min(SKYLIGHT + 0.12 * rise + SUNLIGHT * max(lit, 0.0), 1.15)
        clear = math.exp(-away / HAZE_M)
        return (
            True,
            (
                min(tone[0] * light, 1.0) * clear + HAZE[0] * (1.0 - clear),
                min(tone[1] * light, 1.0) * clear + HAZE[1] * (1.0 - clear),
                min(tone[2] * light, 1.0) * clear + HAZE[2] * (1.0 - clear),
            ),
            0.0,
        )
    if way[2] > -1e-6:
        return False, none, 0.0
    away = -eye[2] / way[2]
    if not NEAR_M < away < limit:
        return False, none, 0.0
    beyond = max(
        abs(eye[0] + way[0] * away) - size[0] / 2 + 0.1, abs(eye[1] + way[1] * away) - size[1] / 2 + 0.1
    )
    return False, none, min(max(1.0 - beyond / SHADE_OUT_M, 0.0), 1.0)


@njit(cache=True, nogil=True)
def _turned(axes: Any, x: float, y: float, z: float) -> Any:
    return (
        axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z,
        axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z,
        axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z,
    )


@njit(cache=True, nogil=True)
def _nearest(eye: Any, way: Any, planes: Any) -> Any:
    """Distance, body and face of the first body that a ray enters; inf where it enters none."""
    best, part, side = MISS
    for p in range(planes.shape[0]):
        enter, leave, face = -math.inf, math.inf, -1
        for f in range(planes.shape[1]):
            a, b, c, d = planes[p, f]
            slope = a * way[0] + b * way[1] + c * way[2]
            left = d - (a * eye[0] + b * eye[1] + c * eye[2])
            if abs(slope) < 1e-12:
                if left < 0.0:
                    enter = math.inf
                    break
            elif slope < 0.0:
                if left / slope > enter:
                    enter, face = left / slope, f
            else:
                leave = min(leave, left / slope)
            if enter >= leave:
                break
        if face >= 0 and 0.0 < enter < leave and enter < best:
            best, part, side = enter, p, face
    return best, part, side


@njit(cache=True, nogil=True)
def _stuff(of: int, spot: Any, size: Any, colour: Any) -> Any:
    """Colour of a place on a vehicle, sRGB 0 to 1."""
    x, y, z = spot
    if of == GLASS:
        return 0.15, 0.19, 0.23
    if of == DARK or z < 0.28:
        return 0.07, 0.07, 0.08
    out = abs(y) / (size[1] / 2)
    coach = size[2] > 2.5
    if of == FRONT:
        if coach and 1.1 < z < 2.7 and out < 0.94:
            return 0.15, 0.19, 0.23
        if out > 0.58 and 0.52 < z < 0.70:
            return 0.97, 0.97, 0.92
        if out < 0.5 and 0.40 < z < 0.62:
            return 0.12, 0.12, 0.13
    if of == REAR:
        if coach and 1.5 < z < 2.6 and out < 0.8:
            return 0.15, 0.19, 0.23
        if out > 0.62 and 0.58 < z < 0.80:
            return 0.72, 0.06, 0.05
        if out < 0.3 and 0.48 < z < 0.62:
            return 0.16, 0.36, 0.70
    if of == COACH and 1.35 < z < 2.45 and abs(x) < size[0] / 2 - 0.35 and x % 1.45 > 0.14:
        return 0.15, 0.19, 0.23
    return colour[0], colour[1], colour[2]
