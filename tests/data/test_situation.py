"""What lies over the demo city on the first day: places that exist, units for every call, areas with somebody."""

import csv
import json
from pathlib import Path

import pytest
import shapely

from data.recipe.make import make
from data.recipe.sources import Sources


@pytest.fixture(scope="module")
def village(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("village"), "village").parent


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_calls_are_in_all_states_and_their_units_answer_such_calls(village):
    calls = json.loads((village / "calls.json").read_text(encoding="utf-8"))
    assert 40 <= len(calls) <= 45
    assert {call["state"] for call in calls} == {
        "reported", "accepted", "dispatched", "on-scene", "resolved", "closed"
    }  # fmt: skip
    sources = {unit["id"]: unit["sources"].split(";") for unit in table(village, "units.csv")}
    for call in calls:
        assert not call["unit"] or call["source"] in sources[call["unit"]]
        times = [step["minutes"] for step in call["steps"]]
        assert times == sorted(times, reverse=True)
        assert times[0] == call["minutes"]
        assert times[-1] > 0
        assert call["steps"][-1]["state"] == call["state"]


def test_checkpoints_stand_on_junctions_and_name_their_roads(village):
    sources = Sources.read(village, "village")
    places = {sources.degrees(junction.at_m): junction for junction in sources.junctions}
    rows = table(village, "checkpoints.csv")
    assert len(rows) >= 15
    assert len({row["name"] for row in rows}) == len(rows)
    for row in rows:
        junction = places[float(row["lon"]), float(row["lat"])]
        directions = json.loads(row["directions"])
        assert len(directions) == len(junction.arms)
        assert int(row["lanes"]) == sum(one["lanes"] for one in directions)
        assert row["road"] in {arm.name for arm in junction.arms}


def test_somebody_answers_for_every_area(village):
    sources = Sources.read(village, "village")
    people = [one for unit in table(village, "units.csv") for one in json.loads(unit["people"])]
    assert {one["area"] for one in people} == {region.code for region in sources.regions}


def test_zones_are_polygons(village):
    zones = json.loads((village / "zones.geojson").read_text(encoding="utf-8"))["features"]
    assert len({zone["id"] for zone in zones}) == len(zones) >= 5
    assert any(zone["properties"]["watch"] == "both" for zone in zones)
    for zone in zones:
        assert shapely.from_geojson(json.dumps(zone["geometry"])).is_valid
