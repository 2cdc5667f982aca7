"""RTSP against a real server, GStreamer's, with digest authentication over TCP."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from geoserver.streams import reader, rtsp
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.gateway import Gateway
from geoserver.streams.model import Fragment, Init, StreamKey, Unplayable, Waiting
from geoserver.streams.sources import network_source
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer
from tests.geoserver.streams.test_gateway import taken, until

KEY = StreamKey("north", "0")
HERE = AddressRules.of("127.0.0.1")


@pytest.fixture(scope="module", autouse=True)
def gstreamer() -> None:
    get_rtsp.needed()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make(tmp_path_factory.mktemp("bare") / "a.h264", seconds=4, format="h264")


@pytest.fixture
def server(bare: Path) -> Iterator[RtspServer]:
    with RtspServer([bare], mounts=2) as one:
        yield one


@contextlib.asynccontextmanager
async def opened(server: RtspServer, password: str = PASSWORD, rules: AddressRules = HERE) -> AsyncIterator[Gateway]:
    gateway = Gateway(
        lambda key: network_source(Address(server.url(int(key.stream)), USER, password), rules), linger_s=0.2
    )
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.close()


def test_pictures_come_in_order_by_tcp_with_digest(server: RtspServer) -> None:
    async def run() -> None:
        async with opened(server) as gateway, gateway.watch(KEY) as viewer:
            init, fragments = await taken(viewer, 80)
            assert init.codec == "avc1.4d400c"
            assert (init.width, init.height) == (320, 180)
            shown = list(clips.decoded(init, fragments))
            assert len(shown) == 80
            assert all((b[1] - a[1]) % 100 == 1 for a, b in pairwise(shown))
            assert all(0 < b[0] - a[0] < 45_000 for a, b in pairwise(shown))
            lasted = shown[-1][0] - shown[0][0]
            assert abs(lasted - 79 * 3600) < 9000

    asyncio.run(run())


def test_ten_viewers_are_one_connection(server: RtspServer) -> None:
    async def run() -> None:
        async with opened(server) as gateway, contextlib.AsyncExitStack() as stack:
            viewers = [await stack.enter_async_context(gateway.watch(KEY)) for _ in range(10)]
            await asyncio.gather(*(taken(one, 30) for one in viewers))
            assert connections(server) == 1
            assert server.plays == [0]

    asyncio.run(run())


def connections(server: RtspServer) -> int:
    """TCP connections at the server's port that are established, seen from its side."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    wanted = f":{server.port:04X}"
    return sum(row.split()[1].endswith(wanted) and row.split()[3] == "01" for row in rows)


def test_who_comes_amid_a_group_begins_with_the_next_key_picture(server: RtspServer) -> None:
    async def run() -> None:
        async with opened(server) as one, opened(server) as other, one.watch(KEY) as early:
            await taken(early, 30)
            async with other.watch(KEY) as late:
                init, fragments = await taken(late, 10)
        assert server.plays == [0]  # the camera itself plays once, for both
        assert fragments[0].key
        assert [number % 25 for _, number in clips.decoded(init, fragments)] == list(range(10))

    asyncio.run(run())


def test_a_wrong_password_is_refused_and_said_nowhere(server: RtspServer, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list:
        async with opened(server, "wrong horse") as gateway, gateway.watch(KEY) as viewer:
            return [await viewer.next() for _ in range(2)]

    with caplog.at_level(logging.DEBUG):
        told = asyncio.run(run())
    assert told == [Waiting("opening"), Waiting("lost", 1, "refused")]
    for secret in ("wrong horse", PASSWORD, str(server.port), "rtsp://"):
        assert secret not in caplog.text


def test_what_is_not_there(server: RtspServer) -> None:
    async def run(key: StreamKey, rules: AddressRules) -> Waiting:
        async with opened(server, rules=rules) as gateway, gateway.watch(key) as viewer:
            told = (await viewer.next(), await viewer.next())[1]
            assert isinstance(told, Waiting)
            return told

    assert asyncio.run(run(StreamKey("north", "7"), HERE)).reason == "not-found"
    assert asyncio.run(run(KEY, AddressRules())).reason == "not-allowed"
    server.kill()
    assert asyncio.run(run(KEY, HERE)).reason == "unreachable"


def test_a_camera_that_restarts_comes_back(server: RtspServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LONGEST_S", 1.0)

    async def run() -> None:
        async with opened(server) as gateway, gateway.watch(KEY) as viewer:
            before, fragments = await taken(viewer, 30)
            server.kill()
            lost = (await until(viewer, Waiting))[-1]
            assert isinstance(lost, Waiting)
            assert (lost.why, lost.reason) == ("lost", "ended")
            await asyncio.sleep(2)
            server.start()
            after = (await until(viewer, Init))[-1]
            assert after.number > before.number
            more = [await viewer.next() for _ in range(30)]
            kept = [one for one in more if isinstance(one, Fragment)]
            assert len(kept) == 30
            assert kept[0].key
            assert kept[0].dts > fragments[-1].dts
            assert len(list(clips.decoded(after, kept))) == 30
            assert gateway.stats().threads == 1

    asyncio.run(run())


def test_a_silent_camera_is_noticed(server: RtspServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtsp, "SILENCE_S", 1.0)

    async def run() -> None:
        async with opened(server) as gateway, gateway.watch(KEY) as viewer:
            await taken(viewer, 10)
            os.kill(server.pid, signal.SIGSTOP)
            try:
                lost = (await until(viewer, Waiting))[-1]
            finally:
                os.kill(server.pid, signal.SIGCONT)
            assert isinstance(lost, Waiting)
            assert lost.reason == "silent"
            assert isinstance((await until(viewer, Init))[-1], Init)

    asyncio.run(run())


def test_closing_ends_at_once(server: RtspServer) -> None:
    async def run() -> None:
        async with opened(server) as gateway:
            async with gateway.watch(KEY) as viewer:
                await taken(viewer, 10)
            asked = time.perf_counter()
            while gateway.stats().threads:
                await asyncio.sleep(0.02)
            assert time.perf_counter() - asked < 2.5

    asyncio.run(run())
    until_s = time.monotonic() + 3
    while connections(server) and time.monotonic() < until_s:
        time.sleep(0.05)
    assert connections(server) == 0


def test_h265_is_recognised(tmp_path: Path) -> None:
    path = clips.make(tmp_path / "a.h265", codec="libx265", seconds=2, format="hevc")

    async def run(server: RtspServer) -> None:
        async with opened(server) as gateway, gateway.watch(KEY) as viewer:
            told = (await until(viewer, Unplayable))[-1]
            assert told.codec.startswith("hvc1.1.6.L")
            picture = await gateway.picture(KEY, wait_s=5)
            assert picture is not None
            assert clips.number(picture.rgb) < 50

    with RtspServer([path]) as server:
        asyncio.run(run(server))
