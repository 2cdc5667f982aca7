"""For random moments of a day the replayed situation equals what was live then.

``python -m tests.judges.replayed [--moments 100] [--engine sqlite|postgres|both] [--seed 1]`` has a day's things happen
to a served city, pressed together, and after random numbers of them keeps what a client of the live feed knows. Then
it asks the server how it was at each of these moments, and how it went on from each to the next.

A replay tells what is known now: where a fix came after a moment and is of before it, live could not know it. Those
are expected in the place of what was live, one by one, and counted.
"""

import argparse
import contextlib
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson

from geoserver.health.kept import KeptHealth
from geoserver.live.positions import SILENT_S
from geoserver.replay.moved import HEAD
from geoserver.services import Now, Services
from geoserver.settings import Settings
from geoserver.storage.store import JournalQuery, Write
from geoserver.town import Town
from tests import door
from tests.contract.conftest import Place
from tests.contract.get_postgres import Cluster, needed
from tests.geoserver.conftest import cameras, flat_scene, serving
from tests.judges.replayed_day import Day, Sent
from tests.judges.replayed_live import Listener, listening

TOPICS = ("incidents", "zones", "checkpoints", "vehicles", "units")
KINDS = ",".join((*TOPICS, "positions", "conditions"))
Records = dict[str, dict[str, Any]]
Positions = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Seen:
    """What was live at a moment; ``late``: how many vehicles a fix that came later tells more of."""

    time: datetime
    records: Records
    positions: Positions
    conditions: dict[str, tuple[bool | None, tuple[str, ...]]]
    late: int = 0

    @property
    def time_ms(self) -> int:
        return round(self.time.timestamp() * 1e3)


