"""A camera before the served geometry: rays of its pixels, and what they meet."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.mounts import mounts_of
from layers.cameras.view import View
from tiles.geodesy import Floats
from tiles.scene import Scene
from tiles.served import FAR_M, Cast, Eye, Served, served_of

FAR_ERROR_PX = 0.2
"""Ground far away may be so wrong in a picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A view, its eye in the served geometry, and what carries it."""

    camera: Camera
    scene: Scene
    served: Served
    view: View
    eye: Eye

    @classmethod
    def of(cls, camera: Camera, scene: Scene, aim: PtzAim | Preset | None = None) -> Self:
        """As the camera looks: fixed, or a PTZ one as aimed, else as it looks now, else at home.

        Raises
        ------
        NoDirection
        """
        view = View.of(camera, aim)
        x, y = (float(value) for value in scene.to_metric(camera.lon, camera.lat))
        mounts = mounts_of(scene, np.array([[x, y, camera.height_m]]))
        mount = int(mounts.carrier[0]), float(mounts.mount_m[0])
        return cls(camera, scene, served_of(scene), view, Eye(camera.lon, camera.lat, camera.height_m, *mount))

    def directions(self, u_px: ArrayLike, v_px: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
        """Unit vectors (n, 3; local frame of the served geometry) of pixels, and whether the lens shows them.

        Where it shows nothing, the direction is straight up.
        """
        from_lens = self.view.optics.directions(np.ravel(u_px), np.ravel(v_px))
        turn = self.view.pose.rotation @ self.served.frame.axes.T
        shown = np.isfinite(from_lens[:, 0])
        return np.where(shown[:, None], from_lens @ turn, (0.0, 0.0, 1.0)), shown

    def cast(self, u_px: ArrayLike, v_px: ArrayLike, *, reach_m: float = FAR_M, scale: float | None = None) -> Cast:
        """First hits of pixels' rays; nothing where the lens shows nothing."""
        return self.meet(*self.directions(u_px, v_px), reach_m=reach_m, scale=scale)

    def meet(
        self, rays: Floats, shown: NDArray[np.bool_], *, reach_m: float = FAR_M, scale: float | None = None
    ) -> Cast:
        """First hits of rays as ``directions`` gives them.

        ``scale`` is how many pixels of the asker's picture one of the lens's is: far ground may then be coarser
        than that picture shows; without it the finest tiles are asked.
        """
        tolerance = 0.0 if scale is None else FAR_ERROR_PX / (self.view.optics.focal_px * scale)
        reach = np.where(shown, reach_m, 0.0)
        return self.served.cast(self.eye, rays, reach_m=reach, tolerance_rad=tolerance)
