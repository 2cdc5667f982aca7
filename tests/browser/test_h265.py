"""Cameras in H.265 in the real browser: each ends in what can be had of it, and the picture says what that is."""

import io
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query
from layers.cameras.model import Camera, Credential
from tests import door
from tests.browser.conftest import Watched, own_copy, serve
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer

pytestmark = [pytest.mark.browser, pytest.mark.city]
HEVC, H264 = 0, 1
NETWORKS = {"GEOSERVER_STREAM_NETWORKS": "127.0.0.1"}
PLAYS = "v => v.readyState >= 2 && v.currentTime > 0.5"


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    """A stream in H.265 and one in H.264."""
    get_rtsp.needed()
    folder, size = tmp_path_factory.mktemp("bare"), (640, 360)
    files = [
        clips.make(folder / "a.h265", seconds=4, codec="libx265", format="hevc", size=size),
        clips.make(folder / "a.h264", seconds=4, format="h264", size=size),
    ]
    with RtspServer(files, mounts=2) as one:
        yield one


@pytest.fixture(scope="module")
def city(demo_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    copy = own_copy(demo_city, tmp_path_factory.mktemp("h265") / "city")
    yield copy
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture(scope="module")
def both(city: Path, fetched: RtspServer) -> list[str]:
    """Two fixed street cameras: the first has a sub-stream in H.264, the second nothing but H.265."""
    with closing(SqliteStore.open(city / "city.sqlite")) as store:
        rows = store.find(Query("camera", equal={"tier": 3}))
        fixed = [one for one in rows if isinstance(one, Camera) and one.type == "fixed" and one.can_be_aimed]
        for camera, mounts in zip(fixed[:2], ((HEVC, H264), (HEVC, HEVC)), strict=True):
            for stream, mount in zip(camera.streams, mounts, strict=True):
                url = fetched.url(mount)
                store.set_credentials(
                    [Credential(camera=camera.id, stream=stream, url=url, user=USER, password=PASSWORD)]
                )
    return [one.id for one in fixed[:2]]


@pytest.fixture
def at_city(browser: Browser, city: Path) -> Iterator[Callable[[str], Watched]]:
    """Starts a server with so many re-encoders, and opens its client in Chinese."""
    running, opened = [], []

    def start(places: str) -> Watched:
        server = serve(city, GEOSERVER_REENCODES=places, **NETWORKS)
        running.append(server)
        base = next(server)
        context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
        context.add_cookies([door.cookie(base)])  # type: ignore[list-item]
        opened.append((context, Watched(context.new_page(), base)))
        opened[-1][1].page.set_default_timeout(60_000)
        return opened[-1][1]

    yield start
    for context, watched in opened:
        context.close()
        assert watched.elsewhere == []
        assert watched.complaints == []
    for server in running:
        next(server, None)


def plays(page: Page, pane: Locator) -> None:
    video = pane.locator("video").element_handle()
    assert video is not None
    page.wait_for_function(PLAYS, arg=video)


def pixels(pane: Locator) -> np.ndarray:
    picture = pane.locator("svg.pictureview").screenshot()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)


def test_a_picture_plays_what_can_be_had_and_says_what(at_city: Callable[[str], Watched], both: list[str]) -> None:
    page = at_city("1").open(f"#/operate?pic={both[0]},{both[1]}").page
    first, second = (page.locator(f'.picturewin[data-camera="{id_}"]') for id_ in both)
    expect(first.locator(".instead")).to_have_text("H.265，已改看子码流")
    expect(second.locator(".instead")).to_have_text("H.265，转码播放")
    for pane in (first, second):
        plays(page, pane)
        expect(pane.locator(".picturebody")).to_have_attribute("data-showing", "true")
        expect(pane.locator(".simulated")).to_have_text("实时")
    # Another way is chosen, by keyboard: there is no place left, until the first one's is given back.
    first.locator(".instead").press("Enter")
    page.get_by_role("menuitem", name="主码流转码播放").click()
    expect(first.locator(".instead")).to_have_text("H.265，转码路数已满，每 3 秒更新一张")
    expect(first.locator(".picturebody")).to_have_attribute("data-state", "pictures")
    second.locator(".instead").click()
    page.get_by_role("menuitem", name="只看静态画面（省流量）").last.click()
    expect(second.locator(".instead")).to_have_text("每 3 秒更新一张")
    expect(first.locator(".instead")).to_have_text("H.265，转码播放")
    plays(page, first)


def test_without_places_there_are_pictures_that_change(at_city: Callable[[str], Watched], both: list[str]) -> None:
    page = at_city("0").open(f"#/operate?wall=4,{both[0]},{both[1]}").page
    plain, pane = (page.locator(f'.pane[data-camera="{id_}"]') for id_ in both)
    plays(page, plain)
    expect(plain.locator(".instead")).to_have_count(0)
    expect(pane.locator(".instead")).to_have_text(re.compile("H.265，服务器未开转码，每 3 秒更新一张"))
    expect(pane.locator(".simulated")).to_have_text("静态画面")
    began, shots = time.monotonic(), [pixels(pane)]
    while time.monotonic() - began < 30 and (np.abs(shots[0] - shots[-1]).max(axis=2) > 60).mean() < 0.005:
        page.wait_for_timeout(500)
        shots.append(pixels(pane))
    assert (np.abs(shots[0] - shots[-1]).max(axis=2) > 60).mean() >= 0.005, "bars of another number"
    assert not pane.locator("video").evaluate("v => v.readyState >= 2")
