"""Roads in a picture: the longest stretch of each that is seen, its middle, and which way it runs there."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from layers.cameras.naming.gazetteer import Gazetteer
from layers.cameras.naming.onlooker import GLANCE_M, Onlooker
from layers.cameras.naming.sighted import Point, Sighted
from tiles.geodesy import Floats

STEP = 0.004
"""Points along a road nearer than this part of the picture's width are one."""
SHORTEST = 0.02
"""A stretch that takes less of the picture's width has no name."""
AROUND = 3
"""So many points to each side say which way a road runs."""


def roads(look: Onlooker, names: Gazetteer) -> Iterator[Sighted]:
    """The roads of which a stretch is seen."""
    near = look.near(names.along_m)
    at = look.pixels(names.along_m[near])
    shown = np.isfinite(at[:, 0])
    near, at = near[shown], at[shown]
    if not len(near):
        return
    # Everything is measured in widths of the picture.
    flat = at * np.array([1.0, look.shape])
    joined = (np.diff(near) == 1) & (np.diff(names.line[near]) == 0)
    step = np.where(joined, np.hypot(*np.diff(flat, axis=0).T), 0.0)
    along = np.concatenate([[0.0], np.cumsum(step)])
    run = np.concatenate([[0], np.cumsum(~joined)])
    # Far away many samples fall on one pixel: one of each step, and the first of every run, are enough.
    tread = np.floor(along / STEP).astype(np.int64)
    kept = np.flatnonzero(np.concatenate([[True], (np.diff(tread) > 0) | (np.diff(run) > 0)]))
    seen = look.sees(names.along_m[near[kept]], GLANCE_M)
    stretch = np.cumsum(np.concatenate([[True], (np.diff(run[kept]) > 0) | ~seen[1:] | ~seen[:-1]]))
    longest: dict[int, tuple[float, NDArray[np.intp]]] = {}
    edges = np.flatnonzero(np.concatenate([[True], np.diff(stretch) > 0, [True]]))
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = kept[first:last]
        length = float(along[part[-1]] - along[part[0]])
        road = int(names.road[near[part[0]]])
        if length >= SHORTEST and seen[first] and length > longest.get(road, (0.0, part))[0]:
            longest[road] = length, part
    for road, (length, part) in longest.items():
        half = (along[part[0]] + along[part[-1]]) / 2
        middle = int(np.abs(along[part] - half).argmin())
        one, other = part[max(middle - AROUND, 0)], part[min(middle + AROUND, len(part) - 1)]
        found = Point(names.along_m[near[part[middle]]], at[part[middle]], length)
        yield Sighted.at(look, names.roads[road], found, angle_of(flat[other] - flat[one]))


def angle_of(way: Floats) -> float:
    """Which way a line runs in the picture, clockwise from level, so that words on it do not stand on their head."""
    angle = math.degrees(math.atan2(float(way[1]), float(way[0])))
    return (angle + 90.0) % 180.0 - 90.0
