"""Grants: denied by default, and whatever a slow reading of the rules by hand would allow."""

import itertools
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.areas import Area
from layers.cameras.model import Camera
from layers.catalogue import KINDS
from layers.grants.approval import LASTS, WAITS, NoAgreement, Wish, agreed
from layers.grants.model import ANY, SUBJECTS, Grant, Window
from layers.grants.permissions import Permissions, nobody
from layers.grants.roles import ROLES, SEEN, Post
from layers.grants.tree import AreaTree

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
ACTIONS = ("see", "change", "watch")
KIND_NAMES = ("camera", "incident", "account")
TIERS = (None, 1, 2, 3)
AREAS = [
    Area("15", "province-like city", "city", ""),
    Area("1501", "one", "district", "15"),
    Area("1502", "two", "district", "15"),
    Area("150101", "street", "street", "1501"),
    Area("150102", "other street", "street", "1501"),
    Area("15010101", "community", "community", "150101"),
    Area("lost", "its parent is not there", "street", "nowhere"),
    Area("ring-a", "a faulty source", "district", "ring-b"),
    Area("ring-b", "a faulty source", "district", "ring-a"),
]
TREE = AreaTree.of(AREAS)
CODES = [area.code for area in AREAS]
PLACES = [*CODES, "", "elsewhere"]

words = st.sampled_from
clocks = st.times().map(lambda clock: clock.replace(tzinfo=None))
moments = st.datetimes(datetime(2025, 12, 1), datetime(2026, 6, 1), timezones=st.just(UTC))


@st.composite
def windows(draw: Any) -> Window:
    starts = draw(st.none() | moments)
    ends = None if draw(st.booleans()) else (starts or NOW) + draw(st.timedeltas(timedelta(seconds=1), timedelta(90)))
    begin, until = draw(st.one_of(st.just((None, None)), st.tuples(clocks, clocks)))
    days = draw(st.frozensets(st.integers(1, 7), min_size=1))
    return Window(starts=starts, ends=ends, days=days, begin=begin, until=until)


grants = st.builds(
    Grant,
    id=st.integers(0, 5).map(str),
    actions=st.frozensets(words([*ACTIONS, ANY]), min_size=1, max_size=2),
    kinds=st.frozensets(words([*KIND_NAMES, ANY]), min_size=1, max_size=2),
    areas=st.frozensets(words([*CODES, "elsewhere", ANY]), min_size=1, max_size=2),
    tiers=st.none() | st.frozensets(words([1, 2, 3]), min_size=1),
    networks=st.none() | st.frozensets(words(["public-security", "video"]), min_size=1),
    window=st.none() | windows(),
    approval=st.booleans(),
)


# ── the twin: the rules read aloud, one grant at a time, nothing worked out beforehand ──


def twin_open(window: Window, at: datetime) -> bool:
    """Walk over the shifts that could be running."""
    if window.starts and at < window.starts:
        return False
    if window.ends and not at < window.ends:
        return False
    wall = at.astimezone(SHANGHAI).replace(tzinfo=None)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        if day.isoweekday() not in window.days:
            continue
        start = datetime.combine(day, window.begin or time(0))
        end = datetime.combine(day, window.until or time(0))
        if window.until is None or end <= start:
            end += timedelta(days=1)
        if start <= wall < end:
            return True
    return False


def twin_inside(area: str, top: str) -> bool:
    """Climb from the area."""
    parents = {one.code: one.parent for one in AREAS}
    for _ in range(len(AREAS) + 1):
        if area == top:
            return True
        area = parents.get(area, "")
        if not area:
            return False
    return False


def twin_fits(grant: Grant, ask: tuple[str, str, str, int | None], at: datetime, network: str | None) -> bool:
    action, kind, area, tier = ask
    if not (action in grant.actions or "*" in grant.actions):
        return False
    if kind not in grant.kinds and ("*" not in grant.kinds or kind in SUBJECTS):
        return False
    if "*" not in grant.areas and not any(twin_inside(area, top) for top in grant.areas):
        return False
    if grant.tiers is not None and (tier is None or tier not in grant.tiers):
        return False
    if grant.networks is not None and (network is None or network not in grant.networks):
        return False
    return grant.window is None or twin_open(grant.window, at)


