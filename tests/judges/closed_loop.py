"""The closed loop: a coloured pole stands at a known place; the link names its pixel; there it is, in the video.

    python -m tests.judges.closed_loop CITY [--views 50] [--aims 40] [--seed 7]

Part one: fixed cameras, four places each that the link names them for (three before CesiumJS). Half of the pictures are
rendered here by the product's own still with poles of the judge's own (``poles``), half by CesiumJS in the real client.
Each becomes H.264, is served by GStreamer's RTSP server as the camera's stream, read by the real server, and asked of
it as a snapshot of a viewing session. The pole found by colour lies within 2 px of the link's pixel, in 1280 × 720.

Part two: PTZ cameras on ONVIF devices of the tests (real SOAP). The real server is asked to turn one to a place; where
its head then stands is taken from the device, and brought to a bearing by arithmetic of the judge's own. From there
the picture is rendered, by either way again, encoded and decoded. The pole that stands at the place lies within 1 % of
the picture's middle.
"""

import argparse
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser

from layers.cameras.model import Camera, PtzAim
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import Survey, survey
from layers.cameras.pictures.still_light import TERRAIN
from layers.cameras.steering.spaces import zoom_max
from layers.place import EYE_LEVEL_M
from tests import door
from tests.browser.bare import HEIGHT, WIDTH
from tests.geoserver.ptz.device_simulator import Device
from tests.geoserver.streams.rtsp import RtspServer
from tests.judges.closed_world import By, World, own_browser, running_world
from tests.judges.link_truth import open_city
from tests.judges.poles import CESIUM, RENDERED, Pole, found, stands_free
from tiles.scene import Scene

WIDE_PX, HIGH_PX = 4.0, 6.0
"""Radius and half the length of a pole in its picture."""
LIMIT_PX, LIMIT_SHARE = 2.0, 0.01
FPS = 10


@dataclass(frozen=True)
class Found:
    """A pole looked for: where it should be and is (px of the decoded frame); None where it was not found."""

    camera: str
    by: By
    tier: int
    wanted: tuple[float, float]
    seen: tuple[float, float] | None

    @property
    def off_px(self) -> float:
        """How far off it is; inf where it was not found."""
        return math.dist(self.wanted, self.seen) if self.seen else math.inf

    @property
    def off_share(self) -> float:
        """The same as the larger share of the picture's width or height."""
        if self.seen is None:
            return math.inf
        return max(abs(self.wanted[0] - self.seen[0]) / WIDTH, abs(self.wanted[1] - self.seen[1]) / HEIGHT)


def candidates(scene: Scene, cameras: Sequence[Camera], kind: str, count: int, draw: Any) -> list[Camera]:
    """Cameras that CesiumJS can stand in for: a plain lens of 16 : 9, level, outside its building; tiers in turn."""
    chosen: list[list[Camera]] = [[], [], []]
    for number in draw.permutation(len(cameras)):
        one = cameras[number]
        plain = one.lens == "rectilinear" and not one.distortion and one.principal_px is None and one.roll_deg == 0
        wide = one.image_width_px * HEIGHT == one.image_height_px * WIDTH
        known = one.heading_deg is not None and one.type == kind and one.status == "in-service" and one.streams
        if not (plain and wide and known) or len(chosen[one.tier - 1]) >= count:
            continue
        eye = Sighting.of(one, scene).eye
        if eye.carrier < 0 or one.height_m >= scene.prisms.roof_m[eye.carrier]:
            chosen[one.tier - 1].append(one)
    return [one for row in zip_longest(*chosen) for one in row if one is not None]


def pole_at(place: dict[str, Any], lift_m: float, seen: Survey, colour: str, scale: float = 1.0) -> Pole:
    """A pole whose middle is so far above a place; in the picture ``WIDE_PX`` and ``HIGH_PX`` times ``scale`` large."""
    sighting = seen.sighting
    served = sighting.served
    away = served.frame.place(place["lon"], place["lat"], place["height"] + lift_m) - served.start(sighting.eye)
    per_px = float(np.linalg.norm(away)) / (sighting.view.optics.focal_px * WIDTH / sighting.view.optics.width_px)
    sizes = WIDE_PX * scale * per_px, HIGH_PX * scale * per_px
    return Pole(colour, place["lon"], place["lat"], place["height"] + lift_m, *sizes)


