"""Pictures of incidents: sent, listed, shown, taken away."""

import os
from typing import Annotated

import anyio
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from geoserver import incident_pictures
from geoserver.accounts.asking import CallerDep
from geoserver.api import incidents_models as models
from geoserver.api.asks import AskDep
from geoserver.api.bodies import bounded
from geoserver.api.deps import Id, NoteDep, SeenDep, ServicesDep, address_of, answer, answer_bytes
from geoserver.api.origin import FromHere
from geoserver.faults import PictureTooLarge
from geoserver.incidents import KIND, kept_incident
from geoserver.picture_files import MAX_BYTES, MEDIA_TYPE, Size, photo_of
from layers.incidents.model import MOST_PICTURES

router = APIRouter(prefix="/api/incidents/{id}/pictures", tags=["incidents"])
PictureId = Annotated[str, Path(min_length=1, max_length=200, description="SHA-256 of its bytes")]


def unpacking() -> anyio.CapacityLimiter:
    """So many pictures are unpacked at a time: each may take some hundred megabytes for a moment."""
    return anyio.CapacityLimiter(max(1, (os.cpu_count() or 2) // 2))


@router.get("", response_model=models.PicturesTold)
def pictures(id: Id, store: SeenDep, caller: CallerDep) -> Response:
    """The pictures of an incident, oldest first."""
    found = kept_incident(store, id)
    return answer({"pictures": incident_pictures.pictures_told(found, caller), "most": MOST_PICTURES})


@router.post(
    "",
    response_model=models.PictureTold,
    status_code=201,
    dependencies=[FromHere],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def add_picture(id: Id, request: Request, services: ServicesDep, ask: AskDep) -> Response:
    """Add a picture (the body, as it is): JPEG, PNG or WebP of at most 10 MB. One that is there already answers 200.

    It is kept as JPEG, upright, at most 4096 pixels wide and high, and without what the camera wrote into it.
    """
    await anyio.to_thread.run_sync(incident_pictures.demand_adding, services, id, ask)
    sent = await bounded(request, MAX_BYTES, PictureTooLarge, "bytes")
    photo = await anyio.to_thread.run_sync(photo_of, sent, limiter=request.app.state.unpacking)
    incident, picture, new = await anyio.to_thread.run_sync(incident_pictures.add, services, id, photo, ask)
    told = incident_pictures.pictures_told(incident, ask.caller)
    address = address_of(f"{address_of('/api/incidents', id)}/pictures", picture.id)
    response = answer(next(one for one in told if one["id"] == picture.id), headers={"Location": address})
    response.status_code = 201 if new else 200
    return response


@router.get(
    "/{picture}",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "The picture"}},
)
def picture(
    id: Id,
    picture: PictureId,
    request: Request,
    store: SeenDep,
    note: NoteDep,
    size: Annotated[Size, Query(description="small: no wider or higher than 320 pixels")] = "whole",
) -> Response:
    """A picture. To look at it as a whole goes into the journal."""
    incident, content = incident_pictures.picture_bytes(store, id, picture, size)
    if size == "whole":
        note(KIND, incident.id, deed="picture", picture=picture, area=incident.area)
    response = answer_bytes(request, content, etag=f"{picture}-{size}", media_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{picture[:12]}.jpg"'
    return response


@router.delete("/{picture}", status_code=204, dependencies=[FromHere])
def remove_picture(id: Id, picture: PictureId, services: ServicesDep, ask: AskDep) -> Response:
    """Take a picture away: one's own, or another's for who supervises. It can be undone."""
    incident_pictures.remove(services, id, picture, ask)
    return Response(status_code=204)
