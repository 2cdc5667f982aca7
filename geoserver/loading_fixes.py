"""Loads fixes of vehicles from track files into a built city; says what became of each row."""

import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np

from geoserver.console import Console
from geoserver.faults import BadParameter
from geoserver.loading import opened, read_bytes
from geoserver.series.fixes import Batch
from geoserver.series.opening import open_fixes
from geoserver.series.packed import day_of
from geoserver.settings import settings_from_environment
from geoserver.vehicles.garage import VEHICLE
from geoserver.vehicles.taking import AHEAD_MS
from geoserver.words import say
from layers.tracks.files.reading import How, read_fixes
from layers.tracks.pieces import DAY_MS
from layers.tracks.track import Fixes

FIXES = "fixes"
AT_ONCE = 5_000


def load_fixes(folder: Path, file: Path, how: How, dry_run: bool, console: Console) -> int:
    """Load a track file; the number of rows that were refused. Nothing is written by a dry run.

    Raises
    ------
    UnreadableTrack, BadFile, SeriesUnusable
    """
    settings = settings_from_environment(folder)
    read = read_fixes(read_bytes(file), str(file), how)
    for one in read.refused:
        console.tell("fix-row", file=str(file), row=one.row, detail=one.why)
    refused = len(read.refused)
    now_ms = round(time.time() * 1e3)
    span = (day_of(now_ms) - settings.fix_days) * DAY_MS, now_ms + AHEAD_MS
    with opened(folder) as (store, _):
        known = {id_ for id_ in read.by_unit if store.get(VEHICLE, id_) is not None}
    counts: Counter[str] = Counter()
    series = open_fixes(settings)
    try:
        for unit, fixes in read.by_unit.items():
            fresh, why = _sifted(fixes, span) if unit in known else (fixes[:0], {"unknown-vehicle": len(fixes)})
            for reason, rows in why.items():
                detail = say(console.lang, "fix", reason, {"days": settings.fix_days})
                console.tell("fix-rows", file=str(file), vehicle=unit, rows=rows, detail=detail)
                refused += rows
            counts["read"] += len(fresh)
            counts["taken"] += 0 if dry_run else sum(series.put(batch) for batch in _batches(unit, fresh))
    finally:
        series.close()
    told = {"file": str(file), "count": counts["read"], "vehicles": len(known), "refused": refused}
    if dry_run:
        console.tell("would-load-fixes", **told)
    else:
        console.tell("loaded-fixes", **told, taken=counts["taken"], repeated=counts["read"] - counts["taken"])
    return refused


def how_asked(unit: str | None, begin: str | None, speed_m_s: float | None) -> How:
    """How a file is to be read, in the words of the command line.

    Raises
    ------
    BadParameter
    """
    try:
        at = datetime.fromisoformat(begin) if begin else None
    except ValueError:
        at = None
    if begin and (at is None or at.tzinfo is None):
        detail = "is no time with its offset. Give e.g. 2026-11-23T08:00:00+08:00."
        raise BadParameter(parameter="--begin", value=begin, reason="begin", detail=detail)
    return How(unit or "", at, speed_m_s)


def _sifted(fixes: Fixes, span: tuple[int, int]) -> tuple[Fixes, dict[str, int]]:
    """Those that are neither older nor later than may be (ms since 1970-01-01 UTC), and how many of the others."""
    old, late = fixes["time_ms"] < span[0], fixes["time_ms"] > span[1]
    counts = {"too-old": int(old.sum()), "future": int(late.sum())}
    return fixes[~(old | late)], {why: count for why, count in counts.items() if count}


def _batches(unit: str, fixes: Fixes) -> list[Batch]:
    parts = np.array_split(fixes, max(1, -(-len(fixes) // AT_ONCE)))
    return [Batch([unit] * len(part), part) for part in parts if len(part)]
