"""The gateway over clips that play in this process: who watches, who is slow, what breaks."""

import asyncio
import contextlib
import logging
import resource
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from geoserver.streams import reader
from geoserver.streams.frames import clip, decode, snapshot
from geoserver.streams.gateway import Gateway
from geoserver.streams.marks import Mark
from geoserver.streams.model import Fragment, Init, SourceLost, StreamKey, Unit, Unplayable, Waiting
from geoserver.streams.sources import Source, clip_source
from geoserver.streams.stopping import Stop
from geoserver.streams.viewer import BEHIND, Viewer
from tests.geoserver.conftest import PASSWORD, SECRET
from tests.geoserver.streams import clips

KEY = StreamKey("north", "main")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make(tmp_path_factory.mktemp("clips") / "a.mp4", seconds=4)


@contextlib.asynccontextmanager
async def opened(source: Callable[[StreamKey], Source], **options: float) -> AsyncIterator[Gateway]:
    gateway = Gateway(source, **({"linger_s": 0.2} | options))
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.close()


async def until(viewer: Viewer, kind: type, most: int = 400) -> list:
    """What a viewer is told up to the first message of a kind."""
    told: list = []
    async with asyncio.timeout(20):
        while not told or not isinstance(told[-1], kind):
            assert len(told) < most
            told.append(await viewer.next())
    return told


async def taken(viewer: Viewer, count: int) -> tuple[Init, list[Fragment]]:
    """The head and so many fragments."""
    init = (await until(viewer, Init))[-1]
    fragments: list[Fragment] = []
    async with asyncio.timeout(30):
        while len(fragments) < count:
            one = await viewer.next()
            assert isinstance(one, Fragment), one
            fragments.append(one)
    return init, fragments


def test_a_viewer_gets_pictures_in_their_order_at_their_pace(made: Path) -> None:
    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: made)) as gateway, gateway.watch(KEY) as viewer:
            assert isinstance(await viewer.next(), Waiting)
            init, fragments = await taken(viewer, 130)  # over the end of the clip
            shown = list(clips.decoded(init, fragments))
            assert len(shown) == 130
            assert all(b[0] - a[0] == 3600 for a, b in pairwise(shown))
            assert all((b[1] - a[1]) % 100 == 1 for a, b in pairwise(shown))
            lasted_s = fragments[-1].at_s - fragments[30].at_s
            assert 3.7 < lasted_s < 6

    asyncio.run(run())


def test_ten_viewers_one_reader_and_a_late_one_begins_at_once(made: Path) -> None:
    opened_times = []

    def source(key: StreamKey) -> Source:
        opened_times.append(key)
        return clip_source(lambda: made)

    async def run() -> None:
        async with opened(source) as gateway, contextlib.AsyncExitStack() as stack:
            viewers = [await stack.enter_async_context(gateway.watch(KEY)) for _ in range(10)]
            got = await asyncio.gather(*(taken(one, 40) for one in viewers))
            assert len({tuple(f.number for f in fragments) for _, fragments in got}) == 1
            assert gateway.stats().readers == 1
            assert gateway.stats().viewers == 10
            asked = time.perf_counter()
            late = await stack.enter_async_context(gateway.watch(KEY))
            init, fragments = await taken(late, 1)
            assert time.perf_counter() - asked < 0.3
            assert fragments[0].key
            assert list(clips.decoded(init, fragments))
        assert len(opened_times) == 1

    asyncio.run(run())


def test_a_slow_viewer_is_put_forward_and_harms_nobody(made: Path) -> None:
    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: made)) as gateway:
            async with gateway.watch(KEY) as slow, gateway.watch(KEY) as quick:
                init, first = await taken(slow, 5)
                _, fragments = await taken(quick, 180)
                assert [f.number for f in fragments] == list(range(1, 181))
                assert quick.skipped == 0
                told = []
                async with asyncio.timeout(10):
                    while len(told) < 30:
                        told.append(await slow.next())
                numbers = [one.number for one in told if isinstance(one, Fragment)]
                assert slow.skipped > 0
                assert numbers[0] > first[-1].number
                assert told[0].key
                assert numbers[-1] > 180 - BEHIND
                assert list(clips.decoded(init, [one for one in told if isinstance(one, Fragment)]))

    asyncio.run(run())


