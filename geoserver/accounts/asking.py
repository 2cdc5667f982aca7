"""From a request to its caller: bearer token or session cookie, and which pages may use the cookie.

Every request is looked at by the guard (``geoserver.accounts.guard``), which lets nobody in but to what is open; a
route takes ``caller: CallerDep``, which is who the guard has found. Systems name their token in every request, so no
page can borrow it. A browser sends its cookie by itself, also for pages of other sites: what changes something, and
every WebSocket, must therefore say that it comes from a page of ours (``Sec-Fetch-Site`` and ``Origin``, which
browsers set and pages cannot). See docs/security.md for why no second secret is sent along.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response

from geoserver.accounts.caller import Caller
from geoserver.accounts.service import SignedIn, SignIn
from geoserver.faults import ForeignPage, NotSignedIn

COOKIE, COOKIE_TLS = "geoserver-session", "__Host-geoserver-session"
"""The second is one that a neighbouring host name can neither read nor set."""
WAY, WAY_TLS = "geoserver-openid", "__Host-geoserver-openid"
"""What a browser keeps on its way to a sign-in provider and back."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
BEARER = "bearer"
FOUND = "geoserver.caller"
"""Where in a request's scope the guard leaves who it has found."""
PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def door_of(connection: HTTPConnection) -> SignIn:
    """The door that the application was given."""
    door: SignIn = connection.app.state.door
    return door


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of who it comes from."""

    secret: str
    is_token: bool


def shown_by(connection: HTTPConnection) -> Shown | None:
    """The token or session of a request or a live connection; None where it shows neither.

    Raises
    ------
    NotSignedIn
        An ``Authorization`` of another kind.
    ForeignPage
        A page of another site uses the cookie of its visitor.
    """
    given = connection.headers.get("authorization")
    if given is not None:
        scheme, _, token = given.partition(" ")
        if scheme.lower() != BEARER:
            raise NotSignedIn()
        return Shown(token.strip(), True)
    secret = session_secret(connection)
    if secret is None:
        return None
    demand_own_page(connection)
    return Shown(secret, False)


def caller_of(connection: HTTPConnection) -> Caller:
    """Who a request or a live connection comes from.

    Raises
    ------
    NotSignedIn
        No token and no session, or one that has ended.
    ForeignPage
        A page of another site uses the cookie of its visitor.
    """
    found: Caller | None = connection.scope.get(FOUND)
    return found or asked_again(connection)


def asked_again(connection: HTTPConnection, *, used: bool = True) -> Caller:
    """The same, as it is now: for connections that outlast the request that they began with.

    ``used`` : somebody asks; a connection that is only left open keeps no session from ending

    Raises
    ------
    NotSignedIn
    ForeignPage
    """
    shown = shown_by(connection)
    if shown is None:
        raise NotSignedIn()
    door = door_of(connection)
    return door.by_token(shown.secret) if shown.is_token else door.by_session(shown.secret, used=used)


def session_secret(connection: HTTPConnection) -> str | None:
    """The secret in the cookie, if there is one."""
    return connection.cookies.get(COOKIE_TLS if _is_tls(connection) else COOKIE)


def demand_own_page(connection: HTTPConnection) -> None:
    """Let pass what only reads, and what a page of ours sends.

    Raises
    ------
    ForeignPage
    """
    scope = connection.scope
    if scope["type"] == "http" and scope["method"] in READING:
        return
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    fits = origin is not None and _place(origin) == _place(str(connection.url))
    # A browser says at least one of them with everything that is no mere reading; who says neither is none.
    if (site is None and origin is None) or site not in (None, "same-origin") or not (fits or origin is None):
        raise ForeignPage(origin=origin or site or "-")


def set_session(connection: HTTPConnection, response: Response, signed_in: SignedIn) -> None:
    """Hand a new session to the browser: not to its scripts, not to other sites' requests that change something."""
    tls = _is_tls(connection)
    response.set_cookie(
        COOKIE_TLS if tls else COOKIE,
        signed_in.secret,
        max_age=round(signed_in.lasts_s),
        path="/",
        secure=tls,
        httponly=True,
        samesite="lax",
    )


def drop_session(connection: HTTPConnection, response: Response) -> None:
    """Have the browser forget its session."""
    tls = _is_tls(connection)
    response.delete_cookie(COOKIE_TLS if tls else COOKIE, path="/", secure=tls, httponly=True, samesite="lax")


def keep_way(connection: HTTPConnection, response: Response, kept: str, lasts_s: float) -> None:
    """Have the browser keep something until it comes back from a sign-in provider."""
    tls = _is_tls(connection)
    # Not strict: it is another site that sends the browser back.
    name = WAY_TLS if tls else WAY
    response.set_cookie(name, kept, max_age=round(lasts_s), path="/", secure=tls, httponly=True, samesite="lax")


def way_kept(connection: HTTPConnection) -> str | None:
    """What it has kept, if anything."""
    return connection.cookies.get(WAY_TLS if _is_tls(connection) else WAY)


def drop_way(connection: HTTPConnection, response: Response) -> None:
    """Have the browser forget it: it is good for one return."""
    tls = _is_tls(connection)
    response.delete_cookie(WAY_TLS if tls else WAY, path="/", secure=tls, httponly=True, samesite="lax")


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from, as the server sees it; behind a proxy, what uvicorn was told to believe."""
    return connection.client.host if connection.client else ""


def _is_tls(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")


def _place(address: str) -> tuple[bool, str, int | None] | None:
    """Scheme, host and port of an address; None of what is no address, as the origin ``null``."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in PORTS:
        return None
    return parts.scheme in ("https", "wss"), parts.hostname, port


# A coroutine, though nothing is awaited: a plain function would be sent to a thread and back.
async def _caller(connection: HTTPConnection) -> Caller:
    return caller_of(connection)


CallerDep = Annotated[Caller, Depends(_caller)]
"""The caller, who is known; a route that takes it answers nobody else."""
