"""What an account store promises, held against both engines."""

import threading
from collections.abc import Iterator

import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.limits import PAIR, counts_of
from geoserver.accounts.model import Account, Session, Token
from geoserver.faults import AccountExists
from geoserver.storage.migrate import scripts
from layers.grants.model import Grant, Window
from layers.grants.roles import Post
from tests.contract.conftest import Place

WANG = Account("wang", "王", "digest-1", 12.5, posts=(Post(role="operator", areas=frozenset({"15"})),))


@pytest.fixture
def accounts(place: Place) -> Iterator[KeptAccounts]:
    accounts = KeptAccounts.open(place.address)
    yield accounts
    accounts.close()


def a_session(digest: str, made: float = 0.0, account: str = "wang") -> Session:
    return Session(digest, account, made, made, "192.0.2.1")


def test_an_account_is_kept_as_it_is(accounts: KeptAccounts) -> None:
    window = Window.model_validate({"begin": "20:00", "until": "06:00", "days": [5]})
    grant = Grant(id="g", actions=frozenset("x"), kinds=frozenset("*"), areas=frozenset("*"), window=window)
    full = Account("li", "", None, None, True, WANG.posts, (grant,))
    accounts.add(WANG)
    accounts.add(full)
    assert accounts.account("wang") == WANG
    assert accounts.accounts() == [full, WANG]
    assert accounts.account("nobody") is None


def test_a_name_is_there_once(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    with pytest.raises(AccountExists):
        accounts.add(WANG)
    assert accounts.accounts() == [WANG]


def test_one_thing_is_changed_at_a_time(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    assert accounts.set_disabled("wang", True)
    assert accounts.set_password("wang", "digest-2", None)
    assert accounts.set_held("wang", [], [])
    assert accounts.account("wang") == Account("wang", "王", "digest-2", None, True)
    assert not accounts.set_password("wang", "digest-3", None, seen="digest-1")
    assert accounts.set_password("wang", "digest-3", None, seen="digest-2")
    assert not accounts.set_disabled("nobody", True)
    assert not accounts.set_password("nobody", "x", None)
    assert not accounts.set_held("nobody", [], [])


def test_sessions_begin_are_used_and_end(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    assert all(accounts.add_session(a_session(digest, made), "digest-1") for digest, made in [("b", 2), ("a", 1)])
    assert [one.digest for one in accounts.sessions("wang")] == ["a", "b"]
    accounts.session_seen("a", 7.25)
    assert accounts.session("a") == (Session("a", "wang", 1.0, 7.25, "192.0.2.1"), WANG)
    assert accounts.session("c") is None
    assert accounts.end_session("a")
    assert not accounts.end_session("a")
    for digest in "cde":
        accounts.add_session(a_session(digest), "digest-1")
    assert accounts.end_sessions("wang", but="c") == 3
    assert accounts.end_sessions("wang") == 1


def test_no_session_begins_with_a_password_that_is_no_more(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    assert not accounts.add_session(a_session("a"), "digest-0")
    assert not accounts.add_session(a_session("a", account="nobody"), "digest-1")
    accounts.set_disabled("wang", True)
    assert not accounts.add_session(a_session("a"), "digest-1")
    assert accounts.sessions("wang") == []


def test_tokens_begin_are_used_and_end(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    token = Token("t1", "digest", "wang", "line", frozenset({"see:camera", "*:incident"}), 1.0, 99.0)
    accounts.add_token(token)
    assert accounts.token("digest") == (token, WANG)
    accounts.token_seen("digest", 5.0)
    assert [one.seen for one in accounts.tokens("wang")] == [5.0]
    assert accounts.end_token("t1")
    assert accounts.token("digest") is None


def test_attempts_are_counted_under_every_key_and_none_is_lost(accounts: KeptAccounts) -> None:
    """Twenty at once: exactly as many get through as in turn, and nobody waits for ever."""
    waits: list[float] = []

    def attempt(number: int) -> None:
        waits.append(accounts.count_attempt(counts_of("wang", f"192.0.2.{number % 2}"), 1_000.0))

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(waits) == [0.0] * 2 * PAIR.failures + [PAIR.pause_s] * (20 - 2 * PAIR.failures)


def test_a_right_attempt_is_forgiven(accounts: KeptAccounts) -> None:
    pair, *others = counts = counts_of("wang", "192.0.2.1")
    for _ in range(3 * PAIR.failures):
        assert accounts.count_attempt(counts, 1_000.0) == 0
        accounts.forgive_attempt(pair, others)


def test_what_is_too_old_is_forgotten(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    for digest, made in (("old", 1.0), ("idle", 50.0), ("good", 60.0)):
        accounts.add_session(a_session(digest, made), "digest-1")
    accounts.session_seen("old", 90.0)
    accounts.session_seen("good", 90.0)
    accounts.add_token(Token("t", "d", "wang", "", frozenset(), 1.0, 99.0))
    for _ in range(PAIR.failures):
        accounts.count_attempt(counts_of("wang", ""), 5.0)
    accounts.sweep(made_before=10.0, seen_before=80.0, tried_before=6.0, now=100.0)
    assert [one.digest for one in accounts.sessions("wang")] == ["good"]
    assert accounts.tokens("wang") == []
    assert accounts.count_attempt(counts_of("wang", ""), 6.0) == 0


def test_accounts_are_there_when_it_is_opened_again(place: Place) -> None:
    first = KeptAccounts.open(place.address)
    first.add(WANG)
    first.close()
    again = KeptAccounts.open(place.address)
    assert again.accounts() == [WANG]
    again.close()


def test_both_engines_have_the_same_tables() -> None:
    one, other = (dict(scripts(engine))["0100_accounts.sql"] for engine in ("sqlite", "postgres"))
    assert one == other


def test_values_are_never_read_as_statements(accounts: KeptAccounts) -> None:
    accounts.add(WANG)
    for odd in ("' OR '1'='1", "wang'; DROP TABLE account; --", "%s", "?", "%(name)s", "\\"):
        assert accounts.account(odd) is None
        assert accounts.session(odd) is None
        assert accounts.end_sessions(odd) == 0
        assert not accounts.end_token(odd)
    assert accounts.accounts() == [WANG]
