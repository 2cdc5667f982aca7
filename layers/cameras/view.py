"""World ↔ pixel: a camera's view as one immutable value, and the same for all cameras at once.

Straight lines through earth-centred space; no refraction (10 km away it lifts a place by 0.006°).
What stands in the way is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.cameras.ladder import MIN_DENSITY_PX_M
from layers.cameras.look import FRAMED, look
from layers.cameras.model import Camera
from layers.cameras.optics import Optics, farthest_m, focal_from_hfov
from layers.cameras.pose import Pose, picture_axes
from layers.errors import BadInput
from tiles.geodesy import Floats, enu_rotation, geodetic_to_ecef


class NoDirection(BadInput):
    """A view was asked of a camera whose direction is not known."""

    code = "no-direction"
    text = "Camera {camera} has no known direction, so what it sees is not known. Give its heading."


@dataclass(frozen=True, slots=True)
class View:
    """A pose and an optics."""

    pose: Pose
    optics: Optics

    @classmethod
    def of(cls, camera: Camera) -> Self:
        """What a camera shows: a fixed one always, a PTZ one at home and wide."""
        if camera.heading_deg is None:
            raise NoDirection(camera=camera.id)
        return cls._from(camera, camera.heading_deg, camera.pitch_deg, camera.roll_deg, camera.hfov_deg)

    @classmethod
    def aimed(cls, camera: Camera, pan_deg: float, tilt_deg: float, zoom: float = 1.0) -> Self:
        """What a PTZ camera shows turned to a true bearing and a tilt, ``zoom`` × its wide focal length."""
        optics = Optics.from_hfov(camera.image_width_px, camera.image_height_px, camera.hfov_deg)
        hfov_deg = Optics(optics.width_px, optics.height_px, optics.focal_px * zoom).hfov_deg
        return cls._from(camera, pan_deg, tilt_deg, 0.0, hfov_deg)

    @classmethod
    def _from(cls, camera: Camera, heading: float, pitch: float, roll: float, hfov: float) -> Self:
        pose = Pose(camera.lon, camera.lat, camera.height_m, heading, pitch, roll)
        return cls(pose, Optics.from_hfov(camera.image_width_px, camera.image_height_px, hfov))

    def project(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Pixel (u, v) and depth (m along the axis) of places; u and v are NaN behind the lens."""
        to_place = geodetic_to_ecef(lon, lat, height_m) - self.pose.ecef_m
        x, y, z = np.moveaxis(to_place @ self.pose.rotation.T, -1, 0)
        scale = np.where(z > 0, self.optics.focal_px / np.where(z > 0, z, 1.0), np.nan)
        u0, v0 = self.optics.centre_px
        return u0 + x * scale, v0 + y * scale, z

    def rays(self, u_px: ArrayLike, v_px: ArrayLike) -> tuple[Floats, Floats]:
        """True bearing and elevation (degrees, at the lens) of pixels."""
        u0, v0 = self.optics.centre_px
        u, v = np.broadcast_arrays(np.asarray(u_px, float), np.asarray(v_px, float))
        inside = np.stack([u - u0, v - v0, np.full(u.shape, self.optics.focal_px)], axis=-1)
        axes = picture_axes(self.pose.heading_deg, self.pose.pitch_deg, self.pose.roll_deg)
        east, north, up = np.moveaxis(inside @ axes, -1, 0)
        return np.degrees(np.arctan2(east, north)) % 360.0, np.degrees(np.arctan2(up, np.hypot(east, north)))

    def density_px_m(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> Floats:
        """Pixels on one horizontal metre square to the sight line, centred on places in the picture."""
        to_place = geodetic_to_ecef(lon, lat, height_m) - self.pose.ecef_m
        across = np.cross(to_place, enu_rotation(lon, lat)[..., 2, :])
        length = np.linalg.norm(across, axis=-1, keepdims=True)
        plumb = length < 1e-6
        across = np.where(plumb, self.pose.rotation[0], across / np.where(plumb, 1.0, length)) / 2
        one, other = ((to_place + side * across) @ self.pose.rotation.T for side in (-1.0, 1.0))
        # Closer than a metre an end may lie behind the lens; any density is reached there.
        du, dv = (
            one[..., axis] / np.maximum(one[..., 2], 1e-3) - other[..., axis] / np.maximum(other[..., 2], 1e-3)
            for axis in (0, 1)
        )
        return np.asarray(self.optics.focal_px * np.hypot(du, dv))


@dataclass(frozen=True, slots=True)
class Looks:
    """How a place lies to each of n cameras; all arrays (n,), nothing about what stands between.

    Attributes
    ----------
    distance_m : slant
    bearing_deg, tilt_deg : true bearing and elevation from the lens
    u_px, v_px : pixel; the middle for PTZ; NaN where there is none
    density_px_m : as mounted; PTZ at full zoom, centred
    known : whether the camera's direction is known (or a PTZ camera reaches every heading)
    framed : in the picture; PTZ within reach; False where not known
    """

    distance_m: Floats
    bearing_deg: Floats
    tilt_deg: Floats
    u_px: Floats
    v_px: Floats
    density_px_m: Floats
    known: NDArray[np.bool_]
    framed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Views:
    """The views of n cameras as arrays, so that one place is put to all of them at once.

    Attributes
    ----------
    ecef_m (n, 3), enu (n, 3, 3), rotation (n, 3, 3) : as in `Pose`; heading 0 where unknown
    lens (n, 4) : focal length wide and at full zoom (fixed: the same), width, height, pixels
    turn (n, 4) : middle of the pan range, half of it (180 = full circle), lowest and highest tilt, degrees
    flags (n, 2) : PTZ, direction known (or of no matter)
    range_m (n,) : as stated, inf where not
    """

    ecef_m: Floats
    enu: Floats
    rotation: Floats
    lens: Floats
    turn: Floats
    flags: NDArray[np.bool_]
    range_m: Floats

    @classmethod
    def build(cls, cameras: Sequence[Camera]) -> Self:
        """From records, in their order."""
        rows = np.array([_numbers(camera) for camera in cameras], dtype=np.float64).reshape(-1, 16)
        lon, lat, height, heading, pitch, roll, width, tall, hfov, tele, half, low, high, reach = rows[:, :14].T
        enu = enu_rotation(lon, lat)
        focal, full = focal_from_hfov(width, hfov), focal_from_hfov(width, tele)
        return cls(
            ecef_m=geodetic_to_ecef(lon, lat, height),
            enu=np.ascontiguousarray(enu),
            rotation=np.ascontiguousarray(picture_axes(heading, pitch, roll) @ enu),
            lens=np.stack([focal, full, width, tall], axis=1),
            turn=np.stack([heading, half, low, high], axis=1),
            flags=rows[:, 14:] > 0,
            range_m=reach.copy(),
        )

    def __len__(self) -> int:
        return len(self.ecef_m)

    @property
    def ptz(self) -> NDArray[np.bool_]:
        """Which can be turned."""
        return self.flags[:, 0]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of which it is known what they see."""
        return self.flags[:, 1]

    def reach_m(self, density_px_m: float = MIN_DENSITY_PX_M) -> Floats:
        """Slant distance beyond which no picture of a camera holds that density, or its owner says so."""
        focal, full, width, tall = self.lens.T
        pictured = np.where(self.ptz, full / density_px_m, farthest_m(width, tall, focal, density_px_m))
        return np.asarray(np.minimum(pictured, self.range_m))

    def look(self, lon: float, lat: float, height_m: float, rows: NDArray[np.intp] | None = None) -> Looks:
        """Put a place (degrees, ellipsoidal metres) to some cameras (all of them unless said)."""
        at = np.arange(len(self)) if rows is None else rows
        columns = look(
            at,
            geodetic_to_ecef(lon, lat, height_m),
            enu_rotation(lon, lat)[2],
            self.ecef_m,
            (self.enu, self.rotation),
            (self.lens, self.turn),
            self.flags,
        )
        distance, bearing, tilt, u, v, density = columns[:FRAMED]
        return Looks(distance, bearing, tilt, u, v, density, self.known[at], columns[FRAMED] > 0)


def _numbers(camera: Camera) -> tuple[float, ...]:
    half = 180.0 if camera.turns_full_circle else (camera.pan_range_deg or 360.0) / 2
    tele = camera.hfov_tele_deg if camera.is_ptz and camera.hfov_tele_deg is not None else camera.hfov_deg
    return (
        camera.lon,
        camera.lat,
        camera.height_m,
        camera.heading_deg or 0.0,
        camera.pitch_deg,
        camera.roll_deg,
        camera.image_width_px,
        camera.image_height_px,
        camera.hfov_deg,
        tele,
        half,
        camera.tilt_min_deg,
        camera.tilt_max_deg,
        camera.range_m if camera.range_m is not None else np.inf,
        float(camera.is_ptz),
        float(camera.can_be_aimed),
    )


def reach_m(camera: Camera) -> float:
    """How far a camera can see anything at the lowest density, with nothing in the way."""
    return float(Views.build([camera]).reach_m()[0])
