"""Viewsheds against the exact march and against GDAL. Run: ``python -m tests.bench.viewshed [--full]``.

Both are pinned to one core and run in turns on the same raster in memory; the ratio is the median over
pairs. Agreement is the worst of eight observers with masts of 3 to 60 m.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.dsm import dsm, observers
from tests.bench.exact import exact
from tests.bench.gdal_viewshed import GdalViewshed
from tiles.sight import viewshed

WARM_UPS = 3
NARROW_DEG = 60.0


def _ms(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def agreement(surface: NDArray[np.float32], gdal: GdalViewshed, radius: int) -> tuple[float, float]:
    """Worst share of the disc's cells, in percent, that equal the exact march: ours, GDAL's."""
    ours, theirs = [], []
    for place in observers():
        truth = exact(surface, place, float(radius), 1.5)
        disc = truth >= 0
        row, col, _ = place
        window = np.s_[row - radius : row + radius + 1, col - radius : col + radius + 1]
        seen = viewshed(surface, 1.0, place, radius_m=radius)[window]
        ours.append(100 * np.mean((seen == truth)[disc]))
        theirs.append(100 * np.mean((gdal.verdicts(place, radius) == truth)[disc]))
    return min(ours), min(theirs)


def speed(surface: NDArray[np.float32], gdal: GdalViewshed, radius: int, pairs: int) -> list[float]:
    """Medians in ms of ours, of ours over 60°, and of GDAL; ratio of pairs for the circle and for 60°."""
    place = observers()[5]
    for _ in range(WARM_UPS):
        _one_round(surface, gdal, radius, place)
    rounds = [_one_round(surface, gdal, radius, place) for _ in range(pairs)]
    ratios = [(theirs / circle, theirs / narrow) for circle, narrow, theirs in rounds]
    return [statistics.median(column) for rows in (rounds, ratios) for column in zip(*rows, strict=True)]


def _one_round(
    surface: NDArray[np.float32], gdal: GdalViewshed, radius: int, place: tuple[int, int, float]
) -> tuple[float, float, float]:
    made: list[int] = []
    theirs = _ms(lambda: made.append(gdal.generate(place, radius)))
    gdal.close(made[0])
    circle = _ms(lambda: viewshed(surface, 1.0, place, radius_m=radius))
    view = {"radius_m": radius, "bearing_deg": 77.0, "width_deg": NARROW_DEG}
    narrow = _ms(lambda: viewshed(surface, 1.0, place, **view))
    return circle, narrow, theirs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="2000 m as well")
    parser.add_argument("--pairs", type=int, default=21)
    options = parser.parse_args()
    surface = dsm()
    gdal = GdalViewshed(surface)
    radii = (500, 1000, 2000) if options.full else (500, 1000)
    agreed = {radius: agreement(surface, gdal, radius) for radius in radii}
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    print(f"viewshed against the exact march (8 observers) and GDAL {gdal.version}, one core, medians")
    print("radius m | agreement % ours   GDAL | circle ms ours   GDAL  ratio | 60° ms ours  GDAL circle / ours")
    for radius in radii:
        circle, narrow, theirs, ratio, narrow_ratio = speed(surface, gdal, radius, max(15, options.pairs))
        ours_agree, gdal_agree = agreed[radius]
        print(
            f"{radius:8d} | {ours_agree:16.4f} {gdal_agree:7.3f} | {circle:14.2f} {theirs:6.2f} {ratio:6.2f} |"
            f" {narrow:11.2f} {narrow_ratio:19.1f}"
        )
    os.sched_setaffinity(0, set(cores))


if __name__ == "__main__":
    main()
