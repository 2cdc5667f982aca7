"""``geoserver user``: an account's life from the console of the server, and its rows in the journal."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.passwords import Passwords
from geoserver.accounts.service import City, SignIn
from geoserver.faults import BadSignIn, NotSignedIn
from geoserver.storage.sqlite import SqliteStore
from layers.grants.tree import AreaTree
from tests.program.server import run

pytestmark = pytest.mark.program


def a_city(folder: Path) -> Path:
    """As much of one as the verbs look at where no area is named."""
    (folder / "build.json").write_text("{}")
    return folder


def user(city: Path, *words: str, code: int = 0) -> dict[str, Any]:
    done = run("user", *words, "--city", str(city), "--json")
    assert done.returncode == code, done.stderr
    lines = (done.stdout + done.stderr).splitlines()
    return json.loads(lines[-1]) if lines else {}


def test_the_life_of_an_account(tmp_path: Path) -> None:
    city = a_city(tmp_path)
    accounts = KeptAccounts.open(city / "city.sqlite")
    door = SignIn(accounts, Passwords(), lambda: City(AreaTree(), ZoneInfo("Asia/Shanghai")))
    added = user(city, "add", "Wang", "--role", "operator", "--area", "all", "--tier", "3", "--title", "王")
    assert (added["event"], added["name"]) == ("user-added", "wang")
    assert door.by_session(door.sign_in("wang", added["password"], address="").secret).must_change
    row = user(city, "list")
    assert (row["title"], row["posts"], row["state"], row["sessions"]) == ("王", "operator@* tier=3", "once", 1)

    reset = user(city, "password", "wang")
    with pytest.raises(BadSignIn):
        door.sign_in("wang", added["password"], address="")
    secret = door.sign_in("wang", reset["password"], address="192.0.2.1").secret
    assert user(city, "sessions", "list", "wang")["address"] == "192.0.2.1"
    assert user(city, "sessions", "end", "wang")["count"] == 1
    with pytest.raises(NotSignedIn):
        door.by_session(secret)

    token = user(city, "tokens", "add", "wang", "--scope", "see:camera", "--days", "1")
    assert not door.by_token(token["token"]).sees("camera").is_empty
    user(city, "disable", "wang")
    with pytest.raises(NotSignedIn):
        door.by_token(token["token"])
    accounts.close()

    store = SqliteStore.open(city / "city.sqlite")
    rows = [(look.actor.split(":")[0], look.kind, look.id, (look.detail or {}).get("deed")) for look in store.looks()]
    deeds = ["account-added", "password-reset", "sessions-ended", "token-added", "account-disabled"]
    assert rows == [("console", "account", "wang", deed) for deed in deeds]
    journal = repr([*store.looks()])
    for told in (added["password"], reset["password"], token["token"], secret):
        assert told not in journal
    store.close()


def test_there_is_no_such_role(tmp_path: Path) -> None:
    done = run("user", "add", "wang", "--role", "root", "--area", "all", "--city", str(a_city(tmp_path)))
    assert done.returncode == 2
    assert "operator" in done.stdout + done.stderr
