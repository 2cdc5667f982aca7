"""What a camera sees, as cells of the analysis surface and columns of facades, each with its density.

Ground is looked at 1.5 m above itself: in plain sight, in the picture (PTZ: within pan and tilt), and no
sparser than the lowest class of any ladder (PTZ: at full zoom). Roofs and what stands under trees are not
ground. Facades are seen from the least height up at which no sight line to them is blocked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layers.cameras.covering.steps import STEPS_PX_M, Steps, steps_of
from layers.cameras.look import spread
from layers.cameras.model import Camera
from layers.cameras.mounts import Mounts, mounts_of
from layers.cameras.view import NoDirection, View, Views
from layers.place import EYE_LEVEL_M
from tiles.facades import facades_of, least_visible_m
from tiles.geodesy import Floats, enu_rotation, geodetic_to_ecef
from tiles.profile import Profile, skyline
from tiles.scene import Scene

MAX_RADIUS_M = 10_000.0
FINE_WITHIN_M = 600.0
"""Up to this radius the finest cells are used, and exact sight lines to facades; beyond, a radius has some
400 cells, if the surface has them, and facades are judged by the skyline profile."""
CELLS_PER_RADIUS = 400
FEWER_PER_RADIUS = 250
"""So many where all cameras of a city are to be done."""
LATTICE = 32
BANDS = 3
"""Parts of a facade's height, each seen or not by its middle."""
_SPREAD = np.array([0.02, 0.25, 0.5, 0.75, 0.98])
"""Where between the least height in sight and the roof a column is put to the picture."""
_CUTS = 32

Window: TypeAlias = Any
"""A window of the analysis surface, as `Scene.window` gives it."""
Mask = NDArray[np.bool_]
Picked: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and columns of a window."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenFacades:
    """Columns of facades that a camera sees.

    Attributes
    ----------
    column : int64 (k,), ascending; see ``tiles.facades.Facades``
    low_m, high_m : (k,) ellipsoidal heights between which it is seen
    step : (k,) of the highest density
    bands : (k, 3) step of each third of the column's height, from its foot up; 0 where not seen
    """

    column: NDArray[np.int64] = field(repr=False)
    low_m: Floats = field(repr=False)
    high_m: Floats = field(repr=False)
    step: Steps = field(repr=False)
    bands: Steps = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """What one camera sees.

    Attributes
    ----------
    window : the cells, of all that the view reaches; its ``top_m`` without what carries the camera
    steps : (rows, cols) of the window, or of its ``picked`` rows and columns; 0 where no ground is seen
    facades : None where they were not asked for
    profile : where it was drawn
    radius_m : horizontal
    """

    window: Window = field(repr=False)
    steps: Steps = field(repr=False)
    facades: SeenFacades | None
    profile: Profile | None = field(repr=False)
    radius_m: float
    picked: Picked | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    """A camera over its window."""

    camera: Camera
    views: Views
    scene: Scene
    mounts: Mounts
    place_m: tuple[float, float]
    radius_m: float
    middle_deg: float
    """Of the view, from grid north."""
    width_deg: float


def footprint(
    camera: Camera,
    scene: Scene,
    *,
    facades: bool = True,
    profile: bool = False,
    per_radius: int = CELLS_PER_RADIUS,
    mounts: Mounts | None = None,
    pick: Callable[[Window], Picked | None] | None = None,
) -> Footprint:
    """What a camera sees of the ground and of facades.

    Parameters
    ----------
    facades, profile : whether to look at facades, and to draw the skyline profile where it is not needed
    per_radius : cells that a long radius has
    mounts : what carries the camera, where it is known already
    pick : of a window the rows and columns that are asked for; None for all of them

    Raises
    ------
    NoDirection
        Its direction is not known, and it does not reach every direction.
    """
    eye = _eye(camera, scene, mounts)
    cell = cell_for(scene, eye.radius_m, per_radius)
    wedge = (eye.middle_deg, eye.width_deg)
    window = _without_carrier(scene.window(*eye.place_m, eye.radius_m, cell, wedge), eye)
    lattice = _lattice(scene, window)
    picked = pick(window) if pick else None
    steps = _ground_steps(eye, window, lattice, picked)
    far = eye.radius_m > FINE_WITHIN_M
    drawn = _profile(eye, window) if profile or (facades and far) else None
    walls = _facades(eye, window, lattice, drawn if far else None) if facades else None
    return Footprint(window, steps, walls, drawn, eye.radius_m, picked)


def cell_for(scene: Scene, radius_m: float, per_radius: int = CELLS_PER_RADIUS) -> float:
    """Spacing of the cells for a radius: the finest near by, no coarser than the ground's.

    Where a radius may have few cells only, it is coarser near by too.
    """
    fine, coarse = scene.surface.cell_m, scene.ground.cell_m
    if radius_m <= FINE_WITHIN_M and per_radius >= FEWER_PER_RADIUS:
        return min(fine, coarse)
    return min(coarse, max(fine, radius_m / per_radius))


