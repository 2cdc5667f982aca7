"""Alerts taken in: which incident each is about, and what becomes of it. Pure: writes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import ValidationError

from layers.incidents.cap.alert import Alert, Info, Reference
from layers.incidents.cap.incidents import Town, fields_of, first_sent, has_ended, incident_id, info_of
from layers.incidents.cap.read import BadAlert
from layers.incidents.model import MOST_ALERTS, MOST_NOTES, MOST_STEPS, Incident, Note, Step
from layers.incidents.states import with_fields

AHEAD: Final = timedelta(minutes=10)
"""Clocks of senders go wrong by no more than this."""
Outcome = Literal["made", "updated", "closed", "unchanged", "refused"]
_Key = tuple[bool, str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of one alert.

    Attributes
    ----------
    incident : as it is to be kept; as it is kept where nothing changes; None where it was refused
    kept : as it is kept before; None = it is not there yet
    why : what speaks against it, or why nothing changes; None = nothing does
    """

    outcome: Outcome
    incident: Incident | None = None
    kept: Incident | None = None
    why: BadAlert | None = None

    @property
    def changes(self) -> Incident | None:
        """What has to be written."""
        return self.incident if self.outcome in ("made", "updated", "closed") else None


class Chains:
    """Incidents by the messages that told them."""

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self._ids: dict[_Key, set[str]] = {}
        self._held: dict[str, Incident] = {}
        for one in incidents:
            self.put(one)

    def put(self, incident: Incident) -> None:
        """Take an incident up as it is now."""
        self._held[incident.id] = incident
        for one in incident.alerts:
            key = incident.exercise, one.sender, one.identifier
            self._ids.setdefault(key, set()).add(incident.id)

    def get(self, id_: str) -> Incident | None:
        """An incident by its id."""
        return self._held.get(id_)

    def about(self, alert: Alert) -> Incident | None:
        """The incident that an alert or those it names have told: one that stands before one that is closed, then
        the one that was told last."""  # fmt: skip
        named = (alert.reference, *alert.references)
        keys = [(alert.is_exercise, one.sender, one.identifier) for one in named]
        found = {id_ for key in keys for id_ in self._ids.get(key, ())}
        # An update may come before what it updates: the incident has the id that the first one gives it.
        found |= {id_ for one in named if (id_ := incident_id(one, alert.is_exercise)) in self._held}
        return max(map(self._held.__getitem__, found), key=_rank, default=None)


def _rank(one: Incident) -> tuple[bool, datetime, str]:
    return one.state != "closed", one.alerts[-1].sent if one.alerts else one.reported_at, one.id


def take(alert: Alert, chains: Chains, town: Town, now: datetime) -> Taken:
    """What becomes of an alert, given what is known; the same alert twice changes nothing the second time."""
    try:
        _refuse(alert, now)
        found = _taken(alert, chains, town, now)
        if alert.status == "Test" and found.changes:
            raise BadAlert("status", "cap-test")
    except BadAlert as why:
        return Taken("unchanged" if why.reason == "cap-test" else "refused", why=why)
    return found


def _refuse(alert: Alert, now: datetime) -> None:
    if alert.status in ("Draft", "System"):
        raise BadAlert("status", f"cap-{alert.status.lower()}")
    if alert.message_type in ("Ack", "Error"):
        raise BadAlert("msgType", "cap-answer", shown=alert.message_type)
    if alert.sent > now + AHEAD:
        raise BadAlert("sent", "cap-future")


def _taken(alert: Alert, chains: Chains, town: Town, now: datetime) -> Taken:
    if alert.sender == town.sender:
        own = chains.get(alert.identifier.rpartition(".")[0])
        if own is not None:
            return Taken("unchanged", own, own, BadAlert("sender", "cap-own"))
    kept = chains.about(alert)
    if kept is None:
        return _made(alert, chains, town, now)
    if alert.reference in kept.alerts:
        return Taken("unchanged", kept, kept)
    if kept.alerts and alert.sent < kept.alerts[-1].sent:
        return Taken("unchanged", kept, kept, BadAlert("sent", "cap-late"))
    info = info_of(alert, town.languages)
    over = has_ended(alert, info, now)
    if alert.message_type == "Cancel":
        return _checked(lambda: _cancelled(alert, info, kept), kept)
    fields = fields_of(alert, town)
    if kept.state == "closed" and not over and alert.sent > kept.steps[-1].at:
        # What is closed stays closed. That it is not over must be seen: it is reported anew.
        return _made(alert.model_copy(update={"references": ()}), chains, town, now)
    return _checked(lambda: _updated(alert, info, fields, kept, over), kept)


