"""A server whose cameras are mounts of an RTSP server, as a process of its own. For the benches and tests of streams.

Run as ``python -m tests.bench.stream_server FOLDER RTSP_PORT CAMERAS``; a :class:`StreamServer` does so. It prints
``ready ADDRESS``; to each line it reads it answers with one line of JSON: what it has open.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from geoserver.app import create_app
from geoserver.services import Now, Services
from geoserver.serving import configured
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Write
from geoserver.town import Town
from layers.cameras.model import Credential
from tests import door
from tests.bench.live import core_s, resident_mb
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import flat_scene
from tests.geoserver.streams.rtsp import PASSWORD, USER

READY = "ready "
DATABASE = "city.sqlite"


class StreamServer:
    """The process, its address, and what it has open."""

    def __init__(self, folder: Path, rtsp_port: int, cameras: int, *more: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._command = [sys.executable, "-m", "tests.bench.stream_server"]
        self._command += [str(folder), str(rtsp_port), str(cameras), *more]
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> "StreamServer":
        """Start it; returns once it answers."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith(READY), "the server did not start"
        self.address = line.removeprefix(READY).strip()
        door.let_in(self._folder / DATABASE, self.address)
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def open_now(self) -> dict[str, int]:
        """What the process has open: readers, their threads, viewers, viewings, bytes kept."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        found: dict[str, int] = json.loads(self._process.stdout.readline())
        return found

    def sizes(self) -> dict[str, float]:
        """Of the whole process: memory (MB), threads, files and sockets; seconds of a core that it has used."""
        where = Path(f"/proc/{self.pid}")
        links = []
        for one in (where / "fd").iterdir():
            with contextlib.suppress(OSError):
                links.append(os.readlink(one))
        return {
            "memory_mb": resident_mb(self.pid),
            "threads": len(list((where / "task").iterdir())),
            "files": len(links),
            "sockets": sum(link.startswith("socket:") for link in links),
            "core_s": core_s(self.pid),
        }

    def kill(self) -> None:
        """As a process that crashes."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stop(self) -> None:
        """As a person would."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=60)
            self._process = None

    def __enter__(self) -> "StreamServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def services_of(folder: Path, rtsp_port: int, cameras: int) -> Services:
    """Services over the flat scene with so many cameras; who comes second finds the records there."""
    town = Town.of_scene(flat_scene(), folder)
    store = SqliteStore.open(folder / DATABASE)
    if not store.count(Query(kind="camera")):
        store.commit([Write.put(a_camera(f"c{i}", heading_deg=0.0, streams=("main",)), 0) for i in range(cameras)])
    urls = [f"rtsp://127.0.0.1:{rtsp_port}/{i}" for i in range(cameras)]
    who = {"user": USER, "password": PASSWORD}
    store.set_credentials([Credential(camera=f"c{i}", stream="main", url=url, **who) for i, url in enumerate(urls)])
    services = Services(store, Now.of(town, store), folder / "cache")
    services.watch(0.5)
    return services


async def _counted(app: FastAPI) -> dict[str, int]:
    streams = app.state.streams
    stats = streams.gateway.stats()
    return {
        "readers": stats.readers,
        "reader_threads": stats.threads,
        "viewers": stats.viewers,
        "bytes": stats.bytes,
        "viewings": len(streams.viewings),
    }


class _Server(uvicorn.Server):
    """Answers who asks what it has open."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        loop, app = asyncio.get_running_loop(), self.config.app

        def hear() -> None:
            for _ in sys.stdin:
                found: Any = asyncio.run_coroutine_threadsafe(_counted(app), loop).result(30)  # type: ignore[arg-type]
                print(json.dumps(found), flush=True)

        threading.Thread(target=hear, daemon=True).start()
        print(f"{READY}http://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)  # type: ignore[index]


def main(given: Sequence[str] | None = None) -> None:
    """The program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("rtsp_port", type=int)
    parser.add_argument("cameras", type=int)
    arguments = parser.parse_args(given)
    folder = arguments.folder
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    services = services_of(folder, arguments.rtsp_port, arguments.cameras)
    with contextlib.closing(services):
        settings = Settings(folder=folder, client=folder, stream_networks="127.0.0.1")
        app = create_app(settings, lambda _: contextlib.nullcontext(services))
        _Server(configured(app, settings)).run(sockets=[listener])


if __name__ == "__main__":
    main()
