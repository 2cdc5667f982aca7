"""Privacy volumes over HTTP: made, changed, removed, brought back, and read as an OGC collection."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.dumping import dump
from layers.privacy import PrivacyVolume

YARD = [[106.8, 39.601], [106.8002, 39.601], [106.8002, 39.6012], [106.8, 39.6012], [106.8, 39.601]]


def feature(ring: list[list[float]] = YARD, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties}


def made(web: httpx.Client, **properties: Any) -> dict[str, Any]:
    answer = web.post("/api/privacy-volumes", json=feature(**properties))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_volume_is_made_and_read(web: httpx.Client) -> None:
    volume = made(web, name="三号楼天井", reason="居民要求", base=1040, top=1050)
    assert volume["properties"] == {
        "name": "三号楼天井", "reason": "居民要求", "base": 1040.0, "top": 1050.0, "area": "", "version": 1,
    }  # fmt: skip
    assert [corner[:2] for corner in volume["geometry"]["coordinates"][0]] == YARD
    assert web.get(f"/api/privacy-volumes/{volume['id']}").json() == volume
    assert web.get("/api/privacy-volumes").json()["features"] == [volume]
    assert web.get("/api/privacy-volumes", params={"bbox": "106.9,39.6,107,39.7"}).json()["features"] == []


def test_heights_follow_from_what_stands_there(web: httpx.Client) -> None:
    open_ground = [[106.8 + lon, 39.59 + lat] for lon, lat in ((0, 0), (1e-4, 0), (1e-4, 1e-4), (0, 0))]
    volume = web.post("/api/privacy-volumes", json=feature(open_ground)).json()["properties"]
    assert (volume["base"], volume["top"]) == (1040.0, 1043.0)
    # The house of the flat scene stands 100 to 140 m north of the middle; its roof is at 1060 m.
    house = [[106.8 + lon, 39.601 + lat] for lon, lat in ((0, 0), (1e-4, 0), (1e-4, 1e-4), (0, 0))]
    assert web.post("/api/privacy-volumes", json=feature(house)).json()["properties"]["top"] == 1060.0


def test_changes_name_their_version_and_are_undone(web: httpx.Client) -> None:
    volume = made(web, base=1040, top=1050)
    path = f"/api/privacy-volumes/{volume['id']}"
    assert web.patch(path, json={"properties": {"top": 1060}}).status_code == 428
    changed = web.patch(path, json={"properties": {"top": 1060}, "version": 1}).json()
    assert (changed["properties"]["top"], changed["properties"]["version"]) == (1060.0, 2)
    assert web.patch(path, json={"properties": {"top": 1070}, "version": 1}).status_code == 409
    smaller = [[lon, lat - 0.0001] for lon, lat in YARD]
    geometry = {"type": "Polygon", "coordinates": [smaller]}
    assert web.patch(path, json={"geometry": geometry, "version": 2}).json()["properties"]["version"] == 3
    assert web.post("/api/undo").json()["undone"][0]["kind"] == "privacy-volume"
    assert [c[:2] for c in web.get(path).json()["geometry"]["coordinates"][0]] == YARD
    removed = web.delete(path, params={"version": 4}).json()
    assert web.get(path).status_code == 404
    assert web.post("/api/undo", json={"seq": removed["seq"]}).status_code == 200
    assert web.get(path).json()["properties"]["top"] == 1060.0


@pytest.mark.parametrize(
    ("ring", "properties", "parameter"),
    [
        ([*YARD[:-1], [106.9, 39.7]], {"base": 1040, "top": 1050}, "geometry"),
        ([YARD[0], YARD[2], YARD[1], YARD[3], YARD[0]], {"base": 1040, "top": 1050}, "geometry"),
        ([YARD[0], YARD[0], YARD[0], YARD[0]], {"base": 1040, "top": 1050}, "geometry"),
        (YARD, {"base": 1050, "top": 1040}, "geometry"),
        (YARD, {"base": -5000, "top": 1040}, "properties.base"),
        ([[200, 39], [201, 39], [201, 40], [200, 39]], {"base": 1040, "top": 1050}, "geometry.coordinates"),
        (YARD, {"colour": "red"}, "properties.colour"),
    ],
)
def test_what_is_no_volume(
    web: httpx.Client, ring: list[list[float]], properties: dict[str, Any], parameter: str
) -> None:
    refused = web.post("/api/privacy-volumes", json=feature(ring, **properties))
    assert (refused.status_code, refused.json()["parameter"]) == (400, parameter), refused.text


def test_outside_the_city_and_from_elsewhere(web: httpx.Client) -> None:
    far = [[lon + 10, lat] for lon, lat in YARD]
    assert web.post("/api/privacy-volumes", json=feature(far, base=0, top=5)).status_code == 422
    assert web.post("/api/privacy-volumes", json=feature(far)).status_code == 422
    foreign = {"Origin": "https://example.org"}
    assert web.post("/api/privacy-volumes", json=feature(base=1040, top=1050), headers=foreign).status_code == 403


def test_the_kind_is_a_collection_like_any_other(web: httpx.Client) -> None:
    volume = made(web, name="yard", base=1040, top=1050)
    here = "/ogc/collections/privacy-volumes"
    assert web.get(here).status_code == 200
    items = web.get(f"{here}/items").json()
    assert items["features"][0]["geometry"]["type"] == "Polygon"
    assert web.get(f"{here}/items", params={"name": "yard"}).json()["numberMatched"] == 1
    for path in (here, f"{here}/items", f"{here}/items/{volume['id']}", f"{here}/queryables", "/ogc/collections"):
        page = web.get(path, params={"f": "html"})
        assert page.status_code == 200, path
    assert "yard" in web.get(f"{here}/items", params={"f": "html"}).text


def test_written_out(tmp_path: Path) -> None:
    volume = PrivacyVolume(id="a", rings=(tuple((x, y) for x, y in YARD),), base_m=1040, top_m=1050)
    for name in ("out.csv", "out.geojson"):
        assert dump([volume], tmp_path / name, "privacy-volumes") == 1
        assert "106.8002" in (tmp_path / name).read_text("utf-8")
