"""Names over pictures and cameras along routes, over HTTP: what is answered, what is refused, in both languages."""

import time

import httpx
import pytest

from geoserver.api import pictures_models, routes_models

ROUTE = "/api/routes/cameras"
LINE = [[106.7995, 39.6005], [106.8005, 39.6005]]


def test_a_city_without_names_has_none(web: httpx.Client) -> None:
    answer = web.get("/api/cameras/north/names")
    told = pictures_models.Names.model_validate(answer.json())
    assert answer.headers["cache-control"] == "private, no-cache"
    assert told.camera == "north"
    assert told.names == []


def test_names_of_a_camera_that_looks_nowhere_are_refused(web: httpx.Client) -> None:
    answer = web.get("/api/cameras/unknown/names")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-direction")
    assert web.get("/api/cameras/nobody/names").status_code == 404
    assert web.get("/api/cameras/north/names", params={"limit": 0}).status_code == 400
    assert web.get("/api/cameras/north/names", params={"pan": 10}).status_code == 400


def test_a_line_has_its_cameras_in_order(web: httpx.Client) -> None:
    answer = web.post(ROUTE, json={"line": LINE, "turning": True})
    assert answer.status_code == 200, answer.text
    told = routes_models.RouteCameras.model_validate(answer.json())
    assert told.length_m == pytest.approx(85.9, abs=0.5)
    assert told.lines[0] == [pytest.approx(point) for point in LINE]
    assert {one.camera for one in told.cameras} >= {"north", "turning", "lookout"}
    bests = [one.best.at_m for one in told.cameras]
    assert bests == sorted(bests)
    assert any(one.chosen for one in told.cameras)
    for one in told.cameras:
        assert 0.0 <= one.from_m <= one.best.at_m <= one.to_m <= told.length_m + 0.1
        asked = {"lon": one.best.lon, "lat": one.best.lat, "height": one.best.height}
        assert web.get(f"/api/cameras/{one.camera}/project", params=asked).json()["visible"]
    gone = sum(gap.to_m - gap.from_m for gap in told.gaps)
    assert told.seen_m + gone == pytest.approx(told.length_m, abs=0.5)
    turned = {one.camera for one in told.cameras if one.turns}
    held = routes_models.RouteCameras.model_validate(web.post(ROUTE, json={"line": LINE}).json())
    assert {one.camera for one in held.cameras}.isdisjoint(turned)
    only = web.post(ROUTE, json={"line": LINE, "tiers": [1], "turning": True}).json()
    assert {one["tier"] for one in only["cameras"]} == {1}


@pytest.mark.parametrize(
    ("body", "word", "status"),
    [
        ({}, "line", 400),
        ({"line": LINE, "road": "R1"}, "line", 400),
        ({"line": LINE[:1]}, "line", 400),
        ({"line": [LINE[0], LINE[0]]}, "1", 400),
        ({"line": LINE * 1001}, "line", 400),
        ({"line": [[106.8, 39.6], [106.8, 40.6]]}, "50", 400),
        ({"line": [[106.8, 39.6], [106.8, 39.75]]}, "39.", 422),
        ({"line": [[106.8, 39.6], [106.8, 95]]}, "90", 400),
        ({"line": [[106.8, 39.6], [106.8]]}, "line", 400),
        ({"line": LINE, "tiers": []}, "tiers", 400),
        ({"line": LINE, "tiers": [4]}, "tiers", 400),
        ({"line": LINE, "density": 3}, "density", 400),
        ({"line": LINE, "all": True}, "all", 400),
        ({"road": "none"}, "none", 404),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_no_route_is_refused_with_its_reason(
    web: httpx.Client, body: dict, word: str, status: int, lang: str
) -> None:
    answer = web.post(ROUTE, json=body, headers={"Accept-Language": lang})
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert word in told["detail"]
    assert ("。" in told["detail"]) == (lang == "zh")


def test_the_look_is_in_the_journal(web: httpx.Client) -> None:
    web.post(ROUTE, json={"line": LINE})
    until_s = time.monotonic() + 10  # looks are committed together, within a second
    while time.monotonic() < until_s:
        rows = web.get("/api/journal", params={"kind": "place", "limit": 50}).json()["rows"]
        if any(row["detail"].get("deed") == "route" for row in rows):
            return
        time.sleep(0.1)
    pytest.fail("no row of the journal tells of the route")
