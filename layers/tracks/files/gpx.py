"""GPX 1.0 and 1.1, read by GDAL: each track is a unit, its segments one after the other."""

import itertools
from collections.abc import Container, Iterator
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyogrio

from layers.tracks.files.rows import FileOfFixes, Row, UnreadableTrack, gathered, milliseconds
from layers.tracks.track import Fixes, Track, fixes_of

POINTS: Final = "track_points"


def read_gpx(data: bytes, file: str, *, begin: datetime | None = None, speed_m_s: float | None = None) -> FileOfFixes:
    """The tracks of a file, named by their names, else by their numbers. Those with times that are named alike are one.

    ``begin``, ``speed_m_s`` : for a file without times: when it began, and how fast it went all the way

    Raises
    ------
    UnreadableTrack
    """
    try:
        points = pyogrio.read_dataframe(data, layer=POINTS)
        titles = pyogrio.read_dataframe(data, layer="tracks", read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        remedy = "Give a GPX file with tracks."
        raise UnreadableTrack(file=file, detail=f"is no GPX that GDAL reads ({error}).", remedy=remedy) from None
    if not len(points):
        raise UnreadableTrack(file=file, detail="has no track point.", remedy="Give a GPX file with tracks.")
    names = [str(name) if name else "" for name in titles.get("name", [])]
    if points["time"].isna().all():
        if begin is None or speed_m_s is None:
            remedy = "Say when it began and how fast it went: --begin 2026-11-23T08:00:00+08:00 --speed 30."
            raise UnreadableTrack(file=file, detail="has places without times.", remedy=remedy)
        return _timed(points, names, begin, speed_m_s)
    return gathered(_rows(points, names))


def _unit(names: list[str], number: int) -> str:
    title = names[number] if number < len(names) else ""
    return title or f"track-{number + 1}"


def _rows(points: Any, names: list[str]) -> Iterator[tuple[int, str, Row | str]]:
    heights = points["ele"].to_numpy(float)
    for i, (fid, when, place, height) in enumerate(
        zip(points["track_fid"], points["time"], points.geometry, heights, strict=True)
    ):
        time_ms = None if when is None or when != when else milliseconds(_iso(when))
        if time_ms is None:
            yield i + 1, "", "has no time."
        else:
            known = None if np.isnan(height) else float(height)
            yield i + 1, _unit(names, int(fid)), (time_ms, float(place.x), float(place.y), known, None, None)


def _timed(points: Any, names: list[str], begin: datetime, speed_m_s: float) -> FileOfFixes:
    """Times by the way that was gone."""
    found: dict[str, Fixes] = {}
    for fid in points["track_fid"].unique():
        some = points[points["track_fid"] == fid]
        rows = [(i, place.x, place.y, height) for i, (place, height) in enumerate(zip(some.geometry, some["ele"]))]  # noqa: B905
        track = Track(_unit(names, int(fid)), fixes_of(rows))
        passed_s = np.concatenate([[0.0], np.cumsum(track.legs_m)]) / speed_m_s
        fixes = track.fixes.copy()
        fixes["time_ms"] = round(begin.timestamp() * 1e3) + np.round(passed_s * 1e3).astype(np.int64)
        fixes["speed_m_s"] = speed_m_s
        found[_other(track.unit, found)] = fixes
    return FileOfFixes(found)


def _other(unit: str, known: Container[str]) -> str:
    """A name of its own: of tracks that are named alike the second is called name-2. All begin at the same moment,
    so they cannot be one track."""
    names = itertools.chain([unit], (f"{unit}-{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in known)


def _iso(when: Any) -> str:
    """GDAL's times are in the file's zone, or in none, which is UTC by the standard."""
    stamp = when if getattr(when, "tzinfo", None) is not None else when.tz_localize("UTC")
    return str(stamp.isoformat())
