"""A second person's agreement: asked for, told, answered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from geoserver.accounts.agreements import Agreements, Answer, parts_of
from geoserver.accounts.asking import CallerDep, door_of
from geoserver.accounts.kept_agreements import Request as Asked
from geoserver.api.agreements_models import AgreementsTold, AgreementTold, AgreementWanted
from geoserver.api.deps import Id, address_of, answer
from geoserver.api.origin import FromHere
from geoserver.session_answers import moment

router = APIRouter(prefix="/api/agreements", tags=["users"])
NO_STORE = {"Cache-Control": "no-store"}


async def _agreements(request: Request, caller: CallerDep) -> Agreements:
    return Agreements(door_of(request), caller)


AgreementsDep = Annotated[Agreements, Depends(_agreements)]


@router.get("", response_model=AgreementsTold)
def agreements(hand: AgreementsDep) -> Response:
    """One's own requests of the last week, and those that one may answer or has answered, the newest first."""
    found = hand.told()
    titles = {one.name: one.title for one in hand.door.store.accounts()} if found else {}
    waiting = sum(hand.may_answer(one) for one in found)
    return answer({"agreements": [_told(one, hand, titles) for one in found], "waiting": waiting}, headers=NO_STORE)


@router.post("", response_model=AgreementTold, status_code=201, dependencies=[FromHere])
def ask_agreement(body: AgreementWanted, hand: AgreementsDep) -> Response:
    """Ask another person to agree to what a grant allows with agreement only. It waits for a quarter of an hour.

    The same request that still waits answers 200.
    """
    made, new = hand.ask(body.action, body.kind, body.area, body.purpose.strip())
    response = _one(made, hand, {"Location": address_of("/api/agreements", made.id)})
    response.status_code = 201 if new else 200
    return response


@router.post("/{id}/{step}", response_model=AgreementTold, dependencies=[FromHere])
def answer_agreement(id: Id, step: Answer, hand: AgreementsDep) -> Response:
    """Agree to another person's request (for an hour), decline it, or withdraw one's own request or agreement."""
    return _one(hand.answer(id, step), hand)


def _one(made: Asked, hand: Agreements, headers: dict[str, str] | None = None) -> Response:
    names = {made.asker, made.by} - {None}
    found = (hand.door.store.account(str(name)) for name in names)
    titles = {one.name: one.title for one in found if one is not None}
    return answer(_told(made, hand, titles), headers=NO_STORE | (headers or {}))


def _told(one: Asked, hand: Agreements, titles: dict[str, str]) -> dict[str, Any]:
    parts, state, name = parts_of(one), one.state(hand.door.now()), hand.caller.name
    own = name == one.asker or (state == "agreed" and name == one.by)
    return {
        "id": one.id,
        "asker": one.asker,
        "asker_title": titles.get(one.asker, one.asker),
        "action": parts["about"],
        "kind": parts["of"],
        "areas": parts["areas"],
        "tiers": None if one.grant.tiers is None else sorted(one.grant.tiers),
        "purpose": one.purpose,
        "state": state,
        "asked": moment(one.asked),
        "waits_until": moment(one.waits_until),
        "by": one.by,
        "by_title": None if one.by is None else titles.get(one.by, one.by),
        "answered": _moment(one.answered),
        "until": _moment(one.until),
        "mine": name == one.asker,
        "answerable": hand.may_answer(one),
        "withdrawable": own and state in ("open", "agreed"),
    }


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else moment(seconds)
