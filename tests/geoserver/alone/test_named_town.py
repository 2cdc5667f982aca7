"""Names over pictures and routes along roads in a town that has names: what is told to whom."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import httpx
import pytest
from shapely.geometry import LineString, Point, box

from geoserver.services import Now, Services
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from geoserver.town import Town
from layers.areas import AreaIndex
from layers.grants.roles import Post
from tests import door
from tests.geoserver.builders import a_camera
from tiles.scene import Scene
from tiles.vectors import LAYERS

WEST, EAST = "150302", "150303"
MIDDLE = 106.8
AREAS = [
    (WEST, "西区", "district", "", box(106.7, 39.5, MIDDLE, 39.7)),
    (EAST, "东区", "district", "", box(MIDDLE, 39.5, 106.9, 39.7)),
]
CORNERS = {WEST: -40.0, EAST: 40.0}
METRE = 1 / 85_900


def east(metres: float) -> float:
    return MIDDLE + metres * METRE


def road(id_: str, name: str, name_en: str, *places: tuple[float, float]) -> dict[str, object]:
    line = LineString([(east(x), lat) for x, lat in places])
    return {"id": id_, "name": name, "name_en": name_en, "class": "primary", "width_m": 18.0, "geometry": line}


ROADS = [
    road("R1", "滨河路", "", (-300, 39.6006), (-5, 39.6006)),
    road("R2", "滨河路", "Binhe Road", (5, 39.6006), (300, 39.6006)),
    road("R3", "无名巷", "", (-300, 39.597), (300, 39.597)),
]
PLACES = [{"id": "P1", "name": "人民公园", "name_en": "", "kind": "park", "geometry": Point(east(4), 39.6005)}]


def write_vectors(folder: Path) -> None:
    """The layers that names come from."""
    for layer, rows in (("roads", ROADS), ("places", PLACES), ("junctions", [])):
        columns = {name: [row.get(name, "") for row in rows] for name in LAYERS[layer]}
        shapes = [row["geometry"] for row in rows]
        gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(folder / "vectors.gpkg", layer=layer)


def town(folder: Path) -> Town:
    """Two houses north of the middle, one in each district; the western has a name, the eastern an address."""
    houses = [([(x - 15, 120), (x + 15, 120), (x + 15, 140), (x - 15, 140)], 1039.5, 1060.0) for x in CORNERS.values()]
    scene = Scene.flat(buildings=houses)
    words = dict(scene.footprints.attributes) | {"name": ("西楼", ""), "address": ("", "东街2号")}
    scene = replace(scene, footprints=replace(scene.footprints, attributes=words))
    write_vectors(folder)
    names = {"name_en": "", "level": "district", "parent": ""}
    shapes = {code: ({"code": code, "name": name, **names}, shape) for code, name, _, _, shape in AREAS}
    return replace(Town.of_scene(scene, folder), areas=AreaIndex.build(AREAS), area_shapes=shapes, vectors=folder)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Services]:
    store = SqliteStore.open(tmp_path / "city.sqlite")
    look = {"pitch_deg": -4.0, "hfov_deg": 70.0}
    cameras = [
        a_camera("west", lon=east(-20), area=WEST, **look),
        a_camera("east", lon=east(20), area=EAST, **look),
        a_camera("turned", lon=east(30), area=EAST, type="ptz", heading_deg=180.0, hfov_tele_deg=4.0, **look),
    ]
    store.commit([Write.put(camera, 0) for camera in cameras])
    services = Services(store, Now.of(town(tmp_path), store), tmp_path / "cache")
    yield services
    services.close()


def told(web: httpx.Client, camera: str = "west", **asked: object) -> dict[str, dict[str, object]]:
    answer = web.get(f"/api/cameras/{camera}/names", params=asked)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["names"]}


def test_what_has_a_name_is_named_where_it_is_projected(web: httpx.Client) -> None:
    found = told(web)
    assert {"滨河路", "西楼", "东街2号", "人民公园", "西区", "东区"} == set(found)
    assert found["滨河路"]["name_en"] == "Binhe Road"
    assert found["西楼"]["name_en"] == "西楼"
    assert abs(found["滨河路"]["angle_deg"]) < 3.0
    assert [one["angle_deg"] for name, one in found.items() if name != "滨河路"] == [None] * 5
    for one in found.values():
        place = {name: one[name] for name in ("lon", "lat", "height")}
        pixel = web.get("/api/cameras/west/project", params=place).json()["pixel"]
        assert pixel == pytest.approx([one["u"] * 1920, one["v"] * 1080], abs=1.0)


def test_a_turned_camera_names_what_it_shows_after_the_turn(web: httpx.Client) -> None:
    assert "无名巷" in told(web, "turned")
    north = told(web, "turned", pan=0.0, tilt=-4.0, zoom=1.0)
    assert "无名巷" not in north
    assert "东街2号" in north
    assert list(told(web, limit=2)) == list(told(web))[:2]


def operator(address: str, folder: Path, area: str) -> httpx.Client:
    posts = (Post(role="operator", areas=frozenset({area})),)
    key = door.let_in(Settings(folder=folder).database, address, f"operator {area}", posts)
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)


def test_names_of_areas_that_one_does_not_see_are_not_told(address: str, tmp_path: Path) -> None:
    with operator(address, tmp_path, WEST) as web:
        found = told(web)
        assert "西楼" in found
        assert not {"东街2号", "人民公园", "东区"} & set(found)


def test_a_road_is_one_route_whatever_piece_of_it_is_named(web: httpx.Client) -> None:
    answers = [web.post("/api/routes/cameras", json={"road": id_}).json() for id_ in ("R1", "R2")]
    assert answers[0] == answers[1]
    assert (answers[0]["name"], answers[0]["name_en"]) == ("滨河路", "Binhe Road")
    assert answers[0]["length_m"] == pytest.approx(590.0, abs=1.0)
    assert len(answers[0]["lines"]) == 2
    assert {one["camera"] for one in answers[0]["cameras"]} == {"west", "east"}
    assert len(answers[0]["gaps"]) == 2


def test_only_cameras_that_one_sees_are_along_a_route(address: str, tmp_path: Path) -> None:
    line = {"line": [[east(-60), 39.6006], [east(60), 39.6006]], "turning": True}
    with operator(address, tmp_path, WEST) as web:
        found = web.post("/api/routes/cameras", json=line).json()
        assert [one["camera"] for one in found["cameras"]] == ["west"]
        # A road in the other district is as if there were none.
        assert web.post("/api/routes/cameras", json={"road": "R2"}).status_code == 404
        assert web.post("/api/routes/cameras", json={"road": "R1"}).status_code == 200
    with without_role(address, tmp_path) as web:
        assert web.post("/api/routes/cameras", json=line).status_code == 403


def without_role(address: str, folder: Path) -> httpx.Client:
    key = door.let_in(Settings(folder=folder).database, address, "nobody", ())
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)