def twin(given_: list[Grant], ask: Any, at: datetime, network: str | None, agreed_to: frozenset[str]) -> str:
    verdict = "denied"
    for grant in given_:
        if twin_fits(grant, ask, at, network):
            if not grant.approval or grant.id in agreed_to:
                return "allowed"
            verdict = "approval"
    return verdict


networks = st.none() | words(["public-security", "video", "government-extranet"])
agreements = st.frozensets(st.integers(0, 5).map(str))


@settings(max_examples=120, deadline=None)
@given(st.lists(grants, max_size=5), moments, networks, agreements)
def test_every_question_is_answered_as_the_rules_read_aloud(
    held: list[Grant], at: datetime, network: str | None, agreed_to: frozenset[str]
) -> None:
    may = Permissions.of(held, at, TREE, tz=SHANGHAI, network=network, agreed=agreed_to)
    for action, kind in itertools.product(ACTIONS, KIND_NAMES):
        reach = may.reach(action, kind)
        parts = reach.parts()
        for area, tier in itertools.product(PLACES, TIERS):
            expected = twin(held, (action, kind, area, tier), at, network, agreed_to)
            assert may.verdict(action, kind, area=area, tier=tier) == expected
            assert reach.covers(area, tier) == (expected == "allowed")
            hits = [
                part
                for part in parts
                if (part.areas is None or area in part.areas) and (part.tiers is None or tier in part.tiers)
            ]
            assert len(hits) == (expected == "allowed"), "parts share nothing and leave nothing out"


@settings(max_examples=80, deadline=None)
@given(windows(), moments)
def test_a_window_is_open_as_its_shifts_run(window: Window, at: datetime) -> None:
    assert window.is_open(at, SHANGHAI) == twin_open(window, at)


@settings(max_examples=80, deadline=None)
@given(st.lists(grants, max_size=4), grants, moments, networks)
def test_a_grant_more_never_takes_anything_away(
    held: list[Grant], more: Grant, at: datetime, network: str | None
) -> None:
    less = Permissions.of(held, at, TREE, tz=SHANGHAI, network=network)
    all_of_it = Permissions.of([*held, more], at, TREE, tz=SHANGHAI, network=network)
    for action, kind, area, tier in itertools.product(ACTIONS, KIND_NAMES, PLACES, TIERS):
        if less.allows(action, kind, area=area, tier=tier):
            assert all_of_it.allows(action, kind, area=area, tier=tier)


@settings(max_examples=80, deadline=None)
@given(st.lists(grants, max_size=4), moments, st.frozensets(words(["see:camera", "*:incident", "watch:*", "x:y"])))
def test_a_token_is_good_for_its_scopes_and_no_more_than_its_owner(
    held: list[Grant], at: datetime, scopes: frozenset[str]
) -> None:
    owner = Permissions.of(held, at, TREE, tz=SHANGHAI)
    token = owner.only(scopes)
    for action, kind, area in itertools.product(ACTIONS, KIND_NAMES, PLACES):
        named = bool({f"{action}:{kind}", f"{action}:*", f"*:{kind}", "*:*"} & scopes)
        assert token.allows(action, kind, area=area) == (named and owner.allows(action, kind, area=area))


# ── the rules one by one ──


def grants_of(role: str, areas: list[str], **how: Any) -> tuple[Grant, ...]:
    return Post.model_validate({"role": role, "areas": areas} | how).grants()


def grant(**given_: Any) -> Grant:
    row = {"id": "g", "actions": {"see"}, "kinds": {"camera"}, "areas": {"1501"}}
    return Grant.model_validate(row | given_)


def may(*held: Grant, at: datetime = NOW, **how: Any) -> Permissions:
    return Permissions.of(held, at, TREE, tz=SHANGHAI, **how)


def test_nobody_may_anything() -> None:
    for action, kind, area, tier in itertools.product(ACTIONS, KIND_NAMES, PLACES, TIERS):
        assert not nobody().allows(action, kind, area=area, tier=tier)
    assert nobody().sees("camera").is_empty
    assert nobody().sees("camera").parts() == ()


