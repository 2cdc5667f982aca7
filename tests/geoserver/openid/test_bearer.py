"""Systems that show the provider's access tokens: taken as their claims say, refused with a problem document."""

import base64
import json
import time
from typing import Any

import httpx
import pytest

from tests.geoserver.openid.conftest import Place, until
from tests.geoserver.openid.real import AUDIENCE, CLIENT, SYSTEM


def asked(place: Place, token: str, path: str = "/api/cameras") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}
    return httpx.get(f"{place.address}{path}", headers=headers, timeout=60)


def claims(place: Place, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"iss": place.real.issuer, "aud": AUDIENCE, "sub": SYSTEM, "client_id": SYSTEM, "iat": now}
    return {**told, "exp": now + 120, "jti": "one", "groups": ["systems"], **changed}


def test_a_system_comes_in_with_its_token_as_what_its_claims_say(place: Place) -> None:
    place.real.person(SYSTEM, "systems")
    token = place.real.token()
    assert asked(place, token).status_code == 200
    told = asked(place, token, "/api/session").json()["account"]
    assert told["name"] == SYSTEM
    kept = place.accounts.account(SYSTEM)
    assert kept is not None
    assert kept.posts == (), "what the token says holds for the token"
    assert asked(place, token, "/api/users").status_code == 403, "an integrator sees no accounts"
    place.accounts.set_disabled(SYSTEM, True)
    try:
        until(lambda: asked(place, token).status_code == 401)
        assert asked(place, token).json()["reason"] == "disabled"
    finally:
        place.accounts.set_disabled(SYSTEM, False)


@pytest.mark.parametrize(
    ("changed", "how_signed", "reason"),
    [
        ({"aud": CLIENT}, {}, "token-aud"),
        ({"iss": "http://127.0.0.1:1"}, {}, "token-iss"),
        ({"exp": 1_700_000_000}, {}, "token-exp"),
        ({"nbf": 9_000_000_000}, {}, "token-nbf"),
        ({"groups": ["golfers"]}, {}, "no-role"),
        ({"sub": None}, {}, "token-sub"),
        ({"client_id": None}, {}, "token-form"),
        ({}, {"header": {"typ": "JWT"}}, "token-type"),
        ({}, {"key": "hidden"}, "token-key"),
        ({}, {"key": "forged"}, "token-signature"),
    ],
)
def test_a_token_that_is_not_for_us_is_refused_with_its_reason(
    place: Place, changed: Any, how_signed: Any, reason: str
) -> None:
    told = {name: value for name, value in claims(place, **changed).items() if value is not None}
    header = {"typ": "at+jwt", **how_signed.get("header", {})}
    token = place.real.signed(told, **{**how_signed, "header": header})
    answer = asked(place, token)
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["reason"]) == (401, "/problems/openid-token", reason)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert any("一" <= letter <= "鿿" for letter in problem["detail"])


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", "gst_nothing", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(place: Place, token: str) -> None:
    assert asked(place, token).status_code == 401


def test_an_unsigned_token_is_refused(place: Place) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    token = f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{part(claims(place))}."
    assert asked(place, token).json()["reason"] in ("token-algorithm", "token-form")
