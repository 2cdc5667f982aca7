"""How long the clip of a simulated camera takes when it is first wanted, on a built city, by tier and size.

    python -m tests.bench.simulated CITY [--cameras 4] [--fps 12] [--seconds 10]

Wall and processor time in seconds (median, and the longest wall time), and bytes; kernels are loaded before, blocks of
the city are not.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from geoserver.services import Now
from geoserver.storage.sqlite import SqliteStore
from geoserver.streams.simulated import simulated_clip
from geoserver.town import Town
from layers.cameras.model import Camera

SIZES = {"main": 1280, "sub": 640}


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("city", type=Path)
    asked.add_argument("--cameras", type=int, default=4)
    asked.add_argument("--fps", type=int, default=12)
    asked.add_argument("--seconds", type=int, default=10)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        now = open_now(given.city, Path(scratch))
        cameras = [camera for camera in now.fleet.cameras.values() if camera.heading_deg is not None]
        rng = np.random.default_rng(3)
        clip_of(now, cameras[0], 320, given, Path(scratch) / "warm")
        print(f"{'':12} {'wall':>7} {'longest':>8} {'cpu':>7}   s, MB")
        for tier in (1, 2, 3):
            usable = [camera for camera in cameras if camera.tier == tier]
            some = [usable[i] for i in rng.permutation(len(usable))[: given.cameras]]
            for name, width in SIZES.items():
                each = np.array([clip_of(now, camera, width, given, Path(scratch) / name) for camera in some])
                wall, cpu, size = np.median(each, axis=0)
                print(f"tier {tier} {name:5} {wall:7.2f} {each[:, 0].max():8.2f} {cpu:7.2f} {size / 1e6:6.2f}")


def open_now(city: Path, cache: Path) -> Now:
    """A built city with its cameras."""
    town = Town.open(city, cache)
    store = SqliteStore.open(city / "city.sqlite")
    try:
        return Now.of(town, store)
    finally:
        store.close()


def clip_of(now: Now, camera: Camera, width: int, given: argparse.Namespace, folder: Path) -> tuple[float, float, int]:
    """Wall and processor time of a clip, s, and its bytes."""
    wall, cpu = time.perf_counter(), time.process_time()
    file = simulated_clip(now, camera, None, width_px=width, fps=given.fps, seconds=given.seconds, folder=folder)
    return time.perf_counter() - wall, time.process_time() - cpu, file.stat().st_size


if __name__ == "__main__":
    main()
