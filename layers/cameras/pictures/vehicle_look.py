"""Vehicles in a picture, pixel by pixel: the lens's own rays meet their bodies before, or behind, what stands there."""

import math
from typing import Any

import numpy as np
from numba import njit

from layers.cameras.pictures.still_light import HAZE, HAZE_M, SKYLIGHT, SUN, SUNLIGHT, TERRAIN
from layers.cameras.pictures.vehicles import COACH, DARK, FRONT, GLASS, REAR, ROOF, UNUSED

SHADE, SHADE_OUT_M = 0.5, 0.45
"""What is left of the light under a vehicle, and how far its shade reaches out."""
NEAR_M = 0.3
SLACK_M, SLACK = 0.05, 5e-4
"""What stands there may be so much nearer and still not hide a vehicle: pixels are no points."""
GROUND_SLACK_M, GROUND_SLACK = 1.0, 0.01
"""The same for the ground that it stands on, which is seen at a grazing angle."""
QUARTERS = ((-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25))
MISS = (math.inf, -1, -1)
SAME_TONE = 0.03
WINDOW, TYRE = (0.15, 0.19, 0.23), (0.07, 0.07, 0.08)
SILL_M, COACH_M = 0.28, 2.5
"""Below the first all is dark; what is higher than the second is a coach."""
NOTHING = (0.0, 0.0, 0.0, 0.0, 0.0)
FACE, AWAY, SHADED, LOOK = 3, 4, 5, 6
"""Places in a look after its colour, and how many there are."""
NO_FACE, BARE_SHADE = -1.0, -2.0
EMPTY = (0.0, 0.0, 0.0, NO_FACE, 0.0, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def paint(picture: Any, seen: Any, window: Any, stand: Any, body: Any, colour: Any) -> int:
    """Draw one vehicle into a picture (rows, cols, 3) uint8; how many pixels it changed.

    A pixel is what the ray of its middle meets; on borders it is the average of four.

    Parameters
    ----------
    seen : rays float32 (rows, cols, 3), distance float32 (rows, cols), kind int8 (rows, cols) of what stands there,
        and whether the lens shows a pixel, bool (rows, cols)
    window : first and last row (not included), first and last column, that it may appear in
    stand : place (3,) of the point under its middle, seen from the eye, and its axes (3, 3: forward, left, up); local
        frame
    body : size (3,), planes (p, f, 4), stuff (p, f), bounds (p, 2, 3), as in `vehicles.Kind`
    colour : paint (3,)
    """
    rays, distance, kind, shown = seen
    top, bottom, left, right = window
    rows, cols = distance.shape
    place, axes = stand
    eye = _turned(axes, -place[0], -place[1], -place[2])
    start = (eye, _heights(eye, body[1]))
    # By pixel of the window: colour, which face, how far, how dark.
    found = np.zeros((bottom - top, right - left, LOOK), np.float32)
    _look_around(found, rays, (top, left), (start, axes, body, colour))
    for r in range(top, bottom):
        for c in range(left, right):
            _hide(found, r - top, c - left, _limit(distance[r, c], kind[r, c]))
    changed = 0
    for r in range(top, bottom):
        up, down = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(left, right):
            if not shown[r, c]:
                continue
            y, x = r - top, c - left
            share = 1.0 if found[y, x, FACE] >= 0 else 0.0
            one = (found[y, x, 0], found[y, x, 1], found[y, x, 2], share, found[y, x, SHADED])
            if _border(found, y, x):
                west, east = max(c - 1, 0), min(c + 1, cols - 1)
                limit = _limit(distance[r, c], kind[r, c])
                one = NOTHING
                for down_by, right_by in QUARTERS:
                    ray = _between(rays, (r, c), (up, down, west, east), down_by, right_by)
                    one = _plus(one, _look(ray, start, axes, body, colour), limit)
            dark = one[4] if kind[r, c] == TERRAIN else 0.0
            if one[3] == 0.0 and dark < 0.02:
                continue
            changed += 1
            bare = 1.0 - one[3] - dark * (1.0 - SHADE)
            for k in range(3):
                value = picture[r, c, k] * bare + 255.0 * one[k]
                picture[r, c, k] = int(min(max(value, 0.0), 255.0) + 0.5)
    return changed


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _look_around(found: Any, rays: Any, corner: Any, vehicle: Any) -> None:
    """Looks of all pixels of a window. Where four on a lattice see one face, those between them see it too."""
    top, left = corner
    start, axes, body, colour = vehicle
    tall, wide = found.shape[:2]
    step = 1 if min(tall, wide) < 24 else (2 if min(tall, wide) < 64 else 4)
    for across in (False, True):
        for y in range(tall):
            for x in range(wide):
                knot = (y % step == 0 or y == tall - 1) and (x % step == 0 or x == wide - 1)
                if knot == across or (across and _same(found, y, x, step)):
                    continue
                ray = (rays[top + y, left + x, 0], rays[top + y, left + x, 1], rays[top + y, left + x, 2])
                look = _look(ray, start, axes, body, colour)
                for k in range(LOOK):
                    found[y, x, k] = look[k]


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _same(found: Any, y: int, x: int, step: int) -> bool:
    """Whether the four knots around a pixel see the same; then it is noted that this pixel does, too."""
    tall, wide = found.shape[:2]
    y0, x0 = y - y % step, x - x % step
    y1, x1 = min(y0 + step, tall - 1), min(x0 + step, wide - 1)
    face = found[y0, x0, FACE]
    if face == BARE_SHADE:
        return False
    for r, c in ((y0, x1), (y1, x0), (y1, x1)):
        if found[r, c, FACE] != face or abs(found[r, c, 0] - found[y0, x0, 0]) > SAME_TONE / 3:
            return False
    for k in range(LOOK):
        found[y, x, k] = found[y0, x0, k]
    if face >= 0:
        # Over a plane one over the distance is even in a picture.
        down, right = (y - y0) / max(y1 - y0, 1), (x - x0) / max(x1 - x0, 1)
        above = (1 - right) / found[y0, x0, AWAY] + right / found[y0, x1, AWAY]
        below = (1 - right) / found[y1, x0, AWAY] + right / found[y1, x1, AWAY]
        found[y, x, AWAY] = 1 / ((1 - down) * above + down * below)
    return True


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _hide(found: Any, y: int, x: int, limit: float) -> None:
    """Make nothing of a look beyond a limit."""
    if found[y, x, AWAY] >= limit:
        for k in range(3):
            found[y, x, k] = 0.0
        found[y, x, FACE], found[y, x, SHADED] = NO_FACE, 0.0


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _limit(distance: float, kind: int) -> float:
    """How far a vehicle may be and still stand before what a pixel shows."""
    if kind == TERRAIN:
        return distance + GROUND_SLACK_M + GROUND_SLACK * distance
    return distance + SLACK_M + SLACK * distance


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _plus(sums: Any, look: Any, limit: float) -> Any:
    """A quarter of a look more, if it ends before a limit: colour, share, shade."""
    if look[AWAY] >= limit:
        return sums
    share = 0.25 if look[FACE] >= 0 else 0.0
    return (
        sums[0] + look[0] / 4,
        sums[1] + look[1] / 4,
        sums[2] + look[2] / 4,
        sums[3] + share,
        sums[4] + look[SHADED] / 4,
    )


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _border(found: Any, row: int, col: int) -> bool:
    """Whether a pixel of the window shows something else than one beside it."""
    for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        r, c = row + down, col + right
        if r < 0 or c < 0 or r >= found.shape[0] or c >= found.shape[1]:
            continue
        if (found[row, col, FACE] >= 0) != (found[r, c, FACE] >= 0):
            return True
        for k in range(3):
            if abs(found[row, col, k] - found[r, c, k]) > SAME_TONE:
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
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


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _look(ray: Any, start: Any, axes: Any, body: Any, colour: Any) -> Any:
    """What a ray sees of a vehicle: colour, face (or that it is ground in its shade), distance, how dark the ground is.

    ``start`` : the eye in the vehicle's axes, and its `_heights` over all faces.
    """
    size, planes, stuff, bounds = body
    eye, heights = start
    way = _turned(axes, ray[0], ray[1], ray[2])
    out = SHADE_OUT_M
    per = (_over(way[0]), _over(way[1]), _over(way[2]))
    if not _enters(
        eye, per, (-size[0] / 2 - out, -size[1] / 2 - out, -0.02), (size[0] / 2 + out, size[1] / 2 + out, size[2])
    ):
        return EMPTY
    away, part, face = _nearest(eye, (way, per), planes, heights, bounds)
    if away > NEAR_M and face >= 0:
        spot = (eye[0] + way[0] * away, eye[1] + way[1] * away, eye[2] + way[2] * away)
        tone = _stuff(stuff[part, face], spot, size, colour)
        a, b, c = planes[part, face, 0], planes[part, face, 1], planes[part, face, 2]
        lit = 0.0
        for k in range(3):
            lit += (a * axes[0, k] + b * axes[1, k] + c * axes[2, k]) * SUN[k]
        rise = a * axes[0, 2] + b * axes[1, 2] + c * axes[2, 2]
        light = min(SKYLIGHT + 0.12 * rise + SUNLIGHT * max(lit, 0.0), 1.15)
        clear = math.exp(-away / HAZE_M)
        return (
            min(tone[0] * light, 1.0) * clear + HAZE[0] * (1.0 - clear),
            min(tone[1] * light, 1.0) * clear + HAZE[1] * (1.0 - clear),
            min(tone[2] * light, 1.0) * clear + HAZE[2] * (1.0 - clear),
            16.0 * part + face,
            away,
            0.0,
        )
    if way[2] > -1e-6:
        return EMPTY
    away = -eye[2] / way[2]
    if away <= NEAR_M:
        return EMPTY
    beyond = max(abs(eye[0] + way[0] * away) - size[0] / 2, abs(eye[1] + way[1] * away) - size[1] / 2) + 0.1
    dark = min(max(1.0 - beyond / SHADE_OUT_M, 0.0), 1.0)
    return 0.0, 0.0, 0.0, BARE_SHADE if dark > 0.0 else NO_FACE, away, dark


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _over(value: float) -> float:
    """One over a number, far from nothing."""
    return 1.0 / value if abs(value) > 1e-9 else 1e9


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _enters(eye: Any, per: Any, low: Any, high: Any) -> bool:
    """Whether a ray, given by one over its direction, meets a box."""
    enter, leave = 0.0, math.inf
    for k in range(3):
        one, other = (low[k] - eye[k]) * per[k], (high[k] - eye[k]) * per[k]
        enter, leave = max(enter, min(one, other)), min(leave, max(one, other))
    return enter <= leave


@njit(cache=True, nogil=True)
def _heights(eye: Any, planes: Any) -> Any:
    """How far an eye is behind each face (p, f)."""
    out = np.empty(planes.shape[:2])
    for p in range(planes.shape[0]):
        for f in range(planes.shape[1]):
            row = planes[p, f]
            out[p, f] = row[3] - (row[0] * eye[0] + row[1] * eye[1] + row[2] * eye[2])
    return out


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _turned(axes: Any, x: float, y: float, z: float) -> Any:
    return (
        axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z,
        axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z,
        axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _nearest(eye: Any, ray: Any, planes: Any, heights: Any, bounds: Any) -> Any:
    """Distance, body and face of the first body that a ray enters; inf where it enters none.

    ``ray`` : its direction, and one over it.
    """
    way, per = ray
    best, part, side = MISS
    for p in range(planes.shape[0]):
        low = (bounds[p, 0, 0], bounds[p, 0, 1], bounds[p, 0, 2])
        high = (bounds[p, 1, 0], bounds[p, 1, 1], bounds[p, 1, 2])
        if not _enters(eye, per, low, high):
            continue
        enter, leave, face = 0.0, math.inf, -1
        for f in range(planes.shape[1]):
            if planes[p, f, 3] >= UNUSED:
                break
            slope = planes[p, f, 0] * way[0] + planes[p, f, 1] * way[1] + planes[p, f, 2] * way[2]
            left = heights[p, f]
            if slope < -1e-12:
                if left / slope > enter:
                    enter, face = left / slope, f
            elif slope > 1e-12:
                leave = min(leave, left / slope)
            elif left < 0.0:
                face = -1
                break
            if enter >= leave:
                face = -1
                break
        if face >= 0 and enter < best:
            best, part, side = enter, p, face
    return best, part, side


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _stuff(of: int, spot: Any, size: Any, colour: Any) -> Any:
    """Colour of a place on a vehicle, sRGB 0 to 1."""
    x, y, z = spot
    paint = (colour[0], colour[1], colour[2])
    if of == ROOF:
        return paint
    if of == GLASS:
        return WINDOW
    if of == DARK or z < SILL_M:
        return TYRE
    out = abs(y) / (size[1] / 2)
    coach = size[2] > COACH_M
    if of == FRONT:
        return _front(out, z, coach, paint)
    if of == REAR:
        return _rear(out, z, coach, paint)
    if of == COACH and 1.35 < z < 2.45 and abs(x) < size[0] / 2 - 0.35 and x % 1.45 > 0.14:
        return WINDOW
    return paint


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _front(out: float, z: float, coach: bool, paint: Any) -> Any:
    """Head lamps, grille, and a coach's windscreen; ``out`` from the middle (0) to the side (1)."""
    if coach and 1.1 < z < 2.7 and out < 0.94:
        return WINDOW
    if out > 0.58 and 0.52 < z < 0.70:
        return 0.97, 0.97, 0.92
    if out < 0.5 and 0.40 < z < 0.62:
        return 0.12, 0.12, 0.13
    return paint


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _rear(out: float, z: float, coach: bool, paint: Any) -> Any:
    """Rear lamps, number plate, and a coach's window."""
    if coach and 1.5 < z < 2.6 and out < 0.8:
        return WINDOW
    if out > 0.62 and 0.58 < z < 0.80:
        return 0.72, 0.06, 0.05
    if out < 0.3 and 0.48 < z < 0.62:
        return 0.16, 0.36, 0.70
    return paint
