"""How long stills, view meshes and locate take on a built city, by tier, first time and after.

    python -m tests.bench.still CITY [--cameras 12] [--width 640]

Wall and processor time in milliseconds; the first of each camera decodes its blocks and draws its map.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from geoserver.ground_look import GroundLook
from geoserver.town import Town
from layers.cameras.pictures.locate import locate
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import jpeg, still
from layers.cameras.pictures.view_mesh import view_mesh
from tests.judges.link_truth import open_city


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor time of one call, ms."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("city", type=Path)
    asked.add_argument("--cameras", type=int, default=12)
    asked.add_argument("--width", type=int, default=640)
    given = asked.parse_args()
    town = Town.open(given.city, Path(tempfile.mkdtemp()))
    ground = GroundLook(town.basemap.drawer) if town.basemap.drawer else None
    _, cameras = open_city(given.city)
    rng = np.random.default_rng(2)
    print(f"{'':22} {'first':>16} {'after (median)':>16}   wall / processor, ms")
    for tier in (3, 2, 1):
        usable = [camera for camera in cameras if camera.tier == tier and camera.heading_deg is not None]
        some = [usable[i] for i in rng.permutation(len(usable))[: given.cameras]]
        rows: dict[str, list[list[tuple[float, float]]]] = {"still": [], "view mesh": [], "locate": []}
        for camera in some:

            def picture(camera: Any = camera) -> None:
                jpeg(still(Sighting.of(camera, town.scene), given.width, ground))

            def mesh(camera: Any = camera) -> None:
                view_mesh(Sighting.of(camera, town.scene))

            def pixel(camera: Any = camera) -> None:
                locate(camera, town.scene, camera.image_width_px / 2, camera.image_height_px * 0.7)

            for name, work in (("still", picture), ("view mesh", mesh), ("locate", pixel)):
                rows[name].append([timed(work) for _ in range(4)])
        for name, found in rows.items():
            each = np.array(found)
            first, after = np.median(each[:, 0], axis=0), np.median(each[:, 1:].reshape(-1, 2), axis=0)
            print(f"tier {tier} {name:15} {first[0]:7.1f} /{first[1]:7.1f} {after[0]:7.1f} /{after[1]:7.1f}")


if __name__ == "__main__":
    main()
