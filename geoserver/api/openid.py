"""The way to a sign-in provider and back, and its notices of who signed out there. All of it is open to everyone."""

from typing import Annotated
from urllib.parse import parse_qs

import anyio.to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from geoserver.accounts.asking import address_of, drop_way, keep_way, session_secret, set_session, way_kept
from geoserver.api.deps import LangDep
from geoserver.faults import TooLarge
from geoserver.openid.faults import NoProvider, ProviderFailed, SignInRefused
from geoserver.openid.service import JOURNEY_S, OpenId, Return

router = APIRouter(prefix="/api/session/openid", tags=["session"])
NO_STORE = {"Cache-Control": "no-store"}
LARGEST = 64 * 1024
"""Bytes of a notice."""
Said = Annotated[str, Query(max_length=4_000)]


def openid_of(request: Request) -> OpenId:
    """The provider's door.

    Raises
    ------
    NoProvider
    """
    found: OpenId | None = request.app.state.openid
    if found is None:
        raise NoProvider()
    return found


@router.get("", status_code=303, response_class=RedirectResponse)
def start(request: Request, lang: LangDep, again: bool = False) -> Response:
    """Send a browser to the provider to sign in, ``again``: by another name; open to everyone."""
    openid = openid_of(request)
    try:
        url, kept = openid.start(f"{_here(request)}/api/session/openid/back", lang, again=again)
    except ProviderFailed as failed:
        return _told(request, failed, str(failed.values["reason"]))
    response = RedirectResponse(url, status_code=303, headers=NO_STORE)
    keep_way(request, response, kept, JOURNEY_S)
    return response


@router.get("/back", status_code=303, response_class=RedirectResponse)
def back(request: Request, state: Said = "", code: Said = "", error: Said = "", iss: Said = "") -> Response:
    """Where the provider sends a browser back; open to everyone.

    It goes on to the page, signed in, or with what was wrong in ``sign-in``.
    """
    openid, said = openid_of(request), Return(state, code, error, iss)
    try:
        signed_in = openid.back(said, way_kept(request), address=address_of(request), before=session_secret(request))
    except (SignInRefused, ProviderFailed) as refused:
        response = _told(request, refused, str(refused.values["reason"]))
    else:
        response = RedirectResponse("/", status_code=303, headers=NO_STORE)
        set_session(request, response, signed_in)
    drop_way(request, response)
    return response


@router.post("/logout", status_code=200)
async def signed_out_there(request: Request) -> Response:
    """Take a notice of the provider's that somebody signed out (Back-Channel Logout 1.0); open to everyone.

    A form with ``logout_token``, which the provider has signed. The sessions that it names end, with their pictures.
    """
    openid = openid_of(request)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise TooLarge(what="logout_token", size=len(body), limit=LARGEST)
    token = parse_qs(body.decode("latin-1")).get("logout_token", [""])[0]
    await anyio.to_thread.run_sync(openid.signed_out_there, token)
    return Response(status_code=200, headers=NO_STORE)


def _told(request: Request, fault: SignInRefused | ProviderFailed, reason: str) -> Response:
    """A browser is shown what is wrong on the page to sign in; a program gets the problem document.

    Raises
    ------
    SignInRefused, ProviderFailed
    """
    if "text/html" not in request.headers.get("accept", ""):
        raise fault
    return RedirectResponse(f"/?sign-in={reason}", status_code=303, headers=NO_STORE)


def _here(request: Request) -> str:
    """This server, as the browser names it: one of the names that it answers for."""
    return str(request.base_url).rstrip("/")
