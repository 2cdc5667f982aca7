"""Coordinates and boxes in other reference systems: the order of axes that each defines, the same places."""

import httpx
import pyproj
import pytest

from geoserver.ogc_crs import CRS84, CRS84H, offered

ITEMS = "/ogc/collections/cameras/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
NORTH = (106.8, 39.6)


def test_what_a_collection_names_is_what_is_handed_out(web: httpx.Client) -> None:
    told = web.get("/ogc/collections/cameras").json()
    assert told["storageCrs"] == told["crs"][0] == CRS84H
    assert f"{EPSG}4545" in told["crs"], "the zone of the city, 108° E"
    for uri in told["crs"]:
        answer = web.get(f"{ITEMS}/north", params={"crs": uri})
        assert answer.headers["content-crs"] == f"<{uri}>"
        coordinates = answer.json()["geometry"]["coordinates"]
        assert len(coordinates) == (3 if uri in (CRS84H, f"{EPSG}4979") else 2)
        if uri in (CRS84H, CRS84):
            assert coordinates[:2] == list(NORTH)
        else:
            crs = pyproj.CRS.from_user_input(uri)
            back = pyproj.Transformer.from_crs(crs, crs.geodetic_crs)
            lat, lon, *_ = back.transform(*coordinates)
            assert (lon, lat) == pytest.approx(NORTH, abs=1e-7)


@pytest.mark.parametrize("uri", offered((106.7, 39.5, 106.9, 39.7)))
def test_a_box_in_any_system_names_the_same_items(web: httpx.Client, uri: str) -> None:
    around = web.get(f"{ITEMS}/north", params={"crs": uri}).json()["geometry"]["coordinates"][:2]
    wide = 25.0 if uri.endswith(("3857", "4545")) else 2e-4
    box = [around[0] - wide, around[1] - wide, around[0] + wide, around[1] + wide]
    asked = {"bbox": ",".join(map(str, box)), "bbox-crs": uri}
    ids = {one["id"] for one in web.get(ITEMS, params=asked).json()["features"]}
    assert ids == {"north", "south", "unknown"}


def test_polygons_are_turned_too(web: httpx.Client) -> None:
    ring = [[106.8, 39.6], [106.801, 39.6], [106.801, 39.601], [106.8, 39.6]]
    body = {"id": "turned", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"name": "n"}}
    web.post("/api/zones", json=body).raise_for_status()
    found = web.get("/ogc/collections/zones/items/turned", params={"crs": f"{EPSG}4326"}).json()
    assert found["geometry"]["coordinates"] == [[[lat, lon] for lon, lat in ring]]
    plain = web.get("/ogc/collections/zones/items/turned").json()
    assert plain["geometry"]["coordinates"] == [ring]


@pytest.mark.parametrize(
    "asked",
    [
        {"crs": f"{EPSG}27700"},
        {"crs": "EPSG:4326"},
        {"bbox": "1,2,3,4", "bbox-crs": f"{EPSG}1"},
        {"bbox": "1,2,3", "bbox-crs": f"{EPSG}3857"},
        {"bbox": "x", "bbox-crs": f"{EPSG}4326"},
        {"bbox": "1e300,1e300,1e301,1e301", "bbox-crs": f"{EPSG}3857"},
        {"bbox": "106,39,107,40", "bbox-crs": f"{EPSG}4326"},
    ],
)
def test_what_cannot_be_is_refused(web: httpx.Client, asked: dict[str, str]) -> None:
    answer = web.get(ITEMS, params=asked)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("bad-parameter")


def test_links_to_other_pages_keep_the_system(web: httpx.Client) -> None:
    links = web.get(ITEMS, params={"crs": f"{EPSG}4326", "limit": 2}).json()["links"]
    following = next(link["href"] for link in links if link["rel"] == "next")
    assert web.get(following).json()["features"][0]["geometry"]["coordinates"][0] == pytest.approx(39.6, abs=0.1)
