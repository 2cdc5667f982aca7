"""A hundred thousand incidents in the store, ten thousand of them open: what that costs a client."""

import itertools
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from layers.incidents.model import Incident
from layers.incidents.states import moved
from tests.browser.conftest import Watched, own_copy, serve, watch
from tests.layers.incidents.builders import an_incident
from tiles.scene import read_build

pytestmark = [pytest.mark.browser, pytest.mark.city]
ALL, STANDING = 100_000, 10_000
BATCH = 5_000
CATEGORIES = ("fire", "medical", "theft", "dispute", "traffic-accident")
STEPS = ((), ("accept",), ("accept", "dispatch"), ("accept", "dispatch", "arrive"))

FRAMES = """async count => {
  const turn = () => new Promise(resolve => requestAnimationFrame(resolve));
  const spent = [];
  for (let i = 0; i < count; i += 1) {
    const { view } = window.geoserver.state();
    const before = performance.now();
    window.geoserver.setView({ ...view, heading: view.heading + (i % 2 ? 0.02 : -0.02) });
    const { frames } = window.geoserver.viewerStats();
    while (window.geoserver.viewerStats().frames === frames) await turn();
    spent.push(performance.now() - before);
  }
  return spent.sort((a, b) => a - b)[Math.floor(count / 2)];
}"""
LONG_TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
  }).observe({ type: 'longtask' });
}"""


def incidents(extent: tuple[float, float, float, float]) -> Iterator[Incident]:
    """All of them, evenly over the city's extent; the first ones stand, the others are closed."""
    west, south, east, north = extent
    now = datetime.now(UTC)
    for k in range(ALL):
        reported = now - timedelta(seconds=k * 40)
        incident = an_incident(
            f"many-{k}",
            lon=west + (east - west) * ((k * 0.618034) % 1),
            lat=south + (north - south) * ((k * 0.754878) % 1),
            category=CATEGORIES[k % 5],
            severity=1 + k % 4,
            reported_at=reported,
        )
        for step in STEPS[k % 4] if k < STANDING else ("close",):
            incident = moved(incident, step, at=reported, by="local", unit="unit-1" if step == "dispatch" else "")
        yield incident


@pytest.fixture(scope="module")
def full_server(demo_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose city has them all."""
    copy = own_copy(demo_city, tmp_path_factory.mktemp("full") / "city")
    store = SqliteStore.open(Settings(folder=copy).database)
    rows = incidents(tuple(read_build(copy)["city"]["extent"]))
    while some := [Write.put(one, 0) for one in itertools.islice(rows, BATCH)]:
        store.commit(some)
    store.close()
    yield from serve(copy)
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def full(browser: Browser, full_server: str) -> Iterator[Watched]:
    yield from watch(browser, full_server)


def test_ten_thousand_of_a_hundred_thousand_cost_little_more_than_none(full: Watched) -> None:
    page, held = full.page, True
    waiting: list[Route] = []

    def route(asked: Route) -> None:
        """Holds the list back, so that the scene without incidents can be measured first."""
        if held:
            waiting.append(asked)
        else:
            asked.continue_()

    page.route("**/api/incidents?*", route)
    full.open()
    page.wait_for_timeout(1500)
    empty_ms = page.evaluate(FRAMES, 12)
    assert page.evaluate("() => window.geoserver.state().incidents.size") == 0
    page.evaluate(LONG_TASKS)
    held, start = False, time.monotonic()
    for asked in waiting:
        asked.continue_()
    page.wait_for_function("n => window.geoserver.state().incidents.size >= n", arg=STANDING)
    page.wait_for_function("() => window.geoserver.signs().some(sign => sign.startsWith('incident:'))")
    came_s = time.monotonic() - start
    page.wait_for_timeout(1500)
    full_ms = page.evaluate(FRAMES, 12)
    page.click("#open-queue")
    listed = page.locator("#incidents")
    # The demo city has some of its own.
    expect(listed).to_have_attribute("data-count", re.compile(rf"^{STANDING // 1000}\d{{3}}$"))
    shown = sum(sign.startswith("incident:") for sign in page.evaluate("() => window.geoserver.signs()"))
    page.fill("#incident-search", "many-9998")
    expect(listed).to_have_attribute("data-count", "1")
    page.locator("#incidents, .desk").get_by_text("已归档").first.click()
    page.fill("#incident-search", "")
    expect(listed).to_contain_text(re.compile(rf"{(ALL - STANDING) // 1000},\d{{3}} 起"))
    longest = page.evaluate("() => window.longest")
    print(
        f"{ALL} incidents, {STANDING} of them open; a picture of the empty scene takes {empty_ms:.0f} ms, with all "
        f"markers {full_ms:.0f} ms: {full_ms / empty_ms:.2f} x; there after {came_s:.1f} s, longest task "
        f"{longest:.0f} ms, {shown} stand alone"
    )
    assert 0 < shown < 600, "more than a screen can hold are drawn together"
    assert full_ms < 4 * empty_ms
