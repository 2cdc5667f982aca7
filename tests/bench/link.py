"""How long the question «which cameras see this place» takes, and how long a click waits.

``python -m tests.bench.link CITY --cameras 100000`` : in the process, beside a shapely tree with a plain march
    over the raster in the same run; some places are also put to the exact lines of every camera. ``--cameras 7000``
    likewise. ``--over built`` puts them into the 20 × 16 km around the middle of the built-up area instead of the
    city's whole extent: many times as many for each place.
``python -m tests.bench.link CITY --http`` : through a server of its own with the city's cameras, one client;
    with ``--cameras 100000`` over a city that holds so many.

Without a folder the demo city is used. Times are this machine's; the ratios are of the same run.
"""

import argparse
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar

import numpy as np

from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from layers.cameras.linking.index import CameraIndex
from layers.cameras.model import Camera
from layers.place import Target
from tests import door
from tests.bench.link_cameras import bounds, generated, within
from tests.bench.link_peer import Peer, exactly
from tests.browser.conftest import serve
from tests.cities import built
from tests.judges.link_truth import open_city, random_places
from tiles.scene import Scene

ROOT = Path(__file__).resolve().parents[2]
DENSITY_PX_M = 12.5
WARM = 60
TURN = 100
Answer = TypeVar("Answer")


def quantiles(seconds: Sequence[float], unit: str) -> str:
    scale = {"ms": 1e3, "µs": 1e6}[unit]
    p50, p99 = np.percentile(seconds, [50, 99]) * scale
    return f"p50 {p50:7.1f} {unit}   p99 {p99:7.1f} {unit}   max {max(seconds) * scale:7.1f} {unit}"


