"""People for browser tests: accounts of a running server, and pages that nobody has signed in to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from tests import door
from tests.browser.conftest import SLOW_MS

PASSWORD = "seven green kites over town"


def post(role: str, *areas: str) -> dict[str, Any]:
    """A role for areas, as the API takes it."""
    return {"role": role, "areas": list(areas) or ["*"], "tiers": None, "networks": None, "window": None}


def new_person(server: str, name: str, title: str, *posts: dict[str, Any]) -> str:
    """Makes an account; its one-time password."""
    body = {"name": name, "title": title, "posts": list(posts)}
    answer = door.post(f"{server}/api/users", json=body, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["password"])


def settled_person(server: str, name: str, title: str, *posts: dict[str, Any]) -> None:
    """Makes an account that has ``PASSWORD`` already."""
    once = new_person(server, name, title, *posts)
    own_page = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=server, headers=own_page, timeout=60) as client:
        client.post("/api/session", json={"name": name, "password": once}).raise_for_status()
        client.put("/api/session/password", json={"old": once, "new": PASSWORD}).raise_for_status()


@contextmanager
def stranger(browser: Browser, locale: str = "zh-CN") -> Iterator[Page]:
    """A page of a browser that is not signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=locale, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    yield page
    context.close()


def sign_in(page: Page, server: str, name: str, password: str = PASSWORD, hash_: str = "") -> None:
    """Opens the client, signs in, and waits for the city."""
    page.goto(f"{server}/?gfx=low{hash_}")
    page.fill("#sign-in_name", name)
    page.fill("#sign-in_password", password)
    page.keyboard.press("Enter")
    arrived(page)


def arrived(page: Page) -> None:
    """Waits until the city stands."""
    page.wait_for_function(
        "() => window.geoserver?.ready && window.geoserver.viewerStats().tilesLoaded", timeout=SLOW_MS
    )
