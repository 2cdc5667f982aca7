"""Accounts: signing in and out, lock-out, one-time passwords, tokens, and what is left in the file."""

import itertools
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from argon2 import extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver.accounts.engines import SqliteEngine
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.limits import ADDRESS, NAME, PAIR, Attempts, Limit, counts_of
from geoserver.accounts.model import account_name
from geoserver.accounts.passwords import Cost, Passwords, one_time_password, usable
from geoserver.accounts.people import ONCE_S, People
from geoserver.accounts.service import SESSIONS_EACH, City, Lasting, SignIn
from geoserver.faults import (
    AccountExists,
    BadParameter,
    BadPassword,
    BadSignIn,
    NotAllowed,
    NotSignedIn,
    PasswordDue,
    SignInPaused,
    UnknownId,
)
from layers.areas import Area
from layers.grants.model import Window
from layers.grants.roles import Post
from layers.grants.tree import AreaTree
from tiles.errors import Fault

FAST = Cost(time=1, memory_kib=8, lanes=1)
TREE = AreaTree.of([Area("15", "city", "city", ""), Area("1501", "district", "district", "15")])
OWN = "correct horse battery"
HERE = "192.0.2.7"
START = 1_772_424_000.0


class Counted(Passwords):
    """Counts how often a password was looked at."""

    looks = 0

    def fits(self, digest: str | None, password: str) -> bool:
        Counted.looks += 1
        return super().fits(digest, password)


@dataclass
class Desk:
    """A door with a clock that tests turn, and an administrator's hand."""

    file: Path
    time: float = START
    heard: list[tuple[str, str, str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = KeptAccounts.open(self.file)
        self.door = SignIn(
            self.store,
            Counted(FAST),
            lambda: City(TREE, ZoneInfo("Asia/Shanghai")),
            now=lambda: self.time,
            told=lambda *row: self.heard.append(row),
        )
        self.people = People(self.door, "admin")

    def person(self, name: str = "wang", role: str = "operator", areas: tuple[str, ...] = ("15",)) -> str:
        """Somebody who has set a password of their own; their name."""
        _, once = self.people.add(name, "", [Post(role=role, areas=frozenset(areas))])
        caller = self.door.by_session(self.door.sign_in(name, once, address=HERE).secret)
        self.door.change_password(caller, once, OWN, address=HERE)
        self.store.end_sessions(name)
        return name

    def sign_in(self, name: str = "wang", password: str = OWN, address: str = HERE) -> str:
        return self.door.sign_in(name, password, address=address).secret

    def fails(self, name: str = "wang", password: str = "wrong", address: str = HERE) -> type[Fault]:
        with pytest.raises((BadSignIn, SignInPaused)) as refused:
            self.door.sign_in(name, password, address=address)
        return type(refused.value)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "city.sqlite")
    yield desk
    desk.store.close()


# ── passwords ──


def test_the_real_cost_is_that_of_rfc_9106() -> None:
    kept = extract_parameters(Passwords().digest(OWN))
    assert kept.type.name == "ID"
    assert (kept.time_cost, kept.memory_cost, kept.parallelism) == (3, 65_536, 4)
    assert kept.hash_len >= 32
    assert kept.salt_len >= 16


def test_the_same_password_has_another_digest_every_time_and_is_in_none() -> None:
    passwords = Passwords(FAST)
    one, other = passwords.digest(OWN), passwords.digest(OWN)
    assert one != other
    assert OWN not in one
    assert passwords.fits(one, OWN)
    assert passwords.fits(other, OWN)
    assert not passwords.fits(one, OWN + "!")


def test_composed_and_decomposed_letters_are_one_password() -> None:
    passwords = Passwords(FAST)
    assert passwords.fits(passwords.digest("caf\u00e9 und mehr"), "cafe\u0301 und mehr")


@pytest.mark.parametrize("digest", [None, "", "nonsense", "$argon2id$broken"])
def test_without_a_digest_no_password_fits(digest: str | None) -> None:
    assert not Passwords(FAST).fits(digest, OWN)


@pytest.mark.parametrize(
    "password", ["", "brief", "aaaaaaaaaaaaaaaa", "abababababab", "wang12345678", "WANG!!!!!!!!", "x" * 9 + "y" * 300]
)
def test_passwords_that_are_not_taken(password: str) -> None:
    with pytest.raises(BadPassword) as refused:
        usable(password, "wang")
    assert not password or password not in str(refused.value)


@pytest.mark.parametrize("password", [OWN, "长一点的密码也可以用就是这样", "wang likes tea at noon", "Tr0ub4dor&3xyz"])
def test_passwords_that_are_taken(password: str) -> None:
    assert usable(password, "wang") == password


def test_one_time_passwords_are_all_different_and_can_be_set() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(usable(one, "wang") for one in made)


def test_no_more_passwords_are_worked_on_at_once_than_there_is_room_for() -> None:
    passwords = Passwords(FAST)
    room = [passwords._room.acquire(blocking=False) for _ in range(100)]
    assert sum(room) == 4


# ── signing in ──


def test_who_signs_in_is_known_by_the_session_until_it_ends(desk: Desk) -> None:
    desk.person()
    secret = desk.sign_in()
    caller = desk.door.by_session(secret)
    assert (caller.name, caller.must_change) == ("wang", False)
    caller.demand("see", "camera", area="1501", tier=3)
    desk.door.sign_out(secret)
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secret)
    desk.door.sign_out(secret)


