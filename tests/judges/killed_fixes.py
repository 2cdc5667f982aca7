"""No acknowledged batch of fixes is lost, and none is there twice, however a process ends.

``python -m tests.judges.killed_fixes [--kills 20] [--fixes 200000] [--engine sqlite|postgres|both]`` sends fixes
as they come (a tenth late, a fifth again, batches shuffled) and kills the writer in the middle of it, with PostgreSQL
the whole server too every second time. After each kill all that was acknowledged is looked for; what was not is sent
again. At the end each track is that of the clean file, byte for byte.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geoserver.series.fixes import Batch, FixSeries
from geoserver.series.opening import open_fixes
from geoserver.series.packed import rounded
from geoserver.settings import Settings
from layers.tracks.track import FIX, Fixes
from tests.contract.get_postgres import Cluster, programs
from tests.judges.killed import one_life

BEGIN_MS, VEHICLES, AT_ONCE = 1_795_000_000_000, 100, 500


@dataclass(frozen=True)
class Outcome:
    """What was lost or doubled, and what it took."""

    asked: int
    kills: int
    batches: int
    fixes: int
    missing: int
    doubled: int
    equal: bool
    seconds: float

    @property
    def good(self) -> bool:
        """Whether it was killed as often as was asked, nothing was lost or is there twice, and the tracks are the clean
        file's."""
        return self.kills >= self.asked and self.missing == 0 and self.doubled == 0 and self.equal


def clean(count: int, seed: int = 5) -> Mapping[str, Fixes]:
    """Tracks of ``VEHICLES``, a fix every second or so, over midnight UTC."""
    draw, each = np.random.default_rng(seed), -(-count // VEHICLES)
    tracks = {}
    for number in range(VEHICLES):
        fixes = np.zeros(each, FIX)
        fixes["time_ms"] = BEGIN_MS + np.cumsum(draw.integers(900, 1_100, each))
        fixes["lon"] = 106.8 + np.cumsum(draw.normal(0, 1e-4, each))
        fixes["lat"] = 39.6 + np.cumsum(draw.normal(0, 1e-4, each))
        fixes["height_m"], fixes["heading_deg"] = 1_080.0, draw.uniform(0, 360, each)
        fixes["speed_m_s"] = draw.uniform(0, 25, each)
        tracks[f"v{number:03}"] = fixes
    return tracks


def as_it_comes(tracks: Mapping[str, Fixes], seed: int = 6) -> list[Batch]:
    """Batches of all fixes: a tenth comes late, a fifth is sent again, and batches are shuffled."""
    draw = np.random.default_rng(seed)
    names = np.repeat(list(tracks), [len(one) for one in tracks.values()])
    fixes = np.concatenate(list(tracks.values()))
    comes = fixes["time_ms"] + np.where(draw.random(len(fixes)) < 0.1, draw.uniform(0, 600_000, len(fixes)), 0)
    again = draw.random(len(fixes)) < 0.2
    index = np.concatenate([np.arange(len(fixes)), np.flatnonzero(again)])
    when = np.concatenate([comes, comes[again] + draw.uniform(0, 60_000, again.sum())])
    order = index[np.argsort(when, kind="stable")]
    parts = [order[k : k + AT_ONCE] for k in range(0, len(order), AT_ONCE)]
    draw.shuffle(parts)  # type: ignore[arg-type]  # lists too
    return [Batch(names[part].tolist(), fixes[part]) for part in parts]


def opened(place: Mapping[str, str]) -> FixSeries:
    """The series at a place: a folder, or a database."""
    return open_fixes(Settings(folder=Path(place["folder"]), database_url=place.get("database")))


def write_on(place: Mapping[str, str], count: int, first: int) -> None:
    """Send batch after batch, and tell the number of each once it is acknowledged."""
    series, batches = opened(place), as_it_comes(clean(count))
    for number in range(first, len(batches)):
        series.put(batches[number])
        os.write(1, f"{number}\n".encode())
    series.close()


def judge(place: Mapping[str, str], kills: int, count: int, cluster: Cluster | None, seed: int = 1) -> Outcome:
    """Kill writer after writer until all is sent."""
    chance, started = random.Random(seed), time.monotonic()
    tracks = clean(count)
    batches = as_it_comes(tracks)
    told, done, killed, missing = 0, 0, 0, 0
    while told < len(batches):
        left, rest = max(1, kills - killed), len(batches) - told
        # Killed with more to write, or it counts for nothing.
        life = chance.randint(1, max(1, min(2 * rest // (left + 1), rest - 2 * left))) if killed < kills else rest
        command = [sys.executable, "-m", "tests.judges.killed_fixes", "--write-on", json.dumps(place)]
        command += ["--fixes", str(count), "--first", str(told)]
        said = one_life(command, life, chance, cluster if done % 2 else None)
        done, told = done + 1, told + len(said)
        killed += told < len(batches)
        missing += _missing(place, batches[:told])
    series = opened(place)
    found = dict(series.moving(0, 2 * BEGIN_MS))
    doubled = sum(len(one) - len(np.unique(one["time_ms"])) for one in found.values())
    equal = {name: one.tobytes() for name, one in found.items()} == {
        name: rounded(one).tobytes() for name, one in tracks.items()
    }
    series.close()
    fixes = sum(len(one) for one in found.values())
    return Outcome(kills, killed, told, fixes, missing, doubled, equal, time.monotonic() - started)


def _missing(place: Mapping[str, str], acknowledged: list[Batch]) -> int:
    """Fixes of acknowledged batches that are not there."""
    series = opened(place)
    there = {(name, time_ms) for name, one in series.moving(0, 2 * BEGIN_MS) for time_ms in one["time_ms"].tolist()}
    series.close()
    sent = {
        pair for batch in acknowledged for pair in zip(batch.vehicles, batch.fixes["time_ms"].tolist(), strict=True)
    }
    return len(sent - there)


def of_engine(engine: str, kills: int, count: int) -> Outcome:
    """The whole of it for one engine."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            return judge({"folder": folder}, kills, count, None)
        bin_ = programs()
        if bin_ is None:
            raise SystemExit("there is no PostgreSQL with PostGIS here")
        cluster = Cluster.make(bin_, durable=True)
        try:
            place = {"folder": folder, "database": str(cluster.database("killed"))}
            return judge(place, kills, count, cluster)
        finally:
            cluster.stop()


def main() -> None:
    """Judge, and print the figures; exit code 1 where anything was lost or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--fixes", type=int, default=200_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--write-on", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write_on:
        write_on(json.loads(asked.write_on), asked.fixes, asked.first)
        return
    good = True
    for engine in ("sqlite", "postgres") if asked.engine == "both" else (asked.engine,):
        outcome = of_engine(engine, asked.kills, asked.fixes)
        print(engine, outcome)
        good = good and outcome.good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