def in_plain_sight(camera: Camera, scene: Scene, found: Footprint) -> Steps:
    """The steps of a footprint's cells if nothing stood there but ground and buildings."""
    eye, window = _eye(camera, scene, None), found.window
    bare = np.where(window.building >= 0, window.top_m, window.ground_m).astype(np.float32)
    return _ground_steps(eye, replace(window, top_m=bare), _lattice(scene, window))


def _eye(camera: Camera, scene: Scene, mounts: Mounts | None) -> _Eye:
    if not camera.can_be_aimed:
        raise NoDirection(camera=camera.id)
    views = Views.build([camera])
    x, y = (float(v) for v in scene.to_metric(camera.lon, camera.lat))
    middle, width = _wedge(camera)
    turn = float(scene.frame.convergence_deg(camera.lon, camera.lat))
    radius = min(float(views.reach_m(STEPS_PX_M[0])[0]), MAX_RADIUS_M)
    mounts = mounts or mounts_of(scene, np.array([[x, y]]))
    return _Eye(camera, views, scene, mounts, (x, y), radius, (middle - turn) % 360.0, width)


def _wedge(camera: Camera) -> tuple[float, float]:
    """True bearing of the middle and width of all directions that a camera can show, or a little more."""
    if camera.is_ptz:
        middle = camera.heading_deg or 0.0
        return middle, 360.0 if camera.turns_full_circle else min(360.0, (camera.pan_range_deg or 360.0) + 1.0)
    return View.of(camera).bearings()


def _without_carrier(window: Window, eye: _Eye) -> Window:
    """What carries the camera is taken down to the ground around the eye, so that it does not blind it."""
    carrier, near_m = int(eye.mounts.carrier[0]), max(float(eye.mounts.mount_m[0]), 1.5 * window.cell_m)
    reach = int(near_m / window.cell_m) + 1
    part = tuple(slice(max(0, at - reach), at + reach + 1) for at in (window.row, window.col))
    rows, cols = np.ogrid[part]
    near = np.hypot(rows - window.row, cols - window.col) * window.cell_m <= near_m
    # The eye's own cell may be a corner of some other building's, by its raster only.
    own_cell = (rows == window.row) & (cols == window.col)
    own = near & (window.building[part] == carrier) & (carrier >= 0)
    top = window.top_m
    top[part] = np.where(own | own_cell, window.ground_m[part], top[part])
    return window


def _ground_steps(eye: _Eye, window: Window, lattice: tuple[Floats, Floats], picked: Picked | None = None) -> Steps:
    seen = _in_sight(eye, window, picked)
    steps = np.zeros(seen.shape, np.uint8)
    place = np.flatnonzero(seen)
    row, col = np.divmod(place, seen.shape[1])
    if picked is not None:
        row, col = picked[0][row], picked[1][col]
    heights = window.ground_m[row, col].astype(np.float64) + EYE_LEVEL_M
    steps.reshape(-1)[place] = steps_of(_densities(eye, lattice, (row / LATTICE, col / LATTICE), heights))
    return steps


def _in_sight(eye: _Eye, window: Window, picked: Picked | None) -> Mask:
    """Ground cells in plain sight, in the directions that the camera can show."""
    seen = eye.scene.viewshed(
        window,
        eye.camera.height_m,
        bearing_deg=eye.middle_deg,
        width_deg=eye.width_deg,
        radius_m=eye.radius_m,
        target_height_m=EYE_LEVEL_M,
    )
    cells: Any = np.ix_(*picked) if picked is not None else ...
    seen = seen[cells]
    seen &= window.building[cells] < 0
    if eye.scene.obstacle is not eye.scene.ground:
        seen &= window.top_m[cells] - window.ground_m[cells] <= EYE_LEVEL_M
    # Beyond the city the ground goes on at the height of its edge, which nobody has measured.
    west, south, east, north = eye.scene.ground.bounds_m
    rows, cols = picked if picked is not None else (np.arange(n) for n in seen.shape)
    y, x = window.y0_m - rows * window.cell_m, window.x0_m + cols * window.cell_m
    seen[(y > north) | (y < south)] = False
    seen[:, (x < west) | (x > east)] = False
    return np.asarray(seen)


def _profile(eye: _Eye, window: Window) -> Profile:
    return skyline(
        window,
        eye.camera.height_m,
        bearing_deg=eye.middle_deg,
        width_deg=eye.width_deg,
        radius_m=eye.radius_m,
    )


