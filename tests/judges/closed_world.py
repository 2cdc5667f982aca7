"""What the closed loop runs in: the real server on a copy of a city, its cameras' streams and heads, and a browser."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from geoserver.sealed_store import SealedStore
from geoserver.storage.opening import open_store
from layers.cameras.model import Camera, Credential
from layers.cameras.pictures.still import Survey, painted
from tests import door
from tests.browser.bare import cesium_picture, fill_window
from tests.browser.conftest import FLAGS, Watched, own_copy, serve
from tests.browser.get_chromium import found as chromium
from tests.geoserver.ptz.device_simulator import Device, running
from tests.geoserver.streams.rtsp import PASSWORD, USER
from tests.judges.poles import Pole, drawn
from tiles.scene import Scene

By = Literal["rendered", "CesiumJS"]
DENSITY_PX_M = 12.5
"""Places are asked for that are seen so closely."""


@dataclass
class World:
    """A running server, its city, and a browser for CesiumJS's pictures."""

    base: str
    scene: Scene
    watched: Watched
    draw: np.random.Generator
    devices: dict[str, Device] = field(default_factory=dict)

    def link(self, place: Any, camera: Camera) -> dict[str, Any] | None:
        """What the link says of a camera and a place, if it sees it."""
        asked = {"lon": place[0], "lat": place[1], "density": DENSITY_PX_M, "tier": camera.tier, "limit": 1000}
        told = door.get(f"{self.base}/api/link", params=asked, timeout=60)
        if told.status_code == 422:
            return None  # what is seen lies beyond the city's border
        answer = told.raise_for_status().json()
        named = [one for one in answer["cameras"] if one["camera"] == camera.id and one["visible"]]
        return {**named[0], "place": answer["place"]} if named and answer["place"]["kind"] == "ground" else None

    def snapshot(self, camera: str) -> NDArray[np.uint8]:
        """The last picture of a camera's stream, as the server gives it to who has a session."""
        with door.Client(base_url=self.base, timeout=60) as web:
            ticket = web.post(f"/api/streams/{camera}/ticket", json={}).raise_for_status().json()["ticket"]
            made = web.post("/api/streams/sessions", json={"ticket": ticket}).raise_for_status().json()
            asked = {"session": made["session"]}
            body = web.get(f"/api/streams/{camera}/snapshot.jpg", params=asked).raise_for_status().content
            web.delete(f"/api/streams/sessions/{made['session']}").raise_for_status()
        return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))

    def picture(self, by: By, seen: Survey, poles: Sequence[Pole]) -> NDArray[np.uint8]:
        """A picture of what a camera looks at, with poles."""
        if by == "rendered":
            return drawn(painted(seen), seen, poles)
        view, camera = seen.sighting.view, seen.sighting.camera
        pose = {"heading_deg": view.pose.heading_deg % 360.0, "pitch_deg": view.pose.pitch_deg}
        turned = camera.model_copy(update=pose | {"hfov_deg": view.optics.hfov_deg})
        made: NDArray[np.uint8] = cesium_picture(self.watched, turned, [one.for_cesium() for one in poles])
        return made


@contextlib.contextmanager
def running_world(city: Path, scratch: Path, fixed: Sequence[Camera], heads: Sequence[Camera], port: int,
                  scene: Scene, seed: int,
    browser: Browser,
) -> Iterator[World]:  # fmt: skip
    """The server on a copy of the city, in which cameras have their streams here, and heads their devices."""
    copy = own_copy(city, scratch / "city")
    with contextlib.ExitStack() as stack:
        devices = {camera.id: stack.enter_context(running(Device())) for camera in heads}
        url = f"rtsp://127.0.0.1:{port}"
        given = [
            Credential(camera=one.id, stream=one.streams[0], url=f"{url}/{mount}", user=USER, password=PASSWORD)
            for mount, one in enumerate(fixed)
        ]
        for id_, one in devices.items():
            given.append(Credential(camera=id_, stream="ptz", url=one.url, user=one.user, password=one.password))
        store = SealedStore(open_store(copy / "city.sqlite"), copy / "keys" / "vault.key")
        store.set_credentials(given)
        store.close()
        base = stack.enter_context(contextlib.contextmanager(serve)(copy, GEOSERVER_STREAM_NETWORKS="127.0.0.0/8"))
        yield World(base, scene, stack.enter_context(open_client(browser, base)), np.random.default_rng(seed), devices)


@contextlib.contextmanager
def open_client(browser: Browser, base: str) -> Iterator[Watched]:
    """The client in Chromium, its canvas alone in the window and as large as the pictures."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.add_cookies([door.cookie(base)])  # type: ignore[list-item]
    watched = Watched(context.new_page(), base)
    watched.page.set_default_timeout(240_000)
    watched.page.goto(f"{base}/?gfx=low")
    watched.page.wait_for_function("() => window.geoserver?.ready")
    fill_window(watched)
    yield watched
    context.close()


@contextlib.contextmanager
def own_browser() -> Iterator[Browser]:
    """A Chromium, where there is none yet."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(headless=True, args=FLAGS, executable_path=chromium() or None)
        yield browser
        browser.close()