def test_an_area_reaches_down_all_four_levels_and_not_up_or_across() -> None:
    city = may(grant(areas={"15"}))
    assert all(city.allows("see", "camera", area=code) for code in CODES if code.startswith("15"))
    street = may(grant(areas={"150101"}))
    assert street.allows("see", "camera", area="15010101")
    assert not any(street.allows("see", "camera", area=code) for code in ("15", "1501", "150102", "1502", ""))


def test_only_everywhere_reaches_what_lies_in_no_area() -> None:
    assert not may(grant(areas=set(CODES))).allows("see", "camera", area="")
    assert may(grant(areas={ANY})).allows("see", "camera", area="")
    assert may(grant(areas={ANY})).sees("camera").is_everything


def test_an_area_whose_name_begins_alike_is_another_one() -> None:
    assert not may(grant(areas={"elsewhere"})).allows("see", "camera", area="elsewhere-2")


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_a_star_does_not_reach_accounts_grants_journal_and_credentials(subject: str) -> None:
    assert not may(grant(actions={ANY}, kinds={ANY}, areas={ANY})).may("see", subject)
    assert may(grant(actions={"see"}, kinds={subject}, areas={ANY})).may("see", subject)


def test_a_night_shift_of_friday_ends_on_saturday() -> None:
    night = Window(days=frozenset({5}), begin=time(20), until=time(6))
    friday = datetime(2026, 3, 6, tzinfo=SHANGHAI)
    assert not night.is_open(friday + timedelta(hours=5), SHANGHAI)
    assert night.is_open(friday + timedelta(hours=20), SHANGHAI)
    assert night.is_open(friday + timedelta(hours=29, minutes=59), SHANGHAI)
    assert not night.is_open(friday + timedelta(hours=30), SHANGHAI)


def test_a_grant_that_needs_agreement_allows_only_after_it() -> None:
    asked = grant(approval=True)
    assert may(asked).verdict("see", "camera", area="1501") == "approval"
    assert may(asked).sees("camera").is_empty
    assert may(asked, agreed=["g"]).allows("see", "camera", area="1501")
    assert may(asked, agreed=["another"]).verdict("see", "camera", area="1501") == "approval"
    assert may(asked, agreed=["g"]).verdict("see", "camera", area="1502") == "denied"


def test_a_reach_knows_records_by_kind_area_and_tier() -> None:
    place = {"lon": 106.8, "lat": 39.6, "height_m": 1100.0, "mount_height_m": 6.0, "pitch_deg": 0.0}
    optics = {"image_width_px": 1920, "image_height_px": 1080, "hfov_deg": 60.0}
    camera = Camera.model_validate(
        {"id": "a", "name": "a", "type": "fixed", "tier": 2, "area": "150101"} | place | optics
    )
    reach = may(grant(tiers={2})).sees("camera")
    assert reach.covers_record(camera)
    assert not reach.covers_record(camera.model_copy(update={"tier": 3}))
    assert not reach.covers_record(camera.model_copy(update={"area": "1502"}))
    assert not may(grant(kinds={"incident"})).sees("incident").covers_record(camera)