class Clocks:
    """Seconds of many runs: by the wall, and of the processor alone, which other work on the machine leaves be."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.own: list[float] = []

    def take(self, run: Callable[[], Answer]) -> Answer:
        own, wall = time.thread_time_ns(), time.perf_counter_ns()
        answer = run()
        self.wall.append((time.perf_counter_ns() - wall) / 1e9)
        self.own.append((time.thread_time_ns() - own) / 1e9)
        return answer


def settle() -> None:
    """What is there stays: the collector does not walk through it while a question is timed, as in the server."""
    gc.collect()
    gc.freeze()


def resident_gb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1e6


def in_process(scene: Scene, cameras: list[Camera], places: list[Target], exact: int) -> None:
    begun = time.perf_counter()
    index = CameraIndex.build(cameras, scene)
    print(f"{len(index)} cameras, {len(places)} places; index built in {time.perf_counter() - begun:.1f} s")
    begun = time.perf_counter()
    peer = Peer(index)
    print(f"tree of sectors and raster built in {time.perf_counter() - begun:.1f} s")
    settle()
    for place in places[:WARM]:
        index.seeing(place, DENSITY_PX_M)
        peer.seeing(place, DENSITY_PX_M)
    ours, theirs, found, marched = Clocks(), Clocks(), [], []
    # In turns of a few places, so that both meet the same load, and neither the caches that the other has filled.
    for first in range(0, len(places), TURN):
        some = places[first : first + TURN]
        found += [ours.take(partial(index.seeing, place, DENSITY_PX_M)) for place in some]
        marched += [theirs.take(partial(peer.seeing, place, DENSITY_PX_M)) for place in some]
    seen = sum(map(len, found))
    candidates = [len(index.candidates(place.x_m, place.y_m)) for place in places]
    print(f"within reach of {statistics.mean(candidates):.1f} cameras, seen by {seen / len(places):.1f}, a place")
    print(f"  load of the machine {os.getloadavg()[0]:.1f}")
    for name, quick, slow in (("wall clock", ours.wall, theirs.wall), ("processor", ours.own, theirs.own)):
        print(f"  {name:10}  index        {quantiles(quick, 'µs')}")
        print(f"  {name:10}  tree + march {quantiles(slow, 'µs')}")
        each = statistics.median(b / a for a, b in zip(quick, slow, strict=True))
        medians = np.median(slow) / np.median(quick)
        print(f"  {name:10}  ratio of medians {medians:.1f}, of pairs {each:.1f}, of sums {sum(slow) / sum(quick):.1f}")
    differ = [len(np.setxor1d(a, b)) for a, b in zip(found, marched, strict=True)]
    print(f"  raster against prisms: {sum(differ)} verdicts differ, at {np.count_nonzero(differ)} places")
    truths = [exactly(index, place, DENSITY_PX_M).tolist() for place in places[:exact]]
    wrong = sum(truth != found[k].tolist() for k, truth in enumerate(truths))
    print(f"  exact lines of every camera: {len(truths)} places asked, sets that differ {wrong}")
    moved(scene, index, cameras)
    print(f"resident at most {resident_gb():.2f} GB")


def moved(scene: Scene, index: CameraIndex, cameras: list[Camera]) -> None:
    """Move cameras, and ask at once where they now stand."""
    draw = np.random.default_rng(5)
    took = Clocks()
    for k in draw.integers(0, len(cameras), 520):
        camera = cameras[int(k)]
        lon = camera.lon + float(draw.uniform(-0.001, 0.001))
        wanted = camera.model_copy(update={"lon": lon, "heading_deg": float(draw.uniform(0, 360))})
        took.take(partial(index.put, [wanted]))
        x, y = scene.to_metric(wanted.lon, wanted.lat)
        assert index.rows[camera.id] in index.candidates(float(x), float(y))
    for name, seconds in (("wall clock", took.wall), ("processor", took.own)):
        print(f"  {name:10}  a camera moved, carrier and all: {quantiles(seconds[20:], 'µs')}")


def timed(client: HTTPConnection, url: str, headers: Mapping[str, str]) -> float:
    """Seconds from the question until the whole answer is there."""
    start = time.perf_counter()
    client.request("GET", url, headers=headers)
    answer = client.getresponse()
    answer.read()
    seconds = time.perf_counter() - start
    assert answer.status == HTTPStatus.OK, (answer.status, url)
    return seconds


def through_http(city: Path, places: list[Target]) -> None:
    serving = serve(city)
    base = next(serving)
    link, health = [], []
    settle()
    at_rest(base)
    known = door.headers(base)
    with closing(HTTPConnection(base.removeprefix("http://"), timeout=30)) as client:
        for k, place in enumerate([*places[:WARM], *places]):
            took = timed(client, f"/api/link?limit=20&lon={place.lon}&lat={place.lat}&height={place.height_m}", known)
            floor = timed(client, "/health", known)
            if k >= WARM:
                link.append(took)
                health.append(floor)
    print(
        f"link through HTTP, {len(places)} places, limit 20, one client, load of the machine {os.getloadavg()[0]:.1f}"
    )
    print(f"  /api/link {quantiles(link, 'ms')}")
    print(f"  /health   {quantiles(health, 'ms')}   (the server's own floor)")
    print(f"  ratio of medians {statistics.median(link) / statistics.median(health):.1f}", flush=True)
    next(serving, None)


def at_rest(base: str, seconds: float = 60.0) -> None:
    """Waits until the server has brought its coverage up to date, or has had time to."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not door.get(f"{base}/api/coverage", timeout=30).json().get("current"):
        time.sleep(0.5)


def with_cameras(city: Path, cameras: list[Camera], folder: Path) -> Path:
    """The same city with other cameras: what was built is linked, the records are its own."""
    for name in ("build.json", "parts", "sources"):
        (folder / name).symlink_to(city.resolve() / name)
    store = SqliteStore.open(folder / "city.sqlite")
    store.commit([Write.put(camera, 0) for camera in cameras])
    store.close()
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path, nargs="?")
    parser.add_argument("--cameras", type=int, default=0, help="so many generated ones; 0: the city's own")
    parser.add_argument("--over", choices=("extent", "built"), default="extent")
    parser.add_argument("--places", type=int, default=2000)
    parser.add_argument("--exact", type=int, default=300, help="so many of the places are put to the exact lines too")
    parser.add_argument("--http", action="store_true")
    given = parser.parse_args()
    city = given.city or built("city", ROOT / ".build" / "city")
    scene, cameras = open_city(city)
    area = bounds(scene, given.over == "built")
    asked = given.places * (6 if given.over == "built" else 1)
    places = [place for place in random_places(scene, cameras, asked, seed=7) if within(place, area)][: given.places]
    if given.cameras:
        cameras = list(generated(scene, given.cameras, area))
    if not given.http:
        in_process(scene, cameras, places, given.exact)
    elif given.cameras:
        with tempfile.TemporaryDirectory() as folder:
            through_http(with_cameras(city, cameras, Path(folder)), places)
    else:
        through_http(city, places)


if __name__ == "__main__":
    main()
