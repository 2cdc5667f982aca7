"""The scene in plain colours, alone in its window, from a camera's pose: what pictures are measured on."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from layers.cameras.model import Camera
from tests.browser.conftest import Watched

WIDTH, HEIGHT = 1280, 720
SETTLE_MS = 240_000
CANVAS_ALONE = "body * { visibility: hidden !important } canvas { visibility: visible !important }"
"""Panels, menus and credits lie over the canvas; without them the window's picture is the canvas."""


def cesium_picture(watched: Watched, camera: Camera, poles: Sequence[Mapping[str, Any]] = ()) -> Any:
    """The canvas from a camera's pose with its field of view, and coloured poles: (rows, cols, 3)."""
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
    page.evaluate("poles => window.geoserver.standPoles(poles)", list(poles))
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
