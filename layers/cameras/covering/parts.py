"""Stretches of walls that a camera sees: neighbouring columns of one class put together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.cameras.covering.footprint import SeenFacades
from layers.cameras.covering.steps import Steps
from tiles.facades import facades_of
from tiles.geodesy import Floats
from tiles.scene import Scene

MOST_STRETCHES = 4_000
"""Of the widest stretches so many are drawn, of all classes together; lengths and areas count all."""
SAME_LINE = 0.999
SAME_HEIGHT_M = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of one wall, seen between two heights.

    Attributes
    ----------
    building : number in the city's build
    ends : lon, lat of its left and its right end, seen from outside
    low_m, high_m : ellipsoidal
    """

    building: int
    ends: tuple[tuple[float, float], tuple[float, float]]
    low_m: float
    high_m: float


def stretches(
    seen: SeenFacades, scene: Scene, classes: Steps
) -> Mapping[int, tuple[float, float, tuple[Stretch, ...]]]:
    """By class: length (m) and area (m²) of the walls seen, and their stretches.

    ``classes`` gives the class of each step, 0 for none; those of no class are left out.
    """
    held = facades_of(scene)
    number = classes[seen.step]
    kept = number > 0
    column, number, low, high = seen.column[kept], number[kept], seen.low_m[kept], seen.high_m[kept]
    if not column.size:
        return {}
    width = held.width_m[column].astype(float)
    starts = _starts(column, number, low, high, scene)
    ends = np.append(starts[1:], len(column))
    length = np.add.reduceat(width, starts)
    bottom, top = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    drawn = np.sort(np.argsort(-length, kind="stable")[:MOST_STRETCHES])
    left, right = held.ends_m(column[starts[drawn]])[1], held.ends_m(column[ends[drawn] - 1])[0]
    corners = [np.round(np.stack(scene.to_lonlat(p[:, 0], p[:, 1]), axis=1), 7).tolist() for p in (left, right)]
    found: dict[int, tuple[float, float, tuple[Stretch, ...]]] = {}
    for one in np.unique(number):
        of_class = number == one
        parts = tuple(
            Stretch(int(held.building[column[starts[k]]]), ((*a,), (*b,)), float(bottom[k]), float(top[k]))
            for k, a, b in zip(drawn, *corners, strict=True)
            if number[starts[k]] == one
        )
        area = float((width * (high - low))[of_class].sum())
        found[int(one)] = (float(width[of_class].sum()), area, parts)
    return found


def _starts(column: NDArray[np.int64], number: Steps, low: Floats, high: Floats, scene: Scene) -> NDArray[np.intp]:
    """Where a new stretch begins: another wall, class or height than the column before."""
    held = facades_of(scene)
    normal, place, width = held.normal[column], held.place_m[column], held.width_m[column]
    apart = np.hypot(*(place[1:] - place[:-1]).T)
    goes_on = np.diff(column) == 1
    goes_on &= held.building[column[1:]] == held.building[column[:-1]]
    goes_on &= (normal[1:] * normal[:-1]).sum(axis=1) > SAME_LINE
    goes_on &= apart <= (width[1:] + width[:-1]) / 2 + 0.1
    goes_on &= number[1:] == number[:-1]
    goes_on &= (np.abs(np.diff(low)) <= SAME_HEIGHT_M) & (np.abs(np.diff(high)) <= SAME_HEIGHT_M)
    return np.flatnonzero(np.append(True, ~goes_on))
