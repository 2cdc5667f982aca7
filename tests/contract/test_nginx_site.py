"""The site of docs/deploy/nginx.conf: nginx takes it, and everything goes through it over TLS."""

import contextlib
import json
import re
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from geoserver.accounts.asking import COOKIE_TLS
from geoserver.accounts.kept import KeptAccounts
from geoserver.services import Services
from geoserver.settings import LOOPBACK_NAMES, Settings
from geoserver.tile_files import TileFiles
from tests import door
from tests.contract.get_nginx import needed
from tests.contract.nginx import free_port, running
from tests.geoserver.conftest import flat_folder, flat_services, serving  # noqa: F401  # a fixture

SITE = Path(__file__).resolve().parents[2] / "docs" / "deploy" / "nginx.conf"
NAME = "map.example.org"
FRAME = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {site}
}}
"""


@dataclass(frozen=True)
class Site:
    """Where the site answers, and whom its visitors believe."""

    port: int
    certificate: Path

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"

    def web(self) -> httpx.Client:
        """A browser that knows the name by the test's own book."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        headers = {"Host": f"{NAME}:{self.port}", "Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        return httpx.Client(base_url=f"https://127.0.0.1:{self.port}", verify=trusted, headers=headers, timeout=60)


def certified(folder: Path) -> tuple[Path, Path]:
    made = folder / "map.pem", folder / "map.key"
    command = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    command += ["-addext", f"subjectAltName=IP:127.0.0.1,DNS:{NAME}", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True)
    return made


def configuration(folder: Path, upstream: str, ports: tuple[int, int], certificate: tuple[Path, Path]) -> str:
    """The page's own text with this machine's files, and nothing else changed."""
    changes = {
        "127.0.0.1:8000": upstream,
        "listen 80;": f"listen 127.0.0.1:{ports[0]};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{ports[1]} ssl http2;",
        "/etc/nginx/tls/map.pem": str(certificate[0]),
        "/etc/nginx/tls/map.key": str(certificate[1]),
        "/var/cache/nginx/geoserver": str(folder / "cache"),
    }
    text = SITE.read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return FRAME.format(folder=folder, site=text)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("nginx-city")
    part = folder / "parts" / "terrain-abcd1234"
    (part / "0/1").mkdir(parents=True)
    (part / "layer.json").write_text('{"tiles": ["{z}/{x}/{y}.terrain"]}')
    (part / "0/1/0.terrain").write_bytes(b"as it was built")
    with flat_services(folder) as services:
        tiles = TileFiles({"terrain": part}, "abcd1234")
        services.now = replace(services.now, town=replace(services.now.town, tiles=tiles))
        yield services


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, world: Services, flat_folder: Path) -> Iterator[Site]:  # noqa: F811
    program, folder = needed(), tmp_path_factory.mktemp("nginx")
    settings = Settings(
        folder=world.now.town.folder,
        client=flat_folder / "client",
        behind_proxy="127.0.0.1",
        allowed_hosts=(*LOOPBACK_NAMES, NAME),
    )
    with serving(settings, world) as address, contextlib.ExitStack() as stack:
        certificate, ports = certified(folder), (free_port(), free_port())
        text = configuration(folder, address.removeprefix("http://"), ports, certificate)
        (folder / "nginx.conf").write_text(text, "utf-8")
        checked = subprocess.run(
            [program, "-t", "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr, checked.stderr
        stack.enter_context(running(program, folder, ports[1]))
        yield Site(ports[1], certificate[0])


@pytest.fixture
def web(site: Site) -> Iterator[httpx.Client]:
    with site.web() as web:
        account = web.post("/api/session", json={"name": door.EVERYONE, "password": door.PASSWORD})
        assert account.status_code == 200, account.text
        yield web


def test_signing_in_knows_of_tls_and_of_who_asks(web: httpx.Client, world: Services) -> None:
    assert [cookie.name for cookie in web.cookies.jar] == [COOKIE_TLS]
    accounts = KeptAccounts.open(world.now.town.folder / "city.sqlite")
    assert accounts.sessions(door.EVERYONE)[-1].address == "127.0.0.1"
    accounts.close()
    lie = web.get("/api/city", headers={"X-Forwarded-Proto": "http", "X-Forwarded-For": "10.9.9.9"})
    assert lie.status_code == 200
    assert "max-age" in lie.headers["strict-transport-security"]


def test_etags_go_through(web: httpx.Client) -> None:
    page = web.get("/")
    assert "client" in page.text
    again = web.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304


def test_the_live_feed_goes_through(site: Site, web: httpx.Client) -> None:
    trusted = ssl.create_default_context(cafile=str(site.certificate))
    cookie = "; ".join(f"{one.name}={one.value}" for one in web.cookies.jar)
    address, here = f"wss://{NAME}:{site.port}/api/live", ("127.0.0.1", site.port)
    mine = {"Cookie": cookie}
    with connect(address, ssl=trusted, origin=site.origin, additional_headers=mine, address=here) as feed:  # type: ignore[arg-type]
        feed.send(json.dumps({"type": "hello"}))
        assert json.loads(feed.recv(timeout=20))["type"]


def test_tiles_are_for_those_who_may_see_the_map(site: Site, web: httpx.Client) -> None:
    path = "/tiles/terrain/0/1/0.terrain?v=abcd1234"
    assert web.get(path).content == b"as it was built"
    with site.web() as stranger:
        assert stranger.get(path).status_code == 401
        assert stranger.get("/tiles/coverage/10/5/5.png").status_code == 401


def test_tiles_that_name_their_version_are_kept_and_no_others(web: httpx.Client, world: Services) -> None:
    kept, fleeting = "/tiles/terrain/0/1/0.terrain?v=abcd1234", "/tiles/terrain/0/1/0.terrain?v=another1"
    before = web.get(kept)
    assert web.get(fleeting).content == before.content
    file = world.now.town.tiles.parts["terrain"] / "0/1/0.terrain"
    file.write_bytes(b"as nobody should write")
    try:
        assert web.get(kept).content == before.content == b"as it was built"
        assert web.get(kept, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
        assert web.get(fleeting).content == b"as nobody should write"
    finally:
        file.write_bytes(before.content)


def test_figures_and_questions_of_nginx_are_not_for_everybody(site: Site, web: httpx.Client) -> None:
    assert web.get("/_map").status_code == 404
    assert web.get("/_media").status_code == 404
    assert "geoserver_ready 1" in web.get("/metrics").text
    with site.web() as stranger:
        assert stranger.get("/metrics").status_code == 401
        assert stranger.get("/health/ready").status_code == 200


def test_every_place_to_change_is_marked() -> None:
    text = SITE.read_text("utf-8")
    for line in text.splitlines():
        if re.search(r"server_name|ssl_certificate|^\s+server 127", line):
            assert "# <-" in line, line
