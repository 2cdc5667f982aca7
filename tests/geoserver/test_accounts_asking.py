"""From request to caller: cookies, bearer tokens, foreign pages, WebSockets; on an app of its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from geoserver import errors
from geoserver.accounts.asking import (
    COOKIE,
    COOKIE_TLS,
    CallerDep,
    address_of,
    caller_of,
    door_of,
    drop_session,
    session_secret,
    set_session,
)
from geoserver.faults import ForeignPage, NotSignedIn
from layers.grants.roles import Post
from tests.geoserver.test_accounts import OWN, Desk

HOST = "http://city.example"


def an_app(desk: Desk) -> FastAPI:
    app = FastAPI()
    app.state.door = desk.door
    errors.install(app)

    @app.post("/in")
    def sign_in(request: Request, body: dict[str, str]) -> Response:
        got = door_of(request).sign_in(
            body["name"], body["password"], address=address_of(request), before=session_secret(request)
        )
        response = JSONResponse({})
        set_session(request, response, got)
        return response

    @app.post("/out")
    def sign_out(request: Request, caller: CallerDep) -> Response:
        door_of(request).sign_out(session_secret(request) or "")
        response = JSONResponse({"name": caller.name})
        drop_session(request, response)
        return response

    @app.api_route("/me", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def me(caller: CallerDep) -> dict[str, Any]:
        return {"name": caller.name, "token": caller.token}

    @app.get("/cameras/{area}")
    def cameras(area: str, caller: CallerDep) -> dict[str, Any]:
        caller.demand("see", "camera", area=area, tier=1)
        return {"area": area}

    return app


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "city.sqlite")
    desk.person()
    yield desk
    desk.store.close()


class Browser:
    """Asks the app in this process, and keeps its cookies."""

    def __init__(self, app: FastAPI, host: str = HOST) -> None:
        self.app = app
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url=host)
        self.cookies = self._client.cookies

    def request(self, method: str, path: str, **how: Any) -> httpx.Response:
        return asyncio.run(self._client.request(method, path, **how))

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.request("GET", path, **how)

    def post(self, path: str, **how: Any) -> httpx.Response:
        return self.request("POST", path, **how)

    def live(self, headers: dict[str, str]) -> str:
        """Who the server takes a WebSocket of this browser for."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = {"Host": "city.example", **headers} | ({"Cookie": cookies} if cookies else {})
        raw = [(name.lower().encode(), value.encode()) for name, value in lines.items()]
        scope = {"type": "websocket", "scheme": "ws", "path": "/live", "headers": raw, "app": self.app}
        return caller_of(HTTPConnection(scope)).name


@pytest.fixture
def web(desk: Desk) -> Browser:
    return Browser(an_app(desk))


def sign_in(web: Browser, password: str = OWN) -> Any:
    return web.post("/in", json={"name": "wang", "password": password})


