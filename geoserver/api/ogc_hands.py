"""What may be made and changed of each collection: with the bodies and functions of the routes that people use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request
from pydantic import BaseModel, ValidationError

from geoserver import editing, incidents, privacy
from geoserver.accounts.seen import Seen
from geoserver.api import checkpoints_models, editing_models, health_models, incidents_models, privacy_models
from geoserver.editing import API_NAMES, RECORD_NAMES, Ask, bad_field
from geoserver.faults import BadParameter, UnknownId
from geoserver.health import orders
from geoserver.health.service import Health
from geoserver.ogc_edits import Where
from geoserver.records import change_record, create_record, remove_record
from geoserver.seen_fleet import seen_fleet
from geoserver.services import Services
from layers.checkpoints import Checkpoint
from layers.record import Record
from layers.responsible import Unit
from layers.zones import Zone

Given = Mapping[str, Any]
PLACE = frozenset({"id", "lon", "lat", "version"})
"""Fields of bodies that a feature tells by itself."""
NAMES: Mapping[str, Mapping[str, str]] = {"camera": API_NAMES, "privacy-volume": {"base_m": "base", "top_m": "top"}}
"""Kind → name in the record → name in its bodies, where they differ."""


@dataclass(frozen=True, slots=True)
class Task:
    """Who asks for what, and what it is done with."""

    services: Services
    ask: Ask
    request: Request


@dataclass(frozen=True, slots=True)
class Hand:
    """How records of a kind are made and changed by hand.

    Attributes
    ----------
    where : type of the geometry that is sent; None where it follows
    new, patch : bodies that say which fields may be set, and how
    create : task, fields, id that was asked for → the record's id, and whether it is new
    change : task, id, fields, version that was read
    remove : task, id, version that was read → the row of the journal; None where records stay
    """

    where: Where
    new: type[BaseModel]
    patch: type[BaseModel]
    create: Callable[[Task, Given, str | None], tuple[str, bool]]
    change: Callable[[Task, str, Given, int], object]
    remove: Callable[[Task, str, int], int] | None = None


def settable(kind: str, body: type[BaseModel]) -> frozenset[str]:
    """The fields of a body, by the record's names."""
    back = {theirs: ours for ours, theirs in NAMES.get(kind, {}).items()}
    return frozenset(back.get(name, name) for name in body.model_fields if name not in PLACE)


def checked(kind: str, body: type[BaseModel], given: Given) -> dict[str, Any]:
    """Fields by the record's names, as their body takes them.

    Raises
    ------
    BadParameter
    """
    names = NAMES.get(kind, {})
    back = {theirs: ours for ours, theirs in names.items()}
    extra = {name: value for name, value in given.items() if name == "rings"}
    theirs = {names.get(name, name): value for name, value in given.items() if name not in extra}
    try:
        made = body.model_validate(theirs).model_dump(exclude_unset=True)
    except ValidationError as bad:
        values = dict(bad_field(bad, theirs).values)
        first, _, rest = str(values["parameter"]).partition(".")
        values["parameter"] = ".".join(part for part in (back.get(first, RECORD_NAMES.get(first, first)), rest) if part)
        raise BadParameter(**values) from None
    return {back.get(name, name): value for name, value in made.items()} | extra


def kept(store: Seen, kind: str, id_: str) -> Record:
    """A record as the caller sees it.

    Raises
    ------
    UnknownId
    """
    found = store.get(kind, id_)
    if found is None:
        raise UnknownId(kind=kind, id=id_)
    return found


def _plain(model: type[Record], where: Where, new: type[BaseModel], patch: type[BaseModel]) -> Hand:
    """A kind that is kept plainly."""

    def create(task: Task, given: Given, id_: str | None) -> tuple[str, bool]:
        return create_record(task.services, model, {**given, "id": id_}, task.ask).id, True

    def change(task: Task, id_: str, given: Given, seen: int) -> Record:
        return change_record(task.services, model, id_, given, seen, task.ask)

    def remove(task: Task, id_: str, seen: int) -> int:
        return remove_record(task.services, model, id_, seen, task.ask)

    return Hand(where, new, patch, create, change, remove)


def _create_volume(task: Task, given: Given, id_: str | None) -> tuple[str, bool]:
    fields = {name: value for name, value in given.items() if name != "rings"}
    return privacy.create_volume(task.services, id_, given["rings"], fields, task.ask), True


def _change_volume(task: Task, id_: str, given: Given, seen: int) -> None:
    fields = {name: value for name, value in given.items() if name != "rings"}
    privacy.change_volume(task.services, id_, given.get("rings"), fields, seen, task.ask)


def _create_incident(task: Task, given: Given, _id: str | None) -> tuple[str, bool]:
    # As the route does: a repeated report is known by its document, with all that was left out.
    body = incidents_models.NewIncident.model_validate(given)
    found, new = incidents.report(task.services, body.model_dump(), task.ask)
    return found.id, new


def _create_order(task: Task, given: Given, _id: str | None) -> tuple[str, bool]:
    health = cast("Health", task.request.app.state.health)
    camera = seen_fleet(task.services.now.fleet, task.ask.caller.sees("camera")).camera(str(given["camera"]))
    return orders.create(task.services, camera, given, health.plan()[1].orders, task.ask).id, True


HANDS: Mapping[str, Hand] = {
    "camera": Hand(
        "Point",
        editing_models.NewCamera,
        editing_models.CameraPatch,
        lambda task, given, id_: (editing.create_camera(task.services, {**given, "id": id_}, task.ask), True),
        lambda task, id_, given, seen: editing.change_camera(task.services, id_, given, seen, task.ask),
    ),
    "checkpoint": _plain(Checkpoint, "Point", checkpoints_models.NewCheckpoint, checkpoints_models.CheckpointPatch),
    "unit": _plain(Unit, "Point", checkpoints_models.NewUnit, checkpoints_models.UnitPatch),
    "zone": _plain(Zone, "Polygon", checkpoints_models.NewZoneFields, checkpoints_models.ZoneFields),
    "privacy-volume": Hand(
        "Polygon",
        privacy_models.VolumeFields,
        privacy_models.VolumeFields,
        _create_volume,
        _change_volume,
        lambda task, id_, seen: privacy.remove_volume(task.services, id_, seen, task.ask),
    ),
    "incident": Hand(
        "Point",
        incidents_models.NewIncident,
        incidents_models.IncidentPatch,
        _create_incident,
        lambda task, id_, given, seen: incidents.correct(task.services, id_, given, seen, task.ask),
    ),
    "repair-order": Hand(
        None,
        health_models.NewOrder,
        health_models.OrderPatch,
        _create_order,
        lambda task, id_, given, seen: orders.change(task.services, id_, given, seen, task.ask),
    ),
}
"""By kind. Cameras, incidents and repair orders are never removed: they end by their state."""
METHODS: Mapping[str, frozenset[str]] = {
    kind: frozenset({"POST", "PUT", "PATCH"} | ({"DELETE"} if hand.remove else set())) for kind, hand in HANDS.items()
}
"""Kind → methods by which its items are changed."""
