"""The twin of the link's tests on a whole city: every camera, every wall, every grid line, its tables made once."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.cameras.model import Camera
from layers.place import Target
from tests.layers.cameras import link_twin
from tiles.geodesy import geodetic_to_ecef
from tiles.scene import Scene

DENSITY_PX_M = 12.5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Blocked:
    """What blocks a line: a reason's code, the building's id where it is one, metres from the eye."""

    code: str
    building: str
    distance_m: float


class BruteForce:
    """Every camera, every wall, every grid line: the twin of the tests, its tables made once."""

    def __init__(self, scene: Scene, cameras: list[Camera]) -> None:
        self.scene, self.cameras = scene, cameras
        lon, lat, height = (np.array([getattr(c, name) for c in cameras]) for name in ("lon", "lat", "height_m"))
        self.ecef = geodetic_to_ecef(lon, lat, height)
        x, y = scene.to_metric(lon, lat)
        self.eyes = np.stack([x, y, height], axis=1)
        tele = np.array([(c.hfov_tele_deg or c.hfov_deg) if c.type == "ptz" else c.hfov_deg for c in cameras])
        wide = np.array([c.image_width_px for c in cameras])
        tall = np.array([c.image_height_px for c in cameras])
        focal = wide / 2 / np.tan(np.radians(tele) / 2)
        corner = 1 + ((wide / 2) ** 2 + (tall / 2) ** 2) / focal**2
        # Nobody can reach the density beyond this, whatever the direction: a bound, no rule of the link's.
        flat = np.array([c.lens == "rectilinear" and not c.distortion for c in cameras])
        other = 4 * wide / np.radians(tele)
        self.bound_m = np.where(flat, focal * corner, other) / DENSITY_PX_M * 1.01 + 1
        held = scene.footprints
        starts = [ring for b in range(len(held)) for ring in held.rings(b)]
        ends = [np.roll(ring, -1, axis=0) for ring in starts]
        owner = [b for b in range(len(held)) for _ in held.rings(b)]
        self.p, self.q = np.concatenate(starts), np.concatenate(ends)
        self.building = np.repeat(owner, [len(ring) for ring in starts])
        self.low, self.high = np.minimum(self.p, self.q), np.maximum(self.p, self.q)
        self.bounds = held.bounds_m
        self.mounts: dict[int, tuple[int, float]] = {}

    def mount(self, k: int) -> tuple[int, float]:
        if k not in self.mounts:
            x, y = self.eyes[k, :2]
            low, high = self.bounds[:, :2] - 2, self.bounds[:, 2:] + 2
            close = np.flatnonzero(((low < (x, y)) & ((x, y) < high)).all(axis=1))
            self.mounts[k] = link_twin.mount(self.scene, float(x), float(y), close.tolist())
        return self.mounts[k]

    def verdicts(self, place: Target) -> dict[str, Blocked | None]:
        """Of every camera that has the place in its picture: what blocks its line, None for one that sees it."""
        away = geodetic_to_ecef(place.lon, place.lat, place.aim_height_m) - self.ecef
        near = np.flatnonzero(np.linalg.norm(away, axis=1) <= self.bound_m).tolist()
        return {self.cameras[k].id: self.blocker(k, place) for k in near if self.looks(k, place)}

    def looks(self, k: int, place: Target) -> bool:
        """Whether the place is in the picture, dense and near enough; the sight line aside."""
        camera = self.cameras[k]
        if camera.status in ("planned", "retired"):
            return False
        shown = (link_twin.ptz_shows if camera.type == "ptz" else link_twin.fixed_shows)(camera, place)
        if shown is None or shown < DENSITY_PX_M:
            return False
        return camera.range_m is None or link_twin.slant_m(camera, place) <= camera.range_m

    def crossed(self, eye: Floats, end: Floats, carrier: int, mount_m: float) -> tuple[Floats, NDArray[np.int64]]:
        """Fractions and buildings of all walls that the line crosses below their roof, what is excused aside."""
        # No wall whose box lies beside the line's own can be crossed.
        low, high = np.minimum(eye[:2], end[:2]), np.maximum(eye[:2], end[:2])
        beside = np.flatnonzero(((self.low <= high) & (self.high >= low)).all(axis=1))
        p, q, owner = self.p[beside], self.q[beside], self.building[beside]
        d, e, w = end[:2] - eye[:2], q - p, p - eye[:2]
        cross = d[0] * e[:, 1] - d[1] * e[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (w[:, 0] * e[:, 1] - w[:, 1] * e[:, 0]) / cross
            s = (w[:, 0] * d[1] - w[:, 1] * d[0]) / cross
        met = np.flatnonzero((cross != 0) & (t > 0) & (t < 1) & (s >= 0) & (s <= 1))
        far = float(np.hypot(*d))
        excused = (owner[met] == carrier) & (t[met] * far <= mount_m)
        under = link_twin.line_height(eye, end, t[met]) < self.scene.footprints.roof_m[owner[met]]
        blocking = met[~excused & under]
        return t[blocking], owner[blocking]

    def inside_carrier(self, eye: Floats, end: Floats, carrier: int, mount_m: float) -> float:
        """The end of the mount, as a fraction, where the line is inside its own building there; else infinite."""
        d = end[:2] - eye[:2]
        far = float(np.hypot(*d))
        at = mount_m / far if far > 0 else 2.0
        if carrier < 0 or at >= 1:
            return math.inf
        inside = link_twin.polygon(self.scene, carrier).contains(shapely.Point(eye[:2] + d * at))
        roof = self.scene.footprints.roof_m[carrier]
        return at if inside and link_twin.line_height(eye, end, np.array([at]))[0] < roof else math.inf

    def blocker(self, k: int, place: Target) -> Blocked | None:
        """What stands nearest to a camera on its line to a place; None where the line is clear."""
        eye, end = self.eyes[k], np.array(place.aim_m)
        carrier, mount_m = self.mount(k)
        t, building = self.first_wall(eye, end, carrier, mount_m)
        ground, code = first_ground(self.scene, eye, end, mount_m)
        if ground < t:
            return Blocked(code, "", slant_m(eye, end, ground))
        if building < 0:
            return None
        return Blocked("blocked-by-building", self.scene.footprints.ids[building], slant_m(eye, end, t))

    def first_wall(self, eye: Floats, end: Floats, carrier: int, mount_m: float) -> tuple[float, int]:
        """Fraction of the line and building of the first wall that blocks, the lowest number among equals."""
        t, building = self.crossed(eye, end, carrier, mount_m)
        best = (math.inf, -1)
        if t.size:
            best = min(zip(t.tolist(), building.tolist(), strict=True))
        at = self.inside_carrier(eye, end, carrier, mount_m)
        return min(best, (at, carrier)) if at < best[0] else best


def first_ground(scene: Scene, eye: Floats, end: Floats, mount_m: float) -> tuple[float, str]:
    """Fraction of the line at which the ground, or what stands on it, blocks first, and what that is called."""
    ground, obstacle = scene.ground, scene.obstacle
    far = float(np.hypot(*(end[:2] - eye[:2])))
    (r0, c0), (r1, c1) = ground.rowcol(eye[0], eye[1]), ground.rowcol(end[0], end[1])
    best, code = math.inf, ""
    for a, b in ((r0, r1), (c0, c1)):
        if a == b:
            continue
        t = (np.arange(math.ceil(min(a, b)), math.floor(max(a, b)) + 1) - a) / (b - a)
        t = t[(t > 0) & (t < 1)]
        x, y = eye[0] + t * (end[0] - eye[0]), eye[1] + t * (end[1] - eye[1])
        line = link_twin.line_height(eye, end, t)
        under = ground.sample(x, y) > line
        on_it = (t * far > max(mount_m, ground.cell_m)) & (obstacle.sample(x, y) > line)
        for k in np.flatnonzero(under | on_it):
            if t[k] < best:
                best, code = float(t[k]), "blocked-by-terrain" if under[k] else "blocked-by-surface"
    return best, code


def slant_m(eye: Floats, end: Floats, t: float) -> float:
    """Distance from the eye along the line."""
    far = math.hypot(end[0] - eye[0], end[1] - eye[1])
    rise = float(link_twin.line_height(eye, end, np.array([t]))[0]) - float(eye[2])
    return math.hypot(t * far, rise)