@pytest.mark.parametrize("given", ["Wang", " wang ", "ＷＡＮＧ"])
def test_a_name_is_the_same_however_it_is_typed(desk: Desk, given: str) -> None:
    desk.person()
    assert desk.door.by_session(desk.sign_in(given)).name == "wang"


def test_unknown_wrong_disabled_and_void_are_told_alike_and_cost_alike(desk: Desk) -> None:
    desk.person("wang")
    desk.person("gone")
    desk.people.disable("gone")
    desk.people.add("new", "", [])
    _, once = desk.people.add("late", "", [])
    desk.time += ONCE_S
    told, looks = set(), []
    for name, password in [("wang", "wrong"), ("nobody", OWN), ("gone", OWN), ("late", once), ("new", "x" * 5_000)]:
        before = Counted.looks
        with pytest.raises(BadSignIn) as refused:
            desk.door.sign_in(name, password, address=HERE)
        told.add((type(refused.value), str(refused.value), tuple(refused.value.values)))
        looks.append(Counted.looks - before)
        desk.time += 3_600
    assert len(told) == 1
    assert looks == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("odd", ["\0", "wang\0", "\ud800", "' OR 1=1 --", "x" * 100_000, "%s", "?", "王"])
def test_odd_names_and_passwords_are_wrong_ones_like_others(desk: Desk, odd: str) -> None:
    desk.person()
    assert desk.fails(odd, OWN) is BadSignIn
    assert desk.fails("wang", odd) is BadSignIn


def test_a_session_brought_along_is_never_taken_over(desk: Desk) -> None:
    """Fixation: whoever plants a session in a browser does not share what is signed in there."""
    desk.person("wang")
    desk.person("mallory")
    planted = desk.sign_in("mallory")
    got = desk.door.sign_in("wang", OWN, address=HERE, before=planted)
    assert got.secret != planted
    with pytest.raises(NotSignedIn):
        desk.door.by_session(planted)
    assert desk.door.by_session(got.secret).name == "wang"


def test_sessions_end_without_use_and_in_the_end(desk: Desk) -> None:
    desk.person()
    secret = desk.sign_in()
    for _ in range(11):
        desk.time += 3_600
        desk.door.by_session(secret)
    desk.time += 3_600
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secret)
    other = desk.sign_in()
    desk.time += Lasting().idle_s
    with pytest.raises(NotSignedIn):
        desk.door.by_session(other)
    desk.door.sweep()
    assert desk.store.sessions("wang") == []


