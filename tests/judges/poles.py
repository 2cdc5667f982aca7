"""Coloured poles at known places: drawn into a rendered picture by geometry of their own, and found again by colour.

Nothing here uses the product's way from a place to a pixel: a pole is met by the rays of a picture's pixels, as any
wall is, and stands before or behind what they meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.cameras.pictures.still import Survey
from tiles.geodesy import enu_rotation

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "magenta": (255, 0, 255),
    "cyan": (0, 255, 255),
    "lime": (0, 255, 0),
    "blue": (0, 0, 255),
    "spring": (0, 255, 128),
}
RENDERED = ("magenta", "cyan", "lime", "blue")
"""Colours that our own pictures do not have."""
CESIUM = ("cyan", "lime", "spring")
"""Colours far from those of CesiumJS's picture of the bare city: all buildings are red in part."""
NEAR = 62.0
"""Distance in RGB up to which a pixel has a pole's colour; colours of a palette lie 127 and more apart."""
LEAST_PX = 8


@dataclass(frozen=True, slots=True)
class Pole:
    """An upright cylinder: degrees, ellipsoidal height of its middle (m), radius and half its length (m)."""

    colour: str
    lon: float
    lat: float
    height_m: float
    radius_m: float
    half_m: float

    def for_cesium(self) -> dict[str, Any]:
        """As the client's hook takes it."""
        return {
            "lon": self.lon,
            "lat": self.lat,
            "height": self.height_m,
            "radius": self.radius_m,
            "length": 2 * self.half_m,
            "colour": f"rgb{COLOURS[self.colour]}",
        }


def covers(seen: Survey, pole: Pole) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pixels (rows, cols) whose rays meet a pole, and those of them that meet it before anything else."""
    served, eye = seen.sighting.served, seen.sighting.eye
    away = served.frame.place(pole.lon, pole.lat, pole.height_m) - served.start(eye)
    up = served.frame.axes @ enu_rotation(pole.lon, pole.lat)[2]
    met = _met_m(seen.rays, away, up, pole.radius_m, pole.half_m)
    hit = np.isfinite(met) & seen.shown
    return seen.grid(hit), seen.grid(hit & (met < np.where(seen.cast.kind == 0, np.inf, seen.cast.distance_m)))


def _met_m(rays: Any, middle: Any, axis: Any, radius: float, half: float) -> Any:
    """How far along unit rays (n, 3) from the origin a cylinder is met, inf where it is not."""
    along, flat = rays @ axis, rays - np.outer(rays @ axis, axis)
    high = float(middle @ axis)
    across = middle - high * axis
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = np.einsum("ij,ij->i", flat, flat), flat @ across
        root = b * b - a * (float(across @ across) - radius**2)
        side = (b - np.sqrt(root)) / a
        side[~((side > 0) & (np.abs(side * along - high) <= half))] = np.inf
        ends = [np.where(_in_disc(rays, end / along, across, axis, radius), end / along, np.inf)
                for end in (high + half, high - half)]  # fmt: skip
    return np.minimum.reduce([side, *ends])


def _in_disc(rays: Any, far: Any, across: Any, axis: Any, radius: float) -> Any:
    points = rays * far[:, None]
    out = points - np.outer(points @ axis, axis) - across
    return (far > 0) & (np.einsum("ij,ij->i", out, out) <= radius**2)


def drawn(picture: NDArray[np.uint8], seen: Survey, poles: Sequence[Pole]) -> NDArray[np.uint8]:
    """A picture with poles where nothing hides them."""
    out = picture.copy()
    for pole in poles:
        out[covers(seen, pole)[1]] = COLOURS[pole.colour]
    return out


def stands_free(seen: Survey, pole: Pole) -> bool:
    """Whether all of a pole is in the picture and nothing hides a part of it."""
    whole, free = covers(seen, pole)
    inside = np.zeros_like(whole)
    inside[4:-4, 4:-4] = True
    return bool(whole.sum() >= LEAST_PX and (whole == free).all() and not (whole & ~inside).any())


def found(picture: NDArray[np.uint8], colour: str) -> tuple[float, float] | None:
    """Middle (u, v; px) of the largest patch of a colour anywhere in a picture; None where there is none."""
    away = np.linalg.norm(picture.astype(float) - COLOURS[colour], axis=2)
    count, _, stats, middles = cv2.connectedComponentsWithStats((away < NEAR).astype(np.uint8), connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[largest, cv2.CC_STAT_AREA] < LEAST_PX // 2:
        return None
    u, v = middles[largest]
    return float(u) + 0.5, float(v) + 0.5
