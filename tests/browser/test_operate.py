"""The Operate workspace as an operator meets it: load, click, list, cone, search, language, address."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import Watched
from tests.browser.places import Places, find_places
from tiles.geodesy import ecef_to_geodetic, enu_rotation, geodetic_to_ecef

pytestmark = [pytest.mark.browser, pytest.mark.city]


@pytest.fixture(scope="session")
def places(demo_city: Path) -> Places:
    return find_places(demo_city)


def eye_before(place: tuple[float, float, float], heading: float, back_m: float, up_m: float) -> dict[str, float]:
    """An eye that stands back from a place along a heading and looks at it."""
    east_north_up = np.array([-np.sin(np.radians(heading)) * back_m, -np.cos(np.radians(heading)) * back_m, up_m])
    ecef = geodetic_to_ecef(*place) + east_north_up @ enu_rotation(place[0], place[1])
    lon, lat, height = ecef_to_geodetic(ecef)
    return {
        "lon": float(lon),
        "lat": float(lat),
        "height": float(height),
        "heading": heading,
        "pitch": float(np.degrees(np.arctan2(-up_m, back_m))),
    }


def listed(watched: Watched) -> list[str]:
    """Ids of the cameras that the panel lists as seeing the place."""
    return watched.page.eval_on_selector_all("#link-visible .hit", "rows => rows.map(row => row.dataset.camera)")


def click_and_compare(watched: Watched, place: tuple[float, float, float]) -> dict:
    """Clicks a place, and finds in the panel what the API says of the very place that was picked."""
    with watched.page.expect_response(lambda answer: "/api/link" in answer.url) as response:
        watched.click_place(*place)
    answer = response.value.json()
    expect(watched.page.locator("#link-panel[aria-busy=false]")).to_be_visible()
    visible = [camera["camera"] for camera in answer["cameras"] if camera["visible"]]
    watched.page.wait_for_function(
        "n => document.querySelectorAll('#link-visible .hit').length === n", arg=len(visible), timeout=20_000
    )
    assert listed(watched) == visible
    again = door.get(response.value.url, headers={"Accept-Language": "zh-CN"}).json()
    assert [camera["camera"] for camera in again["cameras"]] == [camera["camera"] for camera in answer["cameras"]]
    return answer


def test_city_is_complete_soon_after_launch(watched: Watched) -> None:
    start = time.monotonic()
    watched.open()
    seconds = time.monotonic() - start
    stats = watched.page.evaluate("() => window.geoserver.viewerStats()")
    print(f"demo city complete after {seconds:.1f} s with {stats['buildingsInView']} buildings in view")
    assert stats["buildingsInView"] >= 2000
    expect(watched.page.locator(".badge")).to_have_text("生成的演示数据")


def test_click_on_ground_roof_and_facade(watched: Watched, places: Places) -> None:
    watched.open()
    eye = eye_before(places.roof, 0.0, 60, 220)
    watched.look(**eye)
    roof = click_and_compare(watched, places.roof)
    assert roof["place"]["kind"] == "roof"
    assert roof["place"]["building"]["id"] == places.building

    watched.page.keyboard.press("Escape")
    watched.page.keyboard.press("Escape")
    watched.look(**eye_before(places.facade, places.facade_heading, 90, 25))
    facade = click_and_compare(watched, places.facade)
    assert facade["place"]["kind"] == "facade"
    assert facade["place"]["building"]["id"] == places.building

    watched.look(**eye_before(places.ground, places.facade_heading, 40, 160))
    ground = click_and_compare(watched, places.ground)
    assert ground["place"]["kind"] == "ground"
    metres = np.linalg.norm(
        geodetic_to_ecef(*places.ground)
        - geodetic_to_ecef(ground["place"]["lon"], ground["place"]["lat"], ground["place"]["height"])
    )
    assert metres < 5


def test_clicked_building_is_the_right_one(watched: Watched, places: Places) -> None:
    watched.open()
    watched.look(**eye_before(places.roof, 0.0, 60, 220))
    watched.click_place(*places.roof)
    watched.page.wait_for_function("() => window.geoserver.state().click !== null")
    picked = watched.page.evaluate("() => window.geoserver.state().selection?.id")
    assert picked == places.building


def test_choosing_a_camera_shows_its_cone_and_coverage(watched: Watched, places: Places) -> None:
    watched.open()
    watched.look(**eye_before(places.ground, places.facade_heading, 40, 160))
    answer = click_and_compare(watched, places.ground)
    seeing = [camera for camera in answer["cameras"] if camera["visible"]]
    assert seeing, "no camera sees the ground before the tallest building"
    watched.page.locator(f"#link-visible .hit[data-camera='{seeing[0]['camera']}']").click()
    expect(watched.page.locator(f"#camera-panel[data-camera='{seeing[0]['camera']}']")).to_be_visible()
    expect(watched.page.locator("#coverage-classes tbody tr").first).to_be_visible()
    watched.page.wait_for_function(
        "() => { const s = window.geoserver.state(); return s.cone !== undefined && s.coverage !== undefined }"
    )
    for layer in ("cone", "coverage"):
        assert watched.changed_by(layer).sum() > 200, f"{layer} is not to be seen"
    assert f"c={seeing[0]['camera']}" in watched.page.url


def test_search_by_pinyin_initials_and_keyboard(watched: Watched) -> None:
    watched.open()
    watched.page.keyboard.press("/")
    watched.page.keyboard.type("rml")
    options = watched.page.locator(".results [role=option]")
    expect(options.first).to_be_visible()
    assert "人民路" in (options.first.text_content() or "")
    before = watched.page.url
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_function("url => location.href !== url", arg=before)
    watched.page.keyboard.press("/")
    watched.page.keyboard.press("Control+A")
    watched.page.keyboard.type("106.82, 39.66")
    expect(watched.page.locator(".results .group", has_text="坐标")).to_be_visible()


def test_language_switch_changes_every_word(watched: Watched) -> None:
    watched.open()
    expect(watched.page.locator(".workspace[aria-current]")).to_have_text("监控")
    watched.page.locator(".topbar .ant-segmented-item", has_text="EN").click()
    expect(watched.page.locator(".workspace[aria-current]")).to_have_text("Operate")
    expect(watched.page.locator(".brand strong")).to_have_text("Wuhai")
    assert "lang=en" in watched.page.url
    leftover = watched.page.evaluate(
        "() => [...document.querySelectorAll('.topbar, .statusbar, .legend, .dock .controls')]"
        ".map(e => e.innerText).join(' ').match(/[\\u4e00-\\u9fff]+/g)"
    )
    assert leftover in (None, ["中"])


def test_address_restores_what_was_seen(watched: Watched, places: Places) -> None:
    watched.open()
    watched.look(**eye_before(places.ground, places.facade_heading, 40, 160))
    click_and_compare(watched, places.ground)
    first = listed(watched)
    view = watched.page.evaluate("() => window.geoserver.state().view")
    address = watched.page.url
    watched.page.goto("about:blank")
    watched.page.goto(address)
    watched.settle()
    expect(watched.page.locator("#link-panel[aria-busy=false]")).to_be_visible()
    watched.page.wait_for_function("n => document.querySelectorAll('#link-visible .hit').length === n", arg=len(first))
    assert listed(watched) == first
    restored = watched.page.evaluate("() => window.geoserver.state().view")
    for key in ("lon", "lat"):
        assert restored[key] == pytest.approx(view[key], abs=1e-5)
    assert restored["height"] == pytest.approx(view["height"], abs=1.0)


def test_camera_tree_filters_and_exports(watched: Watched) -> None:
    watched.open()
    total = watched.page.evaluate("() => window.geoserver.state().cameras.size")
    assert total >= 7000
    watched.page.get_by_placeholder("筛选名称").fill("人民路")
    watched.page.locator(".dock.left button[aria-label='导出列表']").click()
    with watched.page.expect_download() as download:
        watched.page.locator(".ant-dropdown-menu-item", has_text="GeoJSON").click()
    exported = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert 0 < len(exported["features"]) < total
    assert all("人民路" in json.dumps(feature, ensure_ascii=False) for feature in exported["features"])


def test_sight_line_tool_names_its_blocker(watched: Watched, places: Places) -> None:
    """From before the tall building to behind it: the building itself stands in the way."""
    watched.open()
    watched.look(**eye_before(places.roof, places.facade_heading, 30, 420))
    watched.page.keyboard.press("l")
    watched.click_place(*places.ground)
    x, y = 2 * places.roof[0] - places.ground[0], 2 * places.roof[1] - places.ground[1]
    watched.click_place(x, y, places.ground[2])
    expect(watched.page.locator("#tool-panel .figure")).to_be_visible()
    sight = watched.page.evaluate("() => window.geoserver.state().sight")
    assert sight["visible"] is False
    assert sight["blocker"]["kind"] == "building"
