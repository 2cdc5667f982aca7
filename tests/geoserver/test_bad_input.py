"""Bad requests: each gets a clear answer in the caller's language, and the server stays up."""

import httpx
import pytest

LONG = "x" * 5000
BAD: list[tuple[str, int, str, str]] = [
    ("/api/link?lon=0&lat=0", 422, "outside-city", "0.00000, 0.00000"),
    ("/api/link?lon=nan&lat=39.6", 400, "bad-parameter", "lon"),
    ("/api/link?lon=106.8&lat=NaN", 400, "bad-parameter", "lat"),
    ("/api/link?lon=inf&lat=39.6", 400, "bad-parameter", "inf"),
    ("/api/link?lon=106.8&lat=90", 400, "bad-parameter", "90"),
    ("/api/link?lon=106.8&lat=-90", 400, "bad-parameter", "-90"),
    ("/api/link?lon=106.8&lat=1e308", 400, "bad-parameter", "lat"),
    ("/api/link?lon=181&lat=39.6", 400, "bad-parameter", "180"),
    ("/api/link?lon=east&lat=39.6", 400, "bad-parameter", "east"),
    ("/api/link?lat=39.6", 400, "bad-parameter", "lon"),
    ("/api/link", 400, "bad-parameter", "lon"),
    ("/api/link?lon=106.8&lat=39.6&limit=999999999999999999999", 400, "bad-parameter", "1000"),
    ("/api/link?lon=106.8&lat=39.6&limit=0", 400, "bad-parameter", "limit"),
    ("/api/link?lon=106.8&lat=39.6&limit=2.5", 400, "bad-parameter", "limit"),
    ("/api/link?lon=106.8&lat=39.6&tier=4", 400, "bad-parameter", "tier"),
    ("/api/link?lon=106.8&lat=39.6&density=1", 400, "bad-parameter", "12.5"),
    ("/api/link?lon=106.8&lat=39.6&height=nan", 400, "bad-parameter", "height"),
    ("/api/link?lon=106.8&lat=39.6&height=1e9", 400, "bad-parameter", "height"),
    ("/api/sight?from_lon=106.8&from_lat=39.6&to_lon=10&to_lat=10", 422, "outside-city", "10.00000"),
    ("/api/height?lon=-106.8&lat=39.6", 422, "outside-city", "-106.8"),
    ("/api/cameras?limit=100000000", 400, "bad-parameter", "100000"),
    ("/api/cameras?bbox=1,2,3", 400, "bad-parameter", "1,2,3"),
    ("/api/cameras?bbox=1,2,3,nan", 400, "bad-parameter", "nan"),
    ("/api/cameras?bbox=1,50,3,4", 400, "bad-parameter", "bbox"),
    ("/api/cameras?bbox=a,b,c,d", 400, "bad-parameter", "a,b,c,d"),
    ("/api/cameras/nobody", 404, "unknown-id", "nobody"),
    ("/api/cameras/%00", 404, "unknown-id", ""),
    ("/api/cameras/nobody/coverage", 404, "unknown-id", "nobody"),
    ("/api/cameras/north/coverage?ladder=1999", 400, "bad-parameter", "1999"),
    ("/api/cameras/north/cone?toward_lon=106.8", 400, "bad-parameter", "toward_lat"),
    ("/api/cameras/turning/cone?toward_lon=0&toward_lat=0", 422, "outside-city", "0.0"),
    ("/api/areas/999999", 404, "unknown-id", "999999"),
    ("/api/buildings/none", 404, "unknown-id", "none"),
    ("/api/search", 400, "bad-parameter", "q"),
    ("/api/search?q=", 400, "bad-parameter", "q"),
    (f"/api/search?q={LONG}", 400, "bad-parameter", "200"),
    ("/api/nothing", 404, "unknown-path", "/api/nothing"),
    ("/api", 404, "unknown-path", "/api"),
    ("/tiles/terrain/0/0/0.terrain", 404, "no-tile", "terrain"),
    ("/tiles/terrain/99/0/0.terrain", 400, "bad-parameter", "30"),
    ("/tiles/terrain/0/-1/0.terrain", 400, "bad-parameter", "x"),
    ("/tiles/terrain/a/b/c.terrain", 400, "bad-parameter", "a"),
    ("/tiles/buildings/..%2f..%2fcity.sqlite", 404, "no-tile", ""),
    ("/tiles/buildings/%2e%2e/%2e%2e/outside.txt", 404, "", ""),
    ("/tiles/basemap/3/99/1.png", 404, "no-tile", "basemap"),
    ("/tiles/basemap/3/1/1.png?style=pink", 400, "bad-parameter", "pink"),
    ("/ogc/collections/trees", 404, "unknown-id", "trees"),
    ("/ogc/collections/cameras/items?limit=0", 400, "bad-parameter", "limit"),
    ("/ogc/collections/cameras/items?limit=10000000", 400, "bad-parameter", "10000"),
    ("/ogc/collections/cameras/items?bbox=1,2", 400, "bad-parameter", "bbox"),
    ("/ogc/collections/cameras/items?datetime=yesterday", 400, "bad-parameter", "yesterday"),
    ("/ogc/collections/cameras/items?datetime=2026-02-01T00:00:00Z/2026-01-01T00:00:00Z", 400, "bad-parameter", "2026"),
    ("/ogc/collections/cameras/items?tier=9", 400, "bad-parameter", "9"),
    ("/ogc/collections/cameras/items?colour=1", 400, "bad-parameter", "colour"),
    ("/ogc/collections/cameras/items/nobody", 404, "unknown-id", "nobody"),
    ("/ogc/collections?f=xml", 400, "bad-format", "xml"),
]


