"""What the server answers: each JSON answer reads back with its model, and says what is so."""

import math

import httpx
import pytest
from pydantic import BaseModel

from geoserver.api import models

LINK = "/api/link?lon=106.8&lat=39.6005"
ANSWERS: list[tuple[str, type[BaseModel]]] = [
    ("/api/city", models.City),
    ("/api/cameras", models.Cameras),
    ("/api/cameras?tier=3&bbox=106.79,39.59,106.81,39.61", models.Cameras),
    ("/api/cameras/north", models.Camera),
    ("/api/cameras/unknown", models.Camera),
    ("/api/cameras/north/coverage", models.Coverage),
    ("/api/cameras/turning/coverage?ladder=2025", models.Coverage),
    ("/api/cameras/north/cone", models.Cone),
    ("/api/cameras/turning/cone?toward_lon=106.801&toward_lat=39.6", models.Cone),
    ("/api/areas", models.Areas),
    ("/api/search?q=north", models.SearchAnswer),
    (LINK, models.LinkAnswer),
    (f"{LINK}&height=1050", models.LinkAnswer),
    ("/api/sight?from_lon=106.8&from_lat=39.6&to_lon=106.8&to_lat=39.602", models.SightAnswer),
    ("/api/height?lon=106.8&lat=39.6", models.HeightAnswer),
    ("/health", models.Health),
]


