"""What a provider tells of a person: in the ID token, beside it, and when it is asked again."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from geoserver.openid.options import OpenIdOptions
from geoserver.openid.provider import Journey, Provider, Signed
from geoserver.openid.reach import Reach
from geoserver.openid.tokens import BadToken

THERE = "https://id.city.example"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
JOURNEY = Journey("s", "n", "v" * 43, "https://city.example/back")
ACCESS = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 60}


def id_token(subject: str, **more: Any) -> str:
    now = int(time.time())
    claims = {"iss": THERE, "aud": "geoserver", "sub": subject, "iat": now, "exp": now + 60, **more}
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)


def telling(token: dict[str, Any], userinfo: dict[str, Any] | None) -> Provider:
    """A provider that gives a token, and tells of its holder where it has such a place."""
    document = {
        "issuer": THERE,
        "authorization_endpoint": f"{THERE}/auth",
        "token_endpoint": f"{THERE}/token",
        "jwks_uri": f"{THERE}/keys",
        **({} if userinfo is None else {"userinfo_endpoint": f"{THERE}/me"}),
    }
    pages = {
        "/.well-known/openid-configuration": document,
        "/keys": {"keys": [KEY.as_dict(private=False)]},
        "/token": token,
        "/me": userinfo,
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(pages[request.url.path]).encode())

    options = OpenIdOptions(THERE, "geoserver", Path("roles.toml"))
    return Provider(options, reach=Reach(THERE, (f"{THERE}:443",), httpx.MockTransport(answer)))


def test_what_is_told_beside_the_id_token_is_added() -> None:
    provider = telling({**ACCESS, "id_token": id_token("s1", nonce="n")}, {"sub": "s1", "groups": ["operators"]})
    assert provider.trade("c", JOURNEY).claims["groups"] == ["operators"]


@pytest.mark.parametrize("userinfo", [{"sub": "s2", "groups": ["operators"]}, {"groups": ["operators"]}])
def test_what_is_told_of_another_person_is_not_taken(userinfo: dict[str, Any]) -> None:
    for ask in (
        lambda: telling({**ACCESS, "id_token": id_token("s1", nonce="n")}, userinfo).trade("c", JOURNEY),
        lambda: telling({**ACCESS, "id_token": id_token("s1")}, userinfo).renewed("r", "s1"),
        lambda: telling(ACCESS, userinfo).renewed("r", "s1"),
    ):
        with pytest.raises(BadToken) as bad:
            ask()
        assert bad.value.reason == "token-sub"


def test_a_renewal_without_an_id_token_is_one() -> None:
    answer = {**ACCESS, "refresh_token": "next"}
    assert telling(answer, None).renewed("r", "s1") == Signed({}, "next", None)
    told = {"sub": "s1", "groups": ["operators"]}
    assert telling(answer, told).renewed("r", "s1") == Signed(told, "next", None)


def test_a_sign_in_without_an_id_token_and_a_renewal_for_another_are_refused() -> None:
    with pytest.raises(BadToken):
        telling(ACCESS, None).trade("c", JOURNEY)
    with pytest.raises(BadToken):
        telling({**ACCESS, "id_token": id_token("s2")}, None).renewed("r", "s1")
