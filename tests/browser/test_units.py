"""Units that report where they are: seen moving, chosen, and their crossings of a geofence told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import Watched
from tests.browser.test_incidents import centre, live

pytestmark = [pytest.mark.browser, pytest.mark.city]
D = 0.002
MANY = 2_000
FLEET = """([count, turn]) => {
  const view = new DataView(new ArrayBuffer(16 + 24 * count));
  view.setUint8(0, 1); view.setUint16(2, 24, true); view.setUint32(4, count, true);
  view.setFloat64(8, Date.now(), true);
  const [west, south, east, north] = window.geoserver.state().extent;
  const { movers } = window.geoserver.state();
  if (turn === 0) movers.name(Object.fromEntries(Array.from({ length: count }, (_, i) =>
    [1e6 + i, { kind: 'unit', id: `many-${i}` }])));
  for (let i = 0; i < count; i += 1) {
    const at = 16 + 24 * i;
    view.setUint32(at, 1e6 + i, true);
    view.setInt32(at + 4, 1e7 * (west + (east - west) * (((i + 0.2 * turn) * 0.618034) % 1)), true);
    view.setInt32(at + 8, 1e7 * (south + (north - south) * ((i * 0.754878) % 1)), true);
    view.setFloat32(at + 12, NaN, true);
    view.setUint16(at + 16, 100 * ((i * 7) % 360), true);
    view.setUint16(at + 18, 1200, true);
  }
  const before = performance.now();
  movers.take(view.buffer);
  return performance.now() - before;
}"""


def report(
    base: str, *cars: tuple[str, float, float], heading: float = 90.0, ago_s: float = 0.0
) -> list[dict[str, Any]]:
    """Positions as a fleet sends them; the crossings that follow."""
    at = (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat()
    sent = [
        {"id": id_, "lon": lon, "lat": lat, "at": at, "heading_deg": heading, "speed_m_s": 12.5}
        for id_, lon, lat in cars
    ]
    answer = door.post(f"{base}/api/positions", json={"positions": sent}, timeout=60)
    answer.raise_for_status()
    crossings: list[dict[str, Any]] = answer.json()["crossings"]
    return crossings


def fence(base: str, lon: float, lat: float) -> str:
    """A geofence around a place; its id."""
    ring: Sequence[Sequence[float]] = [
        [lon - D, lat - D], [lon + D, lat - D], [lon + D, lat + D], [lon - D, lat + D], [lon - D, lat - D],
    ]  # fmt: skip
    zone = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "集会区", "watch": "both"},
    }
    answer = door.post(f"{base}/api/zones", json=zone, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["id"])


def sign_of(watched: Watched, id_: str) -> None:
    watched.page.wait_for_function(f"() => window.geoserver.signs().includes('unit:unit:{id_}')")


def test_a_car_is_seen_moving_chosen_and_its_crossing_told(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    lon, lat = centre(editing)
    editing.look(lon, lat, 2200, pitch=-89)
    fence(editing.base, lon, lat)
    report(editing.base, ("patrol-7", lon - 2 * D, lat), ("patrol-8", lon, lat + 2 * D))
    sign_of(editing, "patrol-7")
    page.evaluate("() => window.geoserver.state().openUnit('unit:patrol-7')")
    panel = page.locator("#unit-panel")
    expect(panel).to_have_attribute("data-unit", "patrol-7")
    expect(panel.locator(".unitstate")).to_have_attribute("data-state", "moving")
    assert [one["way"] for one in report(editing.base, ("patrol-7", lon, lat))] == ["enter"]
    notice = page.locator(".crossing").first
    expect(notice).to_contain_text("集会区")
    expect(notice).to_contain_text("patrol-7")
    # Positions are sent a few times a second: the crossing may be told before the place.
    page.wait_for_function(
        "lon => Math.abs(window.geoserver.state().movers.get('unit:patrol-7').lon - lon) < 1e-6", arg=lon
    )
    before = page.evaluate("() => window.geoserver.state().view")
    notice.locator(".what").click()
    expect(page.locator(".crossing")).to_have_count(0)
    page.wait_for_function("before => window.geoserver.state().view.height < before.height - 500", arg=before)
    page.click("#open-crossings")
    expect(page.locator("#crossings .ant-table-row", has_text="patrol-7")).to_have_count(1)
    page.evaluate("() => window.geoserver.state().setLayer('units', false)")
    page.wait_for_function("() => !window.geoserver.signs().some(sign => sign.startsWith('unit:unit:'))")


def test_two_thousand_moving_units_stall_nothing(editing: Watched) -> None:
    editing.open()
    live(editing)
    page = editing.page
    page.evaluate(FLEET, [MANY, 0])
    page.wait_for_function(f"() => window.geoserver.state().movers.size >= {MANY}")
    page.wait_for_timeout(4000)
    took = [page.evaluate(FLEET, [MANY, turn]) for turn in range(1, 4)]
    assert max(took) < 50
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.geoserver.signs().filter(one => one.startsWith('unit:unit:many')).length") > 0