def test_an_account_has_so_many_sessions_and_no_more(desk: Desk) -> None:
    desk.person()
    secrets = []
    for _ in range(SESSIONS_EACH + 3):
        secrets.append(desk.sign_in())
        desk.time += 1
    assert len(desk.store.sessions("wang")) == SESSIONS_EACH
    desk.door.by_session(secrets[-1])
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secrets[0])


def test_all_sessions_of_a_person_end_at_once(desk: Desk) -> None:
    desk.person("wang")
    desk.person("li")
    mine, others = [desk.sign_in("wang") for _ in range(3)], desk.sign_in("li")
    assert desk.people.end_sessions("Wang") == 3
    for secret in mine:
        with pytest.raises(NotSignedIn):
            desk.door.by_session(secret)
    assert desk.door.by_session(others).name == "li"


def test_a_disabled_account_is_out_at_once_and_comes_back_without_its_sessions(desk: Desk) -> None:
    desk.person()
    secret = desk.sign_in()
    desk.people.disable("wang")
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secret)
    assert desk.fails(password=OWN) is BadSignIn
    desk.people.disable("wang", False)
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secret)
    desk.sign_in()


def test_a_password_changed_in_between_leaves_no_session_of_the_old_one(desk: Desk) -> None:
    desk.person()

    class Slow(Counted):
        def fits(self, digest: str | None, password: str) -> bool:
            fits = super().fits(digest, password)
            desk.people.reset("wang")
            return fits

    door = replace(desk.door, passwords=Slow(FAST))
    with pytest.raises(BadSignIn):
        door.sign_in("wang", OWN, address=HERE)
    assert desk.store.sessions("wang") == []


def test_a_digest_of_another_cost_is_made_anew_when_its_owner_signs_in(desk: Desk) -> None:
    desk.person()
    dearer = replace(desk.door, passwords=Passwords(Cost(time=2, memory_kib=16, lanes=1)))
    session = dearer.sign_in("wang", OWN, address=HERE).secret
    kept = desk.store.account("wang")
    assert kept is not None
    assert kept.password is not None
    assert extract_parameters(kept.password).time_cost == 2
    assert dearer.by_session(session).name == "wang"


# ── one-time passwords ──


def test_with_a_one_time_password_nothing_can_be_done_but_set_another(desk: Desk) -> None:
    _, once = desk.people.add("wang", "王", [Post(role="administrator", areas=frozenset({"*"}))])
    caller = desk.door.by_session(desk.sign_in(password=once))
    assert caller.must_change
    assert caller.sees("camera").is_empty
    with pytest.raises(PasswordDue):
        caller.demand("see", "camera", area="15", tier=1)
    for bad in (once, "short", "wang"):
        with pytest.raises(BadPassword):
            desk.door.change_password(caller, once, bad, address=HERE)
    desk.door.change_password(caller, once, OWN, address=HERE)
    desk.fails(password=once)
    desk.door.by_session(desk.sign_in()).demand("see", "journal", area="")


def test_a_one_time_password_is_void_after_a_week_with_its_sessions(desk: Desk) -> None:
    _, once = desk.people.add("wang", "", [])
    desk.time += ONCE_S - 60
    secret = desk.sign_in(password=once)
    desk.time += 60
    assert desk.fails(password=once) is BadSignIn
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secret)


def test_setting_a_password_ends_all_other_sessions(desk: Desk) -> None:
    desk.person()
    here, there = desk.sign_in(), desk.sign_in()
    desk.door.change_password(desk.door.by_session(here), OWN, OWN + " staple", address=HERE)
    desk.door.by_session(here)
    with pytest.raises(NotSignedIn):
        desk.door.by_session(there)
    assert desk.fails(password=OWN) is BadSignIn


