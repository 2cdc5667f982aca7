"""Surveillance in OpenStreetMap: its tags in the words of a camera list, from GeoJSON, XML and PBF."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from layers.cameras.lists import cells
from layers.cameras.lists.grid import MAX_ROWS, Grid, Line, Note, Remark, UnreadableList
from layers.cameras.lists.headings import SECRET, field_of

TAG = ("man_made", "surveillance")
SPEED = ("highway", "speed_camera")
_TYPES = {"fixed": "fixed", "dome": "fixed", "panning": "ptz", "ptz": "ptz"}
_SEEING = frozenset({"", "camera", "alpr", "anpr"})
"""Values of surveillance:type that look at something; a guard does not."""
_OURS = ("@id", "name", "name:en", "lon", "lat", "camera:type", "camera:direction", "camera:angle", "height",
         "operator", "address", "purpose", "remarks", "contact:webcam")  # fmt: skip
_FIELDS = ("id", "name", "name_en", "lon", "lat", "type", "heading", "depression", "above_ground",
           "owner", "address", "purpose", "remarks", "url_main")  # fmt: skip
_RANGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*")
_READ = frozenset(
    "man_made highway surveillance surveillance:type surveillance:zone camera:type camera:direction direction"
    " camera:angle camera:mount height est_height operator name name:en description revolving contact:webcam"
    " addr:street addr:housenumber addr:city @id id".split()
)
Tagged = tuple[Sequence[str], Mapping[str, str]]


def is_osm(tags: Iterable[Mapping[str, Any]]) -> bool:
    """Whether any of many features is tagged as OpenStreetMap tags surveillance."""
    return any(one.get(TAG[0]) == TAG[1] or "surveillance:type" in one for one in tags)


def is_camera(tags: Mapping[str, str]) -> bool:
    """Whether a node is a camera: surveillance, or one that measures speed."""
    return tags.get(TAG[0]) == TAG[1] or tags.get(SPEED[0]) == SPEED[1]


def tags_of(properties: Mapping[str, Any], feature_id: Any) -> dict[str, str]:
    """Tags as texts; the id of the feature where its properties have none."""
    tags = {name: cells.text(value) for name, value in properties.items()}
    if not any(field_of(name) == "id" and value for name, value in tags.items()):
        tags["@id"] = cells.text(feature_id)
    return tags


def grid(nodes: Sequence[Tagged]) -> Grid:
    """Nodes (lon and lat, tags) as a list; what is no camera is left out and said."""
    others = [n for n in dict.fromkeys(n for _, tags in nodes for n in tags) if n not in _READ and n not in _OURS]
    extra = [name for name in others if field_of(name) not in {"id"} | SECRET]
    lines = [_line(number, place, tags, extra) for number, (place, tags) in enumerate(nodes, 1)]
    given = dict(zip(_OURS, _FIELDS, strict=True))
    return Grid("osm", (*_OURS, *extra), tuple(lines), given, frozenset(extra), (Note("osm-tags"),))


def _line(number: int, place: Sequence[str], tags: Mapping[str, str], extra: Sequence[str]) -> Line:
    remarks: list[Remark] = []
    kind = tags.get("surveillance:type", "").lower()
    broken = "" if place else "no-point"
    if not is_camera(tags) or not set(kind.split(";")) & _SEEING:
        broken = "no-camera"
    ours = (
        _id(tags),
        tags.get("name", ""),
        tags.get("name:en", ""),
        *(tuple(place[:2]) or ("", "")),
        _type(tags, remarks),
        _direction(tags, remarks),
        tags.get("camera:angle", ""),
        tags.get("height", "") or tags.get("est_height", ""),
        tags.get("operator", ""),
        " ".join(filter(None, (tags.get(f"addr:{part}", "") for part in ("city", "street", "housenumber")))),
        "; ".join(filter(None, (_said(tags, name) for name in ("surveillance", "surveillance:zone", *SPEED[:1])))),
        "; ".join(filter(None, (tags.get("description", ""), _mount(tags)))),
        tags.get("contact:webcam", ""),
    )
    return Line(number, ours + tuple(tags.get(name, "") for name in extra), broken, tuple(remarks))


def _id(tags: Mapping[str, str]) -> str:
    named = tags.get("@id") or tags.get("id")
    return named or next((value for name, value in tags.items() if field_of(name) == "id" and value), "")


def _type(tags: Mapping[str, str], remarks: list[Remark]) -> str:
    told = tags.get("camera:type", "").lower()
    if not told:
        return "ptz" if tags.get("revolving") == "yes" else ""
    found = _TYPES.get(told, "")
    if not found:
        remarks.append(Remark("camera:type", "unknown-code", {"value": told}))
    return found


def _direction(tags: Mapping[str, str], remarks: list[Remark]) -> str:
    """One direction; the middle of a range; none where several are given."""
    told = tags.get("camera:direction", "") or tags.get("direction", "")
    between = _RANGE.fullmatch(told)
    if between:
        first, last = float(between[1]), float(between[2])
        middle = (first + ((last - first) % 360.0) / 2.0) % 360.0
        remarks.append(Remark("camera:direction", "middle-of-range", {"value": told, "used": middle}))
        return f"{middle:g}"
    if ";" in told or told.lower() in ("both", "forward", "backward"):
        remarks.append(Remark("camera:direction", "not-one-direction", {"value": told}))
        return ""
    return told


def _said(tags: Mapping[str, str], name: str) -> str:
    value = tags.get(name, "")
    return value if name != SPEED[0] or value == SPEED[1] else ""


def _mount(tags: Mapping[str, str]) -> str:
    return f"mount: {tags['camera:mount']}" if tags.get("camera:mount") else ""


def read_xml(root: Any, file: str) -> Grid:
    """Surveillance nodes of an OpenStreetMap document.

    Raises
    ------
    UnreadableList
    """
    nodes: list[Tagged] = []
    for node in root.iter("node"):
        tags = {one.get("k", ""): cells.text(one.get("v", "")) for one in node.iterfind("tag")}
        if is_camera(tags):
            place = (node.get("lon", ""), node.get("lat", ""))
            nodes.append((place if all(place) else (), {"@id": f"node/{node.get('id', '')}", **tags}))
    if not nodes:
        raise UnreadableList(file, "no-surveillance")
    if len(nodes) > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)
    return grid(nodes)
