"""Repair orders: listed, opened by hand, moved on, changed."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query
from starlette.responses import Response

from geoserver.api import health_models as models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import MAX_LISTED, FleetDep, Id, SeenDep, ServicesDep, address_of, answer
from geoserver.api.health import HealthDep
from geoserver.api.origin import FromHere
from geoserver.health import orders
from geoserver.health.answers import order_told, sorted_by
from geoserver.storage.store import Query as Asked
from layers.health.orders import OrderAction, OrderState, RepairOrder

router = APIRouter(prefix="/api/repair-orders", tags=["repair-orders"])
Sort = Literal["opened_at", "-opened_at", "deadline", "-deadline", "camera_name", "-camera_name", "contractor",
               "-contractor", "state", "-state", "closed_at", "-closed_at", "owner", "-owner"]  # fmt: skip


@router.get("", response_model=models.RepairOrders)
def list_(  # noqa: PLR0913  # the parameters of a list
    store: SeenDep,
    state: Annotated[list[OrderState] | None, Query(max_length=5)] = None,
    contractor: Annotated[str | None, Query(max_length=200)] = None,
    overdue: bool | None = None,
    camera: Annotated[str | None, Query(max_length=128)] = None,
    district: Annotated[str | None, Query(max_length=40)] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    sort: Sort = "-opened_at",
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Repair orders, the newest first unless asked otherwise."""
    equal: dict[str, Any] = {"state": state, "contractor": contractor, "camera": camera, "district": district}
    asked = Asked(orders.KIND, equal={name: value for name, value in equal.items() if value is not None})
    now, wanted = datetime.now(UTC), q.casefold()
    found = [order_told(cast("RepairOrder", one), now) for one in store.find(asked)]
    found = [
        one
        for one in found
        if (overdue is None or one["overdue"] == overdue)
        and (not wanted or any(wanted in one[name].casefold() for name in ("id", "camera", "camera_name", "note")))
    ]
    items = sorted_by(found, sort)[offset : offset + limit]
    return answer({"total": len(found), "items": items})


@router.get("/{id}", response_model=models.RepairOrder)
def one(id: Id, store: SeenDep) -> Response:
    """One repair order."""
    return _order(orders.kept_order(store, id))


@router.post("", response_model=models.RepairOrder, status_code=201, dependencies=[FromHere])
def create(body: models.NewOrder, services: ServicesDep, fleet: FleetDep, health: HealthDep, ask: AskDep) -> Response:
    """Open a repair order by hand. A camera has one at a time."""
    camera = fleet.camera(body.camera)
    made = orders.create(services, camera, body.model_dump(), health.plan()[1].orders, ask)
    response = _order(made)
    response.status_code = 201
    response.headers["Location"] = address_of("/api/repair-orders", made.id)
    return response


@router.patch("/{id}", response_model=models.RepairOrder, dependencies=[FromHere])
def change(
    id: Id, body: models.OrderPatch, services: ServicesDep, ask: ChangeDep, if_match: IfMatch = None
) -> Response:
    """Set contractor, deadline or note. Names the version that was read."""
    given = body.model_dump(exclude_unset=True)
    seen = version_seen(if_match, given.pop("version", None), orders.KIND, id)
    return _order(orders.change(services, id, given, seen, ask))


@router.post("/{id}/{action}", response_model=models.RepairOrder, dependencies=[FromHere])
def move(
    id: Id,
    action: OrderAction,
    body: models.OrderMove,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Move a repair order on: accept, fixed, close, cancel or reopen."""
    seen = version_seen(if_match, body.version, orders.KIND, id)
    return _order(orders.move(services, id, action, body.note, seen, ask))


def _order(one: RepairOrder) -> Response:
    return answer(order_told(one, datetime.now(UTC)), headers={"ETag": f'"{one.version}"'})
