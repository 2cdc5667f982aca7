"""Light and colour of a rendered still, pixel by pixel: sun, sky, haze, facades with their storeys."""

import math
from typing import Any

import numpy as np
from numba import njit

SUN = (-0.632, -0.443, 0.636)
"""Towards the sun in the city's local frame: south-west and 40 degrees high, as over the browser's city."""
SKYLIGHT, SUNLIGHT = 0.52, 0.62
HAZE_M = 26_000.0
"""Distance at which a little less than two thirds of a thing's colour has gone into the haze."""
HAZE = (0.70, 0.77, 0.84)
ZENITH = (0.33, 0.52, 0.76)
STOREY_SHADE = 0.82
STOREY_BAND_M = 0.35
"""Height of the dark band between two storeys."""
WALL_GAIN = 2.2
"""Walls of the dark control room's city, brought to daylight."""
TERRAIN, WALL, ROOF = 1, 3, 4


@njit(cache=True, nogil=True)
def paint(hits: Any, rays: Any, facts: Any, ground: Any, pixel_rad: float, out: Any) -> None:
    """Colours (n, 3) float32, sRGB 0 to 1, of pixels.

    Parameters
    ----------
    hits : (kind int8 (n,), building int32 (n,), distance (n,), ellipsoidal height of walls (n,), normals (n, 3))
    rays : (n, 3) unit
    facts : (tones (b, 3, 3) linear, foot (b,), roof (b,), storey (b,)): ellipsoidal metres, and metres a storey
    ground : float32 (n, 3), sRGB colour of the ground where a pixel meets it
    pixel_rad : width of a pixel
    """
    kind, building, distance, height, normals = hits
    tones, foot, roof, storey = facts
    for i in range(len(kind)):
        if kind[i] == 0:
            rise = min(max(rays[i, 2], 0.0), 0.6) / 0.6
            share = math.sqrt(rise)
            for c in range(3):
                out[i, c] = HAZE[c] + (ZENITH[c] - HAZE[c]) * share
            continue
        lit = normals[i, 0] * SUN[0] + normals[i, 1] * SUN[1] + normals[i, 2] * SUN[2]
        light = SKYLIGHT + 0.12 * normals[i, 2] + SUNLIGHT * max(lit, 0.0)
        b = building[i]
        tall = 1.0
        if kind[i] == WALL and b >= 0:
            span = max(roof[b] - foot[b], 0.1)
            tall = min(max((height[i] - foot[b]) / span, 0.0), 1.0)
            light *= _storeys(height[i] - foot[b], storey[b], distance[i] * pixel_rad)
        clear = math.exp(-distance[i] / HAZE_M)
        for c in range(3):
            if kind[i] == TERRAIN or b < 0:
                colour = ground[i, c] * min(light, 1.15)
            else:
                face = tones[b, 2, c] if kind[i] == ROOF else tones[b, 0, c] + (tones[b, 1, c] - tones[b, 0, c]) * tall
                colour = min(face * WALL_GAIN * light, 1.0) ** 0.4545
            out[i, c] = colour * clear + HAZE[c] * (1.0 - clear)


@njit(cache=True, nogil=True)
def _storeys(above_m: float, storey_m: float, pixel_m: float) -> float:
    """Shade of the bands between storeys, fading where they would be narrower than pixels."""
    if storey_m <= 0.0 or pixel_m > 0.25 * storey_m:
        return 1.0
    within = above_m % storey_m
    off = min(within, storey_m - within)
    edge = (STOREY_BAND_M / 2 + pixel_m / 2 - off) / max(pixel_m, 1e-6)
    share = min(max(edge, 0.0), 1.0) * min(1.0, (0.25 * storey_m - pixel_m) / (0.15 * storey_m))
    return 1.0 - (1.0 - STOREY_SHADE) * share


@njit(cache=True, nogil=True)
def jumps(kind: Any, building: Any, distance: Any, normals: Any, out: Any) -> None:
    """Marks pixels (rows, cols) where the next one to the right or below shows another face or a jump in depth."""
    rows, cols = kind.shape
    for r in range(rows):
        for c in range(cols):
            for dr, dc in ((0, 1), (1, 0)):
                r2, c2 = r + dr, c + dc
                if r2 >= rows or c2 >= cols:
                    continue
                same = kind[r, c] == kind[r2, c2] and building[r, c] == building[r2, c2]
                if same and kind[r, c] != 0:
                    one, other = distance[r, c], distance[r2, c2]
                    turned = 0.0
                    for k in range(3):
                        turned += normals[r, c, k] * normals[r2, c2, k]
                    same = abs(one - other) < 0.08 * min(one, other) + 0.5 and (turned > 0.7 or kind[r, c] == TERRAIN)
                if not same:
                    out[r, c] = True
                    out[r2, c2] = True


def empty(count: int) -> Any:
    """Colours to be painted into."""
    return np.empty((count, 3), np.float32)