@pytest.mark.parametrize(
    "bad",
    [
        {"actions": set()},
        {"kinds": set()},
        {"areas": set()},
        {"areas": {""}},
        {"tiers": set()},
        {"tiers": {4}},
        {"networks": {"internet"}},
        {"actions": {"See"}},
        {"unknown": 1},
        {"window": {"begin": "08:00"}},
        {"window": {"days": []}},
        {"window": {"days": [0]}},
        {"window": {"begin": "08:00+08:00", "until": "09:00+08:00"}},
        {"window": {"starts": "2026-01-02T00:00:00Z", "ends": "2026-01-01T00:00:00Z"}},
        {"window": {"starts": "2026-01-02T00:00:00"}},
    ],
)
def test_a_grant_that_says_too_little_or_nonsense_is_none(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        grant(**bad)


@pytest.mark.parametrize("part", ["actions", "kinds", "areas"])
def test_what_is_left_out_of_a_grant_never_means_everything(part: str) -> None:
    document = grant().model_dump(mode="json")
    del document[part]
    with pytest.raises(ValidationError):
        Grant.model_validate(document)


@settings(max_examples=50, deadline=None)
@given(grants)
def test_a_grant_is_the_same_after_json(one: Grant) -> None:
    assert Grant.model_validate_json(one.model_dump_json()) == one


# ── roles ──


def test_every_kind_of_the_catalogue_was_thought_of() -> None:
    named = {kind for rules in ROLES.values() for rule in rules for kind in rule.kinds}
    assert set(KINDS) <= named, "name the new kind in layers/grants/roles.py: who sees it?"


def test_roles_name_actions_that_there_are() -> None:
    beyond = {"see", "watch", "aim", "export", "agree", "unmask", "maintain", "track", ANY}
    for rules in ROLES.values():
        for rule in rules:
            for kind in rule.kinds & set(KINDS):
                assert rule.actions <= beyond | set(KINDS[kind].actions), kind


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_ends_at_its_areas(role: str) -> None:
    held = may(*grants_of(role, ["1501"]))
    assert held.allows("see", "camera", area="150101", tier=3)
    for action, kind in itertools.product(("see", "change", "create", "watch", "export", ANY), SEEN | SUBJECTS):
        assert not held.allows(action, kind, area="1502")
        assert not held.allows(action, kind, area="")


def test_who_may_what() -> None:
    everyone = {role: may(*grants_of(role, [ANY])) for role in ROLES}

    def who(action: str, kind: str) -> set[str]:
        return {role for role, held in everyone.items() if held.may(action, kind)}

    assert who("accept", "incident") == {"operator", "commander"}
    assert who("supervise", "incident") == {"commander"}
    assert who("change", "camera") == {"planner", "administrator"}
    assert who("watch", "camera") == {"operator", "planner", "commander", "administrator"}
    assert who("see", "journal") == who("change", "account") == who("change", "grant") == {"administrator"}
    assert who("change", "journal") == who("remove", "journal") == who("unmask", "camera") == set()
    assert everyone["commander"].verdict("unmask", "camera", area="15", tier=1) == "approval"


def test_a_role_for_some_tiers_keeps_what_has_no_tier() -> None:
    held = may(*grants_of("operator", ["15"], tiers=[3]))
    assert held.allows("see", "camera", area="15", tier=3)
    assert not held.allows("see", "camera", area="15", tier=1)
    assert held.allows("see", "incident", area="15")


def test_there_is_no_other_role() -> None:
    with pytest.raises(ValidationError):
        grants_of("root", [ANY])


# ── agreement ──


def wish(**given_: Any) -> Wish:
    return Wish("wang", grant(approval=True, tiers={1}, **given_), "a missing child", NOW)


def test_another_person_agrees_and_the_grant_opens_for_an_hour() -> None:
    boss = may(*grants_of("commander", ["15"]))
    got = agreed(wish(), "li", boss, NOW + timedelta(minutes=1))
    assert (got.person, got.by, got.grant, got.purpose) == ("wang", "li", "g", "a missing child")
    assert got.opens("wang", NOW + LASTS)
    assert not got.opens("li", NOW + LASTS)
    assert not got.opens("wang", NOW + LASTS + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("asked", "by", "boss", "after", "reason"),
    [
        (wish(), "wang", grants_of("commander", ["15"]), timedelta(0), "same-person"),
        (wish(), "li", grants_of("operator", ["15"]), timedelta(0), "beyond-grants"),
        (wish(), "li", grants_of("commander", ["1502"]), timedelta(0), "beyond-grants"),
        (wish(areas={"1501", "1502"}), "li", grants_of("commander", ["1501"]), timedelta(0), "beyond-grants"),
        (wish(areas={ANY}), "li", grants_of("commander", ["15"]), timedelta(0), "beyond-grants"),
        (wish(kinds={ANY}), "li", grants_of("commander", [ANY]), timedelta(0), "beyond-grants"),
        (wish(), "li", grants_of("commander", ["15"]), WAITS, "too-late"),
        (wish(), "li", grants_of("commander", ["15"]), -timedelta(1), "too-late"),
    ],
)
def test_who_cannot_agree(asked: Wish, by: str, boss: Any, after: timedelta, reason: str) -> None:
    with pytest.raises(NoAgreement) as refused:
        agreed(asked, by, may(*boss), NOW + after)
    assert refused.value.values["reason"] == reason
