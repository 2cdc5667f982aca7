"""One camera as an instrument: both clicks, handles, calibration, classes, what it sees, on the real server."""

import json
import math
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import SLOW_MS, Watched

pytestmark = [pytest.mark.browser, pytest.mark.city]
expect.set_options(timeout=SLOW_MS)
CHINESE = {"Accept-Language": "zh-CN"}
Facts = dict[str, Any]


def ask(watched: Watched, path: str, **query: Any) -> Facts:
    """What the server answers."""
    answer = door.get(f"{watched.base}{path}", params=query, headers=CHINESE, timeout=60)
    assert answer.status_code == 200, answer.text
    found: Facts = answer.json()
    return found


STREET_CAMERA: list[str] = []
"""Its id, once found: every server of these tests has the same city."""


def street_camera(watched: Watched) -> Facts:
    """A fixed street camera in service that shows ground in the lower half of its picture and walls in the upper."""
    if not STREET_CAMERA:
        STREET_CAMERA.append(find_street_camera(watched)["id"])
    return ask(watched, f"/api/cameras/{STREET_CAMERA[0]}")


def find_street_camera(watched: Watched) -> Facts:
    """The first such camera of the city."""
    for summary in ask(watched, "/api/cameras", tier=3, limit=400)["cameras"]:
        if summary["type"] != "fixed" or summary["heading"] is None:
            continue
        camera = ask(watched, f"/api/cameras/{summary['id']}")
        if camera["status"] != "in-service":
            continue
        hits = [located(watched, camera, x, y)["hit"] for x, y in ((0.5, 0.8), (0.3, 0.6), (0.5, 0.35))]
        if hits[:2] == ["ground", "ground"] and "facade" in hits:
            return camera
    raise AssertionError("no such camera in the demo city")


def located(watched: Watched, camera: Facts, x: float, y: float) -> Facts:
    """What a point of the picture shows; x and y are parts of its width and height."""
    pixel = {"u": x * camera["image_width"], "v": y * camera["image_height"]}
    return ask(watched, f"/api/cameras/{camera['id']}/locate", **pixel)


def look_at(watched: Watched, camera: Facts, back_m: float = 70.0, up_m: float = 90.0) -> None:
    """Stands behind a camera, looking over it the way it looks."""
    turn = math.radians(camera["heading"])
    east, north = 111_320 * math.cos(math.radians(camera["lat"])), 111_320
    lon = camera["lon"] - back_m * math.sin(turn) / east
    lat = camera["lat"] - back_m * math.cos(turn) / north
    watched.look(lon, lat, camera["height"] + up_m, camera["heading"], -35.0)


def choose(watched: Watched, camera: Facts) -> None:
    """Opens the camera's panel."""
    watched.page.evaluate("id => window.geoserver.state().select({kind: 'camera', id})", camera["id"])
    expect(watched.page.locator(f"#camera-panel[data-camera='{camera['id']}']")).to_be_visible()
    expect(watched.page.locator("#camera-chips")).to_be_visible()


def open_picture(watched: Watched, camera: Facts) -> dict[str, float]:
    """Opens the picture; where it lies on the page."""
    watched.page.locator("button.still").click()
    window = watched.page.locator(f".picturewin[data-camera='{camera['id']}']")
    expect(window.locator(".pictureview image")).to_be_visible()
    box = window.locator(".pictureview").bounding_box()
    assert box is not None
    scale = min(box["width"] / camera["image_width"], box["height"] / camera["image_height"])
    return {
        "scale": scale,
        "x": box["x"] + (box["width"] - camera["image_width"] * scale) / 2,
        "y": box["y"] + (box["height"] - camera["image_height"] * scale) / 2,
    }


def state(watched: Watched, part: str) -> Any:
    """A part of the client's state."""
    return watched.page.evaluate("part => window.geoserver.state()[part]", part)


def drag(watched: Watched, handle: str, right: float, down: float, steps: int = 20) -> None:
    """Drags a handle of the camera in hand by pixels of the page."""
    at = watched.page.evaluate("name => window.geoserver.handles()[name]", handle)
    assert at is not None, f"the handle {handle} is not in the picture"
    mouse = watched.page.mouse
    mouse.move(at["x"], at["y"])
    mouse.down()
    for step in range(1, steps + 1):
        mouse.move(at["x"] + right * step / steps, at["y"] + down * step / steps)
    mouse.up()


