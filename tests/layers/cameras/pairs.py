"""Pairs of pixel and place as someone would click them on a camera that is known."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.cameras.calibration.calibrate import Calibration, Pair
from layers.cameras.model import Camera
from layers.cameras.optics import Optics
from layers.cameras.view import View
from tiles.geodesy import ecef_to_geodetic, enu_rotation

ANGLES = ("heading_deg", "pitch_deg", "roll_deg")


def synthetic(
    camera: Camera,
    count: int,
    rng: np.random.Generator,
    *,
    noise_px: float = 1.0,
    near_far_m: tuple[float, float] = (12.0, 90.0),
    optics: Optics | None = None,
    level: bool = False,
) -> list[Pair]:
    """Places over the whole picture: on the ground ``mount_height_m`` below, or nearer and farther in the open.

    With ``level`` all lie on the ground. Clicks miss by a normal error of ``noise_px`` in each coordinate.
    """
    view = View(View.of(camera).pose, optics or Optics.of(camera))
    made: list[Pair] = []
    while len(made) < count:
        u, v = rng.uniform(0.04, 0.96, 2) * (camera.image_width_px, camera.image_height_px)
        bearing, elevation = (np.radians(float(angle)) for angle in view.rays(u, v))
        far = float(np.exp(rng.uniform(*np.log(near_far_m))))
        to_ground = camera.mount_height_m / -np.sin(elevation) if elevation < -0.01 else np.inf
        if not np.isfinite(bearing) or (level and not 1.0 < to_ground < 4 * near_far_m[1]):
            continue
        if level or (to_ground < far or (to_ground < near_far_m[1] and rng.random() < 0.5)):
            far = to_ground
        way = np.array([np.sin(bearing) * np.cos(elevation), np.cos(bearing) * np.cos(elevation), np.sin(elevation)])
        place = ecef_to_geodetic(view.pose.ecef_m + far * way @ enu_rotation(camera.lon, camera.lat))
        off = rng.normal(0.0, noise_px, 2) if noise_px else np.zeros(2)
        # A click lands in the picture.
        at = np.clip((u + off[0], v + off[1]), 0, (camera.image_width_px, camera.image_height_px))
        made.append(Pair(float(at[0]), float(at[1]), *(float(x) for x in place)))
    return made


def off_by(truth: Camera, solved: Calibration, hfov_deg: float | None = None) -> np.ndarray:
    """Errors of east, north, up (m), heading, pitch, roll, field of view (degrees), over their stated sigmas."""
    pose = View.of(truth).pose
    lens = (solved.pose.ecef_m - pose.ecef_m) @ enu_rotation(truth.lon, truth.lat).T
    turned = [(getattr(solved.pose, name) - getattr(pose, name) + 180.0) % 360.0 - 180.0 for name in ANGLES]
    field = solved.optics.hfov_deg - (hfov_deg or truth.hfov_deg)
    stated = [*np.sqrt(np.diag(solved.covariance)), solved.uncertainty.hfov_deg]
    return np.array([*lens, *turned, field]) / np.maximum(stated, 1e-12)


def shares(errors: Sequence[Any]) -> tuple[float, float, float]:
    """Which share of errors lies within one, two and three stated sigmas."""
    size = np.abs(np.concatenate([np.ravel(one) for one in errors]))
    return tuple(float((size < k).mean()) for k in (1, 2, 3))  # type: ignore[return-value]
