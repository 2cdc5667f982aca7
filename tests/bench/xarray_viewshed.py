"""xarray-spatial's viewshed in an environment of its own, since ours holds older releases of what it needs.

``python -m tests.bench.xarray_viewshed --make`` makes it, with the newest Python at hand;
``PYTHON xarray_viewshed.py DSM.npy ROW COL UP RADIUS`` in it prints seconds, first and best of two warm runs.
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".build" / "peers"
PYTHON = PEERS / "bin" / "python"
COMMAND = "python -m tests.bench.xarray_viewshed --make"


def make() -> None:
    """The environment, with what ``peers.txt`` names."""
    shutil.rmtree(PEERS, ignore_errors=True)
    places = [shutil.which(f"python3.{n}") for n in (14, 13, 12)]
    places += sorted(Path.home().glob(".pyenv/versions/3.1[2-4]*/bin/python3"), reverse=True)
    for python in [place for place in places if place] + [sys.executable]:
        if subprocess.run([python, "-m", "venv", PEERS], check=False, capture_output=True).returncode == 0:
            break
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "-r", HERE / "peers.txt"], check=True)


def seconds_of(file: Path, observer: tuple[int, int, float], radius: int) -> dict[str, Any] | None:
    """What the peer needs for a circle; None where there is no environment for it."""
    if not PYTHON.exists() or not list(PEERS.glob("lib/python3*/site-packages/xrspatial")):
        return None
    given = [str(n) for n in (*observer, radius)]
    # Without -P this folder would come before the standard library, and its profile.py be taken for Python's own.
    run = subprocess.run([PYTHON, "-P", __file__, file, *given], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Time it, in that environment."""
    from importlib.metadata import version

    import numpy as np
    import xarray
    import xrspatial

    row, col, radius = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[5])
    window = np.load(sys.argv[1], mmap_mode="r")[row - radius : row + radius + 1, col - radius : col + radius + 1]
    side = np.arange(2 * radius + 1, dtype=float)
    raster = xarray.DataArray(np.array(window, dtype=float), dims=("y", "x"), coords={"y": side[::-1], "x": side})
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        xrspatial.viewshed(
            raster, x=float(radius), y=float(radius), observer_elev=float(sys.argv[4]), target_elev=1.5,
            max_distance=float(radius),
        )  # fmt: skip
        taken.append(time.perf_counter() - start)
    print(json.dumps({"first": taken[0], "warm": min(taken[1:]), "version": version("xarray-spatial")}))


if __name__ == "__main__":
    make() if sys.argv[1:] == ["--make"] else main()