HAND = """async ([from, right, down, ms]) => {
  const canvas = document.querySelector('.cesium-widget canvas');
  const at = (share, type) => canvas.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', isPrimary: true,
    button: type === 'pointermove' ? -1 : 0, buttons: type === 'pointerup' ? 0 : 1,
    clientX: from.x + right * share, clientY: from.y + down * share,
  }));
  at(0, 'pointermove');
  at(0, 'pointerdown');
  const start = performance.now();
  await new Promise(done => {
    const timer = setInterval(() => {
      const share = Math.min((performance.now() - start) / ms, 1);
      at(share, 'pointermove');
      if (share === 1) { clearInterval(timer); done(); }
    }, 16);
  });
  at(1, 'pointerup');
}"""
"""A hand that moves on by itself, as a hand does: the driver's own waits for the page after every move."""


def drag_by_hand(watched: Watched, handle: str, right: float, down: float, milliseconds: int) -> None:
    """Drags a handle evenly, sixty moves a second, however busy the page is."""
    at = watched.page.evaluate("name => window.geoserver.handles()[name]", handle)
    assert at is not None, f"the handle {handle} is not in the picture"
    watched.page.evaluate(HAND, [at, right, down, milliseconds])


def test_panel_tells_state_purpose_classes_and_what_is_seen(watched: Watched) -> None:
    watched.open()
    camera = street_camera(watched)
    choose(watched, camera)
    expect(watched.page.locator("#camera-chips .chip.in-service")).to_have_text("在用")
    expect(watched.page.locator(".still .simulated")).to_have_text("模拟画面")
    for ladder in ("2014", "2025"):
        watched.page.locator(".ant-segmented-item", has_text=ladder).click()
        expect(watched.page.locator(f"#coverage-classes[data-ladder='{ladder}']")).to_be_visible()
        coverage = ask(watched, f"/api/cameras/{camera['id']}/coverage", ladder=ladder)
        seen = {feature["properties"]["class"] for feature in coverage["features"]}
        rungs = ask(watched, "/api/city")["ladders"][ladder]
        rows = watched.page.locator("#coverage-classes tr[data-class]")
        expect(rows).to_have_count(len(rungs))
        expect(watched.page.locator("#coverage-classes tr[data-class]:not(.soft)")).to_have_count(len(seen))
    sees = ask(watched, f"/api/cameras/{camera['id']}/sees", ladder="2025", limit=200)
    watched.page.get_by_role("tab", name="看到").click()
    expect(watched.page.locator("#camera-sees .sectionhead").first).to_contain_text(f"（{len(sees['streets'])}）")
    first = sees["streets"][0]
    watched.page.locator(f"#camera-sees [data-thing='{first['id']}']").first.click()
    watched.page.wait_for_function("() => window.geoserver.state().flyTo !== undefined")
    assert state(watched, "flyTo")["lon"] == pytest.approx(first["lon"], abs=1e-6)


def test_view_mesh_lies_where_the_camera_looks(watched: Watched) -> None:
    watched.open()
    camera = street_camera(watched)
    look_at(watched, camera)
    choose(watched, camera)
    watched.page.wait_for_function("() => { const s = window.geoserver.state(); return s.cone && s.coverage }")
    covered = watched.changed_by("coverage") | watched.changed_by("cone")
    # The mesh has the coverage's colours: over it, it would hardly be seen.
    watched.page.evaluate("() => window.geoserver.state().setLayer('coverage', false)")
    with watched.page.expect_response(lambda answer: "/view.glb" in answer.url):
        watched.page.locator(".checks label", has_text="立体着色").click()
    watched.page.wait_for_timeout(3000)
    mesh = watched.changed_by("viewMesh")
    assert mesh.sum() > 2_000
    assert (mesh & covered).sum() > 0.9 * mesh.sum()
    assert state(watched, "faults") == {}


def test_click_in_the_picture_is_marked_on_the_map(watched: Watched) -> None:
    watched.open()
    camera = street_camera(watched)
    look_at(watched, camera)
    choose(watched, camera)
    at = open_picture(watched, camera)
    pixel = (camera["image_width"] * 0.5, camera["image_height"] * 0.8)
    with watched.page.expect_response(lambda answer: "/locate" in answer.url):
        watched.page.mouse.click(at["x"] + pixel[0] * at["scale"], at["y"] + pixel[1] * at["scale"])
    expect(watched.page.locator(".located[data-kind=ground]")).to_be_visible()
    pointed = state(watched, "pointed")
    assert pointed["pixel"] == pytest.approx(pixel, abs=1.5 / at["scale"])
    u, v = pointed["pixel"]
    again = ask(watched, f"/api/cameras/{camera['id']}/locate", u=u, v=v)
    assert pointed["answer"]["place"]["lon"] == pytest.approx(again["place"]["lon"], abs=1e-8)
    assert "地面" in pointed["label"]
    watched.page.locator(".located button", has_text="联动").click()
    expect(watched.page.locator("#link-panel[aria-busy=false]")).to_be_visible()
    assert f"pic={camera['id']}" in watched.page.url


