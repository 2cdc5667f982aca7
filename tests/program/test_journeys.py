"""Five journeys through the real server with the village, and changes under its feet."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.api import models
from tests.program.server import Running, run, started

pytestmark = pytest.mark.program


@pytest.fixture(scope="module")
def server(village: Path) -> Iterator[Running]:
    with started(village) as server:
        yield server


@pytest.fixture
def web(server: Running) -> httpx.Client:
    return server.web


def test_somebody_opens_the_city(web: httpx.Client) -> None:
    city = web.get("/api/city").json()
    models.City.model_validate(city)
    assert city["generated"]
    assert city["counts"]["cameras"] > 0
    west, south, east, north = city["extent"]
    assert west < city["home"]["lon"] < east
    assert south < city["home"]["lat"] < north
    layer = web.get("/tiles/terrain/layer.json").json()
    assert layer["format"] == "quantized-mesh-1.0"
    assert "?v=" in layer["tiles"][0]
    root = web.get("/tiles/terrain/0/1/0.terrain")
    assert root.headers["content-type"] == "application/vnd.quantized-mesh"
    assert web.get("/tiles/terrain/0/1/0.terrain", headers={"If-None-Match": root.headers["etag"]}).status_code == 304
    tileset = web.get("/tiles/buildings/tileset.json").json()
    assert tileset["asset"]["version"] == "1.1"
    content = web.get(f"/tiles/buildings/{first_content(tileset['root'])}")
    assert content.headers["content-type"] == "model/gltf-binary"
    assert content.content[:4] == b"glTF"
    assert "immutable" in content.headers["cache-control"]


def first_content(tile: dict[str, Any]) -> str:
    if "content" in tile:
        return str(tile["content"]["uri"])
    return next(first_content(child) for child in tile["children"])


def test_the_basemap_is_drawn_on_request_and_then_kept(web: httpx.Client, village: Path) -> None:
    city = web.get("/api/city").json()
    lon, lat = city["center"]
    x, y = tile_of(lon, lat, 16)
    pictures = []
    for style in ("dark", "light"):
        for lang in ("zh", "en"):
            answer = web.get(f"/tiles/basemap/16/{x}/{y}.png?style={style}&lang={lang}&v={city['tile_version']}")
            assert answer.headers["content-type"] == "image/png"
            assert "immutable" in answer.headers["cache-control"]
            pictures.append(answer.content)
    assert len({picture[:4] for picture in pictures}) == 1
    assert pictures[0] != pictures[2]
    assert list((village / "cache").rglob(f"light/en/16/{x}/{y}.png"))


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    import math

    n = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def test_a_click_finds_cameras_that_see(web: httpx.Client) -> None:
    cameras = web.get("/api/cameras").json()["cameras"]
    seen = 0
    for camera in cameras[:40]:
        answer = web.get("/api/link", params={"lon": camera["lon"], "lat": camera["lat"], "limit": 50})
        found = models.LinkAnswer.model_validate(answer.json())
        assert found.cameras
        assert all(one.why for one in found.cameras)
        seen += any(one.visible for one in found.cameras)
    assert seen > 5


def test_every_camera_shows_its_facts_cone_and_coverage(web: httpx.Client) -> None:
    for camera in web.get("/api/cameras").json()["cameras"][:25]:
        path = f"/api/cameras/{camera['id']}"
        models.Camera.model_validate(web.get(path).json())
        cone, coverage = web.get(f"{path}/cone"), web.get(f"{path}/coverage")
        if camera["heading"] is None and camera["type"] == "fixed":
            assert cone.status_code == coverage.status_code == 409
            continue
        assert coverage.status_code == 200, coverage.text
        models.Coverage.model_validate(coverage.json())
        if cone.status_code != 409:
            models.Cone.model_validate(cone.json())


def test_areas_search_and_buildings(web: httpx.Client) -> None:
    areas = models.Areas.model_validate(web.get("/api/areas").json()).areas
    assert {area.level for area in areas} >= {"district", "street"}
    models.AreaFeature.model_validate(web.get(f"/api/areas/{areas[0].code}").json())
    found = web.get("/api/search", params={"q": areas[0].name}).json()["results"]
    assert any(one["kind"] == "area" and one["id"] == areas[0].code for one in found)
    kinds = set()
    for word in ("路", "camera", "街", "号", areas[-1].name):
        answer = models.SearchAnswer.model_validate(web.get("/api/search", params={"q": word, "limit": 200}).json())
        kinds |= {one.kind for one in answer.results}
        for one in answer.results[:5]:
            if one.kind == "building":
                models.Building.model_validate(web.get(f"/api/buildings/{one.id}").json())
    assert {"road", "building"} <= kinds


def test_an_integrator_pages_through_all_cameras(web: httpx.Client) -> None:
    count, address = 0, "/ogc/collections/cameras/items?limit=7"
    total = web.get("/api/city").json()["counts"]["cameras"]
    while address:
        page = web.get(address).json()
        count += page["numberReturned"]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert count == total


def test_cameras_loaded_under_a_running_server_appear(village_copy: Path, tmp_path: Path) -> None:
    with started(village_copy) as server:
        city = server.web.get("/api/city").json()
        lon, lat = city["center"]
        rows = tmp_path / "more.csv"
        rows.write_text(f"id,name,lon,lat,height\nnew-1,新增一,{lon},{lat},6\nnew-2,新增二,{lon},{lat},\n", "utf-8")
        done = run("load", "cameras", str(rows), "--city", str(village_copy))
        assert done.returncode == 0, done.stderr
        assert wait_for(lambda: server.web.get("/api/cameras/new-1").status_code == 200)
        again = run("load", "cameras", str(rows), "--city", str(village_copy), "--json")
        event = json.loads(again.stdout.splitlines()[-1])
        assert (event["created"], event["changed"], event["same"]) == (0, 0, 2)
        assert server.web.get("/api/city").json()["counts"]["cameras"] == city["counts"]["cameras"] + 2


def test_a_new_build_replaces_the_old_one_under_a_running_server(village_copy: Path) -> None:
    with started(village_copy) as server:
        before = server.web.get("/api/city").json()["version"]
        layer = server.web.get("/tiles/terrain/layer.json").json()["tiles"][0].split("?v=")[1]
        document = json.loads((village_copy / "build.json").read_text())
        document["version"] = "another"
        unfinished = village_copy / "build.json.part"
        unfinished.write_text(json.dumps(document))
        os.replace(unfinished, village_copy / "build.json")
        assert wait_for(lambda: server.web.get("/api/city").json()["version"] == "another")
        assert before != "another"
        # What the old page still asks for stays as it was.
        tile = server.web.get(f"/tiles/terrain/0/1/0.terrain?v={layer}")
        assert tile.status_code == 200


def test_a_broken_new_build_leaves_the_old_one_serving(village_copy: Path) -> None:
    with started(village_copy) as server:
        before = server.web.get("/api/city").json()["version"]
        (village_copy / "build.json").write_text("{broken")
        time.sleep(2)
        assert server.web.get("/api/city").json()["version"] == before


def wait_for(true: Any, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_nothing_of_the_server_stays_behind(village: Path) -> None:
    with started(village) as server:
        process = server.process
    assert process.poll() == 0


def test_without_a_client_the_page_says_how_to_build_it(village: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("GEOSERVER_CLIENT", str(tmp_path))
    with started(village) as server:
        page = server.web.get("/", headers={"Accept-Language": "en"})
        assert page.status_code == 503
        assert "npm run build" in page.text
