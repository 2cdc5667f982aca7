"""The city's own vehicles: seen moving, silent and gone; listed; their tracks; crossings of fences told once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import door
from tests.browser.conftest import SLOW_MS, Watched
from tests.browser.test_incidents import centre, live
from tests.browser.test_units import D, fence

pytestmark = [pytest.mark.browser, pytest.mark.city]
CESIUM = Path(__file__).parents[2] / "frontend/node_modules/cesium/Build/Cesium/Cesium.js"
EYE_M = 1_900
"""Ellipsoidal height of the eye: some 850 m above the ground."""
LATER = "ms => { const real = Date.now.bind(Date); Date.now = () => real() + ms; }"
"""The page's clock goes on by so much, and all that it knows is so much older."""

GLIDE = """key => new Promise(resolve => {
  const seen = [];
  const look = () => {
    const at = window.geoserver.moving(key);
    const mover = window.geoserver.state().movers.get(key);
    if (!at || !mover) return resolve([NaN]);
    seen.push(at.lon);
    if (Math.abs(at.lon - mover.lon) < 1e-9) resolve(seen);
    else requestAnimationFrame(look);
  };
  look();
})"""
"""Where a vehicle is drawn, picture by picture, until it has reached the place that was last told."""

READ = """async ([url, times]) => {
  const source = await new Cesium.CzmlDataSource().load(url);
  const [entity] = source.entities.values;
  const scratch = new Cesium.Cartesian3();
  return times.map(time => {
    const at = entity.position.getValue(Cesium.JulianDate.fromDate(new Date(time)), scratch);
    if (!at) return null;
    const place = Cesium.Cartographic.fromCartesian(at);
    return [Cesium.Math.toDegrees(place.longitude), Cesium.Math.toDegrees(place.latitude)];
  });
}"""


def made(base: str, lon: float, lat: float, **fields: Any) -> str:
    """A vehicle with its station at a place; its id."""
    body = {"name": "巡逻七号", "type": "patrol", "call_sign": "P-07", "plate": "蒙C·7007", "lon": lon, "lat": lat}
    answer = door.post(f"{base}/api/vehicles", json=body | fields, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["id"])


def sent(base: str, *fixes: tuple[str, datetime, float, float], speed: float | None = 9.0) -> list[dict[str, Any]]:
    """Fixes, as a fleet's receivers send them; the crossings that follow."""
    rows = [
        {"vehicle": id_, "at": at.isoformat(), "lon": lon, "lat": lat, "heading_deg": 90, "speed_m_s": speed}
        for id_, at, lon, lat in fixes
    ]
    answer = door.post(f"{base}/api/fixes", json={"fixes": rows}, timeout=60)
    answer.raise_for_status()
    crossings: list[dict[str, Any]] = answer.json()["crossings"]
    return crossings


def driven(base: str, id_: str, lon: float, lat: float, until: datetime) -> datetime:
    """Half an hour of a vehicle: east for ten minutes, stands five, unheard ten, north for five; its begin."""
    begin = until - timedelta(minutes=30)
    rows = []
    for second in range(0, 1801, 10):
        if 900 < second < 1500:
            continue
        east, north = min(second, 600) * 2e-5, max(0, second - 1500) * 2e-5
        rows.append((id_, begin + timedelta(seconds=second), lon + east, lat + north))
    sent(base, *rows, speed=None)
    return begin


def sign(id_: str) -> str:
    return f"() => window.geoserver.signs().includes('unit:vehicle:{id_}')"


