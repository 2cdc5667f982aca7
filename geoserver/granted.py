"""Writes within grants: who may do what to a record is asked of what is kept and of what it would become."""

from collections.abc import Iterable, Mapping, Sequence

from geoserver.accounts.caller import Caller
from geoserver.faults import IdTaken, UnknownId
from geoserver.storage.store import Change, Conflict, Store, Write
from layers.catalogue import KINDS
from layers.incidents.states import LEADS_TO
from layers.record import Record

Key = tuple[str, str]
Deeds = Mapping[Key, Iterable[str]]
"""Kind and id of a record → what is done to it, where that is not to create, change or remove it."""
OPPOSITE = {"create": "remove", "remove": "create", "change": "change"}


def demand_writes(caller: Caller, store: Store, writes: Sequence[Write], deeds: Deeds) -> None:
    """Go on only if all of it may be done: where the records are kept, and where they would be.

    Raises
    ------
    NotAllowed, PasswordDue
    UnknownId, IdTaken
        The record that is kept is beyond the caller's reach: as if there were none, but for its id.
    Conflict
    """
    for one in writes:
        kept = store.get(one.kind, one.id)
        hide_unseen(caller, one, kept)
        if kept is not None and one.seen > kept.version:
            # It was never read. Waiting for that version to come would be a way around what follows.
            raise Conflict(one.kind, one.id, one.seen, kept, one.record)
        plain = "create" if not one.seen else "remove" if one.record is None else "change"
        for action in deeds.get((one.kind, one.id), (plain,)):
            for record in (kept if one.seen else None, one.record):
                if record is not None:
                    caller.demand(action, one.kind, area=record.area, tier=getattr(record, "tier", None))


def hide_unseen(caller: Caller, write: Write, kept: Record | None) -> None:
    """Refuse a write to a record that is there and not seen.

    Raises
    ------
    UnknownId, IdTaken
    """
    if kept is not None and not caller.sees(write.kind).covers_record(kept):
        raise (UnknownId if write.seen else IdTaken)(kind=write.kind, id=write.id)


def sees_row(caller: Caller, row: Change) -> bool:
    """Whether a row of the journal is of a record that the caller sees, as it was or as it became."""
    if row.kind not in KINDS:
        return False
    reach = caller.sees(row.kind)
    return any(reach.covers(one["area"], one.get("tier")) for one in (row.before, row.after) if one is not None)


def deeds_undone(rows: Sequence[Change], own: bool) -> set[str]:
    """What one must be allowed to do for undoing rows of one record: what was done, or for another's rows its
    opposite."""
    found: set[str] = set()
    for row in rows:
        named = {str(row.action)}
        if row.action == "change" and row.kind == "incident":
            named = _done_to_incident(row, own)
        elif row.action == "change" and row.kind == "vehicle":
            named = _done_to_vehicle(row)
        found |= named if own else {OPPOSITE.get(name, name) for name in named}
    return found


def _done_to_incident(row: Change, own: bool) -> set[str]:
    before, after = row.before or {}, row.after or {}
    found: set[str] = set()
    if before.get("state") != after.get("state"):
        found |= {action for action, state in LEADS_TO.items() if state == after.get("state")}
    if before.get("supervised") != after.get("supervised"):
        found.add("supervise")
    if before.get("notes") != after.get("notes"):
        found.add("note")
    if before.get("pictures", []) != after.get("pictures", []):
        found.add("note" if own else "supervise")
    return found or {"change"}


def _done_to_vehicle(row: Change) -> set[str]:
    """Whether it was sent somewhere or called back, and nothing else of it changed."""
    before, after = row.before or {}, row.after or {}
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)} - {"version"}
    return {"assign"} if "incident" in changed and changed <= {"duty", "incident"} else {"change"}
