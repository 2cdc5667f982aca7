"""Privacy volumes from files: GeoJSON features, and the CSV that a dump writes."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras.lists import cells
from layers.cameras.lists.encodings import decoded
from layers.cameras.lists.grid import MAX_ROWS, UnreadableList
from layers.cameras.lists.report import Problem
from layers.privacy import PrivacyVolume
from tiles.scene import Scene


@dataclass(frozen=True, slots=True)
class VolumeReport:
    """Volumes that were understood, and what is wrong with the others."""

    records: tuple[PrivacyVolume, ...]
    problems: tuple[Problem, ...]


def read_volumes(data: bytes, file: str, scene: Scene, areas: AreaIndex) -> VolumeReport:
    """Volumes of a file, each id once.

    Raises
    ------
    UnreadableList
    """
    content, _ = decoded(data, file)
    rows = list(_features(content, file) if content.lstrip().startswith(("{", "[")) else _lines(content, file))
    if len(rows) > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)
    records: dict[str, PrivacyVolume] = {}
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, fields in rows:
        id_ = cells.usable_id(str(fields.get("id") or ""))
        problem = _lacking(number, id_, fields, first)
        if problem is None:
            first[id_] = number
            try:
                volume = PrivacyVolume(**{**fields, "id": id_})
            except ValidationError as bad:
                problem = _refused(number, id_, bad)
            else:
                if bool(scene.inside(volume.lon, volume.lat)):
                    area = smallest(areas.codes(volume.lon, volume.lat))
                    records[id_] = volume.model_copy(update={"area": area})
                else:
                    problem = Problem(number, id_, "geometry", "", "outside-city", "refused")
        if problem is not None:
            problems.append(problem)
    return VolumeReport(tuple(records.values()), tuple(problems))


def _lacking(number: int, id_: str, fields: Mapping[str, Any], first: Mapping[str, int]) -> Problem | None:
    if not id_:
        return Problem(number, "", "id", "", "no-id", "refused")
    if id_ in first:
        return Problem(number, id_, "id", id_, "duplicate-id", "refused", {"first": first[id_]})
    if not fields.get("rings"):
        return Problem(number, id_, "geometry", "", "no-polygon", "refused")
    return None


def _refused(number: int, id_: str, bad: ValidationError) -> Problem:
    error = bad.errors(include_url=False, include_context=False)[0]
    column = str(error["loc"][0]) if error["loc"] else "rings"
    detail = error["msg"].removeprefix("Value error, ")
    shown = "" if column in ("rings", "lon", "lat") else str(error["input"])[:80]
    return Problem(number, id_, column, shown, "bad-value", "refused", {"detail": detail})


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
        yield number, {**_named(properties, feature.get("id")), "rings": _rings(feature.get("geometry"))}


def _named(given: Mapping[str, Any], id_: Any) -> dict[str, Any]:
    """The fields of a volume, by the names of a dump or of the API."""
    pairs = {"name": "name", "reason": "reason", "base_m": "base_m", "base": "base_m", "top_m": "top_m", "top": "top_m"}
    fields = {ours: given[name] for name, ours in pairs.items() if given.get(name) not in (None, "")}
    return {"id": id_ or given.get("id"), **fields}


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
            yield reader.line_num, {**_named(row, None), "rings": rings}
    except csv.Error as problem:
        raise UnreadableList(file, "bad-csv", line=reader.line_num, what=str(problem)) from problem