@pytest.mark.parametrize(("path", "status", "code", "named"), BAD, ids=[row[0][:60] for row in BAD])
def test_each_gets_a_problem_document(web: httpx.Client, path: str, status: int, code: str, named: str) -> None:
    details = {}
    for lang in ("en", "zh"):
        answer = web.get(path, headers={"Accept-Language": lang})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        if code:
            assert problem["type"] == f"/problems/{code}"
        assert named in problem["detail"]
        assert "Traceback" not in answer.text
        details[lang] = problem["detail"]
    assert any("一" <= letter <= "鿿" for letter in details["zh"]), details
    assert not any("一" <= letter <= "鿿" for letter in details["en"]), details
    assert web.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"points": [[106.8, "north"]]}, "points.0.1"),
        ({"points": [[106.8]]}, "points.0"),
        ({"points": []}, "points"),
        ({"points": [[0, 0]] * 10001}, "10000"),
        ({}, "points"),
        ([], "body"),
        ({"points": [[0, 0]], "more": 1}, "more"),
    ],
)
def test_bad_bodies(web: httpx.Client, body: object, named: str) -> None:
    answer = web.post("/api/heights", json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-parameter"), answer.text
    assert named in answer.json()["detail"]


def test_bodies_that_are_no_json(web: httpx.Client) -> None:
    for content in (b"{", b"\xff\xfe", b'{"points": [[NaN, 1]]}', b""):
        answer = web.post("/api/heights", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, (content, answer.text)
        assert answer.json()["type"] == "/problems/bad-parameter"


def test_wrong_methods_name_the_right_one(web: httpx.Client) -> None:
    answer = web.put("/api/cameras")
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/wrong-method")
    assert "GET" in answer.headers["allow"]
    assert web.put("/api/cameras/north").status_code == 405


def test_a_foreign_host_is_refused(web: httpx.Client) -> None:
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""):
        answer = web.get("/api/cameras", headers={"Host": host})
        assert (answer.status_code, answer.json()["type"]) == (421, "/problems/unknown-host")
    for host in ("localhost", "LOCALHOST:9", "127.0.0.1:8000", "[::1]:8000"):
        assert web.get("/health", headers={"Host": host}).status_code == 200


def test_what_nobody_foresaw_is_told_without_its_inside(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from geoserver import place_answers

    def broken(*_: object) -> None:
        raise RuntimeError("rtsp://root:opensesame@10.66.77.88/1")

    monkeypatch.setattr(place_answers, "height_answer", broken)
    answer = web.get("/api/height?lon=106.8&lat=39.6")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert "opensesame" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    monkeypatch.undo()
    assert web.get("/api/height?lon=106.8&lat=39.6").status_code == 200
