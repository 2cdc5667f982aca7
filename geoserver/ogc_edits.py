"""OGC API - Features, Part 4: what a feature that is sent asks to be made or set.

A feature says what may be set and what follows from it, as it is read. What follows may be sent back as it was read;
set otherwise it is refused. The rest goes to those that make and change records by hand, whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import orjson

from geoserver.faults import BadParameter, ServerError
from geoserver.ogc_crs import Frame
from geoserver.ogc_items import feature
from layers.record import Record

Where = Literal["Point", "Polygon"] | None
MOST_BYTES = 2_000_000
NUMBER = (int, float)
OF_ITSELF = frozenset({"height_m", "mount_height_m"})
"""Fields that follow from the place where they are left out."""


class WrongMedia(ServerError):
    """A body of a kind that is not taken here."""

    code = "wrong-media"
    text = "{given} is not taken here. Send {taken}."


@dataclass(frozen=True, slots=True)
class Sent:
    """A feature as it was sent: its fields by the record's names, its coordinates in CRS84h.

    ``coordinates`` : of its geometry; None where it has none
    """

    id: str | None
    fields: Mapping[str, Any]
    coordinates: list[Any] | None


def read_body(body: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises
    ------
    BadParameter
    """
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadParameter(parameter="body", value=None, reason="json_invalid", detail="is no JSON.") from None
    if not isinstance(found, dict):
        raise _no_feature("body")
    return found


def merged(kept: Any, patch: Any) -> Any:
    """A document with a merge patch (RFC 7396): null takes a member away."""
    if not isinstance(patch, dict):
        return patch
    found = dict(kept) if isinstance(kept, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def read_feature(document: Mapping[str, Any], where: Where, frame: Frame) -> Sent:
    """A feature of a kind whose geometry is of a type; None: follows from other things.

    Raises
    ------
    BadParameter
    """
    if document.get("type") != "Feature":
        raise _no_feature("type", document.get("type"))
    for name in document:
        if name not in ("type", "id", "geometry", "properties", "links", "bbox"):
            raise BadParameter(parameter=name, value=None, reason="extra_forbidden", detail="is not known here.")
    fields = document.get("properties")
    fields = {} if fields is None else fields
    if not isinstance(fields, dict):
        raise _no_feature("properties")
    id_, own = document.get("id"), fields.get("id")
    for one in (id_, own):
        if one is not None and (not isinstance(one, str) or one != (id_ or own)):
            raise BadParameter(parameter="id", value=str(one), reason="other-id", detail="is another id.")
    # Which version was read, If-Match says.
    fields = {name: value for name, value in fields.items() if name not in ("id", "version")}
    return Sent(id_ or own, fields, _coordinates(document.get("geometry"), where, frame))


def _coordinates(geometry: Any, where: Where, frame: Frame) -> list[Any] | None:
    if geometry is None and where is None:
        return None
    kind = where or "Point"
    fine = isinstance(geometry, dict) and set(geometry) == {"type", "coordinates"} and geometry["type"] == kind
    try:
        if not fine:
            raise ValueError
        given = geometry["coordinates"]
        return _home(given, frame) if kind == "Point" else [[_home(one, frame) for one in ring] for ring in given]
    except (TypeError, ValueError):
        detail = f"is no {kind}."
        raise BadParameter(
            parameter="geometry", value=None, reason="wrong-geometry", detail=detail, expected=kind
        ) from None


def _home(position: Any, frame: Frame) -> list[float]:
    """A position in longitude, latitude and the height that was given."""
    if (
        not isinstance(position, list)
        or not 2 <= len(position) <= 3
        or any(type(one) not in NUMBER for one in position)
    ):
        raise ValueError
    numbers = [float(one) for one in position]
    lon, lat = frame.home(numbers[0], numbers[1])
    if not np.isfinite([lon, lat, *numbers]).all():
        raise ValueError
    return [lon, lat, *numbers[2:]]


def new_fields(sent: Sent, settable: frozenset[str]) -> dict[str, Any]:
    """The fields of a record to be made.

    Raises
    ------
    BadParameter
        A field that is not for people to set.
    """
    for name, value in sent.fields.items():
        if name not in settable and value is not None:
            raise _unsettable(name, value, sorted(settable))
    return {name: value for name, value in sent.fields.items() if name in settable and value is not None}


def changed_fields(kept: Record, sent: Sent, settable: frozenset[str], *, is_fresh: bool) -> dict[str, Any]:
    """The fields that a feature would have otherwise than they are kept; what is left out falls back.

    ``is_fresh`` : it was made of what is kept; else what follows from other things may have been otherwise then

    Raises
    ------
    BadParameter
    """
    told = cast("Mapping[str, Any]", feature(kept)["properties"])
    for name, value in sent.fields.items():
        known = name in told
        if name not in settable and (not known or (is_fresh and value != told[name])):
            raise _unsettable(name, value, sorted(settable), known=known)
    wanted = {
        name: _wanted(kept, name, sent) for name in settable if not (name in OF_ITSELF and name not in sent.fields)
    }
    return {name: value for name, value in wanted.items() if value != told.get(name)} | _moved(kept, sent)


def _wanted(kept: Record, name: str, sent: Sent) -> Any:
    if sent.fields.get(name) is not None:
        return sent.fields[name]
    info = type(kept).model_fields[name]
    if info.is_required():
        raise BadParameter(parameter=name, value=None, reason="missing", detail="is missing.")
    usual = info.get_default(call_default_factory=True)
    return list(usual) if isinstance(usual, tuple) else usual


def _moved(kept: Record, sent: Sent) -> dict[str, Any]:
    """Where it is to be, where that is elsewhere."""
    geometry = kept.geometry
    if sent.coordinates is None or sent.coordinates == geometry["coordinates"]:
        return {}
    if geometry["type"] == "Polygon":
        flat = [[corner[:2] for corner in ring] for ring in sent.coordinates]
        return {} if flat == _flat(geometry) else {"rings": flat}
    lon, lat, *height = sent.coordinates
    moved = {name: value for name, value in (("lon", lon), ("lat", lat)) if value != getattr(kept, name)}
    if height and (moved or height[0] != kept.height_m):
        moved["height_m"] = height[0]
    return moved


def _flat(geometry: Mapping[str, Any]) -> list[Any]:
    return [[list(corner[:2]) for corner in ring] for ring in geometry["coordinates"]]


def _unsettable(name: str, value: Any, settable: list[str], *, known: bool = True) -> BadParameter:
    names = ", ".join(settable)
    shown = value if isinstance(value, str | int | float) else None
    if known:
        return BadParameter(parameter=name, value=shown, reason="read-only", detail="cannot be set.", known=names)
    return BadParameter(parameter=name, value=shown, reason="extra_forbidden", detail="is not known.", known=names)


def _no_feature(parameter: str, value: Any = None) -> BadParameter:
    shown = value if isinstance(value, str) else None
    return BadParameter(parameter=parameter, value=shown, reason="not-a-feature", detail="is no GeoJSON feature.")
