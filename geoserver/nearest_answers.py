"""The free vehicles nearest to an incident by road: those heard of lately in order, the others told apart."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from geoserver.live.positions import Board, Position
from geoserver.services import Services
from geoserver.town import Town
from geoserver.town_network import line_told, metric, router_of
from geoserver.vehicles.answers import position_told
from geoserver.vehicles.garage import VEHICLE
from layers.incidents.fitting import fitting
from layers.incidents.model import Incident
from layers.routing.spots import NOWHERE, Spots
from layers.routing.ways import Path, Ways
from layers.vehicles import Vehicle, VehicleType
from tiles.geodesy import Floats

FRESH_S = 120.0
"""Nobody is sent by a place that is older than this."""


@dataclass(frozen=True, slots=True)
class NearestAsked:
    """What is asked for.

    Attributes
    ----------
    types : empty: all
    limit : so many at most of those heard of, and of the others
    routes : whether each is told with its way
    """

    types: Collection[VehicleType]
    limit: int
    routes: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """A vehicle and where it was lately."""

    vehicle: Vehicle
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """Vehicles with the ways from them to one place; the arrays are (n,)."""

    town: Town
    heard: list[_Heard]
    straight_m: Floats
    spots: Spots
    ways: Ways
    seconds: Floats

    @classmethod
    def of(cls, town: Town, incident: Incident, heard: list[_Heard]) -> "_Ranked":
        router = router_of(town)
        place = metric(town, incident.lon, incident.lat)
        places = metric(town, [one.position.lon for one in heard], [one.position.lat for one in heard])
        straight = np.hypot(*(places - place).T) if heard else np.zeros(0)
        ways, spots = router.ways_to(router.snap(place)), router.snap(places)
        return cls(town, heard, straight, spots, ways, ways.seconds(spots))

    def order(self) -> list[int]:
        """By the time that they need; those that cannot come by road last, by how far away they are."""
        ids = [one.vehicle.id for one in self.heard]
        return sorted(range(len(ids)), key=lambda k: (float(self.seconds[k]), float(self.straight_m[k]), ids[k]))


def nearest_answer(
    services: Services, incident: Incident, vehicles: Iterable[Vehicle], asked: NearestAsked
) -> dict[str, Any]:
    """Free vehicles by the time that each needs to an incident.

    One that has not been heard of lately is told apart: it may be anywhere. One that no road leads from to the
    incident comes last, without a time.
    """
    first, seen = fitting(incident.category), list(vehicles)
    free = [one for one in seen if one.duty == "free" and (not asked.types or one.type in asked.types)]
    heard, unheard = _heard(services.positions, free)
    ranked = _Ranked.of(services.now.town, incident, heard)
    away = float(ranked.ways.target.away_m[0])
    return {
        "incident": incident.id,
        "fitting": list(first),
        "fresh_s": FRESH_S,
        "road_m": None if away != away else round(away, 1),
        "matched": len(heard),
        "vehicles": [_told(ranked, k, asked.routes, first) for k in ranked.order()[: asked.limit]],
        "unheard_matched": len(unheard),
        "unheard": [
            _plain(one, first) | {"position": position_told(services.positions.latest(VEHICLE, one.id))}
            for one in unheard[: asked.limit]
        ],
        "sent": _sent(services, ranked.ways, [one for one in seen if one.incident == incident.id], asked, first),
    }


def way_to(town: Town, start: Position, lon: float, lat: float) -> Path | None:
    """The way from where a vehicle is to a place; None where no road leads there."""
    router = router_of(town)
    spots = router.snap(metric(town, start.lon, start.lat))
    return router.ways_to(router.snap(metric(town, lon, lat))).path(spots, 0)


def _sent(
    services: Services, ways: Ways, sent: list[Vehicle], asked: NearestAsked, first: Collection[VehicleType]
) -> list[dict[str, Any]]:
    """The vehicles that were sent already, and how far each still is."""
    town, told = services.now.town, []
    for one in sorted(sent, key=lambda one: one.id):
        position = services.positions.latest(VEHICLE, one.id)
        path = ways.path(ways.router.snap(metric(town, position.lon, position.lat)), 0) if position else None
        told.append(
            _plain(one, first)
            | {
                "position": position_told(position),
                "seconds": round(path.seconds, 1) if path else None,
                "metres": round(path.length_m, 1) if path else None,
            }
            | ({"line": line_told(town, path) if path else None} if asked.routes else {})
        )
    return told


def _heard(board: Board, free: Iterable[Vehicle]) -> tuple[list[_Heard], list[Vehicle]]:
    since = time.time() - FRESH_S
    heard: list[_Heard] = []
    unheard: list[Vehicle] = []
    for one in free:
        position = board.latest(VEHICLE, one.id)
        if position is not None and position.time_s >= since:
            heard.append(_Heard(one, position))
        else:
            unheard.append(one)
    return heard, sorted(unheard, key=lambda one: one.id)


def _told(ranked: _Ranked, k: int, routes: bool, first: Collection[VehicleType]) -> dict[str, Any]:
    one, off = ranked.heard[k], float(ranked.spots.away_m[k])
    path = ranked.ways.path(ranked.spots, k)
    told = _plain(one.vehicle, first) | {
        "position": position_told(one.position),
        "straight_m": round(float(ranked.straight_m[k]), 1),
        "reached": "by-road" if path else "off-road" if ranked.spots.arcs[k] == NOWHERE else "no-way",
        "off_road_m": None if off != off else round(off, 1),
        "seconds": round(path.seconds, 1) if path else None,
        "metres": round(path.length_m, 1) if path else None,
    }
    return told | {"line": line_told(ranked.town, path) if path else None} if routes else told


def _plain(one: Vehicle, first: Collection[VehicleType]) -> dict[str, Any]:
    names = ("id", "version", "name", "name_en", "type", "plate", "call_sign", "phone", "unit")
    return {name: getattr(one, name) for name in names} | {"fits": not first or one.type in first}
