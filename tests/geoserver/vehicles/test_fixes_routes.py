"""Fixes over HTTP: on the disk when answered, once, refused row by row, shown live; tracks in all their forms."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.api import vehicles_models as models
from geoserver.series import sqlite
from layers.grants.roles import Post
from tests import door

NOW = datetime.now(UTC).replace(microsecond=0)
STATION = {"lon": 106.8, "lat": 39.6}


def made(web: httpx.Client, **fields: Any) -> str:
    answer = web.post("/api/vehicles", json={"name": "巡逻一号", "type": "patrol", **STATION, **fields})
    answer.raise_for_status()
    models.Vehicle.model_validate(answer.json())
    return str(answer.json()["id"])


def fix(vehicle: str, ago_s: float, lon: float = 106.8, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC).replace(microsecond=0)
    return {"vehicle": vehicle, "at": (now - timedelta(seconds=ago_s)).isoformat(), "lon": lon, "lat": 39.6, **more}


def sent(web: httpx.Client, *fixes: dict[str, Any]) -> dict[str, Any]:
    answer = web.post("/api/fixes", json={"fixes": list(fixes)})
    answer.raise_for_status()
    models.FixesTaken.model_validate(answer.json())
    return dict(answer.json())


def track(web: httpx.Client, vehicle: str, **asked: Any) -> httpx.Response:
    answer = web.get(f"/api/vehicles/{vehicle}/track", params=asked)
    answer.raise_for_status()
    return answer


def test_late_and_repeated_fixes_make_one_track(web: httpx.Client) -> None:
    one = made(web)
    rows = [fix(one, ago, 106.8 + ago * 1e-4, heading_deg=90, speed_m_s=8) for ago in (50, 40, 30, 20, 10)]
    assert sent(web, rows[0], rows[3])["taken"] == 2
    done = sent(web, rows[4], rows[1], rows[3], rows[2], rows[1])
    assert (done["taken"], done["repeated"]) == (3, 2)
    told = track(web, one).json()
    models.TrackTold.model_validate(told)
    assert [round(lon, 4) for lon in told["lon"]] == [106.805, 106.804, 106.803, 106.802, 106.801]
    assert told["length_m"] == pytest.approx(343.6, abs=0.1)
    assert (told["complete"], told["count"], told["gaps"], told["heading_deg"][0]) == (True, 5, [], 90)
    now = web.get(f"/api/vehicles/{one}").json()["position"]
    assert (now["lon"], now["speed_m_s"]) == (106.801, 8)


def test_rows_are_refused_one_by_one(web: httpx.Client) -> None:
    one = made(web)
    done = sent(web, fix("nobody", 5), fix(one, -3_600), fix(one, 40 * 86_400), fix(one, 5))
    assert [(row["row"], row["reason"]) for row in done["refused"]] == [
        (0, "unknown-vehicle"), (1, "future"), (2, "too-old"),
    ]  # fmt: skip
    assert done["taken"] == 1
    chinese = web.post("/api/fixes", json={"fixes": [fix("nobody", 5)]}, headers={"Accept-Language": "zh"})
    assert chinese.json()["refused"][0]["detail"] == "没有该车辆，或无权上报其位置。"


@pytest.mark.parametrize(
    "bad", [{"lon": 200}, {"lat": None}, {"at": "yesterday"}, {"heading_deg": 360}, {"speed_m_s": -1}, {"colour": 1}]
)
def test_what_is_no_fix_is_refused_whole(web: httpx.Client, bad: dict[str, Any]) -> None:
    one = made(web)
    answer = web.post("/api/fixes", json={"fixes": [fix(one, 9), fix(one, 5) | bad]})
    assert answer.status_code == 400
    assert answer.json()["type"]
    assert track(web, one).json()["count"] == 0


def test_a_track_in_all_its_forms(web: httpx.Client) -> None:
    one = made(web, name="救护 1", type="ambulance")
    sent(web, *(fix(one, ago, 106.8 + ago * 1e-5) for ago in range(0, 600, 5)))
    for form, media_type in (
        ("geojson", "application/geo+json"),
        ("mf-json", "application/geo+json"),
        ("gpx", "application/gpx+xml"),
        ("czml", "application/vnd.cesium.czml+json"),
    ):
        answer = track(web, one, f=form)
        assert answer.headers["content-type"] == media_type
        assert "attachment" in answer.headers["content-disposition"]
    assert track(web, one, f="mf-json").json()["temporalGeometry"]["type"] == "MovingPoint"
    assert len(track(web, one, f="czml").json()) == 2


def test_a_span_must_be_one(web: httpx.Client) -> None:
    one = made(web)
    asked = {"begin": NOW.isoformat(), "end": (NOW - timedelta(hours=1)).isoformat()}
    assert web.get(f"/api/vehicles/{one}/track", params=asked).status_code == 400
    asked["begin"] = (NOW - timedelta(days=60)).isoformat()
    assert web.get(f"/api/vehicles/{one}/track", params=asked).status_code == 400
    assert web.get("/api/vehicles/nobody/track").status_code == 404


def test_who_may_not_send_and_who_may_not_look_back(web: httpx.Client, address: str, flat_folder: Path) -> None:
    one = made(web)
    sent(web, fix(one, 5))
    accounts = KeptAccounts.open(flat_folder / "city.sqlite")
    try:
        key, _ = door.keys_of(accounts, "planner", (Post(role="planner", areas=frozenset({"*"})),))
    finally:
        accounts.close()
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as planner:
        assert planner.post("/api/fixes", json={"fixes": [fix(one, 4)]}).status_code == 403
        assert planner.get(f"/api/vehicles/{one}").status_code == 200
        assert planner.get(f"/api/vehicles/{one}/track").status_code == 403


def test_vehicles_by_what_they_are(web: httpx.Client) -> None:
    one, other = made(web, unit="u-77"), made(web, unit="u-77", type="fire", duty="busy")
    told = web.get("/api/vehicles", params={"unit": "u-77"}).json()
    models.Vehicles.model_validate(told)
    assert told["matched"] == 2
    assert [
        row["id"] for row in web.get("/api/vehicles", params={"unit": "u-77", "duty": "busy"}).json()["features"]
    ] == [other]
    version = web.get(f"/api/vehicles/{one}").json()["properties"]["version"]
    changed = web.patch(f"/api/vehicles/{one}", json={"plate": "蒙C·A0001警", "version": version})
    assert changed.json()["properties"]["plate"] == "蒙C·A0001警"
    assert web.patch(f"/api/vehicles/{one}", json={"plate": "x", "version": version}).status_code == 409
    assert web.delete(f"/api/vehicles/{one}", params={"version": version + 1}).status_code == 200
    assert web.get(f"/api/vehicles/{one}").status_code == 404
    assert sent(web, fix(one, 3))["refused"][0]["reason"] == "unknown-vehicle"


def test_a_full_disk_is_told_with_its_remedy(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    one = made(web)
    monkeypatch.setattr(sqlite, "connected", full)
    answer = web.post("/api/fixes", json={"fixes": [fix(one, 9 * 86_400)]})  # a day that is not open yet
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (503, "/problems/series-unusable"), answer.text
    assert problem["file"].startswith("fixes-")
    assert "database or disk is full" in problem["detail"]
    assert "See that the disk has room" in problem["detail"]
