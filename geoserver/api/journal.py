"""The journal: searched, and given out with a seal; and what was changed of what one sees."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response, StreamingResponse

from geoserver import editing
from geoserver.accounts.asking import CallerDep
from geoserver.api.deps import Bbox, NowDep, ServicesDep, answer
from geoserver.api.editing_models import Journal
from geoserver.api.journal_models import FoundRows
from geoserver.audit import SealKey
from geoserver.boxes import read_bbox
from geoserver.faults import BadParameter, UnknownId
from geoserver.journal_answers import narrowed, own_changes
from geoserver.journal_export import sealed_lines, searched
from geoserver.storage.store import JournalQuery, Look

router = APIRouter(prefix="/api", tags=["journal"])
MAX_ROWS = 1_000
LAST = 2**53
NO_STORE = {"Cache-Control": "no-store"}
Word = Annotated[str | None, Query(min_length=1, max_length=200)]
Time = Annotated[AwareDatetime | None, Query(description="with its time zone, as 2026-03-01T08:00:00+08:00")]


def _asked(  # noqa: PLR0913  # the parameters of a search
    now: NowDep,
    person: Annotated[str | None, Query(min_length=1, max_length=200, description="name of the account")] = None,
    kind: Word = None,
    id: Word = None,
    action: Annotated[
        str | None,
        Query(min_length=1, max_length=40, description="create, change, remove, look, or a deed as signed-in"),
    ] = None,
    area: Annotated[str | None, Query(max_length=40, description="code; with all below it")] = None,
    bbox: Bbox = None,
    since: Time = None,
    until: Time = None,
) -> JournalQuery:
    """A search as it was asked, not yet narrowed to who asks."""
    if area is not None and area not in now.town.areas.areas:
        raise UnknownId(kind="area", id=area)
    areas = None if area is None else now.town.area_tree.under([area])
    begins, ends = _utc("since", since), _utc("until", until)
    return JournalQuery(person, kind, id, action, areas, bbox=read_bbox(bbox), since=begins, until=ends)


AskedDep = Annotated[JournalQuery, Depends(_asked)]


@router.get("/journal", response_model=FoundRows)
def journal(
    asked: AskedDep,
    services: ServicesDep,
    caller: CallerDep,
    before: Annotated[int | None, Query(ge=1, le=LAST, description="number of a row: only older ones")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 100,
) -> Response:
    """What happened, the newest first: changes of records, sensitive looks, sign-ins, deeds of administrators."""
    query = narrowed(asked, caller, "see", before, limit)
    rows = services.store.search(query)
    found = [editing.journal_row(row) | {"detail": row.detail} for row in rows]
    return answer({"head": services.store.head(), "rows": found}, headers=NO_STORE)


@router.get("/journal/export", response_class=StreamingResponse)
def export_journal(asked: AskedDep, request: Request, services: ServicesDep, caller: CallerDep) -> Response:
    """What a search finds, all of it, as JSON Lines; the last line is a seal. Taking it away is a row itself."""
    query = narrowed(asked, caller, "export", None, 1)
    told = _told(request)
    key = SealKey.open_or_make(request.app.state.seal_key)
    head = services.store.head()
    services.store.note([Look(caller.name, "journal", "-", detail={"deed": "exported", "asked": told})])
    lines = sealed_lines(searched(services.store, query, head), told, caller.name, key)
    name = f"journal-{head}.jsonl"
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type="application/jsonl", headers=headers)


@router.get("/changes", response_model=Journal)
def changes(
    services: ServicesDep,
    caller: CallerDep,
    since: Annotated[int | None, Query(ge=0, le=LAST, description="rows after this one; else the last ones")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 100,
    mine: Annotated[bool, Query(description="the last ones of the caller only; not with since")] = False,
) -> Response:
    """What was changed of what the caller sees, in order. Who did it is told of their own changes only, and to
    who may see the journal.

    The last ones leave out crossings of geofences, which nobody did and nobody can undo.
    """
    store = services.store
    head = store.head()
    if since is None:
        who = caller.name if mine else None
        rows = list(store.search(JournalQuery(person=who, changes=True, but="crossing", limit=limit + 1)))
        more, rows = len(rows) > limit, rows[limit - 1 :: -1]
    else:
        rows = list(store.changes(since, limit))
        more = since > 0
    return answer({"head": head, "more": more, "rows": own_changes(rows, caller)}, headers=NO_STORE)


def _told(request: Request) -> dict[str, Any]:
    """A search as it was asked, for the seal and the journal."""
    return {name: value for name, value in request.query_params.items() if name in _NAMES}


_NAMES = frozenset({"person", "kind", "id", "action", "area", "bbox", "since", "until"})


def _utc(name: str, time: datetime | None) -> datetime | None:
    try:
        return None if time is None else time.astimezone(UTC)
    except OverflowError:
        raise BadParameter(parameter=name, value=str(time), reason="time", detail="is no time that can be.") from None
