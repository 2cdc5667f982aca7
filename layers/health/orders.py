"""Repair orders: the record, and the rules by which it opens, moves on, is late and closes. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AwareDatetime, Field, model_validator

from layers.cameras.model import Camera, Tier
from layers.errors import LayersError
from layers.health.plan import OrderRules
from layers.health.thresholds import FAULTS, ImageFault
from layers.record import Record

Trouble: TypeAlias = ImageFault | Literal["offline"]
TROUBLES: tuple[Trouble, ...] = ("offline", *FAULTS)
OrderState: TypeAlias = Literal["open", "accepted", "fixed", "closed", "cancelled"]
STATES: tuple[OrderState, ...] = get_args(OrderState)
STANDING: frozenset[str] = frozenset({"open", "accepted", "fixed"})
"""States in which something is still to be done, or to be seen."""
OrderAction: TypeAlias = Literal["accept", "fixed", "close", "cancel", "reopen"]
By: TypeAlias = Literal["picture", "hand"]

LEADS_TO: Mapping[OrderAction, OrderState] = MappingProxyType(
    {"accept": "accepted", "fixed": "fixed", "close": "closed", "cancel": "cancelled", "reopen": "open"}
)
FROM: Mapping[OrderAction, tuple[OrderState, ...]] = MappingProxyType(
    {
        "accept": ("open",),
        "fixed": ("open", "accepted"),
        "close": ("open", "accepted", "fixed"),
        "cancel": ("open", "accepted", "fixed"),
        "reopen": ("fixed", "closed", "cancelled"),
    }
)
"""Action → states in which it can be done."""


class WrongOrderMove(LayersError):
    """A repair order cannot go from its state to the one asked for."""

    code = "wrong-order-move"
    text = "Repair order {id} is {state}; {action} needs one that is {allowed}."


class OrderStands(LayersError):
    """A camera has one repair order at a time."""

    code = "order-stands"
    text = "Camera {camera} has the repair order {order}, which is {state}. Close it first, or change it."


class RepairOrder(Record):
    """Somebody has to repair a camera.

    Attributes
    ----------
    camera, camera_name, tier, district, street, community, owner : of the camera, as they were when it opened
    faults : what is wrong: faults of the picture, or "offline"
    contractor : who has to repair it, "" = nobody named
    opened_at, opened_by : by the picture itself, or by hand; ``valid_from`` is the same
    deadline : until when it should be good again
    fixed_at : when the contractor said so
    closed_at, closed_by : when the picture was good again, or a person closed or cancelled it; ``valid_to`` likewise
    note : whatever is to be said about it
    """

    kind: Literal["repair-order"] = "repair-order"
    camera: str = Field(min_length=1, max_length=128)
    camera_name: str = Field(default="", max_length=200)
    tier: Tier = 3
    faults: Annotated[tuple[Trouble, ...], Field(min_length=1, max_length=len(TROUBLES))]
    contractor: str = Field(default="", max_length=200)
    owner: str = Field(default="", max_length=200)
    opened_at: AwareDatetime
    opened_by: By = "hand"
    deadline: AwareDatetime
    state: OrderState = "open"
    fixed_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    closed_by: By | None = None
    note: str = Field(default="", max_length=4_000)
    district: str = ""
    street: str = ""
    community: str = ""

    @model_validator(mode="before")
    @classmethod
    def _find_validity(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {**data, "valid_from": data.get("opened_at"), "valid_to": data.get("closed_at")}

    @property
    def standing(self) -> bool:
        """Whether something is still to be done."""
        return self.state in STANDING


def order_id(camera: str, before: int) -> str:
    """The id of a camera's next order, after so many: two that open one at once would give it the same id."""
    return f"order-{hashlib.sha256(camera.encode()).hexdigest()[:12]}-{before + 1}"


def deadline_of(faults: Iterable[str], opened_at: datetime, rules: OrderRules) -> datetime:
    """Until when the most pressing of some faults should be over."""
    return opened_at + timedelta(hours=min(rules.hours(one) for one in faults))


def ordered(faults: Collection[str]) -> tuple[Trouble, ...]:
    """Faults once each, in the order in which they hide one another."""
    return tuple(one for one in TROUBLES if one in faults)


def opened(  # noqa: PLR0913  # what an order is made of
    camera: Camera,
    faults: Collection[str],
    *,
    at: datetime,
    by: By,
    rules: OrderRules,
    before: int,
    contractor: str | None = None,
    deadline: datetime | None = None,
    note: str = "",
) -> RepairOrder:
    """A new order for a camera that has had so many before.

    Raises
    ------
    pydantic.ValidationError
    """
    return RepairOrder(
        id=order_id(camera.id, before),
        lon=camera.lon,
        lat=camera.lat,
        height_m=camera.height_m,
        area=camera.area,
        camera=camera.id,
        camera_name=camera.name,
        tier=camera.tier,
        faults=ordered(faults),
        contractor=camera.contractor if contractor is None else contractor,
        owner=camera.owner[:200],
        opened_at=at,
        opened_by=by,
        deadline=deadline or deadline_of(faults, at, rules),
        note=note,
        district=camera.district,
        street=camera.street,
        community=camera.community,
    )


def moved(order: RepairOrder, action: OrderAction, *, at: datetime, by: By = "hand", note: str = "") -> RepairOrder:
    """An order after something was done with it.

    Raises
    ------
    WrongOrderMove
    """
    if order.state not in FROM[action]:
        allowed = ", ".join(FROM[action])
        raise WrongOrderMove(id=order.id, state=order.state, action=action, allowed=allowed)
    state = LEADS_TO[action]
    over = state in ("closed", "cancelled")
    fields = {
        **order.model_dump(),
        "state": state,
        "fixed_at": at if state == "fixed" else None if state == "open" else order.fixed_at,
        "closed_at": max(at, order.opened_at) if over else None,
        "closed_by": by if over else None,
        "note": "\n".join(filter(None, (order.note, note))),
    }
    return RepairOrder(**fields)


def with_faults(order: RepairOrder, faults: Collection[str]) -> RepairOrder:
    """An order for all that it was for and some more."""
    return order.model_copy(update={"faults": ordered({*order.faults, *faults})})


def overdue(order: RepairOrder, now: datetime) -> bool:
    """Whether it is past its deadline and not over."""
    return order.standing and now > order.deadline
