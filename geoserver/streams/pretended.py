"""Faults that simulated cameras have: a table of camera and fault, read again when it has changed."""

import csv
import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from geoserver.faults import BadFile
from layers.health.faulty import SIMULATED
from layers.health.orders import Trouble

log = logging.getLogger("geoserver")


class PretendedFaults:
    """By camera. Safe to use from many threads."""

    def __init__(self, file: Path | None) -> None:
        """Of a CSV file with the columns ``camera`` and ``fault``; of none, no camera has a fault.

        Raises
        ------
        BadFile
        """
        self._file = file
        self._read: tuple[int, Mapping[str, Trouble]] = (0, {})
        if file is not None:
            self._read = _changed_ns(file), _table(file)

    def of(self, camera: str) -> Trouble | None:
        """What is wrong with a camera."""
        if self._file is not None:
            self._look(self._file)
        return self._read[1].get(camera)

    def _look(self, file: Path) -> None:
        try:
            changed = _changed_ns(file)
            if changed != self._read[0]:
                self._read = changed, _table(file)
        except BadFile:
            # Whoever writes it anew may be half done: what was read before holds.
            log.warning("%s cannot be read; the simulated faults stay as they were", file)


def seed_of(camera: str) -> int:
    """What is drawn for a camera is the same each time."""
    return int.from_bytes(hashlib.sha256(camera.encode()).digest()[:8])


def _changed_ns(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError as error:
        raise _bad(file, f"cannot be read ({error.strerror}).") from None


def _table(file: Path) -> dict[str, Trouble]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            found = [(row["camera"], row["fault"]) for row in csv.DictReader(rows)]
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise _bad(file, f"is no table of camera and fault ({error}).") from None
    for camera, fault in found:
        if fault not in SIMULATED:
            raise _bad(file, f"says {fault!r} of camera {camera}.")
    return cast("dict[str, Trouble]", dict(found))


def _bad(file: Path, detail: str) -> BadFile:
    remedy = f"Give the columns camera and fault, and faults of {', '.join(SIMULATED)}."
    return BadFile(file=str(file), detail=detail, remedy=remedy)
