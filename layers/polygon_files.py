"""Polygons with properties from files: GeoJSON features, and the CSV that a dump writes."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from pydantic import ValidationError

from layers.cameras.lists.encodings import decoded
from layers.cameras.lists.grid import MAX_ROWS, UnreadableList
from layers.cameras.lists.report import Problem
from layers.listed import detail_of

Rows = list[tuple[int, dict[str, Any]]]
"""Number in the file, and the properties with id and rings."""


def read_polygons(data: bytes, file: str) -> Rows:
    """The properties of every feature or line, with ``id``, and ``rings`` or None where there is no polygon.

    Raises
    ------
    UnreadableList
    """
    content, _ = decoded(data, file)
    rows = list(_features(content, file) if content.lstrip().startswith(("{", "[")) else _lines(content, file))
    if len(rows) > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)
    return rows


def lacking(number: int, id_: str, fields: Mapping[str, Any], first: Mapping[str, int]) -> Problem | None:
    """What a row needs and has not: an id, one of its own, a polygon."""
    if not id_:
        return Problem(number, "", "id", "", "no-id", "refused")
    if id_ in first:
        return Problem(number, id_, "id", id_, "duplicate-id", "refused", {"first": first[id_]})
    if not fields.get("rings"):
        return Problem(number, id_, "geometry", "", "no-polygon", "refused")
    return None


def refused(number: int, id_: str, bad: ValidationError) -> Problem:
    """Why a record refuses a row."""
    error = bad.errors(include_url=False, include_context=False)[0]
    column = str(error["loc"][0]) if error["loc"] else "rings"
    shown = "" if column in ("rings", "lon", "lat") else str(error["input"])[:80]
    return Problem(number, id_, column, shown, "bad-value", "refused", {"detail": detail_of(error)})


def _features(content: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        document = json.loads(content)
    except json.JSONDecodeError as problem:
        raise UnreadableList(file, "bad-json", line=problem.lineno, what=problem.msg) from problem
    except (RecursionError, ValueError) as problem:
        raise UnreadableList(file, "bad-json", line=1, what=type(problem).__name__) from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise UnreadableList(file, "no-list")
    for number, one in enumerate(features, 1):
        feature = one if isinstance(one, dict) else {}
        given = feature.get("properties")
        properties = given if isinstance(given, dict) else {}
        id_ = feature.get("id") or properties.get("id")
        yield number, {**properties, "id": id_, "rings": _rings(feature.get("geometry"))}


def _rings(geometry: Any) -> Any:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, TypeError, ValueError):
        return None
    if not isinstance(shape, shapely.Polygon) or shape.is_empty:
        return None
    return tuple(tuple((x, y) for x, y, *_ in ring.coords) for ring in (shape.exterior, *shape.interiors))


def _lines(content: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(content.replace("\0", "")))
    try:
        for row in reader:
            try:
                rings = json.loads(row.get("rings") or "null")
            except (ValueError, RecursionError):
                rings = None
            yield reader.line_num, {**row, "rings": rings}
    except csv.Error as problem:
        raise UnreadableList(file, "bad-csv", line=reader.line_num, what=str(problem)) from problem
