"""Access tokens that the provider is asked about each: what is revoked there opens nothing here within seconds."""

from typing import Any

import httpx
import pytest

from tests.geoserver.openid.conftest import Place, until
from tests.geoserver.openid.real import SYSTEM, SYSTEM_SECRET


@pytest.fixture(scope="module")
def how() -> dict[str, Any]:
    return {"introspect": True}


def asked(place: Place, token: str) -> httpx.Response:
    return httpx.get(f"{place.address}/api/cameras", headers={"Authorization": f"Bearer {token}"}, timeout=60)


def test_a_token_that_is_revoked_there_opens_nothing_here(place: Place) -> None:
    place.real.person(SYSTEM, "systems")
    place.real.control("settings", tokenFormat="opaque")
    token = place.real.token()
    assert asked(place, token).status_code == 200
    assert asked(place, place.real.token("urn:another")).json()["reason"] == "token-aud"
    asking = (SYSTEM, SYSTEM_SECRET)
    revoked = httpx.post(f"{place.real.issuer}/token/revocation", data={"token": token}, auth=asking, timeout=60)
    assert revoked.status_code == 200
    took = until(lambda: asked(place, token).status_code == 401)
    print(f"revoked: refused after {took:.1f} s")
    assert asked(place, token).json()["reason"] == "token-revoked"


def test_what_the_provider_does_not_know_is_refused(place: Place) -> None:
    problem = asked(place, "anything-at-all")
    assert (problem.status_code, problem.json()["reason"]) == (401, "token-revoked")