def test_click_on_the_map_is_marked_in_the_picture(watched: Watched) -> None:
    watched.open()
    camera = street_camera(watched)
    look_at(watched, camera)
    choose(watched, camera)
    at = open_picture(watched, camera)
    place = located(watched, camera, 0.5, 0.8)["place"]
    watched.page.evaluate(
        "place => { const s = window.geoserver.state(); s.setClick({...place, source: 'scene'}) }",
        {key: place[key] for key in ("lon", "lat", "height")},
    )
    mark = watched.page.locator(".placemark circle")
    expect(mark).to_be_visible()
    assert float(mark.get_attribute("cx") or 0) == pytest.approx(camera["image_width"] * 0.5, abs=3 / at["scale"])
    assert float(mark.get_attribute("cy") or 0) == pytest.approx(camera["image_height"] * 0.8, abs=3 / at["scale"])
    # Behind the camera: there is no mark, and the reason is told.
    turn = math.radians(camera["heading"])
    behind = {
        "lon": camera["lon"] - 60 * math.sin(turn) / (111_320 * math.cos(math.radians(camera["lat"]))),
        "lat": camera["lat"] - 60 * math.cos(turn) / 111_320,
        "source": "scene",
    }
    watched.page.evaluate("place => window.geoserver.state().setClick(place)", behind)
    expect(watched.page.locator(".picturewin [data-seen=false]")).to_be_visible()
    expect(mark).to_have_count(0)
    watched.page.locator(".pictureview").focus()
    watched.page.keyboard.press("Escape")
    expect(watched.page.locator(".picturewin")).to_have_count(0)


def test_handles_drag_the_camera_and_saving_can_be_undone(editing: Watched) -> None:
    editing.open()
    camera = street_camera(editing)
    look_at(editing, camera)
    choose(editing, camera)
    expect(editing.page.locator("#coverage-classes tr.total")).not_to_contain_text("…")
    editing.page.locator("#adjust").click()
    expect(editing.page.locator("#adjust-panel")).to_be_visible()
    editing.settle()
    stats = []
    # The first time the server loads what it needs for it; that is not measured.
    for way in (1, -1, 1, -1):
        drag_by_hand(editing, "heading", 60 * way, 12 * way, 4000)
        stats.append(editing.page.evaluate("() => window.geoserver.dragStats()"))
    answers, drawings, seconds = (stats[-1][key] - stats[0][key] for key in ("answers", "drawings", "seconds"))
    print(
        f"dragging: {answers / seconds:.1f} answers and {drawings / seconds:.1f} drawings a second "
        f"({answers} and {drawings} in {seconds:.1f} s)"
    )
    assert answers > 0
    assert drawings > 0
    drag_by_hand(editing, "heading", 60, 12, 1000)
    drag(editing, "mast", 0, -25)
    drag(editing, "right", 20, 4)
    values = state(editing, "trial")["values"]
    assert values["heading"] != pytest.approx(camera["heading"], abs=1)
    assert values["mount_height"] > camera["mount_height"] + 0.3
    assert values["hfov"] > camera["hfov"]
    before = state(editing, "coverage")
    editing.page.locator("#adjust-save").click()
    expect(editing.page.locator("#camera-panel")).to_be_visible()
    saved = ask(editing, f"/api/cameras/{camera['id']}")
    assert saved["version"] == camera["version"] + 1
    assert {key: saved[key] for key in ("heading", "hfov", "mount_height")} == pytest.approx(
        {key: values[key] for key in ("heading", "hfov", "mount_height")}
    )
    assert before["camera"] == camera["id"]
    editing.page.locator("#undo:enabled").click()
    editing.page.wait_for_function(
        "([id, heading]) => window.geoserver.state().cameras.get(id).heading === heading",
        arg=[camera["id"], camera["heading"]],
    )
    assert ask(editing, f"/api/cameras/{camera['id']}")["mount_height"] == camera["mount_height"]


