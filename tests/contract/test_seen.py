"""Grants in the query: what a caller finds, counts and gets is what each record by itself would be shown."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from geoserver.accounts.seen import Seen
from geoserver.storage.store import Query, Store, Write
from layers.areas import Area
from layers.grants.model import ANY, Grant
from layers.grants.permissions import Permissions, nobody
from layers.grants.roles import Post
from layers.grants.tree import AreaTree
from layers.privacy import PrivacyVolume
from tests.geoserver.builders import a_camera

# 150304 begins like its neighbour's streets do, and lies elsewhere: codes are not what decides.
AREAS = [
    Area("150300", "city", "city", ""),
    Area("150302", "district", "district", "150300"),
    Area("150303", "district", "district", "150300"),
    Area("150302001", "street", "street", "150302"),
    Area("150302002", "a street of the other district", "street", "150303"),
    Area("150302001001", "community", "community", "150302001"),
]
TREE = AreaTree.of(AREAS)
CODES = [area.code for area in AREAS]
RING = ((106.8, 39.6), (106.801, 39.6), (106.801, 39.601), (106.8, 39.6))


@pytest.fixture
def filled(store: Store) -> Store:
    """Cameras and volumes in every area and in none."""
    dice = random.Random(7)
    places = [*CODES, "", "unknown"]
    cameras = [
        a_camera(f"c{n:03}", area=dice.choice(places), tier=dice.choice((1, 2, 3)), owner=dice.choice("ab"))
        for n in range(120)
    ]
    volumes = [
        PrivacyVolume.model_validate({"id": f"v{n}", "area": area, "rings": [RING], "base_m": 1040, "top_m": 1050})
        for n, area in enumerate(places)
    ]
    store.commit([Write.put(record, 0) for record in (*cameras, *volumes)])
    return store


def some_grants(dice: random.Random) -> list[Grant]:
    return [
        Grant(
            id=str(n),
            actions=frozenset({dice.choice(("see", ANY, "change"))}),
            kinds=frozenset(dice.sample(("camera", "privacy-volume", ANY), k=dice.randint(1, 2))),
            areas=frozenset(dice.sample([*CODES, *CODES, ANY], k=dice.randint(1, 2))),
            tiers=dice.choice((None, frozenset(dice.sample((1, 2, 3), k=dice.randint(1, 2))))),
        )
        for n in range(dice.randint(0, 4))
    ]


def permissions(grants: Any) -> Permissions:
    return Permissions.of(grants, datetime(2026, 3, 2, tzinfo=UTC), TREE, tz=UTC)


QUERIES = [
    Query("camera"),
    Query("privacy-volume"),
    Query("camera", equal={"tier": 2}),
    Query("camera", equal={"tier": [1, 3], "owner": "a"}),
    Query("camera", equal={"area": "150302001"}),
    Query("camera", equal={"area": ["150302", "", "150302002"]}),
    Query("camera", equal={"tier": None}),
    Query("camera", equal={"tier": ()}),
    Query("camera", areas=("150302",)),
    Query("camera", after="c050"),
]


def test_what_is_found_and_counted_is_what_each_record_would_be_shown(filled: Store) -> None:
    dice = random.Random(11)
    shown = 0
    for _ in range(40):
        may = permissions(some_grants(dice))
        seen = Seen(filled, may)
        for query in QUERIES:
            reach = may.sees(query.kind)
            expected = [record for record in filled.find(query) if reach.covers_record(record)]
            assert list(seen.find(query)) == expected
            assert seen.count(query) == len(expected)
            shown += len(expected)
        for record in filled.find(Query("camera", limit=30)):
            assert (seen.get("camera", record.id) is not None) == may.sees("camera").covers_record(record)
    assert shown > 1_000


def test_pages_are_pages_of_what_is_seen(filled: Store) -> None:
    dice = random.Random(13)
    for _ in range(20):
        seen = Seen(filled, permissions(some_grants(dice)))
        whole = list(seen.find(Query("camera")))
        for offset, limit in ((0, 7), (7, 7), (20, 50), (110, 50), (0, 1_000)):
            page = list(seen.find(Query("camera", offset=offset, limit=limit)))
            assert page == whole[offset : offset + limit]
        assert list(seen.find(Query("camera", offset=5))) == whole[5:]


def test_nobody_finds_counts_or_gets_anything(filled: Store) -> None:
    seen = Seen(filled, nobody())
    for query in QUERIES:
        assert list(seen.find(query)) == []
        assert seen.count(query) == 0
    assert seen.get("camera", "c001") is None


def test_a_neighbour_areas_operator_sees_nothing_of_ours(filled: Store) -> None:
    seen = Seen(filled, permissions(Post(role="operator", areas=frozenset({"150303"})).grants()))
    assert {record.area for record in seen.find(Query("camera"))} == {"150303", "150302002"}


def test_everything_is_one_query_without_a_condition(filled: Store) -> None:
    seen = Seen(filled, permissions(Post(role="operator", areas=frozenset({ANY})).grants()))
    assert list(seen.find(Query("camera"))) == list(filled.find(Query("camera")))
    assert seen.count(Query("camera")) == 120
