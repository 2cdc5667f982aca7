"""What an alert says about an incident: its place, category and severity, in the words of this city's records."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import shapely

from layers.incidents.cap.alert import Alert, Area, CapCategory, CapSeverity, Info
from layers.incidents.cap.read import BadAlert
from layers.incidents.model import Category, Severity

CATEGORY: Final[dict[CapCategory, Category]] = {
    "Fire": "fire",
    "Rescue": "rescue",
    "CBRNE": "hazardous-material",
    "Health": "medical",
    "Transport": "traffic-accident",
    "Security": "disturbance",
}
"""Geo, Met, Safety, Env, Infra and Other have no word of their own: other, with the alert's event beside it."""
SEVERITY: Final[dict[CapSeverity, Severity]] = {"Extreme": 1, "Severe": 2, "Moderate": 3, "Minor": 4, "Unknown": 3}
LEAST_M: Final = 1.0
_METRES_PER_DEGREE: Final = 111_320.0
PlaceOf = Callable[[str, str], tuple[float, float, float] | None]
"""The middle and reach (lon, lat, m) of an area that a geocode names; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an alert tells of an incident.

    Attributes
    ----------
    incident : id of the incident: the same for all alerts of one chain
    lon, lat, within_m : the middle of its areas and how far they reach; within_m None = a point
    ended : it is cancelled, all clear or expired when it was sent
    """

    incident: str
    number: str
    category: Category
    event: str
    severity: Severity
    headline: str
    description: str
    address: str
    lon: float
    lat: float
    within_m: float | None
    reported_at: datetime
    exercise: bool
    ended: bool


def told_by(alert: Alert, languages: Sequence[str], place_of: PlaceOf = lambda _name, _value: None) -> Told:
    """What an alert says, in the first of the languages that it speaks, else in its own first.

    Raises
    ------
    BadAlert
        It says nothing, or not where.
    """
    info = _in(alert, languages)
    if info is None:
        raise BadAlert(element="info", detail="is missing: the alert says nothing that could be shown.")
    lon, lat, reach_m = _place(info.areas, place_of)
    return Told(
        incident=incident_id(alert),
        number=alert.identifier[:100],
        category=next((CATEGORY[one] for one in info.categories if one in CATEGORY), "other"),
        event=info.event[:300],
        severity=SEVERITY[info.severity],
        headline=info.headline,
        description="\n".join(filter(None, (info.headline, info.description, info.instruction)))[:4_000],
        address=next((area.description for area in info.areas if area.description), "")[:300],
        lon=lon,
        lat=lat,
        within_m=reach_m if reach_m > LEAST_M else None,
        reported_at=info.onset or info.effective or alert.sent,
        exercise=alert.is_exercise,
        ended=alert.message_type == "Cancel" or (info.expires is not None and info.expires <= alert.sent),
    )


def incident_id(alert: Alert) -> str:
    """The id of the incident of a chain of alerts: from the earliest that this one names, else from itself."""
    first = min(alert.references, key=lambda one: (one.sent, one.identifier), default=alert)
    return "cap-" + hashlib.sha256(f"{first.sender},{first.identifier}".encode()).hexdigest()[:24]


def _in(alert: Alert, languages: Sequence[str]) -> Info | None:
    for language in languages:
        for info in alert.infos:
            if info.language.lower().partition("-")[0] == language:
                return info
    return alert.infos[0] if alert.infos else None


def _place(areas: Sequence[Area], place_of: PlaceOf) -> tuple[float, float, float]:
    """The middle of the box around all areas, degrees, and the farthest that they reach from it, m."""
    spots: list[tuple[float, float, float]] = []
    for area in areas:
        for ring in area.polygons:
            spots.append(_of_ring(ring))
        spots += [(*circle.centre, circle.radius_m) for circle in area.circles]
        if not (area.polygons or area.circles):
            spots += [found for pair in area.geocodes if (found := place_of(*pair)) is not None]
    if not spots:
        raise BadAlert(element="area", detail="has no polygon, circle or code of an area that is known here.")
    if len(spots) == 1:
        return spots[0]
    lon = (min(one[0] for one in spots) + max(one[0] for one in spots)) / 2
    lat = (min(one[1] for one in spots) + max(one[1] for one in spots)) / 2
    return lon, lat, max(_metres(lon, lat, one[0], one[1]) + one[2] for one in spots)


def _of_ring(ring: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    middle = shapely.Polygon(ring).centroid if len(set(ring)) > 2 else shapely.MultiPoint(ring).centroid
    lon, lat = float(middle.x), float(middle.y)
    return lon, lat, max(_metres(lon, lat, *corner) for corner in ring)


def _metres(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Between places of a region, good to a hundredth."""
    wide = math.cos(math.radians((lat + to_lat) / 2))
    return _METRES_PER_DEGREE * math.hypot((to_lon - lon) * wide, to_lat - lat)
