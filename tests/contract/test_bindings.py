"""What is kept of a sign-in provider's people and sessions, held against both engines."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from geoserver.accounts.engines import Row, Run
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.kept_bindings import Binding
from geoserver.accounts.model import Account, Session
from geoserver.faults import AccountExists
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
    assert accounts.bindings.ended_there(THERE, "wang", "3") == [], "the session and the person must fit"
    assert accounts.bindings.ended_there(THERE, None, "1") == ["wang"]
    assert accounts.taken > taken, "who is remembered is forgotten"
    assert [one.digest for one in accounts.sessions("wang")] == ["b"]
    assert accounts.bindings.ended_there(THERE, "li", None) == ["li"]
    assert accounts.sessions("li") == []


def test_a_session_that_is_not_known_by_name_ends_with_any_of_its_persons(accounts: KeptAccounts) -> None:
    for digest, account, sid in (("a", "wang", "1"), ("b", "wang", "2"), ("c", "wang", None), ("d", "li", None)):
        assert accounts.bindings.add(*bound(digest, account, sid))
    assert accounts.bindings.ended_there(THERE, "wang", "1") == ["wang"]
    assert [one.digest for one in accounts.sessions("wang")] == ["b"]
    assert [one.digest for one in accounts.sessions("li")] == ["d"]


def break_at(accounts: KeptAccounts, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every statement fail that starts so."""
    whole = accounts._engine.transaction

    @contextmanager
    def transaction() -> Iterator[Run]:
        with whole() as run:

            def breaking(sql: str, *values: Any) -> list[Row]:
                if sql.startswith(start):
                    raise OSError("the disk is gone")
                return run(sql, *values)

            yield breaking

    monkeypatch.setattr(accounts._engine, "transaction", transaction)


def test_a_notice_that_came_to_nothing_may_come_again_and_one_that_worked_may_not(
    accounts: KeptAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert accounts.bindings.add(*bound("a"))
    with monkeypatch.context() as patch:
        break_at(accounts, "DELETE FROM session", patch)
        with pytest.raises(OSError, match="disk"):
            accounts.bindings.ended_there(THERE, "wang", None, ("jti", 9.0))
    assert accounts.bindings.ended_there(THERE, "wang", None, ("jti", 9.0)) == ["wang"]
    assert accounts.bindings.add(*bound("b"))
    assert accounts.bindings.ended_there(THERE, "wang", None, ("jti", 9.0)) is None
    assert [one.digest for one in accounts.sessions("wang")] == ["b"]


def test_an_account_is_made_with_its_person_or_not_at_all(
    accounts: KeptAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = replace(WANG, name="chen")
    with monkeypatch.context() as patch:
        break_at(accounts, "INSERT INTO linked_account", patch)
        with pytest.raises(OSError, match="disk"):
            accounts.add_linked(new, THERE, "s3")
    assert accounts.account("chen") is None
    assert accounts.add_linked(new, THERE, "s3")
    assert accounts.bindings.account(THERE, "s3") == "chen"
    assert not accounts.add_linked(replace(new, name="chen-2"), THERE, "s3"), "they have one"
    assert accounts.account("chen-2") is None
    with pytest.raises(AccountExists):
        accounts.add_linked(WANG, THERE, "s4")
    assert accounts.bindings.account(THERE, "s4") is None


@pytest.mark.parametrize("names", [["chen"] * 8, [f"chen-{number}" for number in range(8)]], ids=["one", "many"])
def test_of_many_tabs_of_a_new_person_one_makes_the_account(accounts: KeptAccounts, names: list[str]) -> None:
    ready, made = threading.Barrier(len(names)), []

    def make(name: str) -> None:
        ready.wait(60)
        made.append(accounts.add_linked(replace(WANG, name=name), THERE, "s3"))

    threads = [threading.Thread(target=make, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(made) == [False] * 7 + [True]
    assert [one.name for one in accounts.accounts()] == sorted(["li", "wang", accounts.bindings.account(THERE, "s3")])


def test_a_one_time_password_goes_when_its_owner_comes_in_there(accounts: KeptAccounts) -> None:
    accounts.set_password("wang", "digest", 5.0)
    accounts.set_password("li", "own", None)
    assert accounts.add_session(Session("by-password", "wang", 1.0, 1.0), "digest")
    taken = accounts.taken
    assert accounts.bindings.add(*bound("a"))
    assert accounts.account("wang") == WANG
    assert [one.digest for one in accounts.sessions("wang")] == ["a"]
    assert accounts.taken > taken
    assert accounts.bindings.add(*bound("b", "li"))
    kept = accounts.account("li")
    assert kept is not None
    assert kept.password == "own"


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
