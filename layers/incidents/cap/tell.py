"""Incidents become alerts: what other systems are told of one, and a server like this one takes in as the same."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from layers.incidents.cap.alert import Alert, Area, CapCategory, CapSeverity, Circle, Info, MessageType, Reference
from layers.incidents.cap.incidents import OWN
from layers.incidents.model import Category, Incident, Severity

CAP_CATEGORY: Final[Mapping[Category, CapCategory]] = {
    "fire": "Fire",
    "rescue": "Rescue",
    "hazardous-material": "CBRNE",
    "medical": "Health",
    "traffic-accident": "Transport",
    "traffic-jam": "Transport",
    "theft": "Security",
    "robbery": "Security",
    "assault": "Security",
    "dispute": "Security",
    "disturbance": "Security",
    "missing-person": "Rescue",
    "fraud": "Security",
    "suspicious": "Security",
    "false-alarm": "Other",
    "help": "Other",
    "other": "Other",
}
CAP_SEVERITY: Final[Mapping[Severity, CapSeverity]] = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}
RESTRICTION: Final = "仅限获授权者 · authorised recipients only"
_NO_NAME: Final = re.compile(r"[\s,<&]")


def alert_of(one: Incident, sender: str, sender_name: str, event: str, language: str) -> Alert:
    """An incident as an alert. Each version of the record is a message of its own, about the first.

    Parameters
    ----------
    sender, sender_name : who tells it
    event : what it is, in the words of a language (``zh-CN``, ``en-US``)
    """
    identifier = _NO_NAME.sub("-", one.id)
    first = Reference(sender=sender, identifier=f"{identifier}.1", sent=_second(one.reported_at))
    kind = _message(one)
    return Alert(
        identifier=f"{identifier}.{one.version}",
        sender=sender,
        sent=_sent(one),
        status="Exercise" if one.exercise else "Actual",
        message_type=kind,
        scope="Restricted",
        restriction=RESTRICTION,
        note=one.steps[-1].remark if kind == "Cancel" and one.steps else "",
        references=() if kind == "Alert" else (first,),
        infos=(_info(one, sender_name, event, language),),
    )


def _message(one: Incident) -> MessageType:
    if one.version == 1:
        return "Alert"
    return "Cancel" if one.state == "closed" else "Update"


def _info(one: Incident, sender_name: str, event: str, language: str) -> Info:
    named = {
        "category": one.category,
        "subcategory": one.subcategory,
        "number": one.number,
        "source": one.source,
        "state": one.state,
        "address": one.address,
    }
    return Info(
        language=language,
        categories=(CAP_CATEGORY[one.category],),
        event=event,
        urgency="Immediate" if one.open else "Past",
        severity=CAP_SEVERITY[one.severity],
        certainty="Unlikely" if one.category == "false-alarm" else "Observed",
        onset=_second(one.reported_at),
        expires=one.expires_at,
        sender_name=sender_name,
        headline=" · ".join(filter(None, (one.subcategory or event, one.address))),
        description=one.description,
        parameters=tuple((f"{OWN}{name}", value) for name, value in named.items() if value),
        areas=(_area(one),),
    )


def _area(one: Incident) -> Area:
    """A circle, of radius 0 where the place is a spot; a description is asked for, so the place stands in for one."""
    spot = Circle(centre=(one.lon, one.lat), radius_m=one.within_m or 0.0)
    return Area(description=one.address or f"{one.lat:.5f}, {one.lon:.5f}", circles=(spot,))


def _sent(one: Incident) -> datetime:
    """When something was last done or written down about it."""
    done = [step.at for step in one.steps]
    said = [note.at for note in one.notes] + [picture.at for picture in one.pictures]
    return _second(max([one.reported_at, *done, *said]))


def _second(moment: datetime) -> datetime:
    """CAP knows no parts of a second."""
    return moment.replace(microsecond=0)
