"""Lists of incidents, checkpoints, zones, units and vehicles sent to the server: tried, taken in."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from geoserver import importing
from geoserver.api.asks import AskDep
from geoserver.api.deps import LangDep, ServicesDep, answer
from geoserver.api.importing import MAX_TOLD, body_of, columns_named, demand_list, refusing
from geoserver.api.lists_models import ListAnswer
from geoserver.api.origin import FromHere
from geoserver.dispatching import freed
from geoserver.editing import write
from geoserver.loading_situation import FIELDS, SituationLoading, read_list, writes_of
from geoserver.storage.store import Query as Question
from geoserver.words import Lang
from layers.catalogue import COLLECTIONS
from layers.listed import ListReport

router = APIRouter(prefix="/api", tags=["lists"])
Listed = Literal["incidents", "checkpoints", "zones", "units", "vehicles"]
Text = Annotated[str | None, Query(max_length=200)]
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@dataclass(frozen=True)
class How:
    """How the list is to be read; what speaks of incidents means nothing for other kinds."""

    crs: Text = None
    mapping: Annotated[
        str | None, Query(max_length=8_000, description='JSON: field → heading or number; "" = none')
    ] = None
    header: Literal["auto", "none"] = "auto"
    sheet: Text = None
    source: Annotated[str | None, Query(max_length=40, description="of incidents whose rows name none")] = None
    state: Annotated[str | None, Query(max_length=40, description="of incidents whose rows name none")] = None
    time_zone: Annotated[str | None, Query(max_length=80, description="of times that name none")] = None
    wall_clock: Annotated[bool, Query(description="times are those of the zone, whatever offset is written")] = False
    reference_crs: Annotated[str | None, Query(max_length=200, description="of masked map references")] = None

    def loading(self, kind: Listed) -> SituationLoading:
        """The same for the loader."""
        return SituationLoading(
            crs=self.crs or None,
            columns=columns_named(self.mapping, FIELDS[kind]),
            header=self.header,
            sheet=self.sheet,
            source=self.source,
            state=self.state,
            time_zone=self.time_zone or None,
            wall_clock=self.wall_clock,
            reference_crs=self.reference_crs or None,
        )


@router.post("/{kind}/import", response_model=ListAnswer, dependencies=[FromHere], openapi_extra=BODY)
def import_(  # each is a part of the request
    kind: Listed,
    services: ServicesDep,
    ask: AskDep,
    lang: LangDep,
    body: Annotated[bytes, Depends(body_of)],
    how: Annotated[How, Depends()],
    file: Annotated[str, Query(max_length=200, description="name of the file, for messages")] = "list",
    mode: Literal["dry-run", "commit"] = "dry-run",
) -> Response:
    """Try a list (the body, as it is) or take it in. Nothing but ``commit`` writes."""
    loading, name = how.loading(kind), COLLECTIONS[kind].name
    demand_list(ask.caller, name)
    known = {one.id: one for one in ask.seen(services).find(Question(name))}
    with refusing(loading.reference_crs or loading.crs):
        report = read_list(kind, body, file, loading, services.now.town, known, services.cap_sender)
    told = _told(kind, file, mode, report, lang)
    if mode == "commit":
        free = freed(services.store, known, report.changes)
        rows = write(services, writes_of(report, known), replace(ask, listed=True), following=free)
        if rows:
            told["committed"] = {"seq": rows[0].seq, "through": rows[-1].seq, "changed": len(rows)}
    return answer(told)


def _told(kind: str, file: str, mode: str, report: ListReport, lang: Lang) -> dict[str, Any]:
    order = {"refused": 0, "incomplete": 1, "assumed": 2, "skipped": 3}
    problems = sorted(report.problems, key=lambda one: order[one.severity])
    return {
        "kind": kind,
        "file": file,
        "mode": mode,
        "counts": dict(report.counts),
        "remarks": [importing.row_words(problem, lang) for problem in problems[:MAX_TOLD]],
        "remarks_left_out": max(0, len(problems) - MAX_TOLD),
        "ignored": list(report.ignored),
        "notes": [importing.note_words(note, lang) for note in report.notes],
        "committed": None,
    }