def test_a_viewers_queue_is_bounded(made: Path) -> None:
    viewer = Viewer()
    init = Init("avc1.4d400c", 320, 180, b"")
    viewer.tell(init)
    for i in range(100_000):
        viewer.tell(Fragment(b"", i % 5000 == 0, i, i, 1, 0.0))
    assert len(viewer._queue) <= BEHIND + 2
    assert viewer._queue[0] == init
    for i in range(10_000):
        viewer.tell(Waiting("lost", i))
        viewer.tell(Waiting("reconnecting", i))
        if i % 100 == 0:
            viewer.tell(Init("avc1.4d400c", 320, 180, b"", i))
    assert len(viewer._queue) <= 12
    assert viewer._queue[-1] == Waiting("reconnecting", 9999)


def test_the_last_closes_and_none_before(made: Path) -> None:
    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: made)) as gateway:
            async with gateway.watch(KEY) as viewer:
                async with gateway.watch(KEY):
                    pass
                await taken(viewer, 5)
                await asyncio.sleep(0.4)
                assert gateway.stats().readers == 1
            assert gateway.stats().readers == 1  # it lingers
            async with gateway.watch(KEY) as again:
                assert isinstance(await again.next(), Init)  # and is still warm
            await asyncio.sleep(0.6)
            assert gateway.stats().readers == 0
            assert gateway.stats().threads == 0

    asyncio.run(run())


class Breaking:
    """A source that breaks off after so many pictures, and cannot be opened every second time."""

    def __init__(self, units: list[Unit], after: int) -> None:
        self._units, self._after, self.opened = units, after, 0

    def units(self, stop: Stop) -> Iterator[Unit | Unplayable]:
        self.opened += 1
        if self.opened % 2 == 0:
            raise SourceLost("unreachable")
        for one in self._units[: self._after]:
            yield one
            if stop.wait(0.005):
                return
        raise SourceLost("silent")


def test_a_stream_that_breaks_off_comes_back(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SHORTEST_S", 0.05)
    source = Breaking(clips.units(made), 30)

    async def run() -> None:
        async with opened(lambda _: source) as gateway, gateway.watch(KEY) as viewer:
            init, fragments = await taken(viewer, 29)
            told = [await viewer.next() for _ in range(3)]
            assert told == [
                Waiting("lost", 1, "silent"),
                Waiting("reconnecting", 1),
                Waiting("lost", 2, "unreachable"),
            ]
            again, more = await taken(viewer, 29)
            assert again.number == init.number + 1
            assert more[0].key
            assert more[0].dts > fragments[-1].dts
            assert [number for _, number in clips.decoded(again, more)] == list(range(29))

    asyncio.run(run())


def test_delays_grow_to_a_bound() -> None:
    for attempt in range(1, 40):
        assert 0.37 <= reader.delay_s(attempt, "unreachable") <= 15 * 1.25
        assert 11 <= reader.delay_s(attempt, "refused") <= 60 * 1.25
    assert reader.delay_s(1, "unreachable") < 0.63


def test_what_a_source_fails_with_is_not_logged_word_for_word(caplog: pytest.LogCaptureFixture) -> None:
    class Failing:
        def units(self, stop: Stop) -> Iterator[Unit | Unplayable]:
            raise RuntimeError(f"rtsp://root:{PASSWORD}@{SECRET}/1")

    async def run() -> None:
        async with opened(lambda _: Failing()) as gateway, gateway.watch(KEY) as viewer:
            lost = (await until(viewer, Waiting), await until(viewer, Waiting))[1][-1]
            assert lost == Waiting("lost", 1, "not-readable")

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
    assert "RuntimeError" in caplog.text
    assert PASSWORD not in caplog.text
    assert SECRET not in caplog.text


def test_h265_is_said_to_be_unplayable_and_can_be_pictured(tmp_path: Path) -> None:
    path = clips.make(tmp_path / "h.mp4", codec="libx265", seconds=2)

    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: path)) as gateway, gateway.watch(KEY) as viewer:
            told = (await until(viewer, Unplayable))[-1]
            assert told.codec.startswith("hvc1.1.6.L")
            assert (told.width, told.height) == (320, 180)
            await asyncio.sleep(0.3)
            picture = await gateway.picture(KEY)
            assert picture is not None
            assert clips.number(picture.rgb) < 50
            async with gateway.watch(KEY) as late:
                assert await late.next() == told

    asyncio.run(run())


