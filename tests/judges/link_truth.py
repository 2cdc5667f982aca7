"""The link judged on a whole city: against a slow march over every camera, and against Embree on the served tiles.

``python -m tests.judges.link_truth CITY_FOLDER [--places 2000] [--embree 300]`` prints the figures and how long each
part took; Embree is asked of so many of the places.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query
from layers.cameras.linking.link import CameraIndex, link
from layers.cameras.model import Camera
from layers.place import Target, resolve_place
from tests.judges.embree import EmbreeCity
from tests.judges.link_brute import DENSITY_PX_M, Blocked, BruteForce
from tiles.geodesy import geodetic_to_ecef
from tiles.scene import Scene

SEED = 20261122
SHIFTS_M = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0)


@dataclass(frozen=True)
class Case:
    """A place, the cameras that the fast link names for it, and what it says blocks the others."""

    place: Target
    named: frozenset[str]
    blocked: Mapping[str, Blocked]


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
    """What the link answers, without a limit; the answer in words and the bare kernel name the same cameras."""
    cases = []
    for place in places:
        answer = link(index, place, density_px_m=DENSITY_PX_M, limit=len(index))
        named = frozenset(one.camera.id for one in answer.cameras if one.visible)
        records = index.cameras
        assert named == {records[row].id for row in index.seeing(place, DENSITY_PX_M)}
        blocked = {
            one.camera.id: Blocked(
                one.reason.code, one.reason.values.get("building", ""), one.reason.values["distance_m"]
            )
            for one in answer.cameras
            if one.reason.code.startswith("blocked")
        }
        cases.append(Case(place, named, blocked))
    return cases


@dataclass
class Tally:
    """Cameras named in all, missed, named too many; lines that are blocked, and those with another blocker."""

    named: int = 0
    missed: int = 0
    extra: int = 0
    blocked: int = 0
    other_blocker: int = 0


def against_brute_force(scene: Scene, cameras: list[Camera], cases: list[Case]) -> Tally:
    """The fast link beside the twin: who sees, and for who does not, what blocks and how far from the eye."""
    slow, tally = BruteForce(scene, cameras), Tally()
    for case in cases:
        truth = slow.verdicts(case.place)
        seen = {id_ for id_, blocked in truth.items() if blocked is None}
        hidden = {id_: blocked for id_, blocked in truth.items() if blocked is not None}
        tally.named += len(seen)
        tally.missed += len(seen - case.named)
        tally.extra += len(case.named - seen)
        tally.blocked += len(hidden)
        tally.other_blocker += sum(not same(blocked, case.blocked.get(id_)) for id_, blocked in hidden.items())
        tally.other_blocker += len(case.blocked.keys() - hidden.keys())
    return tally


def same(one: Blocked, other: Blocked | None) -> bool:
    """The same thing blocks, at the same distance to a tenth of a millimetre."""
    if other is None or (one.code, one.building) != (other.code, other.building):
        return False
    return abs(one.distance_m - other.distance_m) < 1e-4


def lines_to_judge(scene: Scene, index: CameraIndex, cases: list[Case]) -> list[tuple[int, Target, bool]]:
    """Every line whose verdict depends on the sight line alone: those that see, and those that are blocked."""
    lines = []
    for case in cases:
        answer = link(index, case.place, density_px_m=DENSITY_PX_M, limit=len(index))
        number = index.rows
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
    parser.add_argument("--places", type=int, default=2000)
    parser.add_argument("--embree", type=int, default=300)
    given = parser.parse_args()
    begun = time.perf_counter()
    scene, cameras = open_city(given.city)
    index = CameraIndex.build(cameras, scene)
    places = random_places(scene, cameras, given.places)
    cases = fast_cases(index, places)
    kinds = {kind: sum(p.kind == kind for p in places) for kind in ("ground", "roof", "facade")}
    print(f"{len(places)} places {kinds}, {len(cameras)} cameras; answered at {passed(begun)}", flush=True)
    tally = against_brute_force(scene, cameras, cases)
    print(f"brute force: {tally.named} cameras see a place; missed by the link {tally.missed}, extra {tally.extra}")
    print(f"brute force: {tally.blocked} lines blocked; by another thing or elsewhere {tally.other_blocker}")
    print(f"brute force done at {passed(begun)}", flush=True)
    cases = cases[: given.embree]
    judged, differences = against_embree(scene, index, cases, given.city)
    same_share = 100 * (1 - len(differences) / judged)
    print(f"Embree on decoded tiles: {judged} sight lines of {len(cases)} places, same verdict {same_share:.2f} %")
    for one in sorted(differences, key=lambda d: -d.margin_m):
        print(f"  {one.camera} {one.kind} {one.distance_m:8.1f} m  ours {one.ours}  margin {one.margin_m} m")
    print(f"done at {passed(begun)}")


def passed(begun: float) -> str:
    """Wall-clock time since then, in words."""
    return f"{(time.perf_counter() - begun) / 60:.1f} min"


if __name__ == "__main__":
    main()
