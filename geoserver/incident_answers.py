"""Incidents as the API tells them: features, one with its cameras and checkpoints, figures, hexagons."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from geoserver.accounts.caller import Caller
from geoserver.accounts.seen import Seen
from geoserver.boxes import Box
from geoserver.incident_board import Board
from geoserver.incident_pictures import pictures_told
from geoserver.link_answers import link_answer
from geoserver.services import Now, Services
from geoserver.storage.store import Query
from geoserver.town import Town
from geoserver.words import Lang
from layers.areas import LEVELS
from layers.cameras.model import Tier
from layers.checkpoints import Checkpoint
from layers.coverage.hexagons import name_of, outline_of
from layers.grants.permissions import Reach
from layers.incidents.duplicates import SOON, duplicates, metres_between
from layers.incidents.model import Incident
from layers.incidents.states import LEADS_TO, MOVES, overdue, watched_over
from layers.incidents.statistics import Level, counted, hexagons
from layers.responsible import Unit, answers_for

CAMERAS_A_TIER = 3
CHECKPOINTS = 5
NEAR_DEG = 0.05
"""Checkpoints are looked for no farther than about 5 km away."""
FIELDS = (
    "source", "number", "category", "subcategory", "severity", "description", "address", "within_m", "reference",
    "state", "unit", "duplicate_of", "exercise", "area", "district", "street", "community", "version",
)  # fmt: skip


def zone_of(town: Town) -> ZoneInfo:
    """The zone whose clocks hang in the city."""
    return ZoneInfo(str(town.build["city"]["time_zone"]))


def areas_under(town: Town, code: str) -> frozenset[str]:
    """An area and all areas in it, at any level."""
    found = {code}
    for _ in LEVELS:
        found |= {row["code"] for row in town.area_rows if row["parent"] in found}
    return frozenset(found)


def incident_feature(one: Incident, now: datetime) -> dict[str, Any]:
    """An incident as a GeoJSON feature; what hangs on the time is as of now."""
    document = one.model_dump(mode="json", include=set(FIELDS))
    told = {name: document[name] for name in FIELDS}
    told |= {
        "reported_at": _utc(one.reported_at),
        "since": _utc(one.steps[-1].at if one.steps else one.reported_at),
        "deadline": _utc(one.deadline),
        "expires_at": _utc(one.expires_at),
        "overdue": overdue(one, now),
        "supervised": watched_over(one, now),
        "marked": one.supervised,
        "notes": len(one.notes),
        "pictures": len(one.pictures),
    }
    return {"type": "Feature", "id": one.id, "geometry": one.geometry, "properties": told}


def incident_detail(services: Services, board: Board, one: Incident, caller: Caller, lang: Lang) -> dict[str, Any]:
    """One incident with all that helps: what may follow, who answers for the place, cameras, checkpoints, doubles;
    only what the caller sees of them, and may do."""
    codes = services.now.town.areas.codes(one.lon, one.lat)
    store, may = Seen(services.store, caller.permissions), caller.permissions
    units = [unit for unit in store.find(Query("unit")) if isinstance(unit, Unit)]
    seen = caller.sees("incident").covers_record
    around = [other for other in board.around(one, SOON.total_seconds()) if seen(other)]
    allowed = [
        action
        for action, state in LEADS_TO.items()
        if state in MOVES[one.state] and may.allows(action, "incident", area=one.area)
    ]
    return incident_feature(one, datetime.now(UTC)) | {
        "steps": [_told(step) for step in one.steps],
        "notes": [_told(note) for note in one.notes],
        "pictures": pictures_told(one, caller),
        "allowed": allowed,
        "responsible": [
            {"level": who.level, "area": who.area, "name": who.name, "phone": who.phone, "unit": who.unit}
            for who in answers_for(codes, units)
        ],
        "cameras": _cameras(services.now, one, caller.sees("camera"), lang),
        "checkpoints": _checkpoints(store, one),
        "duplicates": [
            {
                "id": double.id,
                "distance_m": double.apart_m,
                "seconds": double.apart_s,
                "reasons": list(double.reasons),
                "score": double.score,
            }
            for double in duplicates(one, around)
        ],
    }


def _told(value: Any) -> dict[str, Any]:
    """A step or a note without the mark of its request."""
    told: dict[str, Any] = value.model_dump(exclude={"request"})
    return told | {"at": _utc(value.at)}


def _cameras(now: Now, one: Incident, reach: Reach, lang: Lang) -> dict[str, Any] | None:
    """The best cameras of each tier; None where nobody knows at which spot they should look."""
    if not one.exact or not bool(now.town.scene.inside(one.lon, one.lat)):
        return None
    place = (one.lon, one.lat, one.height_m)
    told = link_answer(now, place, 12.5, None, 1, lang, seen=reach)
    best = {}
    for tier in get_args(Tier):
        found = link_answer(now, place, 12.5, tier, CAMERAS_A_TIER, lang, seen=reach)["cameras"]
        best[f"tier_{tier}"] = [camera for camera in found if camera["visible"]]
    return {"place": told["place"], "recommended": told["recommended"], **best}


def _checkpoints(store: Seen, one: Incident) -> list[dict[str, Any]]:
    box: Box = (one.lon - NEAR_DEG, one.lat - NEAR_DEG, one.lon + NEAR_DEG, one.lat + NEAR_DEG)
    near = [
        (metres_between(one, point), point)
        for point in store.find(Query("checkpoint", bbox=box))
        if isinstance(point, Checkpoint) and point.status != "retired"
    ]
    near.sort(key=lambda pair: (pair[0], pair[1].id))
    return [
        {
            "id": point.id,
            "name": point.name,
            "road": point.road,
            "status": point.status,
            "lon": point.lon,
            "lat": point.lat,
            "distance_m": round(away, 1),
        }
        for away, point in near[:CHECKPOINTS]
    ]


def statistics_answer(town: Town, incidents: Iterable[Incident], level: Level) -> dict[str, Any]:
    """Counts by area, category and hour of the city's clocks."""
    found = counted(incidents, zone_of(town), datetime.now(UTC), level)
    names: Mapping[str, str] = {code: area.name for code, area in town.areas.areas.items()}
    return {
        "level": level,
        "time_zone": str(town.build["city"]["time_zone"]),
        "total": found.total,
        "open": found.open,
        "overdue": found.overdue,
        "areas": [
            {"area": code, "name": names.get(code, ""), "count": count} for code, count in found.by_area().items()
        ],
        "categories": [{"category": name, "count": count} for name, count in found.by_category().items()],
        "hours": found.by_hour(),
        "cells": [
            {"area": area, "category": category, "hour": hour, "count": count}
            for (area, category, hour), count in found.cells.items()
        ],
    }


def heat_answer(incidents: Iterable[Incident], resolution: int) -> dict[str, Any]:
    """Hexagons of H3 with how many incidents lie in each."""
    cells, left_out = hexagons(incidents, resolution)
    features = [
        {
            "type": "Feature",
            "id": name_of(cell),
            "geometry": {"type": "Polygon", "coordinates": [outline_of(cell)]},
            "properties": {"count": count},
        }
        for cell, count in sorted(cells.items())
    ]
    return {
        "type": "FeatureCollection",
        "resolution": resolution,
        "most": max(cells.values(), default=0),
        "left_out": left_out,
        "features": features,
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
