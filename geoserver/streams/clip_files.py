"""Rendered clips on disk: each made once, the least recently used dropped when there are too many."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

LIMIT_BYTES = 2**30
SUFFIX = ".mp4"


class ClipFiles:
    """Clips of a folder by name. Safe to use from many threads; processes may share a folder."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._guard = threading.Lock()
        self._making: dict[Path, threading.Lock] = {}

    def get(self, folder: Path, name: str, make: Callable[[Path], None]) -> Path:
        """The clip of a name; ``make`` writes it where it is told, if there is none. Who asks meanwhile waits."""
        file = folder / (name + SUFFIX)
        if _used(file):
            return file
        with self._guard:
            making = self._making.setdefault(file, threading.Lock())
        with making:
            try:
                if not _used(file):
                    make(file)
                    _used(file)
                    self._drop(folder, file)
            finally:
                with self._guard:
                    self._making.pop(file, None)
        return file

    def _drop(self, folder: Path, kept: Path) -> None:
        """Remove what was used longest ago, until the rest is within the limit; never what was made now."""
        with self._guard:
            clips = []
            for file in folder.glob("*" + SUFFIX):
                try:
                    state = file.stat()
                except FileNotFoundError:
                    continue
                clips.append((state.st_mtime_ns, state.st_size, file))
            held = sum(size for _, size, _ in clips)
            for _, size, file in sorted(clips):
                if held <= self._limit_bytes:
                    break
                if file != kept:
                    file.unlink(missing_ok=True)
                    held -= size


def _used(file: Path) -> bool:
    """Whether there is a clip; notes that it was used."""
    try:
        now = time.time_ns()
        os.utime(file, ns=(now, now))
    except FileNotFoundError:
        return False
    return True
