"""A provider that is away, says nonsense, or leads elsewhere: nothing is asked there, and it is told in words."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.faults import BadFile
from geoserver.openid.discovery import AGAIN_S, AGE_S, Kept
from geoserver.openid.faults import ProviderFailed
from geoserver.openid.options import OpenIdOptions
from geoserver.openid.provider import Journey, Provider
from geoserver.openid.reach import LARGEST, MOST_AT_ONCE, Reach, reach_of
from geoserver.openid.tokens import BadToken
from tests.geoserver.openid.conftest import until

ISSUER = "https://id.city.example/realms/city"
THERE = "https://id.city.example"
GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{THERE}/auth",
    "token_endpoint": f"{THERE}/token",
    "jwks_uri": f"{THERE}/keys",
}
Answer = Callable[[httpx.Request], httpx.Response]


class Lying:
    """A provider of which every answer is made up, and what it was asked."""

    def __init__(self, answer: Answer, origins: tuple[str, ...] = (f"{THERE}:443",)) -> None:
        self.asked: list[str] = []

        def heard(request: httpx.Request) -> httpx.Response:
            self.asked.append(str(request.url))
            return answer(request)

        options = OpenIdOptions(ISSUER, "geoserver", Path("roles.toml"))
        self.provider = Provider(options, reach=Reach(ISSUER, origins, httpx.MockTransport(heard)))

    def start(self) -> str:
        return self.provider.authorize_url(Journey("s", "n", "v" * 43, "https://city.example/back"), "en")


def saying(document: Any, status: int = 200) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return lambda _: httpx.Response(status, content=body)


def test_a_good_one_is_used_with_pkce() -> None:
    url = httpx.URL(Lying(saying(GOOD)).start())
    assert url.host == "id.city.example"
    assert url.params["code_challenge_method"] == "S256"
    assert "v" * 43 not in str(url), "the verifier stays here"
    assert (url.params["state"], url.params["nonce"], url.params["response_type"]) == ("s", "n", "code")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({**GOOD, "issuer": "https://evil.example"}, "wrong-issuer"),
        ({**GOOD, "issuer": f"{ISSUER}/"}, "wrong-issuer"),
        ({**GOOD, "token_endpoint": "https://evil.example/token"}, "foreign-endpoint"),
        ({**GOOD, "token_endpoint": "http://id.city.example/token"}, "foreign-endpoint"),
        ({**GOOD, "token_endpoint": "https://id.city.example:8443/token"}, "foreign-endpoint"),
        ({**GOOD, "token_endpoint": "https://id.city.example@evil.example/token"}, "foreign-endpoint"),
        ({**GOOD, "token_endpoint": "file:///etc/passwd"}, "foreign-endpoint"),
        ({**GOOD, "token_endpoint": "http://[::1"}, "foreign-endpoint"),
        ({**GOOD, "jwks_uri": "http://169.254.169.254/latest/meta-data"}, "foreign-endpoint"),
        ({**GOOD, "userinfo_endpoint": "http://127.0.0.1:8000/api/users"}, "foreign-endpoint"),
        ({**GOOD, "end_session_endpoint": "javascript:alert(1)"}, "foreign-endpoint"),
        ({**GOOD, "authorization_endpoint": "https://phish.example/"}, "foreign-endpoint"),
        ({**GOOD, "introspection_endpoint": 7}, "missing-endpoint"),
        ({name: value for name, value in GOOD.items() if name != "jwks_uri"}, "missing-endpoint"),
        ([GOOD], "not-json"),
        (b"<html>", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"{" + b" " * LARGEST, "too-large"),
    ],
)
def test_a_hostile_document_leads_nowhere(document: Any, reason: str) -> None:
    lying = Lying(saying(document))
    with pytest.raises(ProviderFailed) as failed:
        lying.start()
    assert failed.value.values["reason"] == reason
    assert lying.asked == [f"{ISSUER}/.well-known/openid-configuration"]


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_redirects_and_failures_are_not_followed(status: int) -> None:
    where = {"Location": "http://169.254.169.254/"}
    lying = Lying(lambda _: httpx.Response(status, headers=where))
    with pytest.raises(ProviderFailed) as failed:
        lying.start()
    assert failed.value.values["reason"] == "status"
    assert len(lying.asked) == 1


def test_further_origins_are_asked_where_they_are_named() -> None:
    document = {**GOOD, "jwks_uri": "https://keys.example/jwks"}
    lying = Lying(saying(document), (f"{THERE}:443", "https://keys.example:443"))
    assert lying.start().startswith(f"{THERE}/auth")


def test_who_is_away_is_not_asked_all_the_time() -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    lying = Lying(away)
    for _ in range(5):
        with pytest.raises(ProviderFailed) as failed:
            lying.start()
        assert failed.value.values["reason"] == "unreachable"
    assert len(lying.asked) == 1


def test_what_was_read_holds_while_nobody_answers_and_unknown_keys_cost_one_look() -> None:
    now, looks = [0.0], [0]

    def read() -> str:
        looks[0] += 1
        if looks[0] > 1:
            raise ProviderFailed(ISSUER, "unreachable")
        return "keys"

    kept = Kept(ISSUER, read, lambda: now[0])
    first = kept.get()
    for _ in range(10):
        assert kept.get(newer_than=first) == "keys"
    assert looks == [1], "it was only just read"
    now[0] = AGAIN_S
    for _ in range(10):
        assert kept.get(newer_than=first) == "keys"
    assert looks == [2]


class Hanging:
    """A document that takes time on a clock of its own, and comes or fails when it is let go."""

    def __init__(self) -> None:
        self.now, self.looks, self.says = 0.0, 0, "first"
        self.began, self.go = threading.Event(), threading.Event()
        self.kept = Kept(ISSUER, self._read, lambda: self.now)
        self.heard: list[str] = []

    def _read(self) -> str:
        self.looks += 1
        self.began.set()
        assert self.go.wait(60)
        self.now += 2 * AGAIN_S
        if not self.says:
            raise ProviderFailed(ISSUER, "unreachable")
        return self.says

    def ask(self) -> None:
        try:
            self.heard.append(self.kept.get())
        except ProviderFailed as failed:
            self.heard.append(str(failed.values["reason"]))

    def asking(self, count: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=self.ask) for _ in range(count)]
        for thread in threads:
            thread.start()
        return threads


def test_a_provider_that_hangs_is_waited_for_once_and_by_few() -> None:
    hanging = Hanging()
    hanging.says = ""
    threads = hanging.asking(MOST_AT_ONCE + 12)
    until(lambda: len(hanging.heard) == 12)
    assert set(hanging.heard) == {"busy"}, "these went on at once"
    hanging.go.set()
    for thread in threads:
        thread.join(60)
    assert hanging.looks == 1, "nobody who waited tries again"
    assert sorted(hanging.heard) == ["busy"] * 12 + ["unreachable"] * MOST_AT_ONCE


def test_who_waits_takes_what_the_one_reading_brought_and_what_is_held_serves_meanwhile() -> None:
    hanging = Hanging()
    threads = hanging.asking(3)
    assert hanging.began.wait(60)
    hanging.go.set()
    for thread in threads:
        thread.join(60)
    assert (hanging.heard, hanging.looks) == (["first"] * 3, 1)

    hanging.now, hanging.says = hanging.now + AGE_S, "second"
    hanging.began.clear()
    hanging.go.clear()
    (reader,) = hanging.asking(1)
    assert hanging.began.wait(60)
    assert hanging.kept.get() == "first"
    hanging.go.set()
    reader.join(60)
    assert hanging.kept.get() == "second"


@pytest.mark.parametrize(
    "keys",
    [
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]},
        {"keys": [{"kty": "RSA", "n": "!", "e": "AQAB"}, {"kty": "new"}, 7]},
        {"keys": "none"},
        {},
    ],
)
def test_secret_and_broken_keys_are_none(keys: Any) -> None:
    lying = Lying(lambda request: saying(keys if request.url.path == "/keys" else GOOD)(request))
    with pytest.raises((ProviderFailed, BadToken)):
        lying.provider.checks.access_token("eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.e30.AA", "urn:x")


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    for text in (None, "no certificate"):
        if text is not None:
            file.write_text(text, encoding="utf-8")
        with pytest.raises(BadFile) as bad:
            reach_of(OpenIdOptions(ISSUER, "geoserver", Path(), ca_file=file))
        assert "GEOSERVER_OIDC_CA" in str(bad.value)
