"""Changes by hand over HTTP: versions, keys, undo, and who may write."""

from typing import Any

import httpx
import pytest

from geoserver.services import Services
from geoserver.storage.store import Look, Write
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import PASSWORD, SECRET


def patch(web: httpx.Client, id_: str, fields: dict[str, Any], version: int | None = 1, **more: Any) -> httpx.Response:
    body = fields | ({"version": version} if version else {})
    return web.patch(f"/api/cameras/{id_}", json=body, **more)


def camera(web: httpx.Client, id_: str) -> dict[str, Any]:
    return dict(web.get(f"/api/cameras/{id_}").raise_for_status().json())


def test_a_missing_direction_is_set_in_one_go_and_the_link_has_it_at_once(web: httpx.Client) -> None:
    place = {"lon": 106.8, "lat": 39.6003}
    before = web.get("/api/link", params=place).json()
    assert "direction-unknown" in {c["why_code"] for c in before["cameras"] if c["camera"] == "unknown"}
    done = patch(web, "unknown", {"heading": 0})
    assert done.status_code == 200, done.text
    assert done.headers["etag"] == '"2"'
    assert (done.json()["heading"], done.json()["version"]) == (0.0, 2)
    assert "heading_deg" not in done.json()["incomplete"]
    after = web.get("/api/link", params=place).json()
    assert [c["visible"] for c in after["cameras"] if c["camera"] == "unknown"] == [True]


def test_what_is_set_is_no_longer_assumed(web: httpx.Client) -> None:
    assert {one["field"] for one in camera(web, "unknown")["assumed"]} == {"hfov_deg", "pitch_deg"}
    assert {one["field"] for one in patch(web, "unknown", {"hfov": 44}).json()["assumed"]} == {"pitch_deg"}


def test_a_moved_camera_keeps_its_mast(web: httpx.Client) -> None:
    moved = patch(web, "north", {"lon": 106.801, "lat": 39.601}).json()
    assert (moved["lon"], moved["lat"], moved["mount_height"], moved["height"]) == (106.801, 39.601, 5.0, 1045.0)
    raised = patch(web, "north", {"mount_height": 9}, 2).json()
    assert (raised["mount_height"], raised["height"]) == (9.0, 1049.0)
    lowered = patch(web, "north", {"height": 1044}, 3).json()
    assert (lowered["mount_height"], lowered["height"]) == (4.0, 1044.0)


def test_a_calibration_goes_with_the_pose_it_was_solved_for(web: httpx.Client, own: Services) -> None:
    solved = {"pairs": 6, "rms_px": 0.8, "loo_m": 0.2, "heading_deg": 0.1, "pitch_deg": 0.1, "roll_deg": 0.1}
    assert patch(web, "north", {"heading": 12, "calibration": solved}).status_code == 200
    assert own.store.get("camera", "north").calibration.pairs == 6  # type: ignore[union-attr]
    assert patch(web, "north", {"name": "renamed"}, 2).status_code == 200
    assert own.store.get("camera", "north").calibration is not None  # type: ignore[union-attr]
    assert patch(web, "north", {"heading": 13}, 3).status_code == 200
    assert own.store.get("camera", "north").calibration is None  # type: ignore[union-attr]


def test_lens_presets_and_aim(web: httpx.Client, own: Services) -> None:
    fields = {
        "presets": [{"name": "大门", "pan": 10, "tilt": -5, "zoom": 3}],
        "aim": {"pan": 20, "tilt": -3},
        "pan_range": 300,
    }
    assert patch(web, "turning", fields).status_code == 200
    kept = own.store.get("camera", "turning")
    assert (kept.presets[0].name, kept.aim.pan, kept.pan_range_deg) == ("大门", 20.0, 300.0)  # type: ignore[union-attr]
    lens = {"lens": "fisheye", "hfov": 185, "distortion": [0.01, 0, 0, 0], "principal": [960, 540]}
    assert patch(web, "south", lens).status_code == 200
    assert own.store.get("camera", "south").principal_px == (960.0, 540.0)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({"hfov": 0}, "hfov"),
        ({"hfov": None}, "hfov"),
        ({"hfov": "wide"}, "hfov"),
        ({"pitch": -91}, "pitch"),
        ({"mount_height": 5000}, "mount_height"),
        ({"hfov_tele": 80}, "hfov_tele"),
        ({"tier": 4}, "tier"),
        ({"colour": "red"}, "colour"),
        ({"streams": ["rtsp://x"]}, "streams"),
        ({"presets": [{"name": "a", "pan": 0, "tilt": 99}]}, "presets.0.tilt"),
    ],
)
def test_values_that_a_camera_cannot_have(web: httpx.Client, fields: dict[str, Any], parameter: str) -> None:
    refused = patch(web, "south", fields)
    assert (refused.status_code, refused.json()["parameter"]) == (400, parameter)
    assert refused.json()["type"] == "/problems/bad-parameter"
    assert camera(web, "south")["version"] == 1


