"""What a footprint shows that has a name: streets with the length seen, buildings with their walls, points, areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.areas import AreaIndex, smallest
from layers.cameras.covering.footprint import Footprint, SeenFacades
from layers.cameras.covering.steps import Steps
from layers.coverage.base import ALONG_M, Plan
from tiles.facades import facades_of
from tiles.geodesy import Floats
from tiles.scene import Scene

BESIDE_CELLS = 2
"""A point counts as seen when ground so near to it is: a gate stands in its wall."""
MOST_SAMPLES = 600


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing: its number among its kind, where the closest look at it goes, and how much of it is seen.

    ``step`` is the best step of density; ``length_m`` and ``area_m2`` are None where they mean nothing.
    """

    number: int
    place_m: tuple[float, float]
    height_m: float
    step: int
    length_m: float | None = None
    area_m2: float | None = None


def streets(found: Footprint, plan: Plan) -> list[Seen]:
    """Roads of which a piece is seen; lengths are counted every 5 m."""
    step = _steps_at(found, plan.along_m)
    some = np.flatnonzero(step)
    seen = []
    for road in np.unique(plan.along_road[some]).tolist():
        own = some[plan.along_road[some] == road]
        best = own[step[own].argmax()]
        place = (float(plan.along_m[best, 0]), float(plan.along_m[best, 1]))
        seen.append(Seen(road, place, _ground(found, place), int(step[best]), len(own) * ALONG_M))
    return seen


def buildings(facades: SeenFacades, scene: Scene) -> list[Seen]:
    """Buildings of which a wall is seen."""
    held = facades_of(scene)
    owner = held.building[facades.column]
    width = held.width_m[facades.column].astype(float)
    area = width * (facades.high_m - facades.low_m)
    different, place = np.unique(owner, return_inverse=True)
    length, areas = np.bincount(place, weights=width), np.bincount(place, weights=area)
    # The closest look of each; the first among equals.
    order = np.lexsort((np.arange(len(owner)), -facades.step.astype(int), place))
    first = order[np.searchsorted(place[order], np.arange(len(different)))]
    return [
        Seen(
            int(different[k]),
            (float(held.place_m[facades.column[i], 0]), float(held.place_m[facades.column[i], 1])),
            float(facades.low_m[i] + facades.high_m[i]) / 2,
            int(facades.step[i]),
            float(length[k]),
            float(areas[k]),
        )
        for k, i in enumerate(first)
    ]


def points(found: Footprint, places_m: Floats) -> list[Seen]:
    """Of places (n, 2) those near which ground is seen."""
    near = np.zeros(len(places_m), np.uint8)
    cell = found.window.cell_m
    for down in range(-BESIDE_CELLS, BESIDE_CELLS + 1):
        for right in range(-BESIDE_CELLS, BESIDE_CELLS + 1):
            near = np.maximum(near, _steps_at(found, places_m + np.array([right, down]) * cell))
    seen = []
    for k in np.flatnonzero(near).tolist():
        place = (float(places_m[k, 0]), float(places_m[k, 1]))
        seen.append(Seen(k, place, _ground(found, place), int(near[k])))
    return seen


def areas(found: Footprint, index: AreaIndex, scene: Scene) -> list[tuple[str, Seen]]:
    """The smallest areas of which ground is seen, by code; how much of each is judged by some hundred cells."""
    row, col = np.nonzero(found.steps)
    if not row.size:
        return []
    window, chosen = found.window, np.unique(np.linspace(0, len(row) - 1, MOST_SAMPLES).astype(int))
    x, y = window.x0_m + col[chosen] * window.cell_m, window.y0_m - row[chosen] * window.cell_m
    codes = np.array([smallest(one) for one in index.codes_of(*scene.to_lonlat(x, y))])
    step = found.steps[row[chosen], col[chosen]]
    each = len(row) * window.cell_m**2 / len(chosen)
    seen = []
    for code in np.unique(codes[codes != ""]):
        own = np.flatnonzero(codes == code)
        best = own[step[own].argmax()]
        place = (float(x[best]), float(y[best]))
        seen.append((str(code), Seen(0, place, _ground(found, place), int(step[best]), area_m2=len(own) * each)))
    return seen


def _cells(found: Footprint, places_m: Floats) -> tuple[Any, Any, Any]:
    window = found.window
    row = np.rint((window.y0_m - places_m[:, 1]) / window.cell_m).astype(int)
    col = np.rint((places_m[:, 0] - window.x0_m) / window.cell_m).astype(int)
    inside = (row >= 0) & (row < found.steps.shape[0]) & (col >= 0) & (col < found.steps.shape[1])
    return row, col, inside


def _steps_at(found: Footprint, places_m: Floats) -> Steps:
    """The step (n,) of the cells at places; 0 outside the window."""
    row, col, inside = _cells(found, places_m)
    step = np.zeros(len(places_m), np.uint8)
    step[inside] = found.steps[row[inside], col[inside]]
    return step


def _ground(found: Footprint, place_m: tuple[float, float]) -> float:
    row, col, inside = _cells(found, np.array([place_m]))
    return float(found.window.ground_m[row[0], col[0]]) if inside[0] else float("nan")


def nearest_first(seen: Iterable[Seen], eye_m: tuple[float, float]) -> list[Seen]:
    """The closest look first, then the nearest."""
    return sorted(seen, key=lambda one: (-one.step, np.hypot(one.place_m[0] - eye_m[0], one.place_m[1] - eye_m[1])))
