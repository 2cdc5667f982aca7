"""Pictures by low-latency HLS in the real browser: where a proxy stops WebSockets, and from a media server."""

import contextlib
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import av
import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from geoserver.storage.opening import open_store
from layers.cameras.model import Credential
from tests import door
from tests.browser.conftest import own_copy, serve
from tests.browser.test_video import FIRST_MS, PLAYS, TIMES
from tests.contract.get_nginx import needed
from tests.contract.nginx import proxying
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer

pytestmark = [pytest.mark.browser, pytest.mark.city]
TEMPLATE = "/media/{camera}/{stream}/index.m3u8?token={token}"
PASS = "proxy_pass {server}; proxy_set_header Host $http_host; proxy_buffering off;"
DEAF = "location / {{ " + PASS + " }}"
"""As proxies are that nobody told about WebSockets."""
MEDIA = (
    """
location = /ask {{
  internal; proxy_pass {server}/api/media/access; proxy_pass_request_body off;
  proxy_set_header Content-Length ""; proxy_set_header Host $http_host; proxy_set_header X-Original-URI $request_uri;
}}
location /media/ {{ auth_request /ask; root {segments}; rewrite ^/media/[^/]+/[^/]+/(.+)$ /$1 break; }}
location / {{ """
    + PASS
    + """ proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }}
"""
)


@pytest.fixture(scope="module")
def copy(demo_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    needed()
    folder = own_copy(demo_city, tmp_path_factory.mktemp("segments") / "city")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    yield context
    context.close()


def street_camera(server: str) -> str:
    """A fixed one, near the ground."""
    cameras = door.get(f"{server}/api/cameras", timeout=60).json()["cameras"]
    fixed = [one for one in cameras if one["tier"] == 3 and one["type"] == "fixed" and one["heading"] is not None]
    return str(fixed[0]["id"])


def opened(context: BrowserContext, server: str, site: str) -> tuple[Page, str, list[str]]:
    """The client behind a proxy, with the picture of a street camera; the camera, and what is asked."""
    asked: list[str] = []
    context.add_cookies([door.cookie(server) | {"url": site}])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("request", lambda request: asked.append(request.url))
    camera = street_camera(server)
    page.goto(f"{site}/?gfx=low")
    page.wait_for_function("() => window.geoserver?.ready")
    page.evaluate("id => window.geoserver.state().openPicture(id)", camera)
    page.wait_for_function(PLAYS, arg=1, timeout=FIRST_MS)
    return page, camera, asked


def goes_on(page: Page) -> None:
    """It plays on for two seconds, however long that takes a busy machine."""
    before = page.evaluate(TIMES)[0]
    page.wait_for_function("then => document.querySelector('video').currentTime > then + 2", arg=before)


def closed(page: Page) -> None:
    page.evaluate("() => window.geoserver.state().closePicture([...window.geoserver.state().pictures][0])")


def test_where_no_websocket_gets_through_segments_play(copy: Path, context: BrowserContext, tmp_path: Path) -> None:
    for server in serve(copy, GEOSERVER_SIMULATED="1"):
        with proxying(tmp_path / "nginx", DEAF.format(server=server)) as site:
            page, camera, asked = opened(context, server, site)
            goes_on(page)
            lists = [url for url in asked if "index.m3u8" in url]
            assert urlsplit(lists[0]).path == f"/api/streams/{camera}/index.m3u8"
            assert "_HLS_part=" in lists[-1], "low-latency: what comes next is waited for at the server"
            with page.expect_request(lambda request: request.method == "DELETE" and "/sessions/" in request.url):
                closed(page)


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of moving stripes, as a media server has it."""
    folder = tmp_path_factory.mktemp("media")
    options = {"hls_time": "2", "hls_list_size": "0", "hls_playlist_type": "vod"}
    with av.open(str(folder / "index.m3u8"), "w", format="hls", options=options) as out:
        stream = out.add_stream("libx264", rate=10, options={"preset": "ultrafast", "g": "10"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for i in range(600):
            picture = np.zeros((180, 320, 3), np.uint8)
            picture[:, (i * 4) % 300 : (i * 4) % 300 + 20] = 255
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return folder


def test_a_media_server_sends_to_who_watches_and_to_nobody_else(
    copy: Path, context: BrowserContext, segments: Path, tmp_path: Path
) -> None:
    for server in serve(copy, GEOSERVER_MEDIA_URL=TEMPLATE):
        with proxying(tmp_path / "nginx", MEDIA.format(server=server, segments=segments)) as site:
            page, camera, asked = opened(context, server, site)
            goes_on(page)
            size = page.evaluate("() => document.querySelector('video').videoWidth")
            assert size == 320, "it is the media server's picture"
            address = next(url for url in asked if "/media/" in url)
            part = next(url for url in asked if "/media/" in url and "index.m3u8" not in url)
            mark = page.locator(".viewmark").first.inner_text()
            assert "everyone" in mark
            assert httpx.get(address).status_code == 200
            assert httpx.get(address.partition("?")[0]).status_code == 403, "no token"
            assert httpx.get(part).status_code == 403, "a part without the token"
            assert httpx.get(address.replace(camera, "another")).status_code == 403, "another camera"
            assert httpx.get(f"{address}x").status_code == 403
            closed(page)
            deadline = time.monotonic() + 2
            while httpx.get(address).status_code != 403:
                assert time.monotonic() < deadline, "who has closed the picture is let in no more"
                time.sleep(0.05)


def test_where_the_media_server_fails_this_one_sends(copy: Path, context: BrowserContext, tmp_path: Path) -> None:
    get_rtsp.needed()
    wishes: list[bool] = []
    context.on("request", lambda one: wishes.append("direct" in one.post_data_json) if "/ticket" in one.url else None)
    clip = clips.make(tmp_path / "a.h264", format="h264", size=(640, 360))
    given = {"GEOSERVER_MEDIA_URL": TEMPLATE, "GEOSERVER_STREAM_NETWORKS": "127.0.0.1"}
    with RtspServer([clip]) as camera_server:
        for server in serve(copy, **given):
            camera = street_camera(server)
            fetched = {"url": camera_server.url(), "user": USER, "password": PASSWORD}
            with contextlib.closing(open_store(copy / "city.sqlite")) as store:
                streams = door.get(f"{server}/api/streams/{camera}", timeout=60).json()["streams"]
                store.set_credentials([Credential(camera=camera, stream=one["id"], **fetched) for one in streams])
            with proxying(tmp_path / "nginx", MEDIA.format(server=server, segments=tmp_path / "none")) as site:
                page, _, _ = opened(context, server, site)
                assert page.evaluate("() => document.querySelector('video').videoWidth") == 640
                assert wishes == [False, True]
                # While the camera is away its last picture stands, and says of when it is.
                closed(page)
                camera_server.kill()
                page.wait_for_timeout(6_000)
                page.evaluate("id => window.geoserver.state().openPicture(id)", camera)
                expect(page.locator(".pictureorigin")).to_contain_text(re.compile(r"最近画面 \d\d:\d\d:\d\d"))
                expect(page.locator(".picturebody image").first).to_have_attribute("href", re.compile("^blob:"))
