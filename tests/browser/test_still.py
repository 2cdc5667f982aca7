"""The rendered still against CesiumJS's own picture from the same pose: silhouettes of buildings coincide."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from scipy.spatial import KDTree

from layers.cameras.model import Camera
from layers.cameras.sighting import Sighting
from layers.cameras.still import survey
from tests.browser.conftest import Watched
from tests.judges.link_truth import open_city

pytestmark = [pytest.mark.browser, pytest.mark.city]
WIDTH, HEIGHT = 1280, 720
NEAR_PX = 1.5
SETTLE_MS = 240_000
CANVAS_ALONE = "body * { visibility: hidden !important } canvas { visibility: visible !important }"
"""Panels, menus and credits lie over the canvas; without them the window's picture is the canvas."""


@dataclass(frozen=True)
class Compared:
    """Distances (px) from CesiumJS's silhouettes to the still's edges, and from the still's to CesiumJS's."""

    camera: str
    there: Any
    back: Any

    def __str__(self) -> str:
        return f"{self.camera}: " + "; ".join(
            f"{name} {len(away)} px, median {np.median(away):.2f}, 95 % {np.quantile(away, 0.95):.2f}, "
            f"within {NEAR_PX} px {np.mean(away <= NEAR_PX):.2%}"
            for name, away in (("Cesium to still", self.there), ("still to Cesium", self.back))
        )


def chosen(folder: Path) -> list[tuple[Camera, Sighting]]:
    """Cameras of each tier before which there is something to compare: buildings, and sky or ground beside them."""
    scene, cameras = open_city(folder)
    wanted = {1: 1, 2: 2, 3: 3}
    found = []
    for number in np.random.default_rng(5).permutation(len(cameras)):
        camera = cameras[number]
        if not wanted[camera.tier] or camera.heading_deg is None:
            continue
        given = camera.model_dump() | {"image_width_px": WIDTH, "image_height_px": HEIGHT, "type": "fixed", "aim": None}
        camera = Camera(**given)
        sighting = Sighting.of(camera, scene)
        # CesiumJS culls what a camera inside its own building would look through.
        if sighting.eye.carrier >= 0 and camera.height_m < scene.prisms.roof_m[sighting.eye.carrier]:
            continue
        built = survey(sighting, 160).cast.building >= 0
        if 0.08 < built.mean() < 0.8:
            found.append((camera, sighting))
            wanted[camera.tier] -= 1
        if not any(wanted.values()):
            break
    return found


def silhouettes(built: Any) -> Any:
    """Places (n, 2; px) where buildings end to the left, to the right or above; their feet are the ground's matter."""
    # Where there is a building right over what is none, it is the step of a slanting foot.
    bare = ~built[1:] & built[:-1]
    foot = np.zeros_like(built)
    foot[1:] = bare
    rows, cols = np.nonzero((built[:, 1:] != built[:, :-1]) & ~foot[:, 1:] & ~foot[:, :-1])
    sides = np.stack([cols + 1.0, rows + 0.5], axis=1)
    rows, cols = np.nonzero(~built[:-1] & built[1:])
    tops = np.stack([cols + 0.5, rows + 1.0], axis=1)
    both = np.concatenate([sides, tops])
    inside = (both > 3).all(axis=1) & (both[:, 0] < WIDTH - 3) & (both[:, 1] < HEIGHT - 3)
    return both[inside]


def cesium_picture(watched: Watched, camera: Camera) -> Any:
    """The canvas from a camera's pose with its field of view: (rows, cols, 3)."""
    page = watched.page
    pose = {
        "lon": camera.lon,
        "lat": camera.lat,
        "height": camera.height_m,
        "heading": camera.heading_deg,
        "pitch": camera.pitch_deg,
        "roll": camera.roll_deg,
    }
    # First the pose, so that full detail is not asked for all that the first view shows.
    page.evaluate("pose => window.geoserver.setView(pose)", pose)
    page.evaluate("fov => window.geoserver.layBare(fov)", camera.hfov_deg)
    for _ in range(2):  # what a new pose needs is asked for by its first picture
        before = page.evaluate("() => window.geoserver.viewerStats().frames")
        page.evaluate("pose => window.geoserver.setView(pose)", pose)
        page.wait_for_function("n => window.geoserver.viewerStats().frames > n", arg=before, timeout=SETTLE_MS)
        page.wait_for_function("() => window.geoserver.viewerStats().tilesLoaded", timeout=SETTLE_MS)
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (WIDTH, HEIGHT)
    return np.array(Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB"))


def fill_window(watched: Watched) -> None:
    """Makes the window as much larger as the canvas is smaller than the picture, and leaves the canvas alone in it."""
    page = watched.page
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    page.set_viewport_size({"width": WIDTH + int(1280 - box["width"]), "height": HEIGHT + int(720 - box["height"])})
    page.add_style_tag(content=CANVAS_ALONE)


def compare(watched: Watched, server: str, camera: Camera, sighting: Sighting) -> Compared:
    """Both ways between the silhouettes of one camera's two pictures."""
    red, _, blue = np.moveaxis(cesium_picture(watched, camera).astype(int), -1, 0)
    theirs = silhouettes((red > 40) & (red > 2 * blue))
    seen = survey(sighting, WIDTH)
    ours = silhouettes(seen.grid(seen.cast.building) >= 0)
    aim = {"pan": camera.heading_deg, "tilt": camera.pitch_deg, "zoom": 1} if turned(server, camera.id) else {}
    url = f"{server}/api/cameras/{camera.id}/still.jpg"
    answer = httpx.get(url, params={"width": WIDTH, "lines": 1, **aim}, timeout=120).raise_for_status()
    lines = np.array(Image.open(io.BytesIO(answer.content)))[..., 3] > 90
    rows, cols = np.nonzero(lines)
    drawn = np.stack([cols + 0.5, rows + 0.5], axis=1)
    # A round tower has no corner that is drawn: there its own outline in the still is the edge.
    there = KDTree(np.concatenate([drawn, ours])).query(theirs)[0]
    back = KDTree(theirs).query(ours)[0]
    return Compared(camera.id, there, back)


def turned(server: str, id_: str) -> bool:
    """Whether a camera can be turned."""
    return bool(httpx.get(f"{server}/api/cameras/{id_}", timeout=60).json()["type"] == "ptz")


@pytest.mark.timeout(2400)  # full detail, drawn without a graphics card
def test_silhouettes_of_buildings_coincide_with_those_of_cesium(watched: Watched, server: str, demo_city: Path) -> None:
    watched.page.set_default_timeout(SETTLE_MS)
    watched.open()
    fill_window(watched)
    compared = [compare(watched, server, camera, sighting) for camera, sighting in chosen(demo_city)]
    print("\n".join(map(str, compared)))
    assert len(compared) == 6
    for one in compared:
        assert len(one.there) > 200, one
        assert np.median(one.there) < 0.75, one
        assert np.mean(one.there <= NEAR_PX) > 0.97, one
        assert np.median(one.back) < 0.75, one
        assert np.mean(one.back <= NEAR_PX) > 0.97, one
