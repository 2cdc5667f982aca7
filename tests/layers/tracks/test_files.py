"""Track files of other systems go in, and what we write is read by others."""

from datetime import UTC, datetime
from pathlib import Path

import defusedxml.ElementTree
import numpy as np
import pyogrio
import pytest

from layers.tracks.files.bsm import read_bsm
from layers.tracks.files.gpx import read_gpx
from layers.tracks.files.rows import UnreadableTrack
from layers.tracks.files.wkt_points import read_points
from layers.tracks.track import Track, fixes_of
from layers.tracks.written.gpx import as_gpx
from layers.tracks.written.mf_json import temporal_properties


def test_a_car_in_munich(shared_data: Path) -> None:
    for name, count in (("x0001-001.json", 1_194), ("x0001-015.json", 80)):
        read = read_points((shared_data / "tracks/munich_probe" / name).read_bytes(), name)
        (track,) = read.tracks
        assert (len(track), read.refused) == (count, ())
        assert 10_000 < track.length_m(gap_s=3_600) < 25_000


def test_a_bus_in_limerick(shared_data: Path, tmp_path: Path) -> None:
    (track,) = read_gpx((shared_data / "tracks/bus_304_to_ul_2019-02-18.gpx").read_bytes(), "bus").tracks
    assert len(track) == 2_144
    assert track.unit == "304.1"
    # What goes out, GDAL reads: the same places and times.
    file = tmp_path / "out.gpx"
    file.write_bytes(as_gpx([("304.1", track)], gap_s=120))
    again = pyogrio.read_dataframe(file, layer="track_points")
    assert len(again) == len(track)
    assert np.allclose(again.geometry.x, track.fixes["lon"], atol=1e-7)
    assert [round(one.timestamp() * 1e3) for one in again["time"]] == track.fixes["time_ms"].tolist()


def test_places_without_times_need_a_beginning_and_a_speed(shared_data: Path) -> None:
    data = (shared_data / "tracks/andorra_for_map_matching.gpx").read_bytes()
    with pytest.raises(UnreadableTrack, match="without times"):
        read_gpx(data, "andorra")
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    (track,) = read_gpx(data, "andorra", begin=begin, speed_m_s=10).tracks
    assert len(track) == 21
    took_s = (track.fixes["time_ms"][-1] - track.fixes["time_ms"][0]) / 1e3
    assert took_s == pytest.approx(track.legs_m.sum() / 10, abs=0.1)


def test_tracks_that_are_named_alike_are_all_there() -> None:
    def named(*names: str, times: bool) -> bytes:
        tracks = ""
        for k, name in enumerate(names):
            when = [f"<time>2026-11-23T0{k}:0{n}:00Z</time>" if times else "" for n in range(2)]
            points = "".join(f'<trkpt lat="39.{k}" lon="106.{n}">{when[n]}</trkpt>' for n in range(2))
            tracks += f"<trk><name>{name}</name><trkseg>{points}</trkseg></trk>"
        gpx = f'<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{tracks}</gpx>'
        return gpx.encode()

    begin = datetime(2026, 11, 23, tzinfo=UTC)
    data = named("a", "a", "a-2", "a", times=False)
    found = read_gpx(data, "x", begin=begin, speed_m_s=10).by_unit
    assert {unit: round(float(fixes["lat"][0]), 1) for unit, fixes in found.items()} == {
        "a": 39.0, "a-2": 39.1, "a-2-2": 39.2, "a-3": 39.3,
    }  # fmt: skip
    # With times they are the track of one unit, which was written in parts.
    assert {unit: len(fixes) for unit, fixes in read_gpx(named("a", "a", times=True), "x").by_unit.items()} == {"a": 4}


def test_a_name_that_no_document_can_hold_is_told_without_it() -> None:
    track = Track("a", fixes_of([(0, 106.8, 39.6, None, None, None)]))
    root = defusedxml.ElementTree.fromstring(as_gpx([("巡\x07逻\ufffe <1>", track)], gap_s=120))
    assert root.findtext("*/{*}name") == "巡逻 <1>"


def test_between_headings_there_is_no_line() -> None:
    rows = [(0, 106.8, 39.6, None, 359.0, 5.0), (1_000, 106.8, 39.601, None, 1.0, 5.0)]
    told = temporal_properties(Track("a", fixes_of(rows)))
    between = {name: one[name]["interpolation"] for one in told for name in one if name != "datetimes"}
    assert between == {"speed": "Linear", "heading": "Step"}


@pytest.mark.parametrize(("mark", "second"), [(59_999, 59.999), (60_000, 5.0), (60_500, 5.0), (65_535, 5.0)])
def test_what_is_no_part_of_a_minute_is_when_it_was_logged(mark: int, second: float) -> None:
    core = f'{{"id":"a","secMark":{mark},"position":{{"longitude":106.8,"latitude":39.6}}}}'
    logged = '{"recordGeneratedAt":"1970-01-01T00:01:05Z"}'
    read = read_bsm(f'{{"metadata":{logged},"payload":{{"data":{{"coreData":{core}}}}}}}'.encode())
    assert read.by_unit["a"]["time_ms"][0] == (0 if mark < 60_000 else 60_000) + second * 1e3


def test_vehicles_that_tell_each_other(shared_data: Path) -> None:
    read = read_bsm((shared_data / "tracks/v2x/bsmLogDuringEvent.jsonl").read_bytes())
    assert sum(len(fixes) for fixes in read.by_unit.values()) + len(read.refused) == 222
    assert not read.refused
    print({unit: len(fixes) for unit, fixes in read.by_unit.items()})


def test_what_cannot_be_used_is_named() -> None:
    rows = b'[{"id":"a","time":"2014-09-10 06:54:07+0200","point":"POINT(1 2)"}'
    rows += b',{"id":"a","time":"now","point":"POINT(1 2)"}'
    rows += b',{"id":"a","time":"2014-09-10 06:54:07+0200","point":"here"},{"id":"","time":"2014-09-10 06:54:08+0200",'
    rows += b'"point":"POINT(1 2)"},{"id":"a","time":"2014-09-10 06:54:09+0200","point":"POINT(1 92)"},7]'
    read = read_points(rows, "x")
    assert [one.row for one in read.refused] == [2, 3, 4, 5, 6]
    assert len(read.by_unit["a"]) == 1
    for bad in (b"", b"{}", b"<gpx>"):
        with pytest.raises(UnreadableTrack):
            read_points(bad, "x")
        with pytest.raises(UnreadableTrack):
            read_gpx(bad, "x")
    assert [one.row for one in read_bsm(b"{}\nx\n").refused] == [1, 2]
