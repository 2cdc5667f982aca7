"""Aims (true bearing, tilt, zoom over the wide end) in the spaces that devices count in, and back.

A device counts from its own mount: pan 0 is the middle of the pan range, which is the camera's heading, and its axis
leans with the mount's roll. ONVIF's generic space puts the pan range onto −1…1 (right is positive), the tilt range onto
−1…1 (up is positive) and the zoom onto 0…1; its spherical space is in degrees. How a zoom between wide and full is
counted is each maker's own affair; even steps of magnification are taken (see docs/decisions/0021-steering.md).
"""

import math
from dataclasses import dataclass

import numpy as np

from layers.cameras.model import Camera, PtzAim
from layers.cameras.optics import focal_from_hfov
from layers.cameras.pose import picture_axes
from layers.cameras.view import NoDirection


@dataclass(frozen=True, slots=True)
class Mount:
    """How a head stands and what it reaches.

    Attributes
    ----------
    heading_deg : true bearing of pan 0, the middle of the pan range
    roll_deg : of the mount; positive leans it to its right; 180 hangs it upside down
    half_deg : how far it pans to each side of the middle, at most; 180 and more = full circle
    tilt_min_deg, tilt_max_deg : in the mount's own frame
    zoom_max : over the wide end
    """

    heading_deg: float
    roll_deg: float
    half_deg: float
    tilt_min_deg: float
    tilt_max_deg: float
    zoom_max: float

    @classmethod
    def of(cls, camera: Camera) -> "Mount":
        """The mount of a PTZ camera.

        Raises
        ------
        NoDirection
            Its heading is not known, so nothing ties its pan to the compass.
        """
        if camera.heading_deg is None:
            raise NoDirection(camera=camera.id)
        half = 180.0 if camera.turns_full_circle else (camera.pan_range_deg or 360.0) / 2
        tilts = camera.tilt_min_deg, camera.tilt_max_deg
        return cls(camera.heading_deg, camera.roll_deg, half, *tilts, zoom_max(camera))

    @property
    def is_full_circle(self) -> bool:
        """Whether every bearing is reached."""
        return self.half_deg >= 180.0


@dataclass(frozen=True, slots=True)
class OwnAngles:
    """Pan (clockwise from the middle of the range) and tilt (negative down) in a mount's own frame, degrees."""

    pan: float
    tilt: float


@dataclass(frozen=True, slots=True)
class Generic:
    """ONVIF's generic position space: pan and tilt −1…1, zoom 0…1."""

    pan: float
    tilt: float
    zoom: float


def zoom_max(camera: Camera) -> float:
    """Highest zoom over the wide end: the relation of the focal lengths."""
    if camera.hfov_tele_deg is None:
        return 1.0
    wide, tele = focal_from_hfov(camera.image_width_px, np.array([camera.hfov_deg, camera.hfov_tele_deg]), camera.lens)
    return float(tele / wide)


def own_angles(mount: Mount, aim: PtzAim) -> OwnAngles:
    """An aim in a mount's frame."""
    east_north_up = _direction(aim.pan, aim.tilt)
    right, down, forward = picture_axes(mount.heading_deg, 0.0, mount.roll_deg) @ east_north_up
    return OwnAngles(*_angles(float(right), float(forward), -float(down)))


def true_aim(mount: Mount, own: OwnAngles, zoom: float) -> PtzAim:
    """The inverse of `own_angles`."""
    right, forward, up = _direction(own.pan, own.tilt)
    east, north, rise = np.array([right, -up, forward]) @ picture_axes(mount.heading_deg, 0.0, mount.roll_deg)
    pan, tilt = _angles(float(east), float(north), float(rise))
    return PtzAim(pan=pan % 360.0 % 360.0, tilt=tilt, zoom=min(max(zoom, 1.0), 1_000.0))


def to_generic(mount: Mount, aim: PtzAim) -> Generic:
    """An aim in ONVIF's generic space; beyond reach it lies beyond ±1 (pan and tilt) or 0…1 (zoom).

    What lies beyond by less than a head can tell, as rounding leaves it, is at the limit.
    """
    own = own_angles(mount, aim)
    middle, half = _tilts(mount)
    zoom = (aim.zoom - 1.0) / (mount.zoom_max - 1.0) if mount.zoom_max > 1.0 else 0.0
    tilt = (own.tilt - middle) / half if half else 0.0
    return Generic(_within(own.pan / mount.half_deg), _within(tilt), zoom)


def from_generic(mount: Mount, place: Generic) -> PtzAim:
    """The inverse of `to_generic`."""
    middle, half = _tilts(mount)
    own = OwnAngles(place.pan * mount.half_deg, middle + place.tilt * half)
    return true_aim(mount, own, 1.0 + place.zoom * (mount.zoom_max - 1.0))


def clamped(mount: Mount, aim: PtzAim) -> tuple[PtzAim, tuple[str, ...]]:
    """The nearest aim within reach, and the names of what had to give way: pan, tilt, zoom."""
    own = own_angles(mount, aim)
    pan = own.pan if mount.is_full_circle else min(max(own.pan, -mount.half_deg), mount.half_deg)
    tilt = min(max(own.tilt, mount.tilt_min_deg), mount.tilt_max_deg)
    zoom = min(max(aim.zoom, 1.0), max(mount.zoom_max, 1.0))
    given = (("pan", own.pan, pan), ("tilt", own.tilt, tilt), ("zoom", aim.zoom, zoom))
    told = tuple(name for name, wanted, got in given if abs(wanted - got) > 5e-7)
    if not told:
        return aim, ()
    if told == ("zoom",):
        return aim.model_copy(update={"zoom": zoom}), told
    return true_aim(mount, OwnAngles(pan, tilt), zoom), told


def _within(share: float) -> float:
    return math.copysign(1.0, share) if 1.0 < abs(share) < 1.0 + 1e-6 else share


def _tilts(mount: Mount) -> tuple[float, float]:
    """Middle of the tilt range, and half of it."""
    return (mount.tilt_min_deg + mount.tilt_max_deg) / 2, (mount.tilt_max_deg - mount.tilt_min_deg) / 2


def _direction(pan_deg: float, tilt_deg: float) -> np.ndarray:
    """Unit vector (right or east, forward or north, up)."""
    pan, tilt = math.radians(pan_deg), math.radians(tilt_deg)
    return np.array([math.sin(pan) * math.cos(tilt), math.cos(pan) * math.cos(tilt), math.sin(tilt)])


def _angles(right: float, forward: float, up: float) -> tuple[float, float]:
    """Pan (−180…180) and tilt of a unit vector; straight up and down has pan 0."""
    level = math.hypot(right, forward)
    pan = math.degrees(math.atan2(right, forward)) if level > 1e-12 else 0.0
    return pan, math.degrees(math.atan2(up, level))
