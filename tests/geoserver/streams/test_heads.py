"""What streams are before they are opened: asked of a real RTSP server, remembered, and never waited for long."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver.streams import heads
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.heads import ASKED_FOR_S, READ_FOR_S, Asking, Head, Heads, Name, Noted, described
from geoserver.streams.sources import clip_source
from geoserver.streams.stopping import Stop
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer

HERE = AddressRules.of("127.0.0.1")
MAIN, SUB = ("north", "main"), ("north", "sub")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    get_rtsp.needed()
    folder = tmp_path_factory.mktemp("bare")
    files = [
        clips.make(folder / "a.h265", seconds=2, codec="libx265", format="hevc"),
        clips.make(folder / "a.h264", seconds=2, format="h264"),
    ]
    with RtspServer(files, mounts=2) as one:
        yield one


def test_a_camera_names_its_codec_without_being_played(server: RtspServer) -> None:
    main = described(Address(server.url(0), USER, PASSWORD), HERE)
    sub = described(Address(server.url(1), USER, PASSWORD), HERE)
    assert main is not None
    assert (main.codec[:4], main.playable, main.decodable) == ("hvc1", False, True)
    assert sub is not None
    assert (sub.codec[:4], sub.playable) == ("avc1", True)
    assert described(Address(server.url(0).replace("127.0.0.1", f"{USER}:open%20sesame@127.0.0.1")), HERE) == main


def test_what_does_not_answer_is_not_known_and_nothing_is_said(
    server: RtspServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert described(Address(server.url(0), USER, "wrong horse"), HERE) is None
        assert described(Address(server.url(7), USER, PASSWORD), HERE) is None
        assert described(Address(server.url(0), USER, PASSWORD), AddressRules()) is None, "no network is allowed"
        assert described(Address("http://127.0.0.1:1/live.flv"), HERE) is None
    assert caplog.text == ""


def test_a_silent_camera_is_waited_for_a_second() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        assert described(Address(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/1"), HERE) is None
        assert 0.8 < time.monotonic() - began < 2


def test_all_of_a_camera_is_asked_at_once_each_once_and_within_a_second() -> None:
    asked: list[Name] = []
    go = threading.Event()

    def ask(name: Name) -> Head | None:
        asked.append(name)
        if name == SUB:
            go.wait(20)
        return Head("hvc1", False) if name == MAIN else Head("avc1", True)

    async def run() -> None:
        known = Heads()
        asking = Asking(known, ask)
        began = time.monotonic()
        await asyncio.gather(*(asking.settle([MAIN, SUB]) for _ in range(5)))
        assert 0.9 < time.monotonic() - began < 2
        assert sorted(asked) == [MAIN, SUB]
        assert known.get(MAIN) == Head("hvc1", False)
        assert known.get(SUB) is None
        go.set()
        await asking.settle([MAIN, SUB])
        assert known.get(SUB) == Head("avc1", True), "what comes late is remembered"
        assert sorted(asked) == [MAIN, SUB]
        asking.close()

    asyncio.run(run())


def test_an_answer_and_its_lack_are_believed_for_minutes_and_a_reading_for_longer() -> None:
    now = [0.0]
    known = Heads(lambda: now[0])
    asked: list[Name] = []

    async def settle() -> None:
        asking = Asking(known, lambda name: asked.append(name))
        await asking.settle([MAIN])
        asking.close()

    for _ in range(3):
        asyncio.run(settle())
    assert asked == [MAIN]
    now[0] += ASKED_FOR_S + 1
    asyncio.run(settle())
    assert asked == [MAIN, MAIN]
    known.learn(MAIN, Head("avc1.4d400c", True, 320, 180))
    now[0] += READ_FOR_S - 1
    asyncio.run(settle())
    assert len(asked) == 2
    assert known.get(MAIN) is not None
    now[0] += 2
    assert known.get(MAIN) is None


@pytest.mark.parametrize(("codec", "name", "playable"), [("libx264", "avc1.", True), ("libx265", "hvc1.1.6.L", False)])
def test_what_is_read_is_noted(tmp_path: Path, codec: str, name: str, playable: bool) -> None:
    path = clips.make(tmp_path / "a.mp4", seconds=1, codec=codec)
    found: list[Head] = []
    next(iter(Noted(clip_source(lambda: path), found.append).units(Stop())))
    assert found[0].codec.startswith(name)
    assert (found[0].playable, found[0].width, found[0].height) == (playable, 320, 180)


def test_what_is_neither_is_noted_too(tmp_path: Path) -> None:
    path = clips.make(tmp_path / "a.mp4", seconds=1, codec="mpeg4")
    found: list[Head] = []
    with pytest.raises(heads.SourceLost):
        list(Noted(clip_source(lambda: path), found.append).units(Stop()))
    assert found == [Head("mpeg4", False, 320, 180, decodable=False)]