def test_out_of_the_city_is_no_place_for_a_camera(web: httpx.Client) -> None:
    assert patch(web, "north", {"lon": 116.4, "lat": 39.9}).status_code == 422
    assert web.post("/api/cameras", json={"lon": 116.4, "lat": 39.9}).status_code == 422


def test_a_stale_version_is_refused_with_both(web: httpx.Client) -> None:
    assert patch(web, "north", {"heading": 10}).status_code == 200
    stale = patch(web, "north", {"heading": 20})
    assert (stale.status_code, stale.json()["current"], stale.json()["seen"]) == (409, 2, 1)
    assert (stale.json()["kept"]["heading_deg"], stale.json()["wanted"]["heading_deg"]) == (10.0, 20.0)
    by_header = patch(web, "north", {"heading": 20}, None, headers={"If-Match": '"1"'})
    assert by_header.status_code == 412
    assert patch(web, "north", {"heading": 20}, None, headers={"If-Match": '"2"'}).json()["version"] == 3
    assert patch(web, "north", {"heading": 20}, None).status_code == 428
    assert patch(web, "north", {"heading": 20}, None, headers={"If-Match": "*"}).status_code == 400
    assert patch(web, "nobody", {"heading": 20}).status_code == 404


def test_a_repeated_request_is_done_once(web: httpx.Client) -> None:
    key = {"Idempotency-Key": "click-1"}
    first = web.post("/api/cameras", json={"lon": 106.8, "lat": 39.6, "name": "new"}, headers=key)
    again = web.post("/api/cameras", json={"lon": 106.8, "lat": 39.6, "name": "new"}, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert web.get("/api/cameras").json()["count"] == 7
    assert patch(web, "north", {"heading": 10}, headers=key).json()["version"] == 2
    assert patch(web, "north", {"heading": 10}, headers=key).json()["version"] == 2


def test_a_camera_made_by_hand_says_what_it_assumes(web: httpx.Client) -> None:
    made = web.post("/api/cameras", json={"id": "new-1", "lon": 106.8, "lat": 39.601, "heading": 45, "tier": 3})
    assert (made.status_code, made.headers["location"]) == (201, "/api/cameras/new-1")
    assert (made.json()["heading"], made.json()["mount_height"], made.json()["version"]) == (45.0, 5.0, 1)
    assumed = {one["field"] for one in made.json()["assumed"]}
    assert {"mount_height_m", "hfov_deg", "pitch_deg"} <= assumed
    assert not {"heading_deg", "tier"} & assumed
    twice = web.post("/api/cameras", json={"id": "new-1", "lon": 106.8, "lat": 39.6})
    assert twice.status_code == 409
    assert web.post("/api/cameras", json={"id": "a/b", "lon": 106.8, "lat": 39.6}).status_code == 400


def test_a_retired_camera_stays_and_is_no_answer(web: httpx.Client) -> None:
    assert web.delete("/api/cameras/north", params={"version": 1}).json()["status"] == "retired"
    link = web.get("/api/link", params={"lon": 106.8, "lat": 39.6003}).json()
    assert [c["visible"] for c in link["cameras"] if c["camera"] == "north"] != [True]
    assert web.delete("/api/cameras/north").status_code == 428


def test_undo_and_again(web: httpx.Client) -> None:
    patch(web, "north", {"heading": 10})
    patch(web, "south", {"name": "other"})
    first = web.post("/api/undo", json={}).json()
    assert [(row["id"], row["changes"]) for row in first["undone"]] == [
        ("south", [{"field": "name", "before": "camera south", "after": "other"}])
    ]
    assert first["camera"]["name"] == "camera south"
    second = web.post("/api/undo").json()
    assert (second["undone"][0]["id"], second["camera"]["heading"], second["camera"]["version"]) == ("north", 0.0, 3)
    again = web.post("/api/undo", json={"seq": second["seq"], "through": second["through"]}).json()
    assert (again["camera"]["heading"], again["camera"]["version"]) == (10.0, 4)
    assert web.post("/api/undo").json()["camera"]["heading"] == 0.0


def test_undo_of_making_and_of_retiring(web: httpx.Client) -> None:
    made = web.post("/api/cameras", json={"lon": 106.8, "lat": 39.6}).json()
    gone = web.post("/api/undo").json()
    assert gone["camera"] is None
    assert web.get(f"/api/cameras/{made['id']}").status_code == 404
    back = web.post("/api/undo", json={"seq": gone["seq"]}).json()
    assert back["camera"]["id"] == made["id"]
    web.delete("/api/cameras/north", params={"version": 1})
    assert web.post("/api/undo").json()["camera"]["status"] == "in-service"


def test_undo_of_what_was_changed_since_is_refused(web: httpx.Client) -> None:
    patch(web, "north", {"heading": 10})
    seq = web.get("/api/journal").json()["head"]
    patch(web, "north", {"heading": 20}, 2)
    assert web.post("/api/undo", json={"seq": seq}).status_code == 409
    both = web.post("/api/undo", json={"seq": seq, "through": seq + 1}).json()
    assert both["camera"]["heading"] == 0.0
    assert web.post("/api/undo", json={"seq": 9999}).json()["type"] == "/problems/nothing-to-undo"
    assert web.post("/api/undo", json={"seq": 5, "through": 4}).status_code == 400


def test_two_changes_of_one_camera_are_undone_one_after_the_other(web: httpx.Client) -> None:
    seq = web.get("/api/journal").json()["head"]
    patch(web, "north", {"heading": 10})
    patch(web, "north", {"heading": 20}, 2)
    assert web.post("/api/undo").json()["camera"]["heading"] == 10.0
    assert web.post("/api/undo", json={"seq": seq + 1}).json()["camera"]["heading"] == 0.0
    made = web.post("/api/cameras", json={"lon": 106.8, "lat": 39.6}).json()
    patch(web, made["id"], {"heading": 20}, 1)
    last = web.get("/api/journal").json()["head"]
    web.post("/api/undo").raise_for_status()
    assert web.get("/api/changes").json()["rows"][-1]["undoes"] == last
    assert web.post("/api/undo").json()["camera"] is None


def test_what_was_set_back_by_hand_is_a_change_of_its_own(web: httpx.Client) -> None:
    patch(web, "north", {"heading": 10})
    patch(web, "north", {"heading": 0}, 2)
    assert web.post("/api/undo").json()["camera"]["heading"] == 10.0


def test_own_changes_are_found_and_undone_however_much_was_looked_at_since(web: httpx.Client, own: Services) -> None:
    patch(web, "north", {"heading": 10})
    own.store.note([Look("other", "link", "1", detail={"deed": "link"}) for _ in range(1200)])
    own.store.commit([Write.put(a_camera("new"), 0)], actor="other")
    (mine,) = web.get("/api/changes", params={"limit": 100, "mine": True}).json()["rows"]
    assert (mine["id"], mine["actor"]) == ("north", "everyone")
    last = web.get("/api/changes", params={"limit": 1}).json()
    assert ([row["id"] for row in last["rows"]], last["more"]) == (["new"], True)
    assert web.post("/api/undo").json()["camera"]["heading"] == 0.0


def test_looks_among_the_rows_of_a_span_hinder_nothing(web: httpx.Client, own: Services) -> None:
    first = own.store.note([Look("other", "link", "1", detail={"deed": "link"})])
    patch(web, "north", {"heading": 10})
    last = own.store.note([Look("other", "link", "2", detail={"deed": "link"})])
    assert web.post("/api/undo", json={"seq": first, "through": last}).json()["camera"]["heading"] == 0.0
    assert web.post("/api/undo", json={"seq": first, "through": first}).json()["type"] == "/problems/nothing-to-undo"


def test_the_journal(web: httpx.Client) -> None:
    patch(web, "north", {"mount_height": 7})
    journal = web.get("/api/changes", params={"since": 6}).json()
    (row,) = journal["rows"]
    assert (row["seq"], row["kind"], row["id"], row["action"], row["version"]) == (7, "camera", "north", "change", 2)
    assert {"field": "mount_height", "before": 5.0, "after": 7.0} in row["changes"]
    assert len(web.get("/api/changes", params={"limit": 3}).json()["rows"]) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_page_of_another_site_cannot_write(web: httpx.Client, headers: dict[str, str]) -> None:
    headers = {"Content-Type": "application/json", **headers}
    for method, path in (("PATCH", "/api/cameras/north"), ("POST", "/api/cameras"), ("POST", "/api/undo")):
        refused = web.request(method, path, content=b'{"version": 1, "heading": 9}', headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/foreign-page"), path
    assert web.delete("/api/cameras/north?version=1", headers=headers).status_code == 403
    assert camera(web, "north")["version"] == 1


def test_our_own_page_can(web: httpx.Client) -> None:
    headers = {"Origin": str(web.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert patch(web, "north", {"heading": 9}, headers=headers).status_code == 200


def test_no_answer_carries_a_secret(web: httpx.Client) -> None:
    answers = [
        patch(web, "north", {"heading": 10}),
        patch(web, "north", {"heading": 10}, 7),
        web.post("/api/undo"),
        web.get("/api/journal"),
    ]
    for one in answers:
        assert SECRET not in one.text
        assert PASSWORD not in one.text
        assert "rtsp" not in one.text


def test_numbers_beyond_all_bounds_are_refused_as_others_are(web: httpx.Client) -> None:
    answer = web.post("/api/undo", json={"seq": None, "through": 2**70})
    assert answer.status_code == 400
    assert str(2**70) in answer.json()["detail"]
