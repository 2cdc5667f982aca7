"""Place to pixel to place, over all lens models, on a built city; and Embree's word on what was hit.

    python -m tests.judges.both_ways CITY [--places 5000] [--seed 11]

Cameras of the city are looked through in turn with a flat lens, Brown-Conrady, fisheyes, panoramas, and a
principal point off the middle. Places are those that the camera sees as link has it: ground at the height of the
ground grid, walls and roofs of the prisms, in the picture, the exact sight line clear. Each goes to its pixel
(``View.project``) and from there to a place again by the program's rays through the served triangles
(``locate``). The judge's own decoders and Embree, which share nothing with the program but the package, say what
the pixel's ray meets: the same building, or ground?

No place that link sees is left out. Bounds, for each lens: 99 % of its places the same thing by the program and by
Embree; of these, on the ground within one cell of the ground grid, on walls and roofs within 5 cm. The ground grid
and the served ground differ by up to 0.28 m, which a grazing ray stretches: the worst are rays that meet the
ground at half a degree, a kilometre away.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from layers.cameras.model import Camera
from layers.cameras.pictures.locate import locate
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.view import View
from layers.place import Target, resolve_place
from tests.judges.embree import EmbreeCity
from tests.judges.link_truth import open_city
from tiles.geodesy import geodetic_to_ecef
from tiles.scene import Scene

LENSES: dict[str, dict[str, Any]] = {
    "rectilinear": {},
    "Brown-Conrady": {"distortion": (-0.28, 0.09, 0.0006, -0.0004, -0.01)},
    "off-centre": {"principal_px": (1010.0, 480.0), "image_width_px": 1920, "image_height_px": 1080},
    "fisheye 180": {"lens": "fisheye", "hfov_deg": 180.0, "image_width_px": 2000, "image_height_px": 2000},
    "fisheye bent": {
        "lens": "fisheye",
        "hfov_deg": 165.0,
        "distortion": (0.02, -0.008, 0.001, -0.0003),
        "image_width_px": 2560,
        "image_height_px": 1440,
    },
    "panorama 180": {"lens": "panorama", "hfov_deg": 180.0, "image_width_px": 4000, "image_height_px": 1400},
    "panorama 360": {"lens": "panorama", "hfov_deg": 360.0, "image_width_px": 6000, "image_height_px": 1500},
}
WALL_M = 0.05
SHARE = 0.99
FINE_CELL_M = 2.0


@dataclass
class Tally:
    """What came of the places of one lens.

    ``ground_m``, ``face_m`` : between the places there and back, where the same thing was hit
    ``same``, ``judged`` : whether the program, and the judge, met the place's building, or ground
    """

    ground_m: list[float]
    face_m: list[float]
    same: list[bool]
    judged: list[bool]

    @classmethod
    def new(cls) -> "Tally":
        return cls([], [], [], [])


def views(cameras: list[Camera], seed: int) -> Iterator[tuple[str, Camera]]:
    """Cameras in random order, each with the next lens."""
    rng = np.random.default_rng(seed)
    usable = [camera for camera in cameras if camera.heading_deg is not None]
    names = list(LENSES)
    while True:
        for number, index in enumerate(rng.permutation(len(usable))):
            name = names[number % len(names)]
            # A fresh record, so that lens and field of view are held to the model's rules.
            given = usable[index].model_dump() | {"type": "fixed", "aim": None} | LENSES[name]
            yield name, Camera(**given)


def seen_places(sighting: Sighting, count: int, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Places (n, 3; lon, lat, height) that the camera sees as link has it, their building (−1 ground), and kind."""
    scene, camera, optics = sighting.scene, sighting.camera, sighting.view.optics
    u, v = rng.uniform(0, optics.width_px, 3 * count), rng.uniform(0, optics.height_px, 3 * count)
    cast = sighting.cast(u, v, reach_m=5000.0)
    hit = np.flatnonzero(cast.kind > 0)
    lon, lat, height = sighting.served.geodetic(cast.points_m[hit]).T
    found, buildings, kinds, looked = [], [], [], []
    for k in range(len(hit)):
        place = resolve_or_none(scene, float(lon[k]), float(lat[k]), float(height[k]))
        if place is None:
            continue
        x, y = place.x_m, place.y_m
        if place.kind == "facade":  # link looks at a point 5 cm before the wall; the place is on it
            _, x, y, _, _ = (float(value) for value in scene.prisms.nearest_edge(x, y, place.building))
        found.append((x, y, place.height_m))
        looked.append(place.aim_m)
        buildings.append(place.building)
        kinds.append(place.kind)
    if not found:
        return np.zeros((0, 3)), np.zeros(0, int), np.zeros(0, "U8")
    eye = np.array([*scene.to_metric(camera.lon, camera.lat), camera.height_m])
    mount = {"carrier": sighting.eye.carrier, "mount_m": sighting.eye.mount_m}
    clear = scene.sight_lines(np.broadcast_to(eye, (len(found), 3)), np.array(looked), **mount).clear
    metric = np.array(found)
    places = np.stack([*scene.to_lonlat(metric[:, 0], metric[:, 1]), metric[:, 2]], axis=1)
    seen = np.flatnonzero(clear & sighting.view.framed(*places.T))[:count]
    return places[seen], np.array(buildings)[seen], np.array(kinds)[seen]


