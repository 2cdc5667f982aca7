"""Signing in and out as people meet it, and what stands on the screen when a session ends."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import door
from tests.browser.accounts import PASSWORD, arrived, new_person, post, settled_person, sign_in, stranger

pytestmark = [pytest.mark.browser, pytest.mark.city]


def test_nobody_is_told_anything_of_the_city(browser: Browser, second_server: str) -> None:
    with stranger(browser) as page:
        asked, complaints = [], []
        page.on("request", lambda request: asked.append(request.url.removeprefix(second_server)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{second_server}/?gfx=low")
        expect(page.locator("#sign-in")).to_be_visible()
        page.wait_for_timeout(1500)
        assert {path for path in asked if path.startswith(("/api", "/tiles", "/ogc"))} == {"/api/session"}
        assert complaints == []
        assert page.evaluate("() => window.geoserver") is None
        expect(page.locator("#sign-in_name")).to_be_focused()
        page.get_by_text("English").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert not re.search(r"[一-鿿]", page.inner_text("#sign-in"))


SUBMIT = "#sign-in button[type=submit]"
LONG_S = 10
"""A wait that a loaded machine can still watch."""
LONGEST_S = 900
SECONDS = "() => Number(/\\d+/.exec(document.querySelector('#sign-in button[type=submit]').innerText)?.[0] ?? 0)"


def wrong_once(page: Page) -> int:
    """Tries a wrong password; seconds that are to be waited, as the button says; 0 where one may try on."""
    page.fill("#sign-in_password", "not my password")
    with page.expect_response(lambda answer: answer.request.method == "POST") as told:
        page.keyboard.press("Enter")
    assert told.value.status in (401, 429)
    expect(page.locator("#sign-in [role=alert]")).to_be_visible()
    if told.value.status == 429:
        expect(page.locator(SUBMIT)).to_be_disabled()
    return int(page.evaluate(SECONDS))


def test_a_wrong_password_is_told_and_too_many_wait(browser: Browser, second_server: str) -> None:
    settled_person(second_server, "wrong.often", "张错", post("operator"))
    with stranger(browser) as page:
        page.goto(f"{second_server}/?gfx=low")
        page.fill("#sign-in_name", "wrong.often")
        first = 0
        # Where the machine is so slow that a wait is nearly over when it is told, the next one is longer.
        for _ in range(12):
            expect(page.locator(SUBMIT)).to_be_enabled()
            if (first := wrong_once(page)) > LONG_S:
                break
        expect(page.locator(SUBMIT)).to_be_disabled()
        assert LONG_S < first <= LONGEST_S
        falls = f"first => {{ const left = ({SECONDS})(); return left > 0 && left < first; }}"
        page.wait_for_function(falls, arg=first)
        expect(page.locator(SUBMIT)).to_be_disabled()


def test_a_one_time_password_is_changed_before_anything_else(browser: Browser, second_server: str) -> None:
    once = new_person(second_server, "fresh", "新人", post("operator"))
    with stranger(browser) as page:
        page.goto(f"{second_server}/?gfx=low")
        page.fill("#sign-in_name", "fresh")
        page.fill("#sign-in_password", once)
        page.keyboard.press("Enter")
        page.fill("#new-password_fresh", once)
        page.fill("#new-password_again", "something else")
        page.keyboard.press("Enter")
        expect(page.locator("#new-password .ant-form-item-explain-error")).to_have_count(2)
        page.fill("#new-password_fresh", PASSWORD)
        page.fill("#new-password_again", PASSWORD)
        page.keyboard.press("Enter")
        arrived(page)
        page.click("#account-menu")
        expect(page.locator(".whoami")).to_contain_text("新人")
        expect(page.locator(".whoami")).to_contain_text("值班员")


def test_what_one_works_on_stays_when_the_session_ends(browser: Browser, second_server: str) -> None:
    settled_person(second_server, "worker", "王工", post("administrator"))
    with stranger(browser) as page:
        sign_in(page, second_server, "worker")
        page.click("#data-menu")
        page.get_by_text("新建摄像机").click()
        name = page.locator(".desk input").first
        name.fill("写到一半的名称")
        door.delete(f"{second_server}/api/users/worker/sessions").raise_for_status()
        dialog = page.locator(".ended")
        expect(dialog).to_be_visible(timeout=30_000)
        expect(page.locator(".ended #sign-in_name")).to_be_disabled()
        page.keyboard.press("Escape")
        expect(dialog).to_be_visible()
        page.fill(".ended #sign-in_password", PASSWORD)
        with page.expect_response(lambda answer: "/api/city" in answer.url and answer.ok, timeout=60_000):
            page.keyboard.press("Enter")
        expect(dialog).to_have_count(0)
        expect(name).to_have_value("写到一半的名称")


def test_signing_out_leaves_nothing_behind(browser: Browser, second_server: str) -> None:
    settled_person(second_server, "leaver", "李走", post("operator"))
    with stranger(browser) as page:
        sign_in(page, second_server, "leaver")
        (cookie,) = page.context.cookies()
        page.click("#account-menu")
        page.get_by_text("退出登录").click()
        expect(page.locator("#sign-in")).to_be_visible()
        assert page.evaluate("() => window.geoserver") is None
        assert page.context.cookies() == []
        kept = {"Cookie": f"{cookie['name']}={cookie['value']}"}
        assert httpx.get(f"{second_server}/api/city", headers=kept).status_code == 401


def test_a_password_is_changed_from_the_menu(browser: Browser, second_server: str) -> None:
    settled_person(second_server, "changer", "赵换", post("operator"))
    with stranger(browser) as page:
        sign_in(page, second_server, "changer")
        page.click("#account-menu")
        page.get_by_text("更改密码").click()
        page.fill("#new-password_old", PASSWORD)
        page.fill("#new-password_fresh", "eight blue kites over town")
        page.fill("#new-password_again", "eight blue kites over town")
        page.keyboard.press("Enter")
        expect(page.locator("#new-password")).to_have_count(0)
    with stranger(browser) as page:
        sign_in(page, second_server, "changer", "eight blue kites over town")


def test_an_operator_is_shown_what_they_may_not_do(browser: Browser, second_server: str) -> None:
    settled_person(second_server, "desk", "值班甲", post("operator"))
    with stranger(browser) as page:
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        sign_in(page, second_server, "desk", hash_="#/manage/people")
        expect(page.locator("[data-workspace]")).to_have_count(1)
        expect(page.locator("#undo")).to_have_count(0)
        page.click("#data-menu")
        load = page.locator("[role=menuitem]", has_text="导入摄像机")
        expect(load).to_have_attribute("aria-disabled", "true")
        page.wait_for_timeout(1000)
        assert complaints == []