def _densities(eye: _Eye, lattice: tuple[Floats, Floats], cells: tuple[Any, Any], heights_m: Floats) -> Floats:
    """Density at places (n,), 0 where one is not in the picture (PTZ: out of reach)."""
    return np.asarray(spread(cells, heights_m, lattice, eye.views.alone(0), float(eye.views.range_m[0])))


def _lattice(scene: Scene, window: Window) -> tuple[Floats, Floats]:
    """Earth-centred place at height 0, and up, at every 32nd cell of a window and one beyond its edge.

    Between them the earth bends by d² / 8R: 2 mm for cells of 10 m.
    """
    rows, cols = (np.arange(0, n + 2 * LATTICE, LATTICE) for n in window.top_m.shape)
    x, y = np.meshgrid(window.x0_m + cols * window.cell_m, window.y0_m - rows * window.cell_m)
    lon, lat = scene.to_lonlat(x, y)
    return geodetic_to_ecef(lon, lat, 0.0), np.ascontiguousarray(enu_rotation(lon, lat)[..., 2, :])


def _facades(eye: _Eye, window: Window, lattice: tuple[Floats, Floats], profile: Profile | None) -> SeenFacades:
    """Columns in sight and in the picture; by the profile where there is one, else exactly."""
    held = facades_of(eye.scene)
    column = held.facing(eye.place_m, eye.radius_m, eye.middle_deg, eye.width_deg)
    if profile is None:
        place = (*eye.place_m, eye.camera.height_m)
        carrier, mount_m = int(eye.mounts.carrier[0]), float(eye.mounts.mount_m[0])
        least = least_visible_m(eye.scene, place, column, carrier, mount_m)
    else:
        least = _by_profile(eye, profile, held.place_m[column], window.cell_m)
    # As in the city's figures the lowest that counts of a wall is its foot.
    low = np.maximum(least, held.foot_m[column])
    kept = low < held.roof_m[column]
    column, low = column[kept], low[kept]
    high, place = held.roof_m[column], held.place_m[column]
    shown = _shown(eye, window, lattice, place)
    density = shown(low[:, None] + _SPREAD * (high - low)[:, None])
    low, high = _cut(shown, (low, high), density)
    thirds = (np.arange(BANDS) + 0.5) / BANDS
    foot = held.foot_m[column]
    middles = foot[:, None] + thirds * (held.roof_m[column] - foot)[:, None]
    bands = np.where((middles >= low[:, None]) & (middles <= high[:, None]), steps_of(shown(middles)), 0)
    step = np.maximum(steps_of(density.max(axis=1, initial=0.0)), bands.max(axis=1, initial=0))
    some = step > 0
    return SeenFacades(column[some], low[some], high[some], step[some], bands[some].astype(np.uint8))


def _by_profile(eye: _Eye, profile: Profile, places_m: Floats, cell_m: float) -> Floats:
    """Least heights of places on walls; asked a cell before the wall, whose own cells are in the profile too."""
    toward = np.asarray(eye.place_m) - places_m
    away = np.hypot(toward[:, 0], toward[:, 1])
    back = np.minimum(cell_m, away / 2) / np.maximum(away, 1e-9)
    asked = places_m + toward * back[:, None]
    least = np.nan_to_num(np.asarray(profile.least_visible_m(asked[:, 0], asked[:, 1])), nan=np.inf, neginf=-1e9)
    return np.asarray(eye.camera.height_m + (least - eye.camera.height_m) / (1.0 - back))


def _shown(eye: _Eye, window: Window, lattice: tuple[Floats, Floats], place_m: Floats) -> Any:
    """Function of heights (k, m) over places (k, 2), or over some of them: density, 0 where not in the picture."""
    row = (window.y0_m - place_m[:, 1]) / window.cell_m / LATTICE
    col = (place_m[:, 0] - window.x0_m) / window.cell_m / LATTICE

    def shown(heights_m: Floats, which: Any = slice(None)) -> Floats:
        many = heights_m.shape[1]
        cells = (np.repeat(row[which], many), np.repeat(col[which], many))
        return _densities(eye, lattice, cells, heights_m.ravel()).reshape(heights_m.shape)

    return shown


def _cut(shown: Any, span: tuple[Floats, Floats], density: Floats) -> tuple[Floats, Floats]:
    """The span (k,), (k,) of each column within the picture, to a part in 32 where the picture cuts it."""
    low, high = (ends.copy() for ends in span)
    inside = density >= STEPS_PX_M[0]
    cut = np.flatnonzero(inside.any(axis=1) & ~inside.all(axis=1))
    if cut.size:
        at = low[cut, None] + np.linspace(0.0, 1.0, _CUTS + 1) * (high - low)[cut, None]
        held = shown(at, cut) >= STEPS_PX_M[0]
        low[cut] = np.where(held, at, np.inf).min(axis=1)
        high[cut] = np.where(held, at, -np.inf).max(axis=1)
    return low, high
