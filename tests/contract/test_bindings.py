"""What is kept of a sign-in provider's people and sessions, held against both engines."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.kept_bindings import Binding
from geoserver.accounts.model import Account, Session
from geoserver.storage.migrate import scripts
from tests.contract.conftest import Place

THERE = "https://id.city.example"
WANG = Account("wang", "王", None)


@pytest.fixture
def accounts(place: Place) -> Iterator[KeptAccounts]:
    accounts = KeptAccounts.open(place.address)
    accounts.add(WANG)
    accounts.add(replace(WANG, name="li"))
    yield accounts
    accounts.close()


def bound(digest: str, account: str = "wang", sid: str | None = None, checked: float = 1.0) -> tuple[Session, Binding]:
    session = Session(digest, account, checked, checked, "192.0.2.1", 99.0)
    return session, Binding(digest, THERE, account, sid, checked, checked, "sealed:r", "sealed:h")


def test_somebody_there_is_one_account_here(accounts: KeptAccounts) -> None:
    bindings = accounts.bindings
    assert bindings.account(THERE, "s1") is None
    assert bindings.link(THERE, "s1", "wang")
    assert not bindings.link(THERE, "s1", "li"), "they have one"
    assert not bindings.link(THERE, "s2", "nobody")
    assert bindings.account(THERE, "s1") == "wang"
    assert bindings.account("https://other.example", "s1") is None
    assert bindings.is_linked("wang")
    assert not bindings.is_linked("li")


def test_a_session_is_kept_with_its_binding_and_goes_with_it(accounts: KeptAccounts) -> None:
    session, binding = bound("a", sid="there")
    assert accounts.bindings.add(session, binding)
    assert accounts.session("a") == (session, WANG)
    assert accounts.bindings.get("a") == binding
    assert accounts.end_session("a")
    assert accounts.bindings.get("a") is None
    accounts.set_disabled("wang", True)
    assert not accounts.bindings.add(session, binding)
    assert accounts.bindings.get("a") is None


def test_what_ends_there_ends_here_and_nothing_else(accounts: KeptAccounts) -> None:
    for digest, account, sid in (("a", "wang", "1"), ("b", "wang", "2"), ("c", "li", "3"), ("d", "li", None)):
        assert accounts.bindings.add(*bound(digest, account, sid))
    taken = accounts.taken
    assert accounts.bindings.ended_there(THERE, None, None) == []
    assert accounts.bindings.ended_there("https://other.example", "wang", None) == []
    assert accounts.bindings.ended_there(THERE, "li", "1") == [], "the session and the person must fit"
    assert accounts.bindings.ended_there(THERE, None, "1") == ["wang"]
    assert accounts.taken > taken, "who is remembered is forgotten"
    assert [one.digest for one in accounts.sessions("wang")] == ["b"]
    assert accounts.bindings.ended_there(THERE, "li", None) == ["li"]
    assert accounts.sessions("li") == []


def test_of_many_that_ask_about_a_session_one_does(accounts: KeptAccounts) -> None:
    assert accounts.bindings.add(*bound("a"))
    assert accounts.bindings.due(0.5, 10) == []
    (due,) = accounts.bindings.due(5.0, 10)
    won: list[bool] = []
    threads = [threading.Thread(target=lambda: won.append(accounts.bindings.claim(due, 6.0))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won) == [False] * 7 + [True]
    assert accounts.bindings.confirm("a", "sealed:next", None, 7.0)
    kept = accounts.bindings.get("a")
    assert kept is not None
    assert (kept.checked, kept.confirmed, kept.refresh, kept.hint) == (6.0, 7.0, "sealed:next", None)
    assert accounts.bindings.due(6.0, 10) == [kept]


def test_what_cannot_be_asked_about_is_never_due(accounts: KeptAccounts) -> None:
    session, binding = bound("a")
    assert accounts.bindings.add(session, replace(binding, refresh=None))
    assert accounts.bindings.due(1e9, 10) == []


def test_what_is_good_once_is_spent_once_by_whom_ever(accounts: KeptAccounts) -> None:
    spent: list[bool] = []
    threads = [threading.Thread(target=lambda: spent.append(accounts.bindings.spend("k", 10.0))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(spent) == [False] * 7 + [True]
    accounts.bindings.sweep(9.0)
    assert not accounts.bindings.spend("k", 20.0)
    accounts.bindings.sweep(11.0)
    assert accounts.bindings.spend("k", 20.0)


def test_a_session_with_an_end_is_swept_after_it(accounts: KeptAccounts) -> None:
    assert accounts.bindings.add(*bound("a"))
    accounts.sweep(0.0, 0.0, 0.0, 98.0)
    assert accounts.session("a") is not None
    accounts.sweep(0.0, 0.0, 0.0, 99.0)
    assert accounts.session("a") is None


def test_both_engines_have_the_same_tables() -> None:
    one, other = (dict(scripts(engine))["0160_openid.sql"] for engine in ("sqlite", "postgres"))
    assert one == other
