"""A camera's picture over HTTP: stills, view meshes, pixel to place and back, and how they are kept."""

import io
import json
import struct

import httpx
import numpy as np
import pytest
from PIL import Image

from geoserver.api import pictures_models as models
from geoserver.pictures import Pictures
from tests.judges.tiles3d.gltf_judge import validate


def picture(answer: httpx.Response) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    return np.array(Image.open(io.BytesIO(answer.content)))


def test_a_still_shows_the_house_before_the_camera(web: httpx.Client) -> None:
    answer = web.get("/api/cameras/north/still.jpg", params={"width": 320})
    seen = picture(answer)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert seen.shape == (180, 320, 3)
    turned = picture(web.get("/api/cameras/north/still.jpg", params={"width": 320, "heading": 180}))
    assert np.abs(seen.astype(int) - turned).mean() > 4


def test_a_still_is_not_sent_again_to_who_has_it(web: httpx.Client) -> None:
    url = "/api/cameras/north/still.jpg?width=64"
    first = web.get(url)
    again = web.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    other = web.get(url, params={"width": 64, "pitch": -6}, headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert other.headers["etag"] != first.headers["etag"]


def test_edges_alone_lie_on_nothing(web: httpx.Client) -> None:
    answer = web.get("/api/cameras/north/still.jpg", params={"width": 320, "lines": 1})
    assert answer.headers["content-type"] == "image/png"
    lines = picture(answer)
    assert lines.shape == (180, 320, 4)
    drawn = (lines[..., 3] > 0).mean()
    assert 0.003 < drawn < 0.2


def test_a_camera_without_direction_has_no_picture(web: httpx.Client) -> None:
    for route in ("still.jpg", "view.glb", "locate?u=5&v=5"):
        answer = web.get(f"/api/cameras/unknown/{route}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-direction"), route
    assert web.get("/api/cameras/unknown/still.jpg?heading=20&width=64").status_code == 200


def test_what_cannot_be_asked_is_refused_by_name(web: httpx.Client) -> None:
    for route, word in {
        "north/still.jpg?width=63": "width",
        "north/still.jpg?width=1921": "width",
        "north/still.jpg?pan=20": "pan",
        "north/locate?u=1921&v=5": "u",
        "north/locate?u=5": "v",
        "north/locate?u=nan&v=5": "u",
        "north/project?lon=106.8": "lat",
        "north/view.glb?ladder=2020": "ladder",
    }.items():
        answer = web.get(f"/api/cameras/{route}")
        assert answer.status_code in (400, 422), route
        assert word in answer.text, route
    assert web.get("/api/cameras/nobody/still.jpg").status_code == 404


def test_a_turned_camera_shows_where_it_is_turned(web: httpx.Client) -> None:
    home = picture(web.get("/api/cameras/turning/still.jpg", params={"width": 160}))
    turned = picture(web.get("/api/cameras/turning/still.jpg", params={"width": 160, "pan": 0, "tilt": -5, "zoom": 4}))
    assert np.abs(home.astype(int) - turned).mean() > 3


def test_pixel_and_place_lead_to_each_other(web: httpx.Client) -> None:
    found = web.get("/api/cameras/north/locate", params={"u": 960, "v": 540}).json()
    located = models.Located.model_validate(found)
    assert located.hit in ("facade", "ground")
    assert located.uncertainty is not None
    assert located.uncertainty.source == "assumed"
    place = found["place"]
    back = web.get("/api/cameras/north/project", params={k: place[k] for k in ("lon", "lat", "height")})
    projected = models.Projected.model_validate(back.json())
    assert projected.pixel == pytest.approx([960, 540], abs=1.5)
    assert projected.why


def test_the_sky_is_a_clear_answer(web: httpx.Client) -> None:
    found = web.get("/api/cameras/north/locate", params={"u": 960, "v": 540, "pitch": 40})
    assert found.status_code == 200
    assert (found.json()["hit"], found.json()["place"]) == ("sky", None)


def test_a_place_outside_the_picture_has_no_pixel_but_a_reason(web: httpx.Client) -> None:
    south = web.get("/api/cameras/north/project", params={"lon": 106.8, "lat": 39.597}).json()
    assert (south["pixel"], south["visible"], south["why_code"]) == (None, False, "outside-picture")


def test_the_view_mesh_is_valid_and_says_where_it_belongs(web: httpx.Client, tmp_path) -> None:
    answer = web.get("/api/cameras/north/view.glb", params={"ladder": "2025"})
    assert answer.headers["content-type"] == "model/gltf-binary"
    length = struct.unpack_from("<I", answer.content, 12)[0]
    document = json.loads(answer.content[20 : 20 + length])
    extras = document["asset"]["extras"]
    assert extras["ladder"] == "2025"
    assert extras["origin"][:2] == pytest.approx([106.8, 39.6], abs=0.01)
    named = {row["class"] for row in extras["classes"]}
    assert {material["name"] for material in document["materials"]} <= named
    files = [tmp_path / "view.glb", tmp_path / "nothing.glb"]
    files[0].write_bytes(answer.content)
    files[1].write_bytes(web.get("/api/cameras/north/view.glb", params={"pitch": 60}).content)
    for file, messages in validate(files).items():
        assert [message for message in messages if message["severity"] < 2] == [], file


def test_pictures_are_kept_within_their_bytes() -> None:
    kept = Pictures(None, limit_bytes=100)
    made = []

    def make(key: str) -> bytes:
        return kept.get(key, lambda: made.append(key) or bytes(40))

    for key in "abacab":
        make(key)
    assert made == ["a", "b", "c", "b"]
    assert kept.nbytes <= 100
