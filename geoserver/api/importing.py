"""Camera lists sent to the server: looked at, tried, taken in."""

import contextlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from geoserver import importing
from geoserver.accounts.caller import Caller
from geoserver.api.asks import AskDep
from geoserver.api.bodies import bounded
from geoserver.api.deps import FleetDep, LangDep, NowDep, ServicesDep, answer
from geoserver.api.importing_models import Conflicts, ImportAnswer
from geoserver.api.origin import FromHere
from geoserver.conflict_answers import conflict_words, conflicts_answer, found_in
from geoserver.editing import Ask
from geoserver.faults import BadParameter
from geoserver.services import Services
from geoserver.words import Lang
from layers.cameras.lists.headings import plain
from layers.cameras.lists.load import Loading
from layers.cameras.lists.report import LoadReport
from tiles.errors import BadSource, UnknownDatum

router = APIRouter(prefix="/api", tags=["editing"])
MAX_BYTES = 64 * 1024 * 1024
MAX_TOLD = 2_000
Text = Annotated[str | None, Query(max_length=200)]


async def body_of(request: Request) -> bytes:
    """The body, no longer than is taken."""
    return await bounded(request, MAX_BYTES)


@dataclass(frozen=True)
class How:
    """How the list is to be read."""

    crs: Text = None
    height_reference: Annotated[
        Literal["above ground", "above sea", "ellipsoidal"], Query(description="what heights count from")
    ] = "above ground"
    vertical_datum: Text = None
    mapping: Annotated[
        str | None,
        Query(
            max_length=8_000, description='JSON: field → heading or number, e.g. {"heading": "朝向", "id": 1}; ""=none'
        ),
    ] = None
    header: Literal["auto", "none"] = "auto"
    sheet: Annotated[str | None, Query(max_length=200, description="sheet of a workbook, layer of a GeoPackage")] = None

    def loading(self) -> Loading:
        """The same for the layers."""
        return Loading(
            self.crs or None,
            self.height_reference,
            self.vertical_datum or None,
            columns_named(self.mapping, importing.FIELDS),
            self.header,
            self.sheet,
        )


@router.post(
    "/cameras/import",
    response_model=ImportAnswer,
    dependencies=[FromHere],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def import_(
    services: ServicesDep,
    ask: AskDep,
    lang: LangDep,
    body: Annotated[bytes, Depends(body_of)],
    how: Annotated[How, Depends()],
    file: Annotated[str, Query(max_length=200, description="name of the file, for messages")] = "list",
    mode: Literal["preview", "dry-run", "commit"] = "preview",
) -> Response:
    """Look at a camera list (the body, as it is), try it or take it in. Nothing but ``commit`` writes.

    CSV, XLSX, XLS, ODS, GeoPackage, GeoJSON and other JSON, GB/T 28181 catalogues, OSM XML and PBF.
    """
    loading = how.loading()
    demand_list(ask.caller, "camera")
    with refusing(loading.crs, loading.vertical_datum):
        return _taken(services, body, file, loading, mode, ask, lang)


def demand_list(caller: Caller, kind: str) -> None:
    """Go on only if records of a kind may be made or changed anywhere; where exactly is asked of each.

    Raises
    ------
    NotAllowed
    """
    if not any(caller.permissions.may(action, kind) for action in ("create", "change")):
        raise caller.refused("create", kind)


@contextlib.contextmanager
def refusing(crs: str | None, vertical_datum: str | None = None) -> Iterator[None]:
    """Systems and datums that are unknown are the caller's, not faults of the server's own sources."""
    try:
        yield
    except UnknownDatum:
        raise BadParameter(
            parameter="vertical_datum", value=vertical_datum, reason="not-a-datum", detail="has no grid here."
        ) from None
    except BadSource:
        raise BadParameter(parameter="crs", value=crs, reason="not-a-crs", detail="is no known system.") from None


def _taken(services: Services, body: bytes, file: str, loading: Loading, mode: str, ask: Ask, lang: Lang) -> Response:
    looked = importing.look(body, file, loading, services.now.town)
    told = _looked(looked, mode, lang)
    if looked.missing:
        if mode == "commit":
            # The refusal names the columns that are missing, as the command line does.
            importing.tried(looked, loading, services.now.town, {})
        return answer(told)
    known = importing.known_cameras(ask.seen(services))
    report = importing.tried(looked, loading, services.now.town, known)
    told |= _report(services, report, lang)
    if mode == "commit":
        rows = importing.take_in(services, report, known, ask)
        if rows:
            told["committed"] = {"seq": rows[0].seq, "through": rows[-1].seq, "changed": len(rows)}
    return answer(told)


@router.get("/cameras/conflicts", response_model=Conflicts)
def conflicts(
    now: NowDep,
    fleet: FleetDep,
    lang: LangDep,
    code: Annotated[str | None, Query(max_length=40, description="only those of this code")] = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
) -> Response:
    """What cannot well be about the cameras as they are, with proposals that a PATCH settles."""
    return answer(conflicts_answer(now, fleet, lang, code, limit))


def _looked(looked: importing.Looked, mode: str, lang: Lang) -> dict[str, Any]:
    grid = looked.grid
    return {
        "file": looked.file,
        "form": grid.form,
        "mode": mode,
        "sheet": grid.chosen,
        "sheets": list(grid.choices),
        "crs": grid.crs,
        "notes": [importing.note_words(note, lang) for note in grid.notes],
        "columns": importing.columns_of(looked),
        "rows": importing.rows_of(looked),
        "row_count": len(grid.lines),
        "mapping": {field: heading for heading, field in looked.known.items()},
        "missing": list(looked.missing),
        "fields": list(importing.FIELDS),
        "ignored": [],
        "counts": None,
        "remarks": [],
        "remarks_left_out": 0,
        "conflicts": [],
        "committed": None,
    }


def _report(services: Services, report: LoadReport, lang: Lang) -> dict[str, Any]:
    order = {"refused": 0, "incomplete": 1, "assumed": 2, "skipped": 3}
    problems = sorted(report.problems, key=lambda one: order[one.severity])
    found = found_in(report.records, services.now.town.scene)
    return {
        "notes": [importing.note_words(note, lang) for note in report.notes],
        "ignored": list(report.ignored),
        "counts": dict(report.counts),
        "remarks": [importing.row_words(problem, lang) for problem in problems[:MAX_TOLD]],
        "remarks_left_out": max(0, len(problems) - MAX_TOLD),
        "conflicts": [conflict_words(one, lang) for one in found[:MAX_TOLD]],
    }


def columns_named(text: str | None, fields: Collection[str]) -> dict[str, str]:
    """Field → column from the query's JSON.

    Raises
    ------
    BadParameter
    """
    if not text:
        return {}
    try:
        given = json.loads(text)
        if not isinstance(given, dict) or not all(isinstance(one, str | int | None) for one in given.values()):
            raise ValueError
    except (ValueError, RecursionError):
        raise BadParameter(
            parameter="mapping", value=text[:200], reason="not-a-mapping", detail="is no JSON object of columns."
        ) from None
    named = {plain(field): field for field in fields}
    unknown = next((field for field in given if plain(field) not in named), None)
    if unknown is not None:
        known = ", ".join(fields)
        raise BadParameter(
            parameter="mapping",
            value=unknown,
            reason="choice",
            detail=f"is none of {known}.",
            expected=known,
        )
    return {named[plain(field)]: "" if column is None else str(column) for field, column in given.items()}
