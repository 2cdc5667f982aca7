"""A provider that runs on this machine, people who sign in at it, and a server of ours that believes it."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.geoserver.openid.get_provider import needed

CLIENT, SECRET = "geoserver", "a-secret-between-two-servers"
OTHER = "another-site"
SYSTEM, SYSTEM_SECRET = "dispatch", "a-secret-of-the-dispatch-system"
AUDIENCE = "urn:geoserver:api"
HTML = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "zh-CN,zh;q=0.9"}
FORM = re.compile(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", re.S)
INPUT = re.compile(r"<input[^>]*?>", re.S)


@dataclass(frozen=True)
class Real:
    """The provider's address, and its second door for tests."""

    issuer: str

    def control(self, deed: str, **values: Any) -> dict[str, Any]:
        """Have it do what a provider's administrator does, or should not."""
        answer = httpx.post(f"{self.issuer}/control", json={"deed": deed, **values}, timeout=60)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    def know(self, server: str, client: str = CLIENT, **more: Any) -> None:
        """Have it know a server of ours as its client."""
        told = {
            "client_id": client,
            "client_secret": SECRET,
            "redirect_uris": [f"{server}/api/session/openid/back"],
            "post_logout_redirect_uris": [f"{server}/"],
            "backchannel_logout_uri": f"{server}/api/session/openid/logout",
            "backchannel_logout_session_required": True,
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid profile groups offline_access",
        }
        self.control("client", client={**told, **more})

    def know_system(self) -> None:
        """Have it know a system that asks for tokens of its own."""
        told = {"client_id": SYSTEM, "client_secret": SYSTEM_SECRET, "redirect_uris": [], "response_types": []}
        self.control("client", client={**told, "grant_types": ["client_credentials"]})

    def person(self, name: str, *groups: str, title: str = "") -> None:
        """Somebody that it lets in; without groups, gone."""
        claims = {"groups": list(groups), "name": title or name} if groups else None
        self.control("person", id=name, claims=claims)

    def token(self, audience: str = AUDIENCE) -> str:
        """An access token of the system's."""
        asked = {"grant_type": "client_credentials", "resource": audience}
        answer = httpx.post(f"{self.issuer}/token", data=asked, auth=(SYSTEM, SYSTEM_SECRET), timeout=60)
        return str(answer.raise_for_status().json()["access_token"])

    def signed(self, claims: Mapping[str, Any], **how: Any) -> str:
        """A token with its signature, whatever it says."""
        return str(self.control("sign", claims=dict(claims), **how)["token"])


@contextmanager
def running() -> Iterator[Real]:
    """A provider, until left."""
    program = needed()
    process = subprocess.Popen(
        ["node", str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().split()
        assert line[:1] == ["ready"], "the provider did not start"
        real = Real(line[1])
        real.know_system()
        yield real
    finally:
        process.terminate()
        process.wait(30)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@dataclass
class Browser:
    """What a person does: follows where they are sent, and fills in what they are asked."""

    server: str
    web: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.web = httpx.Client(headers=HTML, timeout=120, follow_redirects=False)

    def go(self, url: str) -> httpx.Response:
        """Follow redirects from an address, up to a page of ours or one with a form."""
        answer = self.web.get(url)
        for _ in range(20):
            if not answer.has_redirect_location:
                return answer
            url = urljoin(str(answer.url), answer.headers["location"])
            if url.startswith(self.server) and "/api/" not in urlsplit(url).path:
                return answer
            answer = self.web.get(url)
        raise AssertionError("sent round and round")

    def sign_in(self, name: str) -> httpx.Response:
        """Sign in through the provider; the answer that sends the browser to our page."""
        return self.through(self.go(f"{self.server}/api/session/openid"), name)

    def through(self, page: httpx.Response, name: str) -> httpx.Response:
        """Fill in the provider's forms."""
        for _ in range(6):
            form = FORM.search(page.text) if page.status_code == 200 else None
            if form is None:
                return page
            fields = dict(_fields(form[2]))
            if "login" in fields:
                fields |= {"login": name, "password": "any"}
            page = self._sent(urljoin(str(page.url), unescape(form[1])), fields)
        raise AssertionError("asked again and again")

    def back(self, name: str) -> str:
        """The address that the provider sends back to, not gone to yet."""
        page = self.go(f"{self.server}/api/session/openid")
        while True:
            form = FORM.search(page.text)
            assert form is not None, page.text[:500]
            fields = dict(_fields(form[2]))
            if "login" in fields:
                fields |= {"login": name, "password": "any"}
            answer = self.web.post(urljoin(str(page.url), unescape(form[1])), data=fields)
            while answer.has_redirect_location:
                url = urljoin(str(answer.url), answer.headers["location"])
                if url.startswith(self.server):
                    return url
                answer = self.web.get(url)
            page = answer

    def sign_out_there(self, onward: str) -> httpx.Response:
        """Say yes to the provider's question whether to sign out."""
        page = self.go(onward)
        form = FORM.search(page.text)
        assert form is not None, page.text[:500]
        return self._sent(urljoin(str(page.url), unescape(form[1])), {**_fields(form[2]), "logout": "yes"})

    def account(self) -> dict[str, Any] | None:
        """Who our server says is signed in."""
        told: dict[str, Any] | None = self.web.get(f"{self.server}/api/session").raise_for_status().json()["account"]
        return told

    def _sent(self, url: str, fields: Mapping[str, str]) -> httpx.Response:
        answer = self.web.post(url, data=dict(fields))
        if not answer.has_redirect_location:
            return answer
        where = urljoin(str(answer.url), answer.headers["location"])
        if where.startswith(self.server) and "/api/" not in urlsplit(where).path:
            return answer
        return self.go(where)


def _fields(form: str) -> dict[str, str]:
    found = {}
    for text in INPUT.findall(form):
        name, value = (re.search(rf"\b{key}=\"([^\"]*)\"", text) for key in ("name", "value"))
        if name is not None:
            found[name[1]] = unescape(value[1]) if value is not None else ""
    return found
