"""Incidents as files for other programs: CSV for spreadsheets, GeoJSON for maps."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from geoserver.export_rows import harmless
from geoserver.incident_answers import incident_feature
from layers.incidents.model import Incident

COLUMNS = (
    "id", "exercise", "source", "number", "category", "subcategory", "severity", "state", "reported_at", "closed_at",
    "deadline", "expires_at", "lon", "lat", "within_m", "address", "description", "unit", "area", "duplicate_of",
    "pictures",
)  # fmt: skip


def as_csv(incidents: Iterable[Incident], zone: ZoneInfo) -> bytes:
    """A table with times in a zone; what callers said can be no formula in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in incidents:
        closed = one.steps[-1].at if one.state == "closed" and one.steps else None
        told = {"closed_at": closed, "pictures": len(one.pictures)}
        writer.writerow([_cell(told[name] if name in told else getattr(one, name), zone) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def as_geojson(incidents: Iterable[Incident], now: datetime) -> bytes:
    """A feature collection."""
    features = [incident_feature(one, now) for one in incidents]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _cell(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return harmless(value)
