"""The real program over a city whose cameras are mounts of an RTSP server, and a real browser on it. For benches."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from geoserver.sealed_store import open_sealed
from geoserver.settings import Settings
from geoserver.storage.store import Query, Write
from layers.cameras.model import Camera, Credential
from tests import door
from tests.browser.conftest import FLAGS, SLOW_MS, own_copy, serve
from tests.browser.get_chromium import found
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer


@contextlib.contextmanager
def serving(city: Path, cameras: RtspServer, count: int) -> Iterator[tuple[str, list[str]]]:
    """The address of ``geoserver serve`` over a copy of a city, and the ids of cameras with the mounts' streams."""
    with tempfile.TemporaryDirectory() as folder:
        copy = own_copy(city, Path(folder) / "city")
        ids = connected(copy, cameras, count)
        yield from ((address, ids) for address in serve(copy, GEOSERVER_STREAM_NETWORKS="127.0.0.1"))
        shutil.rmtree(copy, ignore_errors=True)


def connected(city: Path, cameras: RtspServer, count: int) -> list[str]:
    """Have so many fixed cameras of a city fetched from mounts, one each; their ids."""
    settings = Settings(folder=city)
    store = open_sealed(settings.database, settings.vault_key)
    try:
        known = [one for one in store.find(Query(kind="camera")) if isinstance(one, Camera)]
        usable = [one for one in known if one.heading_deg is not None and not one.is_ptz][:count]
        if len(usable) < count:
            raise SystemExit(f"the city has only {len(usable)} cameras that can be used, of {count}")
        store.commit([Write.put(one.model_copy(update={"streams": ("main", "sub")}), one.version) for one in usable])
        who = {"user": USER, "password": PASSWORD}
        store.set_credentials(
            Credential(camera=one.id, stream=stream, url=cameras.url(i), **who)
            for i, one in enumerate(usable)
            for stream in ("main", "sub")
        )
        return [one.id for one in usable]
    finally:
        store.close()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as driver:
        path = found()
        made = driver.chromium.launch(headless=True, args=FLAGS, **({"executable_path": path} if path else {}))
        try:
            yield made
        finally:
            made.close()


@contextlib.contextmanager
def page_of(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose browser is signed in; nothing is loaded yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN", bypass_csp=True)
    context.add_cookies([door.cookie(address)])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    try:
        yield page
    finally:
        context.close()


def opened_client(page: Page, address: str, hash_: str = "") -> None:
    """Load the client, and wait until its scene is settled."""
    page.goto(f"{address}/?gfx=low{hash_}")
    page.wait_for_function(
        "() => window.geoserver?.ready && window.geoserver.viewerStats().tilesLoaded", timeout=3 * SLOW_MS
    )
