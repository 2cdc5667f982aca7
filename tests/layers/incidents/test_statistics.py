"""Figures of incidents against counting by hand."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import h3
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.incidents.model import CATEGORIES, Incident
from layers.incidents.states import moved
from layers.incidents.statistics import RESOLUTIONS, counted, hexagons
from tests.layers.incidents.builders import NOON, an_incident

SHANGHAI = ZoneInfo("Asia/Shanghai")


def some(rows: list[tuple[int, str, str]]) -> list[Incident]:
    return [
        an_incident(f"i{k}", reported_at=NOON + timedelta(minutes=minutes), category=category, district=district)
        for k, (minutes, category, district) in enumerate(rows)
    ]


ROWS = st.lists(st.tuples(st.integers(-9_000, 9_000), st.sampled_from(CATEGORIES), st.sampled_from(["", "a", "b"])))


@given(ROWS)
def test_every_sum_is_what_counting_by_hand_gives(rows: list[tuple[int, str, str]]) -> None:
    incidents = some(rows)
    found = counted(incidents, SHANGHAI, NOON, "district")
    hours = Counter(one.reported_at.astimezone(SHANGHAI).hour for one in incidents)
    assert found.by_hour() == [hours[hour] for hour in range(24)]
    assert found.by_category() == dict(Counter(one.category for one in incidents))
    assert found.by_area() == dict(Counter(one.district for one in incidents))
    assert (found.total, found.open) == (len(rows), len(rows))
    assert found.overdue == sum(one.deadline is not None and one.deadline < NOON for one in incidents)


def test_hours_are_those_of_the_citys_clocks() -> None:
    found = counted(some([(0, "fire", "")]), SHANGHAI, NOON)
    assert list(found.cells) == [("", "fire", 12)]


def test_what_is_resolved_is_not_open() -> None:
    one = an_incident()
    for action in ("accept", "resolve"):
        one = moved(one, action, at=NOON, by="a")
    assert counted([one], SHANGHAI, NOON).open == 0


def test_hexagons_count_each_place_once_and_leave_out_what_is_too_vague() -> None:
    incidents = [an_incident(f"i{k}", lon=106.8 + k * 0.003) for k in range(20)]
    vague = [an_incident("v1", within_m=707.0), an_incident("v2", within_m=50.0)]
    for resolution in RESOLUTIONS:
        edge_m = h3.average_hexagon_edge_length(resolution, unit="m")
        found, left_out = hexagons([*incidents, *vague], resolution)
        assert left_out == sum(within > edge_m for within in (707.0, 50.0))
        assert sum(found.values()) + left_out == 22


def test_a_hundred_thousand_add_up_everywhere() -> None:
    """Sums over areas, kinds, hours and hexagons of every size, against counting with arrays."""
    rng, count = np.random.default_rng(11), 100_000
    places = rng.uniform((106.5, 39.1), (107.0, 39.9), (count, 2))
    minutes, kinds, areas = (
        rng.integers(-500_000, 0, count),
        rng.integers(0, len(CATEGORIES), count),
        rng.integers(0, 4, count),
    )
    doubts = rng.choice([0.0, 71.0, 5_000.0], count, p=(0.8, 0.15, 0.05))
    base = an_incident()
    held = [
        base.model_copy(
            update={
                "id": f"i{k}", "lon": float(places[k, 0]), "lat": float(places[k, 1]), "category": CATEGORIES[kinds[k]],
                "reported_at": NOON + timedelta(minutes=int(minutes[k])), "district": f"15030{areas[k]}",
                "within_m": float(doubts[k]) or None,
            }
        )
        for k in range(count)
    ]  # fmt: skip
    figures = counted(held, SHANGHAI, NOON)
    hours = (12 * 60 + minutes) // 60 % 24
    assert figures.total == count
    assert figures.by_hour() == np.bincount(hours, minlength=24).tolist()
    assert figures.by_category() == {CATEGORIES[i]: n for i, n in Counter(kinds.tolist()).items()}
    assert figures.by_area() == {f"15030{i}": n for i, n in Counter(areas.tolist()).items()}
    triples = Counter(zip(areas.tolist(), kinds.tolist(), hours.tolist(), strict=True))
    assert figures.cells == {(f"15030{a}", CATEGORIES[c], h): n for (a, c, h), n in triples.items()}
    edges = {6: 3_724.53, 8: 531.41, 9: 200.79, 11: 28.66}
    for resolution, edge_m in edges.items():
        cells, left_out = hexagons(held, resolution)
        vague = doubts > edge_m
        assert left_out == int(vague.sum())
        expected = Counter(h3.latlng_to_cell(lat, lon, resolution) for lon, lat in places[~vague].tolist())
        assert {h3.int_to_str(cell): n for cell, n in cells.items()} == expected
        assert sum(cells.values()) == count - left_out
