"""Tracks as OGC Moving Features JSON (19-045r3, MF-JSON Prism)."""

from collections.abc import Mapping
from typing import Any, Final

from layers.tracks.track import Track
from layers.tracks.written.times import iso

CRS84: Final = {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
CRS84H: Final = {"type": "Name", "properties": {"name": "http://www.opengis.net/def/crs/OGC/0/CRS84h"}}
UTC_TRS: Final = {"type": "Name", "properties": {"name": "urn:ogc:data:time:iso8601"}}
SPEED_UNIT, HEADING_UNIT = "m/s", "deg"
BETWEEN: Final = {"speed": "Linear", "heading": "Step"}
"""How values lie between times. Between 359 and 1 degrees a straight line would lead through south."""


def feature_of(track: Track, properties: Mapping[str, Any], *, gap_s: float) -> dict[str, Any]:
    """A track as a moving feature: a temporal geometry for each stretch between gaps (§7.2)."""
    pieces = [temporal_geometry(piece) for piece in track.pieces(gap_s)]
    geometry = pieces[0] if len(pieces) == 1 else {"type": "MovingGeometryCollection", "prisms": pieces}
    whole: dict[str, Any] = {
        "type": "Feature",
        "id": track.unit,
        "properties": dict(properties),
        "crs": CRS84H if has_heights(track) else CRS84,
        "trs": UTC_TRS,
        "temporalGeometry": geometry,
        "temporalProperties": temporal_properties(track),
    }
    if len(track):
        times = track.fixes["time_ms"]
        whole["time"] = [iso(int(times[0])), iso(int(times[-1]))]
        whole["bbox"] = _box(track)
    return whole


def temporal_geometry(piece: Track) -> dict[str, Any]:
    """A stretch without gaps as a moving point."""
    heights = has_heights(piece)
    places = [[lon, lat, height] if heights else [lon, lat] for _, lon, lat, height, _, _ in piece.rows()]
    return {
        "type": "MovingPoint",
        "datetimes": [iso(row[0]) for row in piece.rows()],
        "coordinates": places,
        "interpolation": "Linear",
    }


def temporal_properties(track: Track) -> list[dict[str, Any]]:
    """Speed and heading, at the times at which they are known."""
    rows = list(track.rows())
    found = []
    for name, column, unit in (("speed", 5, SPEED_UNIT), ("heading", 4, HEADING_UNIT)):
        known = [(row[0], row[column]) for row in rows if row[column] is not None]
        if known:
            values = [round(float(value), 3) for _, value in known if value is not None]
            measure = {"type": "Measure", "form": unit, "values": values, "interpolation": BETWEEN[name]}
            found.append({"datetimes": [iso(time_ms) for time_ms, _ in known], name: measure})
    return found


def has_heights(track: Track) -> bool:
    """Whether every fix has a height: coordinates of one geometry have all the same number of axes."""
    return all(row[3] is not None for row in track.rows())


def _box(track: Track) -> list[float]:
    lon, lat = track.fixes["lon"], track.fixes["lat"]
    return [float(value) for value in (lon.min(), lat.min(), lon.max(), lat.max())]
