"""Changes by hand, their journal, and undo: every change is a write that names the version it saw."""

import hashlib
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from geoserver.accounts.caller import Caller
from geoserver.accounts.seen import Seen
from geoserver.faults import BadParameter, NothingToUndo, Superseded, UnknownId
from geoserver.granted import Deeds, deeds_undone, demand_writes, hide_unseen, sees_row
from geoserver.services import Services
from geoserver.storage.kept_pictures import KeptPicture
from geoserver.storage.store import Change, Conflict, JournalQuery, Write
from layers.cameras.blame import blamed
from layers.cameras.edit import changed, created
from layers.cameras.model import Camera
from layers.catalogue import KINDS
from layers.record import Record

RECORD_NAMES: Mapping[str, str] = {
    "heading": "heading_deg",
    "pitch": "pitch_deg",
    "roll": "roll_deg",
    "hfov": "hfov_deg",
    "hfov_tele": "hfov_tele_deg",
    "pan_range": "pan_range_deg",
    "tilt_min": "tilt_min_deg",
    "tilt_max": "tilt_max_deg",
    "range": "range_m",
    "height": "height_m",
    "mount_height": "mount_height_m",
    "image_width": "image_width_px",
    "image_height": "image_height_px",
    "principal": "principal_px",
}
"""Name in answers and requests → name in the record, where the two differ."""
API_NAMES: Mapping[str, str] = {record: api for api, record in RECORD_NAMES.items()}
LOOKED_BACK = 1_000
"""Rows of the journal among which the caller's last change is sought."""
LOADER = "load"
"""Stands before who took a list in: a list is taken back by its rows, never by an undo that names none."""
NONE: Deeds = MappingProxyType({})
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Ask:
    """Who asks for a write, and how.

    Attributes
    ----------
    key : of a request that may be repeated without being done twice
    strict : the version came by If-Match, so another one is a failed precondition
    listed : it is a list that is taken in, or taken back
    """

    caller: Caller
    key: str | None = None
    strict: bool = False
    listed: bool = False

    @property
    def actor(self) -> str:
        """Who is on record."""
        return f"{LOADER}:{self.caller.name}" if self.listed else self.caller.name

    def seen(self, services: Services) -> Seen:
        """The store as the caller sees it."""
        return Seen(services.store, self.caller.permissions)


