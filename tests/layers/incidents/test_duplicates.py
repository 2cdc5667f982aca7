"""Likely duplicates: near in place, time and category, each with its reasons."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.incidents.duplicates import NEAR_M, SOON, duplicates, metres_between
from layers.incidents.model import CATEGORIES
from tests.layers.incidents.builders import NOON, an_incident

DEGREE_M = 111_320.0


def test_the_reasons_are_told() -> None:
    one = an_incident("a", address="人民路 1 号")
    near = an_incident("b", lat=39.6005, reported_at=NOON + timedelta(minutes=4))
    kin = an_incident("c", category="rescue", lat=39.6005)
    vague = an_incident("d", category="other")
    far = an_incident("e", lat=39.61)
    same_street = an_incident("f", lat=39.605, address="人民路 1 号 ")
    found = {
        one.id: (one.reasons, one.apart_m, one.apart_s)
        for one in duplicates(one, [near, kin, vague, far, same_street], limit=9)
    }
    assert found["b"] == (("near", "same-time", "same-category"), pytest.approx(55.7, abs=0.2), 240.0)
    assert found["c"][0] == ("near", "same-time", "related-category")
    assert found["d"][0] == ("near", "same-time", "unclear-category")
    assert found["f"][0] == ("same-address", "same-time", "same-category")
    assert "e" not in found


@pytest.mark.parametrize(
    "other",
    [
        {"lat": 39.6 + (NEAR_M + 5) / DEGREE_M},
        {"reported_at": NOON + SOON + timedelta(seconds=1)},
        {"reported_at": NOON - SOON - timedelta(seconds=1)},
        {"category": "theft"},
        {"duplicate_of": "a"},
    ],
)
def test_what_is_another_event(other: dict[str, object]) -> None:
    assert duplicates(an_incident("a"), [an_incident("b", **other)]) == []


def test_a_masked_place_is_as_near_as_it_may_be_and_counts_less() -> None:
    one = an_incident("a")
    away = {"lat": 39.6 + 800 / DEGREE_M}
    assert duplicates(one, [an_incident("b", **away)]) == []
    (masked,) = duplicates(one, [an_incident("b", **away, within_m=707.0)])
    (sharp,) = duplicates(one, [an_incident("c")])
    assert masked.score < sharp.score


def test_the_likeliest_come_first() -> None:
    one = an_incident("a")
    others = [an_incident(f"b{k}", lat=39.6 + k * 40 / DEGREE_M) for k in range(7)]
    assert [found.id for found in duplicates(one, reversed(others), limit=3)] == ["b0", "b1", "b2"]


@given(
    st.floats(-0.01, 0.01),
    st.floats(-0.01, 0.01),
    st.integers(-4_000, 4_000),
    st.sampled_from(CATEGORIES),
    st.sampled_from(CATEGORIES),
)
def test_being_a_duplicate_is_mutual(east: float, north: float, later_s: int, first: str, second: str) -> None:
    one = an_incident("a", category=first)
    moment = NOON + timedelta(seconds=later_s)
    other = an_incident("b", category=second, lon=106.8 + east, lat=39.6 + north, reported_at=moment)
    there, back = duplicates(one, [other]), duplicates(other, [one])
    assert [(d.apart_m, d.apart_s, d.reasons, d.score) for d in there] == [
        (d.apart_m, d.apart_s, d.reasons, d.score) for d in back
    ]
    assert metres_between(one, other) == pytest.approx(metres_between(other, one))
    assert all(0 <= d.score <= 1 for d in there)
