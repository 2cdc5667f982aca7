"""What carries a camera: the building on whose wall or roof it hangs, which must not blind it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.outlines import outlines_of
from tiles.geodesy import Floats
from tiles.scene import Scene

CARRIED_WITHIN_M = 1.5
"""A camera inside a footprint, or this close to one, is carried by that building."""
MOUNT_M = 3.0
"""Horizontal stretch around the eye in which the carrier never blocks."""
CLEAR_OF_EDGE_M = 0.5
"""A camera farther inside is excused as far as the nearest edge and this much more."""


@dataclass(frozen=True, slots=True)
class Mounts:
    """For n cameras: number of the carrying building (−1 none) and how far it is excused, metres."""

    carrier: NDArray[np.int32]
    mount_m: Floats


def mounts_of(scene: Scene, places_m: Floats) -> Mounts:
    """Carriers of cameras at places (n, 2 or more; metric frame).

    The building that stands there (the highest of several), else the nearest within 1.5 m.
    """
    places = np.ascontiguousarray(places_m[:, :2])
    count = len(places)
    carrier = np.asarray(scene.prisms.building_at(places[:, 0], places[:, 1]), np.int32).reshape(count).copy()
    outlines = outlines_of(scene)
    place, building = outlines.pairs(places, CARRIED_WITHIN_M)
    if place.size:
        away = outlines.outside_m(places[place], building)
        for k in np.lexsort((building, away)):
            if carrier[place[k]] < 0:
                carrier[place[k]] = building[k]
    mount = np.full(count, MOUNT_M)
    inside = np.flatnonzero(carrier >= 0)
    if inside.size:
        inside = inside[outlines.outside_m(places[inside], carrier[inside].astype(np.intp)) == 0.0]
        depth = scene.prisms.nearest_edge(places[inside, 0], places[inside, 1], carrier[inside])[0]
        mount[inside] = np.maximum(MOUNT_M, depth + CLEAR_OF_EDGE_M)
    return Mounts(carrier, mount)