def test_nobody_is_told_to_sign_in(web: Browser) -> None:
    answer = web.get("/me", headers={"Accept-Language": "zh"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["type"] == "/problems/not-signed-in"
    assert answer.json()["title"] == "未登录"


def test_a_browser_is_known_by_its_cookie_until_it_signs_out(web: Browser) -> None:
    cookie = sign_in(web).headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("httponly", "samesite=lax", "path=/", "max-age=43200"):
        assert part in cookie
    assert "secure" not in cookie
    assert "domain" not in cookie
    kept = web.cookies[COOKIE]
    assert web.get("/me").json() == {"name": "wang", "token": None}
    assert web.post("/out", headers={"Origin": HOST}).status_code == 200
    assert COOKIE not in web.cookies
    assert web.get("/me", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401


def test_over_tls_the_cookie_is_one_that_only_this_host_can_have_set(desk: Desk) -> None:
    web = Browser(an_app(desk), "https://city.example")
    cookie = sign_in(web).headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE_TLS.lower()}=")
    assert "secure" in cookie
    assert "domain" not in cookie
    value = web.cookies[COOKIE_TLS]
    assert web.get("/me").status_code == 200
    web.cookies.clear()
    assert web.get("/me", headers={"Cookie": f"{COOKIE}={value}"}).status_code == 401


def test_signing_in_gives_another_session_and_ends_the_one_before(web: Browser) -> None:
    sign_in(web)
    first = web.cookies[COOKIE]
    sign_in(web)
    assert web.cookies[COOKIE] != first
    web.cookies.clear()
    assert web.get("/me", headers={"Cookie": f"{COOKIE}={first}"}).status_code == 401


OWN_PAGES = [
    {"Sec-Fetch-Site": "same-origin", "Origin": HOST},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": HOST},
    {"Origin": HOST + ":80"},
    {"Origin": HOST.upper().replace("HTTP", "http")},
]
FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.city.example"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HOST},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://city.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": HOST + ":8080"},
    {"Origin": HOST + ".evil.example"},
    {"Origin": "http://evil.example/" + HOST},
    {"Origin": "http://city.example@evil.example"},
    {"Origin": "http://city.example:port"},
    {"Origin": "city.example"},
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_changes_are_taken_from_own_pages_only(web: Browser, method: str) -> None:
    sign_in(web)
    for headers in OWN_PAGES:
        assert web.request(method, "/me", headers=headers).status_code == 200, headers
    for headers in FOREIGN:
        answer = web.request(method, "/me", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/foreign-page"), headers


def test_reading_needs_no_origin(web: Browser) -> None:
    sign_in(web)
    assert web.get("/me").status_code == 200
    assert web.get("/me", headers={"Sec-Fetch-Site": "none"}).status_code == 200


def test_a_system_names_its_token_and_needs_no_origin(desk: Desk, web: Browser) -> None:
    secret, token = desk.door.new_token("wang", "a", ["see:camera"], 600)
    for scheme in ("Bearer", "bearer"):
        answer = web.post("/me", headers={"Authorization": f"{scheme} {secret}"})
        assert answer.json() == {"name": "wang", "token": token.id}


@pytest.mark.parametrize("given", ["Basic d2FuZzp4", "Bearer", "Bearer ", "Bearer x y", "", "gst_x"])
def test_a_wrong_token_is_not_mended_by_a_cookie(web: Browser, given: str) -> None:
    sign_in(web)
    assert web.get("/me", headers={"Authorization": given}).status_code == 401


def test_a_token_in_the_address_is_not_looked_at(desk: Desk, web: Browser) -> None:
    secret, _ = desk.door.new_token("wang", "a", ["*:*"], 600)
    for name in ("token", "access_token", "authorization"):
        assert web.get("/me", params={name: secret}).status_code == 401


def test_a_live_connection_is_known_alike(desk: Desk, web: Browser) -> None:
    with pytest.raises(NotSignedIn):
        web.live({"Origin": HOST})
    sign_in(web)
    for headers in OWN_PAGES:
        assert web.live(headers) == "wang"
    for headers in FOREIGN:
        with pytest.raises(ForeignPage):
            web.live(headers)
    secret, _ = desk.door.new_token("wang", "a", ["*:*"], 600)
    web.cookies.clear()
    assert web.live({"Authorization": f"Bearer {secret}"}) == "wang"


def test_beyond_ones_area_is_refused(web: Browser) -> None:
    sign_in(web)
    assert web.get("/cameras/1501").status_code == 200
    answer = web.get("/cameras/99")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")


def test_a_one_time_password_opens_nothing(desk: Desk, web: Browser) -> None:
    _, once = desk.people.add("new", "", [Post(role="operator", areas=frozenset({"15"}))])
    assert web.post("/in", json={"name": "new", "password": once}).status_code == 200
    answer = web.get("/cameras/1501")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/password-due")


def test_wrong_and_paused_are_told_in_words(web: Browser) -> None:
    wrong = [sign_in(web, "wrong") for _ in range(6)]
    assert [answer.status_code for answer in wrong] == [401] * 5 + [429]
    assert wrong[-1].headers["retry-after"] == "30"
    assert all("set-cookie" not in answer.headers for answer in wrong)
    assert all("wrong" not in answer.text for answer in wrong)
    assert sign_in(web).status_code == 429
