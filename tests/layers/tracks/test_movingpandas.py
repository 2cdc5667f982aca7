"""Lengths, gaps and stops of real tracks against MovingPandas', which works them out in its own way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas
import movingpandas
import pandas as pd
import pytest
from shapely import points

from layers.tracks.files.bsm import read_bsm
from layers.tracks.files.gpx import read_gpx
from layers.tracks.files.wkt_points import read_points
from layers.tracks.stops import stops
from layers.tracks.track import Track

pytestmark = pytest.mark.filterwarnings("ignore::movingpandas.trajectory.TimeZoneWarning")
GAP_S, WITHIN_M, AT_LEAST_S = 30.0, 40.0, 60.0


def tracks_of(folder: Path) -> dict[str, Track]:
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    munich = [(folder / f"munich_probe/x0001-{name}.json") for name in ("001", "015")]
    read = {
        **{f"Munich {file.stem}": read_points(file.read_bytes(), file.name).tracks[0] for file in munich},
        "Limerick": read_gpx((folder / "bus_304_to_ul_2019-02-18.gpx").read_bytes(), "bus").tracks[0],
        "Andorra": read_gpx(
            (folder / "andorra_for_map_matching.gpx").read_bytes(), "andorra", begin=begin, speed_m_s=2
        ).tracks[0],
    }
    told = read_bsm((folder / "v2x/bsmLogDuringEvent.jsonl").read_bytes()).tracks
    return read | {f"V2X {one.unit}": one for one in told if len(one) > 1}


def theirs(track: Track) -> movingpandas.Trajectory:
    times = pd.to_datetime(track.fixes["time_ms"], unit="ms")
    frame = geopandas.GeoDataFrame(geometry=points(track.fixes["lon"], track.fixes["lat"]), index=times, crs=4326)
    return movingpandas.Trajectory(frame, track.unit)


@pytest.fixture(scope="module")
def tracks(shared_data: Path) -> dict[str, Track]:
    return tracks_of(shared_data / "tracks")


def test_lengths(tracks: dict[str, Track]) -> None:
    for name, track in tracks.items():
        ours, them = track.length_m(gap_s=1e9), theirs(track).get_length()
        print(f"{name}: {len(track)} fixes, {ours:.1f} m, MovingPandas {them:.1f} m")
        # It takes the earth for a ball: up to half a per cent of difference.
        assert ours == pytest.approx(them, rel=6e-3, abs=0.5)


def test_gaps(tracks: dict[str, Track]) -> None:
    for name, track in tracks.items():
        split = movingpandas.ObservationGapSplitter(theirs(track)).split(gap=timedelta(seconds=GAP_S))
        ours = [one for one in track.pieces(GAP_S) if len(one) > 1]
        them = sorted((one.get_start_time(), one.get_end_time()) for one in split.trajectories)
        print(f"{name}: {len(track.gaps(GAP_S))} gaps longer than {GAP_S:.0f} s, {len(ours)} stretches")
        assert [tuple(pd.to_datetime(one.fixes["time_ms"][[0, -1]], unit="ms")) for one in ours] == them


def test_stops(tracks: dict[str, Track]) -> None:
    """Both ask for a box that is small enough for long enough, but theirs is turned, and ends behind and not ahead: the
    same stops, of which one may be two to the other."""
    both_s = either_s = 0.0
    for name, track in tracks.items():
        detector = movingpandas.TrajectoryStopDetector(theirs(track))
        found = detector.get_stop_time_ranges(max_diameter=WITHIN_M, min_duration=timedelta(seconds=AT_LEAST_S))
        them = [(one.t_0.timestamp() * 1e3, one.t_n.timestamp() * 1e3) for one in found]
        mine = stops(track, within_m=WITHIN_M, at_least_s=AT_LEAST_S, gap_s=1e9)
        ours = [(float(one.begin_ms), float(one.end_ms)) for one in mine]
        print(f"{name}: {len(ours)} stops, MovingPandas {len(them)}")
        assert all(any(_shared(a, b) > 0.5 * (b[1] - b[0]) for a in ours) for b in them)
        assert all(any(_shared(a, b) > 0.5 * (a[1] - a[0]) for b in them) for a in ours)
        common = sum(_shared(a, b) for a in ours for b in them)
        both_s += common / 1e3
        either_s += (sum(b - a for a, b in (*ours, *them)) - common) / 1e3
    print(f"standing to both: {both_s:.0f} s of {either_s:.0f} s to either")
    assert both_s > 0.8 * either_s


def _shared(a: tuple[float, float], b: tuple[float, float]) -> float:
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
