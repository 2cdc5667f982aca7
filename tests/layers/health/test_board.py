"""The health board: rates by every axis, faults counted, groups that fall short."""

from layers.health.board import board
from layers.health.rates import AXES, Condition, Rate, Targets
from layers.health.thresholds import FAULTS
from tests.layers.health.test_rates import camera


def test_faults_are_counted_by_camera_and_only_where_one_should_work():
    cameras = [camera("a"), camera("b"), camera("c", status="retired")]
    faults = {"a": ("blurred", "moved"), "b": ("blurred", "blurred"), "c": ("black",), "gone": ("snow",)}
    found = board(cameras, {}, faults, Targets())
    assert found.cameras == 2
    assert {fault: count for fault, count in found.faults.items() if count} == {"blurred": 2, "moved": 1}
    assert tuple(found.faults) == FAULTS


def test_every_axis_is_there():
    found = board([camera("a", owner="公安")], {"a": Condition(online=True)}, {}, Targets())
    assert set(found.rates) == set(AXES)
    assert found.rates["owner"]["公安"]["online"] == Rate(1, 0, 0, 0.98)
    assert found.rates["all"][""]["intact"] == Rate(0, 0, 1, 0.95)


def test_an_empty_city_has_an_empty_board():
    found = board([], {}, {}, Targets())
    assert found.cameras == 0
    assert all(not groups for groups in found.rates.values())
    assert set(found.faults.values()) == {0}
