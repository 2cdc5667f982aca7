"""Signing in and out, and who is signed in."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from geoserver.accounts.asking import FOUND, CallerDep, address_of, door_of, drop_session, session_secret, set_session
from geoserver.accounts.caller import Caller
from geoserver.accounts.service import digest_of
from geoserver.api.deps import answer
from geoserver.api.origin import FromHere
from geoserver.api.session_models import Onward, PasswordWanted, SessionSeen, SignInWanted
from geoserver.faults import NotAllowed
from geoserver.openid.options import OpenIdOptions
from geoserver.openid.service import OpenId
from geoserver.session_answers import session_answer

router = APIRouter(prefix="/api/session", tags=["session"])
NO_STORE = {"Cache-Control": "no-store"}


@router.get("", response_model=SessionSeen)
def session(request: Request) -> Response:
    """Who is signed in; nobody, where nobody is. Open to everyone."""
    caller: Caller | None = request.scope.get(FOUND)
    return answer(session_answer(door_of(request), caller, _options(request)), headers=NO_STORE)


@router.post("", response_model=SessionSeen, dependencies=[FromHere])
def sign_in(body: SignInWanted, request: Request) -> Response:
    """Sign in: a cookie that scripts cannot read. Open to everyone."""
    door = door_of(request)
    signed_in = door.sign_in(body.name, body.password, address=address_of(request), before=session_secret(request))
    seen = session_answer(door, door.by_session(signed_in.secret), _options(request))
    response = answer(seen, headers=NO_STORE)
    set_session(request, response, signed_in)
    return response


@router.delete("", status_code=204, responses={200: {"model": Onward}}, dependencies=[FromHere])
def sign_out(request: Request) -> Response:
    """Sign out; nothing happens where nobody is signed in. Open to everyone.

    204, or 200 with where to go on to, for who signed in through a provider: there one signs out as well.
    """
    secret, onward = session_secret(request), None
    if secret is not None:
        openid: OpenId | None = request.app.state.openid
        if openid is not None:
            onward = openid.leave(digest_of(secret), str(request.base_url))
        door_of(request).sign_out(secret)
    response = answer({"onward": onward}, headers=NO_STORE) if onward else Response(status_code=204, headers=NO_STORE)
    drop_session(request, response)
    return response


def _options(request: Request) -> OpenIdOptions | None:
    openid: OpenId | None = request.app.state.openid
    return None if openid is None else openid.provider.options


@router.put("/password", status_code=204, dependencies=[FromHere])
def change_password(body: PasswordWanted, request: Request, caller: CallerDep) -> Response:
    """Set one's own password; one is signed out everywhere else."""
    if caller.session is None:
        raise NotAllowed(action="change", kind="account", approval=False)
    door_of(request).change_password(caller, body.old, body.new, address=address_of(request))
    return Response(status_code=204, headers=NO_STORE)
