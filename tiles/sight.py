"""What can be seen: exact sight lines, first hits of rays, and viewsheds over a height field.

Sight lines meet buildings as exact prisms and everything else as grids of heights; a line bends with the
earth's curvature and with refraction. ``viewshed`` works on one raster alone; it lives in ``tiles.viewshed``.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.errors import TilesError
from tiles.geodesy import bend_m
from tiles.grid import HeightGrid
from tiles.kernels.hits import trace_hits
from tiles.kernels.lines import trace_lines
from tiles.kernels.relief import Relief
from tiles.prisms import Prisms
from tiles.viewshed import BadViewshed as BadViewshed
from tiles.viewshed import viewshed as viewshed

CLEAR, TERRAIN, SURFACE, BUILDING, ROOF = 0, 1, 2, 3, 4
"""What a line meets. ``BUILDING`` is a wall when a ray hits it; only rays tell roofs apart."""

Floats = NDArray[np.float64]


class BadSightLine(TilesError):
    """A sight line or ray cannot be computed from what was given."""

    code = "bad-sight-line"
    text = "{name} = {value}: {detail}"


@dataclass(frozen=True, eq=False)
class Lines:
    """Verdicts of ``sight_lines``, one per line.

    Attributes
    ----------
    clear : bool (n,)
    kind : int8 (n,)
        0 clear, 1 terrain, 2 surface (what stands on the ground, other than buildings), 3 building.
    building : int32 (n,)
        The building that blocks, −1 for none.
    distance_m : float64 (n,)
        From the eye to the nearest blocker along the line; infinite when clear.
    """

    clear: NDArray[np.bool_] = field(repr=False)
    kind: NDArray[np.int8] = field(repr=False)
    building: NDArray[np.int32] = field(repr=False)
    distance_m: Floats = field(repr=False)


@dataclass(frozen=True, eq=False)
class Hits:
    """What rays meet first, one per ray.

    Attributes
    ----------
    distance_m : float64 (n,)
        Along the ray; infinite when nothing is met within its reach.
    kind : int8 (n,)
        0 nothing, 1 terrain, 2 surface, 3 wall, 4 roof.
    building : int32 (n,)
        −1 where no building is met.
    points_m : float64 (n, 3)
        x, y and ellipsoidal height of the hit; the ray's end when nothing is met.
    """

    distance_m: Floats = field(repr=False)
    kind: NDArray[np.int8] = field(repr=False)
    building: NDArray[np.int32] = field(repr=False)
    points_m: Floats = field(repr=False)


def sight_lines(
    ground: HeightGrid,
    obstacle: HeightGrid,
    prisms: Prisms,
    eyes_m: ArrayLike,
    targets_m: ArrayLike,
    *,
    carrier: ArrayLike | None = None,
    mount_m: ArrayLike | None = None,
    target_building: ArrayLike | None = None,
) -> Lines:
    """Whether each target is in plain sight of its eye, and what is in the way if not.

    A building blocks where the line crosses an edge of its footprint, strictly between the ends, below its
    roof. The grids block where the line, at a crossing with a line between neighbouring cell centres, is
    strictly lower than the obstacle interpolated there. What stands on the ground and is no building is
    ignored within max(``mount_m``, one cell) of the eye. The camera's carrier does not block within
    ``mount_m`` of the eye, nor the target's own building within half a metre of the target, both
    horizontally; beyond that they block wherever the line is inside them.

    Parameters
    ----------
    ground, obstacle : HeightGrid
        The same cells; the obstacle is nowhere lower than the ground.
    eyes_m, targets_m : float64 (n, 3)
        x, y and ellipsoidal height in the city's metric frame; either may be a single point.
    carrier, target_building : int32 (n,) or scalar, optional
        Building that carries the camera, and building the target belongs to; −1 for none.
    mount_m : float64 (n,) or scalar, optional
        Horizontal distance within which the carrier is excused; 0 if not given.
    """
    eyes, targets = np.broadcast_arrays(_points("eyes_m", eyes_m), _points("targets_m", targets_m))
    n = len(eyes)
    kind, building, distance = np.empty(n, np.int8), np.empty(n, np.int32), np.empty(n)
    excused = (
        _numbers(carrier, n, prisms.count, "carrier"),
        _metres("mount_m", mount_m, n),
        _numbers(target_building, n, prisms.count, "target_building"),
    )
    relief = _relief(ground, obstacle)
    out = (kind, building, distance)
    trace_lines(relief, prisms.walls, _frozen(eyes), _frozen(targets), excused, float(bend_m(1.0)), out)
    return Lines(kind == CLEAR, kind, building, distance)


def first_hits(  # noqa: PLR0913 - two grids, the prisms, and four numbers a ray
    ground: HeightGrid,
    obstacle: HeightGrid,
    prisms: Prisms,
    origins_m: ArrayLike,
    bearings_deg: ArrayLike,
    elevations_deg: ArrayLike,
    max_range_m: ArrayLike,
    *,
    carrier: ArrayLike | None = None,
    mount_m: ArrayLike | None = None,
) -> Hits:
    """Where rays first meet ground, what stands on it, a wall or a roof; blocking as in ``sight_lines``.

    Parameters
    ----------
    origins_m : float64 (n, 3) or (3,)
        x, y and ellipsoidal height in the city's metric frame.
    bearings_deg, elevations_deg : float64 (n,) or scalar
        Clockwise from grid north; above the horizontal. −90 looks straight down.
    max_range_m : float64 (n,) or scalar
        Length of the ray.
    """
    aims = np.broadcast_arrays(
        np.radians(_finite("bearings_deg", bearings_deg)),
        np.radians(_finite("elevations_deg", elevations_deg)),
        _finite("max_range_m", max_range_m),
    )
    given = np.stack([np.atleast_1d(a) for a in aims], axis=-1)
    points = _points("origins_m", origins_m)
    n = max(len(given), len(points))
    origins, given = np.broadcast_to(points, (n, 3)), np.broadcast_to(given, (n, 3))
    out = (np.empty(n), np.empty(n, np.int8), np.empty(n, np.int32), np.empty((n, 3)))
    mounts = (_numbers(carrier, n, prisms.count, "carrier"), _metres("mount_m", mount_m, n))
    relief = _relief(ground, obstacle)
    trace_hits(relief, prisms.walls, _frozen(origins), _frozen(given), mounts, float(bend_m(1.0)), out)
    return Hits(*out)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Contiguous read-only view: one type for the kernels, so that each is compiled once."""
    view = np.ascontiguousarray(array).view(np.ndarray)
    view = view[...] if view.flags.writeable else view
    view.flags.writeable = False
    return view


