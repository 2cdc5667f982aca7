"""The time slider: the past shown as it was, unmistakably, played, and left again."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import Watched
from tests.browser.test_incidents import centre, live

pytestmark = [pytest.mark.browser, pytest.mark.city]
D = 0.003
AT = "() => window.geoserver.state().replay?.at ?? 0"
CAR = "id => { const { lon, lat } = window.geoserver.state().movers.get(`vehicle:${id}`) ?? {}; return [lon, lat]; }"
THERE = "([id, lon]) => Math.abs((window.geoserver.state().movers.get(`vehicle:${id}`)?.lon ?? 0) - lon) < 1e-6"


def asked(base: str, method: str, path: str, **body: Any) -> dict[str, Any]:
    answer = getattr(door, method)(f"{base}{path}", json=body, timeout=60)
    answer.raise_for_status()
    return dict(answer.json())


def drive(base: str, vehicle: str, lon: float, lat: float) -> None:
    at = datetime.now(UTC).isoformat()
    asked(base, "post", "/api/fixes", fixes=[{"vehicle": vehicle, "at": at, "lon": lon, "lat": lat, "speed_m_s": 9}])


def moved_on(base: str, incident: str, *steps: str) -> None:
    for version, step in enumerate(steps, 1):
        more = {"unit": "one"} if step == "dispatch" else {}
        asked(base, "post", f"/api/incidents/{incident}/{step}", version=version, **more)


def test_slide_back_see_what_was_play_and_come_back(editing: Watched) -> None:
    editing.open()
    live(editing)
    page, base = editing.page, editing.base
    lon, lat = centre(editing)
    car = asked(base, "post", "/api/vehicles", name="巡逻七号", type="patrol", lon=lon, lat=lat)["id"]
    incident = asked(base, "post", "/api/incidents", category="fire", lon=lon, lat=lat, address="老地方")["id"]
    drive(base, car, lon, lat)
    time.sleep(1.1)
    then = time.time() * 1e3
    time.sleep(1.1)
    drive(base, car, lon + D, lat)
    moved_on(base, incident, "accept", "dispatch", "arrive", "resolve", "close")
    editing.look(lon, lat, 2500, pitch=-89)
    page.wait_for_function(THERE, arg=[car, lon + D])
    page.wait_for_function("id => !window.geoserver.state().incidents.has(id)", arg=incident)

    page.locator("#replay-open").click()
    strip = page.locator("#replay-strip")
    expect(strip.locator(f'[data-incident="{incident}"]')).to_have_count(1)
    box = strip.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 10)
    expect(page.locator("#replay-frame")).to_be_visible()
    assert page.evaluate(AT) < then - 3_600_000
    # The very second is reached by the address, as by a link that somebody was sent.
    moment = datetime.fromtimestamp(then / 1e3, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    page.evaluate("at => window.geoserver.state().replayAt(at)", then)
    page.wait_for_function("id => window.geoserver.state().incidents.has(id)", arg=incident)
    assert page.evaluate("id => window.geoserver.state().incidents.get(id).state", incident) == "reported"
    page.wait_for_function(THERE, arg=[car, lon])
    assert f"t={moment}" in page.url
    page.evaluate("id => window.geoserver.state().openIncident(id)", incident)
    expect(page.locator("#incident-panel")).to_have_attribute("data-state", "reported")
    page.keyboard.press("t")  # would accept it
    page.wait_for_timeout(300)
    assert page.evaluate("id => window.geoserver.state().incidents.get(id).state", incident) == "reported"

    page.keyboard.press("Space")
    page.wait_for_function("([id, lon]) => window.geoserver.state().movers.get(`vehicle:${id}`)?.lon > lon + 1e-5",
                           arg=[car, lon])  # fmt: skip
    page.keyboard.press("Space")
    expect(page.locator("#replay-play")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("l")
    expect(page.locator("#replay-frame")).to_have_count(0)
    page.wait_for_function("id => !window.geoserver.state().incidents.has(id)", arg=incident)
    page.wait_for_function(THERE, arg=[car, lon + D])
    assert "t=" not in page.url.split("?", 2)[-1]


def test_a_link_restores_the_moment(editing: Watched) -> None:
    base = editing.base
    editing.open()
    lon, lat = centre(editing)
    incident = asked(base, "post", "/api/incidents", category="theft", lon=lon, lat=lat)["id"]
    time.sleep(1.1)
    then = datetime.now(UTC).replace(microsecond=0)
    time.sleep(1.1)
    moved_on(base, incident, "accept")
    editing.page.goto("about:blank")
    editing.open(f"#/operate?i={incident}&t={then.isoformat().replace('+00:00', 'Z')}&lang=en")
    expect(editing.page.locator("#replay-frame")).to_contain_text("REPLAY")
    expect(editing.page.locator("#incident-panel")).to_have_attribute("data-state", "reported")
    expect(editing.page.locator("#replay-bar")).to_contain_text("No recording is kept")
