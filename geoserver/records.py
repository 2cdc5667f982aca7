"""Records made, changed and removed by hand: what checkpoints, zones and units have in common."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from geoserver.accounts.seen import Seen
from geoserver.editing import Ask, bad_field, made_up_id, write
from geoserver.faults import UnknownId
from geoserver.services import Services
from geoserver.storage.store import Write
from geoserver.town import Town
from layers.areas import smallest
from layers.record import Record
from tiles.errors import OutsideCity

Made = TypeVar("Made", bound=Record)
LEVELS = ("district", "street", "community")


def kept_record(store: Seen, model: type[Made], id_: str) -> Made:
    """A record as it is kept.

    Raises
    ------
    UnknownId
    """
    kind = str(model.model_fields["kind"].default)
    found = store.get(kind, id_)
    if not isinstance(found, model):
        raise UnknownId(kind=kind, id=id_)
    return found


def create_record(services: Services, model: type[Made], given: Mapping[str, Any], ask: Ask) -> Made:
    """Make a record; its id is made up where none is given.

    Raises
    ------
    BadParameter, OutsideCity, Stale
    """
    kind = str(model.model_fields["kind"].default)
    fields = {name: value for name, value in given.items() if value is not None}
    made = _made(services.now.town, model, {**fields, "id": fields.get("id") or made_up_id(kind, ask.key)})
    write(services, [Write.put(made, 0)], ask)
    return kept_record(ask.seen(services), model, made.id)


def change_record(
    services: Services, model: type[Made], id_: str, given: Mapping[str, Any], seen: int, ask: Ask
) -> Made:
    """Set fields of a record.

    Raises
    ------
    UnknownId, BadParameter, OutsideCity, Stale
    """
    kept = kept_record(ask.seen(services), model, id_)
    write(services, [Write.put(_made(services.now.town, model, {**kept.model_dump(), **given}), seen)], ask)
    return kept_record(ask.seen(services), model, id_)


def remove_record(services: Services, model: type[Made], id_: str, seen: int, ask: Ask) -> int:
    """Remove a record; the row of the journal by which it can be brought back.

    Raises
    ------
    UnknownId, Stale
    """
    kept = kept_record(ask.seen(services), model, id_)
    rows = write(services, [Write(kept.kind, id_, seen, None)], ask)
    return rows[-1].seq if rows else 0


def _made(town: Town, model: type[Made], fields: Mapping[str, Any]) -> Made:
    try:
        made = model(**fields)
    except ValidationError as bad:
        raise bad_field(bad, fields) from None
    if not bool(town.scene.inside(made.lon, made.lat)):
        raise OutsideCity(lon=made.lon, lat=made.lat)
    codes = town.areas.codes(made.lon, made.lat)
    located = {level: codes.get(level, "") for level in LEVELS if level in model.model_fields}
    return made.model_copy(update={"area": smallest(codes), **located})
