"""Incidents worked by keyboard, missed and told; a zone at two screens."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from tests import door
from tests.browser.conftest import Watched, watch
from tests.layers.incidents.cap.builders import document, info

pytestmark = [pytest.mark.browser, pytest.mark.city]
SPOT = (660, 430)
"""A pixel of the window that no panel covers."""

NEW_SIGN = """() => {
  const signs = () => window.geoserver.signs().filter(sign => sign.startsWith('incident:'));
  const before = new Set(signs());
  window.newSign = new Promise(resolve => {
    const look = () => {
      const added = signs().find(sign => !before.has(sign));
      if (added) resolve({ id: added.slice('incident:'.length), at: Date.now() });
      else setTimeout(look, 4);
    };
    look();
  });
}"""


@pytest.fixture
def second(browser: Browser, writable_server: str) -> Iterator[Watched]:
    """Somebody else's screen over the same city."""
    yield from watch(browser, writable_server)


def state(watched: Watched, part: str) -> Any:
    """A part of the client's state."""
    return watched.page.evaluate(f"() => window.geoserver.state().{part}")


def live(watched: Watched) -> None:
    """Waits until the client follows the feed."""
    watched.page.wait_for_function("() => ['up', 'back'].includes(window.geoserver.state().live.state)")


def centre(watched: Watched) -> tuple[float, float]:
    """A place in the middle of the first view."""
    home = state(watched, "city.home")
    return home["lon"] + 0.004, home["lat"] + 0.014


def new_incident(base: str, lon: float, lat: float, **fields: Any) -> dict[str, Any]:
    """An incident as a dispatch line sends it."""
    body = {"category": "fire", "severity": 1, "lon": lon, "lat": lat, "address": "测试路1号"} | fields
    answer = door.post(f"{base}/api/incidents", json=body, timeout=60)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made


