"""Camera lists as rows: CSV in the encodings and delimiters that are met, and GeoJSON."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from layers.cameras import cells
from layers.cameras.headings import fields_of
from layers.errors import BadInput

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",;\t|"


class UnreadableList(BadInput):
    """A file holds no list of cameras that can be read."""

    code = "unreadable-list"
    text = "{file}: {detail} {remedy}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands in the file, its cells by field, its headings by field.

    ``number`` is the line in a CSV file (the heading is line 1) and the feature in a GeoJSON file, from 1.
    """

    number: int
    cells: Mapping[str, str]
    headings: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a file, and the headings that mean nothing to us."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]
    fields: frozenset[str]


def read_table(data: bytes | str, file: str, columns: Mapping[str, str] | None = None) -> Table:
    """Rows of a CSV or GeoJSON file, told apart by what they begin with.

    Raises
    ------
    UnreadableList
    """
    content = data if isinstance(data, str) else _decoded(data, file)
    if not content.strip():
        raise UnreadableList(file=file, detail="the file is empty.", remedy="Give a CSV or GeoJSON file.")
    if content.lstrip().startswith(("{", "[")):
        return _geojson(content, file, columns)
    return _csv(content, file, columns)


def _decoded(data: bytes, file: str) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableList(file=file, detail="neither UTF-8 nor GB 18030 text.", remedy="Save it as UTF-8.")


def _csv(content: str, file: str, columns: Mapping[str, str] | None) -> Table:
    first = next((line for line in content.splitlines() if line.strip("\0 ")), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(content.replace("\0", ""), newline=None), delimiter=delimiter, strict=False)
    lines = ((reader.line_num, line) for line in reader)
    try:
        given = [(number, line) for number, line in lines if any(cell.strip() for cell in line)]
    except csv.Error as problem:
        raise UnreadableList(
            file=file, detail=f"line {reader.line_num}: {problem}.", remedy="Check quotes and delimiters."
        ) from problem
    head = [heading.strip() for heading in given[0][1]] if given else []
    known = fields_of(head, columns)
    _require(known.values(), file, head)
    rows = tuple(_csv_row(number, line, head, known) for number, line in given[1:])
    return Table(rows, tuple(h for h in head if h and h not in known), frozenset(known.values()))


def _csv_row(number: int, line: list[str], head: list[str], known: Mapping[str, str]) -> Row:
    extra = len(line) - len(head)
    broken = "too-many-cells" if any(cell.strip() for cell in line[len(head) :]) else ""
    if extra < 0 and len(line) < len(head) // 2:
        broken = "too-few-cells"
    values = {known[h]: cells.text(cell) for h, cell in zip(head, line, strict=False) if h in known}
    return Row(number, values, {field: h for h, field in known.items()}, broken)


def _require(fields: Any, file: str, head: list[str]) -> None:
    missing = [name for name in ("id", "lon", "lat") if name not in set(fields)]
    if missing:
        raise UnreadableList(
            file=file,
            detail=f"no column for {', '.join(missing)} among {', '.join(head[:12]) or 'none'}.",
            remedy="Name the columns in the first line, or state them: id = HEADING.",
        )


def _geojson(content: str, file: str, columns: Mapping[str, str] | None) -> Table:
    try:
        document = json.loads(content)
    except json.JSONDecodeError as problem:
        raise UnreadableList(
            file=file, detail=f"line {problem.lineno}: {problem.msg}.", remedy="Give valid GeoJSON."
        ) from problem
    features = document.get("features") if isinstance(document, dict) else document
    if not isinstance(features, list):
        raise UnreadableList(file=file, detail="no feature collection.", remedy="Give a GeoJSON FeatureCollection.")
    features = [feature if isinstance(feature, dict) else {} for feature in features]
    head = list(dict.fromkeys(key for feature in features for key in (feature.get("properties") or {})))
    known = {h: name for h, name in fields_of(head, columns).items() if name not in ("lon", "lat")}
    rows = tuple(_feature_row(number, feature, known) for number, feature in enumerate(features, 1))
    return Table(rows, tuple(h for h in head if h not in known), frozenset(known.values()) | {"id", "lon", "lat"})


def _feature_row(number: int, feature: Mapping[str, Any], known: Mapping[str, str]) -> Row:
    given = feature.get("properties") or {}
    values = {name: _property(given.get(h)) for h, name in known.items()}
    if not values.get("id"):
        values["id"] = cells.text(feature.get("id"))
    shape = feature.get("geometry") or {}
    place = shape.get("coordinates") if shape.get("type") == "Point" else None
    broken = "" if isinstance(place, list) and len(place) >= 2 else "no-point"
    if not broken and isinstance(place, list):
        values |= {"lon": cells.text(place[0]), "lat": cells.text(place[1])}
        heights = ("height", "above_ground", "above_sea", "ellipsoidal")
        if len(place) > 2 and not any(values.get(name) for name in heights):
            values["ellipsoidal"] = cells.text(place[2])
    return Row(number, values, {name: h for h, name in known.items()}, broken)


def _property(value: Any) -> str:
    return ";".join(cells.text(one) for one in value) if isinstance(value, list) else cells.text(value)
