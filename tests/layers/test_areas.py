"""Which areas a place lies in."""

import shapely

from layers.areas import AreaIndex, smallest

ROWS = [
    ("1503", "乌海市", "city", "", shapely.box(106, 39, 107, 40)),
    ("150302", "海勃湾区", "district", "1503", shapely.box(106, 39, 106.5, 40)),
    ("150303", "海南区", "district", "1503", shapely.box(106.5, 39, 107, 40)),
    ("150302001", "凤凰岭街道", "street", "150302", shapely.box(106, 39, 106.2, 39.5)),
    ("150302001001", "社区", "community", "150302001", shapely.box(106, 39, 106.1, 39.1)),
]


def test_every_level_is_named() -> None:
    index = AreaIndex.build(ROWS)
    assert index.codes(106.05, 39.05) == {
        "city": "1503",
        "district": "150302",
        "street": "150302001",
        "community": "150302001001",
    }
    assert index.smallest(106.05, 39.05) == "150302001001"
    assert index.smallest(106.15, 39.05) == "150302001"
    assert index.areas["150303"].name == "海南区"


def test_on_a_border_the_first_area_counts_and_only_one() -> None:
    assert AreaIndex.build(ROWS).codes(106.5, 39.7) == {"city": "1503", "district": "150302"}


def test_outside_there_is_none() -> None:
    index = AreaIndex.build(ROWS)
    assert index.codes(10.0, 10.0) == {}
    assert smallest({}) == ""
    assert AreaIndex.build([]).codes(106.0, 39.0) == {}


def test_many_places_keep_their_order() -> None:
    found = AreaIndex.build(ROWS).codes_of([106.7, 0.0, 106.05], [39.5, 0.0, 39.05])
    assert [smallest(codes) for codes in found] == ["150303", "", "150302001001"]
