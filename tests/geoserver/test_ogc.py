"""OGC API - Features: links lead on, pages join without loss, what is claimed is there."""

from typing import Any

import httpx
import pytest

from geoserver.services import Services
from geoserver.storage.store import Write
from layers.crossings import Crossing
from tests.geoserver.test_ogc_readers import an_order
from tests.layers.incidents.builders import NOON, an_incident

GEOJSON = "application/geo+json"
ITEMS = "/ogc/collections/cameras/items"


def test_every_link_leads_somewhere(web: httpx.Client) -> None:
    waiting, seen = ["/ogc/", f"{ITEMS}?limit=2"], set()
    while waiting:
        address = waiting.pop()
        answer = web.get(address)
        assert answer.status_code == 200, address
        seen.add(address)
        if "json" not in answer.headers["content-type"]:
            continue
        document = answer.json()
        links = document.get("links", [])
        for one in document.get("collections", []):
            links += one["links"]
        for link in links:
            assert link["href"].startswith(str(web.base_url).rstrip("/"))
            assert link["type"]
            if link["href"] not in seen:
                waiting.append(link["href"])
    assert len(seen) > 12


def test_pages_join_without_loss_or_doubles(web: httpx.Client) -> None:
    address, ids = f"{ITEMS}?limit=4", []
    first = web.get(address).json()
    assert (first["numberMatched"], first["numberReturned"]) == (6, 4)
    while address:
        page = web.get(address).json()
        ids += [one["id"] for one in page["features"]]
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next", "")
    assert ids == ["lookout", "north", "roof", "south", "turning", "unknown"]
    assert "prev" in links


def test_items_are_geojson_with_ellipsoidal_height(web: httpx.Client) -> None:
    answer = web.get(f"{ITEMS}/north")
    assert answer.headers["content-type"] == GEOJSON
    feature = answer.json()
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.8, 39.6, 1045.0]}
    assert feature["properties"]["streams"] == ["main", "sub"]
    assert web.get(ITEMS).headers["content-type"] == GEOJSON


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("bbox=106.802,39.5,106.9,39.7", 1),
        ("bbox=106.802,39.5,0,106.9,39.7,5000", 1),
        ("bbox=0,0,1,1", 0),
        ("tier=3", 4),
        ("tier=3&type=ptz", 1),
        ("owner=交警支队", 5),
        ("datetime=2026-01-01T00:00:00Z", 6),
        ("datetime=../2026-01-01T00:00:00Z", 6),
        ("datetime=2026-01-01", 6),
    ],
)
def test_filters(web: httpx.Client, query: str, count: int) -> None:
    assert web.get(f"{ITEMS}?{query}").json()["numberMatched"] == count


def value_of(schema: dict[str, Any]) -> str:
    """A value that a schema allows, as a parameter."""
    plain = {"boolean": "true", "integer": "1", "number": "1.5"}.get(schema["type"], "x")
    return str(schema["enum"][0]) if "enum" in schema else "2026-01-01T00:00:00Z" if "format" in schema else plain


def test_queryables_are_the_parameters_that_filter(web: httpx.Client) -> None:
    answer = web.get("/ogc/collections/cameras/queryables")
    assert answer.headers["content-type"] == "application/schema+json"
    for name, schema in answer.json()["properties"].items():
        if ("x-ogc-role" in schema and name == "geometry") or schema.get("type") == "array":
            continue
        value = value_of(schema)
        assert web.get(f"{ITEMS}?{name}={value}").status_code == 200, name


def test_the_definition_is_openapi_3_0_and_names_what_is_served(web: httpx.Client, services: Services) -> None:
    answer = web.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    ring = [[106.8, 39.6], [106.801, 39.6], [106.801, 39.601], [106.8, 39.6]]
    volume = {"id": "north", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    web.post("/api/privacy-volumes", json=volume).raise_for_status()
    place = {"id": "north", "name": "n", "lon": 106.8, "lat": 39.6}
    for kind in ("checkpoints", "units", "vehicles"):
        web.post(f"/api/{kind}", json=place).raise_for_status()
    web.post("/api/zones", json=volume | {"properties": {"name": "n"}}).raise_for_status()
    if services.store.get("crossing", "north") is None:
        where = {"lon": 106.8, "lat": 39.6}
        crossed = Crossing(id="north", zone="north", mover_kind="unit", mover="car", way="enter", at=NOON, **where)
        services.store.commit([Write.put(crossed, 0)])
    if services.store.get("incident", "north") is None:
        services.store.commit([Write.put(an_incident("north"), 0)])
    if services.store.get("repair-order", "north") is None:
        services.store.commit([Write.put(an_order("north", lon=106.8, lat=39.6), 0)])
    for path, ways in document["paths"].items():
        address = f"/ogc{path.replace('{id}', 'north')}"
        if "items" in path:
            allowed = web.options(address).headers["allow"].split(", ")
            assert {way.upper() for way in ways} | {"OPTIONS"} == set(allowed), path
        assert web.get(address).status_code == 200, path


def test_conformance_claims_only_what_is_there(web: httpx.Client) -> None:
    claimed = web.get("/ogc/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in claimed
    assert "http://www.opengis.net/spec/cql2/1.0/conf/functions" not in claimed


def test_browsers_get_pages_and_programs_get_json(web: httpx.Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert web.get("/ogc/", headers=browser).headers["content-type"].startswith("text/html")
    assert web.get("/ogc/").headers["content-type"] == "application/json"
    assert web.get("/ogc/?f=json", headers=browser).headers["content-type"] == "application/json"


def test_pages_for_people_lead_on_to_pages(web: httpx.Client) -> None:
    told = web.get(f"{ITEMS}?limit=2&f=html").text
    assert "offset=2&amp;f=html" in told
    assert "<th>name</th>" in told
