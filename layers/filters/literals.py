"""What a filter gives by itself: times and geometries, checked."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

import numpy as np
import shapely

from layers.filters.faults import refused
from layers.filters.reckoning import microseconds
from layers.filters.terms import Shape, Time

DAY = 86_400_000_000
"""Microseconds."""
MOST_POINTS = 5_000
"""Of one geometry."""
TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
Box = tuple[float, float, float, float]


class Placing(Protocol):
    """Brings what is given in some reference system to degrees, WGS 84, longitude first."""

    def shape(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """A geometry, without heights."""

    def box(self, numbers: Sequence[float]) -> Box | None:
        """Four or six numbers as west, south, east, north; None where they are no box."""


def number_of(node: float, at: str) -> float:
    """A finite number."""
    try:
        value = float(node)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise refused("not-finite", at, None)
    return value


def instant(node: Any, at: str) -> Time:
    """A timestamp or a date, as an object of JSON names it."""
    if isinstance(node, dict) and set(node) in ({"timestamp"}, {"date"}):
        ((name, text),) = node.items()
        found = _read(text) if isinstance(text, str) else None
        if found is not None and (name == "date") == (len(text) == 10):
            return found
    raise refused("time", at, node)


def interval_end(text: Any, at: str) -> Time | None:
    """An end of an interval: a timestamp, a date, or .. for none."""
    if text == "..":
        return None
    found = _read(text) if isinstance(text, str) else None
    if found is None:
        raise refused("time", at, text)
    return found


def _read(text: str) -> Time | None:
    try:
        if len(text) == 10:
            first = microseconds(datetime.combine(date.fromisoformat(text), time(), UTC))
            return Time(first, first + DAY - 1)
        moment = datetime.fromisoformat(text)
        if text[10:11] not in ("T", "t") or moment.tzinfo is None:
            return None
        at = microseconds(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
    return Time(at, at)


def shape_of(node: Any, at: str, placing: Placing) -> Shape:
    """A geometry of GeoJSON, or a box."""
    if isinstance(node, dict) and set(node) == {"bbox"}:
        return Shape(_box(node["bbox"], at, placing))
    if not isinstance(node, dict) or node.get("type") not in TYPES:
        raise refused("geometry", at, node)
    try:
        given = shapely.force_2d(shapely.geometry.shape(node))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        raise refused("geometry", at, node) from None
    points = shapely.get_coordinates(given)
    if len(points) > MOST_POINTS:
        raise refused("points", at, None, most=MOST_POINTS)
    if not len(points) or not np.isfinite(points).all():
        raise refused("geometry", at, node)
    found = placing.shape(given)
    points = shapely.get_coordinates(found)
    if not np.isfinite(points).all() or (np.abs(points) > (180, 90)).any():
        raise refused("off-earth", at, node)
    if not shapely.is_valid(found):
        raise refused("invalid-geometry", at, node, why=shapely.is_valid_reason(found))
    return Shape(found)


def _box(numbers: Any, at: str, placing: Placing) -> shapely.Geometry:
    fine = isinstance(numbers, list) and len(numbers) in (4, 6)
    if not fine or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise refused("box", at, {"bbox": numbers})
    box = placing.box([number_of(one, at) for one in numbers])
    if box is None:
        raise refused("box", at, {"bbox": numbers})
    west, south, east, north = box
    halves = [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    # The hull of two corners: a box without width is a line, and one of nothing a point.
    found = [shapely.envelope(shapely.MultiPoint([half[:2], half[2:]])) for half in halves]
    return found[0] if len(found) == 1 else shapely.union_all(found)
