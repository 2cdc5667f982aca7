"""Checkpoints, zones, units: what they hold, what they refuse, who answers for a place."""

from typing import Any

import pytest
from pydantic import ValidationError

from layers.catalogue import KINDS
from layers.checkpoints import Checkpoint, Direction, read_direction
from layers.responsible import Responsible, Unit, answers_for
from layers.zones import Zone

SQUARE = ((106.8, 39.6), (106.81, 39.6), (106.81, 39.61), (106.8, 39.61), (106.8, 39.6))


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("由北向南", 180.0),
        ("北往南", 180.0),
        ("南行", 180.0),
        ("由西向东方向", 90.0),
        ("northbound", 0.0),
        ("N-SE", 135.0),
        ("east to west", 270.0),
        ("东北", 45.0),
        ("进城方向", None),
        ("向阳路", None),
    ],
)
def test_directions_in_words(words: str, heading: float | None) -> None:
    assert read_direction(words) == Direction(name=words, heading_deg=heading)


def test_a_checkpoint_holds_its_lanes_and_directions() -> None:
    point = Checkpoint(id="k1", name="北门", lon=106.8, lat=39.6, lanes=4, directions=(read_direction("南行"),))
    assert Checkpoint.model_validate_json(point.model_dump_json()) == point
    for wrong in (
        {"lanes": 0},
        {"name": ""},
        {"status": "asleep"},
        {"directions": [{"name": "a", "heading_deg": 360}]},
    ):
        with pytest.raises(ValidationError):
            Checkpoint(**{**point.model_dump(), **wrong})


def test_a_zone_knows_its_place_and_what_it_holds() -> None:
    zone = Zone(id="z", name="核心区", rings=(SQUARE,), watch="both")
    assert zone.geofence
    assert zone.holds(zone.lon, zone.lat)
    assert zone.holds(106.8, 39.605)
    assert not zone.holds(106.79, 39.605)
    assert zone.geometry["coordinates"][0][0] == [106.8, 39.6]
    assert Zone.model_validate_json(zone.model_dump_json()) == zone
    hole = ((106.802, 39.602), (106.808, 39.602), (106.808, 39.608), (106.802, 39.602))
    assert not Zone(id="z", name="z", rings=(SQUARE, hole)).holds(106.807, 39.604)


@pytest.mark.parametrize(
    "rings",
    [
        (),
        (SQUARE[:-1],),
        ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]),),
        ((SQUARE[0],) * 4,),
        (((200.0, 0.0), *SQUARE[1:-1], (200.0, 0.0)),),
        "nonsense",
    ],
)
def test_what_is_no_zone(rings: Any) -> None:
    with pytest.raises(ValidationError):
        Zone(id="z", name="z", rings=rings)


def test_who_answers_for_a_place_at_each_level() -> None:
    people = (Responsible(area="150302", name="张"), Responsible(area="150302001", name="李", phone="110"))
    police = Unit(id="police", name="公安分局", lon=106.8, lat=39.6, people=people)
    fire = Unit(id="fire", name="消防", lon=106.8, lat=39.6, people=(Responsible(area="1503", name="王"),))
    codes = {"city": "1503", "district": "150302", "street": "150302001", "community": ""}
    found = [(one.level, one.name, one.unit) for one in answers_for(codes, [fire, police])]
    assert found == [("street", "李", "police"), ("district", "张", "police"), ("city", "王", "fire")]
    assert answers_for({}, [fire, police]) == []


def test_the_kinds_of_the_situation_are_in_the_catalogue() -> None:
    assert {"incident", "checkpoint", "zone", "unit"} <= KINDS.keys()
