"""Pictures of incidents: added, told, shown, taken away; each change is one of its incident, with its row.

Who may add notes may add pictures, and take their own away; another's only who supervises.
"""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from geoserver.accounts.caller import Caller
from geoserver.accounts.seen import Seen
from geoserver.editing import Ask, write
from geoserver.faults import UnknownId
from geoserver.incidents import KIND, TRIES, kept_incident
from geoserver.picture_files import Photo, Size
from geoserver.services import Services
from geoserver.storage.kept_pictures import KeptPicture
from geoserver.storage.store import Conflict, Write
from layers.incidents.model import Incident, Picture
from layers.incidents.states import pictured, without_picture

ADD, TAKE_ANOTHERS = "note", "supervise"


def demand_adding(services: Services, id_: str, ask: Ask) -> None:
    """Go on only if a picture may be added: asked before megabytes are read.

    Raises
    ------
    UnknownId, NotAllowed
    """
    ask.caller.demand(ADD, KIND, area=kept_incident(ask.seen(services), id_).area)


def add(services: Services, id_: str, photo: Photo, ask: Ask) -> tuple[Incident, Picture, bool]:
    """Add a picture, whatever else happens to the incident meanwhile; and whether it is new there.

    Raises
    ------
    UnknownId, NotAllowed, FullRecord
    """
    made = Picture(
        id=photo.kept.id,
        at=datetime.now(UTC),
        by=ask.actor,
        width_px=photo.width_px,
        height_px=photo.height_px,
        size=len(photo.kept.whole),
    )
    after, before = _changed(services, id_, lambda kept: pictured(kept, made), ADD, ask, photo.kept)
    return after, picture_of(after, made.id), all(one.id != made.id for one in before.pictures)


def remove(services: Services, id_: str, picture: str, ask: Ask) -> Incident:
    """Take a picture away from an incident.

    Raises
    ------
    UnknownId, NotAllowed
    """
    gone = picture_of(kept_incident(ask.seen(services), id_), picture)
    deed = ADD if gone.by == ask.actor else TAKE_ANOTHERS
    return _changed(services, id_, lambda kept: without_picture(kept, picture_of(kept, picture)), deed, ask)[0]


def picture_of(incident: Incident, picture: str) -> Picture:
    """A picture of an incident.

    Raises
    ------
    UnknownId
    """
    found = next((one for one in incident.pictures if one.id == picture), None)
    if found is None:
        raise UnknownId(kind="picture", id=picture)
    return found


def picture_bytes(store: Seen, id_: str, picture: str, size: Size) -> tuple[Incident, bytes]:
    """A picture as JPEG, only of an incident that is seen, and the incident.

    Raises
    ------
    UnknownId
    """
    incident = kept_incident(store, id_)
    content = store.store.picture(picture_of(incident, picture).id, small=size == "small")
    if content is None:
        raise UnknownId(kind="picture", id=picture)
    return incident, content


def pictures_told(incident: Incident, caller: Caller) -> list[dict[str, Any]]:
    """The pictures of an incident as the API tells them."""
    may = {deed: caller.permissions.allows(deed, KIND, area=incident.area) for deed in (ADD, TAKE_ANOTHERS)}
    return [
        one.model_dump(exclude={"at"})
        | {
            "at": one.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "removable": may[ADD if one.by == caller.name else TAKE_ANOTHERS],
        }
        for one in incident.pictures
    ]


def _changed(
    services: Services,
    id_: str,
    change: Callable[[Incident], Incident],
    deed: str,
    ask: Ask,
    picture: KeptPicture | None = None,
) -> tuple[Incident, Incident]:
    """An incident after a change, and as it was before."""
    pictures = () if picture is None else (picture,)
    for left in reversed(range(TRIES)):
        kept = kept_incident(ask.seen(services), id_)
        wanted = change(kept)
        with contextlib.nullcontext() if not left else contextlib.suppress(Conflict):
            write(services, [Write.put(wanted, kept.version)], ask, {(KIND, id_): (deed,)}, pictures)
            return kept_incident(ask.seen(services), id_), kept
    raise AssertionError
