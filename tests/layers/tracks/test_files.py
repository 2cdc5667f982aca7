"""Track files of other systems go in, and what we write is read by others."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from layers.tracks.files.bsm import read_bsm
from layers.tracks.files.gpx import read_gpx
from layers.tracks.files.rows import UnreadableTrack
from layers.tracks.files.wkt_points import read_points
from layers.tracks.written.gpx import as_gpx


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
