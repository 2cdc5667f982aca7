"""Streams encoded anew: H.265 as H.264, private pixels covered, and who goes without where all places are taken."""

import asyncio
import contextlib
import io
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from geoserver.faults import BadParameter
from geoserver.settings import settings_from_environment
from geoserver.streams import covered
from geoserver.streams.covered import Cover, fitted, planes_of
from geoserver.streams.gateway import Gateway
from geoserver.streams.model import Coming, Fragment, Init, Picture, Stills, StreamKey, Unit
from geoserver.streams.reencoded import Reencoded
from geoserver.streams.reencoders import Reencoders
from geoserver.streams.sources import Source, clip_source
from geoserver.streams.stopping import Stop
from layers.cameras.pictures.masking import BLANK
from tests.geoserver.streams import clips
from tests.geoserver.streams.test_gateway import opened, taken, until

PLAIN, COVERED, STILLS = (
    StreamKey("north", "main", *how) for how in ((False, "h264"), (True, "h264"), (False, "pictures"))
)
COLOURS = ((200, 40, 40), (40, 170, 60), (50, 70, 210), (225, 225, 225))


@pytest.fixture(scope="module")
def hevc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make(tmp_path_factory.mktemp("hevc") / "a.mp4", seconds=4, codec="libx265")


@pytest.fixture(scope="module")
def h264(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make(tmp_path_factory.mktemp("h264") / "a.mp4", seconds=2)


def mask_of(width: int, height: int) -> np.ndarray:
    """The left third is private."""
    mask = np.zeros((height, width), bool)
    mask[:, : width // 3] = True
    return mask


def sources(path: Path, places: Reencoders) -> Callable[[StreamKey], Source]:
    """What a key is read from, as the server has it."""

    def source(key: StreamKey) -> Source:
        plain = clip_source(lambda: path)
        return Reencoded(plain, places, mask_of if key.masked else None, motion=key.form != "pictures")

    return source


@contextlib.asynccontextmanager
async def watching(path: Path, places: Reencoders) -> AsyncIterator[Gateway]:
    async with opened(sources(path, places)) as gateway:
        yield gateway


def frames(init: Init, fragments: list[Fragment]) -> list[np.ndarray]:
    whole = io.BytesIO(init.data + b"".join(one.data for one in fragments))
    with av.open(whole, "r", format="mp4") as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_h265_comes_out_as_h264_with_its_pictures_at_their_times(hevc: Path) -> None:
    async def run() -> None:
        places = Reencoders(1)
        async with watching(hevc, places) as gateway, gateway.watch(PLAIN) as viewer:
            init, fragments = await taken(viewer, 110)  # over the end of the clip
            assert init.codec.startswith("avc1.")
            assert (init.width, init.height) == (320, 180)
            shown = list(clips.decoded(init, fragments))
            assert all(b[0] - a[0] == 3600 for a, b in pairwise(shown))
            assert all((b[1] - a[1]) % 100 == 1 for a, b in pairwise(shown))
            assert places.in_use == 1
        assert places.in_use == 0

    asyncio.run(run())


def coloured(path: Path, size: tuple[int, int], *, full: bool = False) -> Path:
    """An H.265 clip of four colours, one in each corner."""
    width, height = size
    rgb = np.zeros((height, width, 3), np.uint8)
    for i, colour in enumerate(COLOURS):
        rgb[(i // 2) * height // 2 : (i // 2 + 1) * height // 2, (i % 2) * width // 2 : (i % 2 + 1) * width // 2] = (
            colour
        )
    wide, form = (ColorRange.JPEG, "yuvj420p") if full else (ColorRange.MPEG, "yuv420p")
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx265", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, form
        context = stream.codec_context
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = wide, 1, 1, 1
        stream.options = {"preset": "ultrafast", "x265-params": "log-level=none:bframes=0:keyint=10:open-gop=0"}
        for i in range(20):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame = frame.reformat(format=form, dst_colorspace=Colorspace.ITU709, dst_color_range=wide)
            frame.pts, frame.time_base = i, Fraction(1, 10)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def corners(rgb: np.ndarray) -> list[np.ndarray]:
    height, width = rgb.shape[:2]
    return [rgb[(1 + 2 * y) * height // 4, (1 + 2 * x) * width // 4].astype(int) for y in (0, 1) for x in (0, 1)]


def run_through(source: Source, most: int = 12) -> list[Coming]:
    """The first things that a source gives."""
    made, stop = [], Stop()
    with contextlib.closing(source.units(stop)) as units:  # type: ignore[type-var]
        for one in units:
            made.append(one)
            if len(made) == most:
                break
    return made


def decoded(units: list[Coming]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    found: list[av.VideoFrame] = []
    for one in units:
        assert isinstance(one, Unit)
        assert one.codec == "h264"
        found += decoder.decode(av.Packet(b"".join(b"\0\0\0\1" + nal for nal in (*one.sets, *one.nals))))
    return found


@pytest.mark.parametrize("full", [False, True])
def test_colours_stay_and_are_told(tmp_path: Path, full: bool) -> None:
    path = coloured(tmp_path / "c.mp4", (640, 360), full=full)
    shown = decoded(run_through(Reencoded(clip_source(lambda: path), Reencoders(1))))
    assert len(shown) >= 10
    for frame in (shown[0], shown[-1]):
        assert (frame.colorspace, frame.color_range) == (1, 1)
        off = [np.abs(a - b).max() for a, b in zip(corners(frame.to_ndarray(format="rgb24")), COLOURS, strict=True)]
        assert max(off) <= 8


def test_what_is_wider_than_needed_is_scaled_down(tmp_path: Path) -> None:
    path = coloured(tmp_path / "wide.mp4", (2560, 1440))
    shown = decoded(run_through(Reencoded(clip_source(lambda: path), Reencoders(1)), 3))
    assert {(frame.width, frame.height) for frame in shown} == {(1920, 1080)}
    assert (
        max(np.abs(a - b).max() for a, b in zip(corners(shown[0].to_ndarray(format="rgb24")), COLOURS, strict=True))
        <= 8
    )
    assert fitted(1920, 1080) == (1920, 1080)
    assert fitted(3841, 2161) == (1920, 1080)
    assert fitted(641, 361) == (640, 360)


def test_what_browsers_play_is_passed_on_and_takes_no_place(h264: Path) -> None:
    places = Reencoders(1)
    source = Reencoded(clip_source(lambda: h264), places)
    given = source.units(Stop())
    first = next(given)
    assert isinstance(first, Unit)
    assert [one.nals for one in clips.units(h264) if one.key].count(first.nals) == 1, "not a bit is changed"
    assert places.in_use == 0


def test_one_place_serves_all_viewers_and_comes_free_for_who_waits(hevc: Path) -> None:
    async def run() -> None:
        places = Reencoders(1)
        async with watching(hevc, places) as gateway, contextlib.AsyncExitStack() as wanting:
            async with contextlib.AsyncExitStack() as having:
                early = [await having.enter_async_context(gateway.watch(COVERED)) for _ in range(3)]
                await asyncio.gather(*(taken(one, 5) for one in early))
                late = [await wanting.enter_async_context(gateway.watch(PLAIN)) for _ in range(3)]
                told = [(await until(one, Stills))[-1] for one in late]
                assert {one.why for one in told} == {"busy"}
                assert (places.in_use, places.room) == (1, "busy"), "viewers of the same are no more streams"
                first = await gateway.still(PLAIN, wait_s=5)
                assert first is not None
                second: Picture | None = first
                async with asyncio.timeout(15):
                    while second is None or second.at_s == first.at_s:
                        await asyncio.sleep(0.1)
                        second = await gateway.still(PLAIN, wait_s=5)
                assert clips.number(first.rgb) % 25 == 0, "key pictures alone are decoded"
                assert clips.number(second.rgb) != clips.number(first.rgb), "it goes on"
                assert gateway.kept(PLAIN, 30) == ()
            init, fragments = await taken(late[0], 30)
            assert init.codec.startswith("avc1.")
            assert len(list(clips.decoded(init, fragments))) == 30

    asyncio.run(run())


def test_without_places_there_are_pictures_and_who_wants_them_takes_no_place(hevc: Path) -> None:
    async def run() -> None:
        for places, key, why in ((Reencoders(0), PLAIN, "busy"), (Reencoders(1), STILLS, "asked")):
            async with watching(hevc, places) as gateway, gateway.watch(key) as viewer:
                told = (await until(viewer, Stills))[-1]
                assert told == Stills(why)
                assert await gateway.picture(key) is not None
                assert places.in_use == 0

    asyncio.run(run())


def test_nothing_private_is_in_motion_or_in_pictures(hevc: Path) -> None:
    async def run() -> None:
        async with watching(hevc, Reencoders(1)) as gateway, gateway.watch(COVERED) as viewer:
            init, fragments = await taken(viewer, 60)
            shown = frames(init, fragments)
            newest = await gateway.picture(COVERED)
            assert newest is not None
        pictures = []
        async with watching(hevc, Reencoders(0)) as gateway, gateway.watch(COVERED) as viewer:
            await until(viewer, Stills)
            for _ in range(3):
                still = await gateway.still(COVERED, wait_s=5)
                assert still is not None
                pictures.append(still.rgb)
                await asyncio.sleep(1.1)
            assert gateway.kept(COVERED, 30) == (), "nothing that a clip or a playlist could be made of"
        assert len(shown) == 60
        for picture in (*shown, newest.rgb, *pictures):
            inside = picture[:, : 320 // 3 - 2].astype(int)
            assert np.abs(inside - BLANK).max() < 24, "what an encoder does to a plain colour"
            assert picture[100:, 320 // 3 + 8 :].min() > 60, "the rest is there"

    asyncio.run(run())


def test_a_mask_covers_each_plane_and_is_asked_for_with_every_frame() -> None:
    rng = np.random.default_rng(5)
    mask = rng.random((18, 32)) < 0.2
    planes = planes_of(mask)
    assert planes.shape == (27, 32)
    assert (planes[:18] == mask).all()
    frame = av.VideoFrame.from_ndarray(rng.integers(0, 255, (27, 32), np.uint8), format="yuv420p")
    now = [mask]
    cover = Cover(lambda *_: now[0])
    before = cover.covered(frame).to_ndarray()
    grey = av.VideoFrame.from_ndarray(np.full((18, 32, 3), BLANK, np.uint8), format="rgb24").reformat(format="yuv420p")
    assert (np.abs(before.astype(int) - grey.to_ndarray())[planes] <= 1).all()
    assert (before[~planes] == frame.to_ndarray()[~planes]).all()
    now[0] = np.ones((18, 32), bool)
    assert (np.abs(cover.covered(frame).to_ndarray().astype(int) - grey.to_ndarray()) <= 1).all()
    assert (frame.to_ndarray() != grey.to_ndarray()).any(), "the decoder's own frame is left as it is"


def test_a_damaged_picture_ends_nothing(hevc: Path) -> None:
    class Damaged:
        def units(self, stop: Stop) -> Iterator[Coming]:
            for i, one in enumerate(clips.units(hevc)):
                yield replace(one, nals=[nal[:2] + b"\xff" * 40 for nal in one.nals]) if i == 30 else one

    shown = decoded(list(Reencoded(Damaged(), Reencoders(1)).units(Stop())))
    assert len(shown) >= 70
    numbers = [clips.number(frame.to_ndarray(format="rgb24")) for frame in shown]
    assert numbers[:25] == list(range(25))
    assert numbers[-25:] == list(range(75, 100))


def test_who_is_too_slow_leaves_out_rather_than_lags(hevc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = covered.Cover.covered

    def slow(self: Cover, frame: av.VideoFrame) -> av.VideoFrame:
        time.sleep(0.08)  # twice as long as from one picture to the next
        return real(self, frame)

    monkeypatch.setattr(covered.Cover, "covered", slow)
    late: list[float] = []
    began = time.monotonic()
    stop = Stop()
    first: int | None = None
    for one in Reencoded(clip_source(lambda: hevc), Reencoders(1)).units(stop):
        assert isinstance(one, Unit)
        first = one.pts if first is None else first
        late.append(time.monotonic() - began - (one.pts - first) / 90_000)
        if time.monotonic() - began > 6:
            stop.set()
    assert len(late) > 50
    assert max(late) < 1.6


def test_how_many_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEOSERVER_REENCODES", raising=False)
    assert settings_from_environment(tmp_path).reencodes == os.cpu_count()
    for text, count in (("0", 0), (" 3 ", 3), ("64", 64)):
        monkeypatch.setenv("GEOSERVER_REENCODES", text)
        assert settings_from_environment(tmp_path).reencodes == count
    for text in ("-1", "65", "two", "1.5", "²"):
        monkeypatch.setenv("GEOSERVER_REENCODES", text)
        with pytest.raises(BadParameter, match="GEOSERVER_REENCODES"):
            settings_from_environment(tmp_path)
