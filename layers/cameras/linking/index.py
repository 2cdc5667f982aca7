"""All cameras of a city, ready for many questions, and changed in place when one changes.

Every array has room for more cameras than there are; a camera keeps its row as long as it lives. Questions
and changes exclude each other by a lock that is held for as long as a kernel runs (a tenth of a
millisecond), so that no question sees half of a change; what a question found is a copy.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from layers.cameras.ladder import MIN_DENSITY_PX_M
from layers.cameras.linking.bundle import Bundle, bundled
from layers.cameras.linking.cards import WIDE, cards_of
from layers.cameras.linking.cells import Cells, make_cells, put_in, reaching, take_out, with_room
from layers.cameras.linking.kernels import judge, nearest, seeing
from layers.cameras.linking.wards import ALL, Wards
from layers.cameras.model import Camera
from layers.cameras.mounts import Mounts, mounts_of
from layers.cameras.view import Views
from layers.grants.permissions import Reach
from layers.place import Target
from tiles.geodesy import Floats
from tiles.obstacles import Obstacles
from tiles.scene import Scene

Rows = NDArray[np.int64]
Held = TypeVar("Held")
_VIEW_COLUMNS = tuple(field.name for field in fields(Views))
IN_USE = ("in-service", "fault")
"""States in which a camera counts as one that can see."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """How a place lies to some cameras, as of one moment; all arrays (k,) or (…, k).

    Attributes
    ----------
    rows : ascending
    verdicts : of `index_kernels`
    columns : of `look`
    cameras : the records
    eyes_m (k, 3), carrier, mount_m : for sight lines that say what blocks
    lens, turn : rows of `Views`
    ptz : which can be turned
    tiers : 1 to 3
    """

    rows: Rows
    verdicts: NDArray[np.int8]
    columns: Floats
    cameras: NDArray[np.object_]
    eyes_m: Floats
    carrier: NDArray[np.int32]
    mount_m: Floats
    lens: Floats
    turn: Floats
    ptz: NDArray[np.bool_]
    tiers: NDArray[np.int64]


class CameraIndex:
    """Cameras by row: views, mounts, and cells of their reach."""

    def __init__(self, scene: Scene, obstacles: Obstacles, room: int) -> None:
        self.scene = scene
        self.obstacles = obstacles
        self._obstacles = obstacles.relief, obstacles.walls, obstacles.blocks
        self._lock = threading.Lock()
        self._count = 0
        self._free: list[int] = []
        self._row_of: dict[str, int] = {}
        self._views = _grown(_no_views(), room)
        self._columns = _Columns.of(room)
        self._held: Bundle | None = None
        self._held_of: tuple[Any, Any] = (None, None)
        self._cells: Cells = make_cells(np.empty((0, 2)), np.empty(0), room, scene.ground.bounds_m)
        self._wards = Wards()

    @classmethod
    def build(cls, cameras: Sequence[Camera], scene: Scene) -> Self:
        """Index cameras over a scene; their rows are their places in the sequence."""
        index = cls(scene, Obstacles.of(scene), len(cameras) + max(256, len(cameras) // 8))
        if len(cameras):
            rows = np.arange(len(cameras))
            index._take_rows(cameras)
            index._write(rows, cameras, _Prepared.of(cameras, scene))
            places, reach = index._columns.eyes_m[rows, :2], index._columns.search_m[rows]
            index._cells = make_cells(places, reach, index._room, scene.ground.bounds_m)
        index._bundle()
        return index

    @classmethod
    def alone(cls, camera: Camera, scene: Scene, obstacles: Obstacles) -> Self:
        """One camera only, over what was read for all of them: to read it anew takes a second in a large city."""
        index = cls(scene, obstacles, 1)
        index.put([camera])
        return index

    def __len__(self) -> int:
        return len(self._row_of)

    @property
    def cameras(self) -> Sequence[Camera]:
        """Records by row; None where a row is free."""
        return tuple(self._columns.cameras[: self._count])

    @property
    def rows(self) -> Mapping[str, int]:
        """Row of each camera by its id."""
        return MappingProxyType(self._row_of)

    @property
    def eyes_m(self) -> Floats:
        """Lenses (n, 3) in the metric frame, by row."""
        return self._columns.eyes_m[: self._count]

    @property
    def mounts(self) -> Mounts:
        """What carries the cameras, by row."""
        return Mounts(self._columns.carrier[: self._count], self._columns.mount_m[: self._count])

    @property
    def reach_m(self) -> Floats:
        """How far each can see anything at the lowest density, (n,) by row."""
        return self._columns.reach_m[: self._count]

    @property
    def _room(self) -> int:
        return len(self._columns.alive)

    def candidates(self, x_m: float, y_m: float) -> Rows:
        """Cameras that could show a place there if nothing stood in the way; ascending."""
        with self._lock:
            return np.sort(reaching(self._cells, x_m, y_m))

    def nearest(self, x_m: float, y_m: float, count: int) -> Rows:
        """The cameras that stand nearest, nearest first."""
        with self._lock:
            found: Rows = nearest(self._columns.eyes_m, self._columns.alive[: self._count], x_m, y_m, count)
        return found

    def seeing(self, place: Target, density_px_m: float = MIN_DENSITY_PX_M) -> Rows:
        """Rows of the cameras that see a place at a density, ascending: the whole question in one kernel."""
        at = place.lon, place.lat, place.aim_height_m, place.x_m, place.y_m
        with self._lock:
            found: Rows = seeing(self._bundle(), *at, density_px_m)
        return found

    def judged(
        self, place: Target, density_px_m: float, *, seen: Reach = ALL, also: int = 0, tier: int | None = None
    ) -> Judged:
        """How a place lies to the cameras within whose reach it is, and to so many of the nearest.

        Only cameras that may be ``seen`` are looked at: no other one changes anything in the answer.
        """
        with self._lock:
            held = self._columns
            rows = reaching(self._cells, place.x_m, place.y_m)
            alive = held.alive[: self._count]
            if not seen.is_everything:
                shown = self._wards.shown_to(seen)
                rows = rows[shown[held.ward[rows]]]
                alive = alive & shown[held.ward[: self._count]]
            if also:
                rows = np.concatenate([rows, nearest(held.eyes_m, alive, place.x_m, place.y_m, also)])
            rows = np.unique(rows)
            if tier is not None:
                rows = rows[held.tiers[rows] == tier]
            verdicts, columns = judge(rows, _point(place), density_px_m, self._cams, self._view, self._obstacles)
            return Judged(
                rows,
                verdicts,
                columns,
                held.cameras[rows],
                held.eyes_m[rows],
                held.carrier[rows],
                held.mount_m[rows],
                self._views.lens[rows],
                self._views.turn[rows],
                self._views.flags[rows, 0],
                held.tiers[rows],
            )

    def put(self, cameras: Sequence[Camera]) -> None:
        """Take up cameras that are new or have changed; those with the same id are replaced."""
        if not cameras:
            return
        prepared = _Prepared.of(cameras, self.scene)
        with self._lock:
            rows = self._take_rows(cameras)
            for row in rows:
                take_out(self._cells, row)
            self._write(rows, cameras, prepared)
            held = self._columns
            for row in rows:
                place = held.eyes_m[row, 0], held.eyes_m[row, 1], held.search_m[row]
                if not put_in(self._cells, row, *place):
                    self._cells = with_room(self._cells, self._room)
                    put_in(self._cells, row, *place)

    def remove(self, ids: Iterable[str]) -> None:
        """Forget cameras; ids that are not here are passed over."""
        with self._lock:
            for id_ in ids:
                row = self._row_of.pop(id_, None)
                if row is not None:
                    take_out(self._cells, row)
                    self._columns.alive[row] = False
                    self._columns.cameras[row] = None
                    self._free.append(row)

    def _bundle(self) -> Bundle:
        """What `seeing` reads; made anew when room was made."""
        current = (self._cells, self._columns)
        if self._held is None or self._held_of[0] is not current[0] or self._held_of[1] is not current[1]:
            self._held = bundled((self._cells, self._columns.cards, self._view, self._obstacles))
            self._held_of = current
        return self._held

    @property
    def _cams(self) -> tuple[Any, ...]:
        held = self._columns
        return held.eyes_m, held.carrier, held.mount_m, self._views.range_m, held.usable

    @property
    def _view(self) -> tuple[Any, ...]:
        views = self._views
        return views.ecef_m, (views.enu, views.rotation), (views.lens, views.turn, views.glass), views.flags

    def _take_rows(self, cameras: Sequence[Camera]) -> Rows:
        """A row for each camera: its own, or a free one."""
        rows = np.empty(len(cameras), np.int64)
        for k, camera in enumerate(cameras):
            row = self._row_of.get(camera.id)
            if row is None:
                row = self._free.pop() if self._free else self._count
                self._count = max(self._count, row + 1)
                self._row_of[camera.id] = row
            rows[k] = row
        if self._count > self._room:
            room = self._count + max(256, self._count // 8)
            self._views, self._columns = _grown(self._views, room), self._columns.grown(room)
            self._cells = with_room(self._cells, room)
        return rows

    def _write(self, rows: Rows, cameras: Sequence[Camera], prepared: "_Prepared") -> None:
        # One row is written as a slice, which takes a fifth of the time that a list of rows does.
        at = slice(int(rows[0]), int(rows[0]) + 1) if len(rows) == 1 else rows
        for name in _VIEW_COLUMNS:
            getattr(self._views, name)[at] = getattr(prepared.views, name)
        held = self._columns
        held.eyes_m[at] = prepared.eyes_m
        held.carrier[at], held.mount_m[at] = prepared.mounts.carrier, prepared.mounts.mount_m
        held.reach_m[at] = reach = prepared.views.reach_m()
        # The metric frame and a slant distance differ by less than this; candidates must not be lost.
        held.search_m[at] = reach * 1.0005 + 1.0
        held.usable[at] = usable = np.array([camera.status in IN_USE for camera in cameras], bool)
        held.cards[at] = cards_of(prepared.views, prepared.eyes_m, prepared.mounts, usable)
        held.tiers[at] = [camera.tier for camera in cameras]
        held.ward[at] = [self._wards.number(camera.area, camera.tier) for camera in cameras]
        held.alive[at] = True
        for row, camera in zip(rows, cameras, strict=True):
            held.cameras[row] = camera


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """What is computed of cameras before the lock is taken."""

    views: Views
    eyes_m: Floats
    mounts: Mounts

    @classmethod
    def of(cls, cameras: Sequence[Camera], scene: Scene) -> Self:
        places = np.array([(c.lon, c.lat, c.height_m) for c in cameras], float).reshape(-1, 3)
        x, y = scene.to_metric(places[:, 0], places[:, 1])
        eyes = np.ascontiguousarray(np.stack([x, y, places[:, 2]], axis=1))
        return cls(Views.build(cameras), eyes, mounts_of(scene, eyes))


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Arrays (room, …) beside the views."""

    eyes_m: Floats
    carrier: NDArray[np.int32]
    mount_m: Floats
    reach_m: Floats
    search_m: Floats
    usable: NDArray[np.bool_]
    alive: NDArray[np.bool_]
    tiers: NDArray[np.int64]
    ward: NDArray[np.int64]
    cameras: NDArray[np.object_]
    cards: Floats

    @classmethod
    def of(cls, room: int) -> Self:
        kinds: tuple[tuple[tuple[int, ...], Any], ...] = (
            ((room, 3), float),
            ((room,), np.int32),
            ((room,), float),
            ((room,), float),
            ((room,), float),
            ((room,), bool),
            ((room,), bool),
            ((room,), np.int64),
            ((room,), np.int64),
            ((room,), object),
            ((room, WIDE), float),
        )
        return cls(*(np.zeros(shape, kind) for shape, kind in kinds))

    def grown(self, room: int) -> "_Columns":
        return _grown(self, room)


def _grown(columns: Held, room: int) -> Held:
    """The same columns with room for more rows."""
    longer = []
    for field in fields(columns):  # type: ignore[arg-type]  # only dataclasses of arrays come here
        array = getattr(columns, field.name)
        grown = np.zeros((room, *array.shape[1:]), array.dtype)
        grown[: len(array)] = array
        longer.append(grown)
    return type(columns)(*longer)


def _no_views() -> Views:
    return Views.build([])


def _point(place: Target) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    return (place.lon, place.lat, place.aim_height_m), place.aim_m