def _relief(ground: HeightGrid, obstacle: HeightGrid) -> Relief:
    bare = ground.heights_m is obstacle.heights_m
    if not bare and _lattice(ground) != _lattice(obstacle):
        raise BadSightLine(name="obstacle", value=_lattice(obstacle), detail="not on the cells of the ground.")
    low, high = _frozen(ground.heights_m), _frozen(obstacle.heights_m)
    if low.dtype != np.float32 or high.dtype != np.float32:
        raise BadSightLine(name="heights_m", value=low.dtype, detail="heights are float32.")
    return Relief(low, high, float(ground.x0_m), float(ground.y0_m), float(ground.cell_m), bare)


def _lattice(grid: HeightGrid) -> tuple[int, int, float, float, float]:
    rows, cols = grid.heights_m.shape
    return rows, cols, grid.x0_m, grid.y0_m, grid.cell_m


def _finite(name: str, value: ArrayLike) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].flat[0]
        raise BadSightLine(name=name, value=bad, detail="must be a finite number.")
    return array


def _points(name: str, value: ArrayLike) -> Floats:
    array = np.atleast_2d(_finite(name, value))
    if array.ndim != 2 or array.shape[1] != 3:
        raise BadSightLine(name=name, value=array.shape, detail="must be points x, y, height: shape (n, 3).")
    return array


def _metres(name: str, value: ArrayLike | None, n: int) -> Floats:
    array = np.broadcast_to(_finite(name, 0.0 if value is None else value), (n,))
    if (array < 0).any():
        raise BadSightLine(name=name, value=array.min(), detail="must not be negative.")
    return _frozen(array)


def _numbers(value: ArrayLike | None, n: int, count: int, name: str) -> NDArray[np.int32]:
    array = np.broadcast_to(np.asarray(-1 if value is None else value, dtype=np.int32), (n,))
    if n and not (array.min() >= -1 and array.max() < count):
        detail = f"must be −1 or the number of one of {count} buildings."
        raise BadSightLine(name=name, value=(int(array.min()), int(array.max())), detail=detail)
    return _frozen(array)
