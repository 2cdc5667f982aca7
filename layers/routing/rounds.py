"""How vehicles go their rounds where none report: from one place of their beat to the next, resting in between.

Pure: what is done at a time follows from the seed, the roads and the errands given up to then.
"""

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.routing.network import point_on
from layers.routing.spots import Spots
from layers.routing.ways import Path, Router, Ways
from tiles.geodesy import Floats

BEAT_M: Final = 4_000.0
"""How far from its station a vehicle goes on its rounds."""
PLACES: Final = 7
"""Places of a beat, the station among them."""
REST_S: Final = (40.0, 240.0)
TRIES: Final = 4
BOLD: Final = 0.03
"""So seldom a way over a fence is taken on purpose; each crossing is told to whoever is on duty."""
HOVER_S: Final = 30.0
"""Where there is nowhere to go, it is asked again so much later."""
Errand = tuple[float, float]
"""A place in the metric frame."""


@dataclass(frozen=True, eq=False)
class Leg:
    """A drive along a path, and the rest at its end.

    Attributes
    ----------
    begins_s : since 1970-01-01 UTC
    ends : (1,) where on the roads it ends
    rests_s : infinite for an errand that lasts until it is called off
    """

    begins_s: float
    path: Path
    ends: Spots
    rests_s: float

    @property
    def over_s(self) -> float:
        """When the next one begins."""
        return self.begins_s + self.path.seconds + self.rests_s

    def at(self, times_s: Floats) -> Floats:
        """Where it is at times (k,): (k, 4) of x, y in metres, heading in degrees from grid north, speed in m/s."""
        line, own = self.path.line_m, self.path.times_s
        since = np.clip(times_s - self.begins_s, 0.0, own[-1])
        xy = np.stack([np.interp(since, own, axis) for axis in line.T], axis=1)
        if len(line) < 2:
            return np.concatenate([xy, np.zeros((len(xy), 2))], axis=1)
        piece = np.clip(np.searchsorted(own, since, side="right") - 1, 0, len(line) - 2)
        step = line[piece + 1] - line[piece]
        heading = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360.0
        took = np.maximum(own[piece + 1] - own[piece], 1e-6)
        driving = times_s - self.begins_s < own[-1]
        speed = np.where(driving, np.hypot(*step.T) / took, 0.0)
        return np.concatenate([xy, heading[:, None], speed[:, None]], axis=1)


class Beats:
    """Places to go to around stations, and the ways between them. Not safe to use from many threads.

    ``fences`` : lines that few ways lead over, shapes of shapely
    """

    def __init__(self, router: Router, stations: Floats, fences: Sequence[Any] = (), seed: int = 1) -> None:
        self.router = router
        self._fences = shapely.union_all(list(fences))
        shapely.prepare(self._fences)
        self._over: dict[tuple[int, int], bool] = {}
        nodes = router.network.nodes_m
        rng = np.random.default_rng(seed)
        some = nodes[rng.permutation(len(nodes))[: max(60, 2 * len(stations))]] if len(nodes) else np.zeros((0, 2))
        self._places = router.snap(np.concatenate([stations, some]))
        self._at = np.concatenate([stations, some])
        self._stations = len(stations)
        self._ways: dict[int, Ways] = {}
        self._paths: dict[tuple[int, int], Path | None] = {}

    def of(self, station: int) -> list[int]:
        """Places of a station's beat, itself first."""
        away = np.hypot(*(self._at - self._at[station]).T)
        away[: self._stations] = np.inf
        near = np.argsort(away)[: PLACES - 1]
        return [station, *(int(k) for k in near if away[k] <= BEAT_M)]

    def spot(self, place: int) -> Spots:
        """Where on the roads a place is."""
        return self._places.one(place)

    def ways(self, place: int) -> Ways:
        """All ways to a place."""
        if place not in self._ways:
            self._ways[place] = self.router.ways_to(self.spot(place))
        return self._ways[place]

    def between(self, place: int, other: int) -> Path | None:
        """The way from a place to another, searched once."""
        if (place, other) not in self._paths:
            self._paths[place, other] = self.ways(other).path(self._places, place)
        return self._paths[place, other]

    def over_fence(self, place: int, other: int) -> bool:
        """Whether the way from a place to another leads over a fence."""
        if (place, other) not in self._over:
            path = self.between(place, other)
            far = path is not None and len(path.line_m) > 1
            crosses = far and shapely.intersects(self._fences, shapely.LineString(path.line_m if path else ()))
            self._over[place, other] = bool(crosses)
        return self._over[place, other]


