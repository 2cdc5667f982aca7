"""The plain question's own route answers as the one that is described, and leaves to that what is not plain."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from geoserver.api.ogc_boxes import plain
from geoserver.ogc_crs import CRS84H
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.checkpoints import Checkpoint
from tests import door
from tests.geoserver.conftest import flat_services, serving

ITEMS = "/ogc/collections/checkpoints/items"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    settings = Settings(folder=tmp_path)
    with flat_services(tmp_path) as services, serving(settings, services) as base:
        some = [Checkpoint(id=f"k{i}", name=f"卡口{i}", lon=106.8 + i / 1000, lat=39.6, area="1503") for i in range(30)]
        services.store.commit([Write.put(one, 0) for one in some])
        services.apply_now()
        with door.Client(base_url=base, timeout=60) as client:
            yield client


def answered(client: httpx.Client, query: str) -> dict[str, Any]:
    response = client.get(f"{ITEMS}?{query}")
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    document.pop("timeStamp")
    return document


@pytest.mark.parametrize("rest", ["", "&limit=7", "&limit=7&offset=7", "&offset=21&limit=7", "&offset=40"])
def test_the_plain_route_answers_as_the_other_does(client: httpx.Client, rest: str) -> None:
    query = f"f=json&bbox=106.8,39.5,106.82,39.7{rest}"
    described = f"{query}&crs={quote(CRS84H, safe='')}"
    assert plain(query.encode()) == plain(query.replace(",", "%2C").removeprefix("f=json&").encode())
    assert plain(described.encode()) is None
    fast, slow = answered(client, query), answered(client, described)
    assert fast["numberMatched"] == slow["numberMatched"] == 21
    assert fast["features"] == slow["features"]
    links, others = ([(link["rel"], link["href"]) for link in one["links"]] for one in (fast, slow))
    assert links == [(rel, href.replace(f"&crs={quote(CRS84H, safe='')}", "")) for rel, href in others]


@pytest.mark.parametrize(
    "query",
    [
        "f=html&bbox=1,2,3,4",
        "f=json&bbox=1,2,3",
        "f=json&bbox=170,2,-170,4",
        "f=json&bbox=1,2,3,4&limit=0",
        "f=json&bbox=1,2,3,4&limit=10001",
        "f=json&bbox=1,2,3,4&limit=1&limit=2",
        "f=json&bbox=1,2,3,4&crs=x",
        "f=json&bbox=1,2,3,4&offset=-1",
        "f=json&bbox=1,2,3,4&",
        "f=json",
        "",
    ],
)
def test_what_is_not_plain_or_not_right_is_left_to_the_other(query: str) -> None:
    assert plain(query.encode()) is None


def test_pages_are_asked_for_by_those_who_read_them() -> None:
    assert plain(b"bbox=1,2,3,4", "text/html,*/*") is None
    assert plain(b"f=json&bbox=1,2,3,4", "text/html,*/*") is not None


@pytest.mark.parametrize("query", ["bbox=1,2,3", "bbox=1,2,3,4&limit=0", "bbox=1,2,3,4&nonsense=1"])
def test_faults_are_told_as_ever(client: httpx.Client, query: str) -> None:
    response = client.get(f"{ITEMS}?f=json&{query}")
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_nobody_is_told_anything(client: httpx.Client) -> None:
    plain_question = f"{ITEMS}?f=json&bbox=106.8,39.5,106.82,39.7"
    assert httpx.get(client.base_url.join(plain_question), timeout=30).status_code == 401
