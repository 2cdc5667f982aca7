"""Repair orders made, moved on and closed, by hand and by the pictures, through the journal."""

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import ValidationError

from geoserver.accounts.seen import Seen
from geoserver.editing import Ask, bad_field, write
from geoserver.faults import UnknownId
from geoserver.services import Services
from geoserver.storage.store import Conflict, Query, Store, Write
from layers.cameras.model import Camera
from layers.health.orders import (
    STANDING,
    OrderAction,
    OrderStands,
    RepairOrder,
    moved,
    opened,
    with_faults,
)
from layers.health.plan import OrderRules
from layers.health.state import Known, over

KIND = "repair-order"
ACTOR = "health"
MOST_NAMED = 100
"""Of more cameras than that, all orders that stand are looked through."""
"""Who is on record for what opens and closes by itself."""


def standing(store: Store | Seen, cameras: Collection[str] | None = None) -> dict[str, RepairOrder]:
    """The orders that stand, by camera; of some cameras, or of all that are seen."""
    equal: dict[str, Any] = {"state": sorted(STANDING)}
    if cameras is not None and len(cameras) <= MOST_NAMED:
        equal["camera"] = sorted(cameras)
    found = cast("Iterable[RepairOrder]", store.find(Query(KIND, equal=equal)))
    return {one.camera: one for one in found}


def kept_order(store: Seen, id_: str) -> RepairOrder:
    """An order as it is kept.

    Raises
    ------
    UnknownId
    """
    found = store.get(KIND, id_)
    if not isinstance(found, RepairOrder):
        raise UnknownId(kind=KIND, id=id_)
    return found


def create(services: Services, camera: Camera, given: Mapping[str, Any], rules: OrderRules, ask: Ask) -> RepairOrder:
    """Open an order by hand.

    Raises
    ------
    OrderStands, BadParameter, NotAllowed
    """
    ask.caller.demand("create", KIND, area=camera.area, tier=camera.tier)
    _refuse_second(services.store, camera.id)
    before = services.store.count(Query(KIND, equal={"camera": camera.id}))
    more = {name: given.get(name) for name in ("contractor", "deadline")}
    made = _checked(
        lambda: opened(
            camera, given["faults"], at=datetime.now(UTC), by="hand", rules=rules, before=before,
            note=given.get("note", ""), **more,
        ),
        given,
    )  # fmt: skip
    write(services, [Write.put(made, 0)], ask)
    return kept_order(ask.seen(services), made.id)


def change(services: Services, id_: str, given: Mapping[str, Any], seen: int, ask: Ask) -> RepairOrder:
    """Set contractor, deadline or note.

    Raises
    ------
    UnknownId, BadParameter, Stale
    """
    kept = kept_order(ask.seen(services), id_)
    wanted = _checked(lambda: RepairOrder(**{**kept.model_dump(), **given}), given)
    write(services, [Write.put(wanted, seen)], ask)
    return kept_order(ask.seen(services), id_)


def move(services: Services, id_: str, action: OrderAction, note: str, seen: int, ask: Ask) -> RepairOrder:
    """Move an order on by hand.

    Raises
    ------
    UnknownId, WrongOrderMove, OrderStands, Stale
    """
    kept = kept_order(ask.seen(services), id_)
    ask.caller.demand(action, KIND, area=kept.area, tier=kept.tier)
    if action == "reopen":
        _refuse_second(services.store, kept.camera, but=id_)
    wanted = _checked(lambda: moved(kept, action, at=datetime.now(UTC), note=note), {"note": note})
    write(services, [Write.put(wanted, seen)], ask, {(KIND, id_): (action,)})
    return kept_order(ask.seen(services), id_)


def follow(services: Services, cameras: Iterable[tuple[Camera, Known]], rules: OrderRules) -> None:
    """Open, widen and close orders as what is known of cameras says. Commits; quick where there is nothing to do."""
    store = services.store
    writes: list[Write] = []
    some = list(cameras)
    stand = standing(store, {camera.id for camera, _ in some})
    for camera, known in some:
        order = stand.get(camera.id)
        wanted = _followed(store, camera, known, order, rules)
        if wanted is not None:
            writes.append(Write.put(wanted, order.version if order else 0))
    if not writes:
        return
    try:
        store.commit(writes, actor=ACTOR)
    except Conflict:  # somebody was quicker with one of them; with that one the next check follows again
        for one in writes:
            with contextlib.suppress(Conflict):
                store.commit([one], actor=ACTOR)
    services.apply_now()


def _followed(
    store: Store, camera: Camera, known: Known, order: RepairOrder | None, rules: OrderRules
) -> RepairOrder | None:
    now = datetime.now(UTC)
    if order is None:
        if not known.troubles:
            return None
        before = store.count(Query(KIND, equal={"camera": camera.id}))
        return opened(camera, known.troubles, at=now, by="picture", rules=rules, before=before)
    if known.troubles - set(order.faults):
        return with_faults(order, known.troubles)
    if order.opened_by == "hand" and order.state != "fixed":
        return None  # a person saw it; a person says when it is repaired
    since = (order.fixed_at or order.opened_at).timestamp()
    if over(known, since, frozenset(order.faults), rules):
        return moved(order, "close", at=now, by="picture")
    return None


def _refuse_second(store: Store, camera: str, but: str = "") -> None:
    found = standing(store, {camera}).get(camera)
    if found is not None and found.id != but:
        raise OrderStands(camera=camera, order=found.id, state=found.state)


def _checked(make: Callable[[], RepairOrder], given: Mapping[str, Any]) -> RepairOrder:
    try:
        return make()
    except ValidationError as bad:
        raise bad_field(bad, given) from None
