"""Filters find in every engine what they mean record by record."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoserver.ogc_crs import Frame
from geoserver.ogc_filters import InFrame, conditions
from geoserver.storage import postgres, sqlite_filter
from geoserver.storage.filter_sql import FilterTooSlow
from geoserver.storage.postgres_query import says_all
from geoserver.storage.store import Query, Store, Write
from layers.filters.matching import matches
from layers.filters.reading import read_filter
from layers.health.orders import RepairOrder
from layers.incidents.model import Incident
from layers.record import Record
from layers.zones import Zone
from tests.contract.conftest import ENGINES, Place
from tests.geoserver.builders import a_camera
from tests.layers.filters.published import FIT
from tests.layers.filters.trees import LATS, LONS, TEXTS, trees

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KINDS = ("camera", "incident", "zone", "repair-order")
COUNT = 48


def records() -> Iterator[Record]:
    """Some of several kinds, with what filters ask for: open ends, nothing, odd letters, equal places."""
    texts = [text for text in TEXTS if len(text) < 40]
    for i in range(COUNT):
        lon, lat = LONS[i % 4], LATS[i // 4 % 4]
        text, other = texts[i % len(texts)], texts[i * 7 % len(texts)]
        id_, after = f"n{i:02d}", timedelta(hours=12 * (i % 5) - 24)
        closed = NOON + timedelta(days=3) if i % 3 == 0 else None
        yield a_camera(
            id_, lon=lon, lat=lat, name=text, owner=other, tier=i % 3 + 1, heading_deg=None if i % 4 == 0 else i * 7.5,
            leased=i % 2 == 0, streams=tuple(texts[1 : 1 + i % 4]), range_m=None if i % 5 else 30.0, area=text,
            valid_from=NOON + after if i % 2 else None, valid_to=NOON if i % 7 == 0 else None,
        )  # fmt: skip
        yield Incident(
            id=id_, lon=lon, lat=lat, category="fire", reported_at=NOON + after, description=text, address=other,
            severity=i % 4 + 1, within_m=None if i % 3 else 0.5, deadline=NOON + 2 * after if i % 2 else None,
        )  # fmt: skip
        d = 2**-9
        ring = ((lon - d, lat - d), (lon + d, lat - d), (lon + d, lat + d), (lon - d, lat + d), (lon - d, lat - d))
        yield Zone(id=id_, name=text or "-", purpose=other, rings=(ring,))
        yield RepairOrder(
            id=id_, lon=lon, lat=lat, camera=id_, faults=("black", "frozen")[: i % 2 + 1], opened_at=NOON + after,
            deadline=NOON, closed_at=closed, note=text, closed_by="hand" if closed else None,
        )  # fmt: skip


@pytest.fixture(scope="module", params=ENGINES)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of each engine with all of them; nothing is written to it."""
    address: str | Path = tmp_path_factory.mktemp("filters") / "city.sqlite"
    if request.param == "postgres":
        address = request.getfixturevalue("cluster").database("filters")
    store = Place(request.param, address).open()
    store.commit([Write.put(record, 0) for record in records()])
    yield store
    store.close()
    if request.param == "postgres":
        request.getfixturevalue("cluster").drop("filters")


BY_KIND = {kind: [one for one in records() if one.kind == kind] for kind in KINDS}


def condition(tree: Any, kind: str) -> Any:
    return read_filter(tree, kind, InFrame(Frame()))


def twin(kind: str, asked: Any) -> list[str]:
    """What a filter means, looked at one by one."""
    return [record.id for record in BY_KIND[kind] if matches(asked, record)]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_filters_find_what_their_twin_finds(kept: Store, kind: str, data: st.DataObject) -> None:
    asked = condition(data.draw(trees(kind)), kind)
    found = twin(kind, asked)
    assert [one.id for one in kept.find(Query(kind, matching=asked))] == found
    assert kept.count(Query(kind, matching=asked)) == len(found)
    first = data.draw(st.integers(0, 5))
    assert [one.id for one in kept.find(Query(kind, matching=asked, offset=first, limit=3))] == found[first : first + 3]


def test_a_filter_goes_with_all_else_that_is_asked(kept: Store) -> None:
    asked = condition({"op": "=", "args": [{"property": "leased"}, True]}, "camera")
    query = Query("camera", bbox=(106.7, 39.5, 106.8, 39.7), equal={"tier": [1, 2]}, after="n05", matching=asked)
    wanted = [
        one.id
        for one in BY_KIND["camera"]
        if one.lon <= 106.8 and one.tier in (1, 2) and one.leased and one.id > "n05"  # type: ignore[attr-defined]
    ]
    assert [one.id for one in kept.find(query)] == wanted
    assert wanted


def test_quotes_and_code_in_a_filter_are_letters(kept: Store) -> None:
    for text in ("a'b", "' OR 1=1 --", '"; DROP TABLE record; --', "%s", "%(x)s", "?", "$1", "\\", "{}"):
        for op in ("=", "like"):
            asked = condition({"op": op, "args": [{"property": "name"}, text.rstrip("\\") or "x"]}, "camera")
            assert [one.id for one in kept.find(Query("camera", matching=asked))] == twin("camera", asked)
    assert kept.count(Query("camera")) == COUNT


def test_what_the_engine_cannot_say_is_sifted_page_by_page(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SIFTED", 5)
    asked = condition({"op": "=", "args": [{"op": "casei", "args": [{"property": "name"}]}, "a"]}, "camera")
    assert not says_all(Query("camera", matching=asked))
    assert [one.id for one in kept.find(Query("camera", matching=asked))] == twin("camera", asked) != []


def test_a_filter_that_takes_too_long_is_stopped(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LONGEST_MS", 1)
    monkeypatch.setattr(sqlite_filter, "LONGEST_S", 0.0)
    many = [{"op": "like", "args": [{"property": "description"}, f"%{i}_%a%{'_%' * 20}"]} for i in range(300)]
    asked = condition({"op": "or", "args": many}, "incident")
    with pytest.raises(FilterTooSlow):
        kept.count(Query("incident", matching=asked))
    monkeypatch.undo()
    assert kept.count(Query("incident", matching=asked)) == 0


@pytest.mark.parametrize("name", FIT)
def test_published_examples_find_what_they_mean(kept: Store, name: str) -> None:
    kind, text, _ = FIT[name]
    asked = conditions(text, None, Frame(), kind)
    assert [one.id for one in kept.find(Query(kind, matching=asked))] == twin(kind, asked)
