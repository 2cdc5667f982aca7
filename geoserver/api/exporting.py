"""Records of any kind as a file, for those who may export them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from geoserver import ogc_items
from geoserver.accounts.asking import CallerDep
from geoserver.api.deps import Bbox, Id, NoteDep, SeenDep
from geoserver.api.exporting_models import FILES, FormName, as_file
from geoserver.boxes import read_bbox
from geoserver.exporting import written
from geoserver.faults import BadParameter
from geoserver.ogc_documents import kind_of

router = APIRouter(tags=["export"])
MOST = 100_000
_OWN = ("f", "bbox", "datetime", "limit")


@dataclass(frozen=True)
class Filter:
    """Which records."""

    bbox: Bbox = None
    datetime: Annotated[str | None, Query(max_length=100, description="instant or interval, RFC 3339")] = None
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST


@router.get("/api/export/{collection}", response_class=Response, responses=FILES)
def export(
    request: Request,
    collection: Id,
    store: SeenDep,
    caller: CallerDep,
    note: NoteDep,
    given: Annotated[Filter, Depends()],
    f: FormName = "geojson",
) -> Response:
    """Records of a kind as a file; filtered by the collection's queryables. It goes into the journal."""
    kind = kind_of(collection)
    may = caller.permissions.reach("export", kind.name)
    if may.is_empty:
        raise caller.refused("export", kind.name)
    asked = {name: value for name, value in request.query_params.items() if name not in _OWN}
    _known(asked.keys() - ogc_items.filters(kind), request)
    wanted = ogc_items.Wanted(read_bbox(given.bbox), ogc_items.read_datetime(given.datetime), given.limit, 0, asked)
    found = [one for one in store.find(ogc_items.question(kind, wanted)) if may.covers_record(one)]
    box = list(wanted.bbox) if wanted.bbox else None
    note(kind.name, "*", deed="export", format=f, count=len(found), bbox=box)
    return as_file(written(found, kind.plural, f), kind.plural, f)


def _known(unknown: set[str], request: Request) -> None:
    for name in sorted(unknown):
        raise BadParameter(
            parameter=name,
            value=request.query_params[name],
            reason="unknown",
            detail="is neither a parameter nor a queryable of the collection.",
        )
