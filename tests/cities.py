"""Cities that tests run on: made by the recipe, built and loaded by the real command line."""

import subprocess
import sys
from pathlib import Path


def built(size: str, folder: Path) -> Path:
    """The folder of a demo city, made, built and loaded with ``geoserver demo --no-serve``."""
    command = [sys.executable, "-m", "geoserver", "demo", str(folder), "--size", size, "--no-serve"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise RuntimeError(f"geoserver demo failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return folder
