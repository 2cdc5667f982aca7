"""Fragments: what a viewer gets is read by another reader, picture by picture."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from geoserver.streams.coded import codec_string, split
from geoserver.streams.fragments import Fragmenter
from geoserver.streams.model import Fragment, Init, Unit, Unplayable
from tests.geoserver.streams import clips


def fed(units: list[Unit], fps: float = 25, fragmenter: Fragmenter | None = None, at_s: float = 1e9) -> list:
    fragmenter = fragmenter or Fragmenter()
    return [one for i, unit in enumerate(units) for one in fragmenter.add(unit, at_s + i / fps)]


def parts(messages: list) -> tuple[list[Init], list[Fragment]]:
    return [m for m in messages if isinstance(m, Init)], [m for m in messages if isinstance(m, Fragment)]


@pytest.mark.parametrize(
    ("options", "codec"),
    [
        ({}, "avc1.4d400c"),
        ({"profile": "baseline"}, "avc1.42c00c"),
        ({"profile": "high"}, "avc1.64000c"),
        ({"codec": "libx265"}, "hvc1.1.6.L"),
    ],
)
def test_every_picture_comes_out_in_order(tmp_path: Path, options: dict, codec: str) -> None:
    units = clips.units(clips.make(tmp_path / "a.mp4", **options))
    messages = fed(units)
    inits, fragments = parts(messages)
    assert len(inits) == 1
    assert inits[0].codec.startswith(codec)
    assert (inits[0].width, inits[0].height) == (320, 180)
    assert any(isinstance(one, Unplayable) for one in messages) == codec.startswith("hvc1")
    assert [one.key for one in fragments] == [i % 25 == 0 for i in range(99)]
    assert all(one.data[4:8] == b"moof" and one.data.count(b"moof") == 1 for one in fragments)
    assert list(clips.decoded(inits[0], fragments)) == [(i * 3600, i) for i in range(99)]


def test_a_late_viewer_begins_at_any_key_picture(tmp_path: Path) -> None:
    inits, fragments = parts(fed(clips.units(clips.make(tmp_path / "a.mp4"))))
    assert list(clips.decoded(inits[0], fragments[50:])) == [(i * 3600, i) for i in range(50, 99)]


def test_what_comes_before_a_key_picture_is_left_out(tmp_path: Path) -> None:
    messages = fed(clips.units(clips.make(tmp_path / "a.mp4"))[10:])
    inits, fragments = parts(messages)
    assert [number for _, number in clips.decoded(inits[0], fragments)] == list(range(25, 99))


def test_other_parameters_give_another_head_and_time_goes_on(tmp_path: Path) -> None:
    fragmenter = Fragmenter()
    first = fed(clips.units(clips.make(tmp_path / "a.mp4", seconds=2)), fragmenter=fragmenter)
    larger = clips.units(clips.make(tmp_path / "b.mp4", seconds=2, size=(480, 270)))
    second = fed(larger, fragmenter=fragmenter, at_s=1e9 + 2)
    inits, fragments = parts(first + second)
    assert [one.width for one in inits] == [320, 480]
    times = [one.dts for one in fragments]
    assert all(b > a for a, b in pairwise(times))
    after = list(clips.decoded(inits[1], fragments[49:]))
    assert [number for _, number in after] == list(range(49))
    assert 170_000 < after[0][0] < 190_000


def test_times_rise_whatever_the_sources_clock_does(tmp_path: Path) -> None:
    units = clips.units(clips.make(tmp_path / "a.mp4"))
    wild = [replace(one, pts=one.pts + jump, dts=None) for one, jump in zip(units, _jumps(), strict=False)]
    inits, fragments = parts(fed(wild))
    times = [time for time, _ in clips.decoded(inits[0], fragments)]
    assert len(times) == 99
    assert all(0 < b - a < 90_000 for a, b in pairwise(times))


def _jumps() -> list[int]:
    """The clock stands, goes back an hour, ahead a day, and repeats itself."""
    return [0] * 30 + [-324_000_000] * 20 + [7_776_000_000] * 20 + [7_776_000_000 - 3600] * 30


def test_pictures_shown_in_another_order_than_sent(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", bf="2", profile="high", tune="film")
    units = [replace(one, dts=None) for one in clips.units(clip)]
    assert any(b.pts < a.pts for a, b in pairwise(units))
    inits, fragments = parts(fed(units))
    shown = list(clips.decoded(inits[0], fragments))
    assert [number for _, number in shown] == list(range(99))
    settled = [time for time, _ in shown[25:]]
    assert {b - a for a, b in pairwise(settled)} == {3600}


def test_broken_pictures_do_no_harm(tmp_path: Path) -> None:
    units = clips.units(clips.make(tmp_path / "a.mp4"))
    broken = [
        replace(one, nals=[nal[: len(nal) // 2] for nal in one.nals]) if i % 7 == 3 else one
        for i, one in enumerate(units)
    ]
    broken[50] = replace(broken[50], sets=[b"\x67", b"\x68"])
    broken[30] = replace(units[30], nals=[b"\x41"])
    inits, fragments = parts(fed(broken))
    assert len(inits) == 2
    assert len(fragments) == 49 + 24  # from a head that cannot be read to the next key picture there is nothing
    assert [number for _, number in clips.decoded(inits[1], fragments[49:])][:3] == [75, 76, 77]


def test_codec_names() -> None:
    assert codec_string("h264", [bytes.fromhex("6742c01f8c"), b"\x68\xce"]) == "avc1.42c01f"
    sps = "420101016000000300900000030000030078a003c08010e596"
    assert codec_string("hevc", [bytes.fromhex(sps)]) == "hvc1.1.6.L120.90"
    with pytest.raises(ValueError, match="parameter set"):
        codec_string("h264", [b"\x67\x42"])


def test_nal_units_of_a_byte_stream() -> None:
    assert split(b"\0\0\0\1\x67\1\0\0\1\x68\2\0\0\0\1\x65\3\0") == [b"\x67\1", b"\x68\2", b"\x65\3"]
