"""What happens on a day, by chance and pressed together: incidents, duty, zones, checkpoints, cameras, fixes."""

import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from geoserver.health.kept import KeptHealth, Outcome
from layers.health.state import Known

HERE = (106.8, 39.6)
FAULTS = ("black", "frozen", "blurred")
STEPS = {
    "reported": "accept",
    "accepted": "dispatch",
    "dispatched": "arrive",
    "on-scene": "resolve",
    "resolved": "close",
}
NEXT = {"accept": "accepted", "dispatch": "dispatched", "arrive": "on-scene", "resolve": "resolved"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A fix that was taken: of which vehicle, when it was there, and after how many moments it came."""

    vehicle: str
    time_ms: int
    lon: float
    lat: float
    after: int


@dataclass
class Day:
    """Does things to a served city; ``moments`` counts those that were looked at so far."""

    web: httpx.Client
    health: KeptHealth
    chance: random.Random
    moments: int = 0
    done: dict[str, int] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)
    _incidents: dict[str, str] = field(default_factory=dict)
    _made: dict[str, list[str]] = field(default_factory=dict)

    def act(self) -> None:
        """One thing, by chance."""
        deeds = (
            self._report, self._move_on, self._move_on, self._mark, self._vehicle, self._duty, self._duty,
            self._zone, self._redraw, self._erase, self._checkpoint, self._drive, self._drive, self._late,
        )  # fmt: skip
        deed = self.chance.choice(deeds)
        if deed():
            name = deed.__name__.strip("_").replace("_", "-")
            self.done[name] = self.done.get(name, 0) + 1

    def check_cameras(self) -> None:
        """A camera goes off or comes back, or its picture is found otherwise."""
        camera, at = self.chance.choice(("north", "south", "turning", "roof")), time.time()
        before = self.known.get(camera, Known(camera))
        faults = tuple(one for one in FAULTS if self.chance.random() < 0.3)
        after = replace(before, online=self.chance.random() < 0.6, since=at, reached_at=at, judged_at=at, faults=faults)
        self.health.put([Outcome(before, after)])
        self.known[camera] = after
        self.done["check"] = self.done.get("check", 0) + 1

    def _report(self) -> bool:
        told = self._post("/api/incidents", category=self.chance.choice(("fire", "theft", "help")), **self._spot())
        self._incidents[told["id"]] = "reported"
        return True

    def _move_on(self) -> bool:
        open_ = [id_ for id_, state in self._incidents.items() if state in STEPS]
        if not open_:
            return False
        id_ = self.chance.choice(open_)
        action = STEPS[self._incidents[id_]]
        body: dict[str, Any] = {"version": self._version("incidents", id_)}
        if action == "dispatch":
            body["unit"] = "one"
        self._post(f"/api/incidents/{id_}/{action}", **body)
        self._incidents[id_] = NEXT.get(action, "closed")
        return True

    def _mark(self) -> bool:
        if not self._incidents:
            return False
        self._post(f"/api/incidents/{self.chance.choice(list(self._incidents))}/note", text="seen")
        return True

    def _vehicle(self) -> bool:
        if len(self._made.get("vehicles", ())) > 8 and self.chance.random() < 0.5:
            return self._remove("vehicles")
        return self._make("vehicles", name="巡逻", type="patrol", **self._spot())

    def _duty(self) -> bool:
        return self._patch("vehicles", duty=self.chance.choice(("free", "busy", "off-duty")))

    def _zone(self) -> bool:
        feature = {"type": "Feature", "geometry": self._ring(), "properties": {"name": "z"}}
        return self._make("zones", **feature)

    def _redraw(self) -> bool:
        return self._patch("zones", geometry=self._ring())

    def _erase(self) -> bool:
        return self._remove("zones")

    def _checkpoint(self) -> bool:
        if len(self._made.get("checkpoints", ())) < 4:
            return self._make("checkpoints", name="k", **self._spot())
        return self._patch("checkpoints", status=self.chance.choice(("in-service", "fault")))

    def _drive(self) -> bool:
        return self._fixes(0)

    def _late(self) -> bool:
        """What was held back for up to two minutes; or a vehicle that has long been silent, about to be forgotten."""
        return self._fixes(self.chance.randint(1_000, 120_000 if self.chance.random() < 0.8 else 602_000))

    def _fixes(self, ago_ms: int) -> bool:
        some = [id_ for id_ in self._made.get("vehicles", ()) if self.chance.random() < 0.6]
        if not some:
            return False
        time_ms = int(time.time() * 1e3) - ago_ms
        rows = [Sent(id_, time_ms, *self._spot().values(), self.moments) for id_ in some]
        fixes = [
            {"vehicle": one.vehicle, "at": datetime.fromtimestamp(one.time_ms / 1e3, UTC).isoformat(),
             "lon": one.lon, "lat": one.lat, "speed_m_s": 5.0}
            for one in rows
        ]  # fmt: skip
        told = self._post("/api/fixes", fixes=fixes)
        assert not told["refused"]
        if told["taken"] == len(rows):
            self.sent += rows
        return True

    def _spot(self) -> dict[str, float]:
        lon, lat = (round(at + self.chance.uniform(-1e-3, 1e-3), 7) for at in HERE)
        return {"lon": lon, "lat": lat}

    def _ring(self) -> dict[str, Any]:
        lon, lat = self._spot().values()
        d = self.chance.uniform(1e-4, 5e-4)
        ring = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat - d]]
        return {"type": "Polygon", "coordinates": [ring]}

    def _make(self, path: str, **body: Any) -> bool:
        self._made.setdefault(path, []).append(str(self._post(f"/api/{path}", **body)["id"]))
        return True

    def _patch(self, path: str, **body: Any) -> bool:
        if not self._made.get(path):
            return False
        id_ = self.chance.choice(self._made[path])
        self._ask("PATCH", f"/api/{path}/{id_}", json={**body, "version": self._version(path, id_)})
        return True

    def _remove(self, path: str) -> bool:
        if not self._made.get(path):
            return False
        id_ = self._made[path].pop(self.chance.randrange(len(self._made[path])))
        self._ask("DELETE", f"/api/{path}/{id_}", params={"version": self._version(path, id_)})
        return True

    def _version(self, path: str, id_: str) -> int:
        return int(self._ask("GET", f"/api/{path}/{id_}").json()["properties"]["version"])

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        return dict(self._ask("POST", path, json=body).json())

    def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        answer = self.web.request(method, path, **how)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer
