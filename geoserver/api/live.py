"""The live feed: a WebSocket, on which a client follows what it wants to see."""

from fastapi import APIRouter, WebSocket

from geoserver.accounts.asking import asked_again, caller_of, door_of
from geoserver.accounts.audience import CallerAudience
from geoserver.api.origin import foreign_site
from geoserver.errors import problem_response
from geoserver.faults import ForeignPage, LiveFull
from geoserver.live.feed import MOST, Feed
from geoserver.live.session import Session
from geoserver.vehicles.garage import VEHICLE
from geoserver.words import language

router = APIRouter()


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    """Tell a client what it follows, until it goes. What may be said is in docs/live.md."""
    feed: Feed = socket.app.state.feed
    lang = language(socket.headers.get("accept-language"))
    # Browsers open a WebSocket for any page and send our cookies along: only the origin tells ours from others.
    site = foreign_site(socket.headers)
    refused = ForeignPage(origin=site) if site is not None else LiveFull(limit=MOST) if feed.count >= MOST else None
    if refused is not None:
        await socket.send_denial_response(problem_response(refused, lang))
        return
    garage = socket.app.state.taking.garage
    audience = CallerAudience(
        lambda: asked_again(socket, used=False),
        taken=lambda: door_of(socket).store.taken,
        mover=garage.record,
        recorded=frozenset({VEHICLE}),
    )
    await feed.read(audience.renew)
    await socket.accept()
    with feed.present.joined(caller_of(socket).name):
        await Session(socket, feed, audience, lang).serve()
