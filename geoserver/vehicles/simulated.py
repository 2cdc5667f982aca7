"""Vehicles of a simulated city: they go their rounds on its roads, and to incidents that they are sent to.

Only those are driven whose ids say that they are simulated. Some are off duty, and some fall silent for a while, as
radios do: both are seen in the client. Headings are from grid north, which is within a degree of true north.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import shapely
from shapely.geometry import shape

from geoserver.series.fixes import Batch
from geoserver.services import Services
from geoserver.storage.store import Query
from geoserver.town_network import metric, router_of
from geoserver.vehicles.taking import Row, Taking
from layers.incidents.model import Incident
from layers.routing.rounds import Beats, Rounds, sampled
from layers.routing.spots import NOWHERE
from layers.tracks.track import FIX, Fixes
from layers.vehicles import Vehicle
from layers.zones import Zone
from tiles.geodesy import Floats

DRIVEN: Final = "SIM-"
ACTOR: Final = "simulation"
BACK_S: Final = 7_200.0
BACK_EVERY_S: Final = 10.0
SILENT_OF: Final = 12
"""One in so many falls silent now and then."""
SILENT_S: Final = 900
AT_ONCE: Final = 20_000


class Simulated:
    """The vehicles of one simulated city. Used from one thread at a time."""

    def __init__(self, services: Services, taking: Taking) -> None:
        self._services, self._taking = services, taking
        self._rounds: dict[str, Rounds] = {}
        self._errands: dict[str, str] = {}
        self._version = ""

    def begin(self, now_s: float) -> int:
        """Put them on the roads, with what they drove lately where nobody knows of it; how many fixes these are."""
        found = self._taking.series.around(round(now_s * 1e3), round(BACK_S * 1e3))
        last = dict(zip(found.vehicles, zip(found.before["lon"], found.before["lat"], strict=True), strict=True))
        vehicles = self._vehicles()
        if any(id_ in last for id_ in vehicles):
            self._place(vehicles, now_s, last)
            return 0
        began = now_s - BACK_S
        self._place(vehicles, began, {})
        return self._look_back(vehicles, began, now_s)

    def step(self, now_s: float) -> int:
        """Tell where they are now; how many did."""
        vehicles = self._vehicles()
        if self._services.now.town.scene.version != self._version or vehicles.keys() - self._rounds.keys():
            self._place(vehicles, now_s, {})
        self._send(vehicles, now_s)
        heard = [id_ for id_, one in vehicles.items() if one.duty != "off-duty" and not silent(id_, now_s)]
        told = np.array([self._rounds[id_].at(now_s) for id_ in heard]).reshape(-1, 4)
        known = ~np.isnan(told[:, 0])
        ids = [id_ for id_, good in zip(heard, known.tolist(), strict=True) if good]
        rows = self._rows(told[known], np.full(len(ids), now_s))
        if ids:
            self._taking.take_own(ids, rows, ACTOR)
        return len(ids)

    def _vehicles(self) -> Mapping[str, Vehicle]:
        return {id_: one for id_, one in self._taking.garage.vehicles.items() if id_.startswith(DRIVEN)}

    def _place(self, vehicles: Mapping[str, Vehicle], begins_s: float, last: Mapping[str, tuple[float, float]]) -> None:
        """Those that are not on the roads yet; after a new build all of them, anew."""
        town = self._services.now.town
        if town.scene.version != self._version:
            self._rounds, self._errands, self._version = {}, {}, town.scene.version
        ordered = sorted(vehicles.values(), key=lambda one: one.id)
        stations = list(dict.fromkeys((one.lon, one.lat) for one in ordered))
        router = router_of(town)
        fences = [
            shapely.transform(shapely.boundary(shape(zone.geometry)), lambda points: metric(town, *points.T))
            for zone in self._services.store.find(Query("zone"))
            if isinstance(zone, Zone) and zone.watch != "none"
        ]
        beats = Beats(router, metric(town, *np.array(stations).reshape(-1, 2).T), fences)
        for one in ordered:
            if one.id not in self._rounds:
                start = router.snap(metric(town, *last[one.id])) if one.id in last else None
                start = None if start is None or start.arcs[0] == NOWHERE else start
                self._rounds[one.id] = Rounds(one.id, beats, stations.index((one.lon, one.lat)), begins_s, start)

    def _send(self, vehicles: Mapping[str, Vehicle], now_s: float) -> None:
        for id_, one in vehicles.items():
            if self._errands.get(id_, "") == one.incident:
                continue
            found = self._services.store.get("incident", one.incident) if one.incident else None
            place = metric(self._services.now.town, found.lon, found.lat)[0] if isinstance(found, Incident) else None
            self._rounds[id_].send(None if place is None else (float(place[0]), float(place[1])), now_s)
            self._errands[id_] = one.incident

    def _look_back(self, vehicles: Mapping[str, Vehicle], began_s: float, now_s: float) -> int:
        times = np.arange(began_s, now_s, BACK_EVERY_S, np.float64)
        ids: list[str] = []
        fixes = []
        for id_, one in vehicles.items():
            if one.duty == "off-duty":
                continue
            told = sampled(list(self._rounds[id_].drive(now_s)), times)
            heard = ~np.isnan(told[:, 0]) & ~np.array([silent(id_, at) for at in times.tolist()])
            fixes.append(self._fixes(told[heard], times[heard]))
            ids += [id_] * int(heard.sum())
        every = np.concatenate(fixes) if fixes else np.zeros(0, FIX)
        for start in range(0, len(every), AT_ONCE):
            self._taking.series.put(Batch(ids[start : start + AT_ONCE], every[start : start + AT_ONCE]))
        return len(every)

    def _fixes(self, told: Floats, times_s: Floats) -> Fixes:
        made = np.zeros(len(told), FIX)
        lon, lat = self._services.now.town.scene.to_lonlat(told[:, 0], told[:, 1])
        made["time_ms"], made["lon"], made["lat"] = np.round(times_s * 1e3), lon, lat
        made["height_m"], made["heading_deg"], made["speed_m_s"] = np.nan, told[:, 2], told[:, 3]
        return made

    def _rows(self, told: Floats, times_s: Floats) -> list[Row]:
        return [
            (time_ms, lon, lat, None, heading, speed)
            for time_ms, lon, lat, _, heading, speed in self._fixes(told, times_s).tolist()
        ]


def silent(id_: str, time_s: float) -> bool:
    """Whether a vehicle is not heard of at a time, though it drives."""
    mark = zlib.crc32(f"silent {id_}".encode())
    return mark % SILENT_OF == 0 and (int(time_s) // SILENT_S + mark // SILENT_OF) % 3 == 0


def is_driven(vehicles: Iterable[str]) -> bool:
    """Whether there is any to drive."""
    return any(id_.startswith(DRIVEN) for id_ in vehicles)
