"""Writes records to files that ``load`` reads back: CSV and GeoJSON, without addresses of streams."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geoserver.faults import BadFile
from geoserver.ogc_items import feature
from layers.record import Record

HIDDEN = frozenset({"kind", "version", "area"})
"""Fields that a load finds out by itself."""
SUFFIXES = (".csv", ".geojson")


def dump(records: Iterable[Record], file: Path) -> int:
    """Write records; how many they were.

    Raises
    ------
    BadFile
        The file's suffix is no known form, or it cannot be written.
    """
    if file.suffix.lower() not in SUFFIXES:
        remedy = "Name it .csv or .geojson."
        raise BadFile(file=str(file), detail="is of no form that is written.", remedy=remedy)
    held = list(records)
    try:
        if file.suffix.lower() == ".csv":
            _csv(held, file)
        else:
            _geojson(held, file)
    except OSError as error:
        remedy = "Give a file in a folder that can be written to."
        raise BadFile(file=str(file), detail=f"cannot be written ({error.strerror}).", remedy=remedy) from None
    return len(held)


def _csv(records: list[Record], file: Path) -> None:
    names = [name for name in (type(records[0]).model_fields if records else ()) if name not in HIDDEN]
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for record in records:
            document = record.model_dump(mode="json")
            writer.writerow([_cell(document[name]) for name in names])


def _cell(value: Any) -> Any:
    """Plain lists with semicolons, anything deeper as JSON; nothing for nothing."""
    if value is None or value == []:
        return ""
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ";".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _geojson(records: list[Record], file: Path) -> None:
    features = [feature(record) for record in records]
    for one in features:
        one["properties"] = {name: value for name, value in one["properties"].items() if name not in HIDDEN}
    document = {"type": "FeatureCollection", "features": features}
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
