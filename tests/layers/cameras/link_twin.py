"""The slow, obvious link: every camera, one after the other, no index, no kernel.

Shares with the fast one the definition of seeing and nothing of its code but `View` (which has cases of
its own): crossings of the sight line with every wall of every building, and with every grid line.
"""

import math
from collections.abc import Iterable

import numpy as np
import shapely

from layers.cameras.model import Camera
from layers.cameras.optics import Optics
from layers.cameras.view import View
from layers.place import Target
from tiles.geodesy import bend_m, enu_rotation, geodetic_to_ecef
from tiles.scene import Scene


def visible(scene: Scene, cameras: list[Camera], place: Target, density_px_m: float) -> set[str]:
    return {camera.id for camera in cameras if sees(scene, camera, place, density_px_m)}


def sees(scene: Scene, camera: Camera, place: Target, density_px_m: float) -> bool:
    if camera.status in ("planned", "retired"):
        return False
    shown = ptz_shows(camera, place) if camera.type == "ptz" else fixed_shows(camera, place)
    if shown is None or shown < density_px_m:
        return False
    if camera.range_m is not None and slant_m(camera, place) > camera.range_m:
        return False
    return clear(scene, camera, place)


def offset(camera: Camera, place: Target) -> np.ndarray:
    away = geodetic_to_ecef(place.lon, place.lat, place.aim_height_m) - geodetic_to_ecef(
        camera.lon, camera.lat, camera.height_m
    )
    return np.asarray(enu_rotation(camera.lon, camera.lat) @ away)


def slant_m(camera: Camera, place: Target) -> float:
    return float(np.linalg.norm(offset(camera, place)))


def ptz_shows(camera: Camera, place: Target) -> float | None:
    east, north, up = offset(camera, place)
    tilt = math.degrees(math.atan2(up, math.hypot(east, north)))
    if not camera.tilt_min_deg <= tilt <= camera.tilt_max_deg:
        return None
    if camera.pan_range_deg is not None and camera.pan_range_deg < 360:
        if camera.heading_deg is None:
            return None
        off = (math.degrees(math.atan2(east, north)) - camera.heading_deg) % 360
        if min(off, 360 - off) > camera.pan_range_deg / 2:
            return None
    lens = Optics.from_hfov(camera.image_width_px, camera.image_height_px, camera.hfov_tele_deg or camera.hfov_deg)
    return lens.focal_px / slant_m(camera, place)


def fixed_shows(camera: Camera, place: Target) -> float | None:
    if camera.heading_deg is None:
        return None
    view = View.of(camera)
    u, v, _ = view.project(place.lon, place.lat, place.aim_height_m)
    if not (0 <= u <= camera.image_width_px and 0 <= v <= camera.image_height_px):
        return None
    return view.density_px_m(place.lon, place.lat, place.aim_height_m)


def clear(scene: Scene, camera: Camera, place: Target) -> bool:
    x, y = scene.to_metric(camera.lon, camera.lat)
    eye, end = np.array([x, y, camera.height_m]), np.array(place.aim_m)
    carrier, mount_m = mount(scene, float(x), float(y))
    return not walls_block(scene, eye, end, carrier, mount_m) and not ground_blocks(scene, eye, end, mount_m)


def polygon(scene: Scene, building: int) -> shapely.Geometry:
    outer, *holes = scene.footprints.rings(building)
    return shapely.Polygon(outer, holes)


def mount(scene: Scene, x: float, y: float, candidates: Iterable[int] | None = None) -> tuple[int, float]:
    """The building that carries a camera, and how far it is excused; of all buildings, or of those near it."""
    here = shapely.Point(x, y)
    bounds = scene.footprints.bounds_m
    close = [
        b
        for b in (range(len(scene.footprints)) if candidates is None else candidates)
        if bounds[b, 0] - 2 < x < bounds[b, 2] + 2 and bounds[b, 1] - 2 < y < bounds[b, 3] + 2
    ]
    shapes = {b: polygon(scene, b) for b in close}
    inside = [b for b in close if shapes[b].contains(here)]
    if inside:
        carrier = max(inside, key=lambda b: scene.prisms.roof_m[b])
        return carrier, max(3.0, shapes[carrier].boundary.distance(here) + 0.5)
    beside = [b for b in close if shapes[b].distance(here) <= 1.5]
    return (min(beside, key=lambda b: shapes[b].distance(here)), 3.0) if beside else (-1, 3.0)


def line_height(eye: np.ndarray, end: np.ndarray, t: np.ndarray) -> np.ndarray:
    far = math.hypot(end[0] - eye[0], end[1] - eye[1])
    return eye[2] + (end[2] - eye[2]) * t - t * (1 - t) * bend_m(far)


def walls_block(scene: Scene, eye: np.ndarray, end: np.ndarray, carrier: int, mount_m: float) -> bool:
    held = scene.footprints
    starts, ends, owner = [], [], []
    for b in range(len(held)):
        for ring in held.rings(b):
            starts.append(ring)
            ends.append(np.roll(ring, -1, axis=0))
            owner += [b] * len(ring)
    if not owner:
        return False
    p, q, building = np.concatenate(starts), np.concatenate(ends), np.array(owner)
    d, e, w = end[:2] - eye[:2], q - p, p - eye[:2]
    cross = d[0] * e[:, 1] - d[1] * e[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (w[:, 0] * e[:, 1] - w[:, 1] * e[:, 0]) / cross
        s = (w[:, 0] * d[1] - w[:, 1] * d[0]) / cross
    met = (cross != 0) & (t > 0) & (t < 1) & (s >= 0) & (s <= 1)
    far = float(np.hypot(*d))
    excused = (building == carrier) & (t * far <= mount_m)
    low = line_height(eye, end, np.where(met, t, 0.0)) < held.roof_m[building]
    if bool((met & ~excused & low).any()):
        return True
    # Beyond its mount the carrier blocks where the line runs inside it.
    at = mount_m / far if far > 0 else 2.0
    if carrier < 0 or at >= 1:
        return False
    inside = polygon(scene, carrier).contains(shapely.Point(eye[:2] + d * at))
    return bool(inside and line_height(eye, end, np.array([at]))[0] < held.roof_m[carrier])


def ground_blocks(scene: Scene, eye: np.ndarray, end: np.ndarray, mount_m: float) -> bool:
    ground, obstacle = scene.ground, scene.obstacle
    far = float(np.hypot(*(end[:2] - eye[:2])))
    (r0, c0), (r1, c1) = ground.rowcol(eye[0], eye[1]), ground.rowcol(end[0], end[1])
    for a, b in ((r0, r1), (c0, c1)):
        if a == b:
            continue
        lines = np.arange(math.ceil(min(a, b)), math.floor(max(a, b)) + 1)
        t = (lines - a) / (b - a)
        t = t[(t > 0) & (t < 1)]
        x, y = eye[0] + t * (end[0] - eye[0]), eye[1] + t * (end[1] - eye[1])
        line = line_height(eye, end, t)
        # On a grid line the bilinear height is the linear one between the two centres.
        beyond = t * far > max(mount_m, ground.cell_m)
        if ((ground.sample(x, y) > line) | (beyond & (obstacle.sample(x, y) > line))).any():
            return True
    return False
