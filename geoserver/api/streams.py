"""Moving pictures of cameras: tickets, viewing sessions, and the picture itself by WebSocket, HLS, still and clip."""

from email.utils import formatdate
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

import anyio
from fastapi import APIRouter, Depends, Query, Request, WebSocket
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep, asked_again, caller_of
from geoserver.api import streams_models as models
from geoserver.api.deps import FleetDep, Id, address_of, answer
from geoserver.api.origin import FromHere, foreign_site
from geoserver.api.ptz import StreamsDep
from geoserver.errors import problem_response
from geoserver.faults import ForeignPage, PurposeNeeded, UnknownId
from geoserver.streams import frames, hls
from geoserver.streams.marks import Mark
from geoserver.streams.model import Picture, Stills
from geoserver.streams.offered import stream_of, streams_of
from geoserver.streams.private import asks_purpose
from geoserver.streams.service import Streams
from geoserver.streams.telling import Telling
from geoserver.streams.viewings import IDLE_S, TICKET_S, Viewing, Wish, holder_of
from geoserver.words import language
from tiles.errors import Fault

router = APIRouter(prefix="/api/streams", tags=["streams"])
CLIP_S = 30.0
CLIPS_AT_ONCE = 1
"""Clips are decoded and encoded anew, a picture at a time: one after the other, so that pictures go on meanwhile."""
NO_STORE = {"Cache-Control": "no-store"}
Session = Annotated[str, Query(min_length=1, max_length=200, description="id of the viewing session")]


async def _viewing(camera: Id, session: Session, caller: CallerDep, streams: StreamsDep) -> Viewing:
    return streams.viewings.of(session, caller, camera)


class Reload:
    """What a player waits for (RFC 8216bis §6.2.5.2)."""

    def __init__(
        self,
        msn: Annotated[int | None, Query(alias="_HLS_msn", ge=0, le=10**9, description="a segment")] = None,
        part: Annotated[int | None, Query(alias="_HLS_part", ge=0, le=10_000, description="a part of it")] = None,
    ) -> None:
        self.msn, self.part = msn, part


ReloadDep = Annotated[Reload, Depends(Reload)]
ViewingDep = Annotated[Viewing, Depends(_viewing)]
"""The caller's viewing of the camera that is asked for; a part of a picture has no other door."""


@router.get("/{camera}", response_model=models.StreamsTold)
async def streams_told(camera: Id, fleet: FleetDep, caller: CallerDep, streams: StreamsDep) -> Response:
    """The streams of a camera, by id; nothing of where they are fetched.

    Who may watch has the camera asked what is not known of them, which takes a second at most.
    """
    found = fleet.camera(camera)
    if caller.permissions.allows("watch", "camera", area=found.area, tier=found.tier):
        await streams.ask(found)
    told = []
    masked = await streams.is_masked(caller, found)
    for one in streams_of(found, simulated=streams.simulated):
        known = streams.known(found, one.id, masked=masked)
        told.append({"id": one.id, "role": one.role, **known})
    return answer(
        {
            "camera": camera,
            "streams": told,
            "simulated": streams.simulated,
            "ptz": found.is_ptz,
            "masked": masked,
            "purpose_needed": asks_purpose(caller, found),
            "reencoding": streams.reencoders.room,
        },
        headers=NO_STORE,
    )


@router.post("/{camera}/ticket", response_model=models.TicketTold, status_code=201, dependencies=[FromHere])
async def ticket(
    camera: Id, body: models.TicketWanted, fleet: FleetDep, caller: CallerDep, streams: StreamsDep
) -> Response:
    """A ticket for a camera's stream, its best where none is named: good once, for the same log-in, for 30 seconds."""
    found = fleet.camera(camera)
    caller.demand("watch", "camera", area=found.area, tier=found.tier)
    purpose = body.purpose.strip()
    if not purpose and asks_purpose(caller, found):
        raise PurposeNeeded(action="watch", kind="camera", approval=False)
    stream = stream_of(found, body.stream, simulated=streams.simulated).id
    masked = await streams.is_masked(caller, found)
    wish = Wish(holder_of(caller), caller.name, caller.title, camera, stream, purpose, masked, body.form, body.direct)
    what = {"camera": camera, "stream": stream, "form": body.form}
    told = {"ticket": streams.viewings.ticket(wish), "expires_in_s": TICKET_S, **what}
    response = answer(told, headers=NO_STORE)
    response.status_code = 201
    return response


@router.post("/sessions", response_model=models.ViewingTold, status_code=201, dependencies=[FromHere])
async def open_session(request: Request, body: models.TicketGiven, caller: CallerDep, streams: StreamsDep) -> Response:
    """Trade a ticket for a viewing session. It ends with the log-in, with the grant, and when it is not used."""
    viewing = streams.viewings.trade(body.ticket, caller, lambda: asked_again(request, used=False))
    wish = viewing.wish
    streams.note(wish, "watch")
    told = {
        "session": viewing.id,
        "camera": wish.camera,
        "stream": wish.stream,
        "form": wish.form,
        "mark": streams.mark(wish),
        "masked": wish.masked,
        "keep_alive_s": IDLE_S,
    }
    response = answer(told, headers=NO_STORE | {"Location": address_of("/api/streams/sessions", viewing.id)})
    response.status_code = 201
    return response


