"""What an alert says about an incident, in the words of this city's records."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from layers.areas import AreaIndex, smallest
from layers.incidents.cap.alert import Alert, CapCategory, CapSeverity, Info, Reference
from layers.incidents.cap.place import Extent, spot_of
from layers.incidents.cap.read import BadAlert
from layers.incidents.model import CATEGORIES, Category, Severity

CATEGORY: Final[Mapping[CapCategory, Category]] = {
    "Fire": "fire",
    "Rescue": "rescue",
    "CBRNE": "hazardous-material",
    "Health": "medical",
    "Transport": "traffic-accident",
    "Security": "disturbance",
}
"""Geo, Met, Safety, Env, Infra and Other have no word of their own: other, with the alert's event beside it."""
SEVERITY: Final[Mapping[CapSeverity, Severity]] = {
    "Extreme": 1, "Severe": 2, "Moderate": 3, "Minor": 4, "Unknown": 3,
}  # fmt: skip
OWN: Final = "geoserver:"
"""Begins the names of parameters in which a server like this one says what CAP has no element for."""
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Town:
    """What of a city is needed to place an alert.

    Attributes
    ----------
    extent : west, south, east, north, degrees
    languages : in which alerts are shown, the best first: zh, en
    sender : by which this server names itself in alerts
    """

    extent: Extent
    areas: AreaIndex
    languages: Sequence[str] = ("zh", "en")
    sender: str = ""


def info_of(alert: Alert, languages: Sequence[str]) -> Info | None:
    """What an alert says in the first of the languages that it speaks, else in its own first; None = nothing."""
    for language in languages:
        for info in alert.infos:
            if info.language.lower().partition("-")[0] == language:
                return info
    return alert.infos[0] if alert.infos else None


def fields_of(alert: Alert, town: Town) -> dict[str, Any]:
    """The fields of an incident that an alert tells.

    Raises
    ------
    BadAlert
        It says nothing, or not where, or that it is elsewhere.
    """
    info = info_of(alert, town.languages)
    if info is None:
        raise BadAlert("info", "cap-no-info")
    spot = spot_of(info.areas, town.extent, town.areas.outline)
    codes = town.areas.codes(spot.lon, spot.lat)
    where = next((area.description for area in info.areas if area.description), "")
    return {
        "number": alert.identifier[:100],
        "category": next((CATEGORY[one] for one in info.categories if one in CATEGORY), "other"),
        "subcategory": info.event[:300],
        "severity": SEVERITY[info.severity],
        "description": _said(info)[:4_000],
        "address": where[:300],
        **_own(info),
        "lon": spot.lon,
        "lat": spot.lat,
        "within_m": spot.within_m,
        "exercise": alert.is_exercise,
        "expires_at": info.expires,
        "area": smallest(codes),
        **{level: codes.get(level, "") for level in ("district", "street", "community")},
    }


def _own(info: Info) -> dict[str, Any]:
    """What another server like this one said in its own words."""
    told = {name.removeprefix(OWN): value for name, value in info.parameters if name.startswith(OWN)}
    if told.get("category") not in CATEGORIES:
        return {}
    texts = {"number": 100, "subcategory": 300, "address": 300}
    return {
        "category": cast(Category, told["category"]),
        "description": info.description[:4_000],
        **{name: told.get(name, "")[:most] for name, most in texts.items()},
    }


def _said(info: Info) -> str:
    """Headline, description and what to do; some senders break lines as web pages do."""
    told = (info.headline, info.description, info.instruction)
    return _BREAK.sub("\n", "\n".join(one for one in told if one))


def first_sent(alert: Alert) -> datetime:
    """When the chain of an alert began, as far as it says."""
    return min([alert.sent, *(one.sent for one in alert.references)])


def incident_id(reference: Reference, exercise: bool) -> str:
    """The id of the incident that a message begins. What is played is never what is real."""
    key = f"{reference.sender},{reference.identifier}{',exercise' if exercise else ''}"
    return "cap-" + hashlib.sha256(key.encode()).hexdigest()[:24]


def has_ended(alert: Alert, info: Info | None, now: datetime) -> bool:
    """Whether an alert tells of something that is over: cancelled, or it has held for as long as it was to."""
    if alert.message_type == "Cancel":
        return True
    return info is not None and info.expires is not None and info.expires <= now
