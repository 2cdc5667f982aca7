"""Features at hand: a box tells what the store tells, whatever is written meanwhile, and only to who may see it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest

from geoserver.ogc_items import feature
from geoserver.ogc_shelf import MOST_PENDING, Shelf, Shelves
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Write
from layers.checkpoints import Checkpoint
from layers.grants.permissions import everywhere
from layers.grants.roles import Post
from tests import door
from tests.geoserver.conftest import flat_services, serving

ALL = everywhere("checkpoint")
AREAS = ("1503", "1501", "")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(tmp_path / "city.sqlite")
    yield store
    store.close()


def a_point(rng: np.random.Generator, number: int, version: int = 1) -> Checkpoint:
    lon, lat = (round(float(value), 3) for value in rng.uniform((106.7, 39.5), (106.9, 39.7)))
    return Checkpoint(id=f"k{number}", name=f"卡口{number}", lon=lon, lat=lat, area=AREAS[number % 3], version=version)


def test_a_box_tells_what_the_store_tells_while_others_write(store: SqliteStore) -> None:
    rng = np.random.default_rng(3)
    shelves, seen = Shelves(store), 0
    for turn in range(30):
        kept = {one.id: one for one in store.find(Query("checkpoint"))}
        writes = []
        for number in sorted(rng.choice(200, 40, replace=False).tolist()):
            before = kept.get(f"k{number}")
            if before is not None and rng.random() < 0.4:
                writes.append(Write.remove(before))
            else:
                version = before.version if before else 0
                writes.append(Write.put(a_point(rng, number), version))
        store.commit(writes)
        rows = list(store.changes(seen))
        seen = rows[-1].seq
        shelves.take(rows)
        west, south = rng.uniform((106.7, 39.5), (106.85, 39.65))
        box = (round(float(west), 3), round(float(south), 3), float(west) + 0.08, float(south) + 0.08)
        found = shelves.at_hand("checkpoint", box, ALL)
        if found is None:
            assert turn == 0
            shelves.put_up("checkpoint")
            found = shelves.at_hand("checkpoint", box, ALL)
        expected = [one.id for one in store.find(Query("checkpoint", bbox=box))]
        assert found is not None
        assert [body.split(b'"id":"')[1].split(b'"')[0].decode() for body in found] == expected


def test_after_too_many_changes_it_is_put_up_anew(store: SqliteStore) -> None:
    rng, shelves = np.random.default_rng(4), Shelves(store)
    shelves.put_up("checkpoint")
    store.commit([Write.put(a_point(rng, number), 0) for number in range(MOST_PENDING + 1)])
    shelves.take(list(store.changes(0)))
    box = (106.0, 39.0, 107.0, 40.0)
    assert shelves.at_hand("checkpoint", box, ALL) is None
    shelves.put_up("checkpoint")
    found = shelves.at_hand("checkpoint", box, ALL)
    assert found is not None
    assert len(found) == MOST_PENDING + 1


def test_those_who_come_together_have_it_read_once(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, shelves, read = np.random.default_rng(7), Shelves(store), []
    store.commit([Write.put(a_point(rng, number), 0) for number in range(50)])
    find = store.find
    monkeypatch.setattr(store, "find", lambda query: read.append(query) or find(query))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(shelves.put_up, ["checkpoint"] * 8))
    assert len(read) == 1
    assert shelves.at_hand("checkpoint", (106.0, 39.0, 107.0, 40.0), ALL) is not None


def test_an_older_row_does_not_undo_a_newer_one() -> None:
    rng = np.random.default_rng(5)
    new, old = a_point(rng, 1, version=3), a_point(rng, 1, version=2)
    shelf = Shelf([new])
    shelf.put("k1", old)
    assert shelf.within((106.0, 39.0, 107.0, 40.0), ALL) == Shelf([new]).within((106.0, 39.0, 107.0, 40.0), ALL)


def test_over_http_it_is_what_the_store_answers(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    settings = Settings(folder=tmp_path)
    with flat_services(tmp_path) as own, serving(settings, own) as address:
        own.store.commit([Write.put(a_point(rng, number), 0) for number in range(60)])
        own.apply_now()
        box = {"bbox": "106.75,39.55,106.85,39.65", "limit": "7"}
        with door.Client(base_url=address, timeout=60) as everyone:
            told = pages(everyone, box)
            expected = list(own.store.find(Query("checkpoint", bbox=(106.75, 39.55, 106.85, 39.65))))
            assert told == [feature(one) for one in expected]
            assert len(told) > 7
            changed = expected[0].model_copy(update={"lon": 106.8, "lat": 39.6})
            own.store.commit([Write.put(changed, 1)])
            own.apply_now()
            assert pages(everyone, box)[0]["geometry"]["coordinates"] == [106.8, 39.6]
        posts = (Post(role="operator", areas=frozenset({"1503"})),)
        key = door.let_in(settings.database, address, "operator", posts)
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60) as operator:
            told = pages(operator, box)
            assert [one["id"] for one in told] == [one.id for one in expected if one.area == "1503"]
            first = operator.get("/ogc/collections/checkpoints/items", params=box).json()
            assert first["numberMatched"] == len(told)


def pages(client: httpx.Client, asked: dict[str, str]) -> list[dict]:
    address, found = str(httpx.URL("/ogc/collections/checkpoints/items", params=asked)), []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/geo+json"
        assert "private" in answer.headers["cache-control"]
        found += answer.json()["features"]
        address = next((link["href"] for link in answer.json()["links"] if link["rel"] == "next"), "")
    return found
