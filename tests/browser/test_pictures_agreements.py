"""Photographs of an incident on two screens; agreement asked for on one and given on another."""

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests import door
from tests.browser.accounts import arrived, post, settled_person, sign_in, stranger

pytestmark = [pytest.mark.browser, pytest.mark.city]


def drawn(colour: str) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), colour).save(out, "PNG")
    return out.getvalue()


def kept(page: Page, name: str) -> None:
    """A picture of the screen, where a folder for them is named."""
    if folder := os.environ.get("GEOSERVER_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def opened(page: Page, server: str, incident: str) -> None:
    """An incident's panel, as who may everything."""
    page.context.add_cookies([door.cookie(server)])
    page.goto(f"{server}/?gfx=low")
    arrived(page)
    page.evaluate("id => window.geoserver.state().openIncident(id)", incident)
    expect(page.locator("#incident-pictures")).to_be_visible()


def test_photographs_are_added_shown_and_removed_on_two_screens(browser: Browser, writable_server: str) -> None:
    found = door.get(f"{writable_server}/api/incidents", timeout=60).json()["features"]
    incident = next(one["id"] for one in found if one["properties"]["state"] != "closed")
    with stranger(browser) as page, stranger(browser, "en-GB") as other:
        opened(page, writable_server, incident)
        opened(other, writable_server, incident)
        files = [
            {"name": f"{colour}.png", "mimeType": "image/png", "buffer": drawn(colour)} for colour in ("teal", "olive")
        ]
        page.locator("#incident-pictures input[type=file]").set_input_files(files)  # type: ignore[arg-type]
        for screen in (page, other):
            expect(screen.locator("#incident-pictures [data-picture]")).to_have_count(2)
        page.locator("#incident-pictures [data-picture]").first.scroll_into_view_if_needed()
        kept(page, "pictures-zh")
        kept(other, "pictures-en")
        page.locator("#incident-pictures [data-picture]").first.click()
        expect(page.locator(".ant-modal-title")).to_have_text("照片 1 / 2")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".ant-modal-title")).to_have_text("照片 2 / 2")
        kept(page, "picture-large-zh")
        page.locator("#picture-show").get_by_role("button", name="移除照片").click()
        page.locator(".ant-popover:visible").get_by_role("button", name="移除照片").click()
        for screen in (page, other):
            expect(screen.locator("#incident-pictures [data-picture]")).to_have_count(1)
        page.locator("#incident-pictures input[type=file]").set_input_files(
            {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture"}
        )
        expect(page.locator("#incident-pictures .ant-alert")).to_contain_text("notes.png — 这不是完整的图片")


def dialog(page: Page) -> None:
    """The agreements of who sits here."""
    page.click("#account-menu")
    page.locator("[data-menu-id$='agreements']").click()
    expect(page.locator("#agreements")).to_be_visible()


def test_agreement_is_asked_for_and_given(browser: Browser, second_server: str) -> None:
    settled_person(second_server, "asker", "王敏", post("commander"))
    settled_person(second_server, "agreer", "Li Hua", post("commander"))
    with stranger(browser) as asks, stranger(browser, "en-GB") as agrees:
        sign_in(asks, second_server, "asker")
        dialog(asks)
        asks.locator("#ask-agreement .ant-select").click()
        asks.locator(".ant-select-item-option").first.click()
        asks.locator("#ask-agreement input[maxlength]").fill("寻找走失儿童")
        asks.locator("#ask-agreement").get_by_role("button").click()
        row = asks.locator("#agreements article").first
        expect(row).to_have_attribute("data-state", "open")
        kept(asks, "agreements-zh")
        sign_in(agrees, second_server, "agreer")
        expect(agrees.locator("#account-menu .ant-badge-count")).to_have_text("1")
        dialog(agrees)
        kept(agrees, "agreements-en")
        agrees.get_by_role("button", name="Agree", exact=True).click()
        expect(agrees.locator("#agreements article").first).to_have_attribute("data-state", "agreed")
        expect(row).to_have_attribute("data-state", "agreed")
        asks.wait_for_function("() => window.geoserver.state().account.may.unmask?.includes('camera')")


HEADS = """page => [...page.querySelectorAll('th, button, label')]
  .filter(one => !one.closest('.ant-table-row')).map(one => one.innerText).join(' ')"""


def test_manage_stands_in_english(browser: Browser, second_server: str) -> None:
    people = door.get(f"{second_server}/api/users", timeout=60).json()["users"]
    with stranger(browser, "en-GB") as page:
        page.context.add_cookies([door.cookie(second_server)])
        page.goto(f"{second_server}/?gfx=low#/manage/people")
        for name, title in (("people", "People"), ("roles", "Grants"), ("journal", "Journal")):
            page.get_by_text(title, exact=True).first.click()
            found = page.locator(f".managepage[data-page='{name}']")
            expect(found).to_be_visible()
            page.wait_for_timeout(1_500)
            # What stands in rows is the city's own, in the words of those who wrote it.
            heads = found.evaluate(HEADS)
            assert len(heads) > 20
            for person in people:
                heads = heads.replace(person["title"], "").replace(person["name"], "")
            assert not re.search(r"[一-鿿]", heads), heads
            kept(page, f"manage-{name}-en")
