"""Tracks as GeoJSON (RFC 7946): a line for each stretch between gaps, its times beside it."""

from collections.abc import Mapping
from typing import Any

from layers.tracks.track import Track
from layers.tracks.written.times import iso


def feature_of(track: Track, properties: Mapping[str, Any], *, gap_s: float) -> dict[str, Any]:
    """A track as a feature of lines. A stretch of one fix is left out: a line has two points at least.

    ``times`` : of every point, as the coordinates are nested
    """
    pieces = [piece for piece in track.pieces(gap_s) if len(piece) > 1]
    lines = [[_place(row) for row in piece.rows()] for piece in pieces]
    times = [[iso(row[0]) for row in piece.rows()] for piece in pieces]
    geometry = {"type": "MultiLineString", "coordinates": lines} if lines else None
    return {"type": "Feature", "id": track.unit, "properties": {**properties, "times": times}, "geometry": geometry}


def _place(row: tuple[Any, ...]) -> list[float]:
    _, lon, lat, height, *_ = row
    return [lon, lat] if height is None else [lon, lat, height]
