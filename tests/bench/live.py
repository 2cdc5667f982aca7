"""What the live feed costs, and how fast it tells.

``python -m tests.bench.live --clients 500 --rate 1000`` : so many clients, each with an area of its own, and so
    many positions a second among them; beside it ``--changes`` writes of incidents a second. One more client reads
    nothing at all; another is cut off for ``--away`` seconds and comes back.

``--processes 2`` : so many servers over one durable PostgreSQL, clients and reports spread over them; who is cut off
    comes back at another one.

The server is a process of its own, served as the program serves; the clients are another. Times are from the
position's own time to the client's having read it, on one machine's clock.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.live_server import CITY, READY
from tests.contract.get_postgres import Cluster, programs
from tests.door import headers, know

TICKS_S = os.sysconf("SC_CLK_TCK")
HEADER = struct.Struct("<BBHId")
AGE = 20
TOPIC = "incidents"
MAX_P99_MS = 300.0
MAX_CORE = 0.5


@dataclass
class Heard:
    """What all clients heard: seconds from the event to having read of it."""

    positions: list[np.ndarray] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    batches: int = 0
    bytes: int = 0
    counting: bool = False
    here: int = 0

    def batch(self, message: bytes, now_s: float) -> None:
        _, _, size, count, newest = HEADER.unpack_from(message)
        ages = np.frombuffer(message, "<u1", offset=HEADER.size).reshape(count, size)[:, AGE : AGE + 4]
        self.positions.append(now_s - newest / 1e3 + ages.copy().view("<i4")[:, 0] / 1e3)
        self.batches += 1
        self.bytes += len(message)

    def change(self, message: dict[str, Any], now_s: float) -> None:
        if message["type"] == "change" and message["feature"]:
            self.changes.append(now_s - float(message["feature"]["properties"]["description"]))


def areas(clients: int, share: float) -> Sequence[tuple[float, float, float, float]]:
    """An area for each client: a part of the city's, somewhere in it."""
    rng = np.random.default_rng(7)
    west, south, east, north = CITY
    width, height = (east - west) * share**0.5, (north - south) * share**0.5
    lon, lat = rng.uniform(west, east - width, clients), rng.uniform(south, north - height, clients)
    return [(x, y, x + width, y + height) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


Server = tuple[str, int]
"""Address and process number."""


@contextlib.contextmanager
def database(processes: int) -> Iterator[str | None]:
    """What the processes share: a durable PostgreSQL of our own; one process alone has a file."""
    if processes == 1:
        yield None
        return
    bin_ = programs()
    if bin_ is None:
        raise SystemExit("no PostgreSQL with PostGIS here; python -m tests.contract.get_postgres as root installs it")
    cluster = Cluster.make(bin_, durable=True)
    try:
        yield cluster.database("bench")
    finally:
        cluster.stop()


@contextlib.contextmanager
def served(arguments: argparse.Namespace) -> Iterator[Sequence[Server]]:
    """So many server processes, each with its part of the reports."""
    with contextlib.ExitStack() as stack:
        shared = stack.enter_context(database(arguments.processes))
        yield [stack.enter_context(one(arguments, i, shared)) for i in range(arguments.processes)]


@contextlib.contextmanager
def one(arguments: argparse.Namespace, number: int, shared: str | None) -> Iterator[Server]:
    """A server process."""
    part = arguments.processes
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.live_server", folder, "--name", f"car{number}"]
        command += ["--rate", str(arguments.rate // part), "--changes", str(arguments.changes / part)]
        command += ["--database", shared] if shared else []
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        try:
            line = (process.stdout.readline() if process.stdout else "").strip()
            if not line.startswith(READY):
                raise SystemExit("the server did not start")
            address, key = line.removeprefix(READY).split()
            know(address, key)
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def core_s(pid: int, thread: int | None = None) -> float:
    """Seconds of a core that a process has used with all its threads, or one thread of it."""
    where = Path(f"/proc/{pid}") if thread is None else Path(f"/proc/{pid}/task/{thread}")
    text = (where / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(text[11]) + int(text[12])) / TICKS_S


def resident_mb(pid: int) -> float:
    """Memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.asynccontextmanager
async def client(address: str) -> AsyncIterator[ClientConnection]:
    """One client of the feed."""
    url = f"ws{address.removeprefix('http')}/api/live"
    async with connect(
        url, max_size=None, compression=None, open_timeout=120, additional_headers=headers(address)
    ) as web:
        yield web


async def listen(address: str, box: Sequence[float], heard: Heard, door: asyncio.Semaphore) -> None:
    """Follow positions and incidents of an area, for ever; so many come in at once as the door lets in."""
    async with contextlib.AsyncExitStack() as stack:
        async with door:
            web = await stack.enter_async_context(client(address))
            heard.here += 1
        for topic in ("positions", TOPIC):
            await web.send(json.dumps({"type": "subscribe", "topic": topic, "bbox": box}))
        async for message in web:
            if not heard.counting:
                continue
            if isinstance(message, bytes):
                heard.batch(message, time.time())
            else:
                heard.change(json.loads(message), time.time())


def stalled(address: str) -> socket.socket:
    """A client that follows everything and reads nothing."""
    host, port = address.removeprefix("http://").split(":")
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.connect((host, int(port)))
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    known = "".join(f"{name}: {value}\r\n" for name, value in headers(address).items())
    asked = f"GET /api/live HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{known}{key}"
    one.sendall(asked.encode())
    while b"\r\n\r\n" not in one.recv(4096):
        pass
    for topic in ("positions", TOPIC):
        body = json.dumps({"type": "subscribe", "topic": topic}).encode()
        one.sendall(bytes([0x81, 0x80 | len(body)]) + bytes(4) + body)
    return one


async def cut_off(address: str, back_at: str, away_s: float) -> tuple[int, int]:
    """Follow, be away, come back, perhaps to another process: how many changes were missed, and how many there were."""
    async with client(address) as web:
        await web.send(json.dumps({"type": "subscribe", "topic": TOPIC}))
        seq = None
        while seq is None:
            message = json.loads(await web.recv())
            seq = message["seq"] if message["type"] == "snapshot" and message["last"] else None
    await asyncio.sleep(away_s)
    told = []
    async with client(back_at) as web:
        await web.send(json.dumps({"type": "subscribe", "topic": TOPIC, "since": seq}))
        while True:
            message = json.loads(await web.recv())
            if message["type"] == "resumed":
                break
            told.append((message["seq"], message["id"], message["action"]))
    kept: list[tuple[int, str, str]] = []
    async with httpx.AsyncClient(base_url=back_at, timeout=60, headers=headers(back_at)) as web:
        since = seq
        while since < message["seq"]:
            rows = (await web.get("/api/changes", params={"since": since, "limit": 1000})).json()["rows"]
            kept += [(row["seq"], row["id"], row["action"]) for row in rows if row["seq"] <= message["seq"]]
            since = rows[-1]["seq"]
    if told != kept:
        raise SystemExit(f"told of {len(told)} changes, the journal has {len(kept)}: not the same")
    return len(told), len(kept)


def quantiles(seconds: Sequence[float] | np.ndarray) -> str:
    p50, p99 = np.percentile(seconds, [50, 99]) * 1e3
    return f"p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   max {np.max(seconds) * 1e3:6.1f} ms   of {len(seconds)}"


async def measure(servers: Sequence[Server], arguments: argparse.Namespace) -> bool:
    """All of it; whether it is as good as is asked for."""
    heard = Heard()
    addresses, pids = [address for address, _ in servers], [pid for _, pid in servers]
    boxes = areas(arguments.clients, arguments.share)
    door = asyncio.Semaphore(20)
    clients = [
        asyncio.create_task(listen(address, box, heard, door))
        for address, box in zip(itertools.cycle(addresses), boxes, strict=False)
    ]
    slow = stalled(addresses[0])
    while heard.here < arguments.clients and not any(one.done() for one in clients):
        await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    leaving = asyncio.create_task(cut_off(addresses[0], addresses[-1], arguments.away))
    heard.counting = True
    # The main thread is the event loop, which does all that is done for clients and nothing else.
    used, loop, started = sum(map(core_s, pids)), sum(map(core_s, pids, pids)), time.perf_counter()
    await asyncio.sleep(arguments.seconds)
    used, loop, lasted = (
        sum(map(core_s, pids)) - used,
        sum(map(core_s, pids, pids)) - loop,
        time.perf_counter() - started,
    )
    heard.counting = False
    lost = sum(one.done() for one in clients)
    if not heard.positions:
        raise SystemExit("nobody was told anything")
    positions = np.concatenate(heard.positions)
    rates = f"{arguments.rate} positions and {arguments.changes} changes a second"
    print(f"{arguments.clients} clients, {rates}, {lasted:.0f} s, server processes: {len(servers)}")
    print(f"positions: {quantiles(positions)}")
    print(f"changes:   {quantiles(heard.changes)}")
    print(f"batches:   {heard.batches / lasted:.0f} a second, {heard.bytes / lasted / 1e6:.1f} MB/s")
    each = loop / (heard.batches + len(heard.changes)) * 1e6
    print(f"sending:   {loop / lasted:.2f} of a core, {each:.0f} µs a message; all of the servers {used / lasted:.2f}")
    print(f"memory:    {', '.join(f'{resident_mb(pid):.0f} MB' for pid in pids)}")
    missed, kept = await leaving
    print(f"cut off for {arguments.away:g} s: told of {missed} changes, the journal has {kept}, the same")
    slow.close()
    for one in clients:
        one.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    p99_ms = float(np.percentile(positions, 99)) * 1e3
    print(f"one client read nothing; {lost} of the others were lost")
    return p99_ms <= MAX_P99_MS and loop / lasted <= MAX_CORE and lost == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1, help="servers; several share one PostgreSQL")
    parser.add_argument("--share", type=float, default=0.05, help="each client's part of the city")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--away", type=float, default=60.0)
    arguments = parser.parse_args()
    with served(arguments) as servers:
        good = uvloop.run(measure(servers, arguments))
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
