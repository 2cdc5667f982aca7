"""Signing in and out, and who is signed in."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from geoserver.accounts.asking import FOUND, CallerDep, address_of, door_of, drop_session, session_secret, set_session
from geoserver.accounts.caller import Caller
from geoserver.api.deps import answer
from geoserver.api.origin import FromHere
from geoserver.api.session_models import PasswordWanted, SessionSeen, SignInWanted
from geoserver.faults import NotAllowed
from geoserver.session_answers import session_answer

router = APIRouter(prefix="/api/session", tags=["session"])
NO_STORE = {"Cache-Control": "no-store"}


@router.get("", response_model=SessionSeen)
def session(request: Request) -> Response:
    """Who is signed in; nobody, where nobody is. Open to everyone."""
    caller: Caller | None = request.scope.get(FOUND)
    return answer(session_answer(door_of(request), caller), headers=NO_STORE)


@router.post("", response_model=SessionSeen, dependencies=[FromHere])
def sign_in(body: SignInWanted, request: Request) -> Response:
    """Sign in: a cookie that scripts cannot read. Open to everyone."""
    door = door_of(request)
    signed_in = door.sign_in(body.name, body.password, address=address_of(request), before=session_secret(request))
    response = answer(session_answer(door, door.by_session(signed_in.secret)), headers=NO_STORE)
    set_session(request, response, signed_in)
    return response


@router.delete("", status_code=204, dependencies=[FromHere])
def sign_out(request: Request) -> Response:
    """Sign out; nothing happens where nobody is signed in. Open to everyone."""
    secret = session_secret(request)
    if secret is not None:
        door_of(request).sign_out(secret)
    response = Response(status_code=204, headers=NO_STORE)
    drop_session(request, response)
    return response


@router.put("/password", status_code=204, dependencies=[FromHere])
def change_password(body: PasswordWanted, request: Request, caller: CallerDep) -> Response:
    """Set one's own password; one is signed out everywhere else."""
    if caller.session is None:
        raise NotAllowed(action="change", kind="account", approval=False)
    door_of(request).change_password(caller, body.old, body.new, address=address_of(request))
    return Response(status_code=204, headers=NO_STORE)