def test_an_incident_is_taken_dispatched_and_closed_by_keys(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    made = new_incident(editing.base, *centre(editing), category="robbery")
    page.wait_for_function("id => window.geoserver.state().incidents.has(id)", arg=made["id"])
    page.keyboard.press("i")
    row = page.locator(f"#incidents [data-incident='{made['id']}']")
    page.fill("#incident-search", made["id"])
    expect(page.locator("#incidents")).to_have_attribute("data-count", "1")
    row.click()
    panel = page.locator("#incident-panel")
    expect(panel).to_have_attribute("data-state", "reported")
    expect(page.locator("#incident-cameras .hit").first).to_be_visible()
    for key, then in (("t", "accepted"), ("g", None), ("u", "on-scene"), ("b", "resolved")):
        page.keyboard.press(key)
        if key == "g":
            expect(page.locator("#dispatch .ant-select-content")).not_to_be_empty()
            page.keyboard.press("Enter")
            # The next key is pressed at once, as quick hands do; it waits for its turn.
            continue
        expect(panel).to_have_attribute("data-state", str(then))
    page.keyboard.press("o")
    page.wait_for_function("() => window.geoserver.state().pictures.length > 0")
    while state(editing, "pictures.length"):
        page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(panel).to_have_attribute("data-state", "closed")
    told = door.get(f"{editing.base}/api/incidents/{made['id']}", timeout=60).json()
    assert [step["state"] for step in told["steps"]] == [
        "reported", "accepted", "dispatched", "on-scene", "resolved", "closed",
    ]  # fmt: skip
    assert told["properties"]["unit"] or not door.get(f"{editing.base}/api/units", timeout=60).json()["features"]
    assert not state(editing, f"incidents.has('{made['id']}')"), "the archive is not kept on the map"


def test_a_report_by_click_is_soon_on_another_screen(editing: Watched, second: Watched) -> None:
    lon, lat = 0.0, 0.0
    for watched in (second, editing):
        watched.open()
        live(watched)
        lon, lat = centre(watched)
        watched.look(lon, lat, 1600, pitch=-89)
    page = editing.page
    page.click("#open-queue")
    page.click("#report-incident")
    expect(page.locator("#report")).to_be_visible()
    page.mouse.click(*SPOT)
    page.click("#incident_category")
    page.locator(".ant-select-item-option").first.click()
    page.fill("#incident_description", "点图上报")
    second.page.evaluate(NEW_SIGN)
    sent = page.evaluate("() => { document.querySelector('#report [type=submit]').click(); return Date.now(); }")
    expect(page.locator("#incident-panel")).to_be_visible()
    drawn = second.page.evaluate("() => window.newSign")
    print(f"from the click on the button to the marker on another screen: {drawn['at'] - sent} ms")
    told = door.get(f"{editing.base}/api/incidents/{drawn['id']}", timeout=60).json()
    assert "点图上报" in str(told)
    assert drawn["at"] - sent < 10_000  # a machine at its limit; the figure is what is printed


def test_a_break_is_told_and_what_was_missed(editing: Watched) -> None:
    page, cut = editing.page, False
    routes: list[WebSocketRoute] = []

    def route(socket: WebSocketRoute) -> None:
        if cut:
            socket.close(code=1001)
            return
        routes.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/api/live", route)
    editing.open()
    live(editing)
    before = new_incident(editing.base, *centre(editing))
    page.wait_for_function("id => window.geoserver.state().incidents.has(id)", arg=before["id"])
    cut = True
    routes[-1].close(code=1001)
    expect(page.locator("#live-down")).to_be_visible()
    expect(page.locator(".livesign")).to_have_attribute("data-live", "down")
    made = new_incident(editing.base, *centre(editing), address="断线时上报")
    door.post(f"{editing.base}/api/incidents/{before['id']}/accept", json={"version": 1}, timeout=60).raise_for_status()
    assert not state(editing, f"incidents.has('{made['id']}')")
    cut = False
    back = page.locator("#live-back")
    expect(back).to_be_visible()
    expect(back).to_have_attribute("data-missed", "2")
    expect(back.locator(f"[data-incident='{made['id']}']")).to_contain_text("断线时上报")
    back.locator(f"[data-incident='{before['id']}']").click()
    expect(page.locator("#incident-panel")).to_have_attribute("data-state", "accepted")
    back.locator(".ant-alert-close-icon").click()
    expect(back).to_have_count(0)


def test_a_zone_is_drawn_named_and_undone(editing: Watched, second: Watched) -> None:
    for screen in (editing, second):
        screen.open()
        live(screen)
    page = editing.page
    before = state(editing, "zones.size")
    page.click("#open-zones")
    page.click("#draw-zone")
    x, y = SPOT
    for corner in ((x, y), (x + 90, y + 10), (x + 60, y + 90)):
        page.mouse.click(*corner)
        page.wait_for_timeout(600)  # two clicks at once are one double click
    page.keyboard.press("Enter")
    page.fill("#new-zone-form_name", "集会区")
    page.locator("#new-zone-form_watch").click()
    page.locator(".ant-select-item-option", has_text="进出都告知").click()
    page.click("#new-zone button[type=submit]")
    expect(page.locator("#zone")).to_be_visible()
    for screen in (editing, second):
        screen.page.wait_for_function("n => window.geoserver.state().zones.size === n", arg=before + 1)
    zone = state(editing, "zone")
    assert state(second, f"zones.get('{zone}').watch") == "both"
    ring = f"JSON.stringify(window.geoserver.state().zones.get('{zone}')?.geometry)"
    drawn = page.evaluate(ring)
    page.click("#redraw-zone")
    for corner in ((x, y), (x + 40, y + 10), (x + 30, y + 40)):
        page.mouse.click(*corner)
        page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    expect(page.locator("#new-outline")).to_contain_text("集会区")
    page.click("#keep-outline")
    expect(page.locator("#new-outline")).to_have_count(0)
    second.page.wait_for_function(f"drawn => {ring} !== drawn", arg=drawn)
    assert state(second, f"zones.get('{zone}').name") == "集会区"
    page.click("#undo")
    for screen in (editing, second):
        screen.page.wait_for_function(f"drawn => {ring} === drawn", arg=drawn)
    page.click("#undo")
    for screen in (editing, second):
        screen.page.wait_for_function("n => window.geoserver.state().zones.size === n", arg=before)


def test_an_exercise_is_seen_as_one(editing: Watched) -> None:
    """By its words in the bar, the queue and the incident; and no figure counts it."""
    editing.open()
    live(editing)
    page = editing.page
    opened = page.locator("#open-queue")
    real = opened.inner_text()
    lon, lat = centre(editing)
    area = f"<area><areaDesc>演习路</areaDesc><circle>{lat},{lon} 0</circle></area>"
    answer = door.post(
        f"{editing.base}/api/incidents/cap",
        content=document(info(area, severity="Extreme"), status="Exercise"),
        timeout=60,
    )
    (taken,) = answer.json()["alerts"]
    assert (taken["outcome"], taken["exercise"]) == ("made", True), answer.text
    expect(page.locator("#exercises")).to_have_text("演习 1")
    assert opened.inner_text() == real
    page.click("#exercises")
    expect(page.locator("#incidents")).to_have_attribute("data-count", "1")
    row = page.locator(f"#incidents [data-incident='{taken['incident']}']")
    expect(row.locator(".chip.exercise")).to_have_text("演习")
    row.click()
    expect(page.locator("#incident-panel .exercise-band")).to_contain_text("并非真实警情")
    # Chosen, it stands alone, whatever it lies among.
    page.wait_for_function("id => window.geoserver.signs().includes(`incident:${id}`)", arg=taken["incident"])
    opened.click()
    expect(row).to_have_count(0)
