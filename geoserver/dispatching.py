"""Vehicles that are sent to incidents: busy from the dispatch on, free again when the incident is resolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geoserver.accounts.seen import Seen
from geoserver.faults import ServerError
from geoserver.granted import Deeds
from geoserver.records import kept_record
from geoserver.storage.store import Query, Store, Write
from geoserver.vehicles.garage import VEHICLE
from layers.incidents.model import Incident
from layers.record import Record
from layers.vehicles import Vehicle

ASSIGN = "assign"
OVER: Final = frozenset({"resolved", "closed"})
"""States of an incident at which nobody has anything more to do there."""


class VehicleTaken(ServerError):
    """A vehicle is not free to be sent somewhere."""

    code = "vehicle-taken"
    text = "{name} is not free: it is off duty, or at work elsewhere. Choose another vehicle."


@dataclass(frozen=True, slots=True)
class Sending:
    """What is written of vehicles together with a step of an incident.

    Attributes
    ----------
    unit : to which the incident goes, where none was named
    writes, deeds : what is asked for, and what one must be allowed to do for it
    following : what comes of the step by itself
    """

    unit: str = ""
    writes: tuple[Write, ...] = ()
    deeds: Deeds | None = None
    following: tuple[Write, ...] = ()


def sending(store: Seen, incident: Incident, id_: str) -> Sending:
    """A vehicle sent to an incident; once more to the same one changes nothing.

    Raises
    ------
    UnknownId, VehicleTaken
    """
    vehicle = kept_record(store, Vehicle, id_)
    unit = vehicle.unit or vehicle.name
    if vehicle.duty == "busy" and vehicle.incident == incident.id:
        return Sending(unit)
    if vehicle.duty != "free":
        raise VehicleTaken(id=id_, name=vehicle.name)
    sent = _with(vehicle, duty="busy", incident=incident.id)
    return Sending(unit, (Write.put(sent, vehicle.version),), {(VEHICLE, id_): (ASSIGN,)})


def released(store: Store, incident: Incident) -> Sending:
    """All vehicles that were sent to an incident, free again: whoever ends it, they have nothing more to do there."""
    sent = store.find(Query(VEHICLE, equal={"incident": incident.id}))
    freed = [(_with(one, duty=_after(one), incident=""), one.version) for one in sent if isinstance(one, Vehicle)]
    return Sending(following=tuple(Write.put(record, version) for record, version in freed))


def freed(store: Store, before: Mapping[str, Record], after: Iterable[Record]) -> list[Write]:
    """The vehicles of all incidents that are over now and were not before (by id), free again."""
    return [
        one
        for incident in after
        if isinstance(incident, Incident) and incident.state in OVER and _goes_on(before.get(incident.id))
        for one in released(store, incident).following
    ]


def _goes_on(before: Record | None) -> bool:
    return isinstance(before, Incident) and before.state not in OVER


def _after(vehicle: Vehicle) -> str:
    return "free" if vehicle.duty == "busy" else vehicle.duty


def _with(vehicle: Vehicle, **fields: Any) -> Vehicle:
    changed: Mapping[str, Any] = {**vehicle.model_dump(), **fields}
    return Vehicle.model_validate(changed)