class Rounds:
    """One vehicle on its rounds; told times that do not fall."""

    def __init__(self, id_: str, beats: Beats, station: int, begins_s: float, start: Spots | None = None) -> None:
        self._beats, self._of = beats, beats.of(station)
        self._rng = np.random.default_rng(zlib.crc32(id_.encode()))
        self._place: int | None = None if start is not None else station
        here = start if start is not None else beats.spot(station)
        self.errand: Errand | None = None
        self.leg = _standing(beats.router, here, begins_s, float(self._rng.uniform(0, REST_S[1])))

    def drive(self, end_s: float) -> Iterator[Leg]:
        """The legs from where it is now up to a time, in order."""
        yield self.leg
        while self.leg.over_s < end_s:
            self.leg = self._next(self.leg.over_s)
            yield self.leg

    def at(self, time_s: float) -> tuple[float, float, float, float]:
        """Where it is at a time: x, y, heading, speed."""
        for _ in self.drive(time_s):
            pass
        x, y, heading, speed = self.leg.at(np.array([time_s]))[0].tolist()
        return x, y, heading, speed

    def send(self, errand: Errand | None, time_s: float) -> None:
        """Give it an errand, or call it back from the one that it has."""
        if errand == self.errand:
            return
        self.errand = errand
        x, y, _, _ = self.at(time_s)
        here = self._beats.router.snap(np.array([[x, y]]))
        self._place = None
        goal = self._beats.router.snap(np.array([errand])) if errand is not None else None
        path = self._beats.router.ways_to(goal).path(here, 0) if goal is not None else None
        if goal is not None and path is not None:
            self.leg = Leg(time_s, path, goal, math.inf)
        else:
            # Called back it goes its rounds; where no road leads to its errand it waits where it is.
            self.leg = _standing(self._beats.router, here, time_s, HOVER_S if errand is None else math.inf)

    def _next(self, begins_s: float) -> Leg:
        others = [one for one in self._of if one != self._place]
        rests = float(self._rng.uniform(*REST_S))
        for _ in range(TRIES if others else 0):
            goal = int(others[int(self._rng.integers(len(others)))])
            bold = self._rng.random() < BOLD
            if self._place is not None and not bold and self._beats.over_fence(self._place, goal):
                continue
            path = self._way(goal)
            if path is not None and len(path.line_m) > 1:
                self._place = goal
                return Leg(begins_s, path, self._beats.spot(goal), rests)
        return _standing(self._beats.router, self.leg.ends, begins_s, max(rests, HOVER_S))

    def _way(self, goal: int) -> Path | None:
        if self._place is not None:
            return self._beats.between(self._place, goal)
        return self._beats.ways(goal).path(self.leg.ends, 0)


def _standing(router: Router, spot: Spots, begins_s: float, rests_s: float) -> Leg:
    arc = int(spot.arcs[0])
    # Where no road is near, nothing is driven: such a place is never told.
    point = np.full((1, 2), np.nan) if arc < 0 else point_on(router.network, arc, float(spot.along_m[0]))
    return Leg(begins_s, Path(point, np.zeros(1)), spot, rests_s)


def sampled(legs: Sequence[Leg], times_s: Floats) -> Floats:
    """Where one is at rising times (k,) that its legs cover: (k, 4) as ``Leg.at`` has it."""
    begins = np.array([leg.begins_s for leg in legs])
    which = np.clip(np.searchsorted(begins, times_s, side="right") - 1, 0, len(legs) - 1)
    found = np.zeros((len(times_s), 4))
    for k in np.unique(which).tolist():
        own: NDArray[np.bool_] = which == k
        found[own] = legs[k].at(times_s[own])
    return found
