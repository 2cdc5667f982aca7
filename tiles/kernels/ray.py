"""A straight sight line over the curved earth, as the kernels carry it."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit


class Ray(NamedTuple):
    """From an eye (t = 0) to an end (t = 1) in the metric frame; metres.

    ``sag`` is D² (1 − k) / 2R: the line lies t (1 − t) sag below the chord of the level surfaces.
    """

    x: float
    y: float
    h: float
    dx: float
    dy: float
    dh: float
    sag: float
    length: float


@njit(cache=True, nogil=True, inline="always")
def ray_between(eye: Any, end: Any, bend: float) -> Any:
    """Ray from ``eye`` to ``end``, each (3,); ``bend`` is (1 − k) / 2R per metre."""
    dx = end[0] - eye[0]
    dy = end[1] - eye[1]
    flat2 = dx * dx + dy * dy
    return Ray(eye[0], eye[1], eye[2], dx, dy, end[2] - eye[2], flat2 * bend, np.sqrt(flat2))


@njit(cache=True, nogil=True, inline="always")
def height_at(ray: Any, t: float) -> Any:
    """Height of the line at the fraction ``t`` of its horizontal length."""
    return ray.h + ray.dh * t - t * (1.0 - t) * ray.sag


@njit(cache=True, nogil=True, inline="always")
def slant_m(ray: Any, t: float) -> Any:
    """Distance from the eye to the point at ``t``."""
    flat = t * ray.length
    up = height_at(ray, t) - ray.h
    return np.sqrt(flat * flat + up * up)


@njit(cache=True, nogil=True)
def falls_through(ray: Any, level_m: float) -> Any:
    """Fraction at which a line that starts at or above ``level_m`` falls below it; infinite if it never does."""
    above = ray.h - level_m
    slope = ray.dh - ray.sag
    disc = slope * slope - 4.0 * ray.sag * above
    if above < 0.0 or slope >= 0.0 or disc < 0.0:
        return np.inf
    return 2.0 * above / (-slope + np.sqrt(disc))