def resolve_or_none(scene: Scene, lon: float, lat: float, height: float) -> Target | None:
    """The place meant by a point, None outside the city."""
    return resolve_place(scene, lon, lat, height) if scene.inside(lon, lat) else None


def one_camera(scene: Scene, judge: EmbreeCity, camera: Camera, count: int, rng: np.random.Generator) -> Tally:
    """Places that a camera sees: to their pixels, and from there to places again."""
    tally = Tally.new()
    sighting = Sighting.of(camera, scene)
    places, building, kind = seen_places(sighting, count, rng)
    if not len(places):
        return tally
    cast = sighting.cast(*sighting.view.project(*places.T)[:2])
    wanted = sighting.served.frame.from_ecef(geodetic_to_ecef(*places.T))
    apart = np.linalg.norm(cast.points_m - wanted, axis=1)
    same = (cast.building == building) & (cast.kind > 0)
    ground = kind == "ground"
    tally.same += same.tolist()
    tally.ground_m += apart[same & ground].tolist()
    tally.face_m += apart[same & ~ground].tolist()
    tally.judged += _judged(scene, judge, sighting, cast.points_m, building)
    return tally


def _judged(scene: Scene, judge: EmbreeCity, sighting: Sighting, points_m: Any, building: Any) -> list[bool]:
    """Whether the judge's straight rays through the same pixels meet the same building, or ground."""
    camera, eye = sighting.camera, sighting.eye
    start = geodetic_to_ecef(camera.lon, camera.lat, camera.height_m)
    met = np.isfinite(points_m).all(axis=1)
    ends = np.where(met[:, None], sighting.served.frame.to_ecef(points_m), start + 1.0)
    length = np.linalg.norm(ends - start, axis=1)
    gap = np.minimum(eye.mount_m * 1.2, length * 0.5) if eye.carrier >= 0 else np.full(len(length), 0.01)
    starts = np.broadcast_to(start, ends.shape)
    beyond = ends + (ends - starts) / length[:, None] * 50.0
    hits = judge.between(starts, beyond, eye_gap_m=gap, target_gap_m=0.0, k=0.0)
    wanted = [scene.footprints.ids[i] if i >= 0 else "" for i in building]
    return [bool(m and h > 0 and f == w) for m, h, f, w in zip(met, hits.kind, hits.building, wanted, strict=True)]


