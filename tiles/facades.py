"""Facades as columns: every few metres along each wall that stands free, from its foot to the roof.

What can be said of a wall (seen or not, from which height up, how closely) is said of its columns.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.footprints import runs
from tiles.geodesy import Floats, bend_m
from tiles.kernels.least import facing_columns, least_heights
from tiles.kernels.relief import Relief
from tiles.scene import Scene

COLUMN_M = 4.0
"""About the width of a column; a shorter wall is one."""
STAND_OFF_M = 0.05
"""A column is looked at this far before its wall."""
LOWEST_M = 1.0
"""A wall that stands free by less has no column."""


@dataclass(frozen=True, eq=False)
class Facades:
    """Columns of all walls, building by building and along each of its rings.

    Attributes
    ----------
    first : int64 (b + 1,)
        First column of each building, and the number of columns.
    place_m : float64 (n, 2)
        Middle of the column, just before its wall, in the metric frame.
    normal : float64 (n, 2)
        Outward.
    width_m : float32 (n,)
    foot_m, roof_m : float64 (n,)
        Ellipsoidal: the ground before the wall, or the roof of what leans on it; the building's roof.
    building : int32 (n,)
    centre_m : float64 (b, 2)
        Of each building's bounds; ``half_m`` (b,) is half of their diagonal.
    """

    first: NDArray[np.int64] = field(repr=False)
    place_m: Floats = field(repr=False)
    normal: Floats = field(repr=False)
    width_m: NDArray[np.float32] = field(repr=False)
    foot_m: Floats = field(repr=False)
    roof_m: Floats = field(repr=False)
    building: NDArray[np.int32] = field(repr=False)
    centre_m: Floats = field(repr=False)
    half_m: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.place_m)

    def facing(self, place_m: tuple[float, float], radius_m: float, middle_deg: float, width_deg: float) -> Any:
        """Columns (k,) that face a place, within a radius and a view; bearings from grid north."""
        away = np.hypot(self.centre_m[:, 0] - place_m[0], self.centre_m[:, 1] - place_m[1])
        chosen = np.flatnonzero(away - self.half_m <= radius_m)
        out = np.empty(int((self.first[chosen + 1] - self.first[chosen]).sum()), np.int64)
        view = (*place_m, float(radius_m), float(np.radians(middle_deg)), float(np.radians(width_deg) / 2))
        count = facing_columns((self.first, self.place_m, self.normal), chosen, view, out)
        return out[:count]

    def ends_m(self, columns: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Both ends of columns, (k, 2) each, seen from outside the left one first."""
        along = np.stack([-self.normal[columns, 1], self.normal[columns, 0]], axis=1)
        half = along * (self.width_m[columns, None] / 2)
        return self.place_m[columns] + half, self.place_m[columns] - half


def least_visible_m(
    scene: Scene, eye_m: tuple[float, float, float], columns: NDArray[np.int64], carrier: int, mount_m: float
) -> Floats:
    """Least ellipsoidal height (k,) at which an eye sees columns, exactly as sight lines would have it.

    Nowhere below the column's foot; where it is the roof's or above, nothing of the column is seen.
    """
    held = facades_of(scene)
    spans = np.stack([held.foot_m[columns], held.roof_m[columns]], axis=1)
    places = np.ascontiguousarray(held.place_m[columns])
    out = np.empty(len(columns))
    world, mount = (_relief(scene), scene.prisms.walls), (int(carrier), float(mount_m))
    least_heights(world, np.asarray(eye_m, float), places, spans, mount, float(bend_m(1.0)), out)
    return out


def _relief(scene: Scene) -> Relief:
    ground, obstacle = scene.ground, scene.obstacle
    low, high = (np.ascontiguousarray(grid.heights_m).view(np.ndarray)[...] for grid in (ground, obstacle))
    for heights in (low, high):
        heights.flags.writeable = False
    bare = ground.heights_m is obstacle.heights_m
    return Relief(low, high, float(ground.x0_m), float(ground.y0_m), float(ground.cell_m), bare)


@lru_cache(maxsize=4)
def facades_of(scene: Scene) -> Facades:
    """The columns of a city's buildings."""
    held, walls = scene.footprints, scene.prisms.walls
    bounds = held.bounds_m if len(held) else np.zeros((0, 4))
    centre = (bounds[:, :2] + bounds[:, 2:]) / 2
    half = np.hypot(*(bounds[:, 2:] - bounds[:, :2]).T) / 2 if len(held) else np.zeros(0)
    a, b = walls.edges[:, :2], walls.edges[:, 2:]
    length = np.hypot(*(b - a).T)
    count = np.where(length > 1e-6, np.maximum(1, np.rint(length / COLUMN_M)), 0).astype(np.int64)
    edge = np.repeat(np.arange(len(length)), count)
    share = (runs(np.zeros(len(count), np.int64), count) + 0.5) / count[edge]
    along = (b - a)[edge] / length[edge, None]
    middle = a[edge] + (b - a)[edge] * share[:, None]
    owner = walls.owner[edge]
    # Rings come in either direction; the even-odd rule says which side is outside.
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
    outside = _own(scene, middle + 0.01 * normal, owner)
    normal[outside] *= -1.0
    place = middle + STAND_OFF_M * normal
    ground = np.asarray(scene.ground.clamped(place[:, 0], place[:, 1]), float)
    roof = np.asarray(held.roof_m)[owner]
    leaning = np.asarray(scene.prisms.building_at(place[:, 0], place[:, 1])).reshape(len(place))
    lean_m = np.where(leaning >= 0, np.asarray(held.roof_m)[leaning], -np.inf) if len(held) else ground
    foot = np.maximum(ground, lean_m)
    kept = (roof - foot >= LOWEST_M) & (leaning != owner)
    owner = owner[kept]
    return Facades(
        first=np.searchsorted(owner, np.arange(len(held) + 1)).astype(np.int64),
        place_m=np.ascontiguousarray(place[kept]),
        normal=np.ascontiguousarray(normal[kept]),
        width_m=(length / np.maximum(count, 1))[edge][kept].astype(np.float32),
        foot_m=foot[kept],
        roof_m=roof[kept],
        building=owner.astype(np.int32),
        centre_m=centre,
        half_m=half,
    )


def _own(scene: Scene, places_m: Floats, owner: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether places lie within the footprint of their owner."""
    standing = np.asarray(scene.prisms.building_at(places_m[:, 0], places_m[:, 1])).reshape(len(places_m))
    inside = standing == owner
    # Where several overlap the highest is named; the owner may stand there too.
    doubtful = np.flatnonzero((standing >= 0) & ~inside)
    if doubtful.size:
        edge = scene.prisms.nearest_edge(places_m[doubtful, 0], places_m[doubtful, 1], owner[doubtful])
        away = places_m[doubtful] - np.stack([edge[1], edge[2]], axis=1)
        inside[doubtful] = (away * np.stack([edge[3], edge[4]], axis=1)).sum(axis=1) < 0
    return np.asarray(inside)
