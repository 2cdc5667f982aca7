"""The accounts of a city that was just made: told once, and good for signing in."""

import json
from pathlib import Path

import httpx
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.starting import any_accounts, first_accounts
from geoserver.console import Console
from geoserver.settings import Settings
from layers.grants.roles import ROLES
from tests.program.server import run, started


def test_one_per_role_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "build.json").write_text("{}")
    settings = Settings(folder=tmp_path)
    assert not any_accounts(settings)
    first_accounts(settings, Console(as_json=True))
    *made, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["name"] for one in made] == list(ROLES)
    assert (last["event"], last["days"]) == ("accounts-made", 7)
    accounts = KeptAccounts.open(settings.database)
    assert [one.state for one in accounts.accounts()] == ["once"] * len(ROLES)
    accounts.close()
    first_accounts(settings, Console(as_json=True))
    (said,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said["event"] == "accounts-there"
    assert not any(one["password"] in json.dumps(said) for one in made)


def test_a_one_time_password_from_the_console_signs_in(village_copy: Path) -> None:
    done = run("user", "password", "operator", "--city", str(village_copy), "--json")
    password = json.loads(done.stdout)["password"]
    with started(village_copy) as server:
        body = {"name": "operator", "password": password}
        account = httpx.post(f"{server.address}api/session", json=body).json()["account"]
        assert (account["must_change"], account["roles"][0]["role"]) == (True, "operator")
