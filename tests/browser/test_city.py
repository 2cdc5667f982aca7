"""Work with the whole city's data: loading a list with mapping, direction by one click, undo, privacy volumes."""

import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.city]
PATIENCE_MS = 120_000
HEADINGS = ["国标号", "点位叫法", "东边", "北边", "杆子", "看哪边", "归谁管", "取流"]
MEANINGS = {1: "编号", 2: "名称", 3: "经度", 4: "纬度", 5: "离地高", 6: "方位角", 7: "所属单位", 8: "主码流地址"}
GOOD_ROWS = 6


def workbook(file: Path, centre: tuple[float, float], *, headings: bool = True) -> Path:
    """A list as somebody keeps it: headings of their own, a word for a number, a place outside the city."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "点位"
    if headings:
        sheet.append(HEADINGS)
    lon, lat = centre
    for i in range(GOOD_ROWS):
        heading = "不清楚" if i == 1 else 30 * i
        place = (lon + 0.0005 * i, lat + 0.0003 * i)
        sheet.append([f"NEW-{i:03d}", f"新增点位{i}", *place, 6, heading, "交警支队", f"rtsp://a:b@10.0.0.{i}/1"])
    sheet.append(["NEW-999", "城外点位", lon + 20, lat - 10, 6, 0, "交警支队", ""])
    book.create_sheet("说明").append(["此表由各单位报送"])
    book.save(file)
    return file


def desk(watched: Watched, kind: str) -> None:
    """Opens a piece of work from the menu."""
    watched.page.click("#data-menu")
    watched.page.locator(".ant-dropdown-menu-item", has_text=kind).click()


def state(watched: Watched, part: str) -> Any:
    """A part of the client's state."""
    return watched.page.evaluate(f"() => window.geoserver.state().{part}")


def cameras(watched: Watched) -> int:
    """How many cameras the client knows."""
    return int(state(watched, "cameras.size"))


def wait_for_cameras(watched: Watched, count: int) -> None:
    watched.page.wait_for_function("n => window.geoserver.state().cameras.size === n", arg=count, timeout=PATIENCE_MS)


def choose_meaning(watched: Watched, column: int, meaning: str) -> None:
    """Says what a column means, by keyboard, as one does who has forty of them."""
    select = watched.page.locator(f"#load-columns tr[data-row-key='{column}'] .ant-select")
    select.click()
    select.locator("input").fill(meaning)
    watched.page.keyboard.press("Enter")


def centre_of(base: str) -> tuple[float, float]:
    """The middle of the city."""
    lon, lat = door.get(f"{base}/api/city").json()["center"]
    return lon, lat


def pixels(watched: Watched) -> np.ndarray:
    """The picture of the scene."""
    watched.page.wait_for_timeout(1500)
    watched.settle()
    picture = Image.open(io.BytesIO(watched.page.locator("#scene canvas").first.screenshot())).convert("RGB")
    return np.asarray(picture, int)


def changed(before: np.ndarray, after: np.ndarray) -> int:
    """How many pixels differ."""
    return int((np.abs(before - after).sum(axis=2) > 12).sum())


def test_list_with_headings_of_its_own_is_mapped_checked_loaded_and_taken_back(
    editing: Watched, tmp_path: Path
) -> None:
    file = workbook(tmp_path / "点位表.xlsx", centre_of(editing.base))
    editing.open()
    before = cameras(editing)
    desk(editing, "导入摄像机")
    editing.page.set_input_files("#load input[type=file]", file)
    expect(editing.page.locator("#load[data-step='1']")).to_be_visible()
    expect(editing.page.locator("#load-columns tbody tr.ant-table-row")).to_have_count(len(HEADINGS))
    for column, meaning in MEANINGS.items():
        choose_meaning(editing, column, meaning)
    expect(editing.page.locator("#load-check")).to_be_enabled()
    editing.page.wait_for_function("n => window.geoserver.state().preview.length >= n", arg=GOOD_ROWS)

    editing.page.click("#load-check")
    expect(editing.page.locator("#load[data-step='2']")).to_be_visible(timeout=PATIENCE_MS)
    counts = editing.page.eval_on_selector_all(
        "#load-counts [data-count]",
        "rows => Object.fromEntries(rows.map(r => [r.dataset.count, r.lastChild.innerText]))",
    )
    assert counts["read"] == str(GOOD_ROWS + 1)
    assert counts["new"] == str(GOOD_ROWS)
    assert counts["refused"] == "1"
    report = editing.page.locator("#remarks")
    expect(report).to_contain_text("NEW-999")
    assert cameras(editing) == before, "a check writes nothing"

    editing.page.click("#load-commit")
    expect(editing.page.locator("#load[data-step='3']")).to_be_visible(timeout=PATIENCE_MS)
    wait_for_cameras(editing, before + GOOD_ROWS)
    assert door.get(f"{editing.base}/api/cameras/NEW-000").json()["owner"] == "交警支队"

    editing.page.click("#load-undo")
    wait_for_cameras(editing, before)
    assert door.get(f"{editing.base}/api/cameras/NEW-000").status_code == 404


