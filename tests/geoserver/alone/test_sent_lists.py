"""Lists of the situation sent over HTTP: tried, taken in, taken back."""

import json

import httpx
import pytest

from geoserver.api.lists_models import ListAnswer

CALLS = "警情编号,报警时间,经度,纬度,警情类别\n1,2026-05-01 12:00,106.8,39.6,火灾\n2,?,106.8,39.6,火灾\n"
RING = [[106.8, 39.6], [106.801, 39.6], [106.801, 39.601], [106.8, 39.601], [106.8, 39.6]]
ZONE = {"type": "Feature", "id": "z", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
LISTS = {
    "incidents": CALLS,
    "checkpoints": "id,name,lon,lat\n1,北门,106.8,39.6\n2,远,120,39.6\n",
    "units": "id,name,lon,lat\n1,消防站,106.8,39.6\n,无,106.8,39.6\n",
    "zones": json.dumps({"type": "FeatureCollection", "features": [ZONE, ZONE]}),
}


def send(web: httpx.Client, kind: str, body: str, **params: str) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return web.post(f"/api/{kind}/import", params=params, content=body.encode(), headers=headers)


def matched(web: httpx.Client, kind: str) -> int:
    return int(web.get(f"/api/{kind}").json()["matched"])


@pytest.mark.parametrize("kind", LISTS)
def test_tried_taken_in_and_taken_back(web: httpx.Client, kind: str) -> None:
    dry = send(web, kind, LISTS[kind])
    told = ListAnswer.model_validate(dry.json())
    assert (told.counts.read, told.counts.refused, told.counts.new, told.committed) == (2, 1, 1, None)
    assert told.remarks[0].row == (3 if kind != "zones" else 2)
    assert matched(web, kind) == 0
    done = ListAnswer.model_validate(send(web, kind, LISTS[kind], mode="commit").json())
    assert done.committed is not None
    assert (done.committed.changed, matched(web, kind)) == (1, 1)
    again = send(web, kind, LISTS[kind], mode="commit").json()
    assert (again["counts"]["unchanged"], again["committed"]) == (1, None)
    rows = {"seq": done.committed.seq, "through": done.committed.through}
    assert web.post("/api/undo", json=rows).status_code == 200
    assert matched(web, kind) == 0


def test_how_a_list_is_read_is_said(web: httpx.Client) -> None:
    rows = "nr;wann;wo\n7;07/08/2012 09:10:07 AM +0000;39.6, 106.8\n"
    mapping = json.dumps({"number": "nr", "time": 2, "location": "wo"})
    params = {"mapping": mapping, "source": "119", "state": "resolved", "time_zone": "Europe/London"}
    assert send(web, "incidents", rows, **params, wall_clock="true", mode="commit").status_code == 200
    one = web.get("/api/incidents").json()["features"][0]
    assert (one["id"], one["properties"]["state"]) == ("119-7", "resolved")
    assert one["properties"]["reported_at"] == "2012-07-08T08:10:07Z"


@pytest.mark.parametrize(
    ("kind", "body", "params", "status"),
    [
        ("incidents", CALLS, {"source": "911"}, 400),
        ("incidents", CALLS, {"time_zone": "Mars/Olympus"}, 400),
        ("incidents", CALLS, {"mapping": "[]"}, 400),
        ("incidents", CALLS, {"mapping": '{"colour": 1}'}, 400),
        ("incidents", CALLS, {"mapping": '{"number": "missing"}'}, 422),
        ("incidents", CALLS, {"crs": "EPSG:0"}, 400),
        ("incidents", "", {}, 422),
        ("checkpoints", "a,b\n1,2\n", {}, 422),
        ("zones", "{", {}, 422),
        ("zones", "[]", {}, 422),
        ("streets", CALLS, {}, 400),
    ],
)
def test_what_is_refused_as_a_whole(
    web: httpx.Client, kind: str, body: str, params: dict[str, str], status: int
) -> None:
    answer = send(web, kind, body, **params, mode="commit")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text


def test_pages_of_other_sites_send_nothing(web: httpx.Client) -> None:
    headers = {"Origin": "https://example.org", "Content-Type": "application/octet-stream"}
    for kind in LISTS:
        assert web.post(f"/api/{kind}/import", content=b"x", headers=headers).status_code == 403
