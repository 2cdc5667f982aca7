"""A second person's agreement over HTTP: asked for, given, in force at once and for an hour, every step a row."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.service import City, SignIn
from geoserver.api.agreements_models import AgreementsTold, AgreementTold
from geoserver.faults import NeedsAgreement
from geoserver.services import Services
from geoserver.settings import Settings
from layers.grants.approval import LASTS, WAITS
from layers.grants.model import Grant
from layers.grants.roles import Post
from layers.grants.tree import AreaTree
from tests import door
from tests.geoserver.conftest import flat_services, serving

EXPORT = {"action": "export", "kind": "incident", "purpose": "the report to the bureau"}
GRANT = Grant(id="own", actions={"export"}, kinds={"incident", "camera"}, areas={"*"}, approval=True)
ASK, EXPORTED = "/api/agreements", "/api/incidents/export"


class Desk:
    """A served city with people: wang needs agreement to export; li and zhao command everywhere, sun in one area."""

    def __init__(self, address: str, services: Services, accounts: KeptAccounts) -> None:
        self.services, self.accounts = services, accounts
        posts = {
            "wang": ("operator", "*"),
            "li": ("commander", "*"),
            "zhao": ("commander", "*"),
            "sun": ("commander", "15"),
        }
        self.clients: dict[str, httpx.Client] = {}
        for name, (role, area) in posts.items():
            key, _ = door.keys_of(accounts, name, (Post(role=role, areas=frozenset({area})),))
            headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
            self.clients[name] = httpx.Client(base_url=address, headers=headers, timeout=60)
        self.hold("wang", GRANT)

    def hold(self, name: str, *grants: Grant) -> None:
        account = self.accounts.account(name)
        assert account is not None
        self.accounts.set_held(name, account.posts, grants)

    def asked(self, name: str = "wang", **over: Any) -> str:
        answer = self.clients[name].post(ASK, json=EXPORT | over)
        assert answer.status_code in (200, 201), answer.text
        return str(AgreementTold.model_validate(answer.json()).id)

    def answer(self, name: str, id_: str, step: str) -> httpx.Response:
        return self.clients[name].post(f"{ASK}/{id_}/{step}")

    def told(self, name: str) -> AgreementsTold:
        return AgreementsTold.model_validate(self.clients[name].get(ASK).json())

    def deeds(self) -> list[tuple[str, str, str]]:
        rows = [row for row in self.services.store.looks() if row.kind == "account"]
        return [(row.actor, (row.detail or {})["deed"], row.id) for row in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with flat_services(tmp_path) as services, serving(Settings(folder=tmp_path), services) as address:
        with closing(KeptAccounts.open(Settings(folder=tmp_path).database)) as accounts:
            desk = Desk(address, services, accounts)
            yield desk
            for client in desk.clients.values():
                client.close()


def test_what_needs_agreement_says_so_and_is_open_once_another_agreed(desk: Desk) -> None:
    wang = desk.clients["wang"]
    refused = wang.get(EXPORTED)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/needs-agreement")
    said = refused.json()
    assert (said["approval"], said["action"], said["kind"]) == (True, "export", "incident")
    assert wang.get("/api/session").json()["account"]["after_agreement"] == {"export": ["camera", "incident"]}
    id_ = desk.asked()
    (mine,) = desk.told("wang").agreements
    assert (mine.state, mine.mine, mine.answerable, mine.withdrawable, mine.areas) == ("open", True, False, True, ["*"])
    assert wang.get(EXPORTED).status_code == 403
    waiting = desk.told("li")
    assert (waiting.waiting, waiting.agreements[0].answerable) == (1, True)
    assert waiting.agreements[0].purpose == EXPORT["purpose"]
    given = AgreementTold.model_validate(desk.answer("li", id_, "agree").json())
    assert (given.state, given.by) == ("agreed", "li")
    assert given.until is not None
    assert given.answered is not None
    assert given.until - given.answered == LASTS
    assert wang.get(EXPORTED).status_code == 200, "at once in the process that it was agreed in"
    assert wang.get("/api/session").json()["account"]["may"]["export"] == ["incident"], "and nothing beside it"
    assert wang.get("/api/export/cameras").json()["type"] == "/problems/needs-agreement"
    assert (desk.told("li").waiting, desk.told("zhao").waiting) == (0, 0)
    assert desk.answer("wang", id_, "withdraw").json()["state"] == "withdrawn"
    assert wang.get(EXPORTED).status_code == 403
    deeds = [deed for deed in desk.deeds() if deed[1].startswith("agreement")]
    assert deeds == [
        ("wang", "agreement-asked", "wang"),
        ("li", "agreement-given", "wang"),
        ("wang", "agreement-withdrawn", "wang"),
    ]


def test_nobody_agrees_to_their_own(desk: Desk) -> None:
    id_ = desk.asked("li", action="unmask", kind="camera")
    for step in ("agree", "decline"):
        refused = desk.answer("li", id_, step)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/no-agreement")
        assert refused.json()["reason"] == "same-person"
    assert desk.answer("zhao", id_, "agree").status_code == 200
    # Who agreed may take it back.
    assert desk.answer("zhao", id_, "withdraw").json()["state"] == "withdrawn"


def test_who_may_not_agree_to_all_of_it_does_not_even_see_it(desk: Desk) -> None:
    id_ = desk.asked()
    assert desk.told("sun").agreements == []
    assert desk.answer("sun", id_, "agree").json()["type"] == "/problems/unknown-id"
    assert desk.answer("li", "agreement-none", "agree").status_code == 404
    narrow = desk.asked(area="15")
    assert [one.id for one in desk.told("sun").agreements] == [narrow]
    assert desk.answer("sun", narrow, "agree").status_code == 200


def test_a_request_is_answered_once(desk: Desk) -> None:
    id_ = desk.asked()
    assert desk.asked() == id_, "nor asked twice while it waits"
    assert desk.answer("li", id_, "decline").json()["state"] == "declined"
    for name, step in itertools.product(("li", "zhao"), ("agree", "decline", "withdraw")):
        again = desk.answer(name, id_, step)
        assert (again.status_code, again.json()["type"]) == (409, "/problems/agreement-answered")
    assert desk.clients["wang"].get(EXPORTED).status_code == 403
    assert desk.asked() != id_


def test_only_ones_own_is_withdrawn(desk: Desk) -> None:
    refused = desk.answer("li", desk.asked(), "withdraw")
    assert (refused.status_code, refused.json()["reason"]) == (403, "not-theirs")


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"action": "see"}, 403),
        ({"kind": "zone"}, 403),
        ({"action": "*"}, 400),
        ({"purpose": " "}, 400),
        ({"purpose": "   "}, 400),
        ({"area": "*"}, 400),
    ],
)
def test_only_what_a_grant_allows_with_agreement_is_asked_for(desk: Desk, over: dict[str, str], status: int) -> None:
    assert desk.clients["wang"].post(ASK, json=EXPORT | over).status_code == status


def later(desk: Desk, seconds: float) -> SignIn:
    """The same accounts, by a clock that is ahead."""
    start = desk.accounts.agreements.since(0, 1)[0].asked
    return SignIn(desk.accounts, door.CHEAP, lambda: City(AreaTree(), door.UTC), now=lambda: start + seconds)


def key_of(desk: Desk, name: str) -> str:
    return desk.clients[name].headers["Authorization"].removeprefix("Bearer ")


def test_it_ends_after_an_hour_and_waits_a_quarter(desk: Desk) -> None:
    id_ = desk.asked()
    request = desk.accounts.agreements.get(id_)
    assert request is not None
    assert request.state(request.asked + WAITS.total_seconds() - 1) == "open"
    assert request.state(request.asked + WAITS.total_seconds()) == "lapsed"
    desk.answer("li", id_, "agree")
    hour = LASTS.total_seconds()
    later(desk, hour - 5).by_token(key_of(desk, "wang")).demand("export", "incident", area="15")
    with pytest.raises(NeedsAgreement):
        later(desk, hour + 5).by_token(key_of(desk, "wang")).demand("export", "incident", area="15")


@pytest.mark.parametrize(
    "grants",
    [
        (),
        (GRANT.model_copy(update={"kinds": frozenset({"camera"})}),),
        (GRANT.model_copy(update={"areas": frozenset({"15"})}),),
        (GRANT.model_copy(update={"tiers": frozenset({1})}),),
        (GRANT.model_copy(update={"networks": frozenset({"video"})}),),
    ],
    ids=["taken", "other kind", "smaller area", "other tiers", "other network"],
)
def test_it_opens_no_grant_that_is_held_no_more(desk: Desk, grants: tuple[Grant, ...]) -> None:
    desk.answer("li", desk.asked(), "agree")
    caller = later(desk, 5).by_token(key_of(desk, "wang"))
    assert caller.permissions.allows("export", "incident", area="15")
    desk.hold("wang", *grants)
    assert not later(desk, 5).by_token(key_of(desk, "wang")).permissions.may("export", "incident")


def test_it_opens_nothing_to_others_and_not_beyond_the_area(desk: Desk) -> None:
    desk.hold("zhao", GRANT.model_copy(update={"kinds": frozenset({"journal"})}))
    desk.answer("li", desk.asked(area="15"), "agree")
    wang = later(desk, 5).by_token(key_of(desk, "wang")).permissions
    assert wang.verdict("export", "incident", area="15") == "allowed"
    assert wang.verdict("export", "incident", area="16") == "approval"
    assert not later(desk, 5).by_token(key_of(desk, "zhao")).permissions.may("export", "journal")


def test_old_requests_are_forgotten(desk: Desk) -> None:
    desk.asked()
    later(desk, 29 * 86_400).sweep()
    assert len(desk.accounts.agreements.since(0, 9)) == 1
    later(desk, 31 * 86_400).sweep()
    assert desk.accounts.agreements.since(0, 9) == []
