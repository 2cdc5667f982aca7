"""The journal within grants: what a search is narrowed to, and which changes somebody is told of."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from geoserver.accounts.caller import Caller
from geoserver.editing import LOADER, journal_row
from geoserver.faults import PasswordDue
from geoserver.storage.store import Change, JournalQuery
from layers.catalogue import KINDS

JOURNAL = "journal"


def narrowed(asked: JournalQuery, caller: Caller, action: str, before: int | None, limit: int) -> JournalQuery:
    """A search within the areas where the caller may do something (see, export) to the journal.

    Rows of no area (sign-ins, accounts, looks at no place) are for those who may everywhere.

    Raises
    ------
    NotAllowed, PasswordDue
    """
    if caller.must_change:
        raise PasswordDue(action=action, kind=JOURNAL)
    reach = caller.permissions.reach(action, JOURNAL)
    if reach.is_empty:
        raise caller.refused(action, JOURNAL)
    # The journal has no tiers: what a grant for some tiers reaches of it is nothing.
    allowed = reach.areas_of.get(None, frozenset())
    return replace(asked, within=allowed, before=before, limit=limit)


def own_changes(rows: Iterable[Change], caller: Caller) -> list[dict[str, Any]]:
    """Rows of records that the caller saw before and sees now; of others' deeds not who did them."""
    open_ = caller.permissions.reach("see", JOURNAL).is_everything
    own = {caller.name, f"{LOADER}:{caller.name}"}
    told = [journal_row(row) for row in rows if _is_seen(row, caller)]
    return [row if open_ or row["actor"] in own else row | {"actor": ""} for row in told]


def _is_seen(row: Change, caller: Caller) -> bool:
    if row.kind not in KINDS:
        return False
    reach = caller.sees(row.kind)
    bodies = [one for one in (row.before, row.after) if one is not None]
    return bool(bodies) and all(reach.covers(str(one["area"]), one.get("tier")) for one in bodies)
