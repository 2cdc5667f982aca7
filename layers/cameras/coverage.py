"""What a camera sees of the ground, as areas by class of a ladder.

Cells of the analysis surface, 1.5 m above the ground: in plain sight, in the picture (PTZ: within pan and
tilt), and at the density of the class (PTZ: at full zoom). Roofs and what stands under trees are not ground.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import shapes

from layers.cameras.ladder import Rung, rungs
from layers.cameras.look import spread
from layers.cameras.model import Camera
from layers.cameras.mounts import mounts_of
from layers.cameras.view import NoDirection, View, Views
from layers.place import EYE_LEVEL_M
from tiles.geodesy import Floats, enu_rotation, geodetic_to_ecef
from tiles.scene import Scene

MAX_RADIUS_M = 10_000.0
FINE_WITHIN_M = 600.0
"""Up to this radius the finest cells are used; beyond, a radius has some 400 cells, if the surface has them."""
CELLS_PER_RADIUS = 400
SIMPLIFIED_CELLS = 0.5
LATTICE = 32

Window: TypeAlias = Any
"""A window of the analysis surface, as `Scene.window` gives it."""
Mask = NDArray[np.bool_]


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
class Coverage:
    """Coverage of one camera on one version of the city; classes without ground are left out."""

    camera: str
    ladder: str
    areas: tuple[CoveredArea, ...]
    cell_m: float
    radius_m: float
    city_version: str
    assumed: tuple[str, ...]

    @property
    def area_m2(self) -> float:
        """All ground that is seen."""
        return sum(area.area_m2 for area in self.areas)


def coverage(camera: Camera, scene: Scene, ladder: str = "2014") -> Coverage:
    """What a camera sees of the ground, by the classes of a ladder.

    Raises
    ------
    NoDirection
        Its direction is not known, and it does not reach every direction.
    BadInput
        No such ladder.
    """
    steps = rungs(ladder)
    if not camera.can_be_aimed:
        raise NoDirection(camera=camera.id)
    views = Views.build([camera])
    radius = min(float(views.reach_m(steps[0].px_m)[0]), MAX_RADIUS_M)
    cell = cell_for(scene, radius)
    x, y = (float(v) for v in scene.to_metric(camera.lon, camera.lat))
    window = _without_carrier(scene.window(x, y, radius, cell), scene, (x, y))
    seen = _in_sight(camera, scene, window, radius)
    row, col = np.nonzero(seen)
    densities = _densities(views, scene, window, row, col)
    classes = np.zeros(seen.shape, np.uint8)
    classes[row, col] = np.searchsorted([rung.px_m for rung in steps], densities, side="right")
    areas = _areas(classes, window, scene, steps)
    return Coverage(camera.id, ladder, areas, window.cell_m, radius, scene.version, camera.assumed)


def cell_for(scene: Scene, radius_m: float) -> float:
    """Spacing of the cells for a radius: the finest near by, no coarser than the ground's."""
    fine, coarse = scene.surface.cell_m, scene.ground.cell_m
    if radius_m <= FINE_WITHIN_M:
        return min(fine, coarse)
    return min(coarse, max(fine, radius_m / CELLS_PER_RADIUS))


def _without_carrier(window: Window, scene: Scene, place_m: tuple[float, float]) -> Window:
    """What carries the camera is taken down to the ground around the eye, so that it does not blind it."""
    mounts = mounts_of(scene, np.array([place_m]))
    near_m = max(float(mounts.mount_m[0]), 1.5 * window.cell_m)
    reach = int(near_m / window.cell_m) + 1
    part = tuple(slice(max(0, at - reach), at + reach + 1) for at in (window.row, window.col))
    rows, cols = np.ogrid[part]
    near = np.hypot(rows - window.row, cols - window.col) * window.cell_m <= near_m
    # The eye's own cell may be a corner of some other building's, by its raster only.
    eye = (rows == window.row) & (cols == window.col)
    own = near & (window.building[part] == mounts.carrier[0]) & (mounts.carrier[0] >= 0)
    top = window.top_m.copy()
    top[part] = np.where(own | eye, window.ground_m[part], top[part])
    return replace(window, top_m=top)


def _in_sight(camera: Camera, scene: Scene, window: Window, radius_m: float) -> Mask:
    """Ground cells in plain sight, in the directions that the camera can show."""
    middle, width = _wedge(camera)
    turn = float(scene.frame.convergence_deg(camera.lon, camera.lat))
    seen = scene.viewshed(
        window,
        camera.height_m,
        bearing_deg=(middle - turn) % 360.0,
        width_deg=width,
        radius_m=radius_m,
        target_height_m=EYE_LEVEL_M,
    )
    seen &= window.building < 0
    seen &= window.top_m - window.ground_m <= EYE_LEVEL_M
    # Beyond the city the ground goes on at the height of its edge, which nobody has measured.
    west, south, east, north = scene.ground.bounds_m
    rows, cols = (np.arange(n) for n in seen.shape)
    seen[(window.y0_m - rows * window.cell_m > north) | (window.y0_m - rows * window.cell_m < south)] = False
    seen[:, (window.x0_m + cols * window.cell_m < west) | (window.x0_m + cols * window.cell_m > east)] = False
    return np.asarray(seen)


def _wedge(camera: Camera) -> tuple[float, float]:
    """True bearing of the middle and width of all directions that a camera can show, or a little more."""
    middle = camera.heading_deg or 0.0
    if camera.is_ptz:
        return middle, 360.0 if camera.turns_full_circle else min(360.0, (camera.pan_range_deg or 360.0) + 1.0)
    return View.of(camera).bearings()


def _densities(views: Views, scene: Scene, window: Window, row: Any, col: Any) -> Floats:
    """Density at cells (n,), 0 where the cell is not in the picture (PTZ: out of reach)."""
    heights = window.ground_m[row, col].astype(np.float64) + EYE_LEVEL_M
    cells = (row / LATTICE, col / LATTICE)
    return np.asarray(spread(cells, heights, _lattice(scene, window), views.alone(0), float(views.range_m[0])))


def _lattice(scene: Scene, window: Window) -> tuple[Floats, Floats]:
    """Earth-centred place at height 0, and up, at every 32nd cell of a window and one beyond its edge.

    Between them the earth bends by d² / 8R: 2 mm for cells of 10 m.
    """
    rows, cols = (np.arange(0, n + 2 * LATTICE, LATTICE) for n in window.top_m.shape)
    x, y = np.meshgrid(window.x0_m + cols * window.cell_m, window.y0_m - rows * window.cell_m)
    lon, lat = scene.to_lonlat(x, y)
    return geodetic_to_ecef(lon, lat, 0.0), np.ascontiguousarray(enu_rotation(lon, lat)[..., 2, :])


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
    areas = []
    for number, rung in enumerate(steps, 1):
        parts = [part for part in polygons[numbers == number] if not part.is_empty]
        if parts:
            outline = shapely.transform(shapely.MultiPolygon(parts), partial(_degrees, scene))
            above = steps[number].px_m if number < len(steps) else None
            area = float((classes == number).sum()) * cell * cell
            areas.append(CoveredArea(rung, above, area, outline))
    return tuple(areas)


def _degrees(scene: Scene, places_m: Any) -> Any:
    lon, lat = scene.to_lonlat(places_m[:, 0], places_m[:, 1])
    return np.round(np.stack([lon, lat], axis=1), 7)
