"""Vehicles and their tracks as the API tells them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from geoserver.live.positions import Board, Position
from geoserver.ogc_items import feature
from geoserver.vehicles.garage import VEHICLE
from layers.tracks.stops import stops
from layers.tracks.track import GAP_S, Track
from layers.tracks.written import czml, geojson, gpx, mf_json
from layers.tracks.written.times import iso
from layers.vehicles import Vehicle

TRACK_FORMS: Mapping[str, str] = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "mf-json": "application/geo+json",
    "gpx": gpx.MEDIA_TYPE,
    "czml": "application/vnd.cesium.czml+json",
}
"""Form → media type."""
SUFFIXES: Mapping[str, str] = {"mf-json": "mf.json"}


def vehicle_feature(one: Vehicle, board: Board) -> dict[str, Any]:
    """A vehicle with where it is now."""
    return feature(one) | {"position": position_told(board.latest(VEHICLE, one.id))}


def position_told(position: Position | None) -> dict[str, Any] | None:
    """Where a thing was last heard of; None where it was not, or long ago."""
    if position is None:
        return None
    return {
        "lon": round(position.lon, 7),
        "lat": round(position.lat, 7),
        "height_m": position.height_m,
        "heading_deg": position.heading_deg,
        "speed_m_s": position.speed_m_s,
        "at": datetime.fromtimestamp(position.time_s, UTC).isoformat(),
    }


def track_told(vehicle: Vehicle, track: Track, span_ms: tuple[int, int], whole: bool) -> dict[str, Any]:
    """A track as columns, with its length, gaps and stops; ``whole``: it has not been cut off."""
    fixes = track.fixes
    return {
        "vehicle": vehicle.id,
        "name": vehicle.name,
        "name_en": vehicle.name_en,
        "begin": iso(span_ms[0]),
        "end": iso(span_ms[1]),
        "count": len(track),
        "complete": whole,
        "length_m": round(track.length_m(), 1),
        "gaps": [{"begin": iso(begin), "end": iso(end)} for begin, end in track.gaps()],
        "stops": [
            {"begin": iso(one.begin_ms), "end": iso(one.end_ms), "lon": round(one.lon, 7), "lat": round(one.lat, 7)}
            for one in stops(track)
        ],
        "time_ms": fixes["time_ms"].tolist(),
        "lon": fixes["lon"].round(7).tolist(),
        "lat": fixes["lat"].round(7).tolist(),
        **{
            name: [None if value != value else round(value, 2) for value in fixes[name].tolist()]
            for name in ("height_m", "heading_deg", "speed_m_s")
        },
    }


def track_written(vehicle: Vehicle, track: Track, form: str) -> bytes:
    """A track as a file of one of ``TRACK_FORMS``."""
    about = {"name": vehicle.name, "name_en": vehicle.name_en, "type": vehicle.type, "plate": vehicle.plate}
    if form == "gpx":
        return gpx.as_gpx([(vehicle.name, track)], gap_s=GAP_S)
    if form == "czml":
        return orjson.dumps(czml.as_czml([(vehicle.name, track)], vehicle.name, gap_s=GAP_S))
    if form == "mf-json":
        return orjson.dumps(mf_json.feature_of(track, about, gap_s=GAP_S))
    return orjson.dumps(geojson.feature_of(track, about, gap_s=GAP_S))
