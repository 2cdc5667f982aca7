"""The link judged on a whole city: against a slow march over every camera, and against Embree on the served tiles.

``python -m tests.judges.link_truth CITY_FOLDER [--places 500]`` prints the figures.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query
from layers.cameras.link import CameraIndex, link
from layers.cameras.model import Camera
from layers.place import Target, resolve_place
from tests.judges.embree import EmbreeCity
from tests.layers.cameras import link_twin
from tiles.geodesy import enu_rotation, geodetic_to_ecef
from tiles.scene import Scene

SEED = 20261122
DENSITY_PX_M = 12.5
SHIFTS_M = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0)


@dataclass(frozen=True)
class Case:
    """A place, and the cameras that the fast link names for it."""

    place: Target
    named: frozenset[str]


@dataclass(frozen=True)
class Difference:
    """Where Embree and the link disagree: how far the line has to be shifted until they agree, metres."""

    camera: str
    kind: str
    distance_m: float
    ours: bool
    margin_m: float


def open_city(folder: Path) -> tuple[Scene, list[Camera]]:
    """A built city and its cameras."""
    store = SqliteStore.open(folder / "city.sqlite")
    try:
        cameras = [record for record in store.find(Query("camera")) if isinstance(record, Camera)]
    finally:
        store.close()
    return Scene.open(folder), cameras


def random_places(scene: Scene, cameras: list[Camera], count: int, seed: int = SEED) -> list[Target]:
    """Ground, roofs and facades in turn; ground half near buildings, half near cameras, a tenth anywhere."""
    draw = np.random.default_rng(seed)
    held = scene.footprints
    places: list[Target] = []
    while len(places) < count:
        kind = len(places) % 3
        building = int(draw.integers(len(held)))
        ring = held.rings(building)[0]
        if kind == 0:
            x, y = ring.mean(axis=0) + draw.normal(0, 60, 2)
            if draw.random() < 0.5:
                camera = cameras[int(draw.integers(len(cameras)))]
                x, y = np.array(scene.to_metric(camera.lon, camera.lat)) + draw.normal(0, 40, 2)
            if draw.random() < 0.1:
                west, south, east, north = scene.extent
                x, y = scene.to_metric(draw.uniform(west, east), draw.uniform(south, north))
            if scene.prisms.building_at(np.array([x]), np.array([y]))[0] >= 0:
                continue
            height = None
        elif kind == 1:
            x, y = ring.mean(axis=0) + draw.normal(0, 3, 2)
            if scene.prisms.building_at(np.array([x]), np.array([y]))[0] < 0:
                continue
            height = None
        else:
            edge = int(draw.integers(len(ring)))
            x, y = ring[edge] + draw.random() * (ring[(edge + 1) % len(ring)] - ring[edge])
            low, high = held.base_m[building] + 1.5, held.roof_m[building] - 1.0
            height = float(draw.uniform(low, max(high, low)))
        lon, lat = scene.frame.to_lonlat(x, y)
        place = resolve_place(scene, float(lon), float(lat), height)
        if place.kind == ("ground", "roof", "facade")[kind]:
            places.append(place)
    return places


def fast_cases(index: CameraIndex, places: list[Target]) -> list[Case]:
    """What the link answers, without a limit."""
    cases = []
    for place in places:
        answer = link(index, place, density_px_m=DENSITY_PX_M, limit=len(index.cameras))
        cases.append(Case(place, frozenset(one.camera.id for one in answer.cameras if one.visible)))
    return cases


class BruteForce:
    """Every camera, every wall, every grid line: the twin of the tests, its tables made once."""

    def __init__(self, scene: Scene, cameras: list[Camera]) -> None:
        self.scene, self.cameras = scene, cameras
        lon, lat, height = (np.array([getattr(c, name) for c in cameras]) for name in ("lon", "lat", "height_m"))
        self.ecef, self.rotation = geodetic_to_ecef(lon, lat, height), enu_rotation(lon, lat)
        x, y = scene.to_metric(lon, lat)
        self.eyes = np.stack([x, y, height], axis=1)
        tele = np.array([(c.hfov_tele_deg or c.hfov_deg) if c.type == "ptz" else c.hfov_deg for c in cameras])
        wide = np.array([c.image_width_px for c in cameras])
        tall = np.array([c.image_height_px for c in cameras])
        focal = wide / 2 / np.tan(np.radians(tele) / 2)
        corner = 1 + ((wide / 2) ** 2 + (tall / 2) ** 2) / focal**2
        # Nobody can reach the density beyond this, whatever the direction: a bound, no rule of the link's.
        self.bound_m = focal * corner / DENSITY_PX_M * 1.01 + 1
        held = scene.footprints
        starts = [ring for b in range(len(held)) for ring in held.rings(b)]
        ends = [np.roll(ring, -1, axis=0) for ring in starts]
        owner = [b for b in range(len(held)) for _ in held.rings(b)]
        self.p, self.q = np.concatenate(starts), np.concatenate(ends)
        self.building = np.repeat(owner, [len(ring) for ring in starts])
        self.bounds = held.bounds_m
        self.mounts: dict[int, tuple[int, float]] = {}

    def mount(self, k: int) -> tuple[int, float]:
        if k not in self.mounts:
            x, y = self.eyes[k, :2]
            low, high = self.bounds[:, :2] - 2, self.bounds[:, 2:] + 2
            close = np.flatnonzero(((low < (x, y)) & ((x, y) < high)).all(axis=1))
            self.mounts[k] = link_twin.mount(self.scene, float(x), float(y), close.tolist())
        return self.mounts[k]

    def seeing(self, place: Target) -> frozenset[str]:
        """Ids of the cameras that see a place."""
        away = geodetic_to_ecef(place.lon, place.lat, place.aim_height_m) - self.ecef
        near = np.flatnonzero(np.linalg.norm(away, axis=1) <= self.bound_m)
        return frozenset(self.cameras[k].id for k in near if self.looks(int(k), place) and self.clear(int(k), place))

    def looks(self, k: int, place: Target) -> bool:
        """Whether the place is in the picture, dense and near enough; the sight line aside."""
        camera = self.cameras[k]
        if camera.status in ("planned", "retired"):
            return False
        shown = (link_twin.ptz_shows if camera.type == "ptz" else link_twin.fixed_shows)(camera, place)
        if shown is None or shown < DENSITY_PX_M:
            return False
        return camera.range_m is None or link_twin.slant_m(camera, place) <= camera.range_m

    def clear(self, k: int, place: Target) -> bool:
        """The sight line against all walls of the city and the ground."""
        eye, end = self.eyes[k], np.array(place.aim_m)
        carrier, mount_m = self.mount(k)
        return not self.walls(eye, end, carrier, mount_m) and not link_twin.ground_blocks(self.scene, eye, end, mount_m)

    def walls(self, eye: NDArray[np.float64], end: NDArray[np.float64], carrier: int, mount_m: float) -> bool:
        d, e, w = end[:2] - eye[:2], self.q - self.p, self.p - eye[:2]
        cross = d[0] * e[:, 1] - d[1] * e[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (w[:, 0] * e[:, 1] - w[:, 1] * e[:, 0]) / cross
            s = (w[:, 0] * d[1] - w[:, 1] * d[0]) / cross
        met = np.flatnonzero((cross != 0) & (t > 0) & (t < 1) & (s >= 0) & (s <= 1))
        far = float(np.hypot(*d))
        excused = (self.building[met] == carrier) & (t[met] * far <= mount_m)
        low = link_twin.line_height(eye, end, t[met]) < self.scene.footprints.roof_m[self.building[met]]
        if bool((~excused & low).any()):
            return True
        at = mount_m / far if far > 0 else 2.0
        if carrier < 0 or at >= 1:
            return False

        inside = link_twin.polygon(self.scene, carrier).contains(shapely.Point(eye[:2] + d * at))
        roof = self.scene.footprints.roof_m[carrier]
        return bool(inside and link_twin.line_height(eye, end, np.array([at]))[0] < roof)


def against_brute_force(scene: Scene, cameras: list[Camera], cases: list[Case]) -> tuple[int, int, int]:
    """Cameras named in all, missed by the fast link, named too many."""
    slow = BruteForce(scene, cameras)
    named = missed = extra = 0
    for case in cases:
        truth = slow.seeing(case.place)
        named += len(truth)
        missed += len(truth - case.named)
        extra += len(case.named - truth)
    return named, missed, extra


def lines_to_judge(scene: Scene, index: CameraIndex, cases: list[Case]) -> list[tuple[int, Target, bool]]:
    """Every line whose verdict depends on the sight line alone: those that see, and those that are blocked."""
    lines = []
    for case in cases:
        answer = link(index, case.place, density_px_m=DENSITY_PX_M, limit=len(index.cameras))
        number = {camera.id: k for k, camera in enumerate(index.cameras)}
        lines += [
            (number[one.camera.id], case.place, one.visible)
            for one in answer.cameras
            if one.visible or one.reason.code.startswith("blocked")
        ]
    return lines


def margin_m(scene: Scene, index: CameraIndex, k: int, place: Target, wanted: bool) -> float:
    """The least parallel shift of the line, up, down or sideways, after which our verdict is the wanted one."""
    eye, end = index.eyes_m[k], np.array(place.aim_m)
    along = end[:2] - eye[:2]
    side = np.array([-along[1], along[0], 0.0]) / max(float(np.hypot(*along)), 1e-9)
    up = np.array([0.0, 0.0, 1.0])
    for shift in SHIFTS_M:
        moves = np.array([shift * up, -shift * up, shift * side, -shift * side])
        lines = scene.sight_lines(
            eye + moves,
            end + moves,
            carrier=np.full(4, index.mounts.carrier[k]),
            mount_m=np.full(4, index.mounts.mount_m[k]),
        )
        if bool((lines.clear == wanted).any()):
            return shift
    return float("inf")


def against_embree(scene: Scene, index: CameraIndex, cases: list[Case], folder: Path) -> tuple[int, list[Difference]]:
    """Lines judged, and where Embree on the decoded tiles says otherwise."""
    lines = lines_to_judge(scene, index, cases)
    eyes, ends = [], []
    for k, place, _ in lines:
        eye, end = index.eyes_m[k], np.array(place.aim_m)
        far = float(np.linalg.norm(end - eye))
        # The mount's stretch is excused on our side; Embree starts behind it when something carries the camera.
        skip = min(index.mounts.mount_m[k] / max(far, 1e-9), 0.9) if index.mounts.carrier[k] >= 0 else 0.0
        eyes.append(eye + (end - eye) * skip)
        ends.append(end)
    parts = scene.facts["parts"]
    served = EmbreeCity(folder / parts["buildings"] / "tileset.json", folder / parts["terrain"])
    verdicts = served.visible(to_ecef(scene, np.array(eyes)), to_ecef(scene, np.array(ends)))
    differences = [
        Difference(
            index.cameras[k].id,
            place.kind,
            float(np.linalg.norm(np.array(place.aim_m) - index.eyes_m[k])),
            ours,
            margin_m(scene, index, k, place, bool(theirs)),
        )
        for (k, place, ours), theirs in zip(lines, verdicts, strict=True)
        if ours != bool(theirs)
    ]
    return len(lines), differences


def to_ecef(scene: Scene, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metric frame to earth-centred metres."""
    lon, lat = scene.frame.to_lonlat(points_m[:, 0], points_m[:, 1])
    return geodetic_to_ecef(lon, lat, points_m[:, 2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path)
    parser.add_argument("--places", type=int, default=500)
    given = parser.parse_args()
    scene, cameras = open_city(given.city)
    index = CameraIndex.build(cameras, scene)
    places = random_places(scene, cameras, given.places)
    cases = fast_cases(index, places)
    kinds = {kind: sum(p.kind == kind for p in places) for kind in ("ground", "roof", "facade")}
    named, missed, extra = against_brute_force(scene, cameras, cases)
    print(f"{len(places)} places {kinds}, {len(cameras)} cameras")
    print(f"brute force: {named} cameras see a place; missed by the link {missed}, extra {extra}")
    judged, differences = against_embree(scene, index, cases, given.city)
    print(f"Embree on decoded tiles: {judged} sight lines, same verdict {100 * (1 - len(differences) / judged):.2f} %")
    for one in sorted(differences, key=lambda d: -d.margin_m):
        print(f"  {one.camera} {one.kind} {one.distance_m:8.1f} m  ours {one.ours}  margin {one.margin_m} m")


if __name__ == "__main__":
    main()
