"""A camera that looks for many points at once: where they are in its picture, and which are hidden."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.mounts import mounts_of
from layers.cameras.view import View
from tiles.geodesy import Floats
from tiles.obstacles import Obstacles
from tiles.scene import Scene

SMALLEST = 1 / 4000
"""A metre that is a smaller part of the picture's width has no name in it."""
FARTHEST_M = 12_000.0
GLANCE_M = 0.1
"""Ground is looked at so high above itself: what is seen there is seen at the link's 1.5 m too, and not the reverse."""


@dataclass(frozen=True, slots=True, eq=False)
class Onlooker:
    """A camera as it looks, over what can stand in its way.

    Attributes
    ----------
    eye_m : (3,) in the metric frame
    carrier, mount_m : what carries it, as for sight lines
    reach_m : nothing farther away is looked for
    middle_deg, width_deg : bearings from grid north that hold all of the picture
    """

    scene: Scene
    obstacles: Obstacles
    view: View
    eye_m: Floats
    carrier: int
    mount_m: float
    reach_m: float
    middle_deg: float
    width_deg: float

    @classmethod
    def of(cls, camera: Camera, scene: Scene, obstacles: Obstacles, aim: PtzAim | Preset | None = None) -> Self:
        """As the camera looks, or is asked to.

        Raises
        ------
        NoDirection
        """
        view = View.of(camera, aim)
        x, y = (float(value) for value in scene.to_metric(camera.lon, camera.lat))
        eye = np.array([x, y, camera.height_m])
        mounts = mounts_of(scene, eye[None])
        middle, width = view.bearings()
        turn = float(scene.frame.convergence_deg(camera.lon, camera.lat))
        reach = min(view.optics.focal_px / (view.optics.width_px * SMALLEST), FARTHEST_M)
        carried = int(mounts.carrier[0]), float(mounts.mount_m[0])
        return cls(scene, obstacles, view, eye, *carried, reach, (middle - turn) % 360.0, width)

    def away_m(self, places_m: Floats) -> Floats:
        """Distance (n,) of places (n, 2 or 3) over the ground."""
        away: Floats = np.hypot(places_m[:, 0] - self.eye_m[0], places_m[:, 1] - self.eye_m[1])
        return away

    def near(self, places_m: Floats, half_m: Floats | float = 0.0) -> NDArray[np.intp]:
        """Which of places (n, 2 or 3), each so large, lie within reach and the picture's bearings; ascending."""
        away = self.away_m(places_m)
        some = np.flatnonzero(away <= self.reach_m + half_m)
        if self.width_deg >= 360.0:
            return some
        half = half_m[some] if isinstance(half_m, np.ndarray) else half_m
        east, north = (places_m[some, k] - self.eye_m[k] for k in (0, 1))
        off = np.abs((np.degrees(np.arctan2(east, north)) - self.middle_deg + 180.0) % 360.0 - 180.0)
        slack = np.degrees(np.arctan2(half, np.maximum(away[some], 1e-6)))
        return np.asarray(some[(off <= self.width_deg / 2 + slack) | (away[some] <= half)], np.intp)

    def pixels(self, places_m: Floats) -> Floats:
        """Where places (n, 3) are in the picture, as parts (n, 2) of its width and height; NaN beside it."""
        u, v, _ = self.view.project(*self.lonlat(places_m), places_m[:, 2])
        at = np.stack([u / self.view.optics.width_px, v / self.view.optics.height_px], axis=1)
        inside = np.asarray(((at >= 0.0) & (at <= 1.0)).all(axis=1))
        return np.where(inside[:, None], at, np.nan)

    def lonlat(self, places_m: Floats) -> tuple[Floats, Floats]:
        """Degrees of places (n, 2 or 3)."""
        lon, lat = self.scene.to_lonlat(places_m[:, 0], places_m[:, 1])
        return np.asarray(lon, float), np.asarray(lat, float)

    def sees(self, places_m: Floats, above_m: float = 0.0) -> NDArray[np.bool_]:
        """Whether nothing stands between the lens and places (n, 3), looked at so high above themselves."""
        targets = places_m + np.array([0.0, 0.0, above_m])
        return self.obstacles.clear(self.eye_m[None], targets, np.array(self.carrier), np.array(self.mount_m))

    def distance_m(self, place_m: Floats) -> float:
        """Slant distance of a place (3,)."""
        return math.dist(self.eye_m.tolist(), place_m.tolist())

    @property
    def shape(self) -> float:
        """The picture's height over its width."""
        return self.view.optics.height_px / self.view.optics.width_px
