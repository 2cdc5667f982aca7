"""Steering a PTZ camera: what its head does, and moves."""

from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Body, Depends, Path, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.accounts.caller import Caller
from geoserver.api import ptz_models as models
from geoserver.api.deps import FleetDep, ServicesDep, answer
from geoserver.api.origin import FromHere
from geoserver.ptz.pointing import aim_at
from geoserver.ptz.steering import Steering, rounded
from geoserver.services import Services
from geoserver.streams.service import Streams
from layers.cameras.model import Camera, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.hold import Hold, Steerer, priority_of

router = APIRouter(prefix="/api/streams", tags=["streams"])
NO_STORE = {"Cache-Control": "no-store"}


async def _seen(camera: Annotated[str, Path(min_length=1, max_length=200)], fleet: FleetDep) -> Camera:
    return fleet.camera(camera)


async def _steering(request: Request) -> Steering:
    steering: Steering = request.app.state.steering
    return steering


async def _streams(request: Request) -> Streams:
    streams: Streams = request.app.state.streams
    return streams


StreamsDep = Annotated[Streams, Depends(_streams)]
SteeredDep = Annotated[Camera, Depends(_seen)]
SteeringDep = Annotated[Steering, Depends(_steering)]


@router.get("/{camera}/ptz", response_model=models.PtzTold)
async def ptz(camera: SteeredDep, caller: CallerDep, steering: SteeringDep) -> Response:
    """Where a camera looks, its presets, who steers it."""
    caller.demand("watch", "camera", area=camera.area, tier=camera.tier)
    found = await steering.look(camera)
    return answer(
        {
            "camera": camera.id,
            "aim": _aim(found.aim),
            "presets": list(found.presets),
            "held": _held(steering, found.held, caller),
            "source": found.source,
        },
        headers=NO_STORE,
    )


@router.post("/{camera}/ptz", response_model=models.Moved, dependencies=[FromHere])
async def move_ptz(
    camera: SteeredDep,
    caller: CallerDep,
    services: ServicesDep,
    steering: SteeringDep,
    streams: StreamsDep,
    body: Annotated[models.MoveAsked, Body()],
) -> Response:
    """Turn a camera and zoom; answers once it stands still, with what was read back. It goes into the journal.

    Whoever steers has the camera for 20 s after their last move; a higher priority takes it over.
    """
    caller.demand("aim", "camera", area=camera.area, tier=camera.tier)
    move, visible = await _wanted(services, camera, body)
    who = Steerer(caller.name, caller.title or caller.name, priority_of(caller.permissions, camera))
    made = await steering.move(camera, move, who, body.model_dump(exclude_none=True))
    if made.aim is not None:
        streams.turned(camera.id)
    return answer(
        {
            "camera": camera.id,
            "aim": _aim(made.aim),
            "wanted": _aim(made.wanted),
            "reached": made.reached,
            "off_deg": None if made.off_deg is None else round(made.off_deg, 3),
            "limited": list(made.limited),
            "visible": visible,
        },
        headers=NO_STORE,
    )


async def _wanted(services: Services, camera: Camera, body: models.MoveAsked) -> tuple[moves.Move, bool | None]:
    """The move, and of a place whether it is seen from where it leads."""
    if isinstance(body, models.AbsoluteMove):
        now = services.aims.of(camera)
        zoom = body.zoom if body.zoom is not None else now.zoom if now is not None else 1.0
        return moves.Absolute(PtzAim(pan=body.pan % 360.0 % 360.0, tilt=body.tilt, zoom=zoom)), None
    if isinstance(body, models.PlaceMove):
        place = body.lon, body.lat, body.height
        aim, visible = await anyio.to_thread.run_sync(aim_at, services.now, camera, place, body.density)
        return moves.Absolute(aim), visible
    return models.plain_move(body), None


def _aim(aim: PtzAim | None) -> dict[str, float] | None:
    return None if aim is None else rounded(aim)


def _held(steering: Steering, hold: Hold | None, caller: Caller) -> dict[str, Any] | None:
    if hold is None:
        return None
    who = hold.who
    return {"by": who.title, "until": steering.until(hold), "priority": who.priority, "mine": who.name == caller.name}
