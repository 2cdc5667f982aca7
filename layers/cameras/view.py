"""World ↔ pixel: a camera's view as one immutable value, and the same for all cameras at once.

Straight lines through earth-centred space; no refraction (10 km away it lifts a place by 0.006°).
What stands in the way is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.cameras.ladder import MIN_DENSITY_PX_M
from layers.cameras.lens import limits_and_gains
from layers.cameras.look import FRAMED, look
from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.optics import Optics, focal_from_hfov, kinds_of
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
    def of(cls, camera: Camera, aim: PtzAim | Preset | None = None) -> Self:
        """What a camera shows: a fixed one always; a PTZ one as aimed, else as it looks now, else at home."""
        aim = (aim or camera.aim) if camera.is_ptz else None
        if aim is not None:
            return cls.aimed(camera, aim.pan, aim.tilt, aim.zoom)
        if camera.heading_deg is None:
            raise NoDirection(camera=camera.id)
        return cls(_pose(camera, camera.heading_deg, camera.pitch_deg, camera.roll_deg), Optics.of(camera))

    @classmethod
    def aimed(cls, camera: Camera, pan_deg: float, tilt_deg: float, zoom: float = 1.0) -> Self:
        """What a PTZ camera shows turned to a true bearing and a tilt, ``zoom`` × its wide focal length."""
        return cls(_pose(camera, pan_deg, tilt_deg, 0.0), Optics.of(camera).zoomed(zoom))

    def project(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Pixel (u, v) and depth (m along the axis) of places.

        u and v are NaN where the lens shows nothing: behind a flat lens, beyond its fold or a fisheye's circle.
        They may lie outside the picture. A fisheye and a panorama show places of negative depth.
        """
        seen = self._from_lens(lon, lat, height_m)
        u, v, shown = self.optics.pixels(seen)
        return np.where(shown, u, np.nan), np.where(shown, v, np.nan), seen[..., 2]

    def framed(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> NDArray[np.bool_]:
        """Whether places are in the picture."""
        u, v, _ = self.project(lon, lat, height_m)
        return self._in_picture(u, v)

    def _in_picture(self, u: Floats, v: Floats) -> NDArray[np.bool_]:
        # NaN is in no picture.
        return np.asarray((u >= 0) & (u <= self.optics.width_px) & (v >= 0) & (v <= self.optics.height_px))

    def _clipped(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        return np.clip(u, 0, self.optics.width_px), np.clip(v, 0, self.optics.height_px)

    def _from_lens(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> Floats:
        """Places (...) as right, down, forward of the lens, metres (..., 3)."""
        to_place = geodetic_to_ecef(lon, lat, height_m) - self.pose.ecef_m
        return np.asarray(to_place @ self.pose.rotation.T)

    def rays(self, u_px: ArrayLike, v_px: ArrayLike) -> tuple[Floats, Floats]:
        """True bearing and elevation (degrees, at the lens) of pixels; NaN where the lens shows nothing."""
        axes = picture_axes(self.pose.heading_deg, self.pose.pitch_deg, self.pose.roll_deg)
        east, north, up = np.moveaxis(self.optics.directions(u_px, v_px) @ axes, -1, 0)
        return np.degrees(np.arctan2(east, north)) % 360.0, np.degrees(np.arctan2(up, np.hypot(east, north)))

    def bearings(self) -> tuple[float, float]:
        """True bearing of the middle and width (degrees) of a wedge that holds all that the picture shows.

        A whole circle when straight up or straight down is in the picture.
        """
        axes = picture_axes(self.pose.heading_deg, self.pose.pitch_deg, self.pose.roll_deg)
        u, v, shown = self.optics.pixels(np.stack([axes[:, 2], -axes[:, 2]]))
        # Past a pole that is just outside the border, bearings would turn too fast between two of its pixels.
        nearly = [brought - own for brought, own in zip(self._clipped(u, v), (u, v), strict=True)]
        if (shown & (np.hypot(*nearly) <= max(self.optics.width_px, self.optics.height_px) / 64)).any():
            return self.pose.heading_deg % 360.0, 360.0
        along = np.degrees(np.unwrap(np.radians(self.rays(*self.optics.outline())[0])))
        low, high = float(along.min()) - 1.0, float(along.max()) + 1.0
        if high - low >= 330.0:
            return self.pose.heading_deg % 360.0, 360.0
        return (low + high) / 2 % 360.0, high - low

    def density_px_m(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> Floats:
        """Pixels on one horizontal metre square to the sight line, centred on places in the picture.

        Both ends of the metre are put in the picture. In a panorama the pixels are those of its equator: it
        is stretched towards its poles, and shows no more there.
        """
        to_place = geodetic_to_ecef(lon, lat, height_m) - self.pose.ecef_m
        across = np.cross(to_place, enu_rotation(lon, lat)[..., 2, :])
        length = np.linalg.norm(across, axis=-1, keepdims=True)
        plumb = length < 1e-6
        across = np.where(plumb, self.pose.rotation[0], across / np.where(plumb, 1.0, length)) / 2
        one, other = ((to_place + side * across) @ self.pose.rotation.T for side in (-1.0, 1.0))
        if self.optics.model == "panorama":
            apart = np.arctan2(np.linalg.norm(np.cross(one, other), axis=-1), (one * other).sum(axis=-1))
            return np.asarray(self.optics.focal_px * apart)
        # Closer than a metre an end may lie behind the lens; any density is reached there.
        (u0, v0, _), (u1, v1, _) = self.optics.pixels(one), self.optics.pixels(other)
        return np.asarray(np.hypot(u1 - u0, v1 - v0))


def _pose(camera: Camera, heading: float, pitch: float, roll: float) -> Pose:
    return Pose(camera.lon, camera.lat, camera.height_m, heading, pitch, roll)


@dataclass(frozen=True, slots=True)
class Looks:
    """How a place lies to each of n cameras; all arrays (n,), nothing about what stands between.

    Attributes
    ----------
    distance_m : slant
    bearing_deg, tilt_deg : true bearing and elevation from the lens
    u_px, v_px : pixel; the principal point for PTZ; NaN where there is none
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
    glass (n, 12) : kind of lens and its limit as in `layers.cameras.lens`, principal point (u, v), eight
        coefficients of distortion
    turn (n, 4) : middle of the pan range, half of it (180 = full circle), lowest and highest tilt, degrees
    flags (n, 2) : PTZ, direction known (or of no matter)
    range_m (n,) : as stated, inf where not
    gain (n,) : how much the picture magnifies over its axis at most (PTZ: 1)
    """

    ecef_m: Floats
    enu: Floats
    rotation: Floats
    lens: Floats
    glass: Floats
    turn: Floats
    flags: NDArray[np.bool_]
    range_m: Floats
    gain: Floats

    @classmethod
    def build(cls, cameras: Sequence[Camera]) -> Self:
        """From records, in their order."""
        rows = np.array([_numbers(camera) for camera in cameras], dtype=np.float64).reshape(-1, 16)
        lon, lat, height, heading, pitch, roll, width, tall = rows[:, :8].T
        models = np.array([camera.lens for camera in cameras], dtype=np.str_)
        enu = enu_rotation(lon, lat)
        lens = rows.take(_LENS, axis=1)
        lens[:, :2] = focal_from_hfov(rows[:, 6:7], lens[:, :2], models[:, None])
        glass, gain = _glass(cameras, models, (width, tall, lens[:, 0]))
        flags = rows[:, 14:] > 0
        return cls(
            ecef_m=geodetic_to_ecef(lon, lat, height),
            enu=np.ascontiguousarray(enu),
            rotation=np.ascontiguousarray(picture_axes(heading, pitch, roll) @ enu),
            lens=lens,
            glass=glass,
            turn=rows.take(_TURN, axis=1),
            flags=flags,
            range_m=rows[:, 13].copy(),
            gain=np.where(flags[:, 0], 1.0, gain),
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
        focal, full = self.lens[:, 0], self.lens[:, 1]
        # The last metre covers that a density is measured over a whole metre and not at a point.
        pictured = np.where(self.ptz, full, focal * self.gain) / density_px_m + np.where(self.ptz, 0.0, 1.0)
        return np.asarray(np.minimum(pictured, self.range_m))

    def alone(self, row: int) -> tuple[Any, ...]:
        """One camera as `layers.cameras.look.spread` takes it."""
        arrays = (self.ecef_m, self.enu, self.rotation, self.lens, self.turn, self.glass, self.flags)
        return tuple(array[row] for array in arrays)

    def look(self, lon: float, lat: float, height_m: float, rows: NDArray[np.intp] | None = None) -> Looks:
        """Put a place (degrees, ellipsoidal metres) to some cameras (all of them unless said)."""
        at = np.arange(len(self)) if rows is None else rows
        columns = look(
            at,
            geodetic_to_ecef(lon, lat, height_m),
            enu_rotation(lon, lat)[2],
            self.ecef_m,
            (self.enu, self.rotation),
            (self.lens, self.turn, self.glass),
            self.flags,
        )
        distance, bearing, tilt, u, v, density = columns[:FRAMED]
        return Looks(distance, bearing, tilt, u, v, density, self.known[at], columns[FRAMED] > 0)


def _glass(cameras: Sequence[Camera], models: Any, sizes: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats]:
    """`Views.glass` (n, 12), and the most that each picture magnifies (n,)."""
    width, tall, focal = sizes
    bent = np.zeros((len(cameras), 8))
    centre = np.stack([width / 2, tall / 2], axis=1)
    for row, camera in enumerate(cameras):
        if camera.distortion:
            bent[row, : len(camera.distortion)] = camera.distortion
        if camera.principal_px is not None:
            centre[row] = camera.principal_px
    kinds = kinds_of(models, bent.any(axis=1))
    across, down = (np.maximum(centre[:, k], size - centre[:, k]) for k, size in ((0, width), (1, tall)))
    shape = np.stack([width / 2 / focal, np.hypot(across, down) / focal], axis=1)
    known = limits_and_gains(kinds, bent, shape, MIN_DENSITY_PX_M / 2 / focal)
    return np.column_stack([kinds, known[:, 0], centre, bent]), known[:, 1]


_LENS, _TURN = [8, 9, 6, 7], [3, 10, 11, 12]
"""Columns of `_numbers`: horizontal fields wide and at full zoom, width and height; heading and reach of turns."""


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
