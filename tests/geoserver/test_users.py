"""Accounts over HTTP: what administrators do, and what nobody else may."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.services import Services
from geoserver.settings import Settings
from layers.grants.roles import ROLES, Post
from tests import door
from tests.geoserver.conftest import serving

CITY_WIDE = frozenset({"*"})


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(folder=tmp_path_factory.mktemp("users"))


@pytest.fixture(scope="module")
def served(settings: Settings, services: Services) -> Iterator[str]:
    with serving(settings, services) as address:
        yield address


@pytest.fixture
def web(served: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=served, timeout=60) as web:
        yield web


def as_one(settings: Settings, served: str, name: str, *posts: Post) -> httpx.Client:
    accounts = KeptAccounts.open(settings.database)
    try:
        key, _ = door.keys_of(accounts, name, posts)
    finally:
        accounts.close()
    return httpx.Client(base_url=served, headers={"Authorization": f"Bearer {key}"}, timeout=60)


def made(web: httpx.Client, name: str, **more: Any) -> dict[str, Any]:
    body = {"name": name, "title": "李雷", "posts": [{"role": "operator", "areas": ["*"], "tiers": [3]}]}
    answer = web.post("/api/users", json=body | more)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/users/{answer.json()['user']['name']}"
    return dict(answer.json())


def test_an_account_is_made_and_signs_in_with_its_one_time_password(served: str, web: httpx.Client) -> None:
    told = made(web, "Li.Lei")
    user = told["user"]
    assert (user["name"], user["title"], user["state"], user["sessions"]) == ("li.lei", "李雷", "once", 0)
    held = {"role": "operator", "areas": ["*"], "tiers": [3], "networks": None, "window": None}
    assert user["posts"] == [held]
    with httpx.Client(base_url=served, headers={"Origin": served}) as browser:
        name, password = user["name"], told["password"]
        signed = browser.post("/api/session", json={"name": name, "password": password})
        assert signed.json()["account"]["must_change"] is True
        new = {"old": password, "new": "long-enough-and-mine"}
        assert browser.put("/api/session/password", json=new).status_code == 204
        listed = next(one for one in web.get("/api/users").json()["users"] if one["name"] == name)
        assert (listed["state"], listed["sessions"]) == ("active", 1)
        (session,) = web.get(f"/api/users/{name}/sessions").json()["sessions"]
        assert session["address"] == "127.0.0.1"
        assert browser.get("/api/city").status_code == 200
        assert web.delete(f"/api/users/{name}/sessions").json() == {"ended": 1}
        assert browser.get("/api/city").status_code == 401


def test_what_is_changed_is_in_force_at_once(settings: Settings, served: str, web: httpx.Client) -> None:
    with as_one(settings, served, "changing", Post(role="operator", areas=CITY_WIDE)) as one:
        assert one.get("/api/users").status_code == 403
        window = {"days": [1, 2, 3, 4, 5, 6, 7], "begin": "00:00:00", "until": "00:00:00"}
        posts = [{"role": "administrator", "areas": ["*"], "window": window}]
        user = web.patch("/api/users/changing", json={"title": "王", "posts": posts}).json()
        assert user["title"] == "王"
        assert user["posts"][0]["window"]["days"] == [1, 2, 3, 4, 5, 6, 7]
        assert one.get("/api/users").status_code == 200
        assert web.patch("/api/users/changing", json={"disabled": True}).json()["state"] == "disabled"
        assert one.get("/api/users").status_code == 401
        assert web.patch("/api/users/changing", json={"disabled": False}).json()["state"] == "active"
        assert one.get("/api/users").status_code == 200


def test_tokens_are_told_once_and_end_at_once(served: str, web: httpx.Client) -> None:
    made(web, "system-1")
    told = web.post("/api/users/system-1/tokens", json={"label": "dispatch", "scopes": ["see:*"], "days": 30})
    assert told.status_code == 201
    token, secret = told.json()["token"], told.json()["secret"]
    assert (token["label"], token["scopes"], token["seen"]) == ("dispatch", ["see:*"], None)
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{served}/api/city", headers=headers).status_code == 200
    listed = web.get("/api/users/system-1/tokens")
    assert secret not in listed.text
    assert listed.json()["tokens"][0]["seen"] is not None
    assert web.delete(f"/api/tokens/{token['id']}").status_code == 204
    assert web.delete(f"/api/tokens/{token['id']}").status_code == 404
    assert httpx.get(f"{served}/api/city", headers=headers).status_code == 401


def test_a_new_password_ends_all_sessions(served: str, web: httpx.Client) -> None:
    first = made(web, "forgetful")["password"]
    second = web.post("/api/users/forgetful/password").json()["password"]
    for password, status in ((first, 401), (second, 200)):
        body = {"name": "forgetful", "password": password}
        assert httpx.post(f"{served}/api/session", json=body).status_code == status


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"name": "li", "posts": [{"role": "nobody", "areas": ["*"]}]}, 400, "bad-parameter"),
        ({"name": "li", "posts": [{"role": "operator", "areas": []}]}, 400, "bad-parameter"),
        ({"name": "li", "posts": [{"role": "operator", "areas": ["999"]}]}, 400, "bad-parameter"),
        ({"name": "li", "posts": [{"role": "operator", "areas": ["*"], "tiers": [4]}]}, 400, "bad-parameter"),
        ({"name": "li", "posts": [{"role": "operator", "areas": ["*"], "window": {"begin": "08:00"}}]}, 400, "bad-p"),
        ({"name": "a b"}, 400, "bad-parameter"),
        ({"name": "li", "grants": []}, 400, "bad-parameter"),
        ({"name": door.EVERYONE.upper()}, 409, "account-exists"),
    ],
)
def test_what_is_refused(web: httpx.Client, body: dict[str, Any], status: int, what: str) -> None:
    answer = web.post("/api/users", json=body)
    assert (answer.status_code, answer.json()["type"][10 : 10 + len(what)]) == (status, what), answer.text


def test_scopes_are_checked_and_unknown_accounts_told(web: httpx.Client) -> None:
    assert web.post(f"/api/users/{door.EVERYONE}/tokens", json={"scopes": ["everything"]}).status_code == 400
    asked = [("GET", "sessions"), ("DELETE", "sessions"), ("GET", "tokens"), ("POST", "password")]
    for method, what in asked:
        assert web.request(method, f"/api/users/nobody-here/{what}").status_code == 404
    assert web.patch("/api/users/nobody-here", json={"title": "x"}).status_code == 404


@pytest.mark.parametrize("body", [{"disabled": True}, {"posts": []}])
def test_nobody_shuts_themselves_out(web: httpx.Client, body: dict[str, Any]) -> None:
    answer = web.patch(f"/api/users/{door.EVERYONE}", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-account")


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("areas", [CITY_WIDE, frozenset({"150303"})])
def test_only_administrators_of_all_areas_may(
    settings: Settings, served: str, role: str, areas: frozenset[str]
) -> None:
    expected = role == "administrator" and areas == CITY_WIDE
    asked: list[tuple[str, str, Any]] = [
        ("GET", "/api/users", None), ("GET", "/api/roles", None),
        ("GET", f"/api/users/{door.EVERYONE}/sessions", None), ("GET", f"/api/users/{door.EVERYONE}/tokens", None),
        ("POST", "/api/users", {"name": "a b"}), ("PATCH", "/api/users/nobody-here", {"title": "x"}),
        ("POST", "/api/users/nobody-here/password", None), ("DELETE", "/api/users/nobody-here/sessions", None),
        ("POST", "/api/users/nobody-here/tokens", {"scopes": ["see:*"]}), ("DELETE", "/api/tokens/nothing", None),
    ]  # fmt: skip
    with as_one(
        settings, served, f"one-{role}-{len(areas)}-{min(areas) == '*'}".lower(), Post(role=role, areas=areas)
    ) as one:
        for method, path, body in asked:
            status = one.request(method, path, json=body).status_code
            assert (status in (200, 400, 404)) if expected else (status == 403), (method, path, status)


def test_roles_in_words_of_actions_and_kinds(web: httpx.Client) -> None:
    roles = {one["role"]: one for one in web.get("/api/roles").json()["roles"]}
    assert set(roles) == set(ROLES)
    assert roles["administrator"]["actions"]["create"].count("account") == 1
    assert roles["commander"]["approval"] == {"unmask": ["camera"]}
    assert all("*" not in one["actions"] for one in roles.values())


def test_no_password_or_digest_is_told_or_journaled(web: httpx.Client, services: Services, tmp_path: Path) -> None:
    password = made(web, "whispered")["password"]
    texts = [web.get(path).text for path in ("/api/users", f"/api/users/{door.EVERYONE}/sessions")]
    texts += [repr(row) for row in services.store.looks()]
    assert "whispered" in "".join(texts)
    assert not any(secret in text for text in texts for secret in (password, "$argon2", "gst_"))
