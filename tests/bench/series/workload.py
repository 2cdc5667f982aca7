"""What is kept and asked: vehicles that send a fix a second, and passages of plates before checkpoints."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.bench.series.engines import DAY_MS, FIX, PASSAGE, Rows

BEGIN_MS = 1_790_000_000_000
UNITS = 2_000
CHECKPOINTS = 500
PLATES = 150_000
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def fixes(count: int, seed: int = 5) -> Rows:
    """Fixes of ``UNITS`` vehicles, one a second each, in order of time."""
    draw = np.random.default_rng(seed)
    rows = np.zeros(count, FIX)
    index = np.arange(count)
    rows["unit"], rows["time_ms"] = index % UNITS, BEGIN_MS + index // UNITS * 1_000
    heading = draw.uniform(0, 2 * np.pi, UNITS)[rows["unit"]]
    along = (rows["time_ms"] - BEGIN_MS) / 1e3 * 1e-4
    start = draw.uniform([106.6, 39.3], [107.0, 39.8], (UNITS, 2))[rows["unit"]]
    rows["lon"], rows["lat"] = (start + along[:, None] * np.stack([np.sin(heading), np.cos(heading)], 1)).T.round(7)
    rows["heading"], rows["speed"] = np.degrees(heading), draw.uniform(0, 20, count)
    return rows


def as_it_comes(rows: Rows, seed: int = 6) -> Iterator[Rows]:
    """Batches of a thousand: a tenth comes some minutes late, a fifth is sent twice."""
    draw = np.random.default_rng(seed)
    comes = np.arange(len(rows), dtype=float)
    late = draw.random(len(rows)) < 0.1
    comes[late] += draw.uniform(0, 200_000, late.sum())
    twice = draw.random(len(rows)) < 0.2
    order = np.concatenate([comes, comes[twice] + draw.uniform(0, 20_000, twice.sum())])
    which = np.concatenate([np.arange(len(rows)), np.flatnonzero(twice)])[np.argsort(order, kind="stable")]
    for first in range(0, len(which), 1_000):
        yield rows[which[first : first + 1_000]]


def passages(count: int, days: int = 30, seed: int = 7) -> Rows:
    """Passages in order of time; some plates pass often."""
    draw = np.random.default_rng(seed)
    letters = np.frombuffer(LETTERS.encode(), np.uint8)
    plates = letters[draw.integers(0, len(letters), (PLATES, 7))]
    plates[:, 0] = ord("C")
    names = np.ascontiguousarray(plates).view("S7")[:, 0]
    rows = np.zeros(count, PASSAGE)
    rows["time_ms"] = BEGIN_MS + np.sort(draw.integers(0, days * DAY_MS, count))
    rows["cp"] = draw.integers(0, CHECKPOINTS, count)
    rows["plate"] = names[(draw.beta(0.6, 2.0, count) * PLATES).astype(int)]
    return rows


def asked(query: str, known: Rows, seen: Rows, draw: Any) -> tuple[Any, ...]:
    """Parameters of a query, drawn anew each time."""
    plate = seen["plate"][draw.integers(len(seen))].decode() if len(seen) else "C000000"
    day = int(BEGIN_MS + draw.integers(0, 29) * DAY_MS)
    span = int(known["time_ms"][-1] - known["time_ms"][0]) if len(known) else 0
    begin = int(BEGIN_MS + draw.integers(0, max(span, 1)))
    lon, lat = draw.uniform(106.6, 106.9), draw.uniform(39.3, 39.7)
    choices: dict[str, tuple[Any, ...]] = {
        "track of an hour": (int(draw.integers(UNITS)), begin, begin + 3_600_000),
        "track of a day": (int(draw.integers(UNITS)), BEGIN_MS, BEGIN_MS + DAY_MS),
        "all in a box in a minute": (begin, begin + 60_000, lon, lon + 0.05, lat, lat + 0.05),
        "fixes in all": (),
        "Q1 plate": (plate, BEGIN_MS, BEGIN_MS + 30 * DAY_MS),
        "Q2 prefix": (plate[:5], plate[:5] + "~", day, day + DAY_MS),
        "Q3 wildcard": (f"_{plate[1:3]}_{plate[4]}%", day, day + DAY_MS),
        "Q4 checkpoints": (100, 110, day, day + 3_600_000),
        "Q5 counts of a day": (day, day + DAY_MS),
        "Q6 counts of a month": (BEGIN_MS, BEGIN_MS + 30 * DAY_MS),
    }
    return choices[query]
