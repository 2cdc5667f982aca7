"""Writes records to files, the form by the file's suffix, without addresses of streams.

What is written as CSV or GeoJSON ``load`` reads back; the other forms are for other programs.
"""

from collections.abc import Iterable
from pathlib import Path

from geoserver.exporting import FORMS, as_csv, written
from geoserver.faults import BadFile
from layers.record import Record

SUFFIXES = tuple(f".{name}" for name in FORMS)


def dump(records: Iterable[Record], file: Path, collection: str) -> int:
    """Write records of a collection; how many they were.

    Raises
    ------
    BadFile
        The file's suffix is no known form, or it cannot be written.
    """
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        remedy = f"Name it {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}."
        raise BadFile(file=str(file), detail="is of no form that is written.", remedy=remedy)
    held = list(records)
    content = as_csv(held, guarded=False) if suffix == ".csv" else written(held, collection, suffix[1:])
    try:
        file.write_bytes(content)
    except OSError as error:
        remedy = "Give a file in a folder that can be written to."
        raise BadFile(file=str(file), detail=f"cannot be written ({error.strerror}).", remedy=remedy) from None
    return len(held)
