"""While the provider does not answer: sessions go on for a while, and administrators come in by a password."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any, cast

import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.kept_bindings import Binding
from geoserver.accounts.model import Account, Session
from geoserver.accounts.service import City, SignIn
from geoserver.faults import BadSignIn, LocalClosed
from geoserver.openid.faults import ProviderFailed
from geoserver.openid.opening import is_administrator
from geoserver.openid.options import OpenIdOptions
from geoserver.openid.people import PeopleThere
from geoserver.openid.provider import Provider, Signed
from geoserver.openid.roles import RoleMap
from geoserver.openid.service import OpenId
from geoserver.openid.tokens import BadToken
from geoserver.secrets import Vault
from layers.grants.roles import Post
from layers.grants.tree import AreaTree
from tests import door

THERE = "https://id.city.example"
POST = Post(role="operator", areas=frozenset({"*"}))
OPTIONS = OpenIdOptions(THERE, "geoserver", Path("roles.toml"), check_s=60.0, away_s=600.0)


class Said:
    """A provider that says what a test has it say."""

    options = OPTIONS

    def __init__(self) -> None:
        self.says: Signed | Exception = ProviderFailed(THERE, "unreachable")
        self.asked: list[str] = []

    def renewed(self, refresh: str, subject: str) -> Signed:
        self.asked.append(refresh)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


class Desk:
    """One person's session, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.now, self.heard, self.provider = 1_000.0, [], Said()
        self.accounts = KeptAccounts.open(folder / "city.sqlite")
        self.vault = Vault.open(folder / "keys" / "vault.key")
        self.door = SignIn(
            self.accounts,
            door.CHEAP,
            lambda: City(AreaTree(), UTC),
            now=lambda: self.now,
            told=lambda *told: self.heard.append(told),
            by_password=is_administrator,
        )
        people = PeopleThere(OPTIONS, RoleMap((("operators", POST),)), self.door)
        self.openid = OpenId(cast("Provider", self.provider), people, self.door, lambda: self.vault)
        self.accounts.add(Account("wang", "王", None, posts=(POST,)))
        self.accounts.bindings.link(THERE, "s1", "wang")
        session = Session("digest", "wang", self.now, self.now)
        sealed = self.vault.seal("first", "openid", "digest", "refresh")
        self.accounts.bindings.add(session, Binding("digest", THERE, "s1", "x", self.now, self.now, sealed))

    def later(self, seconds: float) -> bool:
        """After some time and a look: whether the session is still there."""
        self.now += seconds
        self.openid.recheck()
        return self.accounts.session("digest") is not None

    heard: list[Any]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.accounts.close()


def test_a_session_outlasts_a_provider_that_is_away_for_a_while(desk: Desk) -> None:
    assert desk.later(30)
    assert desk.provider.asked == [], "it is not time yet"
    for _ in range(9):
        assert desk.later(61)
    assert set(desk.provider.asked) == {"first"}
    assert not desk.later(61)
    assert desk.heard[-1][1:] == ("signed-out", "wang", {"by": "provider", "reason": "provider-away"})


def test_it_goes_on_with_what_it_is_given_next(desk: Desk) -> None:
    desk.provider.says = Signed({"sub": "s1", "groups": ["operators"], "name": "王"}, "second", None)
    assert desk.later(61)
    desk.provider.says = Signed({"sub": "s1", "groups": ["operators"], "name": "王"}, None, None)
    assert desk.later(61)
    assert desk.later(61)
    assert desk.provider.asked == ["first", "second", "second"]
    assert desk.heard == [], "nothing has changed"


@pytest.mark.parametrize(("says", "reason"), [("revoked", "revoked"), ("token-sub", "token-sub")])
def test_who_is_refused_is_out_at_once(desk: Desk, says: str, reason: str) -> None:
    desk.provider.says = BadToken(says)
    assert not desk.later(61)
    assert desk.heard[-1][3]["reason"] == reason


def test_a_key_that_is_gone_ends_the_session_and_no_other(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    desk.vault = Vault.open(tmp_path / "other" / "vault.key")
    assert not desk.later(61)
    assert desk.provider.asked == [], "there is nothing to ask with"
    assert desk.heard[-1][3]["reason"] == "revoked"


def test_a_renewal_that_tells_nothing_of_the_person_confirms_and_changes_nothing(desk: Desk) -> None:
    desk.provider.says = Signed({}, "second", None)
    for _ in range(20):
        assert desk.later(61), "also beyond what a provider may be away"
    assert desk.provider.asked[:2] == ["first", "second"]
    kept = desk.accounts.account("wang")
    assert kept is not None
    assert kept.posts == (POST,)
    assert desk.heard == []


def test_only_administrators_of_everywhere_come_in_by_a_password(desk: Desk) -> None:
    own = "a-password-of-mine"
    for name, posts in (("root", door.POSTS), ("desk", (POST,))):
        desk.accounts.add(Account(name, name, door.CHEAP.digest(own), posts=posts))
    assert desk.door.sign_in("root", own, address="192.0.2.1").account.name == "root"
    with pytest.raises(LocalClosed):
        desk.door.sign_in("desk", own, address="192.0.2.1")
    with pytest.raises(BadSignIn):
        desk.door.sign_in("desk", "wrong", address="192.0.2.1")
    assert desk.accounts.sessions("desk") == []
    # Whoever may not be told apart by a wrong password is not.
    assert replace(desk.door, by_password=lambda _: True).sign_in("desk", own, address="192.0.2.1")
