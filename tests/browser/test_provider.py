"""Signing in through a provider as people meet it, in both languages; and out again when it says so."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accounts import stranger
from tests.browser.conftest import own_copy, serve
from tests.geoserver.openid.real import CLIENT, SECRET, Real, running

pytestmark = [pytest.mark.browser, pytest.mark.city]
ROLES = '[[role]]\nvalue = "operators"\nrole = "operator"\nareas = ["*"]\n'
BUTTON = {"zh": "市政务统一身份认证", "en": "City single sign-on"}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    with running() as real:
        yield real


@pytest.fixture(scope="module")
def believing(demo_city: Path, real: Real, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that people sign in to through the provider."""
    folder = tmp_path_factory.mktemp("believing")
    (folder / "roles.toml").write_text(ROLES, encoding="utf-8")
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    told = {
        "ISSUER": real.issuer,
        "CLIENT": CLIENT,
        "SECRET_FILE": str(folder / "secret"),
        "ROLES": str(folder / "roles.toml"),
        "SCOPES": "openid profile groups offline_access",
        "CHECK_S": "2",
        "BUTTON_ZH": BUTTON["zh"],
        "BUTTON_EN": BUTTON["en"],
    }
    copy = own_copy(demo_city, folder / "city")
    environment = {f"GEOSERVER_OIDC_{name}": value for name, value in told.items()}
    for address in serve(copy, **environment):
        real.know(address)
        yield address
    shutil.rmtree(copy, ignore_errors=True)


def go_through(page: Page, name: str) -> None:
    """The provider's own pages: name, then consent."""
    page.click("#to-provider")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    expect(page.locator("input[name=login]")).to_have_count(0)
    page.click("button[type=submit]")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_somebody_comes_in_where_they_were_and_is_out_when_revoked(
    browser: Browser, believing: str, real: Real, lang: str
) -> None:
    name = f"wang-{lang}"
    real.person(name, "operators", title="王芳")
    with stranger(browser, LOCALES[lang]) as page:
        page.goto(f"{believing}/?gfx=low#/operate?v=106.8,39.66,2500,25,-30,0&lang={lang}")
        expect(page.locator("#to-provider")).to_have_text(BUTTON[lang])
        expect(page.locator("#sign-in")).to_have_count(0)
        go_through(page, name)
        expect(page.locator("#account-menu")).to_contain_text("王芳")
        assert "gfx=low" in page.url
        assert "v=106.8,39.66,2500" in page.url
        real.person(name)
        expect(page.locator(".ended #to-provider")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_is_refused_is_told_why_and_local_accounts_are_there(
    browser: Browser, believing: str, real: Real, lang: str
) -> None:
    real.person(f"golfer-{lang}", "golfers")
    with stranger(browser, LOCALES[lang]) as page:
        page.goto(f"{believing}/?gfx=low#/operate?lang={lang}")
        go_through(page, f"golfer-{lang}")
        told = page.locator("#provider-refusal")
        expect(told).to_be_visible()
        assert bool(re.search(r"[一-鿿]", told.inner_text())) is (lang == "zh")
        assert "sign-in=" not in page.url, "said once"
        # The one who was refused is signed in there still: the button asks for another name.
        page.click("#to-provider")
        expect(page.locator("input[name=login]")).to_be_visible()
        page.goto(f"{believing}/?gfx=low#/operate?lang={lang}")
        page.click(".providerentrance .ant-collapse-header")
        expect(page.locator("#sign-in_name")).to_be_visible()
