"""Street cameras look at something: those that would stare into a wall are turned, or not put up."""

from dataclasses import replace

import numpy as np
import shapely

from data.recipe.plan import Floats
from data.recipe.spots import Spot

_TURNS_DEG = (0.0, 25.0, -25.0, 50.0, -50.0, 75.0, -75.0, 100.0, -100.0, 140.0, -140.0, 180.0)
_AHEAD_M = 12.0
_ASIDE_M = 4.0
"""Free ground asked for in the middle of the picture, and a quarter of its width to either side."""


def turned(spots: list[Spot], buildings: shapely.STRtree) -> list[Spot]:
    """The spots with a free view, turned as little as need be; where every way is barred there is no camera."""
    heading = np.array([s.heading_deg for s in spots])
    aside = np.array([s.hfov_deg / 4 for s in spots])
    start = np.array([(s.x_m, s.y_m) for s in spots]).reshape(-1, 2)
    chosen = np.full(len(spots), np.nan)
    for turn in _TURNS_DEG:
        left = np.flatnonzero(np.isnan(chosen))
        toward = heading[left] + turn
        free = _free(start[left], toward, _AHEAD_M, buildings)
        for side in (-1, 1):
            free &= _free(start[left], toward + side * aside[left], _ASIDE_M, buildings)
        chosen[left[free]] = toward[free] % 360
    return [replace(spot, heading_deg=float(way)) for spot, way in zip(spots, chosen, strict=True) if not np.isnan(way)]


def _free(start_m: Floats, bearing_deg: Floats, length_m: float, buildings: shapely.STRtree) -> np.ndarray:
    """Whether no wall stands within a distance in a direction (grid bearings)."""
    step = length_m * np.column_stack([np.sin(np.radians(bearing_deg)), np.cos(np.radians(bearing_deg))])
    lines = np.asarray(shapely.linestrings(np.stack([start_m, start_m + step], axis=1)))
    free = np.ones(len(lines), bool)
    free[buildings.query(lines, predicate="intersects")[0]] = False
    return free
