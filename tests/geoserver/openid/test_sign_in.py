"""Signing in at a real provider, and everything that is refused."""

import time
from typing import Any

import httpx
import pytest

from geoserver.accounts.asking import WAY
from geoserver.accounts.model import Account
from tests import door
from tests.geoserver.openid.conftest import Place, until
from tests.geoserver.openid.real import OTHER, Browser


def refused(answer: httpx.Response) -> str:
    """Why the page to sign in is shown again."""
    assert answer.status_code == 303
    path, _, reason = answer.headers["location"].partition("?sign-in=")
    assert path.endswith("/")
    return str(reason)


def test_somebody_signs_in_through_the_providers_pages(place: Place) -> None:
    place.real.person("wang", "operators", "golfers", title="王芳")
    browser = place.browser()
    offered = browser.web.get(f"{place.address}/api/session").json()["openid"]
    assert offered == {"names": {"zh": "统一身份认证登录", "en": "Single sign-on"}, "local": "on"}
    answer = browser.sign_in("wang")
    assert refused(answer) == "", "it goes to the page, signed in"
    assert "httponly" in answer.headers["set-cookie"].lower()
    account = browser.account()
    assert account is not None
    assert (account["name"], account["title"], account["openid"]) == ("wang", "王芳", True)
    assert [held["role"] for held in account["roles"]] == ["operator"]
    assert WAY not in browser.web.cookies, "what was kept on the way is gone"
    assert [deed["deed"] for deed in place.deeds("wang")] == ["account-added", "signed-in"]


def test_roles_are_those_of_the_claims_at_every_sign_in(place: Place) -> None:
    place.real.person("li", "operators")
    assert refused(place.browser().sign_in("li")) == ""
    place.real.person("li", "commanders")
    browser = place.browser()
    assert refused(browser.sign_in("li")) == ""
    account = browser.account()
    assert account is not None
    assert [held["role"] for held in account["roles"]] == ["commander"]
    given = [deed["posts"][0]["role"] for deed in place.deeds("li") if deed["deed"] == "posts-given"]
    assert given == ["commander"]


def test_who_has_no_role_here_is_not_let_in_and_keeps_none(place: Place) -> None:
    place.real.person("golfer", "golfers")
    assert refused(place.browser().sign_in("golfer")) == "no-role"
    assert place.accounts.account("golfer") is None
    place.real.person("leaver", "operators")
    assert refused(place.browser().sign_in("leaver")) == ""
    place.real.person("leaver", "golfers")
    assert refused(place.browser().sign_in("leaver")) == "no-role"
    kept = place.accounts.account("leaver")
    assert kept is not None
    assert kept.posts == ()


def test_who_was_refused_can_give_another_name(place: Place) -> None:
    place.real.person("wrong", "golfers")
    place.real.person("right", "operators")
    browser = place.browser()
    assert refused(browser.sign_in("wrong")) == "no-role"
    page = browser.go(f"{place.address}/api/session/openid?again=true")
    assert refused(browser.through(page, "right")) == ""
    account = browser.account()
    assert account is not None
    assert account["name"] == "right"


def test_an_account_made_here_is_never_taken_over(place: Place) -> None:
    place.accounts.add(Account("root", "root", door.CHEAP.digest("an-own-password-1"), posts=door.POSTS))
    place.real.person("root", "operators")
    browser = place.browser()
    assert refused(browser.sign_in("root")) == "name-taken"
    assert browser.account() is None
    kept = place.accounts.account("root")
    assert kept is not None
    assert kept.posts == door.POSTS
    # Until somebody with the machine says that it is theirs.
    assert place.accounts.bindings.link(place.real.issuer, "root", "root")
    assert refused(place.browser().sign_in("root")) == ""


def test_a_one_time_password_is_owed_by_nobody_who_comes_in_there(place: Place) -> None:
    # It is over, too: nothing of the account would be let in any more.
    place.accounts.add(Account("linked", "linked", door.CHEAP.digest("a-one-time-password"), once_until=1.0))
    assert place.accounts.bindings.link(place.real.issuer, "linked", "linked")
    place.real.person("linked", "operators")
    browser = place.browser()
    assert refused(browser.sign_in("linked")) == ""
    account = browser.account()
    assert account is not None
    assert not account["must_change"]
    assert browser.web.get(f"{place.address}/api/cameras").status_code == 200


def test_who_is_disabled_here_stays_out(place: Place) -> None:
    place.real.person("banned", "operators")
    assert refused(place.browser().sign_in("banned")) == ""
    place.accounts.set_disabled("banned", True)
    assert refused(place.browser().sign_in("banned")) == "disabled"


