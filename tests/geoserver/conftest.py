"""A server over a flat scene with two buildings and six cameras, answering on a free port."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from geoserver.app import create_app
from geoserver.services import Now, Services
from geoserver.serving import configured
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from geoserver.town import Town
from layers.cameras.model import Credential
from tests import door
from tests.geoserver.builders import a_camera
from tiles.scene import Scene

SECRET = "10.66.77.88"
PASSWORD = "opensesame"


def flat_scene() -> Scene:
    """Ground at 1040 m; a house 20 m high north of the middle, a tower 60 m high east of it."""
    house = [(-20.0, 100.0), (20.0, 100.0), (20.0, 140.0), (-20.0, 140.0)]
    tower = [(200.0, -15.0), (230.0, -15.0), (230.0, 15.0), (200.0, 15.0)]
    return Scene.flat(buildings=[(house, 1039.5, 1060.0), (tower, 1039.5, 1100.0)])


def cameras() -> list:
    """Six cameras around the middle of the flat scene."""
    return [
        a_camera("north", heading_deg=0.0, hfov_deg=30.0, pitch_deg=-5.0, streams=("main", "sub")),
        a_camera("south", heading_deg=180.0),
        a_camera("turning", type="ptz", heading_deg=90.0, hfov_tele_deg=2.0, lon=106.8005),
        a_camera("unknown", heading_deg=None, pitch_deg=0.0, assumed=("hfov_deg", "pitch_deg"), owner=""),
        a_camera("lookout", tier=1, type="ptz", height_m=1140.0, mount_height_m=100.0, hfov_tele_deg=1, lat=39.603),
        a_camera(
            "roof", tier=2, height_m=1102.0, mount_height_m=62.0, lon=106.80234, heading_deg=270.0, pitch_deg=-30.0
        ),
    ]


@contextlib.contextmanager
def flat_services(folder: Path) -> Iterator[Services]:
    """Services over the flat scene, with a credential in the store."""
    town = Town.of_scene(flat_scene(), folder)
    store = SqliteStore.open(folder / "city.sqlite")
    store.commit([Write.put(camera, 0) for camera in cameras()])
    secret = Credential(camera="north", stream="main", url=f"rtsp://{SECRET}/1", user="root", password=PASSWORD)
    store.set_credentials([secret])
    services = Services(store, Now.of(town, store), folder / "cache")
    try:
        yield services
    finally:
        services.close()


@contextlib.contextmanager
def serving(settings: Settings, services: Services) -> Iterator[str]:
    """The address of a server in a thread of this process."""
    app = create_app(settings, lambda _: contextlib.nullcontext(services))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(configured(app, settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    address = f"{'https' if settings.tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    door.let_in(settings.database, address)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


@pytest.fixture(scope="session")
def flat_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flat")
    client = folder / "client"
    (client / "assets").mkdir(parents=True)
    (client / "index.html").write_text("<!doctype html><title>client</title>")
    (client / "assets" / "main-abc123.js").write_text("'hello'")
    (folder / "outside.txt").write_text("outside")
    return folder


@pytest.fixture(scope="session")
def services(flat_folder: Path) -> Iterator[Services]:
    with flat_services(flat_folder) as services:
        yield services


@pytest.fixture(scope="session")
def address(flat_folder: Path, services: Services) -> Iterator[str]:
    settings = Settings(folder=flat_folder, client=flat_folder / "client")
    with serving(settings, services) as address:
        yield address


@pytest.fixture
def web(address: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=address, timeout=180) as client:  # in a fresh clone kernels are compiled first
        yield client
