"""Footprints: what is saved is what comes back, and the derived offsets point at the right corners."""

from pathlib import Path

import numpy as np
import pytest

from tiles.errors import NotBuilt
from tiles.footprints import ATTRIBUTES, Footprints


def two_buildings() -> Footprints:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    court = np.array([[3, 3], [3, 6], [6, 6], [6, 3]], float)
    shed = np.array([[20, 0], [24, 0], [22, 5]], float)
    return Footprints(
        np.vstack([square, court, shed]),
        np.array([0, 4, 8, 11]),
        np.array([0, 0, 1], np.int32),
        np.array([1039.5, 1040.0]),
        np.array([1055.0, 1043.2]),
        ("a", "b"),
        {name: ("市政府", "") if name == "name" else (5, 0) if name == "storeys" else ("", "x") for name in ATTRIBUTES},
        {"read": 2},
        ({"code": "invalid", "row": 3},),
    )


def test_round_trip(tmp_path: Path) -> None:
    made = two_buildings()
    made.save(tmp_path / "parts")
    back = Footprints.load(tmp_path / "parts")
    for name in ("vertices_m", "ring_offsets", "ring_building", "base_m", "roof_m"):
        np.testing.assert_array_equal(getattr(made, name), getattr(back, name))
        assert getattr(made, name).dtype == getattr(back, name).dtype
    assert (back.ids, back.attributes, back.counts, back.notices) == (
        made.ids,
        made.attributes,
        made.counts,
        made.notices,
    )


def test_offsets_and_rings() -> None:
    made = two_buildings()
    assert made.building_rings.tolist() == [0, 2, 3]
    assert made.building_offsets.tolist() == [0, 8, 11]
    assert [len(ring) for ring in made.rings(0)] == [4, 4]
    assert made.rings(1)[0].tolist() == [[20, 0], [24, 0], [22, 5]]
    assert made.bounds_m.tolist() == [[0, 0, 10, 10], [20, 0, 24, 5]]
    assert made.index == {"a": 0, "b": 1}


def test_empty_city_round_trip(tmp_path: Path) -> None:
    Footprints.empty().save(tmp_path)
    back = Footprints.load(tmp_path)
    assert len(back) == 0
    assert back.building_rings.tolist() == [0]
    assert back.bounds_m.shape == (0, 4)


def test_a_folder_without_footprints_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="holds no built city"):
        Footprints.load(tmp_path)