def test_a_reset_ends_all_sessions_and_the_old_password(desk: Desk) -> None:
    desk.person()
    secret = desk.sign_in()
    _, once = desk.people.reset("wang")
    with pytest.raises(NotSignedIn):
        desk.door.by_session(secret)
    assert desk.fails(password=OWN) is BadSignIn
    assert desk.door.by_session(desk.sign_in(password=once)).must_change


def test_guessing_the_old_password_from_an_open_session_is_counted(desk: Desk) -> None:
    desk.person()
    caller = desk.door.by_session(desk.sign_in())
    for _ in range(PAIR.failures):
        with pytest.raises(BadSignIn):
            desk.door.change_password(caller, "guess", OWN + "!", address=HERE)
    with pytest.raises(SignInPaused):
        desk.door.change_password(caller, OWN, OWN + "!", address=HERE)


# ── lock-out ──


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_a_few_wrong_attempts_are_free_then_each_doubles_the_pause(desk: Desk, name: str) -> None:
    """Also for names that do not exist: the pause tells nothing either."""
    desk.person()
    for _ in range(PAIR.failures):
        assert desk.fails(name) is BadSignIn
    looks = Counted.looks
    with pytest.raises(SignInPaused) as paused:
        desk.door.sign_in(name, OWN, address=HERE)
    assert paused.value.values["seconds"] == PAIR.pause_s
    assert Counted.looks == looks, "while paused no password is looked at"
    desk.time += PAIR.pause_s
    assert desk.fails(name) is BadSignIn
    with pytest.raises(SignInPaused) as paused:
        desk.door.sign_in(name, OWN, address=HERE)
    assert paused.value.values["seconds"] == 2 * PAIR.pause_s


def test_who_is_paused_and_goes_on_trying_writes_nothing(desk: Desk) -> None:
    desk.person()
    for _ in range(PAIR.failures):
        desk.fails()
    heard, writer = len(desk.heard), SqliteEngine.open(desk.file)
    with writer.transaction():  # nobody else can write meanwhile; who tried to would wait for it
        for _ in range(50):
            assert desk.fails() is SignInPaused
    assert len(desk.heard) == heard
    writer.close()


def test_a_right_password_forgets_the_wrong_ones(desk: Desk) -> None:
    desk.person()
    for _ in range(3):
        for _ in range(PAIR.failures - 1):
            assert desk.fails() is BadSignIn
        desk.sign_in()


def test_a_stranger_does_not_keep_an_operator_out(desk: Desk) -> None:
    desk.person()
    for _ in range(PAIR.failures + 2):
        desk.fails(address="198.51.100.1")
    assert desk.fails(password=OWN, address="198.51.100.1") is SignInPaused
    desk.sign_in(address=HERE)


def test_one_address_that_tries_many_names_is_paused(desk: Desk) -> None:
    desk.person()
    told = [desk.fails(f"name{i}") for i in range(ADDRESS.failures + 1)]
    assert told == [BadSignIn] * ADDRESS.failures + [SignInPaused]
    assert desk.fails(password=OWN) is SignInPaused
    desk.sign_in(address="192.0.2.8")


def test_one_name_tried_from_many_addresses_is_slowed_and_never_for_long(desk: Desk) -> None:
    desk.person()
    told = [desk.fails(address=f"10.0.{i // 250}.{i % 250}") for i in range(NAME.failures + 1)]
    assert told.count(SignInPaused) == 1
    for _ in range(8):
        desk.time += NAME.longest_s
        desk.fails(address=f"10.9.9.{random.randrange(250)}")
    desk.time += NAME.longest_s
    desk.sign_in(address=HERE)


def test_the_count_outlives_a_restart_and_holds_for_all_processes(desk: Desk) -> None:
    desk.person()
    for _ in range(PAIR.failures):
        desk.fails()
    again = Desk(desk.file)
    assert again.fails(password=OWN) is SignInPaused
    again.store.close()


