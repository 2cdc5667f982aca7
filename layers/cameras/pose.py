"""Where a camera stands and how it is turned: the one home of zero and of every sign.

As in CesiumJS's ``Camera.setView({orientation})``: heading clockwise from true north, pitch negative
looking down, a positive roll leans the camera to its right (the world turns counter-clockwise in the
picture). All three at the lens's own east-north-up frame on the ellipsoid.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tiles.geodesy import Floats, enu_rotation, geodetic_to_ecef


@dataclass(frozen=True, slots=True)
class Pose:
    """Place of the lens (degrees, ellipsoidal metres) and its three angles (degrees)."""

    lon: float
    lat: float
    height_m: float
    heading_deg: float
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    @property
    def ecef_m(self) -> Floats:
        """The lens in earth-centred metres, (3,)."""
        return geodetic_to_ecef(self.lon, self.lat, self.height_m)

    @property
    def rotation(self) -> Floats:
        """Rows: right, down, forward of the picture in earth-centred axes, (3, 3)."""
        axes = picture_axes(self.heading_deg, self.pitch_deg, self.roll_deg)
        return np.asarray(axes @ enu_rotation(self.lon, self.lat))


def picture_axes(heading_deg: ArrayLike, pitch_deg: ArrayLike, roll_deg: ArrayLike) -> Floats:
    """Rows right, down, forward of the picture, in east-north-up axes.

    Parameters
    ----------
    heading_deg, pitch_deg, roll_deg : (...) broadcastable

    Returns
    -------
    (..., 3, 3) float64, orthonormal
    """
    h, p, r = (np.radians(np.asarray(a, float)) for a in (heading_deg, pitch_deg, roll_deg))
    sh, ch, sp, cp, sr, cr = np.sin(h), np.cos(h), np.sin(p), np.cos(p), np.sin(r), np.cos(r)
    level_right, level_up, forward = (ch, -sh, 0.0), (-sh * sp, -ch * sp, cp), (sh * cp, ch * cp, sp)
    out = np.empty((*np.broadcast(h, p, r).shape, 3, 3))
    for axis in range(3):
        out[..., 0, axis] = cr * level_right[axis] - sr * level_up[axis]
        out[..., 1, axis] = -(cr * level_up[axis] + sr * level_right[axis])
        out[..., 2, axis] = forward[axis]
    return out


def angles_of(axes: Floats) -> tuple[float, float, float]:
    """Heading (0 to 360), pitch and roll of rows right, down, forward in east-north-up axes; roll 0 at the poles."""
    right, down, forward = axes
    level = float(np.hypot(forward[0], forward[1]))
    pitch = float(np.arctan2(forward[2], level))
    along = forward if level > 1e-9 else -down * np.sign(-pitch)
    heading = float(np.arctan2(along[0], along[1]))
    level_right = np.array([np.cos(heading), -np.sin(heading), 0.0])
    level_up = np.array([-np.sin(heading) * np.sin(pitch), -np.cos(heading) * np.sin(pitch), np.cos(pitch)])
    roll = float(np.arctan2(-(right @ level_up), right @ level_right))
    return float(np.degrees(heading)) % 360.0, float(np.degrees(pitch)), float(np.degrees(roll))


def wrap_deg(angle_deg: ArrayLike) -> Floats:
    """An angle between −180 (inclusive) and 180."""
    return (np.asarray(angle_deg, float) + 180.0) % 360.0 - 180.0