def record_names(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by the record's own names."""
    return {RECORD_NAMES.get(name, name): value for name, value in given.items()}


def change_camera(services: Services, id_: str, given: Mapping[str, Any], seen: int, ask: Ask) -> None:
    """Set fields of a camera (the record's names) and take the change up.

    Raises
    ------
    UnknownId, OutsideCity, BadParameter
    Stale
        Another version is kept than the one seen; nothing was written.
    """
    kept = ask.seen(services).get("camera", id_)
    if not isinstance(kept, Camera):
        raise UnknownId(kind="camera", id=id_)
    town = services.now.town
    try:
        wanted = changed(kept, given, town.scene, town.areas)
    except ValidationError as bad:
        raise bad_field(bad, given) from None
    write(services, [Write.put(wanted, seen)], ask)


def create_camera(services: Services, given: Mapping[str, Any], ask: Ask) -> str:
    """Make a camera by hand; its id, which is made up where none is given."""
    town = services.now.town
    fields = {**given, "id": given.get("id") or made_up_id("hand", ask.key)}
    try:
        camera = created(fields, town.scene, town.areas)
    except ValidationError as bad:
        raise bad_field(bad, given) from None
    write(services, [Write.put(camera, 0)], ask)
    return camera.id


def write(
    services: Services,
    writes: Sequence[Write],
    ask: Ask,
    deeds: Deeds = NONE,
    pictures: Sequence[KeptPicture] = (),
    following: Sequence[Write] = (),
) -> list[Change]:
    """Commit, have the server take it up, and tell the rows of the journal that came of it.

    ``deeds`` : what is done, where it is not to create, change or remove
    ``pictures`` : those that the records begin to name
    ``following`` : what comes of the others by itself, whoever asks; no grant is needed for it

    Raises
    ------
    NotAllowed, PasswordDue, UnknownId, IdTaken, Stale
        Nothing was written.
    """
    store = services.store
    demand_writes(ask.caller, store, writes, deeds)
    every = [*writes, *following]
    touched = {(one.kind, one.id) for one in every}
    with _ONE_AT_A_TIME:
        before = store.head()
        try:
            head = store.commit(every, actor=ask.actor, key=ask.key, pictures=pictures)
        except Conflict as conflict:
            hide_unseen(ask.caller, next(one for one in every if one.id == conflict.values["id"]), conflict.kept)
            if not ask.strict:
                raise
            raise Superseded(**conflict.values) from None
        # Looks have numbers too and are left out, so as many changes may reach beyond the head.
        rows = [
            row for row in store.changes(before, head - before) if (row.kind, row.id) in touched and row.seq <= head
        ]
    services.apply_now()
    return rows


def undo(services: Services, seq: int | None, through: int | None, ask: Ask) -> tuple[list[Change], list[Change]]:
    """Undo rows of the journal in one write; the rows undone, and the rows that came of it.

    Without ``seq`` it is the caller's last change by hand, with all that was written together with it: rows of a
    list are undone only by their numbers.

    Raises
    ------
    NothingToUndo
    Stale
        A record was changed since.
    """
    store = services.store
    if seq is None:
        # However much was looked at, and by others changed, since.
        own = store.search(JournalQuery(person=ask.caller.name, changes=True, limit=LOOKED_BACK))
        rows = _last_standing([row for row in own if row.actor == ask.actor][::-1])
        if not rows:
            raise NothingToUndo(seq=store.head())
    else:
        last_seq = max(seq, through or seq)
        found = [row for row in store.changes(seq - 1, last_seq - seq + 1) if row.seq <= last_seq]
        rows = [row for row in found if sees_row(ask.caller, row)]
        # Looks among them are nothing to undo, and in nobody's way.
        if not rows or rows[0] is not found[0]:
            raise NothingToUndo(seq=seq)
    spans: dict[tuple[str, str], list[Change]] = {}
    for row in rows:
        spans.setdefault((row.kind, row.id), []).append(row)
    writes = [replace(_back(services, span[0], span[-1], ask), undoes=span[-1].seq) for span in spans.values()]
    deeds = {key: deeds_undone(span, all(_is_own(row, ask) for row in span)) for key, span in spans.items()}
    if any(row.actor.startswith(LOADER) for row in rows):
        ask = replace(ask, listed=True)
    return rows, write(services, writes, ask, deeds)


def _is_own(row: Change, ask: Ask) -> bool:
    return row.actor in (ask.caller.name, f"{LOADER}:{ask.caller.name}")


def _back(services: Services, first: Change, last: Change, ask: Ask) -> Write:
    """The write that brings a record back to what it was before the first of two changes.

    Later changes are in the way, unless they were undone and it is again as the last of the two left it.
    """
    kept = services.store.get(first.kind, first.id)
    seen = int(last.after["version"]) if last.after else 0
    before, after = _record(first.kind, first.before), _record(last.kind, last.after)
    if kept and after and kept == after.model_copy(update={"version": kept.version}):
        seen = kept.version
    if (kept.version if kept else 0) != seen:
        hide_unseen(ask.caller, Write(first.kind, first.id, seen, before), kept)
        raise Conflict(first.kind, first.id, seen, kept, before)
    return Write(first.kind, first.id, seen, before)


def _record(kind: str, document: Mapping[str, Any] | None) -> Record | None:
    return None if document is None else KINDS[kind].model.model_validate(document)


def _last_standing(rows: Sequence[Change]) -> list[Change]:
    """The last change that no later one has undone; all of its rows, which are of one moment."""
    standing: dict[int, Change] = {}
    for row in rows:
        if standing.pop(row.undoes or 0, None) is None:
            standing[row.seq] = row
    last = next(reversed(standing.values()), None)
    return [row for row in standing.values() if last is not None and row.time == last.time]


def journal_row(row: Change) -> dict[str, Any]:
    """A row of the journal as the API tells it: the fields that changed, before and after."""
    before, after = row.before or {}, row.after or {}
    both = row.after or row.before or {}
    names = [name for name in both if name != "version" and before.get(name) != after.get(name)]
    renamed = API_NAMES if row.kind == "camera" else {}
    return {
        "seq": row.seq,
        "time": row.time.isoformat(),
        "actor": row.actor,
        "kind": row.kind,
        "id": row.id,
        # An incident has a number, from its dispatch line, and a place.
        "name": next((str(both[name]) for name in ("name", "camera_name", "number", "address") if both.get(name)), ""),
        "action": row.action,
        "version": after.get("version"),
        "undoes": row.undoes,
        "changes": [
            {"field": renamed.get(name, name), "before": before.get(name), "after": after.get(name)} for name in names
        ],
    }


def bad_field(bad: ValidationError, given: Mapping[str, Any]) -> BadParameter:
    """The field that a record refuses, by the name that was sent."""
    error = bad.errors(include_url=False)[0]
    where = [str(part) for part in error["loc"]] or [blamed(error) or "body"]
    context = {name: value for name, value in error.get("ctx", {}).items() if isinstance(value, int | float | str)}
    return BadParameter(
        parameter=".".join([API_NAMES.get(where[0], where[0]), *where[1:]]),
        value=given.get(where[0]),
        reason=error["type"],
        detail=error["msg"].removeprefix("Value error, "),
        **{name: value for name, value in context.items() if name not in ("parameter", "value", "reason", "detail")},
    )


def made_up_id(prefix: str, key: str | None) -> str:
    """An id for what is made by hand; the same for a repeated request."""
    return f"{prefix}-{hashlib.sha256(key.encode()).hexdigest()[:10] if key else secrets.token_hex(5)}"