def test_many_at_once_are_no_more_than_many_in_turn(desk: Desk) -> None:
    desk.person()
    told: list[type[Fault]] = []
    threads = [threading.Thread(target=lambda: told.append(desk.fails())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(BadSignIn) == PAIR.failures


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_addresses_of_one_household_are_one(one: str, other: str, same: bool) -> None:
    assert (list(counts_of("wang", one)) == list(counts_of("wang", other))) is same


def test_the_keys_of_counts_do_not_tell_what_was_typed() -> None:
    assert not any("secret" in key for key in counts_of("secret", HERE))


limits = st.builds(Limit, st.integers(1, 10), st.floats(1, 1e4), st.floats(1, 100), st.floats(100, 1e4))


@settings(deadline=None)
@given(limits, st.lists(st.floats(0, 100), max_size=60))
def test_pauses_only_grow_and_end(limit: Limit, gaps: list[float]) -> None:
    one, now, pauses = Attempts(), START, [0.0]
    for gap in gaps:
        now += one.wait_s(now) + gap
        in_a_row = now - one.last <= limit.within_s
        one = one.counted(limit, now)
        pause = one.wait_s(now)
        assert pause <= limit.longest_s + 1e-3
        assert (pause > 0) == (one.failures >= limit.failures)
        assert not in_a_row or pause >= pauses[-1] - 1e-3
        pauses.append(pause)


# ── what one holds ──


def test_a_neighbour_areas_operator_may_nothing_here(desk: Desk) -> None:
    desk.person("wang", areas=("1501",))
    caller = desk.door.by_session(desk.sign_in())
    caller.demand("accept", "incident", area="1501")
    for area, action in itertools.product(("15", "1502", ""), ("see", "accept")):
        with pytest.raises(NotAllowed):
            caller.demand(action, "incident", area=area)


def test_posts_given_and_taken_are_in_force_at_the_next_request(desk: Desk) -> None:
    desk.person()
    secret = desk.sign_in()
    desk.people.give("wang", [])
    assert desk.door.by_session(secret).sees("camera").is_empty
    desk.people.give("wang", [Post(role="administrator", areas=frozenset({"*"}))])
    assert desk.door.by_session(secret).permissions.may("see", "journal")


def test_a_post_outside_its_window_holds_nothing(desk: Desk) -> None:
    desk.person()
    day = Window.model_validate({"begin": "08:00", "until": "18:00"})
    desk.people.give("wang", [Post(role="operator", areas=frozenset({"15"}), window=day)])
    desk.time = START - START % 86_400 + 4 * 3_600  # noon in Shanghai
    secret = desk.sign_in()
    assert not desk.door.by_session(secret).sees("camera").is_empty
    desk.time += 6 * 3_600
    desk.door.store.session_seen(desk.store.sessions("wang")[0].digest, desk.time)
    assert desk.door.by_session(secret).sees("camera").is_empty


def test_unmasking_waits_for_a_second_person(desk: Desk) -> None:
    desk.person("wang", "commander")
    secret = desk.sign_in()
    with pytest.raises(NotAllowed) as refused:
        desk.door.by_session(secret).demand("unmask", "camera", area="15", tier=1)
    assert refused.value.values["approval"] is True
    grant = next(g for g in Post(role="commander", areas=frozenset({"15"})).grants() if g.approval)
    desk.door.by_session(secret, agreed=[grant.id]).demand("unmask", "camera", area="15", tier=1)


# ── tokens ──


def test_a_token_is_good_for_its_scopes_until_it_expires(desk: Desk) -> None:
    desk.people.add("dispatch-110", "110", [Post(role="integrator", areas=frozenset({"15"}))])
    secret, token = desk.door.new_token("dispatch-110", "line 1", ["create:incident"], 3_600)
    assert secret.startswith("gst_")
    caller = desk.door.by_token(secret)
    assert (caller.token, caller.session) == (token.id, None)
    caller.demand("create", "incident", area="15")
    for action, kind in (("see", "incident"), ("create", "checkpoint"), ("create", "camera")):
        with pytest.raises(NotAllowed):
            caller.demand(action, kind, area="15")
    desk.time += 3_600
    with pytest.raises(NotSignedIn):
        desk.door.by_token(secret)


def test_a_token_ends_by_itself_with_its_account_and_by_hand(desk: Desk) -> None:
    desk.people.add("system", "", [Post(role="integrator", areas=frozenset({"15"}))])
    one, kept = desk.door.new_token("system", "a", ["*:*"], 3_600)
    desk.people.disable("system")
    with pytest.raises(NotSignedIn):
        desk.door.by_token(one)
    desk.people.disable("system", False)
    desk.door.by_token(one)
    assert [token.id for token in desk.store.tokens("system")] == [kept.id]
    assert desk.store.end_token(kept.id)
    assert not desk.store.end_token(kept.id)
    with pytest.raises(NotSignedIn):
        desk.door.by_token(one)


@pytest.mark.parametrize("secret", ["", "gst_", "x" * 10_000, "\udcff", "a\0b", "' OR 1=1 --"])
def test_what_is_no_secret_opens_nothing(desk: Desk, secret: str) -> None:
    desk.person()
    desk.sign_in()
    for door in (desk.door.by_session, desk.door.by_token):
        with pytest.raises(NotSignedIn):
            door(secret)


def test_sessions_and_tokens_do_not_stand_in_for_each_other(desk: Desk) -> None:
    desk.person()
    session, (token, _) = desk.sign_in(), desk.door.new_token("wang", "a", ["*:*"], 60)
    with pytest.raises(NotSignedIn):
        desk.door.by_token(session)
    with pytest.raises(NotSignedIn):
        desk.door.by_session(token)


# ── accounts, and what is left of secrets ──


@pytest.mark.parametrize("name", ["", "a", "a b", "-x", "x" * 41, "\ud800x", "a\0b", "a/b", "<b>", "a\nb", "' OR 1=1"])
def test_names_that_no_account_has(desk: Desk, name: str) -> None:
    with pytest.raises(BadParameter):
        desk.people.add(name, "", [])
    assert desk.store.accounts() == []


def test_a_name_is_taken_once(desk: Desk) -> None:
    desk.people.add("王小明", "", [])
    desk.people.add("wang", "", [])
    with pytest.raises(AccountExists):
        desk.people.add("WANG", "", [])
    assert [account.name for account in desk.store.accounts()] == ["wang", account_name("王小明")]


def test_nothing_is_done_to_who_is_not_there(desk: Desk) -> None:
    for act in (
        desk.people.reset,
        desk.people.disable,
        desk.people.end_sessions,
        lambda name: desk.people.give(name, []),
    ):
        with pytest.raises(UnknownId):
            act("nobody")


def test_no_secret_is_in_the_file_or_in_what_the_journal_hears(desk: Desk) -> None:
    _, once = desk.people.add("wang", "", [])
    first = desk.sign_in(password=once)
    desk.door.change_password(desk.door.by_session(first), once, OWN, address=HERE)
    session, (token, _) = desk.sign_in(), desk.door.new_token("wang", "a", ["*:*"], 60)
    typed = "my password in the wrong field"
    desk.fails(typed)
    desk.fails(password="a wrong password")
    heard = repr(desk.heard) + repr(desk.store.accounts()) + repr(desk.door)
    kept = b"".join(path.read_bytes() for path in desk.file.parent.iterdir())
    for secret in (once, first, OWN, session, token, typed, "a wrong password"):
        assert secret not in heard
        assert secret.encode() not in kept
    assert [row[1] for row in desk.heard] == [
        "account-added",
        "signed-in",
        "password-changed",
        "signed-in",
        "sign-in-failed",
        "sign-in-failed",
    ]


def test_accounts_are_written_to_last(desk: Desk) -> None:
    engine = SqliteEngine.open(desk.file)
    assert engine.look("PRAGMA synchronous") == [(2,)]
    assert engine.look("PRAGMA journal_mode") == [("wal",)]
    assert engine.look("PRAGMA foreign_keys") == [(1,)]
    engine.close()
