"""Whether a camera came to look where it was told to."""

import math

from layers.cameras.model import Camera, PtzAim
from layers.cameras.steering.spaces import zoom_max

PART_OF_PICTURE = 0.01
"""So far from the picture's middle the place may lie, as a part of its width."""
FINEST_DEG = 0.1
"""No head is asked to be better than this: many count in tenths of a degree."""
ZOOM_PART = 0.03
STILL_DEG = 0.02
"""Two readings that lie no farther apart are of a head that stands still."""


def off_deg(one: PtzAim, other: PtzAim) -> float:
    """Angle between two directions, degrees; the zoom does not count."""
    a, b = math.radians(one.tilt), math.radians(other.tilt)
    turn = math.radians(one.pan - other.pan)
    # Of the chord: exact for small angles too.
    half = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return math.degrees(2 * math.asin(min(1.0, math.sqrt(half))))


def allowed_deg(camera: Camera, zoom: float) -> float:
    """How far off a head may be at a zoom: a hundredth of the picture's width, but no less than a tenth of a degree."""
    half = math.tan(math.radians(min(camera.hfov_deg, 179.0) / 2)) / max(zoom, 1.0)
    return max(FINEST_DEG, PART_OF_PICTURE * 2 * math.degrees(math.atan(half)))


def is_reached(camera: Camera, wanted: PtzAim, seen: PtzAim) -> bool:
    """Whether what is seen is what was wanted, zoom included where the camera has one."""
    zoomed = abs(math.log(seen.zoom / wanted.zoom)) <= math.log1p(ZOOM_PART) or zoom_max(camera) <= 1.0
    return zoomed and off_deg(wanted, seen) <= allowed_deg(camera, wanted.zoom)


def is_still(before: PtzAim, after: PtzAim) -> bool:
    """Whether a head stood still between two readings."""
    return off_deg(before, after) <= STILL_DEG and abs(math.log(after.zoom / before.zoom)) <= STILL_DEG
