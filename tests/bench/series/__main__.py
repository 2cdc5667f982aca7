"""Which engine keeps series: ``python -m tests.bench.series [--fixes 2000000] [--passages 10000000] [--kills 5]``.

Each engine in turn, on the same rows in one run: batches of a thousand fixes (a tenth late, a fifth twice),
each durable before the next; the time to open; queries, medians of 15 with new parameters each time; readers while it
writes; the process killed in the middle of writing, and what it had said was kept looked for. Figures, no verdict.
"""

import argparse
import multiprocessing
import os
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from tests.bench.series.engines import QUERIES, ClickHouse, Duck, Engine, Postgres, Rows, Sqlite
from tests.bench.series.workload import as_it_comes, asked, fixes, passages
from tests.contract.get_postgres import Cluster, programs

TIMES = 15
Open = Callable[[], Engine]


def ingest(engine: Engine, rows: Rows) -> float:
    """Fixes a second, those sent twice counted once."""
    began = time.perf_counter()
    for batch in as_it_comes(rows):
        engine.put_fixes(batch)
    return len(rows) / (time.perf_counter() - began)


def queries(engine: Engine, known: Rows, seen: Rows, names: Sequence[str]) -> dict[str, float]:
    """Medians, ms."""
    draw, found = np.random.default_rng(11), {}
    for name in names:
        took = []
        for _ in range(TIMES if "month" not in name else 3):
            given = asked(name, known, seen, draw)
            began = time.perf_counter()
            engine.ask(name, given)
            took.append(1e3 * (time.perf_counter() - began))
        found[name] = statistics.median(took)
    return found


def read_while_writing(open_: Open, rows: Rows) -> tuple[float, float]:
    """A track of an hour, median and worst (ms), while batches come by another connection, where an engine has one."""
    stop, took, draw = threading.Event(), [], np.random.default_rng(12)

    def write() -> None:
        later, writer = rows.copy(), open_()
        later["time_ms"] += 40 * 86_400_000
        for batch in as_it_comes(later):
            if stop.is_set():
                break
            writer.put_fixes(batch)
        writer.close()

    engine = open_()
    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(40):
        given = asked("track of an hour", rows, rows[:0], draw)
        began = time.perf_counter()
        engine.ask("track of an hour", given)
        took.append(1e3 * (time.perf_counter() - began))
        time.sleep(0.02)
    stop.set()
    thread.join()
    engine.close()
    return statistics.median(took), max(took)


def killed(open_: Open, rows: Rows, times: int) -> tuple[int, int]:
    """Fixes that were said to be kept; those of them that are not there after a kill -9 in the middle of writing."""
    said, lost = 0, 0
    for i in range(times):
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.Process(target=_write, args=(open_, rows, theirs, i))
        child.start()
        count, until = 0, time.monotonic() + 1.5 + i % 3
        while time.monotonic() < until:
            if ours.poll(0.05):
                count = ours.recv()
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        while ours.poll(0):
            count = ours.recv()
        engine = open_()
        there = engine.ask("fixes in all", ())[0][0]
        engine.close()
        said, lost = said + count, lost + max(count - there + said, 0)
        said = max(said, there)
    return said, lost


def _write(open_: Open, rows: Rows, told: Connection, i: int) -> None:
    engine, mine, done = open_(), rows.copy(), 0
    mine["time_ms"] += (100 + i) * 86_400_000
    for first in range(0, len(mine), 1_000):
        engine.put_fixes(mine[first : first + 1_000])
        done += len(mine[first : first + 1_000])
        told.send(done)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fixes", type=int, default=2_000_000)
    parser.add_argument("--passages", type=int, default=10_000_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    known, seen = fixes(given.fixes), passages(given.passages)
    of_fixes = [name for name in QUERIES if not name.startswith("Q") and name != "fixes in all"]
    of_passages = [name for name in QUERIES if name.startswith("Q")]
    for open_, size in _engines():
        began = time.perf_counter()
        engine = open_()
        print(f"{engine.name}: opened empty in {1e3 * (time.perf_counter() - began):.0f} ms")
        print(f"  fixes: {ingest(engine, known):,.0f} a second")
        for name, took in queries(engine, known, seen, of_fixes).items():
            print(f"  {name}: {took:.2f} ms")
        engine.close()
        median, worst = read_while_writing(open_, known)
        engine = open_()
        print(f"  track of an hour while it writes: {median:.2f} ms, worst {worst:.1f} ms")
        began = time.perf_counter()
        engine.load_passages(seen)
        print(f"  passages: {given.passages / (time.perf_counter() - began):,.0f} a second, with indexes")
        for name, took in queries(engine, known, seen, of_passages).items():
            print(f"  {name}: {took:.2f} ms")
        engine.close()
        print(f"  on disk: {size() / 1e6:,.0f} MB")
        began = time.perf_counter()
        engine = open_()
        engine.ask("track of an hour", asked("track of an hour", known, seen, np.random.default_rng(1)))
        print(f"  opened full, first answer: {1e3 * (time.perf_counter() - began):.0f} ms")
        engine.close()
        said, lost = killed(open_, known[:200_000], given.kills)
        print(f"  killed {given.kills} times: {said:,} said to be kept, {lost:,} of them lost", flush=True)


def _engines() -> list[tuple[Open, Callable[[], int]]]:
    made: list[tuple[Open, Callable[[], int]]] = []
    for kind in (Sqlite, Duck, ClickHouse):
        folder = Path(tempfile.mkdtemp(prefix="series"))
        made.append((lambda kind=kind, folder=folder: kind(folder), lambda folder=folder: _size(folder)))  # type: ignore[misc]
    bin_ = programs()
    if bin_ is not None:
        cluster = Cluster.make(bin_, durable=True)
        address = cluster.database("series")
        made.append((lambda: Postgres(address), lambda: _size(cluster.folder)))
    return made


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


if __name__ == "__main__":
    main()
