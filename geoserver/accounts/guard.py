"""The guard at every request: nobody comes in but to what is open, and whoever has to set a password does that first.

It stands before all routes, so what is added later is closed until it is named here.
"""

from collections.abc import Callable
from dataclasses import dataclass

import anyio.to_thread
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from geoserver.accounts.asking import FOUND, shown_by
from geoserver.accounts.caller import Caller
from geoserver.accounts.remembered import Remembered
from geoserver.errors import problem_response
from geoserver.faults import ForeignPage, NotSignedIn, PasswordDue
from geoserver.openid.faults import ProviderFailed
from geoserver.words import language
from tiles.errors import Fault

SESSION = "/api/session"
MEDIA = "/api/media/access"
OPEN = frozenset(
    {
        ("GET", "/health"),
        ("HEAD", "/health"),
        ("GET", "/health/ready"),
        ("GET", MEDIA),
        ("POST", MEDIA),
        *((method, SESSION) for method in ("GET", "POST", "DELETE")),
        ("GET", f"{SESSION}/openid"),
        ("GET", f"{SESSION}/openid/back"),
        ("POST", f"{SESSION}/openid/logout"),
    }
)
"""What answers everyone, beside the page at / and the client's files. A media server has no log-in: it is asked about a
token, which nobody can guess."""
PASSWORD = ("PUT", f"{SESSION}/password")
"""What is left to whoever has to set a password."""


@dataclass(frozen=True)
class Guard:
    """Finds who asks, for the routes; refuses nobody's requests.

    ``is_page`` : whether a path is the client's page or one of its files
    """

    app: ASGIApp
    is_page: Callable[[str], bool]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            caller, refused = await _found(connection)
            self._demand(scope, caller, refused)
        except (NotSignedIn, ForeignPage, PasswordDue, ProviderFailed) as fault:
            refusal = problem_response(fault, language(connection.headers.get("accept-language")))
            if scope["type"] == "websocket":
                await WebSocket(scope, receive, send).send_denial_response(refusal)
            else:
                await refusal(scope, receive, send)
            return
        if caller is not None:
            scope[FOUND] = caller
        await self.app(scope, receive, send)

    def _demand(self, scope: Scope, caller: Caller | None, refused: Fault) -> None:
        if caller is not None and not caller.must_change:
            return
        asked = scope.get("method", "GET"), scope["path"]
        if scope["type"] == "http" and (asked in OPEN or (asked[0] in ("GET", "HEAD") and self.is_page(asked[1]))):
            return
        if caller is None:
            raise refused
        if asked != PASSWORD:
            raise PasswordDue(action="see", kind="account")


async def _found(connection: HTTPConnection) -> tuple[Caller | None, Fault]:
    """Who asks; None for nobody, and for who shows what has ended, with what to tell them where it is not open."""
    try:
        shown = shown_by(connection)
    except NotSignedIn as refused:
        return None, refused
    if shown is None:
        return None, NotSignedIn()
    remembered: Remembered = connection.app.state.remembered
    caller = remembered.at_hand(shown.secret)
    if caller is not None:
        return caller, NotSignedIn()
    try:
        asked = await anyio.to_thread.run_sync(lambda: remembered.ask(shown.secret, is_token=shown.is_token))
    except (NotSignedIn, ProviderFailed) as refused:
        return None, refused
    return asked, NotSignedIn()
