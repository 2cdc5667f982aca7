"""What must not get out, and headers that keep pages to this server."""

from pathlib import Path

import httpx
import pytest

from geoserver.api.models import Camera
from geoserver.faults import NotLoopback
from geoserver.services import Services
from geoserver.settings import Settings
from tests.geoserver.conftest import PASSWORD, SECRET
from tests.geoserver.test_answers import ANSWERS
from tests.geoserver.test_bad_input import BAD

ITEMS = "/ogc/collections/cameras/items"


def test_no_answer_carries_a_stream_address_or_password(web: httpx.Client, services: Services) -> None:
    assert services.store.credential("north", "main") is not None
    good = [path for path, _ in ANSWERS]
    bad = [row[0] for row in BAD]
    more = [
        "/",
        "/docs",
        "/metrics",
        "/openapi.json",
        "/ogc/collections/cameras/items",
        "/ogc/collections/cameras/items/north",
    ]
    for path in [*good, *bad, *more]:
        text = web.get(path).text
        for secret in (SECRET, PASSWORD, "rtsp://"):
            assert secret not in text, path
    for change in services.store.changes():
        assert SECRET not in repr(change)


def test_the_model_of_a_camera_has_no_place_for_addresses() -> None:
    for name in Camera.model_fields:
        assert not any(word in name for word in ("url", "password", "user", "credential", "rtsp"))


@pytest.mark.parametrize("path", ["/", "/api/city", "/api/nothing", "/tiles/terrain/0/0/0.terrain", "/ogc/"])
def test_every_answer_keeps_the_page_to_this_server(web: httpx.Client, path: str) -> None:
    headers = web.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_the_client_and_its_assets(web: httpx.Client) -> None:
    page = web.get("/")
    assert "client" in page.text
    assert page.headers["cache-control"] == "no-cache"
    asset = web.get("/assets/main-abc123.js")
    assert "immutable" in asset.headers["cache-control"]
    assert "javascript" in asset.headers["content-type"]
    assert web.get("/operate/camera/7").text == page.text
    assert web.get("/assets/gone.js").status_code == 404


@pytest.mark.parametrize("path", ["/..%2foutside.txt", "/%2e%2e/outside.txt", "/assets/..%2f..%2foutside.txt", "/%00"])
def test_nothing_beside_the_client_is_served(web: httpx.Client, path: str) -> None:
    assert "outside" not in web.get(path).text.replace(path, "").replace("/outside.txt", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "1.2.3.4.5"])
def test_no_address_beyond_this_machine(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotLoopback):
        Settings(folder=tmp_path, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_addresses_of_this_machine(tmp_path: Path, host: str) -> None:
    assert Settings(folder=tmp_path, host=host).host == host
