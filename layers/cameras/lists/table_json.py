"""GeoJSON, and the JSON answers of other services: a list of objects with places, however deep it lies."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from layers.cameras.lists import cells, osm
from layers.cameras.lists.grid import MAX_ROWS, Grid, Line, Note, UnreadableList
from layers.cameras.lists.headings import SECRET, field_of

PLACE = ("lon", "lat", "ellipsoidal")
"""Columns made from a point's coordinates."""
HEIGHTS = frozenset({"height", "above_ground", "above_sea", "ellipsoidal"})
DEEPEST = 12
"""Levels of an answer that are searched for its list."""


def read_json(content: str, file: str) -> Grid:
    """Features of a collection, or the objects of the list with the most places in it.

    Raises
    ------
    UnreadableList
    """
    try:
        document = json.loads(content)
    except json.JSONDecodeError as problem:
        raise UnreadableList(file, "bad-json", line=problem.lineno, what=problem.msg) from problem
    except (RecursionError, ValueError) as problem:
        raise UnreadableList(file, "bad-json", line=1, what=type(problem).__name__) from None
    features = document.get("features") if isinstance(document, dict) else document
    if isinstance(features, list) and (isinstance(document, dict) or _has_features(features)):
        _check_count(len(features), file)
        return _of_features([one if isinstance(one, dict) else {} for one in features], _crs(document))
    path, found = max(_lists(document, "", 0), key=lambda one: _worth(one[1]), default=("", []))
    if not _worth(found):
        raise UnreadableList(file, "no-list")
    _check_count(len(found), file)
    return _of_objects([one if isinstance(one, dict) else {} for one in found], path)


def _check_count(count: int, file: str) -> None:
    if count > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)


def _has_features(listed: Sequence[Any]) -> bool:
    return not listed or any(isinstance(one, dict) and "geometry" in one for one in listed)


def _crs(document: Any) -> str | None:
    """The system that a GeoJSON file of before 2016 may name; WGS 84 goes without saying."""
    try:
        name = str(document["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return None
    name = name.replace("urn:ogc:def:crs:", "").replace("::", ":")
    return None if name.upper() in ("OGC:1.3:CRS84", "OGC:CRS84", "EPSG:4326") else name


def _of_features(features: list[dict[str, Any]], crs: str | None) -> Grid:
    properties = [_mapping(one.get("properties")) for one in features]
    if osm.is_osm(properties):
        tagged = [osm.tags_of(props, one.get("id")) for one, props in zip(features, properties, strict=True)]
        return osm.grid([(_point(one.get("geometry")), tags) for one, tags in zip(features, tagged, strict=True)])
    head = list(dict.fromkeys(key for props in properties for key in props))
    own_id = next((h for h in head if field_of(h) == "id"), None)
    names = [_free(name, head) for name in ("id of the feature", *PLACE)]
    known = {h: field_of(h) for h in head}
    lines = []
    for number, (one, props) in enumerate(zip(features, properties, strict=True), 1):
        place = _point(one.get("geometry"))
        told = {known[h]: props[h] for h in head if known[h] and props.get(h) not in (None, "")}
        low = "" if len(place) < 3 or HEIGHTS & told.keys() else place[2]
        row_id = cells.text(props.get(own_id)) if own_id else ""
        row = [_shown(props.get(h)) for h in head]
        if own_id and not row_id:
            row[head.index(own_id)] = cells.text(one.get("id"))
        extra = ["" if own_id else cells.text(one.get("id")), *(place[:2] or ("", "")), low]
        lines.append(Line(number, (*row, *extra), "" if place else "no-point"))
    made = dict(zip(names, ("id", *PLACE), strict=True))
    if own_id:
        made.pop(names[0])
    closed = frozenset(h for h in head if known[h] in ("lon", "lat"))
    notes = (Note("crs", {"crs": crs}),) if crs else ()
    return Grid("geojson", (*head, *names), tuple(lines), made, closed | {names[0]}, notes, crs)


def _free(name: str, head: Sequence[str]) -> str:
    """A heading that no property has."""
    while name in head:
        name = f"{name} (geometry)"
    return name


def _point(geometry: Any) -> tuple[str, ...]:
    """Coordinates of a point, or of a multi-point with one; () for anything else."""
    shape = _mapping(geometry)
    place = shape.get("coordinates")
    if shape.get("type") == "MultiPoint" and isinstance(place, list) and len(place) == 1:
        place = place[0]
    elif shape.get("type") != "Point":
        return ()
    if not isinstance(place, list) or len(place) < 2:
        return ()
    return tuple(cells.text(one) for one in place[:3])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _shown(value: Any) -> str:
    """A property as a cell: plain lists with semicolons, anything deeper as JSON."""
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ";".join(cells.text(one) for one in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return cells.text(value)


def _lists(value: Any, path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Every list in a document, with where it lies."""
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        yield path or "the document", value
        inner: Any = ((f"{path}[{k}]", one) for k, one in enumerate(value[:50]))
    else:
        inner = ((f"{path}.{name}".strip("."), one) for name, one in _mapping(value).items())
    for where, one in inner:
        if isinstance(one, list | dict):
            yield from _lists(one, where, depth + 1)


def _worth(listed: Sequence[Any]) -> int:
    """How many objects of a list have both coordinates."""
    return sum(1 for one in listed if isinstance(one, dict) and _places(one))


def _places(one: Mapping[str, Any]) -> bool:
    return {"lon", "lat"} <= {_field(path) for path, _ in _leaves(one, "", 0)}


def _leaves(value: Mapping[str, Any], path: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, one in value.items():
        where = f"{path}.{name}" if path else str(name)
        if isinstance(one, dict) and depth < DEEPEST:
            yield from _leaves(one, where, depth + 1)
        else:
            yield where, one


def _field(path: str) -> str | None:
    """What a leaf means: by its own name, or as a part of a place."""
    if "." not in path:
        return field_of(path)
    parent, name = path.rsplit(".", 1)
    whole, last = field_of(path), field_of(name)
    if name in ("width", "height") and any(word in parent.lower() for word in ("image", "picture", "resolution")):
        return f"image_{name}"
    return whole or (last if last in {"lon", "lat", "id", "name", "heading", "pitch"} | SECRET else None)


def _of_objects(objects: list[dict[str, Any]], path: str) -> Grid:
    rows = [dict(_leaves(one, "", 0)) for one in objects]
    head = list(dict.fromkeys(key for row in rows for key in row))
    given: dict[str, str] = {}
    for heading in head:
        field = _field(heading)
        if field and field not in given.values():
            given[heading] = field
    lines = tuple(Line(number, tuple(_shown(row.get(h)) for h in head)) for number, row in enumerate(rows, 1))
    note = Note("list-inside", {"path": path})
    return Grid("json", tuple(head), lines, given, frozenset(head) - given.keys(), (note,))
