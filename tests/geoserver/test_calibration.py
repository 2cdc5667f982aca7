"""A calibration asked over HTTP: the camera comes back, nothing is written, refusals say why in both languages."""

from typing import Any

import httpx
import numpy as np
import pytest

from geoserver.api.calibration_models import Calibrated
from layers.cameras.view import View
from tests.geoserver.builders import a_camera
from tiles.geodesy import ecef_to_geodetic, enu_rotation

TRUE = a_camera("north", heading_deg=3.0, hfov_deg=41.0, pitch_deg=-8.0, height_m=1046.0, lon=106.80001)
"""Where the camera on record as north really stands and looks."""
SPOTS = [
    (300, 900, 14),
    (1650, 860, 18),
    (960, 700, 30),
    (200, 300, 80),
    (1700, 250, 60),
    (1000, 420, 95),
    (520, 640, 40),
]


def pairs(count: int = 7, noise_px: float = 0.0, truth: Any = TRUE) -> list[dict[str, Any]]:
    view, rng = View.of(truth), np.random.default_rng(4)
    made = []
    for u, v, far in SPOTS[:count]:
        bearing, elevation = (np.radians(float(angle)) for angle in view.rays(u, v))
        way = np.array([np.sin(bearing) * np.cos(elevation), np.cos(bearing) * np.cos(elevation), np.sin(elevation)])
        place = ecef_to_geodetic(view.pose.ecef_m + far * way @ enu_rotation(truth.lon, truth.lat))
        off_u, off_v = rng.normal(0, noise_px, 2)
        made.append(
            {"pixel": [u + off_u, v + off_v], "lon": float(place[0]), "lat": float(place[1]), "height": float(place[2])}
        )
    return made


def ask(web: httpx.Client, lang: str = "en", **body: Any) -> httpx.Response:
    return web.post("/api/cameras/north/calibrate", json=body, headers={"Accept-Language": lang})


def test_the_camera_comes_back_and_nothing_is_written(web: httpx.Client) -> None:
    before = web.get("/api/cameras/north").json()
    answered = ask(web, pairs=pairs())
    assert answered.status_code == 200, answered.text
    got = answered.json()
    Calibrated.model_validate(got)
    pose = got["pose"]
    assert pose["heading"] == pytest.approx(3.0, abs=1e-3)
    assert pose["pitch"] == pytest.approx(-8.0, abs=1e-3)
    assert pose["mount_height"] == pytest.approx(6.0, abs=0.02)
    assert got["lens"]["hfov"] == pytest.approx(41.0, abs=1e-3)
    assert got["verdict"] == "good"
    assert len(got["residuals"]) == 7
    assert max(one["error_px"] for one in got["residuals"]) < 0.05
    assert got["drift"]["moved"]
    assert got["drift"]["heading"] == pytest.approx(3.0, abs=1e-3)
    assert web.get("/api/cameras/north").json() == before


def test_the_patch_is_taken_by_the_camera(web: httpx.Client) -> None:
    from geoserver.api.editing_models import CameraPatch

    CameraPatch.model_validate(ask(web, pairs=pairs()).json()["patch"])


def test_a_smaller_picture_of_the_same_shape(web: httpx.Client) -> None:
    small = [{**pair, "pixel": [value / 3 for value in pair["pixel"]]} for pair in pairs()]
    got = ask(web, pairs=small, picture={"width": 640, "height": 360}).json()
    assert got["pose"]["heading"] == pytest.approx(3.0, abs=1e-3)
    assert got["residuals"][0]["pixel"] == pytest.approx([100, 300])
    refused = ask(web, pairs=small, picture={"width": 640, "height": 480})
    assert (refused.status_code, refused.json()["reason"]) == (400, "picture-shape")


def test_a_place_without_height_is_on_the_ground(web: httpx.Client) -> None:
    on_ground = [{"pixel": [960, 700], "lon": 106.8, "lat": 39.6003}]
    got = ask(web, pairs=[*pairs(6), *on_ground])
    # The flat scene's ground is at 1040 m.
    assert got.json().get("residuals", [{}])[-1].get("height", 1040.0) == pytest.approx(1040.0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_refusals_name_the_pair_and_the_remedy(web: httpx.Client, lang: str) -> None:
    def refused(**body: Any) -> dict[str, Any]:
        answered = ask(web, lang, **body)
        assert answered.status_code == 422, answered.text
        problem = answered.json()
        assert "?" not in problem["detail"]
        assert "{" not in problem["detail"]
        return problem

    assert refused(pairs=pairs(3))["type"] == "/problems/too-few-pairs"
    wild = pairs()
    wild[4] = {**wild[4], "pixel": [wild[4]["pixel"][0] - 300, wild[4]["pixel"][1] + 90], "name": "gate"}
    problem = refused(pairs=wild)
    assert (problem["type"], problem["number"]) == ("/problems/wild-pair", 5)
    assert "5 (gate)" in problem["detail"]
    line = [{**pair, "pixel": [100 + 200 * k, 100 + 90 * k]} for k, pair in enumerate(pairs())]
    assert refused(pairs=line)["type"] == "/problems/pairs-in-line"
    outside = pairs()
    outside[0] = {**outside[0], "pixel": [-5, 20]}
    assert refused(pairs=outside)["type"] == "/problems/pair-outside-picture"


def test_odd_questions_are_refused(web: httpx.Client) -> None:
    assert web.post("/api/cameras/nobody/calibrate", json={"pairs": pairs()}).status_code == 404
    assert ask(web, pairs="many").status_code == 400
    assert ask(web, pairs=[{"pixel": [1, 2, 3], "lon": 1, "lat": 2}]).status_code == 400
    outside = [{"pixel": [10, 10], "lon": 10.0, "lat": 10.0}]
    assert ask(web, pairs=outside * 4).json()["type"] == "/problems/outside-city"
