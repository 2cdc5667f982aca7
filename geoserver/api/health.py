"""Health of cameras: the board, each camera, checks by hand, the good picture, settings, the month's assessment."""

import io
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, cast

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request
from PIL import Image
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.accounts.caller import Caller
from geoserver.api import health_models as models
from geoserver.api.deps import MAX_LISTED, FleetDep, Id, LangDep, NowDep, SeenDep, ServicesDep, answer
from geoserver.api.origin import FromHere
from geoserver.doorway import city_of
from geoserver.faults import BadParameter, UnknownId
from geoserver.health import orders
from geoserver.health.answers import (
    board_told,
    camera_told,
    detail_told,
    row_told,
    settings_told,
    sorted_by,
    time_told,
)
from geoserver.health.checker import Checker
from geoserver.health.files import looks_elsewhere
from geoserver.health.service import Health
from geoserver.health.sheet import MEDIA, sheet
from geoserver.services import Services
from geoserver.storage.store import Query as Asked
from geoserver.streams.private import is_masked_for
from layers.cameras.model import Camera
from layers.cameras.pictures.masking import blanked
from layers.health.assessment import assessed
from layers.health.board import board
from layers.health.orders import RepairOrder, overdue
from layers.health.rates import expected
from layers.health.thresholds import ImageFault

router = APIRouter(prefix="/api/health", tags=["health"])
HISTORY_S = 90 * 86_400.0
Sort = Literal["name", "-name", "camera", "-camera", "reached_at", "-reached_at", "judged_at", "-judged_at",
               "online_since", "-online_since", "owner", "-owner", "contractor", "-contractor", "tier", "-tier",
               "district", "-district"]  # fmt: skip
JPEG = {200: {"content": {"image/jpeg": {}}, "description": "The picture"}}
SHEET = {200: {"content": {media: {} for media in MEDIA.values()}, "description": "A file, where one is asked for"}}


async def _health(request: Request) -> Health:
    health: Health = request.app.state.health
    return health


async def _checker(request: Request) -> Checker:
    checker: Checker = request.app.state.checker
    return checker


HealthDep = Annotated[Health, Depends(_health)]
CheckerDep = Annotated[Checker, Depends(_checker)]


@router.get("/board", response_model=models.HealthBoard)
def told_board(fleet: FleetDep, now: NowDep, store: SeenDep, health: HealthDep, lang: LangDep) -> Response:
    """Rates by every axis, faults, how checking goes, repair orders; of the cameras that the caller sees."""
    at = time.time()
    _, plan = health.plan()
    known, cameras = health.kept.all(), fleet.cameras()
    conditions = {id_: one.condition for id_, one in known.items()}
    found = board(cameras, conditions, {id_: one.faults for id_, one in known.items()}, plan.targets)
    standing = list(orders.standing(store).values())
    when = datetime.fromtimestamp(at, UTC)
    some = [known[camera.id] for camera in cameras if camera.id in known]
    gap_s = max(plan.schedule.picture_gap_s, plan.schedule.picture_round_s / max(found.cameras, 1))
    fresh = sum((one.judged_at or 0) > at - plan.schedule.picture_round_s for one in some)
    checks = {
        "enabled": health.enabled,
        "reached_at": time_told(max((one.reached_at for one in some if one.reached_at), default=None)),
        "reach_round_s": plan.schedule.reach_round_s,
        "judged_last_hour": sum((one.judged_at or 0) > at - 3_600 for one in some),
        "picture_round_s": gap_s * found.cameras if found.cameras else None,
        "waiting": max(found.cameras - fresh, 0),
    }
    told = {"open": len(standing), "overdue": sum(overdue(one, when) for one in standing)}
    more = {"at": time_told(at), "targets": plan.targets.model_dump(), "checks": checks, "orders": told}
    return answer(board_told(found, now.town, lang) | more)


