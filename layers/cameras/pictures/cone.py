"""A camera's view cone, cut by what it meets: first hits on a grid over the picture."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from layers.cameras.ladder import MIN_DENSITY_PX_M
from layers.cameras.linking.link import ZOOM_MARGIN
from layers.cameras.model import Camera
from layers.cameras.mounts import mounts_of
from layers.cameras.view import View, Views
from layers.place import Target
from tiles.geodesy import Floats
from tiles.scene import Scene

ROWS, STEP_DEG = 13, 2.5
MIN_COLS, MAX_COLS = 17, 65

AimKind = Literal["heading", "home", "place"]


@dataclass(frozen=True, slots=True, eq=False)
class Cone:
    """First hits of the rays through a grid of pixels.

    Attributes
    ----------
    eye : lon, lat, ellipsoidal height of the lens
    rows, cols : size of the grid, from the picture's top left corner to its bottom right one
    points : (rows * cols, 3) float64, lon, lat, ellipsoidal height; row by row; the ray's end where it
        meets nothing within reach
    kinds : (rows * cols,) int8, 0 nothing, 1 terrain, 2 surface, 3 wall, 4 roof
    buildings : (rows * cols,) int32, number of the building that was hit, −1 for none
    aim : fixed camera's heading, PTZ as it stands (at home unless it says otherwise), PTZ turned to a place
    reach_m : length of the rays
    """

    eye: tuple[float, float, float]
    rows: int
    cols: int
    points: Floats
    kinds: NDArray[np.int8]
    buildings: NDArray[np.int32]
    aim: AimKind
    reach_m: float


def cone(camera: Camera, scene: Scene, toward: Target | None = None, density_px_m: float = MIN_DENSITY_PX_M) -> Cone:
    """The cone of a camera as it looks: a fixed one along its heading, a PTZ one at home and wide, or
    turned towards a place and zoomed so that the density holds there.

    Raises
    ------
    NoDirection
        It is not known where it looks, and it was not asked to turn.
    """
    view, aim, reach = _looking(camera, toward, density_px_m)
    optics = view.optics
    cols = int(np.clip(round(optics.hfov_deg / STEP_DEG) | 1, MIN_COLS, MAX_COLS))
    u, v = np.meshgrid(np.linspace(0, optics.width_px, cols), np.linspace(0, optics.height_px, ROWS))
    bearing, elevation = view.rays(*optics.within(u.ravel(), v.ravel()))
    turn = float(scene.frame.convergence_deg(camera.lon, camera.lat))
    x, y = (float(value) for value in scene.to_metric(camera.lon, camera.lat))
    eye = np.array([[x, y, camera.height_m]])
    mounts = mounts_of(scene, eye)
    hits = scene.first_hits(
        np.broadcast_to(eye, (len(bearing), 3)),
        (bearing - turn) % 360.0,
        elevation,
        np.full(len(bearing), reach),
        carrier=np.full(len(bearing), mounts.carrier[0], np.int32),
        mount_m=np.full(len(bearing), mounts.mount_m[0]),
    )
    lon, lat = scene.to_lonlat(hits.points_m[:, 0], hits.points_m[:, 1])
    return Cone(
        eye=(camera.lon, camera.lat, camera.height_m),
        rows=ROWS,
        cols=cols,
        points=np.stack([lon, lat, hits.points_m[:, 2]], axis=1),
        kinds=hits.kind,
        buildings=hits.building,
        aim=aim,
        reach_m=reach,
    )


def _looking(camera: Camera, toward: Target | None, density_px_m: float) -> tuple[View, AimKind, float]:
    """The view, what it is aimed at, and how far the lowest density holds in it."""
    views = Views.build([camera])
    if toward is not None and camera.is_ptz:
        looks = views.look(toward.lon, toward.lat, toward.aim_height_m)
        distance = float(looks.distance_m[0])
        focal, full = float(views.lens[0, 0]), float(views.lens[0, 1])
        zoom = float(np.clip(density_px_m * ZOOM_MARGIN * distance / focal, 1.0, full / focal))
        view = View.aimed(camera, float(looks.bearing_deg[0]), float(looks.tilt_deg[0]), zoom)
        return view, "place", min(focal * zoom / MIN_DENSITY_PX_M, float(views.range_m[0]))
    if not camera.is_ptz:
        return View.of(camera), "heading", float(views.reach_m()[0])
    view = View.of(camera)
    return view, "home", min(view.optics.focal_px / MIN_DENSITY_PX_M, float(views.range_m[0]))
