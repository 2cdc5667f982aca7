"""What systemd is told, heard at a socket like its own."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver.notifying import ALIVE, READY, STOPPING, ServiceManager, answering
from geoserver.settings import service_manager_from_environment


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hearing:
        hearing.bind(name if request.param == "path" else f"\0{name[1:]}")
        hearing.settimeout(10)
        yield name, hearing


def test_it_is_told_of_the_beginning_and_the_end(manager: tuple[str, socket.socket]) -> None:
    name, hearing = manager

    async def serve() -> None:
        async with answering(ServiceManager(name)):
            assert hearing.recv(99) == READY

    asyncio.run(serve())
    assert hearing.recv(99) == STOPPING


def test_it_is_told_again_and_again_while_the_loop_turns(manager: tuple[str, socket.socket]) -> None:
    name, hearing = manager

    async def serve() -> list[bytes]:
        async with answering(ServiceManager(name, 0.03)):
            return [await asyncio.to_thread(hearing.recv, 99) for _ in range(4)]

    assert asyncio.run(serve()) == [READY, ALIVE, ALIVE, ALIVE]


def test_nobody_who_listens_is_no_fault(tmp_path: Path) -> None:
    ServiceManager(str(tmp_path / "nobody")).tell(READY)


def test_systemd_s_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert service_manager_from_environment() is None
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/x")
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    assert service_manager_from_environment() == ServiceManager("/run/x", 60.0)
