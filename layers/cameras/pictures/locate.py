"""From a pixel to the place that it shows, with what was hit and how well the place is known; and back.

The ray of the lens meets the served triangles. What is not known exactly about pose, lens and pixel moves the
place on the face that was hit: each is tried by its one standard deviation, and the moves are added in squares.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from layers.cameras.linking.link import CameraIndex, Linked, link
from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pose import Pose
from layers.cameras.view import View
from layers.errors import BadInput
from layers.place import PlaceKind, Target
from tiles.geodesy import Floats, ecef_to_geodetic, enu_rotation, geodetic_to_ecef
from tiles.obstacles import Obstacles
from tiles.scene import Scene

Hit = Literal["ground", "roof", "facade", "sky", "beyond", "no-picture"]
"""beyond: looks down and meets nothing within reach; no-picture: the lens shows nothing at that pixel."""
KINDS: dict[int, PlaceKind] = {1: "ground", 3: "facade", 4: "roof"}
SURFACE = 2
CLICK_PX = 1.0
"""How well a pixel is pointed at."""
FACE_M = 0.15
"""How far a served face may be from the real one, along its normal; the ground's own limit is 0.28 m."""
STEP = 1e-3
"""Part of a standard deviation by which things are moved: small, so that all stays straight."""
MOST_M = 1e5
BEFORE_M = 0.5
"""The sight line that looks for trees ends so far before the place."""


