"""Accounts, for administrators: people and systems, their sessions and tokens; and what roles are made of."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep, door_of
from geoserver.accounts.caller import Caller
from geoserver.accounts.people import People
from geoserver.api.deps import Id, NowDep, address_of, answer
from geoserver.api.origin import FromHere
from geoserver.api.users_models import (
    Ended,
    NewToken,
    NewUser,
    OneTime,
    RolesSeen,
    SessionsSeen,
    TokenMade,
    TokensSeen,
    UserMade,
    UserPatch,
    UserSeen,
    UsersSeen,
)
from geoserver.faults import BadParameter, OwnAccount
from geoserver.services import Now
from geoserver.user_answers import roles_answer, session_row, token_row, user_row
from layers.grants.model import ANY
from layers.grants.roles import Post

router = APIRouter(prefix="/api", tags=["users"])
NO_STORE = {"Cache-Control": "no-store"}
ADMINISTRATOR = "administrator"
DAY_S = 86_400.0


async def _people(request: Request, caller: CallerDep) -> People:
    """Accounts as far as the caller may see them: they lie in no area, so it is all or none."""
    caller.demand("see", "account", area="")
    return People(door_of(request), caller.name)


PeopleDep = Annotated[People, Depends(_people)]


@router.get("/users", response_model=UsersSeen)
def users(people: PeopleDep) -> Response:
    """All accounts."""
    found = [user_row(people.door, one) for one in people.door.store.accounts()]
    return answer({"users": found}, headers=NO_STORE)


@router.post("/users", response_model=UserMade, status_code=201, dependencies=[FromHere])
def create_user(body: NewUser, people: PeopleDep, caller: CallerDep, now: NowDep) -> Response:
    """Make an account; its one-time password is told here and nowhere else."""
    caller.demand("create", "account", area="")
    _demand_posts(caller, body.posts, now)
    account, password = people.add(body.name, body.title.strip(), body.posts)
    made = {"user": user_row(people.door, account), "password": password}
    response = answer(made, headers=NO_STORE | {"Location": address_of("/api/users", account.name)})
    response.status_code = 201
    return response


@router.patch("/users/{name}", response_model=UserSeen, dependencies=[FromHere])
def change_user(name: Id, body: UserPatch, people: PeopleDep, caller: CallerDep, now: NowDep) -> Response:
    """Change what an account is called or holds, disable it, or enable it again; in force at its next request."""
    caller.demand("change", "account", area="")
    account = people.account(name)
    if body.posts is not None:
        _demand_posts(caller, body.posts, now)
    if account.name == caller.name:
        _refuse_locking_out(body, account.posts)
    if body.title is not None:
        people.rename(account.name, body.title.strip())
    if body.posts is not None:
        people.give(account.name, body.posts)
    if body.disabled is not None and body.disabled != account.disabled:
        people.disable(account.name, body.disabled)
    return answer(user_row(people.door, people.account(account.name)), headers=NO_STORE)


@router.post("/users/{name}/password", response_model=OneTime, dependencies=[FromHere])
def reset_password(name: Id, people: PeopleDep, caller: CallerDep) -> Response:
    """Give an account a new one-time password; it is signed out everywhere."""
    caller.demand("change", "account", area="")
    return answer({"password": people.reset(name)[1]}, headers=NO_STORE)


@router.get("/users/{name}/sessions", response_model=SessionsSeen)
def sessions(name: Id, people: PeopleDep) -> Response:
    """Where an account is signed in."""
    found = people.door.sessions(people.account(name).name)
    return answer({"sessions": [session_row(one) for one in found]}, headers=NO_STORE)


@router.delete("/users/{name}/sessions", response_model=Ended, dependencies=[FromHere])
def end_sessions(name: Id, people: PeopleDep, caller: CallerDep) -> Response:
    """Sign an account out everywhere, at once."""
    caller.demand("change", "account", area="")
    return answer({"ended": people.end_sessions(name)}, headers=NO_STORE)


@router.get("/users/{name}/tokens", response_model=TokensSeen)
def tokens(name: Id, people: PeopleDep) -> Response:
    """The tokens of an account."""
    found = people.door.tokens(people.account(name).name)
    return answer({"tokens": [token_row(one) for one in found]}, headers=NO_STORE)


@router.post("/users/{name}/tokens", response_model=TokenMade, status_code=201, dependencies=[FromHere])
def create_token(name: Id, body: NewToken, people: PeopleDep, caller: CallerDep) -> Response:
    """Make a token for a system; its secret is told here and nowhere else."""
    caller.demand("change", "account", area="")
    secret, token = people.add_token(name, body.label.strip(), body.scopes, body.days * DAY_S)
    response = answer({"token": token_row(token), "secret": secret}, headers=NO_STORE)
    response.status_code = 201
    return response


@router.delete("/tokens/{id}", status_code=204, dependencies=[FromHere])
def end_token(id: Id, people: PeopleDep, caller: CallerDep) -> Response:
    """Revoke a token, at once."""
    caller.demand("change", "account", area="")
    people.end_token(id)
    return Response(status_code=204, headers=NO_STORE)


@router.get("/roles", response_model=RolesSeen)
def roles(caller: CallerDep) -> Response:
    """What each role may do, wherever it is given."""
    caller.demand("see", "grant", area="")
    return answer(roles_answer())


def _demand_posts(caller: Caller, posts: Sequence[Post], now: Now) -> None:
    """Only who may change grants gives roles, and only for areas that there are."""
    caller.demand("change", "grant", area="")
    known = now.town.areas.areas
    unknown = sorted({code for post in posts for code in post.areas} - {ANY} - known.keys())
    if unknown:
        detail = "is no area of this city. Give the code of one, or * for everywhere."
        raise BadParameter(parameter="areas", value=unknown[0], reason="unknown-area", detail=detail)


def _refuse_locking_out(body: UserPatch, held: Sequence[Post]) -> None:
    """Nobody stops being an administrator by their own hand: the last one would leave a city without any."""
    was = any(post.role == ADMINISTRATOR and ANY in post.areas for post in held)
    stays = body.posts is None or any(post.role == ADMINISTRATOR and ANY in post.areas for post in body.posts)
    if body.disabled or (was and not stays):
        raise OwnAccount()