def test_list_without_headings_takes_its_columns_from_proposals(editing: Watched, tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", centre_of(editing.base), headings=False)
    editing.open()
    desk(editing, "导入摄像机")
    editing.page.set_input_files("#load input[type=file]", file)
    expect(editing.page.locator("#load[data-step='1']")).to_be_visible()
    editing.page.locator("#load .ant-segmented-item", has_text="无标题").click()
    expect(editing.page.locator("#load .rows-table tbody tr").first).to_contain_text("NEW-000")
    accept = editing.page.locator("#accept-columns")
    if accept.count():
        accept.click()
    for column, meaning in ((1, "编号"), (3, "经度"), (4, "纬度")):
        choose_meaning(editing, column, meaning)
    editing.page.click("#load-check")
    expect(editing.page.locator("#load[data-step='2']")).to_be_visible(timeout=PATIENCE_MS)
    expect(editing.page.locator("#load-counts [data-count='new'] dd")).to_have_text(str(GOOD_ROWS))


def without_heading(base: str) -> dict[str, Any]:
    """A fixed camera whose direction nobody knows."""
    every = door.get(f"{base}/api/cameras").json()["cameras"]
    return next(one for one in every if one["heading"] is None and one["type"] == "fixed")


def heading_is(watched: Watched, camera: str, wanted: str) -> None:
    watched.page.wait_for_function(
        f"id => {{ const h = window.geoserver.state().cameras.get(id).heading; return {wanted} }}",
        arg=camera,
        timeout=PATIENCE_MS,
    )


def test_direction_by_one_click_then_undo_and_redo(editing: Watched) -> None:
    camera = without_heading(editing.base)
    editing.open(f"#/operate?c={camera['id']}")
    editing.look(camera["lon"], camera["lat"] - 0.0012, camera["height"] + 160, 0.0, -50.0)
    editing.page.click("#set-direction")
    # 25 m to the east: in the picture, and beside the panel.
    east = camera["lon"] + 25 / (111_320 * np.cos(np.radians(camera["lat"])))
    editing.click_place(east, camera["lat"], camera["ground_height"])
    heading_is(editing, camera["id"], "h !== null")
    heading = door.get(f"{editing.base}/api/cameras/{camera['id']}").json()["heading"]
    assert 75 < heading < 105
    covered = "id => window.geoserver.state().coverage?.camera === id"
    editing.page.wait_for_function(covered, arg=camera["id"], timeout=PATIENCE_MS)

    editing.page.keyboard.press("Control+z")
    heading_is(editing, camera["id"], "h === null")
    assert door.get(f"{editing.base}/api/cameras/{camera['id']}").json()["heading"] is None
    editing.page.keyboard.press("Control+Shift+Z")
    heading_is(editing, camera["id"], "h !== null")
    assert door.get(f"{editing.base}/api/cameras/{camera['id']}").json()["heading"] == heading

    desk(editing, "变更记录")
    first = editing.page.locator("#history .entry").first
    expect(first).to_contain_text("方位角")
    expect(first).to_contain_text(f"{heading:g}°")
    assert "heading" not in editing.page.locator("#history").inner_text()


def test_form_changes_what_was_changed_and_retires(editing: Watched) -> None:
    camera = door.get(f"{editing.base}/api/cameras").json()["cameras"][5]
    editing.open(f"#/operate?c={camera['id']}")
    editing.page.locator("#camera-actions button", has_text="编辑").click()
    name = editing.page.locator("#camera-form_name")
    expect(name).to_have_value(camera["name"])
    name.fill("改过的名称")
    editing.page.locator("#camera-form button[type=submit]").click()
    editing.page.wait_for_function(
        "id => window.geoserver.state().cameras.get(id).name === '改过的名称'", arg=camera["id"], timeout=PATIENCE_MS
    )
    now = door.get(f"{editing.base}/api/cameras/{camera['id']}").json()
    assert (now["name"], now["heading"], now["mount_height"] > 0) == ("改过的名称", camera["heading"], True)
    editing.page.locator("#camera-form button", has_text="停用").click()
    editing.page.locator(".ant-popconfirm-buttons button").last.click()
    editing.page.wait_for_function(
        "id => !window.geoserver.state().cameras.has(id)", arg=camera["id"], timeout=PATIENCE_MS
    )


def test_privacy_volume_is_drawn_listed_seen_and_taken_back(editing: Watched) -> None:
    lon, lat = centre_of(editing.base)
    ground = door.get(f"{editing.base}/api/height", params={"lon": lon, "lat": lat}).json()["ground"]
    editing.open()
    editing.look(lon, lat - 0.0006, ground + 130, 0.0, -60.0)
    without = pixels(editing)
    desk(editing, "隐私区")
    editing.page.click("#draw-volume")
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    for x, y in corners:
        editing.click_place(lon + 0.0002 * x, lat + 0.00015 * y, ground)
        editing.page.wait_for_timeout(500)
    editing.page.keyboard.press("Enter")
    editing.page.wait_for_function("() => window.geoserver.state().volumes.length === 1", timeout=PATIENCE_MS)
    found = door.get(f"{editing.base}/api/privacy-volumes").json()["features"]
    assert len(found) == 1
    assert len(found[0]["geometry"]["coordinates"][0]) == len(corners) + 1
    assert found[0]["properties"]["top"] > found[0]["properties"]["base"]
    assert changed(without, pixels(editing)) > 500

    editing.page.locator("#volume-form_name").fill("三号院")
    editing.page.locator("#volume-form button[type=submit]").click()
    expect(editing.page.locator("#volumes")).to_contain_text("三号院", timeout=PATIENCE_MS)
    assert json.dumps(state(editing, "volumes.map(v => v.name)"), ensure_ascii=False) == '["三号院"]'
    editing.page.locator("#volume button[aria-label='删除']").click()
    editing.page.locator(".ant-popconfirm-buttons button").last.click()
    editing.page.wait_for_function("() => window.geoserver.state().volumes.length === 0", timeout=PATIENCE_MS)
    editing.page.evaluate("() => document.activeElement?.blur()")
    editing.page.wait_for_function("() => !document.querySelector('#undo').disabled")
    editing.page.keyboard.press("Control+z")
    editing.page.wait_for_function("() => window.geoserver.state().volumes.length === 1", timeout=PATIENCE_MS)


def wait_for_coverage(base: str) -> dict[str, Any]:
    """State of the city's coverage once all cameras are counted; the worker needs its time on a fresh city."""
    for _ in range(900):
        answer: dict[str, Any] = door.get(f"{base}/api/coverage", timeout=60).json()
        if answer["current"] and answer["version"] is not None:
            return answer
        time.sleep(1)
    raise AssertionError(f"coverage is not worked out: {answer['progress']}")


def test_coverage_layers_change_the_map_and_the_legend_says_what_the_server_says(watched: Watched) -> None:
    wait_for_coverage(watched.base)
    watched.open()
    lon, lat = centre_of(watched.base)
    ground = door.get(f"{watched.base}/api/height", params={"lon": lon, "lat": lat}).json()["ground"]
    watched.look(lon, lat - 0.02, ground + 2500, 0.0, -50.0)
    without = pixels(watched)
    pictures = []
    for layer, word in (("count", "看到的台数"), ("blind", "盲区")):
        watched.page.locator(".topbar button", has_text="图层").click()
        watched.page.locator("#coverage-picker .ant-radio-wrapper", has_text=word).click()
        watched.page.keyboard.press("Escape")
        expect(watched.page.locator(f"#coverage-legend [data-legend='{layer}']")).to_be_visible()
        watched.page.wait_for_function("() => window.geoserver.state().coverageVersion !== ''")
        watched.page.wait_for_timeout(3000)
        pictures.append(pixels(watched))
        assert changed(without, pictures[-1]) > 2000, f"{layer} is not to be seen"
    assert changed(*pictures) > 2000, "two layers look the same"

    answer = door.get(f"{watched.base}/api/coverage", headers={"Accept-Language": "zh-CN"}).json()
    built = answer["figures"]["built"]
    shown = watched.page.eval_on_selector_all(
        "#coverage-legend-figures [data-figure]",
        "cells => Object.fromEntries(cells.map(c => [c.dataset.figure, c.innerText]))",
    )
    assert shown["covered_share"] == f"{100 * built['covered_share']:.1f}".removesuffix(".0") + " %"
    assert shown["blind_m2"].endswith(("m²", "ha", "km²"))
    labels = watched.page.locator("#coverage-legend [data-legend='blind'] li").all_inner_texts()
    assert [label.strip() for label in labels] == [one["label"] for one in answer["legend"]["blind"]]

    desk(watched, "覆盖统计")
    expect(watched.page.locator("#coverage-desk [data-figure='included']")).to_have_text(
        f"{answer['cameras']['included']:,}"
    )
    watched.page.locator("#coverage-desk .ant-tabs-tab", has_text="按区域").click()
    areas = door.get(f"{watched.base}/api/coverage/areas", params={"level": "community"}).json()["areas"]
    expect(watched.page.locator("#coverage-areas .row span.soft")).to_have_text(f"{len(areas)} / {len(areas)}")
    watched.page.locator("#coverage-areas input[type=search], #coverage-areas input").first.fill(areas[0]["name"])
    with watched.page.expect_download() as download:
        watched.page.locator("#coverage-areas button", has_text="CSV").click()
    table = Path(download.value.path()).read_text("utf-8-sig")
    assert areas[0]["name"] in table
    assert table.splitlines()[0].startswith("所属区域,")
    assert "cov=blind" in watched.page.url


def test_address_restores_the_coverage_layer(watched: Watched) -> None:
    wait_for_coverage(watched.base)
    watched.open("#/operate?cov=class,3,2025,discern")
    choice = state(watched, "cityCoverage")
    assert (choice["layer"], choice["tier"], choice["ladder"], choice["minClass"]) == ("class", 3, "2025", "discern")
    expect(watched.page.locator("#coverage-legend [data-legend='class'] li")).to_have_count(7)