def looking(by: By, sighting: Sighting) -> Sighting:
    """As somebody looks: to CesiumJS also what carries the camera stands in the way."""
    if by == "rendered":
        return sighting
    return replace(sighting, eye=replace(sighting.eye, carrier=-1, mount_m=0.0))


def ground_seen(seen: Survey, draw: Any, count: int) -> list[tuple[float, float]]:
    """Random places (degrees) of ground in a picture, away from its rim and from the marks at its corners."""
    rows, cols = np.nonzero(seen.grid(seen.cast.kind) == TERRAIN)
    inner = (cols > 0.06 * seen.cols) & (cols < 0.94 * seen.cols) & (rows > 0.1 * seen.rows) & (rows < 0.9 * seen.rows)
    at = (rows * seen.cols + cols)[inner]
    if not len(at):
        return []
    some = draw.choice(at, size=min(count, len(at)), replace=False)
    lon_lat = seen.sighting.served.geodetic(seen.cast.points_m[some])
    return [(float(lon), float(lat)) for lon, lat, _ in lon_lat]


def placed(world: World, camera: Camera, by: By) -> tuple[Survey, list[tuple[Pole, tuple[float, float]]]] | None:
    """Poles before a camera, each with the link's pixel in the small picture; None where there are not so many."""
    seen = survey(looking(by, Sighting.of(camera, world.scene)), WIDTH, even=True)
    palette = RENDERED if by == "rendered" else CESIUM
    colours = iter(palette)
    got: list[tuple[Pole, tuple[float, float]]] = []
    colour = next(colours)
    for lon_lat in ground_seen(seen, world.draw, 60):
        told = world.link(lon_lat, camera)
        if told is None:
            continue
        pole = pole_at(told["place"], EYE_LEVEL_M, seen, colour)
        u, v = told["pixel"][0] * WIDTH / camera.image_width_px, told["pixel"][1] * HEIGHT / camera.image_height_px
        apart = all(math.dist((u, v), other) > 50 for _, other in got)
        if apart and stands_free(seen, pole):
            got.append((pole, (u, v)))
            if len(got) == len(palette):
                return seen, got
            colour = next(colours)
    return None


def bare_h264(file: Path, picture: NDArray[np.uint8]) -> Path:
    """A second of a still picture, as the tests' RTSP server plays it."""
    with av.open(str(file), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height = picture.shape[1], picture.shape[0]
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "veryfast", "tune": "zerolatency", "profile": "main", "crf": "22", "aud": "1"}
        stream.gop_size = FPS
        for _ in range(FPS):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return file


def decoded(file: Path) -> NDArray[np.uint8]:
    """The last frame of a file."""
    with av.open(str(file)) as container:
        *_, last = container.decode(video=0)
    return np.asarray(last.to_ndarray(format="rgb24"))


def by_link(world: World, fixed: Sequence[Camera], views: int, rtsp: RtspServer, files: Sequence[Path]) -> list[Found]:
    """Part one. Cameras with too few places are passed over."""
    asked: list[tuple[Camera, By, list[tuple[Pole, tuple[float, float]]]]] = []
    for camera, file in zip(fixed, files, strict=True):
        by: By = "rendered" if len(asked) % 2 == 0 else "CesiumJS"
        got = placed(world, camera, by) if len(asked) < views else None
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8) if got is None else None
        if got is not None:
            seen, poles = got
            picture = world.picture(by, seen, [pole for pole, _ in poles])
            asked.append((camera, by, poles))
        assert picture is not None
        bare_h264(file, picture)
    results = []
    with rtsp:
        for camera, by, poles in asked:
            frame = world.snapshot(camera.id)
            assert frame.shape == (HEIGHT, WIDTH, 3), frame.shape
            for pole, wanted in poles:
                results.append(Found(camera.id, by, camera.tier, wanted, found(frame, pole.colour)))
    return results


def head_aim(camera: Camera, device: Device) -> PtzAim:
    """Where a level head looks, from its device's own numbers: shares of its ranges."""
    x, y, zoom = device.head.now()
    half = min((camera.pan_range_deg or 360.0) / 2, 180.0)
    middle, reach = (camera.tilt_min_deg + camera.tilt_max_deg) / 2, (camera.tilt_max_deg - camera.tilt_min_deg) / 2
    pan = ((camera.heading_deg or 0.0) + x * half) % 360.0
    return PtzAim(pan=pan, tilt=middle + y * reach, zoom=1 + zoom * (zoom_max(camera) - 1))


