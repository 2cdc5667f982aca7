"""Pictures of faults, and of cameras when they were good: files in the city's folder, for its owner only."""

import contextlib
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layers.health.thresholds import FAULTS

NAME = re.compile(r"[0-9]{13}-(?:reference|[a-z]+(?:-[a-z]+)?(?:_[a-z]+(?:-[a-z]+)?)*)\.jpg")
REFERENCE = "reference"
QUALITY = 85
MOST = 30
"""Pictures that are kept of one camera."""
_ELSEWHERE = frozenset({"moved"})


class HealthPictures:
    """The pictures of a folder. Safe to use from many threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, camera: str, at: float, picture: NDArray[np.uint8], faults: Collection[str] = ()) -> str:
        """Keep a picture (rows, cols, 3) with the faults in it, none for a good one; its name."""
        label = "_".join(one for one in FAULTS if one in faults) or REFERENCE
        name = f"{round(at * 1000):013d}-{label}.jpg"
        folder = self._of(camera)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=QUALITY)
        handle, part = tempfile.mkstemp(dir=folder, suffix=".part")  # for its owner only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(out.getvalue())
            os.replace(part, folder / name)
        finally:
            Path(part).unlink(missing_ok=True)
        if label != REFERENCE:
            self._drop(folder)
        return name

    def read(self, camera: str, name: str) -> NDArray[np.uint8] | None:
        """A picture by its name, (rows, cols, 3) of 8-bit RGB; None where there is none."""
        if not NAME.fullmatch(name):
            return None
        try:
            with Image.open(self._of(camera) / name, formats=("JPEG",)) as image:
                return np.asarray(image.convert("RGB"), np.uint8)
        except OSError:
            return None

    def has(self, camera: str, name: str) -> bool:
        """Whether a picture is there."""
        return bool(NAME.fullmatch(name)) and (self._of(camera) / name).is_file()

    def forget(self, camera: str, name: str) -> None:
        """Remove a picture."""
        if NAME.fullmatch(name):
            (self._of(camera) / name).unlink(missing_ok=True)

    def _of(self, camera: str) -> Path:
        return self._folder / hashlib.sha256(camera.encode()).hexdigest()[:24]

    def _drop(self, folder: Path) -> None:
        """Of faults only the newest are kept."""
        faulty = sorted(one.name for one in folder.glob("*.jpg") if not one.name.endswith(f"-{REFERENCE}.jpg"))
        for name in faulty[:-MOST]:
            with contextlib.suppress(OSError):
                (folder / name).unlink()


def looks_elsewhere(name: str) -> bool:
    """Whether a picture was taken by a camera that had been turned away: what is where in it is not known."""
    return not _ELSEWHERE.isdisjoint(name.removesuffix(".jpg").split("-", 1)[-1].split("_"))
