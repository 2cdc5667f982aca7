"""What a media server asks: whether somebody who wants a stream of it may have it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from geoserver.api import streams_models as models
from geoserver.api.deps import answer
from geoserver.api.ptz import StreamsDep
from geoserver.faults import NoTicket
from geoserver.streams.media_server import entry_of

router = APIRouter(prefix="/api/media", tags=["streams"])


async def _access(request: Request, streams: StreamsDep) -> Response:
    entry = entry_of(request.headers, await request.body())
    if entry is None or not streams.admits(entry):
        raise NoTicket()
    return answer({"code": 0}, headers={"Cache-Control": "no-store"})


@router.post("/access", response_model=models.Admitted)
async def access(request: Request, streams: StreamsDep) -> Response:
    """Whether the token that somebody showed a media server opens what they ask of it, as long as they watch.

    Asked by MediaMTX (`authHTTPAddress`) and ZLMediaKit (`on_play`). Needs no log-in: the token is all that counts.
    """
    return await _access(request, streams)


@router.get("/access", response_model=models.Admitted)
async def original_access(request: Request, streams: StreamsDep) -> Response:
    """The same, as nginx asks with `auth_request`: what is wanted stands in the header `X-Original-URI`."""
    return await _access(request, streams)
