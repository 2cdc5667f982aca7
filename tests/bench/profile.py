"""Bytes and time of skyline profiles for 100,000 cameras: ``python -m tests.bench.profile [--sample N]``.

Cameras by the rules of the performance notes: fields of view of 40° to 110°, ranges of 60 to 300 m, masts of
4 to 15 m, on cells of 1 m; one in a hundred is a 5 km lookout of 60 m on cells of 10 m. A sample is drawn; the
total is extrapolated.
"""

import argparse
import statistics
import time

import numpy as np
from numpy.typing import NDArray

from tests.bench.dsm import dsm
from tests.bench.exact import exact
from tiles.profile import Profile, skyline
from tiles.surface import Window

CAMERAS, LOOKOUTS = 99_000, 1_000
WANTED_GB = 8.0


def window_of(surface: NDArray[np.float32], place: tuple[int, int], cells: int, cell_m: float) -> Window:
    """The square of some cells around a place."""
    row, col = place
    top = np.ascontiguousarray(surface[row - cells : row + cells + 1, col - cells : col + cells + 1])
    bare = np.full(top.shape, -1, np.int32)
    return Window(top, top, bare, cell_m, 0.0, 0.0, cells, cells)


def drawn(surface: NDArray[np.float32], rng: np.random.Generator, lookout: bool) -> tuple[Profile, float]:
    """One camera's profile, and the milliseconds it took."""
    radius = 5000.0 if lookout else rng.uniform(60, 300)
    cell, mast = (10.0, 60.0) if lookout else (1.0, rng.uniform(4, 15))
    cells = int(np.ceil(radius / cell))
    row, col = (int(n) for n in rng.integers(cells, len(surface) - cells, 2))
    window = window_of(surface, (row, col), cells, cell)
    view = {"bearing_deg": rng.uniform(0, 360), "width_deg": rng.uniform(40, 110), "radius_m": radius}
    start = time.perf_counter()
    profile = skyline(window, float(surface[row, col]) + mast, **view)
    return profile, (time.perf_counter() - start) * 1e3


def agreement(surface: NDArray[np.float32], rng: np.random.Generator, radius: int = 300) -> float:
    """Share of cells whose visibility at 1.5 m equals the exact march."""
    row, col = (int(n) for n in rng.integers(radius, len(surface) - radius, 2))
    up = rng.uniform(4, 15)
    window, truth = window_of(surface, (row, col), radius, 1.0), exact(surface, (row, col, up), float(radius), 1.5)
    eye = float(surface[row, col]) + up
    least = skyline(window, eye, radius_m=float(radius), curvature=False).least_visible_cells(window)
    seen = window.top_m + np.float32(1.5) - np.float32(eye) >= least
    return float(np.mean((seen == truth)[truth >= 0]))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    sample = parser.parse_args().sample
    surface, rng = dsm(), np.random.default_rng(20265)
    drawn(surface, rng, False)
    near = [drawn(surface, rng, False) for _ in range(sample)]
    far = [drawn(surface, rng, True) for _ in range(max(3, sample // 10))]
    total = 0.0
    for name, found, count in (("cameras", near, CAMERAS), ("lookouts", far, LOOKOUTS)):
        each = statistics.mean(profile.nbytes for profile, _ in found)
        total += each * count
        spent = statistics.median(ms for _, ms in found)
        print(f"{count:,} {name}: {each / 1e3:.1f} kB each, {spent:.2f} ms to draw (median of {len(found)})")
    print(f"100,000 cameras: {total / 1e9:.2f} GB of profiles, wanted at most {WANTED_GB:.0f}")
    agreed = [100 * agreement(surface, rng) for _ in range(10)]
    print(f"visibility at 1.5 m within 300 m, worst of 10: {min(agreed):.2f} % of cells as the exact march")


if __name__ == "__main__":
    main()
