"""Who is in which geofence, and which crossings follow from new positions. Pure: the caller keeps the state.

A thing that stands at the border, or whose positions are rough, would cross it again and again. So it is in a fence
once it is inside the polygon, and out again only when it is ``MARGIN_M`` away from it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import shapely

from layers.crossings import Way
from layers.zones import Watch, Zone

MARGIN_M = 15.0
"""So far outside a fence a thing has to be to have left it; more than a good position is wrong by."""
_METRES_PER_DEGREE = 111_320.0
Mover = tuple[str, str]
"""Kind and id."""


@dataclass(frozen=True, eq=False)
class Fence:
    """A zone whose crossing is told."""

    zone: Zone

    @cached_property
    def shape(self) -> Any:
        """The polygon, in degrees; its border belongs to it."""
        polygon = shapely.Polygon(self.zone.rings[0], self.zone.rings[1:])
        shapely.prepare(polygon)
        return polygon

    @property
    def watch(self) -> Watch:
        """Which crossings are told."""
        return self.zone.watch

    def is_in(self, lon: float, lat: float, before: bool | None) -> bool:
        """Whether a thing is in, after it was (True), was not, or was not heard of (None)."""
        if bool(shapely.intersects_xy(self.shape, lon, lat)):
            return True
        return bool(before) and self._away_m(lon, lat) < MARGIN_M

    def _away_m(self, lon: float, lat: float) -> float:
        """Metres from the polygon, good to a hundredth for what is near."""
        near = shapely.shortest_line(self.shape, shapely.Point(lon, lat))
        (x0, y0), (x1, y1) = shapely.get_coordinates(near)
        return _METRES_PER_DEGREE * math.hypot((x1 - x0) * math.cos(math.radians(lat)), y1 - y0)


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a thing was at a time, seconds since 1970-01-01 UTC."""

    mover: Mover
    lon: float
    lat: float
    time_s: float


@dataclass(frozen=True, slots=True)
class Crossed:
    """A crossing: of which fence, which way, at which fix."""

    fence: Fence
    fix: Fix
    way: Way


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one thing stands: since which time that is known, and the ids of the fences it is in."""

    time_s: float
    within: frozenset[str]


@dataclass(frozen=True, eq=False)
class Fences:
    """All fences, found by place. A value."""

    fences: tuple[Fence, ...] = ()
    _by_id: Mapping[str, Fence] = field(default_factory=dict)

    @classmethod
    def of(cls, zones: Iterable[Zone]) -> Self:
        """Of those zones whose crossing is told."""
        fences = tuple(Fence(zone) for zone in zones if zone.geofence)
        return cls(fences, {fence.zone.id: fence for fence in fences})

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([fence.shape for fence in self.fences])

    def crossed(self, fix: Fix, before: Standing | None) -> tuple[Standing, list[Crossed]]:
        """Where a thing stands after a fix, and the crossings to be told.

        The first fix of a thing is no crossing, wherever it is; one that is not later than what is known changes
        nothing.
        """
        if before is not None and fix.time_s <= before.time_s:
            return before, []
        was = before.within if before is not None else frozenset[str]()
        within = {
            fence.zone.id for fence in self._near(fix, was) if fence.is_in(fix.lon, fix.lat, fence.zone.id in was)
        }
        after = Standing(fix.time_s, frozenset(within))
        if before is None:
            return after, []
        entered = [Crossed(self._by_id[id_], fix, "enter") for id_ in sorted(within - was)]
        left = [Crossed(self._by_id[id_], fix, "leave") for id_ in sorted(was - within) if id_ in self._by_id]
        return after, [one for one in (*left, *entered) if one.fence.watch in (one.way, "both")]

    def _near(self, fix: Fix, was: frozenset[str]) -> Iterable[Fence]:
        """The fences whose box holds the place, and those that the thing was in."""
        found = {self.fences[i].zone.id for i in self._tree.query(shapely.Point(fix.lon, fix.lat)).tolist()}
        return [self._by_id[id_] for id_ in sorted(found | (was & self._by_id.keys()))]
