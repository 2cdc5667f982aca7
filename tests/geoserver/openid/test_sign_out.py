"""Signing out on either side ends the session on both, and with it what it watches; so does being revoked there."""

import contextlib
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from geoserver.accounts.asking import COOKIE
from tests.geoserver.openid.conftest import Place, until
from tests.geoserver.openid.real import CLIENT, OTHER, Browser

EVENT = "http://schemas.openid.net/event/backchannel-logout"
CHECK_S = 2.0


@pytest.fixture(scope="module")
def how() -> dict[str, Any]:
    return {"check_s": CHECK_S}


def signed_in(place: Place, name: str) -> Browser:
    place.real.person(name, "operators")
    browser = place.browser()
    browser.sign_in(name)
    assert browser.account() is not None
    return browser


def own(place: Place) -> dict[str, str]:
    return {"Origin": place.address, "Sec-Fetch-Site": "same-origin"}


@contextlib.contextmanager
def watching(place: Place, browser: Browser) -> Any:
    """An open picture and the live feed of a browser."""
    ticket = browser.web.post(f"{place.address}/api/streams/north/ticket", json={"stream": "sub"}, headers=own(place))
    asked = {"ticket": ticket.raise_for_status().json()["ticket"]}
    made = browser.web.post(f"{place.address}/api/streams/sessions", json=asked, headers=own(place))
    session = made.raise_for_status().json()["session"]
    socket = place.address.replace("http", "ws")
    cookie = {"Cookie": f"{COOKIE}={browser.web.cookies[COOKIE]}"}

    def opened(path: str) -> ClientConnection:
        return connect(  # type: ignore[arg-type]
            f"{socket}{path}", additional_headers=cookie, origin=place.address, max_size=None, close_timeout=1
        )

    with opened(f"/api/streams/north/live?session={session}") as picture, opened("/api/live") as feed:
        while isinstance(picture.recv(timeout=120), str):
            pass
        yield picture, feed


def ended(live: ClientConnection) -> int:
    with contextlib.suppress(ConnectionClosed):
        while True:
            live.recv(timeout=60)
    return live.close_code or 0


def test_signing_out_here_leads_on_to_there(place: Place) -> None:
    browser = signed_in(place, "out-here")
    answer = browser.web.request("DELETE", f"{place.address}/api/session", headers=own(place))
    assert answer.status_code == 200
    assert browser.account() is None, "ended here whether or not they go on"
    onward = answer.json()["onward"]
    assert onward.startswith(f"{place.real.issuer}/session/end")
    page = browser.sign_out_there(onward)
    assert page.headers["location"] == f"{place.address}/", "and it comes back to our page"
    again = browser.go(f"{place.address}/api/session/openid")
    assert 'name="login"' in again.text, "there one has to give one's name again"


def test_signing_out_there_ends_session_picture_and_feed_here(place: Place) -> None:
    browser, elsewhere = signed_in(place, "out-there"), signed_in(place, "out-there")
    with watching(place, browser) as (picture, feed):
        told = browser.go(f"{place.real.issuer}/session/end")
        began = time.monotonic()
        browser.sign_out_there(str(told.url))
        assert ended(picture) == 4401
        took = time.monotonic() - began
        ended(feed)
    print(f"signed out at the provider: the picture ended after {took:.2f} s")
    assert browser.account() is None
    assert elsewhere.account() is not None, "another session there is another session here"
    assert ("signed-out", "provider") in [(deed["deed"], deed.get("by")) for deed in place.deeds("out-there")]


def test_who_is_revoked_there_is_out_here(place: Place) -> None:
    browser = signed_in(place, "revoked")
    place.real.person("revoked")
    took = until(lambda: browser.account() is None)
    print(f"revoked at the provider: out after {took:.2f} s, asked every {CHECK_S} s")
    (row,) = [deed for deed in place.deeds("revoked") if deed["deed"] == "signed-out"]
    assert (row["by"], row["reason"]) == ("provider", "revoked")


def test_a_role_taken_there_is_taken_here_while_somebody_works(place: Place) -> None:
    browser = signed_in(place, "moved")
    place.real.person("moved", "commanders")

    def roles() -> list[str]:
        return [held["role"] for held in (browser.account() or {"roles": []})["roles"]]

    until(lambda: roles() == ["commander"])
    place.real.person("moved", "golfers")
    until(lambda: browser.account() is None)


def test_what_is_kept_of_the_provider_is_sealed(place: Place) -> None:
    browser = signed_in(place, "sealed")
    (session,) = place.accounts.sessions("sealed")
    binding = place.accounts.bindings.get(session.digest)
    assert binding is not None
    assert binding.sid
    for value in (binding.refresh, binding.hint):
        assert value is not None
        assert value.startswith("sealed:1:")
    assert browser.account() is not None


def notice(place: Place, name: str, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"iss": place.real.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": f"jti-{time.monotonic_ns()}"}
    return {**told, "sub": name, "events": {EVENT: {}}, **changed}


def sent(place: Place, token: str) -> httpx.Response:
    return httpx.post(f"{place.address}/api/session/openid/logout", data={"logout_token": token}, timeout=60)


def test_a_notice_for_a_person_ends_all_their_sessions_and_is_good_once(place: Place) -> None:
    browsers = [signed_in(place, "noticed") for _ in range(2)]
    token = place.real.signed(notice(place, "noticed"), header={"typ": "logout+jwt"})
    answer = sent(place, token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [browser.account() for browser in browsers] == [None, None]
    again = signed_in(place, "noticed")
    assert sent(place, token).json()["reason"] == "replayed"
    assert again.account() is not None


@pytest.mark.parametrize(
    ("changed", "signing", "reason"),
    [
        ({"aud": OTHER}, {}, "token-aud"),
        ({"iss": "http://127.0.0.1:1"}, {}, "token-iss"),
        ({"exp": 1_700_000_000}, {}, "token-exp"),
        ({"exp": None}, {}, "token-form"),
        ({"jti": None}, {}, "token-form"),
        ({"nonce": "n"}, {}, "token-type"),
        ({"events": {}}, {}, "token-form"),
        ({"events": {EVENT: "yes"}}, {}, "token-type"),
        ({"sub": None}, {}, "token-sub"),
        ({}, {"key": "hidden"}, "token-key"),
        ({}, {"header": {"typ": "at+jwt"}}, "token-type"),
    ],
)
def test_a_notice_that_is_none_ends_nothing(place: Place, changed: Any, signing: Any, reason: str) -> None:
    browser = signed_in(place, "stays")
    claims = {name: value for name, value in notice(place, "stays", **changed).items() if value is not None}
    answer = sent(place, place.real.signed(claims, **signing))
    told = answer.json()
    assert (answer.status_code, told["type"], told["error"]) == (400, "/problems/openid-logout", "invalid_request")
    assert told["reason"] == reason
    assert browser.account() is not None


@pytest.mark.parametrize("body", [b"", b"logout_token=", b"logout_token=a.b.c", b"logout_token=%ff.%00.x", b"\xff"])
def test_no_bytes_bring_the_notices_down(place: Place, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(f"{place.address}/api/session/openid/logout", content=body, headers=form, timeout=60)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/openid-logout")