def by_aim(world: World, heads: Sequence[Camera], aims: int, scratch: Path) -> list[Found]:
    """Part two: places around each head in turn until there are so many."""
    results: list[Found] = []
    for camera in heads:
        if len(results) >= aims:
            break
        before = len(results)
        for _ in range(60):
            if len(results) >= min(before + 2, aims):
                break
            by: By = "rendered" if len(results) % 2 == 0 else "CesiumJS"
            one = _aimed(world, camera, by, scratch / "aimed.h264")
            if one is not None:
                results.append(one)
    return results


def _aimed(world: World, camera: Camera, by: By, file: Path) -> Found | None:
    """Turn a head to a random place that the link says it can see; None where it sees none, or not all of a pole."""
    x, y = world.scene.to_metric(camera.lon, camera.lat)
    away, bearing = world.draw.uniform(20, 250 * (4 - camera.tier)), world.draw.uniform(0, 2 * math.pi)
    lon_lat = tuple(map(float, world.scene.to_lonlat(x + away * math.sin(bearing), y + away * math.cos(bearing))))
    told = world.link(lon_lat, camera)
    if told is None:
        return None
    body = {"move": "place", "lon": lon_lat[0], "lat": lon_lat[1], "density": 40}
    url = f"{world.base}/api/streams/{camera.id}/ptz"
    moved = door.post(url, json=body, timeout=120).raise_for_status().json()
    if not moved["reached"] or moved["limited"]:
        return None
    sighting = Sighting.of(camera, world.scene, head_aim(camera, world.devices[camera.id]))
    seen = survey(looking(by, sighting), WIDTH, even=True)
    pole = pole_at(told["place"], 0.0, seen, "cyan", scale=0.6)
    pole = replace(pole, height_m=pole.height_m + pole.half_m)
    if not stands_free(seen, pole):
        return None
    frame = decoded(bare_h264(file, world.picture(by, seen, [pole])))
    return Found(camera.id, by, camera.tier, (WIDTH / 2, HEIGHT / 2), found(frame, pole.colour))


def judge(browser: Browser, city: Path, views: int, aims: int, seed: int) -> tuple[list[Found], list[Found]]:
    """Both parts."""
    scene, cameras = open_city(city)
    draw = np.random.default_rng(seed)
    fixed = candidates(scene, cameras, "fixed", math.ceil(views / 2) + 4, draw)
    heads = candidates(scene, cameras, "ptz", math.ceil(aims / 4) + 2, draw)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        files = [scratch / f"{mount}.h264" for mount in range(len(fixed))]
        rtsp = RtspServer(files, mounts=len(files), fps=FPS)
        with running_world(city, scratch, fixed, heads, rtsp.port, scene, seed, browser) as world:
            return by_link(world, fixed, views, rtsp, files), by_aim(world, heads, aims, scratch)


def told(results: Sequence[Found], linked: bool) -> str:
    """Counts and sizes in a line for each way of rendering."""
    lines = []
    for by in ("rendered", "CesiumJS"):
        some = [one for one in results if one.by == by]
        off = np.array([one.off_px if linked else one.off_share * 100 for one in some])
        limit, unit = (LIMIT_PX, "px") if linked else (LIMIT_SHARE * 100, "% of the picture")
        views = len({one.camera for one in some})
        if len(off):
            lines.append(
                f"{by:9} {views:3} cameras, {len(off):3} poles: within {limit:g} {unit} {np.mean(off <= limit):.2%}, "
                f"median {np.median(off):.2f}, 95 % {np.quantile(off, 0.95):.2f}, worst {off.max():.2f}"
            )
    return "\n".join(lines)


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("city", type=Path)
    asked.add_argument("--views", type=int, default=50)
    asked.add_argument("--aims", type=int, default=40)
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    with own_browser() as browser:
        linked, aimed = judge(browser, given.city, given.views, given.aims, given.seed)
    print(f"the link's pixel:\n{told(linked, True)}\nafter an aim:\n{told(aimed, False)}")
    for one in (
        *[one for one in linked if one.off_px > LIMIT_PX],
        *[one for one in aimed if one.off_share > LIMIT_SHARE],
    ):
        print(one)


if __name__ == "__main__":
    main()