@pytest.mark.parametrize(
    ("twist", "reason"),
    [
        ({"aud": OTHER}, "token-aud"),
        ({"aud": ["geoserver", OTHER]}, "token-azp"),
        ({"aud": ["geoserver", OTHER], "azp": OTHER}, "token-azp"),
        ({"exp": 1_700_000_000}, "token-exp"),
        ({"iat": 9_000_000_000}, "token-iat"),
        ({"iss": "http://127.0.0.1:1"}, "token-iss"),
        ({"nonce": "of-another-sign-in"}, "token-nonce"),
        ({"sub": ""}, "token-sub"),
        ({"at_hash": "of-another-token"}, "token-form"),
        ({"key": "hidden"}, "token-key"),
        ({"key": "forged"}, "token-signature"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_what_the_provider_signs_wrongly_is_refused_and_told(place: Place, twist: Any, reason: str) -> None:
    place.real.person("zhao", "operators")
    place.real.control("settings", twist=twist)
    browser = place.browser()
    assert refused(browser.sign_in("zhao")) == reason
    assert browser.account() is None
    told = [deed for deed in place.deeds("-") if deed["deed"] == "sign-in-failed"]
    assert (told[-1]["by"], told[-1]["reason"]) == ("provider", reason)


def test_a_clock_that_is_a_little_off_does_no_harm(place: Place) -> None:
    place.real.person("late", "operators")
    place.real.control("settings", twist={"exp": int(time.time()) - 10, "iat": int(time.time()) + 10})
    assert refused(place.browser().sign_in("late")) == ""


def test_a_new_key_is_read_when_it_is_first_met(place: Place) -> None:
    place.real.person("keys", "operators")
    assert refused(place.browser().sign_in("keys")) == ""
    place.real.control("rotate", kid="second")

    # Keys that anyone may name are not read again all the time: at worst some seconds pass.
    def comes_in() -> bool:
        place.forget_attempts()
        return refused(place.browser().sign_in("keys")) == ""

    until(comes_in)


def test_an_answer_to_nobodys_question_is_refused(place: Place) -> None:
    place.real.person("chen", "operators")
    browser, other = place.browser(), place.browser()
    url = browser.back("chen")
    assert refused(other.go(url)) == "state", "begun in another browser"
    other.go(f"{place.address}/api/session/openid")
    assert refused(other.go(url)) == "state", "and this one has begun another"
    assert other.account() is None


def test_a_return_is_good_once(place: Place) -> None:
    place.real.person("twice", "operators")
    browser = place.browser()
    url = browser.back("twice")
    way = browser.web.cookies[WAY]
    assert refused(browser.go(url)) == ""
    again = Browser(place.address)
    again.web.cookies.set(WAY, way, domain="127.0.0.1")
    assert refused(again.go(url)) == "code"
    assert again.account() is None


def test_a_nonce_is_good_once_even_where_the_provider_takes_its_code_again(place: Place) -> None:
    """The same nonce twice: what was answered before is no answer."""
    bindings = place.accounts.bindings
    assert bindings.spend("one", time.time() + 60)
    assert not bindings.spend("one", time.time() + 60)


def test_who_says_no_at_the_provider_is_told_so(place: Place) -> None:
    browser = place.browser()
    page = browser.go(f"{place.address}/api/session/openid")
    assert refused(browser.go(f"{page.url!s}/abort")) == "denied"


def test_another_providers_return_is_refused(place: Place) -> None:
    browser = place.browser()
    place.real.person("mixed", "operators")
    url = browser.back("mixed")
    there = httpx.URL(url)
    assert "iss" in there.params
    elsewhere = there.copy_set_param("iss", "http://127.0.0.1:1")
    assert refused(browser.go(str(elsewhere))) == "token-iss"


def test_who_is_refused_often_has_to_wait(place: Place) -> None:
    nobody = place.browser()
    reasons = [refused(nobody.go(f"{place.address}/api/session/openid/back")) for _ in range(45)]
    assert reasons[0] == "state"
    assert reasons[-1] == "paused"
    assert reasons.count("state") <= 40


def test_a_program_is_told_with_a_problem_document(place: Place) -> None:
    asked = {"Accept": "application/json", "Accept-Language": "zh"}
    answer = httpx.get(f"{place.address}/api/session/openid/back", headers=asked, params={"state": "x"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/openid-refused")
    assert "请重新登录" in answer.json()["detail"]


def test_local_accounts_still_sign_in(place: Place) -> None:
    own = {"Origin": place.address, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=place.address, headers=own) as web:
        answer = web.post("/api/session", json={"name": door.EVERYONE, "password": door.PASSWORD})
        assert answer.status_code == 200
        assert answer.json()["account"]["openid"] is False
        assert web.delete("/api/session").status_code == 204, "there is nowhere to go on to"