@pytest.mark.parametrize(("path", "model"), ANSWERS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_answer_is_as_declared(web: httpx.Client, path: str, model: type[BaseModel], lang: str) -> None:
    answer = web.get(path, headers={"Accept-Language": lang})
    assert answer.status_code == 200, answer.text
    model.model_validate(answer.json())


def test_the_list_and_its_filters(web: httpx.Client) -> None:
    listed = web.get("/api/cameras").json()
    assert [one["id"] for one in listed["cameras"]] == ["lookout", "north", "roof", "south", "turning", "unknown"]
    assert listed["count"] == 6

    def ids(query: str) -> list[str]:
        return [one["id"] for one in web.get(f"/api/cameras?{query}").json()["cameras"]]

    assert ids("tier=1") == ["lookout"]
    assert ids("q=NORTH") == ["north"]
    assert ids("bbox=106.802,39.5,106.9,39.7") == ["roof"]
    assert ids("limit=2") == ["lookout", "north"]
    assert ids("owner=nobody") == []


def test_the_list_is_fetched_once(web: httpx.Client) -> None:
    first = web.get("/api/cameras")
    again = web.get("/api/cameras", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_camera_without_direction_is_never_shown_as_if_it_had_one(web: httpx.Client) -> None:
    facts = web.get("/api/cameras/unknown", headers={"Accept-Language": "zh"}).json()
    assert facts["heading"] is None
    assert facts["incomplete"][0] == "heading_deg"
    assert {one["field"] for one in facts["assumed"]} == {"hfov_deg", "pitch_deg"}
    for view in ("coverage", "cone"):
        refused = web.get(f"/api/cameras/unknown/{view}")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/no-direction")


def test_link_names_who_sees_and_why_the_others_do_not(web: httpx.Client) -> None:
    found = web.get(LINK, headers={"Accept-Language": "en"}).json()
    assert found["place"]["kind"] == "ground"
    by_id = {one["camera"]: one for one in found["cameras"]}
    assert by_id["north"]["visible"]
    assert by_id["north"]["streams"] == ["main", "sub"]
    assert by_id["north"]["why"].startswith("sees it at ")
    assert by_id["south"]["why_code"] == "outside-picture"
    assert by_id["unknown"]["why_code"] == "direction-unknown"
    assert by_id["turning"]["aim"]["zoom"] >= 1
    assert by_id["north"]["online"] is None
    order = [one["visible"] for one in found["cameras"]]
    assert order == sorted(order, reverse=True)
    for id_ in filter(None, found["recommended"].values()):
        assert by_id[id_]["visible"]


def test_link_says_which_building_blocks(web: httpx.Client, services: object) -> None:
    behind = web.get("/api/link?lon=106.8&lat=39.6016", headers={"Accept-Language": "en"}).json()
    north = next(one for one in behind["cameras"] if one["camera"] == "north")
    assert not north["visible"]
    assert north["why_code"] == "blocked-by-building"
    assert "100 m" in north["why"]
    chinese = web.get("/api/link?lon=106.8&lat=39.6016", headers={"Accept-Language": "zh-CN"}).json()
    assert "遮挡" in next(one for one in chinese["cameras"] if one["camera"] == "north")["why"]


def test_sight_between_two_places(web: httpx.Client) -> None:
    over = "/api/sight?from_lon=106.8&from_lat=39.6&to_lon=106.8&to_lat=39.602"
    blocked = web.get(over, headers={"Accept-Language": "en"}).json()
    assert not blocked["visible"]
    assert blocked["blocker"]["kind"] == "building"
    assert blocked["blocker"]["distance_m"] == pytest.approx(100, abs=1)
    assert blocked["from"]["height"] == pytest.approx(1041.5, abs=0.01)
    assert "building" in blocked["text"]
    clear = web.get("/api/sight?from_lon=106.8&from_lat=39.6&to_lon=106.799&to_lat=39.599").json()
    assert clear["visible"]
    assert clear["blocker"] is None


def test_heights(web: httpx.Client) -> None:
    assert web.get("/api/height?lon=106.8&lat=39.6").json() == {"ground": 1040.0, "top": 1040.0, "building": None}
    roof = web.get("/api/height?lon=106.8&lat=39.60108").json()
    assert (roof["top"], roof["ground"]) == (1060.0, 1040.0)
    assert roof["building"]["id"]
    many = web.post("/api/heights", json={"points": [[106.8, 39.6], [106.8, 39.60108], [0, 0]]}).json()
    assert many == {"ground": [1040.0, 1040.0, None], "top": [1040.0, 1060.0, None]}


def test_a_building(web: httpx.Client) -> None:
    id_ = web.get("/api/height?lon=106.8&lat=39.60108").json()["building"]["id"]
    facts = web.get(f"/api/buildings/{id_}").json()
    models.Building.model_validate(facts)
    assert (facts["roof"], facts["height_m"]) == (1060.0, 20.0)


def test_search_finds_cameras(web: httpx.Client) -> None:
    found = web.get("/api/search", params={"q": "camera north"}).json()
    assert found["results"][0]["id"] == "north"
    place = web.get("/api/search", params={"q": "106.8,39.6"}).json()["results"][0]
    assert place["kind"] == "coordinate"
    assert math.isclose(place["lon"], 106.8)


def test_the_openapi_document_is_whole(web: httpx.Client) -> None:
    document = web.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    for path in document["paths"].values():
        for operation in path.values():
            assert "422" not in operation["responses"]
            assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_docs_and_problem_pages_ask_nothing_of_other_addresses(web: httpx.Client) -> None:
    for path in ("/docs", "/problems/outside-city", "/ogc/?f=html", "/ogc/collections/cameras/items?f=html"):
        page = web.get(path)
        assert page.headers["content-type"].startswith("text/html")
        for tag in ("src=", "<script", "<link", "@import", "url("):
            assert tag not in page.text, (path, tag)
    assert "/api/link" in web.get("/docs").text
    assert "城市范围之外" in web.get("/problems/outside-city", headers={"Accept-Language": "zh"}).text


def test_metrics_count_requests_by_route(web: httpx.Client) -> None:
    web.get("/api/cameras/north")
    text = web.get("/metrics").text
    assert 'geoserver_requests_total{method="GET",route="/api/cameras/{id}",status="200"}' in text
    assert "geoserver_cameras 6" in text
    assert 'geoserver_health_cameras{state="unknown"} 6' in text
    assert 'geoserver_health_checks_total{check="reach"} 0' in text
    assert "geoserver_health_faulty_cameras 0" in text
    assert "north" not in text


def test_answers_are_compressed_only_when_it_pays(web: httpx.Client) -> None:
    big = web.get("/api/cameras", headers={"Accept-Encoding": "gzip"})
    assert big.headers["content-encoding"] == "gzip"
    small = web.get("/health", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers
    plain = web.get("/api/cameras", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == big.json()
