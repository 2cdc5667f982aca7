"""Sight lines one after the other: is it clear, and if not, what stands nearest to the eye."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.ray import ray_between, slant_m
from tiles.kernels.relief import BUILDING, CLEAR, nearest_relief
from tiles.kernels.walls import first_solid


@njit(cache=True, nogil=True)
def trace_lines(relief: Any, walls: Any, eyes: Any, targets: Any, excused: Any, bend: float, out: Any) -> None:
    """Fill ``out`` (kind int8, building int32, distance float64), each (n,), for lines between ``eyes`` and
    ``targets`` (n, 3); ``excused`` is (carrier, mount_m, target building), each (n,)."""
    carrier, mount_m, target = excused
    kinds, buildings, distances = out
    for i in range(eyes.shape[0]):
        ray = ray_between(eyes[i], targets[i], bend)
        t, building = first_solid(walls, ray, carrier[i], mount_m[i], target[i])
        kind = BUILDING if building >= 0 else CLEAR
        near, what = nearest_relief(relief, ray, max(mount_m[i], relief.cell), t)
        if near < t:
            t, kind, building = near, what, -1
        kinds[i] = kind
        buildings[i] = building
        distances[i] = slant_m(ray, t) if kind != CLEAR else np.inf
