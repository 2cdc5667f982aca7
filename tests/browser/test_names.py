"""Names over pictures, and tours along a route, in the real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import door
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.city]
FIRST_MS = 90_000
LABELS = """() => [...document.querySelectorAll('.picturename')].map(g => {
  const dot = g.querySelector('circle').getBoundingClientRect();
  return { kind: g.dataset.kind, id: g.dataset.name, x: dot.x + dot.width / 2, y: dot.y + dot.height / 2 }; })"""
PICTURE = """() => { const r = document.querySelector('video.film').getBoundingClientRect();
  return { x: r.x, y: r.y, width: r.width, height: r.height }; }"""
MARKED = """([u, v]) => {
  const pane = document.querySelector('[data-pane="0"]');
  const mark = pane.querySelector('[data-mark] circle')?.getBoundingClientRect();
  const video = pane.querySelector('video.film')?.getBoundingClientRect();
  return mark && video && Math.abs(mark.x + mark.width / 2 - video.x - u * video.width) <= 2
    && Math.abs(mark.y + mark.height / 2 - video.y - v * video.height) <= 2; }"""
"""Whether the mark of the first pane stands at a place of its picture, within two pixels."""
NOT_HIDDEN = {"sees", "too-far", "beyond-range"}


def ask(base: str, path: str, **params: Any) -> Any:
    answer = door.get(f"{base}{path}", params=params, headers={"Accept-Language": "zh"}, timeout=60)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def street(simulated: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The fixed street camera, of some, that sees most by name; and its names by kind and id."""
    cameras = ask(simulated, "/api/cameras")["cameras"]
    fixed = [one for one in cameras if one["tier"] == 3 and one["type"] == "fixed" and one["heading"] is not None]
    seen = {one["id"]: ask(simulated, f"/api/cameras/{one['id']}/names", limit=80)["names"] for one in fixed[:12]}
    best = max(seen, key=lambda id_: len({thing["kind"] for thing in seen[id_]}) * 1000 + len(seen[id_]))
    camera = ask(simulated, f"/api/cameras/{best}")
    return camera, {f"{one['kind']} {one['id']}": one for one in seen[best]}


def check_places(page: Page, base: str, camera: dict[str, Any], names: dict[str, dict[str, Any]]) -> int:
    """Every label stands within two pixels of where the link says that its place is; how many there are."""
    labels, picture = page.evaluate(LABELS), page.evaluate(PICTURE)
    for label in labels:
        thing = names[f"{label['kind']} {label['id']}"]
        place = {name: thing[name] for name in ("lon", "lat", "height")}
        told = ask(base, f"/api/cameras/{camera['id']}/project", **place)
        assert told["why_code"] in NOT_HIDDEN, (thing, told)
        x = picture["x"] + told["pixel"][0] / camera["image_width"] * picture["width"]
        y = picture["y"] + told["pixel"][1] / camera["image_height"] * picture["height"]
        assert (label["x"], label["y"]) == (pytest.approx(x, abs=2), pytest.approx(y, abs=2)), thing
    return len(labels)


def test_names_stand_where_the_link_says(
    watching: Watched, street: tuple[dict[str, Any], dict[str, dict[str, Any]]]
) -> None:
    camera, names = street
    page = watching.open(f"#/operate?pic={camera['id']}").page
    page.wait_for_selector("video.film", state="attached", timeout=FIRST_MS)
    switch = page.locator("[data-names]").first
    switch.click()
    expect(page.locator(".picturename").first).to_be_visible()
    assert check_places(page, watching.base, camera, names) >= 3
    assert "names=1" in page.evaluate("() => location.hash")
    # Nearer: the names stay where their places are.
    box = page.locator("svg.pictureview").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = page.evaluate(PICTURE)["width"]
    for _ in range(3):
        page.mouse.wheel(0, -100)
    page.wait_for_function(f"() => ({PICTURE})().width > {before} * 1.5")
    check_places(page, watching.base, camera, names)
    switch.click()
    expect(page.locator(".picturename")).to_have_count(0)


def test_a_name_that_is_clicked_takes_the_map_there(
    watching: Watched, street: tuple[dict[str, Any], dict[str, dict[str, Any]]]
) -> None:
    camera, names = street
    page = watching.open(f"#/operate?pic={camera['id']}&names=1").page
    label = page.locator(".picturename").first
    expect(label).to_be_visible(timeout=FIRST_MS)
    label.locator("text").click()
    thing = names[f"{label.get_attribute('data-kind')} {label.get_attribute('data-name')}"]
    flown = page.evaluate("() => window.geoserver.state().flyTo")
    assert (flown["lon"], flown["lat"]) == (thing["lon"], thing["lat"])
    assert page.evaluate("() => window.geoserver.state().pointed") is None, "the picture was not pointed into"


def test_a_tour_along_a_road(watching: Watched) -> None:
    found = ask(watching.base, "/api/search", q="海拉尔路", limit=200)["results"]
    road = next(one for one in found if one["kind"] == "road")
    body = {"road": road["id"], "tiers": [1, 2, 3], "turning": False}
    told = door.post(f"{watching.base}/api/routes/cameras", json=body, timeout=60).json()
    few = [one for one in told["cameras"] if one["chosen"]]
    assert len(few) >= 2
    page = watching.open().page
    page.locator("#open-route").click()
    page.locator("#route-road").fill(road["name"])
    page.locator(".ant-select-item-option", has_text=road["name"]).first.click()
    rows = page.locator("#route [data-camera]")
    expect(rows).to_have_count(len(few))
    assert [row.get_attribute("data-camera") for row in rows.all()] == [one["camera"] for one in few]
    expect(page.locator("#route .gap").first if told["gaps"] else page.locator("#route")).to_be_visible()
    page.locator("#route-start").click()
    first = page.locator('[data-pane="0"]')
    expect(first).to_have_attribute("data-camera", few[0]["camera"])
    expect(page.locator('[data-pane="1"]')).to_have_attribute("data-camera", few[1]["camera"])
    # It marks where it sees the route best.
    expect(first.locator("[data-mark=seen]")).to_be_visible(timeout=FIRST_MS)
    place = {name: few[0]["best"][name] for name in ("lon", "lat", "height")}
    camera = ask(watching.base, f"/api/cameras/{few[0]['camera']}")
    u, v = ask(watching.base, f"/api/cameras/{few[0]['camera']}/project", **place)["pixel"]
    # The wall makes room for the route on the map, and the panes move while it does.
    page.wait_for_function(MARKED, arg=[u / camera["image_width"], v / camera["image_height"]])
    page.locator("#route-clear").click()
    expect(rows).to_have_count(0)