def test_a_vehicle_glides_falls_silent_and_disappears(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    lon, lat = centre(editing)
    editing.look(lon, lat, EYE_M, pitch=-89)
    one = made(editing.base, lon, lat)
    begin = datetime.now(UTC) - timedelta(seconds=5)
    sent(editing.base, (one, begin, lon, lat))
    page.wait_for_function(sign(one))
    sent(editing.base, (one, begin + timedelta(seconds=5), lon + 5e-4, lat))
    page.wait_for_function(f"lon => window.geoserver.state().movers.get('vehicle:{one}').lon > lon", arg=lon + 4e-4)
    sent(editing.base, (one, begin + timedelta(seconds=2), lon - 5e-4, lat))  # late
    seen = page.evaluate(GLIDE, f"vehicle:{one}")
    assert seen == sorted(seen)
    assert sum(lon + 2e-5 < at < lon + 4.8e-4 for at in seen) >= 3
    page.evaluate(f"() => window.geoserver.state().openUnit('vehicle:{one}')")
    panel = page.locator("#vehicle-panel")
    expect(panel.locator("[data-presence]")).to_have_attribute("data-presence", "live")
    expect(panel.locator("[data-what=speed]")).to_contain_text("32 km/h")
    page.evaluate(LATER, 70_000)
    expect(panel.locator("[data-presence]")).to_have_attribute("data-presence", "silent")
    expect(panel.locator("[data-what=heard]")).to_contain_text("1 分钟前")
    page.evaluate(LATER, 600_000)
    page.wait_for_function(f"() => window.geoserver.moving('vehicle:{one}') === null")
    page.wait_for_function(f"() => !({sign(one)})()")


def test_the_map_goes_along_only_until_it_is_touched(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    lon, lat = centre(editing)
    editing.look(lon, lat, EYE_M, pitch=-89)
    one = made(editing.base, lon, lat)
    begin = datetime.now(UTC) - timedelta(seconds=9)
    sent(editing.base, (one, begin, lon, lat))
    page.wait_for_function(sign(one))
    page.evaluate(f"() => window.geoserver.state().openUnit('vehicle:{one}')")
    page.click("#follow-vehicle")
    expect(page.locator("#follow-vehicle")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("lat => Math.abs(window.geoserver.state().view.height - lat) > 100", arg=EYE_M)
    before = page.evaluate("() => window.geoserver.state().view.lon")
    sent(editing.base, (one, begin + timedelta(seconds=4), lon + 1e-3, lat))
    page.wait_for_function("lon => window.geoserver.state().view.lon > lon + 8e-4", arg=before)
    page.mouse.move(660, 430)
    page.mouse.wheel(0, 60)
    expect(page.locator("#follow-vehicle")).to_have_attribute("aria-pressed", "false")


def test_vehicles_are_listed_searched_and_flown_to(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    lon, lat = centre(editing)
    one = made(editing.base, lon, lat)
    made(editing.base, lon, lat, name="消防三号", type="fire", call_sign="F-03", plate="蒙C·3003", duty="busy")
    away = lon + 0.02
    sent(editing.base, (one, datetime.now(UTC), away, lat))
    page.keyboard.press("F2")
    page.fill("#vehicle-search", "蒙c·3003")
    expect(page.locator("#vehicles")).to_have_attribute("data-count", "1")
    page.click("#vehicle-counts [data-duty=free]")
    expect(page.locator("#vehicles .ant-empty")).to_be_visible()
    page.click("#vehicle-counts [data-duty=free]")
    page.fill("#vehicle-search", "蒙c·7007 p-07")
    expect(page.locator("#vehicles")).to_have_attribute("data-count", "1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#vehicle-panel")).to_have_attribute("data-vehicle", one)
    page.wait_for_function("lon => Math.abs(window.geoserver.state().flyTo?.lon - lon) < 1e-6", arg=away)
    page.fill("#vehicle-search", "no such vehicle")
    expect(page.locator("#vehicles .ant-empty")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.locator("#vehicles")).to_have_count(0)
    page.evaluate("() => { const s = window.geoserver.state(); s.openUnit(null); s.goTo({lon: 106.8, lat: 39.6}); }")
    page.fill("#search", "P-07")
    page.locator(".searchbox [role=option]").first.click()
    expect(page.locator("#vehicle-panel")).to_have_attribute("data-vehicle", one)
    page.wait_for_function("lon => Math.abs(window.geoserver.state().flyTo?.lon - lon) < 1e-6", arg=away)


def test_a_track_is_drawn_read_and_taken_away(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    lon, lat = centre(editing)
    one = made(editing.base, lon, lat)
    until = datetime.now(UTC).replace(microsecond=0)
    begin = driven(editing.base, one, lon, lat, until)
    page.wait_for_function(f"() => window.geoserver.state().vehicles.has('{one}')")
    editing.look(lon + 0.006, lat, 2600, pitch=-89)
    page.evaluate(f"() => window.geoserver.state().openUnit('vehicle:{one}')")
    page.locator("#track-window .ant-segmented-item").nth(1).click()
    expect(page.locator("#track")).to_have_attribute("data-count", "122")
    expect(page.locator("#track-stops")).to_have_attribute("data-count", "1")
    assert f"car={one}&track=1h" in page.url
    # On the line, five minutes after the begin.
    ground = door.get(f"{editing.base}/api/height", params={"lon": lon, "lat": lat}, timeout=60).json()["top"]
    editing.settle()
    editing.click_place(lon + 0.006, lat, ground)
    meant = (begin + timedelta(minutes=5)).timestamp() * 1e3
    page.wait_for_function("at => Math.abs((window.geoserver.state().trackAt ?? 0) - at) < 20_000", arg=meant)
    at = page.evaluate("() => window.geoserver.state().trackAt")
    expect(page.locator("#track-moment")).to_have_attribute("data-at", str(at))
    expect(page.locator("#track-moment [data-what=speed]")).to_contain_text("6 km/h")
    # The pointer over the chart chooses another.
    box = page.locator("#speed-chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 60)
    page.wait_for_function("at => window.geoserver.state().trackAt > at + 600_000", arg=at)
    page.locator("#track-stops .hit").click()
    expect(page.locator("#track-moment [data-what=speed]")).to_contain_text("停留 5 分钟")
    page.click("#track-download")
    with page.expect_download() as download:
        page.locator("a[data-form=gpx]").click()
    assert "<trkpt" in Path(download.value.path()).read_text()
    # Whoever is sent the link sees the same.
    page.reload()
    editing.settle()
    expect(page.locator("#track")).to_have_attribute("data-count", "122")
    page.click("#track-away")
    expect(page.locator("#track")).to_have_count(0)
    page.wait_for_function("() => !location.hash.includes('track=')")


def test_a_crossing_is_told_once_by_the_vehicles_name(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    lon, lat = centre(editing)
    fence(editing.base, lon, lat)
    one = made(editing.base, lon, lat)
    begin = datetime.now(UTC) - timedelta(seconds=10)
    batch = [(one, begin, lon - 2 * D, lat), (one, begin + timedelta(seconds=5), lon, lat)]
    assert [told["way"] for told in sent(editing.base, *batch)] == ["enter"]
    assert sent(editing.base, *batch) == []
    # A demo's own fleet may cross other fences.
    notice = page.locator(".crossing", has_text="集会区")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("P-07 · 巡逻七号")
    sent(editing.base, (one, begin + timedelta(seconds=8), lon + 2 * D, lat))
    expect(notice.locator(".way.leave")).to_have_count(1)
    page.click("#open-crossings")
    expect(page.locator("#crossings .ant-table-row", has_text="P-07 · 巡逻七号")).to_have_count(2)


@pytest.fixture
def cesium(browser: Browser, writable_server: str) -> Iterator[Watched]:
    """CesiumJS as it is published, on a page of the server."""
    context = browser.new_context(bypass_csp=True)
    context.add_cookies([door.cookie(writable_server)])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    page.goto(f"{writable_server}/health")
    page.evaluate("() => { window.CESIUM_BASE_URL = '/cesium/'; }")
    page.add_script_tag(path=CESIUM)
    yield Watched(page, writable_server)
    context.close()


def test_cesium_reads_the_track_as_czml(cesium: Watched) -> None:
    lon, lat = 106.8, 39.6
    one = made(cesium.base, lon, lat)
    until = datetime.now(UTC).replace(microsecond=0)
    begin = driven(cesium.base, one, lon, lat, until)
    span = {"begin": (begin - timedelta(minutes=1)).isoformat(), "end": until.isoformat()}
    url = f"{cesium.base}/api/vehicles/{one}/track"
    told = door.get(url, params=span, timeout=60).json()
    lost = (begin + timedelta(minutes=20)).timestamp() * 1e3
    times = [*told["time_ms"][::9], lost]
    query = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in span.items())
    read = cesium.page.evaluate(READ, [f"{url}?f=czml&{query}", times])
    assert read[-1] is None, "it was not heard of then"
    for (x, y), i in zip(read[:-1], range(0, len(told["time_ms"]), 9), strict=True):
        assert (x, y) == (pytest.approx(told["lon"][i], abs=1e-7), pytest.approx(told["lat"][i], abs=1e-7))
