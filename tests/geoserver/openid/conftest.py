"""One provider for all of these tests, and a server of ours that people sign in to through it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.openid.options import OpenIdOptions
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import JournalQuery
from tests.geoserver.conftest import flat_services, serving
from tests.geoserver.openid.real import AUDIENCE, CLIENT, SECRET, Browser, Real, running

ROLES = """
[[role]]
value = "operators"
role = "operator"
areas = ["*"]

[[role]]
value = "commanders"
role = "commander"
areas = ["*"]

[[role]]
value = "systems"
role = "integrator"
areas = ["*"]
"""


@pytest.fixture(scope="session")
def real() -> Iterator[Real]:
    with running() as real:
        yield real


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("openid")
    (folder / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    (folder / "roles.toml").write_text(ROLES, encoding="utf-8")
    return folder


def options(real: Real, files: Path, **more: Any) -> OpenIdOptions:
    told: dict[str, Any] = {
        "issuer": real.issuer,
        "client": CLIENT,
        "secret_file": files / "secret",
        "roles_file": files / "roles.toml",
        "scopes": "openid profile groups offline_access",
        "audience": AUDIENCE,
        "check_s": 3_600.0,
    }
    return OpenIdOptions(**{**told, **more})


@dataclass(frozen=True)
class Place:
    """A server of ours, the provider that it believes, and its accounts."""

    address: str
    real: Real
    services: Services
    accounts: KeptAccounts

    def browser(self) -> Browser:
        """Somebody's browser."""
        return Browser(self.address)

    def forget_attempts(self) -> None:
        """Whoever was refused need not wait."""
        self.accounts.sweep(0.0, 0.0, float("inf"), 0.0)

    def deeds(self, name: str) -> list[dict[str, Any]]:
        """What the journal tells of an account, the oldest first."""
        rows = self.services.store.search(JournalQuery(kind="account", id=name))
        return [row.detail or {} for row in rows][::-1]


@pytest.fixture(scope="module")
def how() -> dict[str, Any]:
    """What a module's server is told besides."""
    return {}


@contextmanager
def serve(real: Real, files: Path, how: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of ours, until left."""
    with flat_services(tmp_path_factory.mktemp("city")) as services:
        folder = tmp_path_factory.mktemp("served")
        settings = Settings(folder=folder, client=folder, simulated=True, openid=options(real, files, **how))
        with serving(settings, services) as address:
            real.know(address)
            accounts = KeptAccounts.open(settings.database)
            yield Place(address, real, services, accounts)
            accounts.close()


@pytest.fixture(scope="module")
def place(real: Real, files: Path, how: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with serve(real, files, how, tmp_path_factory) as place:
        yield place


@pytest.fixture(autouse=True)
def as_it_was(request: pytest.FixtureRequest) -> Iterator[None]:
    """What one test has the provider do wrong, it does no more in the next, and nobody has to wait."""
    if "place" in request.fixturenames:
        request.getfixturevalue("place").forget_attempts()
    yield
    if "real" in request.fixturenames:
        request.getfixturevalue("real").control("settings", twist=None, tokenFormat="jwt")


def until(holds: Callable[[], bool], within_s: float = 60) -> float:
    """Wait for something; how long it took, s."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "it did not come"
        time.sleep(0.05)
    return time.monotonic() - began
