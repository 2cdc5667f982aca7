"""From an incident to the vehicle that is there first: told, shown, sent, and busy from then on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import Watched
from tests.browser.test_incidents import centre, live, new_incident, state

pytestmark = [pytest.mark.browser, pytest.mark.city]


def a_vehicle(base: str, name: str, lon: float, lat: float) -> str:
    """A fire engine that has just been heard of at a place."""
    body = {"name": name, "name_en": f"Engine {name}", "type": "fire", "unit": "XF-150302", "lon": lon, "lat": lat}
    made = door.post(f"{base}/api/vehicles", json=body, timeout=60)
    made.raise_for_status()
    id_ = str(made.json()["id"])
    fix = {"vehicle": id_, "at": datetime.now(UTC).isoformat(), "lon": lon, "lat": lat}
    door.post(f"{base}/api/fixes", json={"fixes": [fix]}, timeout=60).raise_for_status()
    return id_


def told(base: str, id_: str) -> Any:
    return door.get(f"{base}/api/vehicles/{id_}", timeout=60).json()["properties"]


def test_the_nearest_is_found_and_sent(editing: Watched) -> None:
    base, page = editing.base, editing.page
    editing.open()
    live(editing)
    lon, lat = centre(editing)
    far, near = a_vehicle(base, "远车", lon + 0.03, lat), a_vehicle(base, "近车", lon + 0.003, lat)
    made = new_incident(base, lon, lat)
    page.wait_for_function("id => window.geoserver.state().incidents.has(id)", arg=made["id"])
    page.evaluate("id => window.geoserver.state().openIncident(id)", made["id"])
    rows = page.locator("#nearest .near")
    expect(rows).to_have_count(2)
    assert [row.get_attribute("data-vehicle") for row in page.locator("#nearest .near .hit").all()] == [near, far]
    # Before somebody has accepted it nobody is sent.
    send = page.locator(f"[data-send='{near}']")
    expect(send).to_be_disabled()
    page.keyboard.press("t")
    expect(send).to_be_enabled()
    page.locator(f"#nearest [data-vehicle='{near}']").hover()
    page.wait_for_function("() => (window.geoserver.state().way ?? []).length > 1")
    send.click()
    page.locator("#nearest-sure").click()
    expect(page.locator("#incident-panel")).to_have_attribute("data-state", "dispatched")
    expect(page.locator(f"#nearest .sent [data-vehicle='{near}']")).to_be_visible()
    expect(rows).to_have_count(2)
    assert (told(base, near)["duty"], told(base, near)["incident"]) == ("busy", made["id"])
    assert told(base, far)["duty"] == "free"
    page.mouse.move(700, 500)
    page.wait_for_function("() => window.geoserver.state().way === null")
    page.keyboard.press("u")
    expect(page.locator("#incident-panel")).to_have_attribute("data-state", "on-scene")
    page.keyboard.press("b")
    expect(page.locator("#incident-panel")).to_have_attribute("data-state", "resolved")
    assert told(base, near)["duty"] == "free"
    assert state(editing, "incident") == made["id"]
