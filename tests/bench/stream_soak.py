"""Whether the gateway lasts: pictures opened and closed for an hour, while viewers stall, servers are cut off, cameras
restart and packets break.

``python -m tests.bench.stream_soak --minutes 60 --opens 1000`` : a server process over eight cameras of a real RTSP
    server (GStreamer's), behind a network that misbehaves once in a while. Some watch all the time: after each fault
    the picture has to come back to all of them by itself. At the end nothing may be open, and memory, threads and
    files of the server process must be what they were in the beginning.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import door
from tests.bench.stream_server import StreamServer
from tests.bench.wire import Wire, wire
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import RtspServer

CAMERAS, WATCHERS = 8, 4
PIECES = 10
"""Fragments that an opened picture is looked at for."""
OPEN_S, BACK_S = 20.0, 60.0
FAULT_S, FROZEN_S, AWAY_S = 3.0, 10.0, 4.0
STALL_S = 45.0
"""Longer than the server bears it."""
ROOM_MB, ROOM_THREADS, ROOM_FILES = 40.0, 12, 12
"""What may have come in between the second quarter and the last one: allocators, pools of threads that stay."""


@dataclass
class Tally:
    """What was found."""

    opened: int = 0
    in_fault: int = 0
    """Opened, without a picture in time, while the network misbehaved."""
    failed: list[str] = field(default_factory=list)
    let_go: int = 0
    stalled: int = 0
    reopened: int = 0
    first_s: list[float] = field(default_factory=list)
    back_s: list[tuple[str, float]] = field(default_factory=list)
    sizes: list[dict[str, float]] = field(default_factory=list)


class Person:
    """Somebody who opens pictures of a server."""

    def __init__(self, address: str, web: httpx.AsyncClient) -> None:
        self._address, self._web = address, web

    @asynccontextmanager
    async def live(self, camera: str, *, slow: bool = False) -> AsyncIterator[ClientConnection]:
        """A picture: ticket, session, WebSocket."""
        made = await self._web.post(f"/api/streams/{camera}/ticket", json={})
        ticket = made.raise_for_status().json()["ticket"]
        made = await self._web.post("/api/streams/sessions", json={"ticket": ticket})
        session = made.raise_for_status().json()["session"]
        where = urlsplit(self._address)
        url = f"ws://{where.netloc}/api/streams/{camera}/live?session={session}"
        near = socket.socket()
        if slow:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        near.setblocking(False)
        await asyncio.get_running_loop().sock_connect(near, (where.hostname, where.port))
        own = {"additional_headers": door.headers(self._address), "origin": self._address, "sock": near}
        async with connect(url, max_size=None, max_queue=2 if slow else 64, **own) as live:  # type: ignore[arg-type]
            yield live


class Watcher:
    """Watches one camera all the time; comes back as the client does when its connection ends."""

    def __init__(self, person: Person, camera: str, tally: Tally) -> None:
        self.camera, self.pieces = camera, 0
        self._person, self._tally = person, tally

    async def watch(self) -> None:
        """For ever."""
        while True:
            with contextlib.suppress(ConnectionClosed, InvalidStatus, httpx.HTTPError, OSError):
                async with self._person.live(self.camera) as live:
                    async for message in live:
                        self.pieces += isinstance(message, bytes)
            self._tally.reopened += 1
            await asyncio.sleep(0.5)

    async def sees(self, more: int) -> None:
        """Wait for so many more pieces."""
        wanted = self.pieces + more
        while self.pieces < wanted:
            await asyncio.sleep(0.02)


class Trouble:
    """What happens to cameras and to the network between, in turn."""

    def __init__(self, net: Wire, cameras: RtspServer) -> None:
        self.now = False
        self._net, self._cameras = net, cameras
        self.kinds: Sequence[tuple[str, Callable[[], Awaitable[None]]]] = (
            ("cut", self._cut),
            ("garbled", self._garbled),
            ("restart", self._restart),
            ("away", self._away),
            ("frozen", self._frozen),
        )

    async def _cut(self) -> None:
        self._net.cut()

    async def _garbled(self) -> None:
        self._net.garbles = True
        await asyncio.sleep(FAULT_S)
        self._net.garbles = False

    async def _restart(self) -> None:
        await asyncio.to_thread(self._cameras.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(self._cameras.start)

    async def _away(self) -> None:
        self._net.away(True)
        await asyncio.sleep(AWAY_S)
        self._net.away(False)

    async def _frozen(self) -> None:
        self._net.freeze(True)
        await asyncio.sleep(FROZEN_S)
        self._net.freeze(False)


async def open_once(person: Person, camera: str, trouble: Trouble, tally: Tally) -> None:
    """One picture, opened, looked at and closed."""
    troubled, began = trouble.now, time.monotonic()
    try:
        async with asyncio.timeout(OPEN_S), person.live(camera) as live:
            count = 0
            async for message in live:
                count += isinstance(message, bytes)
                if count == 1:
                    tally.first_s.append(time.monotonic() - began)
                if count >= PIECES:
                    break
            else:
                raise TimeoutError
        tally.opened += 1
    except (TimeoutError, ConnectionClosed, InvalidStatus, httpx.HTTPError, OSError) as error:
        if troubled or trouble.now:
            tally.in_fault += 1
        else:
            tally.failed.append(f"{camera}: {type(error).__name__}")


async def stall(person: Person, camera: str, tally: Tally) -> None:
    """Somebody who opens a picture and takes nothing; the server lets them go, and nobody else suffers."""
    tally.stalled += 1
    with contextlib.suppress(ConnectionClosed, InvalidStatus, httpx.HTTPError, OSError):
        async with person.live(camera, slow=True) as live:
            await asyncio.sleep(STALL_S)  # what comes is not taken, and soon not read any more
            async with asyncio.timeout(5):
                try:
                    while True:
                        await live.recv()
                except ConnectionClosed:
                    tally.let_go += 1


async def open_many(person: Person, times: int, seconds: float, trouble: Trouble, tally: Tally) -> None:
    """So many pictures in the time, at an even pace; each tenth is left to stall."""
    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for i in range(times):
            await asyncio.sleep(max(0.0, started + i * seconds / times - time.monotonic()))
            group.create_task(open_once(person, f"c{i % CAMERAS}", trouble, tally))
            if i % 50 == 5:
                group.create_task(stall(person, f"c{i % WATCHERS}", tally))


async def trouble_them(trouble: Trouble, watchers: Sequence[Watcher], seconds: float, tally: Tally) -> None:
    """All kinds of trouble in turn, spread over the time; after each the picture has to be back everywhere."""
    every_s = min(max(seconds / 25, 6.0), 90.0)
    until_s = time.monotonic() + seconds - 10
    turn = 0
    while time.monotonic() + every_s < until_s:
        await asyncio.sleep(every_s)
        name, happen = trouble.kinds[turn % len(trouble.kinds)]
        turn += 1
        trouble.now = True
        await happen()
        ended = time.monotonic()
        async with asyncio.timeout(BACK_S):
            await asyncio.gather(*(one.sees(PIECES) for one in watchers))
        tally.back_s.append((name, time.monotonic() - ended))
        trouble.now = False


async def sample(server: StreamServer, every_s: float, tally: Tally) -> None:
    """Sizes of the server process, for ever."""
    while True:
        opened = await asyncio.to_thread(server.open_now)
        own = {"at_s": time.monotonic(), "kept_mb": opened["bytes"] / 1e6}
        tally.sizes.append(own | server.sizes() | opened)
        await asyncio.sleep(every_s)


async def rest(server: StreamServer) -> None:
    """Wait until a server that has just begun has nothing more to work out."""
    for _ in range(120):
        before = server.sizes()["core_s"]
        await asyncio.sleep(1)
        if server.sizes()["core_s"] - before < 0.05:
            return


async def soak(server: StreamServer, net: Wire, cameras: RtspServer, minutes: float, opens: int) -> tuple[Tally, dict]:
    """All of it; what was found, and what is open after the last has gone."""
    tally, seconds = Tally(), minutes * 60
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(
            httpx.AsyncClient(base_url=server.address, headers=door.headers(server.address), timeout=30)
        )
        person, trouble = Person(server.address, web), Trouble(net, cameras)
        watchers = [Watcher(person, f"c{i}", tally) for i in range(WATCHERS)]
        watching = [asyncio.create_task(one.watch()) for one in watchers]
        async with asyncio.timeout(OPEN_S):
            await asyncio.gather(*(one.sees(PIECES) for one in watchers))
        sampling = asyncio.create_task(sample(server, max(seconds / 400, 1.0), tally))
        async with asyncio.TaskGroup() as group:
            group.create_task(open_many(person, opens, seconds, trouble, tally))
            group.create_task(trouble_them(trouble, watchers, seconds, tally))
        for work in (*watching, sampling):
            work.cancel()
        await asyncio.gather(*watching, sampling, return_exceptions=True)
    until_s = time.monotonic() + 30
    left = await asyncio.to_thread(server.open_now)
    while (left["reader_threads"] or left["viewings"]) and time.monotonic() < until_s:
        await asyncio.sleep(0.5)
        left = await asyncio.to_thread(server.open_now)
    return tally, {name: round(value) for name, value in server.sizes().items()} | left


def grown(tally: Tally, name: str) -> float:
    """Of the last quarter over the second one, by their medians."""
    count = len(tally.sizes)
    second = [one[name] for one in tally.sizes[count // 4 : count // 2]]
    last = [one[name] for one in tally.sizes[-(count // 4) :]]
    return statistics.median(last) - statistics.median(second)


def judged(tally: Tally, left: dict) -> list[str]:
    """What is not as it should be."""
    found = [f"not opened, without a reason: {one}" for one in tally.failed]
    for name in ("readers", "reader_threads", "viewers", "viewings"):
        if left.get(name):
            found.append(f"{left[name]} {name} are left")
    for name, room in (("memory_mb", ROOM_MB), ("threads", ROOM_THREADS), ("files", ROOM_FILES)):
        if grown(tally, name) > room:
            found.append(f"{name} has grown by {grown(tally, name):.0f}")
    if len(tally.back_s) < 1:
        found.append("nothing happened that the picture had to come back after")
    return found


def told(tally: Tally, left: dict, opens: int) -> None:
    """Print the figures."""
    print(f"opened {tally.opened} of {opens}; without a picture while the network misbehaved: {tally.in_fault}")
    if tally.first_s:
        quick = statistics.quantiles(tally.first_s, n=20) if len(tally.first_s) > 1 else [tally.first_s[0]] * 19
        print(f"first bytes of a picture: p50 {quick[9]:.3f} s, p95 {quick[18]:.3f} s")
    print(f"viewers that stalled: {tally.stalled}, let go by the server: {tally.let_go}")
    by_kind: dict[str, list[float]] = {}
    for name, seconds in tally.back_s:
        by_kind.setdefault(name, []).append(seconds)
    for name, all_s in by_kind.items():
        print(
            f"back after {name:8}: {len(all_s):3} times, p50 {statistics.median(all_s):5.1f} s, max {max(all_s):5.1f}"
        )
    print(f"connections of watchers that ended: {tally.reopened}")
    step = max(len(tally.sizes) // 12, 1)
    columns = ("memory_mb", "kept_mb", "threads", "files", "sockets", "readers", "viewers")
    print("   " + "  ".join(columns))
    for one in tally.sizes[::step]:
        print("   " + "  ".join(f"{one[name]:{len(name)}.0f}" for name in columns))
    for name in ("memory_mb", "threads", "files", "sockets"):
        print(f"grown from the second quarter to the last, {name}: {grown(tally, name):+.1f}")
    first, last = tally.sizes[0], tally.sizes[-1]
    cores = (last["core_s"] - first["core_s"]) / max(last["at_s"] - first["at_s"], 1.0)
    print(f"of a core used by the server process: {cores:.3f}")
    print(f"left at the end: {json.dumps(left)}")


async def run(folder: Path, minutes: float, opens: int) -> tuple[Tally, dict]:
    """With an RTSP server, a network and a server of its own."""
    path = clips.make(folder / "a.h264", seconds=8, size=(640, 360), format="h264", crf="18")
    with RtspServer([path], mounts=CAMERAS) as cameras:
        async with wire(cameras.port) as net:
            server = await asyncio.to_thread(StreamServer(folder / "city", net.port, CAMERAS).start)
            try:
                await rest(server)
                return await soak(server, net, cameras, minutes, opens)
            finally:
                await asyncio.to_thread(server.stop)


def main(given: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--opens", type=int, default=1000)
    arguments = parser.parse_args(given)
    if not get_rtsp.found():
        raise SystemExit("no RTSP server here; python -m tests.geoserver.streams.get_rtsp as root installs GStreamer's")
    with tempfile.TemporaryDirectory() as folder:
        tally, left = asyncio.run(run(Path(folder), arguments.minutes, arguments.opens))
    told(tally, left, arguments.opens)
    found = judged(tally, left)
    for one in found:
        print(f"NOT GOOD: {one}")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