@dataclass(frozen=True, slots=True)
class Sigmas:
    """One standard deviation of pose and lens; degrees, metres. ``source`` is calibration or assumed."""

    source: Literal["calibration", "assumed"]
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    hfov_deg: float
    place_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How well a place is known: one standard deviation, metres.

    Attributes
    ----------
    along_m, across_m : over the ground, along the sight line's bearing and square to it
    up_m : height
    major_m, minor_m, bearing_deg : the ellipse over the ground; true bearing of its longer axis
    sigmas : what it follows from
    """

    along_m: float
    across_m: float
    up_m: float
    major_m: float
    minor_m: float
    bearing_deg: float
    sigmas: Sigmas


@dataclass(frozen=True, slots=True)
class Located:
    """What a pixel shows. Without a place there is only ``hit`` and where the ray goes.

    ``building`` is its number, −1 for none; ``trees_m`` is the distance of trees or the like that stand before
    the place and that the picture of the model does not show.
    """

    hit: Hit
    bearing_deg: float | None
    elevation_deg: float | None
    lon: float = 0.0
    lat: float = 0.0
    height_m: float = 0.0
    building: int = -1
    distance_m: float = 0.0
    density_px_m: float = 0.0
    spread: Spread | None = None
    trees_m: float | None = None

    @property
    def found(self) -> bool:
        """Whether there is a place."""
        return self.hit in ("ground", "roof", "facade")


def locate(camera: Camera, scene: Scene, u_px: float, v_px: float, aim: PtzAim | Preset | None = None) -> Located:
    """The place that a pixel shows.

    Raises
    ------
    NoDirection, BadInput
    """
    sighting = Sighting.of(camera, scene, aim)
    optics = sighting.view.optics
    for field, value, most in (("u", u_px, optics.width_px), ("v", v_px, optics.height_px)):
        if not 0 <= value <= most:
            raise BadInput(
                field=field, value=value, detail="is outside the picture.", remedy=f"Give 0 to {most:g} pixels."
            )
    rays, shown = sighting.directions(u_px, v_px)
    if not shown[0]:
        return Located("no-picture", None, None)
    cast = sighting.meet(rays, shown)
    bearing, elevation = (float(value) for value in sighting.view.rays(u_px, v_px))
    if cast.kind[0] not in KINDS:
        return Located("sky" if elevation >= 0 else "beyond", bearing, elevation)
    lon, lat, height = (float(value) for value in sighting.served.geodetic(cast.points_m)[0])
    normal = cast.normals[0] @ sighting.served.frame.axes
    return Located(
        hit=KINDS[int(cast.kind[0])],
        bearing_deg=bearing,
        elevation_deg=elevation,
        lon=lon,
        lat=lat,
        height_m=height,
        building=int(cast.building[0]),
        distance_m=float(cast.distance_m[0]),
        density_px_m=float(sighting.view.density_px_m(lon, lat, height)),
        spread=spread_of(sighting.view, (u_px, v_px), (lon, lat, height), normal, sigmas_of(camera)),
        trees_m=_trees_m(sighting, lon, lat, height),
    )


def project(
    camera: Camera, scene: Scene, obstacles: Obstacles, place: Target, aim: PtzAim | Preset | None = None
) -> "Projected":
    """Where a place appears in a camera's picture as it looks, and whether the camera sees it, as link says.

    The place itself is projected; link looks at ground 1.5 m above it. A PTZ camera also sees what it would see
    after turning; then there may be no pixel now, but the move.
    """
    answer = link(CameraIndex.alone(camera, scene, obstacles), place, limit=1).cameras[0]
    if camera.heading_deg is None and aim is None and camera.aim is None:
        return Projected(None, answer)
    view = View.of(camera, aim)
    u, v, _ = (float(value) for value in view.project(place.lon, place.lat, place.height_m))
    inside = 0 <= u <= view.optics.width_px and 0 <= v <= view.optics.height_px
    return Projected((u, v) if inside else None, answer)


@dataclass(frozen=True, slots=True)
class Projected:
    """A place in a camera's picture: its pixel as the camera looks (None outside), and link's answer."""

    pixel: tuple[float, float] | None
    linked: Linked


def sigmas_of(camera: Camera) -> Sigmas:
    """How well a camera's pose is known: from its calibration, else what is usual of a register's entries."""
    known = camera.calibration
    if known is not None:
        return Sigmas(
            "calibration",
            known.heading_deg,
            known.pitch_deg,
            known.roll_deg,
            known.hfov_deg,
            known.place_m,
            known.height_m,
        )

    def doubt(usual: float, *fields: str) -> float:
        return usual * (3.0 if any(field in camera.assumed for field in fields) else 1.0)

    return Sigmas(
        source="assumed",
        heading_deg=doubt(3.0, "heading_deg"),
        pitch_deg=doubt(2.0, "pitch_deg"),
        roll_deg=1.0,
        hfov_deg=doubt(0.03 * camera.hfov_deg, "hfov_deg"),
        place_m=3.0,
        height_m=doubt(1.0, "mount_height_m", "height_m"),
    )


def spread_of(
    view: View, pixel: tuple[float, float], place: tuple[float, float, float], normal_ecef: Floats, sigmas: Sigmas
) -> Spread:
    """How far a place on a face moves with all that is not known exactly.

    Parameters
    ----------
    normal_ecef : (3,) unit, of the face that was hit
    """
    at = geodetic_to_ecef(*place)
    enu = enu_rotation(place[0], place[1])
    ray = _ray(view, pixel)
    grazing = float(ray @ normal_ecef)
    moves = [enu @ ray * (FACE_M / grazing if abs(grazing) > 1e-9 else MOST_M)]
    for moved, point, share in _moved(view, pixel, sigmas):
        eye, aim = moved.pose.ecef_m, _ray(moved, point)
        along = float(aim @ normal_ecef)
        away = float((at - eye) @ normal_ecef) / along if abs(along) > 1e-12 else np.inf
        moves.append(enu @ (eye + aim * away - at) / share if np.isfinite(away) else np.full(3, MOST_M))
    errors = np.clip(np.array(moves), -MOST_M, MOST_M)
    covariance = errors.T @ errors
    values, axes = np.linalg.eigh(covariance[:2, :2])
    toward = enu @ ray
    along_axis = toward[:2] / max(float(np.hypot(*toward[:2])), 1e-12)
    across_axis = np.array([-along_axis[1], along_axis[0]])
    return Spread(
        along_m=float(np.sqrt(along_axis @ covariance[:2, :2] @ along_axis)),
        across_m=float(np.sqrt(across_axis @ covariance[:2, :2] @ across_axis)),
        up_m=float(np.sqrt(covariance[2, 2])),
        major_m=float(np.sqrt(max(values[1], 0.0))),
        minor_m=float(np.sqrt(max(values[0], 0.0))),
        bearing_deg=float(np.degrees(np.arctan2(axes[0, 1], axes[1, 1])) % 180.0),
        sigmas=sigmas,
    )


def _moved(view: View, pixel: tuple[float, float], sigmas: Sigmas) -> Iterator[tuple[View, tuple[float, float], float]]:
    """The view, or the pixel, with one thing moved by a small part of its deviation; and that part."""
    pose, optics = view.pose, view.optics
    turned = {"heading_deg": sigmas.heading_deg, "pitch_deg": sigmas.pitch_deg, "roll_deg": sigmas.roll_deg}
    for name, sigma in turned.items():
        if sigma > 0:
            yield View(replace(pose, **{name: getattr(pose, name) + STEP * sigma}), optics), pixel, STEP
    if sigmas.hfov_deg > 0:
        half = np.radians(optics.hfov_deg) / 2
        # Of a flat lens f = w / 2 / tan, of the others f = w / angle.
        slope = 1 / (np.sin(half) * np.cos(half)) / 2 if optics.model == "rectilinear" else 1 / (2 * half)
        gain = 1.0 - slope * np.radians(sigmas.hfov_deg) * STEP
        yield View(pose, optics.zoomed(float(gain))), pixel, STEP
    for axis in range(3):
        sigma = sigmas.place_m if axis < 2 else sigmas.height_m
        if sigma > 0:
            yield View(_shifted(pose, axis, STEP * sigma), optics), pixel, STEP
    for axis in range(2):
        point = (pixel[0] + STEP * CLICK_PX * (axis == 0), pixel[1] + STEP * CLICK_PX * (axis == 1))
        yield view, point, STEP


def _shifted(pose: Pose, axis: int, by_m: float) -> Pose:
    """A pose moved east, north or up."""
    moved = pose.ecef_m + enu_rotation(pose.lon, pose.lat)[axis] * by_m
    lon, lat, height = (float(value) for value in ecef_to_geodetic(moved))
    return replace(pose, lon=lon, lat=lat, height_m=height)


def _ray(view: View, pixel: tuple[float, float]) -> Floats:
    """Unit direction of a pixel, earth-centred; of the nearest pixel with one, where there is none."""
    u, v = view.optics.within(*pixel)
    turned: Floats = view.optics.directions(u, v) @ view.pose.rotation
    return turned


def _trees_m(sighting: Sighting, lon: float, lat: float, height_m: float) -> float | None:
    """Distance of what stands on the ground, and is no building, before a place; None where nothing does."""
    scene, camera = sighting.scene, sighting.camera
    if scene.obstacle is scene.ground:
        return None
    eye = np.array([*scene.to_metric(camera.lon, camera.lat), camera.height_m])
    target = np.array([*scene.to_metric(lon, lat), height_m])
    back = (eye - target) / max(float(np.linalg.norm(eye - target)), 1e-9)
    mount = {"carrier": sighting.eye.carrier, "mount_m": sighting.eye.mount_m}
    lines = scene.sight_lines(eye[None], (target + back * BEFORE_M)[None], **mount)
    return float(lines.distance_m[0]) if lines.kind[0] == SURFACE else None
