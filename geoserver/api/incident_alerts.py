"""Incidents as CAP alerts: taken in, told."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from geoserver import incident_alerts
from geoserver.api import incidents_models as models
from geoserver.api.asks import AskDep
from geoserver.api.bodies import bounded
from geoserver.api.deps import PRIVATE, Id, LangDep, NoteDep, SeenDep, ServicesDep, answer
from geoserver.api.importing import demand_list
from geoserver.api.incidents import BoardDep
from geoserver.api.origin import FromHere
from geoserver.incidents import KIND, kept_incident
from layers.incidents.cap.read import MOST_BYTES
from layers.incidents.cap.write import MEDIA_TYPE

router = APIRouter(prefix="/api/incidents", tags=["incidents"])
XML: dict[str, Any] = {"schema": {"type": "string"}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {MEDIA_TYPE: XML, "application/atom+xml": XML, "application/rss+xml": XML, "application/xml": XML},
    }
}


async def _body(request: Request) -> bytes:
    return await bounded(request, MOST_BYTES)


@router.post("/cap", response_model=models.AlertsTaken, dependencies=[FromHere], openapi_extra=BODY)
def take_in(
    services: ServicesDep, ask: AskDep, lang: LangDep, board: BoardDep, body: Annotated[bytes, Depends(_body)]
) -> Response:
    """Take in CAP 1.1 and 1.2 alerts (the body, as it is): one, or a feed of them (Atom, RSS, EDXL-DE).

    Each is told for itself: made, updated, closed, unchanged, or refused with the reason. Sending it again changes
    nothing. Exercises become incidents that are marked; tests are tried, and nothing is written.
    """
    demand_list(ask.caller, KIND)
    told = incident_alerts.take_alerts(services, board, body, ask)
    return answer({"alerts": incident_alerts.alerts_told(told, lang)})


@router.get(
    "/{id}/cap",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: XML}, "description": "A CAP 1.2 document"}},
)
def told(id: Id, services: ServicesDep, store: SeenDep, lang: LangDep, note: NoteDep) -> Response:
    """One incident as a CAP 1.2 alert, for other systems. It goes into the journal."""
    found = kept_incident(store, id)
    note(KIND, found.id, deed="export", format="cap", count=1)
    content = incident_alerts.cap_document(services, found, lang)
    headers = {"Cache-Control": PRIVATE, "Vary": "Accept-Language", "ETag": f'"{found.version}"'}
    headers["Content-Disposition"] = f'attachment; filename="incident-{found.version}.cap"'
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