def _made(alert: Alert, chains: Chains, town: Town, now: datetime) -> Taken:
    info = info_of(alert, town.languages)
    try:
        fields = fields_of(alert, town)
    except BadAlert:
        if alert.message_type == "Cancel":
            raise BadAlert("references", "cap-unknown") from None
        raise
    first = min((alert.reference, *alert.references), key=lambda one: (one.sent, one.identifier))
    id_ = incident_id(first, alert.is_exercise)
    if chains.get(id_) is not None:
        id_ = incident_id(alert.reference, alert.is_exercise)
    at = first_sent(alert)
    step = Step(state="reported", at=at, by=_by(alert, info))
    values = {**fields, "id": id_, "source": "cap", "reported_at": at, "alerts": (alert.reference,)}
    values["request"] = id_.removeprefix("cap-")

    def make() -> Incident:
        one = with_fields(Incident(**values, steps=(step,)))
        return _closed(one, alert, info) if has_ended(alert, info, now) else one

    return replace(_checked(make, None), outcome="made")


def _updated(alert: Alert, info: Info | None, fields: dict[str, Any], kept: Incident, over: bool) -> Incident:
    told = {**fields, "number": kept.number, "alerts": _alerts(kept, alert.reference)}
    if told["category"] == "other":
        # The alert has no word for it; a person may have found one.
        told["category"] = kept.category
    said = alert.note or (info.headline if info else "") or alert.identifier
    if len(kept.notes) < MOST_NOTES:
        note = Note(at=alert.sent, by=_by(alert, info), text=f"CAP {alert.message_type}: {said}"[:2_000])
        told["notes"] = (*kept.notes, note)
    new = with_fields(kept, **told)
    return _closed(new, alert, info) if over and new.state != "closed" else new


def _cancelled(alert: Alert, info: Info | None, kept: Incident) -> Incident:
    new = with_fields(kept, alerts=_alerts(kept, alert.reference))
    return new if new.state == "closed" else _closed(new, alert, info)


def _closed(one: Incident, alert: Alert, info: Info | None) -> Incident:
    """Closed by its sender, whatever was done about it; with the reason that was given."""
    if len(one.steps) >= MOST_STEPS:
        raise BadAlert("msgType", "cap-full")
    cancelled = alert.message_type == "Cancel"
    at = alert.sent if cancelled or info is None or info.expires is None else info.expires
    remark = alert.note or (info and (info.headline or info.description)) or ""
    word = alert.message_type if cancelled else "expires"
    step = Step(
        state="closed",
        at=max(at, one.steps[-1].at) if one.steps else at,
        by=_by(alert, info),
        remark=f"CAP {word}: {remark}".removesuffix(": ")[:2_000],
    )
    return with_fields(one, state="closed", steps=(*one.steps, step))


def _alerts(kept: Incident, new: Reference) -> tuple[Reference, ...]:
    """The first, by which others name the chain, and as many of the last as may be."""
    all_ = (*kept.alerts, new)
    return all_ if len(all_) <= MOST_ALERTS else (all_[0], *all_[-(MOST_ALERTS - 1) :])


def _by(alert: Alert, info: Info | None) -> str:
    return ((info.sender_name if info else "") or alert.sender)[:200]


def _checked(make: Callable[[], Incident], kept: Incident | None) -> Taken:
    try:
        new = make()
    except ValidationError as bad:
        error = bad.errors(include_url=False, include_context=False)[0]
        name = str(error["loc"][0]) if error["loc"] else "alert"
        raise BadAlert(name, "cap-wrong", shown=str(error.get("input"))[:80]) from None
    closed = new.state == "closed" and (kept is None or kept.state != "closed")
    return Taken("closed" if closed else "updated", new, kept)
