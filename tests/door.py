"""Everyone's way in for tests: an account that holds all roles everywhere, and clients that ask as it.

``door.let_in(settings.database, address)`` once for a server; then ``door.Client(base_url=address)``, ``door.get(url)``
and the like ask as ``EVERYONE``, ``door.headers(address)`` is for other clients, ``door.cookie(address)`` for browsers.
"""

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from geoserver.accounts.asking import COOKIE
from geoserver.accounts.caller import Caller
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.model import Account, Session
from geoserver.accounts.passwords import Cost, Passwords
from geoserver.accounts.service import City, SignIn, digest_of
from layers.grants.permissions import Permissions
from layers.grants.roles import ROLES, Post
from layers.grants.tree import AreaTree

EVERYONE = "everyone"
PASSWORD = "all-roles-everywhere-1"
CHEAP = Passwords(Cost(time=1, memory_kib=8, lanes=1))
POSTS = tuple(Post(role=role, areas=frozenset({"*"})) for role in ROLES)
DAY_S = 86_400.0
_KEYS: dict[str, str] = {}
"""Address of a server → the token to ask it with."""
_COOKIES: dict[str, str] = {}


def let_in(database: str | Path, address: str, name: str = EVERYONE, posts: tuple[Post, ...] = POSTS) -> str:
    """Have the clients here ask a server, by its address, as an account of its database; the token they use."""
    accounts = KeptAccounts.open(database)
    try:
        key, cookie = keys_of(accounts, name, posts)
    finally:
        accounts.close()
    _KEYS[_origin(address)], _COOKIES[_origin(address)] = key, cookie
    return key


def keys_of(accounts: KeptAccounts, name: str, posts: tuple[Post, ...]) -> tuple[str, str]:
    """A token and the secret of a session of an account, which is made where there is none, with ``PASSWORD``."""
    password = CHEAP.digest(PASSWORD)
    if accounts.account(name) is None:
        accounts.add(Account(name, name, password, posts=posts))
    accounts.set_password(name, password, None)
    accounts.set_held(name, posts, ())
    door = SignIn(accounts, CHEAP, lambda: City(AreaTree(), UTC))
    key, _ = door.new_token(name, "tests", ["*:*"], DAY_S)
    cookie, now = secrets.token_urlsafe(32), time.time()
    assert accounts.add_session(Session(digest_of(cookie), name, now, now), password)
    return key, cookie


def know(address: str, key: str) -> None:
    """Have the clients here ask a server that another process has made a token for."""
    _KEYS[_origin(address)] = key


def headers(address: str) -> dict[str, str]:
    """What a client of a server sends along."""
    return {"Authorization": f"Bearer {_KEYS[_origin(address)]}"}


def cookie(address: str) -> dict[str, str]:
    """What a browser of a server has, for ``BrowserContext.add_cookies``."""
    return {"name": COOKIE, "value": _COOKIES[_origin(address)], "url": address}


class Client(httpx.Client):
    """A client that asks the server of its base address."""

    def __init__(self, *, base_url: str, **how: Any) -> None:
        how["headers"] = headers(base_url) | dict(how.get("headers") or {})
        super().__init__(base_url=base_url, **how)


def get(url: str, **how: Any) -> httpx.Response:
    """``httpx.get`` of a server that lets us in."""
    return _request("GET", url, **how)


def post(url: str, **how: Any) -> httpx.Response:
    """``httpx.post`` of a server that lets us in."""
    return _request("POST", url, **how)


def patch(url: str, **how: Any) -> httpx.Response:
    """``httpx.patch`` of a server that lets us in."""
    return _request("PATCH", url, **how)


def put(url: str, **how: Any) -> httpx.Response:
    """``httpx.put`` of a server that lets us in."""
    return _request("PUT", url, **how)


def delete(url: str, **how: Any) -> httpx.Response:
    """``httpx.delete`` of a server that lets us in."""
    return _request("DELETE", url, **how)


def _request(method: str, url: str, **how: Any) -> httpx.Response:
    how["headers"] = headers(url) | dict(how.get("headers") or {})
    return httpx.request(method, url, **how)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme.replace('ws', 'http')}://{parts.netloc}"


def caller(name: str = EVERYONE, posts: tuple[Post, ...] = POSTS, tree: AreaTree | None = None) -> Caller:
    """Who holds some roles, for what is asked without a server."""
    grants = [grant for post in posts for grant in post.grants()]
    return Caller(name, name, Permissions.of(grants, datetime.now(UTC), tree or AreaTree(), tz=UTC))