@router.get("/cameras", response_model=models.CamerasHealth)
def list_(  # noqa: PLR0913  # the parameters of a list
    fleet: FleetDep,
    store: SeenDep,
    health: HealthDep,
    lang: LangDep,
    fault: ImageFault | None = None,
    online: models.Online | None = None,
    district: Annotated[str | None, Query(max_length=40)] = None,
    street: Annotated[str | None, Query(max_length=40)] = None,
    owner: Annotated[str | None, Query(max_length=200)] = None,
    tier: Annotated[int | None, Query(ge=1, le=3)] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    sort: Sort = "name",
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The cameras that should work, with what is known of each."""
    known, wanted = health.kept.all(), q.casefold()
    state = {"true": True, "false": False, "unknown": None}
    standing = orders.standing(store)
    found = []
    for camera in fleet.cameras():
        one = known.get(camera.id) or health.present.of(camera.id)
        if (
            expected(camera)
            and (fault is None or fault in one.faults)
            and (online is None or one.online is state[online])
            and (district is None or camera.district == district)
            and (street is None or camera.street == street)
            and (owner is None or camera.owner == owner)
            and (tier is None or camera.tier == tier)
            and (not wanted or wanted in f"{camera.id} {camera.name} {camera.name_en}".casefold())
        ):
            order = standing.get(camera.id)
            found.append(camera_told(camera, one, order.id if order else None, lang))
    return answer({"total": len(found), "items": sorted_by(found, sort)[offset : offset + limit]})


@router.get("/cameras/{id}", response_model=models.CameraHealthDetail)
def one(id: Id, fleet: FleetDep, store: SeenDep, health: HealthDep, lang: LangDep) -> Response:
    """One camera with its last judgement, pictures and history."""
    return answer(_detail(fleet.camera(id), store, health, lang))


@router.post("/cameras/{id}/check", response_model=models.CameraHealth, dependencies=[FromHere])
async def check(
    id: Id, fleet: FleetDep, store: SeenDep, health: HealthDep, checker: CheckerDep, caller: CallerDep, lang: LangDep
) -> Response:
    """Try the camera and judge its picture, now."""
    camera = fleet.camera(id)
    caller.demand("maintain", "camera", area=camera.area, tier=camera.tier)
    await checker.check_now(camera)
    return answer(await anyio.to_thread.run_sync(_short, camera, store, health, lang))


@router.put("/cameras/{id}/reference", response_model=models.CameraHealthDetail, dependencies=[FromHere])
async def set_reference(  # noqa: PLR0913  # what a deed needs
    id: Id,
    body: models.ReferenceWanted,  # noqa: ARG001  # it says that nothing but now is meant
    fleet: FleetDep,
    store: SeenDep,
    health: HealthDep,
    checker: CheckerDep,
    caller: CallerDep,
    services: ServicesDep,
    lang: LangDep,
) -> Response:
    """Take the picture of now as the good one."""
    camera = fleet.camera(id)
    caller.demand("maintain", "camera", area=camera.area, tier=camera.tier)
    await checker.take_reference(camera)
    _note(services, caller, camera, "health-reference")
    return answer(await anyio.to_thread.run_sync(_detail, camera, store, health, lang))


@router.delete("/cameras/{id}/reference", response_model=models.CameraHealthDetail, dependencies=[FromHere])
def forget_reference(
    id: Id,
    fleet: FleetDep,
    store: SeenDep,
    health: HealthDep,
    caller: CallerDep,
    services: ServicesDep,
    lang: LangDep,
) -> Response:
    """Forget the good picture; the next good one takes its place."""
    camera = fleet.camera(id)
    caller.demand("maintain", "camera", area=camera.area, tier=camera.tier)
    kept = health.kept.reference(id)
    if kept is not None:
        health.kept.set_reference(id, None)
        health.pictures.forget(id, kept.name)
        _note(services, caller, camera, "health-reference-forgotten")
    return answer(_detail(camera, store, health, lang))


@router.get("/cameras/{id}/pictures/{name}", response_class=Response, responses=cast("dict[int | str, object]", JPEG))  # type: ignore[arg-type]
def picture(
    id: Id, name: Id, request: Request, fleet: FleetDep, health: HealthDep, caller: CallerDep, services: ServicesDep
) -> Response:
    """A kept picture; private pixels are blank for who may not see them. Looking at it goes into the journal."""
    camera = fleet.camera(id)
    caller.demand("watch", "camera", area=camera.area, tier=camera.tier)
    found = health.pictures.read(id, name)
    if found is None:
        raise UnknownId(kind="picture", id=name)
    if is_masked_for(caller, camera):
        mask = request.app.state.streams.mask_of(camera, found.shape[1], found.shape[0], looks_elsewhere(name))
        found = blanked(found, mask)
    _note(services, caller, camera, "health-picture", picture=name)
    out = io.BytesIO()
    Image.fromarray(found).save(out, "JPEG", quality=88)
    return Response(out.getvalue(), media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.get("/settings", response_model=models.HealthSettings)
def settings(health: HealthDep, caller: CallerDep, lang: LangDep) -> Response:
    """Thresholds, targets, schedule and deadlines, each explained."""
    _demand_sight(caller)
    version, plan = health.plan()
    return answer(settings_told(version, plan, health.usual, lang))


@router.put("/settings", response_model=models.HealthSettings, dependencies=[FromHere])
def set_settings(body: models.HealthSettingsWanted, health: HealthDep, caller: CallerDep, lang: LangDep) -> Response:
    """Set them, for the whole city: for who maintains all its cameras."""
    if not caller.permissions.reach("maintain", "camera").is_everything:
        raise caller.refused("maintain", "camera")
    names = ("thresholds", "targets", "schedule", "orders")
    given = {name: getattr(body, name) for name in names if getattr(body, name) is not None}
    version, plan = health.set_plan(given, body.version, caller.name)
    return answer(settings_told(version, plan, health.usual, lang))


@router.get("/assessment", response_model=models.Assessment, responses=cast("dict[int | str, object]", SHEET))  # type: ignore[arg-type]
def assessment(  # noqa: PLR0913  # the parameters of a list
    fleet: FleetDep,
    store: SeenDep,
    health: HealthDep,
    caller: CallerDep,
    services: ServicesDep,
    lang: LangDep,
    month: Annotated[str, Query(min_length=7, max_length=7, description="as 2026-11, by the city's clocks")],
    leased: Annotated[bool, Query(description="leased cameras only, else all")] = True,
    format: Literal["json", "csv", "xlsx"] = "json",
) -> Response:
    """How each contractor kept the cameras in a month; as a file it is for who may export cameras, and journalled."""
    zone = city_of(services).tz
    begin, end = _month(month, zone)
    cameras = [one for one in fleet.cameras() if (one.leased or not leased) and one.status != "planned"]
    reach = caller.permissions.reach("export", "camera")
    if format != "json":
        if reach.is_empty:
            raise caller.refused("export", "camera")
        cameras = [one for one in cameras if reach.covers_record(one)]
    spans: dict[str, list[tuple[str, float, float | None]]] = {}
    for span in health.kept.spans(begin, end):
        spans.setdefault(span.camera, []).append((span.state, span.since, span.until))
    kept = cast("list[RepairOrder]", list(store.find(Asked(orders.KIND))))
    rows = [row_told(row) for row in assessed(cameras, spans, kept, (begin, end), time.time())]
    if format == "json":
        return answer({"month": month, "leased": leased, "rows": rows})
    detail = {"deed": "export", "what": "assessment", "month": month, "format": format, "count": len(rows)}
    services.looks.note(caller.name, "camera", "*", detail)
    mark = f"{caller.title or caller.name} {datetime.now(zone):%Y-%m-%d %H:%M}"
    headers = {
        "Content-Disposition": f'attachment; filename="assessment-{month}.{format}"',
        "Cache-Control": "private, no-store",
    }
    return Response(sheet(rows, mark, format, lang), media_type=MEDIA[format], headers=headers)


def _month(text: str, zone: object) -> tuple[float, float]:
    found = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", text)
    if not found:
        raise BadParameter(parameter="month", value=text, reason="not-a-month", detail="is no month, as 2026-11.")
    year, month = int(found[1]), int(found[2])
    begin = datetime(year, month, 1, tzinfo=zone)  # type: ignore[arg-type]
    end = (begin + timedelta(days=32)).replace(day=1)
    return begin.timestamp(), end.timestamp()


def _demand_sight(caller: Caller) -> None:
    if caller.sees("camera").is_empty:
        raise caller.refused("see", "camera")


def _short(camera: Camera, store: SeenDep, health: Health, lang: LangDep) -> dict[str, object]:
    order = orders.standing(store, {camera.id}).get(camera.id)
    return camera_told(camera, health.kept.one(camera.id), order.id if order else None, lang)


def _detail(camera: Camera, store: SeenDep, health: Health, lang: LangDep) -> dict[str, object]:
    at = time.time()
    spans = health.kept.spans(at - HISTORY_S, at + 60, {camera.id})
    return _short(camera, store, health, lang) | detail_told(health.kept, camera.id, spans, lang)


def _note(services: Services, caller: Caller, camera: Camera, deed: str, **more: object) -> None:
    where = {"lon": camera.lon, "lat": camera.lat, "area": camera.area}
    services.looks.note(caller.name, "camera", camera.id, {"deed": deed, **more, **where})