def test_other_codecs_are_named(tmp_path: Path) -> None:
    path = clips.make(tmp_path / "m.mp4", codec="mpeg4", seconds=1)

    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: path)) as gateway, gateway.watch(KEY) as viewer:
            assert (await until(viewer, Unplayable))[-1] == Unplayable("mpeg4", 320, 180)

    asyncio.run(run())


def test_the_last_picture_is_the_last(made: Path) -> None:
    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: made)) as gateway:
            assert await gateway.picture(KEY) is None
            async with gateway.watch(KEY) as viewer:
                init, fragments = await taken(viewer, 40)
                picture = await gateway.picture(KEY)
                assert picture is not None
                newest = list(clips.decoded(init, fragments))[-1][1]
                assert (clips.number(picture.rgb) - newest) % 100 <= 2
                assert abs(picture.at_s - time.time()) < 0.5
                async with asyncio.timeout(10):
                    assert len([await gateway.picture(KEY) for _ in range(20)]) == 20

    asyncio.run(run())


def test_a_picture_opens_a_stream_that_nobody_watches(made: Path) -> None:
    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: made)) as gateway:
            picture = await gateway.picture(KEY, wait_s=5)
            assert picture is not None
            assert picture.rgb.shape == (180, 320, 3)
            assert gateway.stats().readers == 1

    asyncio.run(run())


def test_snapshots_and_clips_carry_the_mark(made: Path) -> None:
    async def run() -> tuple:
        async with opened(lambda _: clip_source(lambda: made), clip_s=3.0) as gateway, gateway.watch(KEY) as viewer:
            await taken(viewer, 140)
            picture = await gateway.picture(KEY)
            assert picture is not None
            return picture, gateway.kept(KEY, 2.0), gateway.kept(KEY, 99.0)

    picture, last, everything = asyncio.run(run())
    assert 2.0 <= last[0].fragments[-1].at_s - last[0].fragments[0].at_s < 3.2
    assert 3.0 <= everything[0].fragments[-1].at_s - everything[0].fragments[0].at_s < 4.2
    mark = Mark("值班员 王小明 2026-11-23 14:05")
    plain, marked = snapshot(picture), snapshot(picture, [mark])
    assert marked[:3] == b"\xff\xd8\xff"
    assert plain != marked
    before = [shown.rgb for shown in decode(last)][-10]
    data = clip(last, 2.0, [mark])
    assert data.index(b"moov") < data.index(b"mdat")
    shown = clips.read(data)
    assert 48 <= len(shown) <= 52
    assert all((b[1] - a[1]) % 100 == 1 for a, b in pairwise(shown))
    assert all(abs(b[0] - a[0] - 3600) <= 90 for a, b in pairwise(shown))
    after = shown[-10][2]
    corner, middle = (slice(150, 180), slice(0, 320)), (slice(100, 140), slice(0, 320))
    assert abs(after[corner].astype(int) - before[corner]).max() > 100
    assert abs(after[middle].astype(int) - before[middle]).max() < 30


def test_memory_and_threads_stay_over_many_opens(made: Path) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: made), linger_s=0.0) as gateway:
            sizes, threads = [], []
            for i in range(200):
                async with gateway.watch(StreamKey(f"camera{i % 7}", "main")) as viewer:
                    await taken(viewer, 2)
                await asyncio.sleep(0.01)
                if i >= 50:
                    sizes.append(resident())
                    threads.append(threading.active_count())
            for _ in range(50):
                await asyncio.sleep(0.05)
                if gateway.stats().threads == 0:
                    break
            assert gateway.stats().threads == 0
            assert max(threads) < 20
            assert max(sizes[-20:]) - min(sizes[:20]) < 15 << 20

    asyncio.run(run())
    assert not [one for one in threading.enumerate() if one.name.startswith("stream ")]


def test_changed_addresses_hold_for_who_watches(made: Path, tmp_path: Path) -> None:
    other = clips.make(tmp_path / "b.mp4", size=(480, 270), seconds=2)
    paths = [made]

    async def run() -> None:
        async with opened(lambda _: clip_source(lambda: paths[-1])) as gateway, gateway.watch(KEY) as viewer:
            await taken(viewer, 5)
            paths.append(other)
            gateway.drop("north")
            init = (await until(viewer, Init))[-1]
            assert (init.width, init.height) == (480, 270)

    asyncio.run(run())
