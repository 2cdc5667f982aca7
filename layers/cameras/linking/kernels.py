"""A place put to the cameras that could show it: the cheap questions, then the sight line."""

import math
from typing import Any

import numpy as np
from numba import njit

from layers.cameras.linking.cards import ASK, CARRIER, MOUNT, RANGE, YES, shows
from layers.cameras.linking.cells import reaching
from layers.cameras.look import DENSITY, DISTANCE, FRAMED, look
from tiles.geodesy import ECCENTRICITY2, SEMI_MAJOR_M
from tiles.obstacles import BEND, hidden, is_open, ray_between, skyline

SEES, BLOCKED, BEYOND_RANGE, TOO_FAR, OUTSIDE, UNKNOWN, NOT_IN_SERVICE = range(7)
"""Verdicts, from seeing to what is farthest from it."""
MANY = 64
"""From so many cameras on the walls around the place are looked at first: that costs what ten lines do."""


@njit(cache=True, nogil=True)
def earth(lon: float, lat: float, height_m: float) -> Any:
    """A place (degrees, ellipsoidal height) in earth-centred metres, and the unit vector up at it."""
    lam, phi = math.radians(lon), math.radians(lat)
    sp, cp, sl, cl = math.sin(phi), math.cos(phi), math.sin(lam), math.cos(lam)
    n = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY2 * sp * sp)
    up = (cp * cl, cp * sl, sp)
    return ((n + height_m) * up[0], (n + height_m) * up[1], (n * (1.0 - ECCENTRICITY2) + height_m) * sp), up


@njit(cache=True, nogil=True, inline="always")
def _eye(eyes_m: Any, i: int) -> Any:
    return eyes_m[i, 0], eyes_m[i, 1], eyes_m[i, 2]


@njit(cache=True, nogil=True, inline="always")
def _hidden(near: Any, eyes_m: Any, i: int, plane: Any, mount_m: float) -> Any:
    return hidden(near, eyes_m[i, 0] - plane[0], eyes_m[i, 1] - plane[1], eyes_m[i, 2] - plane[2], mount_m)


@njit(cache=True, nogil=True)
def judge(rows: Any, place: Any, asked_px_m: float, cams: Any, view: Any, obstacles: Any) -> Any:
    """Verdicts int8 (k,) and the columns of `look` (7, k) of some cameras.

    Parameters
    ----------
    rows : int64 (k,)
    place : ((lon, lat, height), (x, y, height)) of the point that is looked at
    asked_px_m : density that counts as seeing
    cams : eyes_m (n, 3), carrier (n,), mount_m (n,), range_m (n,), usable (n,)
    view : what `look` reads after the place
    obstacles : relief, walls and blocks as in `tiles.obstacles`
    """
    globe, plane = place
    eyes_m, carrier, mount_m, range_m, usable = cams
    relief, walls, blocks = obstacles
    at, up = earth(globe[0], globe[1], globe[2])
    columns = look(rows, at, up, *view)
    flags = view[-1]
    near = skyline(walls, plane) if len(rows) >= MANY else np.empty(0)
    verdicts = np.empty(len(rows), np.int8)
    for k in range(len(rows)):
        i = rows[k]
        if not usable[i]:
            verdicts[k] = NOT_IN_SERVICE
        elif not flags[i, 1]:
            verdicts[k] = UNKNOWN
        elif columns[FRAMED, k] == 0.0:
            verdicts[k] = OUTSIDE
        elif columns[DENSITY, k] < asked_px_m:
            verdicts[k] = TOO_FAR
        elif columns[DISTANCE, k] > range_m[i]:
            verdicts[k] = BEYOND_RANGE
        elif near.size > 0 and _hidden(near, eyes_m, i, plane, mount_m[i]):
            verdicts[k] = BLOCKED
        elif is_open(relief, walls, blocks, ray_between(_eye(eyes_m, i), plane, BEND), carrier[i], mount_m[i]):
            verdicts[k] = SEES
        else:
            verdicts[k] = BLOCKED
    return verdicts, columns


@njit(cache=True, nogil=True)
def seeing(held: Any, lon: float, lat: float, height_m: float, x_m: float, y_m: float, asked_px_m: float) -> Any:
    """Rows of the cameras that see a place, ascending: `judge`'s verdict, from their cards.

    Parameters
    ----------
    held : cells, cards, what `look` reads after the place, obstacles
    lon, lat, height_m, x_m, y_m : of the place; one by one: to hand over two tuples takes a tenth of the question
    asked_px_m : density that counts as seeing
    """
    cells, cards, view, (relief, walls, blocks) = held.parts
    plane = (x_m, y_m, height_m)
    rows = reaching(cells, x_m, y_m)
    at, up = earth(lon, lat, height_m)
    near = skyline(walls, plane) if len(rows) >= MANY else np.empty(0)
    # Two rounds: cards lie far apart, and are fetched side by side while nothing long is computed in between.
    shown = 0
    for i in rows:
        if near.size > 0 and _hidden(near, cards, i, plane, cards[i, MOUNT]):
            continue
        seen = shows(cards[i], at, up, asked_px_m)
        if seen == YES or (seen == ASK and _exactly(i, at, up, asked_px_m, cards[i, RANGE], view)):
            rows[shown] = i
            shown += 1
    kept = 0
    for i in rows[:shown]:
        ray = ray_between(_eye(cards, i), plane, BEND)
        if is_open(relief, walls, blocks, ray, int(cards[i, CARRIER]), cards[i, MOUNT]):
            rows[kept] = i
            kept += 1
    return np.sort(rows[:kept])


@njit(cache=True, nogil=True)
def _exactly(i: int, at: Any, up: Any, asked_px_m: float, range_m: float, view: Any) -> bool:
    """What a card leaves open, of a camera in service."""
    columns = look(np.array([i]), at, up, *view)
    shown = columns[FRAMED, 0] > 0.0 and columns[DENSITY, 0] >= asked_px_m
    return bool(shown and columns[DISTANCE, 0] <= range_m)


@njit(cache=True, nogil=True)
def nearest(eyes_m: Any, alive: Any, x: float, y: float, count: int) -> Any:
    """The cameras that stand nearest to a place, nearest first; each is looked at, a microsecond a thousand."""
    rows = np.full(count, -1, np.int64)
    away = np.full(count, np.inf)
    for i in range(len(alive)):
        if not alive[i]:
            continue
        dx, dy = eyes_m[i, 0] - x, eyes_m[i, 1] - y
        d = dx * dx + dy * dy
        if d >= away[count - 1]:
            continue
        k = count - 1
        while k > 0 and away[k - 1] > d:
            away[k], rows[k] = away[k - 1], rows[k - 1]
            k -= 1
        away[k], rows[k] = d, i
    return rows[rows >= 0]
