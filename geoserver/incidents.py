"""Incidents reported, moved on, noted and corrected, through the same journal as everything else."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from geoserver.accounts.seen import Seen
from geoserver.dispatching import Sending, released, sending
from geoserver.editing import Ask, bad_field, made_up_id, write
from geoserver.faults import BadParameter, KnownNumber, Stale, UnknownId
from geoserver.services import Services
from geoserver.storage.store import Conflict, Write
from geoserver.town import Town
from geoserver.vehicles.garage import VEHICLE
from layers.areas import smallest
from layers.cameras.lists.cells import usable_id
from layers.incidents.model import Incident
from layers.incidents.states import Action, begun, moved, noted, with_fields
from tiles.errors import OutsideCity

KIND = "incident"
AHEAD = timedelta(minutes=10)
"""Clocks of dispatch lines go wrong by no more than this."""
TRIES = 8
"""So often a note is added to what somebody else has just changed."""


def kept_incident(store: Seen, id_: str) -> Incident:
    """An incident as it is kept.

    Raises
    ------
    UnknownId
    """
    found = store.get(KIND, id_)
    if not isinstance(found, Incident):
        raise UnknownId(kind=KIND, id=id_)
    return found


def report(services: Services, given: Mapping[str, Any], ask: Ask) -> tuple[Incident, bool]:
    """Take in a call or report; the incident, and whether it is new.

    The dispatch line's own number, or the request's key, tells whether it was taken in before.

    Raises
    ------
    BadParameter, OutsideCity
    KnownNumber
        Something else was reported under the same number.
    """
    # Not said to be an exercise is said by saying nothing: marks of before stay as they are.
    told = {name: value for name, value in given.items() if name != "exercise" or value}
    mark = _mark(json.dumps(told, sort_keys=True, default=str, ensure_ascii=False))
    fields = {name: value for name, value in given.items() if value is not None}
    now = datetime.now(UTC)
    fields = {"reported_at": now, **fields, "id": _id_of(fields, ask)}
    kept, new = services.store.get(KIND, fields["id"]), False
    if kept is None:
        if fields["reported_at"] > now + AHEAD:
            raise BadParameter(
                parameter="reported_at",
                value=fields["reported_at"].isoformat(),
                reason="in-the-future",
                detail="has not come yet.",
            )
        located = _located(services.now.town, fields)
        made = _checked(lambda: begun({**fields, **located}, by=ask.actor, request=mark), fields)
        with contextlib.suppress(Conflict):  # somebody was quicker, perhaps the same request
            new = bool(write(services, [Write.put(made, 0)], ask))
        kept = services.store.get(KIND, made.id)
    if not isinstance(kept, Incident) or kept.request != mark or not ask.caller.sees(KIND).covers_record(kept):
        raise KnownNumber(id=fields["id"], source=fields["source"], number=fields.get("number", ""))
    return kept, new


def correct(services: Services, id_: str, given: Mapping[str, Any], seen: int, ask: Ask) -> Incident:
    """Set fields of an incident; its deadline follows from its severity.

    Raises
    ------
    UnknownId, BadParameter, OutsideCity, Stale
    """
    store = ask.seen(services)
    kept = kept_incident(store, id_)
    if given.get("duplicate_of"):
        kept_incident(store, given["duplicate_of"])
    spot = {"lon": kept.lon, "lat": kept.lat, **given}
    place = _located(services.now.town, spot) if {"lon", "lat"} & given.keys() else {}
    return _put(services, _checked(lambda: with_fields(kept, **given, **place), given), seen, ask, "change")


def move(services: Services, id_: str, action: Action, given: Mapping[str, Any], seen: int, ask: Ask) -> Incident:
    """Move an incident on; a repeated request moves it once.

    A ``vehicle`` that is dispatched is busy with it from then on; one that is resolved or closed frees its vehicles.

    Raises
    ------
    UnknownId, WrongMove, BadParameter, Stale, VehicleTaken
    """
    fields = {name: value for name, value in given.items() if name != "vehicle"}
    vehicle = str(given.get("vehicle") or "")
    if vehicle and action != "dispatch":
        raise BadParameter(
            parameter="vehicle", value=vehicle, reason="no-dispatch", detail="can be named only with dispatch."
        )
    for left in reversed(range(TRIES)):
        try:
            return _moved(services, id_, action, (fields, vehicle, seen), ask)
        except Stale as stale:
            # Its vehicle was changed meanwhile, which is nothing that the caller has to know of if it is still free.
            if stale.values.get("kind") != VEHICLE or not left:
                raise
    raise AssertionError


def _moved(services: Services, id_: str, action: Action, what: tuple[dict[str, Any], str, int], ask: Ask) -> Incident:
    given, vehicle, seen = what
    store = ask.seen(services)
    kept = kept_incident(store, id_)
    going = Sending()
    if vehicle:
        going = sending(store, kept, vehicle)
        given = {**given, "unit": given.get("unit") or going.unit}
    elif action in ("resolve", "close"):
        going = released(services.store, kept)
    if action == "dispatch" and not (given.get("unit") or kept.unit):
        raise BadParameter(
            parameter="unit", value=None, reason="no-unit", detail="is needed: somebody has to go there."
        )
    if given.get("duplicate_of"):
        kept_incident(store, given["duplicate_of"])
    wanted = _checked(
        lambda: moved(kept, action, at=datetime.now(UTC), by=ask.actor, request=_request(ask), **given), given
    )
    deeds = {(KIND, id_): (action,), **(going.deeds or {})}
    write(services, [Write.put(wanted, seen), *going.writes], ask, deeds, following=going.following)
    return kept_incident(ask.seen(services), id_)


def supervise(services: Services, id_: str, on: bool, seen: int, ask: Ask) -> Incident:
    """Mark an incident for attention, or take the mark away.

    Raises
    ------
    UnknownId, Stale
    """
    return _put(services, with_fields(kept_incident(ask.seen(services), id_), supervised=on), seen, ask, "supervise")


def note(services: Services, id_: str, text: str, ask: Ask) -> Incident:
    """Add a note to an incident, whatever else happens to it meanwhile: no version is named.

    Raises
    ------
    UnknownId, BadParameter, FullRecord
    """
    at = datetime.now(UTC)
    for left in reversed(range(TRIES)):
        kept = kept_incident(ask.seen(services), id_)
        wanted = _checked(lambda: noted(kept, text, at=at, by=ask.actor, request=_request(ask)), {"text": text})  # noqa: B023
        try:
            return _put(services, wanted, kept.version, ask, "note")
        except Conflict:
            if not left:
                raise
    raise AssertionError


def _put(services: Services, wanted: Incident, seen: int, ask: Ask, deed: str) -> Incident:
    write(services, [Write.put(wanted, seen)], ask, {(KIND, wanted.id): (deed,)})
    return kept_incident(ask.seen(services), wanted.id)


def _id_of(fields: Mapping[str, Any], ask: Ask) -> str:
    if fields.get("number"):
        return usable_id(f"{fields['source']}-{fields['number']}")
    return made_up_id("incident", ask.key)


def _located(town: Town, fields: Mapping[str, Any]) -> dict[str, str]:
    """The areas that a place lies in."""
    lon, lat = float(fields["lon"]), float(fields["lat"])
    if not bool(town.scene.inside(lon, lat)):
        raise OutsideCity(lon=lon, lat=lat)
    codes = town.areas.codes(lon, lat)
    return {level: codes.get(level, "") for level in ("district", "street", "community")} | {"area": smallest(codes)}


def _checked(make: Callable[[], Incident], given: Mapping[str, Any]) -> Incident:
    try:
        return make()
    except ValidationError as bad:
        raise bad_field(bad, given) from None


def _request(ask: Ask) -> str:
    return _mark(ask.key) if ask.key else ""


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
