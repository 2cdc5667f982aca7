"""A server that others reach: over TLS of its own, or behind a proxy that it believes, and not otherwise."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from geoserver.accounts.asking import COOKIE_TLS
from geoserver.accounts.kept import KeptAccounts
from geoserver.faults import BadFile, BadParameter, NotLoopback
from geoserver.services import Services
from geoserver.serving import run as run_server
from geoserver.settings import Settings
from tests import door
from tests.geoserver.conftest import serving

PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True)
    return made


def test_tls_of_its_own(services: Services, certificate: tuple[Path, Path], tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, host="0.0.0.0", tls=certificate)
    with serving(settings, services) as address, httpx.Client(base_url=address, verify=str(certificate[0])) as web:
        assert address.startswith("https://")
        signed_in = web.post("/api/session", json={"name": door.EVERYONE, "password": door.PASSWORD})
        cookie = signed_in.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE_TLS}=")
        assert "secure" in cookie.lower()
        assert web.get("/api/city").status_code == 200


@pytest.fixture(scope="module")
def proxied(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str]]:
    folder = tmp_path_factory.mktemp("proxied")
    settings = Settings(folder=folder, host="0.0.0.0", behind_proxy="127.0.0.1")
    with serving(settings, services) as address:
        yield settings, address


def test_a_proxy_is_believed_who_asks_and_that_it_has_tls(proxied: tuple[Settings, str]) -> None:
    settings, address = proxied
    with httpx.Client(base_url=address, headers=PROXIED) as web:
        signed_in = web.post("/api/session", json={"name": door.EVERYONE, "password": door.PASSWORD})
        assert signed_in.headers["set-cookie"].startswith(f"{COOKIE_TLS}=")
    accounts = KeptAccounts.open(settings.database)
    assert accounts.sessions(door.EVERYONE)[-1].address == "203.0.113.9"
    accounts.close()


def test_what_comes_without_tls_from_elsewhere_is_refused(proxied: tuple[Settings, str]) -> None:
    for headers in ({"X-Forwarded-For": "203.0.113.9"}, PROXIED | {"X-Forwarded-Proto": "http"}):
        answer = httpx.get(f"{proxied[1]}/health", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/unencrypted")
    assert httpx.get(f"{proxied[1]}/health").status_code == 200


def test_without_a_proxy_nobody_is_believed(services: Services, tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path)
    with serving(settings, services) as address:
        body = {"name": door.EVERYONE, "password": door.PASSWORD}
        signed_in = httpx.post(f"{address}/api/session", json=body, headers=PROXIED)
        assert not signed_in.headers["set-cookie"].startswith("__Host-")
        accounts = KeptAccounts.open(settings.database)
        assert accounts.sessions(door.EVERYONE)[-1].address == "127.0.0.1"
        accounts.close()


@pytest.mark.parametrize("proxy", ["*", "", "proxy.example", "0.0.0.0/0", "::/0", "127.0.0.1,10.0.0.1"])
def test_who_everybody_could_be_is_no_proxy(tmp_path: Path, proxy: str) -> None:
    with pytest.raises((BadParameter, NotLoopback)):
        Settings(folder=tmp_path, host="0.0.0.0", behind_proxy=proxy)


def test_a_network_zone_is_one_of_three(tmp_path: Path) -> None:
    assert Settings(folder=tmp_path, network="video").network == "video"
    with pytest.raises(BadParameter):
        Settings(folder=tmp_path, network="internet")


def test_a_certificate_that_cannot_be_used_is_told_first(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for tls in ((tmp_path / "gone.pem", certificate[1]), (certificate[0], tmp_path / "empty.pem"), certificate[::-1]):
        with pytest.raises(BadFile):
            run_server(Settings(folder=tmp_path, tls=tls), lambda _: None, lambda _: None)
