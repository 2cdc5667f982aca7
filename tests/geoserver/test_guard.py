"""The guard at every request, and signing in over HTTP."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from geoserver.accounts.asking import COOKIE
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.model import Account
from geoserver.accounts.remembered import FOR_S
from geoserver.services import Services
from geoserver.settings import Settings
from layers.grants.roles import Post
from tests import door
from tests.geoserver.conftest import serving

OWN = "a-password-of-mine"
NAME = "wang"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, flat_folder: Path) -> Settings:
    return Settings(folder=tmp_path_factory.mktemp("guarded"), client=flat_folder / "client")


@pytest.fixture(scope="module")
def guarded(settings: Settings, services: Services) -> Iterator[str]:
    with serving(settings, services) as address:
        yield address


@pytest.fixture
def accounts(settings: Settings, guarded: str) -> Iterator[KeptAccounts]:
    accounts = KeptAccounts.open(settings.database)
    if accounts.account(NAME) is None:
        accounts.add(Account(NAME, "王芳", None, posts=(Post(role="operator", areas=frozenset({"150303"})),)))
    accounts.set_password(NAME, door.CHEAP.digest(OWN), None)
    accounts.set_disabled(NAME, False)
    yield accounts
    accounts.close()


@pytest.fixture
def browser(guarded: str, accounts: KeptAccounts) -> Iterator[httpx.Client]:
    """Not signed in; sends what browsers send along."""
    with httpx.Client(base_url=guarded, headers={"Origin": guarded, "Sec-Fetch-Site": "same-origin"}) as browser:
        yield browser


def sign_in(browser: httpx.Client, password: str = OWN, name: str = NAME) -> httpx.Response:
    return browser.post("/api/session", json={"name": name, "password": password})


OPEN = [
    ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/assets/main-abc123.js", 200), ("GET", "/index.html", 200),
    ("GET", "/health", 200), ("GET", "/health/ready", 200),
    ("GET", "/api/session", 200), ("DELETE", "/api/session", 204),
    ("GET", "/health", 200), ("GET", "/api/session", 200), ("DELETE", "/api/session", 204),
    ("GET", "/api/session/openid", 404), ("GET", "/api/session/openid/back", 404),
    ("POST", "/api/session/openid/logout", 404),
    ("POST", "/api/session", 400), ("GET", "/api/media/access", 403), ("POST", "/api/media/access", 403),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), OPEN)
def test_what_is_open_answers_nobody(browser: httpx.Client, method: str, path: str, status: int) -> None:
    assert browser.request(method, path).status_code == status


@pytest.mark.parametrize(
    "path",
    ["/api/nothing", "/nothing", "/elsewhere/page", "/docs", "/openapi.json", "/metrics", "/problems/internal",
     "/api/session/password", "/api/session/", "/health/", "//api/city", "/assets/../../outside.txt",
     "/tiles/", "/ogc"],
)  # fmt: skip
def test_all_else_is_closed_also_what_is_not_there(browser: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = browser.request(method, path)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in"), (method, path)


def test_strangers_words_are_not_counted_apart(guarded: str, browser: httpx.Client) -> None:
    for word in ("PROPFIND", "MKCOL"):
        assert browser.request(word, f"/{word.lower()}").status_code == 401
    counted = door.get(f"{guarded}/metrics").text.lower()
    assert 'method="other"' in counted
    assert not any(word in counted for word in ("propfind", "mkcol"))


def test_no_operation_of_the_document_answers_nobody(guarded: str, browser: httpx.Client) -> None:
    known = {(method, path) for method, path, _ in OPEN}
    paths: dict[str, Any] = door.get(f"{guarded}/openapi.json").json()["paths"]
    asked = [(method.upper(), path) for path, operations in paths.items() for method in operations]
    assert len(asked) > 60
    for method, path in asked:
        if (method, path) not in known:
            assert browser.request(method, path.replace("{", "").replace("}", "")).status_code == 401, (method, path)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer gst_nothing"}, {"Cookie": f"{COOKIE}=nothing"}])
def test_a_live_connection_of_nobody_is_refused(guarded: str, headers: dict[str, str]) -> None:
    address = guarded.replace("http", "ws")
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"{address}/api/live", origin=guarded, additional_headers=headers),  # type: ignore[arg-type]
    ):
        pass
    assert refused.value.response.status_code == 401


def test_nobody_is_told_so_without_a_fault(browser: httpx.Client) -> None:
    answer = browser.get("/api/session")
    assert (answer.json(), answer.headers["cache-control"]) == ({"account": None, "openid": None}, "no-store")


def test_signing_in_and_out(browser: httpx.Client) -> None:
    told = sign_in(browser)
    account = told.json()["account"]
    assert (account["name"], account["title"], account["must_change"]) == (NAME, "王芳", False)
    assert account["roles"] == [{"role": "operator", "areas": ["150303"], "tiers": None}]
    assert account["may"]["create"] == ["incident"]
    assert "account" not in account["may"]["see"]
    assert account["ends_at"].endswith("+00:00")
    assert browser.get("/api/session").json() == told.json()
    assert browser.get("/api/city").status_code == 200
    kept = browser.cookies[COOKIE]
    assert browser.delete("/api/session").status_code == 204
    assert COOKIE not in browser.cookies
    assert browser.get("/api/city", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401


def test_wrong_passwords_then_a_pause(browser: httpx.Client, accounts: KeptAccounts) -> None:
    answers = [sign_in(browser, "wrong-and-wrong", "nobody-at-all") for _ in range(7)]
    assert [one.status_code for one in answers] == [401] * 5 + [429] * 2
    assert answers[0].json()["type"] == "/problems/bad-sign-in"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 30
    assert "wrong-and-wrong" not in "".join(one.text for one in answers)


def test_a_password_in_the_wrong_place_is_not_told_back(browser: httpx.Client) -> None:
    answer = browser.post("/api/session", json={"name": NAME, "password": ["hunter2-hunter2"]})
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


def test_other_sites_cannot_sign_anybody_in_or_out(browser: httpx.Client) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    body = {"name": NAME, "password": OWN}
    assert browser.post("/api/session", json=body, headers=foreign).status_code == 403
    sign_in(browser)
    assert browser.delete("/api/session", headers=foreign).status_code == 403
    assert browser.get("/api/city").status_code == 200


def test_a_one_time_password_opens_nothing_but_its_change(browser: httpx.Client, accounts: KeptAccounts) -> None:
    accounts.set_password(NAME, door.CHEAP.digest(OWN), time.time() + 60)
    account = sign_in(browser).json()["account"]
    assert (account["must_change"], account["may"]) == (True, {})
    for path in ("/api/city", "/api/cameras", "/docs"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/password-due")
    assert browser.get("/").status_code == 200
    new = "quite-another-one"
    assert browser.put("/api/session/password", json={"old": "wrong", "new": new}).status_code == 401
    assert browser.put("/api/session/password", json={"old": OWN, "new": "short"}).status_code == 422
    assert browser.put("/api/session/password", json={"old": OWN, "new": new}).status_code == 204
    assert browser.get("/api/session").json()["account"]["must_change"] is False
    assert browser.get("/api/city").status_code == 200


def test_a_token_has_no_password_to_change(guarded: str) -> None:
    body = {"old": door.PASSWORD, "new": "quite-another-one"}
    assert door.put(f"{guarded}/api/session/password", json=body).status_code == 403


def test_what_another_process_ends_is_over_within_a_second(browser: httpx.Client, accounts: KeptAccounts) -> None:
    sign_in(browser)
    assert browser.get("/api/city").status_code == 200
    accounts.end_sessions(NAME)
    time.sleep(FOR_S + 0.05)
    assert FOR_S < 1
    assert browser.get("/api/city").status_code == 401


def test_what_this_process_ends_is_over_at_once(browser: httpx.Client, guarded: str) -> None:
    sign_in(browser)
    with httpx.Client(base_url=guarded, headers=dict(browser.headers), cookies=browser.cookies) as other:
        for _ in range(20):
            assert other.get("/api/city").status_code == 200
        browser.delete("/api/session")
        assert other.get("/api/city").status_code == 401
