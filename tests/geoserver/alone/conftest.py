"""A server of its own for each test; ``web`` asks that one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver.services import Services
from geoserver.settings import Settings
from tests.geoserver.conftest import flat_services, serving


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Services]:
    with flat_services(tmp_path) as services:
        yield services


@pytest.fixture
def address(own: Services, tmp_path: Path) -> Iterator[str]:
    with serving(Settings(folder=tmp_path), own) as address:
        yield address
