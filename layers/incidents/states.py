"""The life of an incident: which moves are allowed, how long each state may last, who is watched over.

Pure: the time and the person come from the caller.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from layers.errors import LayersError
from layers.incidents.model import MOST_NOTES, MOST_PICTURES, MOST_STEPS, Incident, Note, Picture, State, Step

Action = Literal["accept", "dispatch", "arrive", "resolve", "close"]

LEADS_TO: Mapping[Action, State] = MappingProxyType(
    {"accept": "accepted", "dispatch": "dispatched", "arrive": "on-scene", "resolve": "resolved", "close": "closed"}
)
"""What a person does → the state that follows."""

MOVES: Mapping[State, tuple[State, ...]] = MappingProxyType(
    {
        "reported": ("accepted", "closed"),
        "accepted": ("dispatched", "resolved", "closed"),
        "dispatched": ("dispatched", "on-scene", "resolved"),
        "on-scene": ("dispatched", "resolved"),
        "resolved": ("dispatched", "closed"),
        "closed": (),
    }
)
"""State → where it may go. Dispatched again: another unit takes it. Resolved and dispatched: it flared up."""

MINUTES: Mapping[State, tuple[int, int, int, int] | None] = MappingProxyType(
    {
        "reported": (1, 2, 5, 10),
        "accepted": (2, 3, 10, 30),
        "dispatched": (8, 10, 20, 40),
        "on-scene": (120, 240, 480, 1_440),
        "resolved": (1_440, 2_880, 4_320, 4_320),
        "closed": None,
    }
)
"""How long an incident may stay in a state, by severity 1 to 4; None = for ever. The one home of the deadlines."""


class WrongMove(LayersError):
    """An incident cannot go from its state to the one asked for."""

    code = "wrong-move"
    text = "Incident {id} is {state}; it can become {allowed}, not {wanted}."


class FullRecord(LayersError):
    """An incident has as many steps or notes as one may have."""

    code = "full-record"
    text = "Incident {id} has {count} {what}, which is the most that one may have."


def deadline_of(state: State, severity: int, since: datetime) -> datetime | None:
    """Until when an incident should leave a state that it came into at a time."""
    minutes = MINUTES[state]
    return None if minutes is None else since + timedelta(minutes=minutes[severity - 1])


def begun(fields: Mapping[str, Any], *, by: str, request: str = "") -> Incident:
    """An incident that has just been reported.

    Raises
    ------
    pydantic.ValidationError
    """
    first = Incident(**{**fields, "state": "reported", "steps": ()})
    step = Step(state="reported", at=first.reported_at, by=by, request=request)
    return with_fields(first, steps=(step,), request=request)


def with_fields(incident: Incident, **fields: Any) -> Incident:
    """An incident with other values, checked, its deadline following from its state and severity.

    Raises
    ------
    pydantic.ValidationError
    """
    new = Incident(**{**incident.model_dump(), **fields})
    since = new.steps[-1].at if new.steps else new.reported_at
    return new.model_copy(update={"deadline": deadline_of(new.state, new.severity, since)})


def moved(
    incident: Incident,
    action: Action,
    *,
    at: datetime,
    by: str,
    unit: str = "",
    remark: str = "",
    request: str = "",
    duplicate_of: str = "",
) -> Incident:
    """An incident after a person has done something; the same request does it once.

    Raises
    ------
    WrongMove, FullRecord
    """
    if request and any(step.request == request for step in incident.steps):
        return incident
    wanted = LEADS_TO[action]
    if wanted not in MOVES[incident.state]:
        allowed = ", ".join(MOVES[incident.state]) or "-"
        raise WrongMove(id=incident.id, state=incident.state, wanted=wanted, allowed=allowed)
    if len(incident.steps) >= MOST_STEPS:
        raise FullRecord(id=incident.id, what="steps", count=MOST_STEPS)
    # Clocks of two servers differ by a little; the order of the steps is what happened.
    after = max(at, incident.steps[-1].at) if incident.steps else at
    step = Step(state=wanted, at=after, by=by, unit=unit, remark=remark, request=request)
    return with_fields(
        incident,
        state=wanted,
        steps=(*incident.steps, step),
        unit=unit or incident.unit,
        duplicate_of=duplicate_of or incident.duplicate_of,
    )


def noted(incident: Incident, text: str, *, at: datetime, by: str, request: str = "") -> Incident:
    """An incident with one more note; the same request adds it once.

    Raises
    ------
    FullRecord
    """
    if request and any(note.request == request for note in incident.notes):
        return incident
    if len(incident.notes) >= MOST_NOTES:
        raise FullRecord(id=incident.id, what="notes", count=MOST_NOTES)
    return with_fields(incident, notes=(*incident.notes, Note(at=at, by=by, text=text, request=request)))


def pictured(incident: Incident, picture: Picture) -> Incident:
    """An incident with one more picture; the same picture is there once.

    Raises
    ------
    FullRecord
    """
    if any(one.id == picture.id for one in incident.pictures):
        return incident
    if len(incident.pictures) >= MOST_PICTURES:
        raise FullRecord(id=incident.id, what="pictures", count=MOST_PICTURES)
    return with_fields(incident, pictures=(*incident.pictures, picture))


def without_picture(incident: Incident, picture: Picture) -> Incident:
    """An incident with one picture less."""
    return with_fields(incident, pictures=tuple(one for one in incident.pictures if one.id != picture.id))


def overdue(incident: Incident, now: datetime) -> bool:
    """Whether an incident is past its deadline."""
    return incident.deadline is not None and now > incident.deadline


def watched_over(incident: Incident, now: datetime) -> bool:
    """Whether an incident is supervised: past its deadline, or marked while it is open."""
    return overdue(incident, now) or (incident.supervised and incident.state != "closed")
