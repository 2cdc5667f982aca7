"""Thousands of moving vehicles in one Chromium: how long a frame takes, and whether the heap stays flat.

``python -m tests.bench.vehicles CITY --vehicles 2000 --minutes 10`` : each vehicle's fix every five seconds over HTTP,
    through the real program and the real client (built before: ``npm run build``), all of them in the picture.
"""

import argparse
import math
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import CDPSession, Page

from geoserver.sealed_store import open_sealed
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.vehicles import DUTIES, VEHICLE_TYPES, Vehicle
from tests import door
from tests.bench.city_streams import chromium, opened_client, page_of
from tests.bench.wall import heap_mb
from tests.browser.conftest import own_copy, serve

EVERY_S = 5.0
BATCH = 1_000
WARM_S = 20.0
MOST_GROWN_MB = 10.0
METRES_PER_DEGREE = 111_320.0
SPREAD_M = 2_500.0
SHOWN_MS = 180_000

RECORD = """() => {
  window.frames_ms = [];
  let last;
  const go = time => {
    if (last !== undefined) window.frames_ms.push(time - last);
    last = time;
    requestAnimationFrame(go);
  };
  requestAnimationFrame(go);
}"""
TAKE = "() => window.frames_ms.splice(0)"
PICTURES = "() => window.geoserver.viewerStats().frames"
DRAWN = "n => window.geoserver.signs().filter(one => one.startsWith('unit:vehicle:')).length >= n"
PLACES = """keys => keys.map(key => window.geoserver.moving(key)).map(at => at && [at.lon, at.lat])"""


class Fleet:
    """Vehicles that drive straight on, turn now and then, and turn back at the edge."""

    def __init__(self, ids: Sequence[str], lon: float, lat: float) -> None:
        self.ids, self._middle = ids, (lon, lat)
        self._wide = METRES_PER_DEGREE * math.cos(math.radians(lat))
        chance = random.Random(6)
        self._chance = chance
        self._x = [chance.uniform(-SPREAD_M, SPREAD_M) for _ in ids]
        self._y = [chance.uniform(-SPREAD_M, SPREAD_M) for _ in ids]
        self._heading = [chance.choice((0.0, 90.0, 180.0, 270.0)) for _ in ids]
        self._speed = [chance.uniform(4, 16) for _ in ids]

    def step(self, seconds: float) -> list[dict[str, Any]]:
        """Drives on for so long; where all are then."""
        at = datetime.now(UTC).isoformat()
        return [self._drive(i, seconds) | {"vehicle": id_, "at": at} for i, id_ in enumerate(self.ids)]

    def _drive(self, i: int, seconds: float) -> dict[str, Any]:
        if self._chance.random() < 0.1:
            self._heading[i] = (self._heading[i] + self._chance.choice((90, 270))) % 360
        way, turn = self._speed[i] * seconds, math.radians(self._heading[i])
        self._x[i] += way * math.sin(turn)
        self._y[i] += way * math.cos(turn)
        if max(abs(self._x[i]), abs(self._y[i])) > SPREAD_M:
            self._heading[i] = math.degrees(math.atan2(-self._x[i], -self._y[i])) % 360
        lon, lat = self._middle
        return {
            "lon": lon + self._x[i] / self._wide,
            "lat": lat + self._y[i] / METRES_PER_DEGREE,
            "heading_deg": self._heading[i],
            "speed_m_s": self._speed[i],
        }