def by_one(camera: Camera, scene: Scene, count: int, rng: np.random.Generator) -> float:
    """The same through ``locate`` itself, one pixel at a time: the greatest distance between the two places."""
    view = View.of(camera)
    worst = 0.0
    for _ in range(count):
        u, v = rng.uniform(0, view.optics.width_px), rng.uniform(0, view.optics.height_px)
        first = locate(camera, scene, u, v)
        if not first.found:
            continue
        back = view.project(first.lon, first.lat, first.height_m)
        second = locate(camera, scene, float(back[0]), float(back[1]))
        one, two = (geodetic_to_ecef(at.lon, at.lat, at.height_m) for at in (first, second))
        worst = max(worst, float(np.linalg.norm(one - two)))
    return worst


def run(folder: Path, places: int, seed: int, per_camera: int = 50) -> tuple[dict[str, Tally], float, float]:
    """Tallies by lens, the cell of the ground, and the worst of ``locate`` one by one."""
    scene, cameras = open_city(folder)
    parts = scene.facts["parts"]
    judge = EmbreeCity(folder / parts["buildings"] / "tileset.json", folder / parts["terrain"])
    rng = np.random.default_rng(seed)
    tallies = {name: Tally.new() for name in LENSES}
    done, worst = 0, 0.0
    for name, camera in views(cameras, seed):
        found = one_camera(scene, judge, camera, per_camera, rng)
        worst = max(worst, by_one(camera, scene, 1, rng))
        for column in ("ground_m", "face_m", "same", "judged"):
            getattr(tallies[name], column).extend(getattr(found, column))
        done += len(found.same)
        if done >= places:
            return tallies, scene.ground.cell_m, worst
    raise AssertionError("no end")


def verdict(tally: Tally, cell_m: float) -> bool:
    """Whether one lens is within all bounds."""
    near = max(tally.ground_m, default=0.0) <= cell_m and max(tally.face_m, default=0.0) <= WALL_M
    return near and float(np.mean(tally.same)) >= SHARE and float(np.mean(tally.judged)) >= SHARE


def table(tallies: dict[str, Tally], cell_m: float, worst: float) -> str:
    """The figures, a row for each lens."""
    head = f"{'lens':14} {'places':>6} {'same':>8} {'Embree':>8} {'ground median':>14} {'99 %':>7} {'max m':>7}"
    rows = [f"{head} {'walls, roofs 99 %':>18} {'max m':>7}"]
    for name, tally in tallies.items():
        ground, faces = tally.ground_m or [0.0], tally.face_m or [0.0]
        rows.append(
            f"{name:14} {len(tally.same):6d} {np.mean(tally.same):8.2%} {np.mean(tally.judged):8.2%} "
            f"{np.median(ground):14.3f} {np.quantile(ground, 0.99):7.2f} {max(ground):7.2f} "
            f"{np.quantile(faces, 0.99):18.4f} {max(faces):7.4f} {'ok' if verdict(tally, cell_m) else 'FAILS'}"
        )
    everywhere = np.array([apart for tally in tallies.values() for apart in tally.ground_m] or [0.0])
    same, judged = (np.mean([ok for t in tallies.values() for ok in getattr(t, name)]) for name in ("same", "judged"))
    count = sum(len(tally.same) for tally in tallies.values())
    rows.append(
        f"all: {count} places, {same:.2%} the same by the program, {judged:.2%} by Embree; on the ground "
        f"{np.mean(everywhere <= FINE_CELL_M):.2%} within one fine cell of {FINE_CELL_M:g} m, "
        f"{np.mean(everywhere <= cell_m):.2%} within one of {cell_m:g} m; "
        f"locate, one pixel at a time: worst {worst:.4f} m"
    )
    return "\n".join(rows)


def main() -> int:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("city", type=Path)
    asked.add_argument("--places", type=int, default=5000)
    asked.add_argument("--seed", type=int, default=11)
    given = asked.parse_args()
    tallies, cell_m, worst = run(given.city, given.places, given.seed)
    print(table(tallies, cell_m, worst))
    return 0 if all(verdict(tally, cell_m) for tally in tallies.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
