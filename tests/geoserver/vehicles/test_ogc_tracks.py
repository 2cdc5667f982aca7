"""OGC API - Moving Features over tracks: pieces, instants, parts, queries; MovingPandas reads what goes out."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import movingpandas
import pytest

from tests.geoserver.vehicles.test_fixes_routes import made, sent, track

ITEMS = "/ogc/collections/tracks/items"
DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
NOON = DAY + timedelta(hours=12)
STEP = 1e-4
"""Degrees northwards a second: 11.1 m."""


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def car(web: httpx.Client) -> str:
    """A minute northwards with a fix every second, a gap of five minutes, another minute; and one over midnight."""
    one = made(web, name="巡逻 7")
    times = [*range(61), *range(361, 421)]
    rows = [
        {"vehicle": one, "at": at(s), "lon": 106.8, "lat": 39.6 + s * STEP, "speed_m_s": 11.1, "heading_deg": 0}
        for s in times
    ]
    midnight = [(12 * 3_600 + s) for s in range(-3, 4)]
    rows += [{"vehicle": one, "at": at(s), "lon": 106.9, "lat": 39.5} for s in midnight]
    assert sent(web, *rows)["taken"] == 128
    return one


def get(web: httpx.Client, path: str, **asked: Any) -> Any:
    answer = web.get(path, params=asked)
    answer.raise_for_status()
    return answer.json()


def sequence(web: httpx.Client, car: str, **asked: Any) -> list[dict[str, Any]]:
    return list(get(web, f"{ITEMS}/{car}/tgsequence", **asked)["geometrySequence"])


def test_a_geometry_for_each_stretch(web: httpx.Client, car: str) -> None:
    some = sequence(web, car)
    assert [len(one["datetimes"]) for one in some] == [61, 60, 3, 4]
    assert {one["type"] for one in some} == {"MovingPoint"}
    first = get(web, f"{ITEMS}/{car}/tgsequence", limit=2)
    assert first["numberReturned"] == 2
    (after,) = [one["href"] for one in first["links"] if one["rel"] == "next"]
    rest = web.get(after).json()["geometrySequence"]
    assert [one["id"] for one in (*first["geometrySequence"], *rest)] == [one["id"] for one in some]


def test_times_choose_whole_stretches_instants_or_parts(web: httpx.Client, car: str) -> None:
    span = f"{at(30)}/{at(40)}"
    (whole,) = sequence(web, car, datetime=span)
    assert len(whole["datetimes"]) == 61
    (part,) = sequence(web, car, datetime=f"{at(30.5)}/{at(40)}", subTrajectory="true")
    assert part["datetimes"][0] == at(30.5).replace("500000Z", "500Z")
    assert part["coordinates"][0][1] == pytest.approx(39.6 + 30.5 * STEP)
    assert len(part["datetimes"]) == 11
    (instants,) = sequence(web, car, leaf=f"{at(10.5)},{at(200)},{at(12)}".replace(f"{at(200)},", ""))
    assert [round(y, 5) for _, y in instants["coordinates"]] == [39.60105, 39.6012]
    assert instants["interpolation"] == "Discrete"
    assert sequence(web, car, leaf=at(200)) == []
    assert len(sequence(web, car, bbox="106.85,39,107,40")) == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"subTrajectory": "true"},
        {"subTrajectory": "true", "datetime": "../2026-01-01T00:00:00Z"},
        {"subTrajectory": "true", "datetime": f"{at(1)}/{at(2)}", "leaf": at(1)},
        {"leaf": "noon"},
        {"leaf": f"{at(2)},{at(1)}"},
        {"datetime": "noon"},
        {"colour": "red"},
        {"limit": 0},
    ],
)
def test_what_cannot_be_asked_is_refused(web: httpx.Client, car: str, asked: dict[str, Any]) -> None:
    answer = web.get(f"{ITEMS}/{car}/tgsequence", params=asked)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_how_far_how_fast_how_much_faster(web: httpx.Client, car: str) -> None:
    first = sequence(web, car)[0]["id"]
    way = get(web, f"{ITEMS}/{car}/tgsequence/{first}/distance")["valueSequence"][0]
    step_m = way["values"][1]
    assert step_m == pytest.approx(11.1, abs=0.05)
    assert way["values"][60] == pytest.approx(60 * step_m, abs=0.1)
    fast = get(web, f"{ITEMS}/{car}/tgsequence/{first}/velocity", datetime=at(10))
    assert (fast["form"], fast["valueSequence"][0]["values"]) == ("MTS", [pytest.approx(step_m, abs=0.02)])
    more = get(web, f"{ITEMS}/{car}/tgsequence/{first}/acceleration")["valueSequence"][0]["values"]
    assert max(map(abs, more)) < 0.05
    assert web.get(f"{ITEMS}/{car}/tgsequence/tg-5/distance").status_code == 404
    assert web.get(f"{ITEMS}/{car}/tgsequence/{first}/colour").status_code in (400, 404)


def test_what_it_told_of_itself(web: httpx.Client, car: str) -> None:
    told = get(web, f"{ITEMS}/{car}/tproperties")
    assert [one["name"] for one in told["temporalProperties"]] == ["speed", "heading"]
    speed = get(web, f"{ITEMS}/{car}/tproperties/speed", datetime=f"{at(5)}/{at(7)}", subTemporalValue="true")
    assert [one["values"] for one in speed["valueSequence"]] == [[11.1, 11.1, 11.1]]
    heading = get(web, f"{ITEMS}/{car}/tproperties/heading")["valueSequence"]
    assert speed["valueSequence"][0]["interpolation"] == "Linear"
    assert {one["interpolation"] for one in heading} == {"Step"}
    assert web.get(f"{ITEMS}/{car}/tproperties/colour").status_code == 404


def test_vehicles_as_moving_features(web: httpx.Client, car: str) -> None:
    collections = get(web, "/ogc/collections", f="json")["collections"]
    (own,) = [one for one in collections if one["id"] == "tracks"]
    assert own["itemType"] == "movingfeature"
    span = f"{at(100)}/{at(200)}"
    ids = [one["id"] for one in get(web, ITEMS, datetime=f"{at(0)}/{at(1)}", limit=1_000)["features"]]
    assert car in ids
    assert car not in [one["id"] for one in get(web, ITEMS, datetime=span, limit=1_000)["features"]]
    one = get(web, f"{ITEMS}/{car}")
    assert one["time"] == [at(0).replace("Z", ".000Z"), at(12 * 3_600 + 3).replace("Z", ".000Z")]
    assert web.get(f"{ITEMS}/nobody").status_code == 404
    page = get(web, ITEMS, limit=1)
    assert (page["numberReturned"], page["numberMatched"] >= 1) == (1, True)


@pytest.mark.filterwarnings("ignore::movingpandas.trajectory.TimeZoneWarning")
def test_movingpandas_reads_what_goes_out(web: httpx.Client, car: str, tmp_path: Path) -> None:
    asked = {"begin": at(0), "end": at(60), "f": "mf-json"}
    file = tmp_path / "track.mf.json"
    file.write_text(json.dumps(track(web, car, **asked).json()), encoding="utf-8")
    read = movingpandas.read_mf_json(str(file))
    some = getattr(read, "trajectories", [read])
    assert sum(one.size() for one in some) == 61
    ours = track(web, car, begin=at(0), end=at(60)).json()
    assert sum(one.get_length() for one in some) == pytest.approx(ours["length_m"], rel=5e-3)
    assert some[0].get_duration() == timedelta(seconds=60)
