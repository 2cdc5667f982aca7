"""Online, intact and connected rates: what is not known is not counted as good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cameras.model import Camera
from layers.health.rates import AXES, RATES, Condition, Rate, Targets, rates

THREE = st.sampled_from([True, False, None])


def camera(name: str, **over: object) -> Camera:
    given = {"tier": 3, "mount_height_m": 5, "hfov_deg": 60, "lon": 106.8, "lat": 39.6, "height_m": 1100}
    return Camera.model_validate({"id": name} | given | over)


def test_rates_are_of_all_cameras_that_should_work():
    cameras = [camera(str(k), status="fault" if k == 3 else "in-service") for k in range(10)]
    cameras += [camera("p", status="planned"), camera("r", status="retired")]
    known = {str(k): Condition(online=k < 8, good=k < 6 or None, connected=True) for k in range(9)}
    found = rates(cameras, known, Targets())[""]
    assert found["online"] == Rate(good=8, bad=1, unknown=1, target=0.98)
    assert found["intact"] == Rate(good=6, bad=1, unknown=3, target=0.95)
    assert found["connected"] == Rate(good=9, bad=0, unknown=1, target=0.98)
    assert found["online"].share == 0.8
    assert found["online"].reached is False


def test_nothing_known_is_a_rate_of_nought():
    found = rates([camera("a"), camera("b")], {}, Targets())[""]
    assert {name: found[name].share for name in RATES} == dict.fromkeys(RATES, 0.0)
    assert all(found[name].unknown == 2 for name in RATES)


def test_no_camera_has_no_rate():
    assert rates([], {}, Targets()) == {}
    assert Rate(0, 0, 0, 0.98).share is None
    assert Rate(0, 0, 0, 0.98).reached is None


@pytest.mark.parametrize(("good", "reached"), [(97, False), (98, True), (100, True)])
def test_a_target_that_is_just_met_is_met(good: int, reached: bool):
    assert Rate(good, 100 - good, 0, 0.98).reached is reached


@pytest.mark.parametrize(("bad", "unknown", "reached"), [(3, 0, False), (3, 40, False), (2, 98, None), (1, 1, True)])
def test_a_target_is_missed_only_when_what_is_not_known_could_not_reach_it(
    bad: int, unknown: int, reached: bool | None
):
    assert Rate(100 - bad - unknown, bad, unknown, 0.98).reached is reached


@given(THREE, THREE)
def test_intact_is_reached_and_good(online: bool | None, good: bool | None):
    intact = Condition(online, good).intact
    assert (intact is True) == (online is True and good is True)
    assert (intact is False) == (online is False or good is False)


@given(
    st.lists(st.tuples(THREE, THREE, THREE, st.sampled_from(["甲", "乙", ""]), st.sampled_from([1, 2, 3])), max_size=30)
)
def test_groups_add_up_to_all(rows: list[tuple[bool | None, bool | None, bool | None, str, int]]):
    cameras = [
        camera(str(k), owner=owner, tier=tier, district=owner, street=owner, community=owner)
        for k, (*_, owner, tier) in enumerate(rows)
    ]
    known = {str(k): Condition(*row[:3]) for k, row in enumerate(rows)}
    for axis in AXES:
        groups = rates(cameras, known, Targets(), axis).values()
        for name in RATES:
            assert sum(one[name].total for one in groups) == len(rows)
            assert sum(one[name].good for one in groups) == [getattr(c, name) for c in known.values()].count(True)


def test_groups_are_named():
    cameras = [camera("a", owner="公安", tier=1), camera("b", owner="城管"), camera("c", owner="公安")]
    known = {"a": Condition(online=True), "b": Condition(online=True)}
    by_owner = rates(cameras, known, Targets(), "owner")
    assert list(by_owner) == ["公安", "城管"]
    assert by_owner["公安"]["online"] == Rate(1, 0, 1, 0.98)
    assert list(rates(cameras, known, Targets(), "tier")) == ["1", "3"]
