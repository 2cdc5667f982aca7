"""The lens and the picture: image size and focal length in pixels.

Pixels are square, the principal point is the middle of the picture, (0, 0) its top left corner, u to
the right, v down. A lens without distortion.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from tiles.geodesy import Floats


@dataclass(frozen=True, slots=True)
class Optics:
    """Image size (px) and focal length (px)."""

    width_px: int
    height_px: int
    focal_px: float

    @classmethod
    def from_hfov(cls, width_px: int, height_px: int, hfov_deg: float) -> Self:
        """From the horizontal field of view in degrees."""
        return cls(width_px, height_px, float(focal_from_hfov(width_px, hfov_deg)))

    @property
    def hfov_deg(self) -> float:
        """Horizontal field of view, degrees."""
        return float(np.degrees(2 * np.arctan(self.width_px / 2 / self.focal_px)))

    @property
    def vfov_deg(self) -> float:
        """Vertical field of view, degrees."""
        return float(np.degrees(2 * np.arctan(self.height_px / 2 / self.focal_px)))

    @property
    def centre_px(self) -> tuple[float, float]:
        """The principal point (u, v)."""
        return self.width_px / 2, self.height_px / 2


def focal_from_hfov(width_px: ArrayLike, hfov_deg: ArrayLike) -> Floats:
    """Focal length in pixels of a picture that wide with that horizontal field of view."""
    return np.asarray(np.asarray(width_px, float) / 2 / np.tan(np.radians(np.asarray(hfov_deg, float)) / 2))


def farthest_m(width_px: ArrayLike, height_px: ArrayLike, focal_px: ArrayLike, density_px_m: float) -> Floats:
    """Slant distance beyond which no place in the picture reaches a density; an upper bound.

    Towards its edges a flat picture magnifies by 1 / cos² of the angle off its axis (a metre lying
    along the radius), so the corner reaches farthest. The last metre covers that the density is
    measured over a whole metre and not at a point.
    """
    f = np.asarray(focal_px, float)
    half = np.hypot(np.asarray(width_px, float), np.asarray(height_px, float)) / 2
    return np.asarray(f / density_px_m * (1 + (half / f) ** 2) + 1.0)