def test_another_ones_change_is_told_before_it_is_overwritten(editing: Watched) -> None:
    editing.open()
    camera = street_camera(editing)
    choose(editing, camera)
    editing.page.locator("#adjust").click()
    expect(editing.page.locator("#adjust-panel")).to_be_visible()
    path = f"{editing.base}/api/cameras/{camera['id']}"
    other = door.patch(path, json={"pitch": -33}, headers={"If-Match": f'"{camera["version"]}"'}, timeout=30)
    assert other.status_code == 200, other.text
    editing.page.evaluate("() => window.geoserver.state().adjust({heading: 123})")
    editing.page.locator("#adjust-save").click()
    versions = editing.page.locator("#stale-versions")
    expect(versions).to_contain_text("-33°")
    expect(versions).to_contain_text("123°")
    editing.page.get_by_role("button", name="仍按我的保存").click()
    expect(editing.page.locator("#camera-panel")).to_be_visible()
    saved = ask(editing, f"/api/cameras/{camera['id']}")
    assert (saved["heading"], saved["pitch"]) == (123, -33)
    # The refused write is an answer of the server that the browser reports by itself.
    editing.complaints = [line for line in editing.complaints if "412" not in line and "409" not in line]


def test_calibration_from_pairs_finds_the_true_pose(editing: Watched) -> None:
    """Pairs of the true pose; then the record is made wrong; solving and applying brings the pose back."""
    editing.open()
    camera = street_camera(editing)
    spread = [(0.1, 0.85), (0.9, 0.9), (0.5, 0.65), (0.25, 0.55), (0.75, 0.57), (0.5, 0.35), (0.3, 0.3), (0.7, 0.33)]
    pairs = []
    for x, y in spread:
        found = located(editing, camera, x, y)
        if found["place"]:
            place = {key: found["place"][key] for key in ("lon", "lat", "height")}
            pairs.append({"pixel": found["pixel"], **place})
    assert len(pairs) >= 5
    wrong = {"heading": (camera["heading"] + 4) % 360, "pitch": camera["pitch"] - 2, "roll": 1.5}
    path = f"{editing.base}/api/cameras/{camera['id']}"
    told = door.patch(path, json=wrong, headers={"If-Match": f'"{camera["version"]}"'}, timeout=30)
    assert told.status_code == 200, told.text
    look_at(editing, camera)
    choose(editing, camera)
    editing.page.locator("#calibrate").click()
    expect(editing.page.locator(".calibrating .pictureview image").first).to_be_visible()
    with editing.page.expect_file_chooser() as chooser:
        editing.page.locator("#pairs-import").click()
    text = json.dumps({"pairs": pairs}).encode()
    chooser.value.set_files({"name": "pairs.json", "mimeType": "application/json", "buffer": text})
    expect(editing.page.locator("#pairs tbody tr")).to_have_count(len(pairs))
    expect(editing.page.locator(".pairmark")).to_have_count(len(pairs))
    editing.page.locator("#calibrate-solve").click()
    expect(editing.page.locator("#calibrated")).to_be_visible()
    expect(editing.page.locator(".calibrating image[data-edges]")).to_be_visible()
    sigma = state(editing, "calibrated")["calibration"]
    editing.page.locator("#calibrate-apply").click()
    expect(editing.page.locator("#camera-panel")).to_be_visible()
    solved = ask(editing, f"/api/cameras/{camera['id']}")
    for name in ("heading", "pitch", "roll"):
        assert solved[name] == pytest.approx(camera[name], abs=max(0.3, 4 * sigma[f"{name}_deg"]))
    assert solved["calibration"]["pairs"] == len(pairs)


def test_pairs_in_one_line_are_refused_with_a_sentence(watched: Watched) -> None:
    watched.open()
    camera = street_camera(watched)
    choose(watched, camera)
    watched.page.locator("#calibrate").click()
    expect(watched.page.locator("#calibrate-panel")).to_be_visible()
    row = [located(watched, camera, x, 0.8) for x in (0.1, 0.3, 0.5, 0.7, 0.9)]
    pairs = [
        {
            "number": number,
            "name": "",
            "pixel": found["pixel"],
            "place": {key: found["place"][key] for key in ("lon", "lat", "height")},
        }
        for number, found in enumerate((found for found in row if found["place"]), 1)
    ]
    watched.page.evaluate("pairs => window.geoserver.state().setPairs(pairs)", pairs)
    watched.page.locator("#calibrate-solve").click()
    expect(watched.page.locator("#calibrate-refusal")).to_contain_text("直线")
    watched.complaints = [line for line in watched.complaints if "422" not in line and "400" not in line]
