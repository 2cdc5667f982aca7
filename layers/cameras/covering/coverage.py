"""What a camera sees of ground and facades, as areas by class of a ladder."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import shapes

from layers.cameras.aiming import REACH, aimed_as
from layers.cameras.covering.footprint import CELLS_PER_RADIUS, Footprint, Window, footprint, in_plain_sight
from layers.cameras.covering.footprint import cell_for as cell_for
from layers.cameras.covering.parts import Stretch, stretches
from layers.cameras.covering.steps import classes_of_steps, first_step
from layers.cameras.ladder import Rung, rungs
from layers.cameras.model import Camera
from tiles.scene import Scene

SIMPLIFIED_CELLS = 0.5
PREVIEW_PER_RADIUS = 100
"""Cells that a radius has while a camera is dragged."""


@dataclass(frozen=True, slots=True)
class CoveredArea:
    """The ground seen at one class: from its density up to the next one's.

    ``geometry`` is a MultiPolygon in lon, lat; the areas of a ladder do not overlap.
    """

    rung: Rung
    max_px_m: float | None
    area_m2: float
    geometry: shapely.MultiPolygon


@dataclass(frozen=True, slots=True)
class CoveredWalls:
    """The facades seen at one class: stretches of walls, and their length and area."""

    rung: Rung
    max_px_m: float | None
    length_m: float
    area_m2: float
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of one camera on one version of the city; classes of which nothing is seen are left out.

    ``blocked_by_surface_m2`` : ground that only trees and the like hide; None where the city knows none
    """

    camera: str
    ladder: str
    aim: str
    areas: tuple[CoveredArea, ...]
    walls: tuple[CoveredWalls, ...]
    cell_m: float
    radius_m: float
    city_version: str
    assumed: tuple[str, ...]
    blocked_by_surface_m2: float | None

    @property
    def area_m2(self) -> float:
        """All ground that is seen."""
        return sum(area.area_m2 for area in self.areas)


def coverage(
    camera: Camera, scene: Scene, ladder: str = "2014", *, aim: str = REACH, preview: bool = False
) -> Coverage:
    """What a camera sees of ground and facades, by the classes of a ladder.

    Parameters
    ----------
    aim : see ``layers.cameras.aiming``
    preview : quickly, while it is dragged: with coarser cells

    Raises
    ------
    NoDirection
        Its direction is not known, and it does not reach every direction.
    BadInput
        No such ladder, or no such aim.
    """
    steps = rungs(ladder)
    shown = aimed_as(camera, aim)
    found = footprint(shown, scene, per_radius=PREVIEW_PER_RADIUS if preview else CELLS_PER_RADIUS)
    classes = classes_of_steps(ladder)[found.steps]
    return Coverage(
        camera=camera.id,
        ladder=ladder,
        aim=aim,
        areas=_areas(classes, found.window, scene, steps),
        walls=_walls(found, scene, ladder, steps),
        cell_m=found.window.cell_m,
        radius_m=found.radius_m,
        city_version=scene.version,
        assumed=camera.assumed,
        blocked_by_surface_m2=None if preview else _behind_trees(shown, scene, found, ladder),
    )


def _behind_trees(camera: Camera, scene: Scene, found: Footprint, ladder: str) -> float | None:
    if scene.obstacle is scene.ground:
        return None
    first, cell = first_step(ladder), float(found.window.cell_m)
    hidden = (in_plain_sight(camera, scene, found) >= first) & (found.steps < first)
    return float(hidden.sum()) * cell * cell


def _areas(
    classes: NDArray[np.uint8], window: Window, scene: Scene, steps: tuple[Rung, ...]
) -> tuple[CoveredArea, ...]:
    """Polygons of the cells of each class; neighbours keep a common border when they are simplified."""
    cell = window.cell_m
    corner = Affine(cell, 0.0, window.x0_m - cell / 2, 0.0, -cell, window.y0_m + cell / 2)
    found = list(shapes(classes, mask=classes > 0, transform=corner))
    if not found:
        return ()
    polygons: Any = np.array([shapely.geometry.shape(outline) for outline, _ in found])
    numbers = np.array([int(value) for _, value in found])
    polygons = shapely.coverage_simplify(polygons, SIMPLIFIED_CELLS * cell)
    counts = np.bincount(classes.ravel(), minlength=len(steps) + 1)
    areas = []
    for number, rung in enumerate(steps, 1):
        parts = [part for part in polygons[numbers == number] if not part.is_empty]
        if parts:
            outline = shapely.transform(shapely.MultiPolygon(parts), partial(_degrees, scene))
            areas.append(CoveredArea(rung, _above(steps, number), float(counts[number]) * cell * cell, outline))
    return tuple(areas)


def _walls(found: Footprint, scene: Scene, ladder: str, steps: tuple[Rung, ...]) -> tuple[CoveredWalls, ...]:
    if found.facades is None:
        return ()
    by_class = stretches(found.facades, scene, classes_of_steps(ladder))
    return tuple(
        CoveredWalls(steps[number - 1], _above(steps, number), length, area, parts)
        for number, (length, area, parts) in by_class.items()
    )


def _above(steps: tuple[Rung, ...], number: int) -> float | None:
    return steps[number].px_m if number < len(steps) else None


def _degrees(scene: Scene, places_m: Any) -> Any:
    lon, lat = scene.to_lonlat(places_m[:, 0], places_m[:, 1])
    return np.round(np.stack([lon, lat], axis=1), 7)
