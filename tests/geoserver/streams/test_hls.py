"""Low-latency HLS: what the playlist names is there, whole, and plays from one end to the other."""

import asyncio
import io
import re
import time
from itertools import pairwise
from pathlib import Path

import av
import pytest

from geoserver.faults import BadParameter
from geoserver.streams.fragments import Fragmenter
from geoserver.streams.gateway import Gateway
from geoserver.streams.hls import playlist, resource, written
from geoserver.streams.model import Fragment, Init, StreamKey
from geoserver.streams.shelf import Shelf
from geoserver.streams.sources import clip_source
from tests.geoserver.streams import clips


def filled(path: Path, shelf: Shelf | None = None, at_s: float = 1.8e9) -> Shelf:
    """A shelf with all of a clip."""
    shelf, fragmenter, init = shelf or Shelf(), Fragmenter(), None
    for i, unit in enumerate(clips.units(path)):
        for one in fragmenter.add(unit, at_s + i / 25):
            if isinstance(one, Init):
                init = Init(one.codec, one.width, one.height, one.data, one.number + len(shelf.segments))
            elif isinstance(one, Fragment):
                assert init is not None
                shelf.add(init, one)
    return shelf


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make(tmp_path_factory.mktemp("hls") / "a.mp4", seconds=6)


def listed(text: str) -> list[str]:
    """Every name in a playlist, in its order."""
    return [a or b for a, b in re.findall(r'URI="([^"]+)"|^([^#\n].*)$', text, re.M)]


def numbers(*parts: bytes) -> list[int]:
    with av.open(io.BytesIO(b"".join(parts)), "r", format="mp4") as container:
        return [clips.number(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def test_all_that_is_named_is_there(made: Path) -> None:
    async def run() -> None:
        shelf = filled(made)
        text = written(shelf, "session=abc")
        names = listed(text)
        assert all(name.endswith("?session=abc") for name in names)
        files = {name: await resource(shelf, name.partition("?")[0]) for name in names[:-1]}
        assert all(files.values())
        init = next(data for name, data in files.items() if name.startswith("init-"))
        segments = [data for name, data in files.items() if re.fullmatch(r"\d+\.m4s\?.*", name)]
        assert len(segments) == 5
        assert numbers(init, *segments) == list(range(125))
        parts = {name: data for name, data in files.items() if re.fullmatch(r"\d+\.\d+\.m4s\?.*", name)}
        assert b"".join(data for name, data in parts.items() if name.startswith("4.")) == segments[4]
        assert text.count("INDEPENDENT=YES") == 3
        assert names[-1] == "5.4.m4s?session=abc"  # the last picture of the clip has no duration yet

    asyncio.run(run())


def test_durations_are_true(made: Path) -> None:
    async def run() -> None:
        text = written(filled(made))
        assert [float(one) for one in re.findall(r"#EXTINF:([\d.]+)", text)] == [1.0] * 5
        parts = [float(one) for one in re.findall(r"PART:DURATION=([\d.]+)", text)]
        target = float(re.findall(r"PART-TARGET=([\d.]+)", text)[0])
        assert set(parts) == {0.2}
        assert 0.2 <= target <= 0.22
        assert float(re.findall(r"PART-HOLD-BACK=([\d.]+)", text)[0]) >= 3 * target
        assert "#EXT-X-TARGETDURATION:1\n" in text
        assert "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z" in text

    asyncio.run(run())


def test_slow_pictures_make_parts_of_a_fifth_too(tmp_path: Path) -> None:
    path = clips.make(tmp_path / "a.mp4", fps=12, seconds=4)

    async def run() -> None:
        text = written(filled(path))
        parts = [float(one) for one in re.findall(r"PART:DURATION=([\d.]+)", text)]
        assert all(0.15 <= one <= 0.26 for one in parts)
        assert float(re.findall(r"PART-TARGET=([\d.]+)", text)[0]) >= max(parts)

    asyncio.run(run())


def test_a_break_is_told_with_its_own_head(made: Path, tmp_path: Path) -> None:
    async def run() -> None:
        shelf = filled(clips.make(tmp_path / "b.mp4", seconds=2, size=(480, 270)), filled(made), 1.8e9 + 60)
        text = written(shelf)
        assert text.count("#EXT-X-DISCONTINUITY\n") == 1
        heads = re.findall(r'MAP:URI="(init-\d+\.mp4)"', text)
        assert len(heads) == 2
        second = [name for name in listed(text.split("#EXT-X-DISCONTINUITY\n")[1]) if re.fullmatch(r"\d+\.m4s", name)]
        files = [await resource(shelf, name) for name in (heads[1], second[0])]
        assert numbers(*[one for one in files if one]) == list(range(25))

    asyncio.run(run())


def test_what_is_not_there(made: Path) -> None:
    async def run() -> None:
        shelf = filled(made)
        for name in ("9.m4s", "5.m4s", "0.7.m4s", "init-9.mp4", "../x", "1.m4s.m4s", "", "99.0.m4s", "5.9.m4s"):
            assert await resource(shelf, name) is None, name
        with pytest.raises(BadParameter):
            await playlist(shelf, msn=99)
        with pytest.raises(BadParameter):
            await playlist(shelf, part=1)

    asyncio.run(run())


def test_live_playlists_wait_for_what_is_asked_for(made: Path) -> None:
    key = StreamKey("north", "main")

    async def run() -> None:
        gateway = Gateway(lambda _: clip_source(lambda: made))
        await gateway.start()
        try:
            text = await playlist(gateway.shelf(key), "s=1")
            got: list[bytes] = []
            asked = time.perf_counter()
            for _ in range(12):
                hint = listed(text)[-1]
                msn, part = (int(one) for one in hint.split(".")[:2])
                data, text = await asyncio.gather(
                    resource(gateway.shelf(key), hint.partition("?")[0]),
                    playlist(gateway.shelf(key), "s=1", msn=msn, part=part),
                )
                assert data is not None
                assert f'{msn}.{part}.m4s?s=1",' in text or f'{msn}.{part}.m4s?s=1"\n' in text
                got.append(data)
            lasted = time.perf_counter() - asked
            assert 1.4 < lasted < 6
            head = await resource(gateway.shelf(key), "init-1.mp4")
            seen = numbers(head or b"", *got)
            assert b"".join(got).count(b"moof") == 60
            assert len(seen) >= 35  # all from the first key picture on
            assert all((b - a) % 150 == 1 for a, b in pairwise(seen))
            assert gateway.stats().readers == 1
        finally:
            await gateway.close()

    asyncio.run(run())


def test_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoserver.streams.hls.FIRST_S", 0.1)
    assert asyncio.run(_empty()) == ""


async def _empty() -> str:
    return await playlist(Shelf())