@dataclass(frozen=True)
class Outcome:
    """How many moments were equal, how many steps from one to the next, what differed, what had happened."""

    moments: int
    equal: int
    steps: int
    equal_steps: int
    late: int
    done: dict[str, int]
    differences: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether all was as it had been."""
        return self.equal == self.moments and self.equal_steps == self.steps


@contextlib.contextmanager
def served(place: Place, folder: Path) -> Iterator[tuple[Services, Settings, str]]:
    """A server over a flat town with six cameras and a unit."""
    url = place.address if isinstance(place.address, str) else None
    settings = Settings(folder=folder, client=folder, database_url=url, health="off")
    store = place.open()
    store.commit([Write.put(camera, 0) for camera in cameras()])
    services = Services(store, Now.of(Town.of_scene(flat_scene(), folder), store), folder / "cache")
    with contextlib.closing(services), serving(settings, services) as address:
        yield services, settings, address


def judge(place: Place, folder: Path, moments: int, seed: int = 1) -> Outcome:
    """Have things happen, look at so many moments, and compare."""
    with served(place, folder) as (services, settings, address), contextlib.ExitStack() as stack:
        web = stack.enter_context(door.Client(base_url=address, timeout=60))
        health = stack.enter_context(contextlib.closing(KeptHealth.open(settings.database)))
        live = stack.enter_context(listening(address, TOPICS))
        web.post("/api/units", json={"id": "one", "name": "one", "lon": 106.8, "lat": 39.6}).raise_for_status()
        day = Day(web, health, random.Random(seed))
        seen = [_moment(day, live, services) for _ in range(moments)]
        return _compared(web, [_with_late(one, day.sent, i) for i, one in enumerate(seen)], day.done)


def _moment(day: Day, live: Listener, services: Services) -> Seen:
    """Some things happen; once all are told, what is live."""
    for _ in range(day.chance.randint(1, 14)):
        day.act()
    if day.chance.random() < 0.25:
        day.check_cameras()
    head = next(services.store.search(JournalQuery(changes=True, limit=1))).seq
    latest = _latest(day.sent)
    live.wait(lambda one: one.has_reached(head) and _has(one, latest) and _knows(one, day))
    time.sleep(0.003)
    now = datetime.now(UTC)
    time.sleep(0.003)
    day.moments += 1
    silent_ms = now.timestamp() * 1e3 - SILENT_S * 1e3
    positions = {id_: where for id_, where in live.places.items() if where[2] > silent_ms}
    there = positions.keys() & live.records["vehicles"].keys()
    records = {topic: dict(some) for topic, some in live.records.items()}
    _agrees(day.web, records["vehicles"], positions)
    return Seen(now, records, {id_: positions[id_] for id_ in there}, dict(live.conditions))


def _agrees(web: httpx.Client, vehicles: dict[str, Any], positions: Positions) -> None:
    """What is asked for tells the same as the live feed; of what falls silent in this very moment nothing."""
    for one in web.get("/api/vehicles").json()["features"]:
        told, heard = one["position"], positions.get(one["id"])
        assert one["id"] in vehicles
        if told is not None and heard is not None:
            assert (round(told["lon"] * 1e7), round(told["lat"] * 1e7)) == heard[:2]


def _latest(sent: list[Sent]) -> dict[str, Sent]:
    found: dict[str, Sent] = {}
    for one in sent:
        if one.vehicle not in found or one.time_ms >= found[one.vehicle].time_ms:
            found[one.vehicle] = one
    return found


def _has(live: Listener, latest: dict[str, Sent]) -> bool:
    """Whether the latest of each vehicle was told; of what came when it was all but silent it may not be."""
    edge_ms = (time.time() - SILENT_S + 5) * 1e3
    return all(
        id_ in live.places and live.places[id_][2] == one.time_ms
        for id_, one in latest.items()
        if one.time_ms > edge_ms and id_ in live.records["vehicles"]
    )


def _knows(live: Listener, day: Day) -> bool:
    return all(live.conditions.get(one.camera) == (one.online, one.faults) for one in day.known.values())


def _with_late(one: Seen, sent: list[Sent], number: int) -> Seen:
    """What was live, with the fixes of before that came after."""
    positions, late = dict(one.positions), set()
    for fix in sent:
        known = positions.get(fix.vehicle, (0, 0, 0))[2]
        newest = max(known, one.time_ms - round(SILENT_S * 1e3))
        if fix.after > number and newest < fix.time_ms <= one.time_ms and fix.vehicle in one.records["vehicles"]:
            positions[fix.vehicle] = (round(fix.lon * 1e7), round(fix.lat * 1e7), fix.time_ms)
            late.add(fix.vehicle)
    return replace(one, positions=positions, late=len(late))


def _compared(web: httpx.Client, seen: list[Seen], done: dict[str, int]) -> Outcome:
    differences, equal, equal_steps = [], 0, 0
    told = [_replayed(web, one.time) for one in seen]
    for i, (was, is_) in enumerate(zip(seen, told, strict=True)):
        found = _differing(was, is_)
        equal += not found
        differences += [f"moment {i}: {one}" for one in found]
    for i, (here, there) in enumerate(itertools.pairwise(told)):
        found = _differing(there, _gone_on(web, here, there), ("positions",))
        equal_steps += not found
        differences += [f"step {i}: {one}" for one in found]
    late = sum(one.late for one in seen)
    return Outcome(len(seen), equal, len(seen) - 1, equal_steps, late, done, tuple(differences))


def _replayed(web: httpx.Client, time_: datetime) -> Seen:
    """The situation as the server tells it now."""
    told = web.get("/api/situation/at", params={"time": time_.isoformat(), "kinds": KINDS}).raise_for_status().json()
    assert told["complete"]
    records = {topic: {one["id"]: one for one in told["records"][topic]} for topic in TOPICS}
    columns = (told["positions"][name] for name in ("id", "lon", "lat", "time_ms"))
    positions = {id_: (round(lon * 1e7), round(lat * 1e7), ms) for id_, lon, lat, ms in zip(*columns, strict=True)}
    conditions = {one[0]: (one[1], tuple(one[2])) for one in told["conditions"]}
    return Seen(time_, records, positions, conditions)


def _gone_on(web: httpx.Client, here: Seen, told_then: Seen) -> Seen:
    """What a player comes to from one moment, by changes and fixes, at a later one; conditions aside."""
    until = told_then.time
    span = {"begin": here.time.isoformat(), "end": until.isoformat()}
    records = {topic: dict(some) for topic, some in here.records.items()}
    after: int | None = 0
    while after is not None:
        asked = span | {"kinds": ",".join(TOPICS), "after": after}
        told = web.get("/api/situation/changes", params=asked).raise_for_status().json()
        for row in told["changes"]:
            change = row["change"]
            records[change["topic"]].pop(change["id"], None)
            if change["feature"] is not None:
                records[change["topic"]][change["id"]] = change["feature"]
        after = told["next"]
    positions = here.positions | _moved(web.get("/api/fixes/moving", params=span).raise_for_status().content)
    edge_ms = until.timestamp() * 1e3 - SILENT_S * 1e3
    there = {id_: one for id_, one in positions.items() if id_ in records["vehicles"] and one[2] > edge_ms}
    # Of before a vehicle was on record a fix is told where it is asked for, and not played up to.
    for id_ in records["vehicles"].keys() - here.records["vehicles"].keys() - there.keys():
        if id_ in told_then.positions and told_then.positions[id_][2] <= here.time_ms:
            there[id_] = told_then.positions[id_]
    return Seen(until, records, there, {})


def _moved(body: bytes) -> Positions:
    """The last fix of each vehicle of a piece."""
    _, _, _, count, size, _ = HEAD.unpack_from(body)
    about = orjson.loads(body[HEAD.size : HEAD.size + size])
    at = HEAD.size + size
    forms = enumerate(("<u4", "<i4", "<i4"))
    times, lon, lat = (np.frombuffer(body, form, count, at + 4 * count * i) for i, form in forms)
    found: Positions = {}
    end = 0
    for id_, some in about["vehicles"]:
        end += some
        found[id_] = (int(lon[end - 1]), int(lat[end - 1]), about["begin_ms"] + int(times[end - 1]))
    return found


def _differing(was: Seen, is_: Seen, asked: Sequence[str] = ("positions", "conditions")) -> list[str]:
    """What of a moment is told otherwise: of all records, and of what else is asked for."""
    found = [
        f"{topic} {id_}: {was.records[topic].get(id_)} and {is_.records[topic].get(id_)}"
        for topic in TOPICS
        for id_ in sorted(was.records[topic].keys() | is_.records[topic].keys())
        if was.records[topic].get(id_) != is_.records[topic].get(id_)
    ]
    for name in asked:
        one, other = getattr(was, name), getattr(is_, name)
        found += [
            f"{name} {id_}: {one.get(id_)} and {other.get(id_)}"
            for id_ in sorted(one.keys() | other.keys())
            if one.get(id_) != other.get(id_)
        ]
    return found


def main() -> int:
    """Judge the engines that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    good = True
    for engine in ("sqlite", "postgres") if given.engine == "both" else (given.engine,):
        with tempfile.TemporaryDirectory() as folder, place_of(engine, Path(folder)) as place:
            outcome = judge(place, Path(folder), given.moments, given.seed)
        good &= outcome.good
        print(f"{engine}: {outcome.equal} of {outcome.moments} moments equal,"
              f" {outcome.equal_steps} of {outcome.steps} steps from one to the next;"
              f" {outcome.late} places known better by late fixes; {outcome.done}")  # fmt: skip
        for line in outcome.differences[:20]:
            print(f"  {line}")
    return 0 if good else 1


@contextlib.contextmanager
def place_of(engine: str, folder: Path) -> Iterator[Place]:
    """An empty place of an engine."""
    if engine == "sqlite":
        yield Place("sqlite", folder / "city.sqlite")
        return
    cluster = Cluster.make(needed(), durable=False)
    try:
        yield Place("postgres", cluster.database("replayed"))
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
