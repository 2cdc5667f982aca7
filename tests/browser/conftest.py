"""The real client in Chromium against the real server with the demo city."""

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import door
from tests.browser.get_chromium import found

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
SLOW_MS = 60_000
expect.set_options(timeout=SLOW_MS)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(city: Path, **environment: str) -> Iterator[str]:
    """Starts ``geoserver serve``, gives its address when it is ready, and stops it."""
    port = free_port()
    log = (city / "server.log").open("w")
    command = [sys.executable, "-m", "geoserver", "serve", str(city), "--port", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=os.environ | environment)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            assert process.poll() is None, (city / "server.log").read_text()
            time.sleep(0.2)
        door.let_in(city / "city.sqlite", url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=90)
        log.close()


@pytest.fixture(scope="session")
def server(demo_city: Path) -> Iterator[str]:
    """Address of a server with the demo city."""
    yield from serve(demo_city)


BUILT = ("parts", "sources", "cache")


def own_copy(city: Path, copy: Path) -> Path:
    """A city that may be written to: what a build made is linked, all else is copied.

    Files that a build made are replaced whole and never changed in place, so a link does not reach
    into the original.
    """

    def take(source: str, target: str) -> None:
        if Path(source).relative_to(city).parts[0] not in BUILT:
            shutil.copy2(source, target)
            return
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)

    shutil.copytree(city, copy, copy_function=take)
    return copy


@pytest.fixture(scope="session")
def second_server(demo_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose city tests change, one after the other."""
    copy = own_copy(demo_city, tmp_path_factory.mktemp("second") / "city")
    yield from serve(copy)
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def writable_server(second_server: str) -> Iterator[str]:
    """Address of a server whose city this one test may change; its changes are undone after it."""

    def head() -> int:
        return int(door.get(f"{second_server}/api/journal", params={"limit": 1}, timeout=60).json()["head"])

    before = head()
    yield second_server
    if (now := head()) > before:
        rows = {"seq": before + 1, "through": now}
        undone = door.post(f"{second_server}/api/undo", json=rows, timeout=120)
        if undone.status_code == 403:  # a crossing has happened, and nobody may undo it: all the rest, one by one
            for seq in range(now, before, -1):
                door.post(f"{second_server}/api/undo", json={"seq": seq}, timeout=120)
            return
        # A test that only looked at things has rows too, and nothing to undo.
        assert undone.is_success or undone.json()["type"].endswith("/nothing-to-undo"), undone.text


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole suite."""
    with sync_playwright() as driver:
        path = found()
        chromium = driver.chromium.launch(headless=True, args=FLAGS, **({"executable_path": path} if path else {}))
        yield chromium
        chromium.close()


class Watched:
    """A page that remembers which hosts it asked and what it complained about."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location['url']}".strip())

    def _asked(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.base, "data:", "blob:")):
            self.elsewhere.append(url)

    def open(self, hash_: str = "", *, query: str = "?gfx=low") -> "Watched":
        """Loads the client and waits until terrain, buildings and cameras are settled."""
        self.page.goto(f"{self.base}/{query}{hash_}")
        self.settle()
        return self

    def settle(self) -> None:
        """Waits until globe and tileset were complete for two frames in a row."""
        self.page.wait_for_function(
            "() => window.geoserver?.ready && window.geoserver.viewerStats().tilesLoaded", timeout=SLOW_MS
        )

    def click_place(self, lon: float, lat: float, height: float) -> None:
        """Clicks the pixel under which a place lies (ellipsoidal height, m)."""
        at = self.page.evaluate("([lon, lat, h]) => window.geoserver.project(lon, lat, h)", [lon, lat, height])
        assert at is not None, "the place is not in the picture"
        under = self.page.evaluate("at => document.elementFromPoint(at.x, at.y)?.tagName", at)
        assert under == "CANVAS", f"at {at} the page has a {under} over the scene"
        self.page.mouse.click(at["x"], at["y"])

    def changed_by(self, layer: str) -> np.ndarray:
        """Which pixels of the scene (rows, cols) a layer changes when it is switched off, and on again."""
        pictures = []
        for on in (True, False):
            self.page.evaluate("([layer, on]) => window.geoserver.state().setLayer(layer, on)", [layer, on])
            self.page.wait_for_timeout(1500)
            self.settle()
            picture = Image.open(io.BytesIO(self.page.locator("#scene canvas").first.screenshot())).convert("RGB")
            pictures.append(np.asarray(picture, int))
        self.page.evaluate("layer => window.geoserver.state().setLayer(layer, true)", layer)
        changed: np.ndarray = np.abs(pictures[0] - pictures[1]).sum(axis=2) > 12
        return changed

    def look(self, lon: float, lat: float, height: float, heading: float = 0.0, pitch: float = -60.0) -> None:
        """Puts the eye somewhere and waits for the tiles."""
        before = self.page.evaluate("() => window.geoserver.viewerStats().frames")
        self.page.evaluate(
            "(v) => window.geoserver.setView(v)",
            {"lon": lon, "lat": lat, "height": height, "heading": heading, "pitch": pitch, "roll": 0},
        )
        self.page.wait_for_function("n => window.geoserver.viewerStats().frames >= n", arg=before + 2)
        self.settle()


def watch(browser: Browser, server: str) -> Iterator[Watched]:
    """A fresh page; afterwards nothing was asked elsewhere and nothing was complained about."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN", accept_downloads=True)
    context.add_cookies([door.cookie(server)])
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    watched = Watched(page, server)
    yield watched
    context.close()
    assert watched.elsewhere == []
    assert watched.complaints == []


@pytest.fixture
def watched(browser: Browser, server: str) -> Iterator[Watched]:
    """The client over the demo city, which nobody changes."""
    yield from watch(browser, server)


@pytest.fixture
def editing(browser: Browser, writable_server: str) -> Iterator[Watched]:
    """The client over a city of its own, for tests that write."""
    yield from watch(browser, writable_server)


@pytest.fixture(scope="module")
def simulated(demo_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose cameras show what is rendered from the model, as in ``make run``."""
    copy = own_copy(demo_city, tmp_path_factory.mktemp("simulated") / "city")
    yield from serve(copy, GEOSERVER_SIMULATED="1")
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def watching(browser: Browser, simulated: str) -> Iterator[Watched]:
    """A page on that server, in Chinese."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    context.add_cookies([door.cookie(simulated)])  # type: ignore[list-item]
    watched = Watched(context.new_page(), simulated)
    watched.page.set_default_timeout(60_000)
    yield watched
    context.close()
    assert watched.elsewhere == []
    assert watched.complaints == []
