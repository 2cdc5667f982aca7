"""Viewsheds against the exact march, GDAL and xarray-spatial: ``python -m tests.bench.viewshed [PART …] [--full]``.

Parts are ``agreement``, ``speed``, ``cores`` and ``xarray``; all of them if none is named; ``--full`` adds
2000 m. Agreement is the worst of 20 observers with masts of 3 to 60 m (5 at 2000 m). For speed, ours and GDAL
are pinned to one core and run in turns on the same raster in memory; ratios are medians over pairs.
Agreement with the dense references on real surfaces is in ``tests/tiles/test_sight_viewshed.py``.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench import xarray_viewshed
from tests.bench.dsm import SIZE, dsm, observers
from tests.bench.exact import exact
from tests.bench.gdal_viewshed import GdalViewshed
from tiles.sight import viewshed

Observer = tuple[int, int, float]
WARM_UPS = 3
NARROW_DEG = 60.0
PARTS = ("agreement", "speed", "cores", "xarray")
AGREEMENT_PERCENT = 99.97
CIRCLE_TIMES = {500: 1.5, 1000: 1.5, 2000: 1.1}
NARROW_TIMES = {500: 10.0, 1000: 9.0, 2000: 6.0}
CORES_TIMES, XARRAY_TIMES = 1.6, 200.0


def ms(work: Callable[[], Any]) -> float:
    """Milliseconds that some work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def many(count: int, seed: int = 20264) -> list[Observer]:
    """Places around the middle, masts from 3 to 60 m in equal steps of their logarithm."""
    rng = np.random.default_rng(seed)
    places = rng.integers(int(SIZE * 0.49), int(SIZE * 0.51), (count, 2))
    return [(int(r), int(c), float(up)) for (r, c), up in zip(places, np.geomspace(3, 60, count), strict=True)]


def agreement(surface: NDArray[np.float32], gdal: GdalViewshed, radius: int) -> None:
    """Worst share of the disc's cells that equal the exact march, and whether narrow views are the circle."""
    ours, theirs, odd = [], [], 0
    rows, cols = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    turns = np.degrees(np.arctan2(cols, -rows))
    for n, (row, col, up) in enumerate(many(5 if radius > 1000 else 20)):
        truth = exact(surface, (row, col, up), float(radius), 1.5)
        disc = truth >= 0
        window = np.s_[row - radius : row + radius + 1, col - radius : col + radius + 1]
        seen = viewshed(surface, 1.0, (row, col, up), radius_m=radius)[window]
        ours.append(100 * np.mean((seen == truth)[disc]))
        theirs.append(100 * np.mean((gdal.verdicts((row, col, up), radius) == truth)[disc]))
        bearing, width = 77.0 * n, 30.0 + 150.0 * (n % 6) / 5
        view = {"radius_m": radius, "bearing_deg": bearing, "width_deg": width}
        inside = abs((turns - bearing + 180) % 360 - 180) <= width / 2 + 1e-7
        inside[radius, radius] = True
        odd += int((viewshed(surface, 1.0, (row, col, up), **view)[window] != (seen & inside)).sum())
    print(
        f"{radius:5d} m: exact march, worst of {len(ours)}: {min(ours):.4f} % (GDAL {min(theirs):.3f} %), "
        f"wanted {AGREEMENT_PERCENT}; cells in which views of 30° to 180° differ from the circle: {odd}",
        flush=True,
    )


def speed(surface: NDArray[np.float32], gdal: GdalViewshed, radius: int, pairs: int) -> None:
    """Medians of ours, of ours over 60°, and of GDAL, and of the ratios of pairs."""
    place = observers()[5]
    view = {"radius_m": radius, "bearing_deg": 77.0, "width_deg": NARROW_DEG}

    def once() -> tuple[float, float, float]:
        made: list[int] = []
        theirs = ms(lambda: made.append(gdal.generate(place, radius)))
        gdal.close(made[0])
        circle = ms(lambda: viewshed(surface, 1.0, place, radius_m=radius))
        return circle, ms(lambda: viewshed(surface, 1.0, place, **view)), theirs

    rounds = [once() for _ in range(WARM_UPS + pairs)][WARM_UPS:]
    circle, narrow, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    times = statistics.median(g / c for c, _, g in rounds)
    narrow_times = statistics.median(g / n for _, n, g in rounds)
    print(
        f"{radius:5d} m: circle {circle:.2f} ms, GDAL {theirs:.2f} ms: {times:.2f} x, wanted {CIRCLE_TIMES[radius]}; "
        f"60° {narrow:.2f} ms: {narrow_times:.1f} x GDAL's circle, wanted {NARROW_TIMES[radius]:.0f}",
        flush=True,
    )


def cores(surface: NDArray[np.float32], pairs: int, radius: int = 1000) -> None:
    """Two cores against one."""
    place = observers()[5]
    rounds = []
    for _ in range(WARM_UPS + pairs):
        one = ms(lambda: viewshed(surface, 1.0, place, radius_m=radius))
        rounds.append(one / ms(lambda: viewshed(surface, 1.0, place, radius_m=radius, workers=2)))
    print(f"{radius:5d} m: two cores {statistics.median(rounds[WARM_UPS:]):.2f} x one, wanted {CORES_TIMES}")


def xarray(surface: NDArray[np.float32], radius: int) -> None:
    """Ours against xarray-spatial, warm, on the same surface."""
    place = observers()[5]
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "dsm.npy", surface)
        found = xarray_viewshed.seconds_of(Path(folder) / "dsm.npy", place, radius)
    if found is None:
        print(f"{radius:5d} m: xarray-spatial SKIPPED, it is not installed. Run: {xarray_viewshed.COMMAND}")
        return
    ours = statistics.median(ms(lambda: viewshed(surface, 1.0, place, radius_m=radius)) for _ in range(15))
    theirs = found["warm"] * 1e3
    name = f"xarray-spatial {found['version']}"
    print(
        f"{radius:5d} m: {name} {theirs:.0f} ms, ours {ours:.2f} ms: {theirs / ours:.0f} x, wanted {XARRAY_TIMES:.0f}"
    )


def main() -> None:
    """Print the figures of the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=(*PARTS, []), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--full", action="store_true", help="2000 m as well")
    parser.add_argument("--pairs", type=int, default=21)
    options = parser.parse_args()
    parts, surface = options.parts or PARTS, dsm()
    gdal, pairs = GdalViewshed(surface), max(15, options.pairs)
    radii = (500, 1000, 2000) if options.full else (500, 1000)
    free = os.sched_getaffinity(0)
    if "agreement" in parts:
        for radius in radii:
            agreement(surface, gdal, radius)
    if "speed" in parts:
        os.sched_setaffinity(0, {max(free)})
        print(f"one core, {pairs} pairs, GDAL {gdal.version}")
        for radius in radii:
            speed(surface, gdal, radius, pairs)
        os.sched_setaffinity(0, free)
    if "cores" in parts:
        cores(surface, pairs)
    if "xarray" in parts:
        os.sched_setaffinity(0, {max(free)})
        xarray(surface, 500)
        os.sched_setaffinity(0, free)


if __name__ == "__main__":
    main()
