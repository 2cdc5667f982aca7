"""Live video on the model in the real browser: its colours where the camera sees, nothing where it does not.

The picture is drawn unlit and both sides are taken from the same decoded video, so the codec does not count; what is
left is resampling (the test's scene is drawn at half the page's pixels) and the faint mark of who watches.
"""

import base64
import io
import math
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import door
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.city]
FIRST_MS = 90_000
CLIENTS: dict[str, Any] = {}
TOLERANCE = 14
"""Of 255, in each colour: patches of a few pixels, resampled twice, under a mark of 20 % in places."""
PATCH = 2
FRAME = """() => { const v = document.querySelector('video'); const c = document.createElement('canvas');
  c.width = v.videoWidth; c.height = v.videoHeight; const p = c.getContext('2d'); p.drawImage(v, 0, 0);
  return c.toDataURL('image/png').split(',')[1]; }"""
PROJECT = """places => { const edge = document.querySelector('#scene canvas').getBoundingClientRect();
  return places.map(([lon, lat, h]) => window.geoserver.project(lon, lat, h))
    .map(p => p && { x: p.x - edge.left, y: p.y - edge.top }); }"""
"""Pixels of the canvas, null behind the eye."""


def ask(base: str, path: str, **params: Any) -> Any:
    if base not in CLIENTS:  # one for all: to make one takes longer than to ask
        CLIENTS[base] = door.Client(base_url=base, timeout=60)
    answer = CLIENTS[base].get(path, params=params)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def wall(simulated: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A fixed street camera with walls in its picture, and places on them with their pixels."""
    cameras = ask(simulated, "/api/cameras")["cameras"]
    fixed = [one for one in cameras if one["tier"] == 3 and one["type"] == "fixed" and one["heading"] is not None]
    best: tuple[dict[str, Any], list[dict[str, Any]]] = ({}, [])
    for row in fixed[:15]:
        camera = ask(simulated, f"/api/cameras/{row['id']}")
        size = camera["image_width"], camera["image_height"]
        pixels = [(size[0] * u / 16, size[1] * v / 9) for u in range(2, 15, 2) for v in range(1, 8)]
        found = [ask(simulated, f"/api/cameras/{row['id']}/locate", u=u, v=v) for u, v in pixels]
        near = [one for one in found if one["hit"] == "facade" and 8 < one["distance_m"] < 90]
        if len(near) > len(best[1]):
            best = camera, near
        if len(near) >= 8:
            break
    assert len(best[1]) >= 6
    return best


def scene(watched: Watched) -> np.ndarray:
    picture = Image.open(io.BytesIO(watched.page.locator("#scene canvas").first.screenshot())).convert("RGB")
    return np.asarray(picture, float)


def patch(picture: np.ndarray, x: float, y: float) -> np.ndarray | None:
    col, row = round(x), round(y)
    if not (PATCH <= row < len(picture) - PATCH and PATCH <= col < picture.shape[1] - PATCH):
        return None
    cut: np.ndarray = picture[row - PATCH : row + PATCH + 1, col - PATCH : col + PATCH + 1]
    return cut.reshape(-1, 3)


def at_pixel(picture: np.ndarray, at: dict[str, float] | None) -> float:
    """A picture's value at a place, −1 outside."""
    if at is None or not (0 <= at["y"] < len(picture) - 0.5 and 0 <= at["x"] < picture.shape[1] - 0.5):
        return -1.0
    return float(picture[round(at["y"]), round(at["x"])])


def draped(watched: Watched, camera: str, on: bool) -> None:
    watched.page.evaluate("([id, on]) => window.geoserver.state().setDrape(id, on)", [camera, on])
    watched.page.wait_for_timeout(3_000)
    watched.settle()


def open_draped(watched: Watched, camera: dict[str, Any]) -> None:
    """The camera's video lies on the model, and nothing else lies over the city."""
    with watched.page.expect_response(lambda answer: "/view.glb" in answer.url, timeout=FIRST_MS):
        watched.open(f"#/operate?drape=1,{camera['id']}")
    watched.page.wait_for_function(
        "id => window.geoserver.state().films[id]?.stalled === null", arg=camera["id"], timeout=FIRST_MS
    )
    # Transparent, not hidden: what cannot be seen at all need not be decoded.
    watched.page.add_style_tag(content="#app { opacity: 0 }")
    watched.page.evaluate(
        """() => { const s = window.geoserver.state();
        for (const layer of ['cameras', 'labels', 'areas', 'incidents', 'checkpoints', 'zones', 'units', 'privacy'])
          s.setLayer(layer, false); }"""
    )


def test_colours_on_a_wall_are_the_frames(watching: Watched, wall: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    camera, places = wall
    open_draped(watching, camera)
    # Not from the lens itself: from beside and above it.
    turn = math.radians(camera["heading"])
    aside = 1.5 / 111_320
    lon = camera["lon"] + math.cos(turn) * aside / math.cos(math.radians(camera["lat"]))
    lat = camera["lat"] - math.sin(turn) * aside
    watching.look(lon, lat, camera["height"] + 1, camera["heading"], camera["pitch"])
    draped(watching, camera["id"], on=True)
    on = scene(watching)
    frame = np.asarray(Image.open(io.BytesIO(base64.b64decode(watching.page.evaluate(FRAME)))), float)
    frame = frame[:, :, :3]
    spots = [(one["place"]["lon"], one["place"]["lat"], one["place"]["height"]) for one in places]
    drawn = watching.page.evaluate(PROJECT, spots)
    draped(watching, camera["id"], on=False)
    off = scene(watching)
    across, down = frame.shape[1] / camera["image_width"], frame.shape[0] / camera["image_height"]
    apart, plain = [], []
    for one, at in zip(places, drawn, strict=True):
        shown = at and patch(on, at["x"], at["y"])
        wanted = patch(frame, one["pixel"][0] * across, one["pixel"][1] * down)
        # Where the picture itself changes within a patch, half a pixel decides.
        if shown is None or wanted is None or wanted.std(axis=0).max() > 10:
            continue
        before = patch(off, at["x"], at["y"])
        assert before is not None
        apart.append(np.abs(np.median(shown, axis=0) - np.median(wanted, axis=0)).max())
        plain.append(np.abs(np.median(before, axis=0) - np.median(wanted, axis=0)).max())
    print(f"{len(apart)} places on walls: off by {np.round(apart)} with, {np.round(plain)} without")
    assert len(apart) >= 4
    assert np.mean(np.array(apart) <= TOLERANCE) >= 0.8
    assert np.median(plain) > 2 * TOLERANCE, "without it the wall has other colours"


def test_nothing_is_painted_on_what_the_camera_does_not_see(
    watching: Watched, simulated: str, wall: tuple[dict[str, Any], list[dict[str, Any]]]
) -> None:
    camera, _ = wall
    open_draped(watching, camera)
    east = 1 / 111_320 / math.cos(math.radians(camera["lat"]))
    north = 1 / 111_320
    steps = np.arange(-48, 49, 8)
    spots = [(camera["lon"] + x * east, camera["lat"] + y * north) for y in steps for x in steps]
    told = [ask(simulated, f"/api/cameras/{camera['id']}/project", lon=lon, lat=lat) for lon, lat in spots]
    heights = door.post(f"{simulated}/api/heights", json={"points": spots}, timeout=60).json()["top"]
    seen = np.array([one["visible"] for one in told]).reshape(len(steps), -1)
    near = np.zeros_like(seen)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            near |= np.roll(seen, (down, right), (0, 1))
    watching.look(camera["lon"], camera["lat"], camera["height"] + 110, 0, -89.9)
    draped(watching, camera["id"], on=True)
    on = scene(watching)
    drawn = watching.page.evaluate(PROJECT, [(*spot, height) for spot, height in zip(spots, heights, strict=True)])
    draped(watching, camera["id"], on=False)
    changed = np.abs(on - scene(watching)).max(axis=2)
    at = np.array([at_pixel(changed, p) for p in drawn]).reshape(seen.shape)
    hidden, shown = at[~near & (at >= 0)], at[seen & (at >= 0)]
    print(f"{len(hidden)} unseen places: most {hidden.max():.0f}; {len(shown)} seen: median {np.median(shown):.0f}")
    assert len(hidden) >= 20
    assert len(shown) >= 3
    assert (hidden <= 3).all()
    assert np.median(shown) > 12


def test_nothing_is_left_when_the_picture_is_closed(
    watching: Watched, wall: tuple[dict[str, Any], list[dict[str, Any]]]
) -> None:
    camera, _ = wall
    open_draped(watching, camera)
    assert f"drape=1,{camera['id']}" in watching.page.evaluate("() => location.hash")
    watching.page.evaluate("id => window.geoserver.state().closePicture(id)", camera["id"])
    watching.page.wait_for_function("() => Object.keys(window.geoserver.state().films).length === 0")
    assert watching.page.evaluate("() => window.geoserver.state().drapes") == []
    assert "drape=" not in watching.page.evaluate("() => location.hash")