@router.delete("/sessions/{session}", status_code=204, dependencies=[FromHere])
async def close_session(session: Id, caller: CallerDep, streams: StreamsDep) -> Response:
    """End a viewing session."""
    viewing = streams.viewings.held(session, caller)
    streams.viewings.end(viewing.id, "closed")
    return Response(status_code=204)


@router.get(
    "/{camera}/snapshot.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture"}},
)
async def snapshot(viewing: ViewingDep, streams: StreamsDep) -> Response:
    """The last picture as a file, who took it and when burnt in. It goes into the journal."""
    answered = await _marked(streams, viewing, await streams.picture(viewing.wish))
    streams.note(viewing.wish, "snapshot")
    return answered


@router.get(
    "/{camera}/frame.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture"}},
)
async def frame(viewing: ViewingDep, streams: StreamsDep) -> Response:
    """The newest of the pictures that a viewing is sent instead of motion, with the mark burnt in."""
    return await _marked(streams, viewing, await streams.still(viewing.wish))


@router.get(
    "/{camera}/last.jpg",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The picture; `Last-Modified` says of when"},
        204: {"description": "There is none"},
    },
)
async def last(viewing: ViewingDep, streams: StreamsDep) -> Response:
    """The newest picture that is there already, to be shown until there is motion: of an hour ago at most."""
    found = await streams.last(viewing.wish)
    if found is None:
        return Response(status_code=204, headers=NO_STORE)
    answered = await _marked(streams, viewing, found)
    answered.headers["Last-Modified"] = formatdate(found.at_s, usegmt=True)
    return answered


async def _marked(streams: Streams, viewing: Viewing, picture: Picture) -> Response:
    """A picture as a file, with who watches and when burnt in."""
    mark = Mark(streams.mark(viewing.wish))
    body = await anyio.to_thread.run_sync(lambda: frames.snapshot(picture, [mark]))
    return Response(body, media_type="image/jpeg", headers=NO_STORE)


@router.get(
    "/{camera}/clip.mp4",
    response_class=Response,
    responses={200: {"content": {"video/mp4": {}}, "description": "The clip"}},
)
async def clip(
    request: Request,
    viewing: ViewingDep,
    streams: StreamsDep,
    seconds: Annotated[float, Query(gt=0, le=CLIP_S, allow_inf_nan=False)] = CLIP_S,
) -> Response:
    """The last seconds as a file, as many as the server has had the stream open for, with the mark burnt in."""
    await streams.picture(viewing.wish)
    pieces = streams.pieces(viewing.wish, seconds)
    mark = Mark(streams.mark(viewing.wish))
    state = request.app.state
    if not hasattr(state, "clips"):
        state.clips = anyio.CapacityLimiter(CLIPS_AT_ONCE)
    body = await anyio.to_thread.run_sync(lambda: frames.clip(pieces, seconds, [mark]), limiter=state.clips)
    streams.note(viewing.wish, "clip", seconds=seconds)
    return Response(body, media_type="video/mp4", headers=NO_STORE)


@router.get(
    "/{camera}/index.m3u8",
    response_class=Response,
    responses={200: {"content": {hls.MEDIA_TYPE: {}}, "description": "The playlist"}},
)
async def playlist(viewing: ViewingDep, streams: StreamsDep, asked: ReloadDep) -> Response:
    """The playlist of low-latency HLS; every name in it carries the session."""
    key = streams.key_of(viewing.wish)
    shelf = streams.gateway.shelf(key)
    if isinstance(streams.gateway.state(key), Stills):
        raise streams.missing(viewing.wish)
    text = await hls.playlist(shelf, urlencode({"session": viewing.id}), msn=asked.msn, part=asked.part)
    if not text:
        raise streams.missing(viewing.wish)
    return Response(text, media_type=hls.MEDIA_TYPE, headers=NO_STORE)


@router.get(
    "/{camera}/{name}",
    response_class=Response,
    responses={200: {"content": {"video/mp4": {}}, "description": "A part of the picture"}},
)
async def part(name: Id, viewing: ViewingDep, streams: StreamsDep) -> Response:
    """What the playlist names: the head of the picture, a segment, or a part of one."""
    body = await hls.resource(streams.gateway.shelf(streams.key_of(viewing.wish)), name)
    if body is None:
        raise UnknownId(kind="part", id=name)
    return Response(body, media_type="video/mp4", headers=NO_STORE)


@router.websocket("/{camera}/live")
async def live(socket: WebSocket, camera: str, session: str = "") -> None:
    """The picture as it comes: see docs/video.md for what is sent."""
    streams: Streams = socket.app.state.streams
    try:
        site = foreign_site(socket.headers)
        if site is not None:
            raise ForeignPage(origin=site)
        viewing = streams.viewings.of(session, caller_of(socket), camera)
    except Fault as refused:
        await socket.send_denial_response(problem_response(refused, language(socket.headers.get("accept-language"))))
        return
    await socket.accept()
    instead = partial(streams.instead, viewing.wish)
    telling = Telling(socket, streams.gateway, streams.viewings, viewing, instead)
    await telling.serve(streams.key_of(viewing.wish), streams.elsewhere(viewing))