def registered(city: Path, count: int) -> list[str]:
    """Puts so many vehicles into a city's records; their ids."""
    settings = Settings(folder=city)
    store = open_sealed(settings.database, settings.vault_key)
    try:
        made = [
            Vehicle(
                id=f"bench-{i}", name=f"车 {i}", call_sign=f"B-{i}", lon=106.8, lat=39.6, area="150302",
                type=VEHICLE_TYPES[i % len(VEHICLE_TYPES)], duty=DUTIES[i // 5 % len(DUTIES)],
            )
            for i in range(count)
        ]  # fmt: skip
        store.commit([Write.put(one, 0) for one in made])
        return [one.id for one in made]
    finally:
        store.close()


@contextmanager
def driving(address: str, fleet: Fleet) -> Iterator[list[float]]:
    """Sends the fleet's fixes every few seconds until left; how long each round took."""
    stop, took = threading.Event(), list[float]()

    def drive() -> None:
        with httpx.Client(base_url=address, headers=door.headers(address), timeout=60) as web:
            due = time.monotonic()
            while not stop.is_set():
                began = time.monotonic()
                rows = fleet.step(EVERY_S)
                for first in range(0, len(rows), BATCH):
                    web.post("/api/fixes", json={"fixes": rows[first : first + BATCH]}).raise_for_status()
                took.append(time.monotonic() - began)
                due += EVERY_S
                stop.wait(max(0, due - time.monotonic()))

    thread = threading.Thread(target=drive, daemon=True)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join(timeout=60)


def watched(page: Page, cdp: CDPSession, seconds: float) -> tuple[list[float], list[float], float]:
    """Frame times (ms), heaps over the time (MB), and pictures a second that were drawn."""
    page.wait_for_timeout(WARM_S * 1000)
    page.evaluate(RECORD)
    heaps, frames = [heap_mb(cdp)], list[float]()
    began, pictures = time.monotonic(), page.evaluate(PICTURES)
    page.evaluate(TAKE)
    while time.monotonic() - began < seconds:
        page.wait_for_timeout(min(1000 * seconds / 20, 15_000))
        frames += page.evaluate(TAKE)
        heaps.append(heap_mb(cdp))
        # What the collection of all that is free took is the bench's own doing.
        page.evaluate(TAKE)
    drawn = (page.evaluate(PICTURES) - pictures) / (time.monotonic() - began)
    return frames, heaps, drawn


def main(given: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument("--vehicles", type=int, default=2_000)
    parser.add_argument("--minutes", type=float, default=10)
    arguments = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        copy = own_copy(arguments.city, Path(folder) / "city")
        ids = registered(copy, arguments.vehicles)
        for address in serve(copy):
            home = door.get(f"{address}/api/city", timeout=60).json()["home"]
            fleet = Fleet(ids, home["lon"] + 0.004, home["lat"] + 0.014)
            with page_of(browser, address) as page, driving(address, fleet) as took:
                opened_client(page, address)
                view = {"lon": home["lon"] + 0.004, "lat": home["lat"] - 0.02, "height": 4_500, "pitch": -52}
                page.evaluate("v => window.geoserver.setView(v)", view)
                page.wait_for_function(DRAWN, arg=arguments.vehicles, timeout=SHOWN_MS)
                cdp = page.context.new_cdp_session(page)
                keys = [f"vehicle:{id_}" for id_ in ids[:200]]
                before = page.evaluate(PLACES, keys)
                frames, heaps, drawn = watched(page, cdp, arguments.minutes * 60)
                moved = sum(a != b for a, b in zip(before, page.evaluate(PLACES, keys), strict=True))
    grown = statistics.median(heaps[-3:]) - statistics.median(heaps[:3])
    p95 = statistics.quantiles(frames, n=20)[-1]
    print(
        f"{arguments.vehicles} vehicles, a fix each every {EVERY_S:.0f} s; sending them took {max(took):.2f} s at most"
    )
    print(f"of 200 looked at, {moved} had moved; {drawn:.1f} pictures a second were drawn")
    print(f"frame: median {statistics.median(frames):.1f} ms, 95 of 100 below {p95:.1f} ms, {len(frames)} frames")
    print(f"heap: {heaps[0]:.1f} MB at first, {heaps[-1]:.1f} MB at last, median change {grown:+.1f} MB")
    raise SystemExit(0 if moved > 150 and grown < MOST_GROWN_MB else 1)


if __name__ == "__main__":
    main()
