"""A camera's picture: the still, the view mesh, and the way from pixel to place and back."""

import os
from collections.abc import Callable
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.api import pictures_models as models
from geoserver.api.deps import (
    PRIVATE,
    Height,
    LangDep,
    Lat,
    Lon,
    NoteDep,
    NowDep,
    answer,
    asked_as,
    has_already,
)
from geoserver.api.trial import CameraDep
from geoserver.faults import BadParameter
from geoserver.names_answers import MOST, names_answer
from geoserver.pictures import (
    Format,
    Wanted,
    locate_answer,
    project_answer,
    still_bytes,
    view_bytes,
    view_etag,
)
from geoserver.streams.private import Volumes
from layers.cameras.model import Camera, PtzAim
from layers.cameras.pictures.still import MAX_WIDTH_PX, MIN_WIDTH_PX

router = APIRouter(prefix="/api/cameras/{id}", tags=["cameras"])
AT_ONCE = max(1, (os.cpu_count() or 2) // 2)
"""So many pictures are rendered at a time; the others wait without holding a thread, so that questions find one."""
Ladder = Annotated[Literal["2014", "2025"], Query(description="edition of IEC 62676-4")]
Angle = Annotated[float | None, Query(ge=-360, le=360, allow_inf_nan=False)]


class AskedAim:
    """Where a PTZ camera is to look; what is left out is as it looks now."""

    def __init__(
        self,
        pan: Angle = None,
        tilt: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
        zoom: Annotated[float | None, Query(ge=1, le=1_000, allow_inf_nan=False)] = None,
    ) -> None:
        self.given = {"pan": pan, "tilt": tilt, "zoom": zoom}

    def of(self, camera: Camera) -> PtzAim | None:
        """The aim, None where none is asked for.

        Raises
        ------
        BadParameter
            The camera cannot be turned, or its present direction is not known and no pan is given.
        """
        given = {name: value for name, value in self.given.items() if value is not None}
        if not given:
            return None
        if not camera.is_ptz:
            name, value = next(iter(given.items()))
            raise BadParameter(parameter=name, value=value, reason="wrong", detail=f"{camera.id} is no PTZ camera.")
        now = camera.aim
        if now is None and camera.heading_deg is not None:
            now = PtzAim(pan=camera.heading_deg, tilt=camera.pitch_deg)
        if now is None and "pan" not in given:
            raise BadParameter(parameter="pan", value=None, reason="missing", detail="is missing.")
        return PtzAim(**{**(now.model_dump() if now else {"tilt": camera.pitch_deg}), **given})


class AskedPicture:
    """How a picture is to be."""

    def __init__(
        self,
        width: Annotated[int, Query(ge=MIN_WIDTH_PX, le=MAX_WIDTH_PX, description="pixels")] = 640,
        lines: Annotated[bool, Query(description="1: the model's edges alone, on nothing, as PNG")] = False,
        format: Annotated[Format, Query(description="of the picture; edges alone are always PNG")] = "jpg",
    ) -> None:
        self.width, self.lines, self.format = width, lines, format


AimDep = Annotated[AskedAim, asked_as(AskedAim)]
PictureDep = Annotated[AskedPicture, asked_as(AskedPicture)]


@router.get(
    "/still.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}, "description": "The picture"}},
)
async def still(
    request: Request,
    note: NoteDep,
    caller: CallerDep,
    now: NowDep,
    camera: CameraDep,
    aim: AimDep,
    picture: PictureDep,
) -> Response:
    """The picture as the camera would take it, rendered from the city that is served. It goes into the journal.

    Privacy volumes are blank in it for everyone without the right to see them.
    """
    note("camera", camera.id, deed="still", lon=camera.lon, lat=camera.lat, area=camera.area)
    volumes: Volumes = request.app.state.volumes
    hidden = () if picture.lines else await anyio.to_thread.run_sync(volumes.hidden, caller, camera)
    wanted = Wanted(camera, aim.of(camera), picture.width, picture.lines, picture.format, hidden)
    tag = f'"{wanted.etag(now.town.scene.version)}"'
    headers = {"ETag": tag, "Cache-Control": PRIVATE}
    if has_already(request, tag):
        return Response(status_code=304, headers=headers)
    body = await _rendered(request, lambda: still_bytes(now, wanted))
    return Response(body, media_type=wanted.media_type, headers=headers)


@router.get(
    "/view.glb",
    response_class=Response,
    responses={200: {"content": {"model/gltf-binary": {}}, "description": "The model"}},
)
async def view(
    request: Request,
    now: NowDep,
    camera: CameraDep,
    aim: AimDep,
    ladder: Ladder = "2014",
    density: Annotated[
        float | None,
        Query(ge=1, le=100, allow_inf_nan=False, description="px/m; down to this too, below the lowest class"),
    ] = None,
) -> Response:
    """What the camera sees, as a model by class; its extras say where to place it (east, north, up at ``origin``).

    With a ``density`` below the lowest class the model reaches as far as that, for a picture to be painted on it.
    """
    turned = aim.of(camera)
    tag = f'"{view_etag(now, camera, turned, ladder, density)}"'
    headers = {"ETag": tag, "Cache-Control": PRIVATE}
    if has_already(request, tag):
        return Response(status_code=304, headers=headers)
    body = await _rendered(request, lambda: view_bytes(now, camera, turned, ladder, density))
    return Response(body, media_type="model/gltf-binary", headers=headers)


@router.get("/locate", response_model=models.Located)
def locate(
    now: NowDep,
    camera: CameraDep,
    aim: AimDep,
    u: Annotated[float, Query(ge=0, le=32_768, allow_inf_nan=False, description="pixels from the left")],
    v: Annotated[float, Query(ge=0, le=32_768, allow_inf_nan=False, description="pixels from the top")],
    ladder: Ladder = "2014",
) -> Response:
    """The place that a pixel shows, what was hit, and how well the place is known."""
    return answer(locate_answer(now, camera, (u, v), aim.of(camera), ladder), headers={"Cache-Control": PRIVATE})


@router.get("/project", response_model=models.Projected)
def project(
    now: NowDep,
    lang: LangDep,
    camera: CameraDep,
    aim: AimDep,
    lon: Lon,
    lat: Lat,
    height: Height = None,
) -> Response:
    """The pixel at which a place appears, whether the camera sees it, and if not why."""
    found = project_answer(now, camera, (lon, lat, height), aim.of(camera), lang)
    return answer(found, headers={"Cache-Control": PRIVATE})


@router.get("/names", response_model=models.Names)
def names(
    now: NowDep,
    caller: CallerDep,
    camera: CameraDep,
    aim: AimDep,
    limit: Annotated[int, Query(ge=1, le=MOST, description="the largest in the picture")] = 30,
) -> Response:
    """Roads, buildings, places and areas that are seen in the picture, and where in it; nothing that is hidden."""
    return answer(names_answer(now, camera, aim.of(camera), limit, caller.permissions))


async def _rendered(request: Request, render: Callable[[], bytes]) -> bytes:
    """Bytes that a thread renders when it is its turn."""
    state = request.app.state
    if not hasattr(state, "renders"):
        state.renders = anyio.CapacityLimiter(AT_ONCE)
    return await anyio.to_thread.run_sync(render, limiter=state.renders)
