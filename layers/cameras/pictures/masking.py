"""Which pixels of a camera's picture show a privacy volume: they leave the server blank.

A pixel is private where its line of sight enters a volume no later than it meets the model: what lies in the volume,
and what is seen through it. Every pixel in question is asked by a ray of its own, and the answer is grown a little to
every side, for encoders smear and surveys differ.
"""

import itertools
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.cameras.pictures.sighting import Sighting
from layers.privacy import PrivacyVolume
from tiles.geodesy import Floats

Mask = NDArray[np.bool_]
SLACK_M = 0.5
"""A volume may begin so far behind a face of the model: the two come from different surveys."""
GROWN = 0.004
"""The mask is grown by this part of the picture's width, and by two pixels at least."""
TINY_PX = 4
"""A volume that is smaller than this in the picture is private as a whole, hidden or not."""
STEPS = 8
BLANK = (24, 28, 34)
"""What stands in the place of private pixels, sRGB."""
Window = tuple[slice, slice]


def privacy_mask(sighting: Sighting, volumes: Iterable[PrivacyVolume], width_px: int, height_px: int) -> Mask | None:
    """Private pixels of a picture so wide and high, (rows, cols); None where no volume is in it."""
    hidden = np.zeros((height_px, width_px), bool)
    for one in volumes:
        window = _window(sighting, one, width_px, height_px)
        if window is not None:
            hidden[window] |= _private(sighting, one, hidden.shape, window)
    if not hidden.any():
        return None
    reach = max(2, round(GROWN * width_px))
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(hidden.astype(np.uint8), around), bool)


def blanked(picture: NDArray[np.uint8], mask: Mask | None) -> NDArray[np.uint8]:
    """A picture (rows, cols, 3) with its private pixels blank."""
    if mask is None:
        return picture
    covered = picture.copy()
    covered[mask] = BLANK
    return covered


def _private(sighting: Sighting, one: PrivacyVolume, shape: tuple[int, int], window: Window) -> Mask:
    rows, cols = (np.arange(part.start, part.stop) for part in window)
    if min(len(rows), len(cols)) < TINY_PX:
        return np.ones((len(rows), len(cols)), bool)
    optics = sighting.view.optics
    across, down = optics.width_px / shape[1], optics.height_px / shape[0]
    u, v = np.meshgrid((cols + 0.5) * across, (rows + 0.5) * down)
    rays, shown = sighting.directions(u, v)
    enters = sighting.served.prism_m(sighting.eye, rays, one.rings, one.base_m, one.top_m)
    found = np.isfinite(enters) & shown
    # Only lines that enter are asked for what they meet.
    at = np.flatnonzero(found)
    if at.size:
        meets = sighting.meet(rays[at], shown[at], scale=1 / across).distance_m
        found[at] = enters[at] <= meets + SLACK_M
    return np.asarray(found.reshape(u.shape))


def _window(sighting: Sighting, one: PrivacyVolume, width_px: int, height_px: int) -> Window | None:
    """The pixels that a volume may be in; None where it is not in the picture."""
    optics = sighting.view.optics
    u, v = _projected(sighting, one)
    seen = np.isfinite(u)
    if not seen.any() and not sighting.served.is_in_prism(sighting.eye, one.rings, one.base_m, one.top_m):
        return None
    if not seen.all():
        return slice(0, height_px), slice(0, width_px)  # part of it lies behind the lens: it may be anywhere
    x, y = u * width_px / optics.width_px, v * height_px / optics.height_px
    left, right = (int(np.clip(value, 0, width_px)) for value in (x.min() - 1, x.max() + 2))
    top, bottom = (int(np.clip(value, 0, height_px)) for value in (y.min() - 1, y.max() + 2))
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def _projected(sighting: Sighting, one: PrivacyVolume) -> tuple[Floats, Floats]:
    """Pixels of points along a volume's edges; NaN where the lens has none for them."""
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    lines = [np.asarray(ring) for ring in one.rings]
    around = np.concatenate([(a + (b - a) * t) for line in lines for a, b in itertools.pairwise(line)])
    heights = np.linspace(one.base_m, one.top_m, STEPS)
    lon, lat = np.tile(around, (STEPS, 1)).T
    u, v, _ = sighting.view.project(lon, lat, np.repeat(heights, len(around)))
    return np.asarray(u, float), np.asarray(v, float)
