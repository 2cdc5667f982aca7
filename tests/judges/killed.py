"""No acknowledged write is lost and the chain holds, however a process ends.

``python -m tests.judges.killed [--kills 20] [--commits 10000] [--engine sqlite|postgres|both]`` kills a writer in
the middle of its commits (with PostgreSQL the whole server too, every second time), again and again, until so many
kills and so many acknowledged commits are reached, and then reads everything back.

``python -m tests.judges.killed --cuts 200`` opens copies of an SQLite database whose write-ahead log is cut at a
random byte.
"""

import argparse
import contextlib
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from geoserver.audit import verify
from geoserver.storage.opening import open_store
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Write
from tests.contract.get_postgres import Cluster, programs
from tests.geoserver.builders import a_camera

SHARED = 7
"""Records that the writer changes again and again, beside those that it makes."""


@dataclass(frozen=True)
class Outcome:
    """What was lost, and what it took."""

    kills: int
    acknowledged: int
    missing: int
    chain: str
    unacknowledged: int
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nothing was lost."""
        return self.missing == 0 and self.chain == "intact"


def write_on(address: str) -> None:
    """Commit for ever: make a record and change another in one write, tell its number once it is acknowledged."""
    store = open_store(address)
    n = store.count(Query("camera")) * 1_000
    while True:
        n += 1
        shared = f"shared-{n % SHARED}"
        kept = store.get("camera", shared)
        seen = kept.version if kept else 0
        store.commit([Write.put(a_camera(f"n{n}"), 0), Write.put(a_camera(shared, name=f"after {n}"), seen)])
        os.write(1, f"n{n}\n".encode())


def kill_writers(address: str, kills: int, commits: int, cluster: Cluster | None, seed: int = 1) -> Outcome:
    """Kill writer after writer; what came of what they were told was written."""
    chance, started = random.Random(seed), time.monotonic()
    told: list[str] = []
    done = 0
    while done < kills or len(told) < commits:
        left = max(1, kills - done)
        aim = max(5, -(-(commits - len(told)) // left))
        life = chance.randint(aim // 2 + 1, aim * 3 // 2) if left > 1 else aim
        command = [sys.executable, "-m", "tests.judges.killed", "--write-on", address]
        told += one_life(command, life, chance, cluster if done % 2 else None)
        done += 1
        store = open_store(address)
        bad = verify(store, None).bad
        store.close()
        if bad:
            return Outcome(done, len(told), 0, str(bad), 0, time.monotonic() - started)
    store = open_store(address)
    found = {row.id for row in store.find(Query("camera"))}
    store.close()
    missing = len(set(told) - found)
    made = sum(1 for id_ in found if id_.startswith("n"))
    return Outcome(done, len(told), missing, "intact", made - len(set(told)), time.monotonic() - started)


def one_life(command: list[str], commits: int, chance: random.Random, cluster: Cluster | None) -> list[str]:
    """Let a writer make so many commits and kill it in the middle of the next; what it was told is written.

    It may have written all there is before; then it has ended by itself.
    """
    # A writer whose server is killed complains before it dies itself; any other complaint is worth reading.
    complaints = subprocess.DEVNULL if cluster else None
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints)
    assert writer.stdout is not None
    heard = b""
    while heard.count(b"\n") < commits:
        ready, _, _ = select.select([writer.stdout], [], [], 120)
        some = os.read(writer.stdout.fileno(), 65_536) if ready else b""
        if not some:
            if writer.wait() == 0:
                break
            raise RuntimeError("the writer ended by itself")
        heard += some
    time.sleep(chance.uniform(0, 0.005))
    if cluster:
        kill_cluster(cluster)
    writer.send_signal(signal.SIGKILL)
    heard += writer.stdout.read()
    writer.wait()
    writer.stdout.close()
    if cluster:
        cluster.start()
    return heard.decode().split()


def kill_cluster(cluster: Cluster) -> None:
    """Kill a server of our own and all its processes."""
    parent = cluster.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for pid in (parent, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(_runs(int(pid)) for pid in (parent, *children)) and time.monotonic() < deadline:
        time.sleep(0.01)
    # Where nobody collects dead processes, the server takes its dead forerunner for a living one.
    for left in (cluster.folder / "data" / "postmaster.pid", *cluster.folder.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def cut_logs(folder: Path, cuts: int, seed: int = 1) -> int:
    """Open copies whose log is cut at a random byte; how many commits the fullest of them still had.

    Raises AssertionError where a copy does not open, its chain is broken, or it holds what was never written.
    """
    chance = random.Random(seed)
    file = folder / "whole.sqlite"
    store = SqliteStore.open(file)
    store._connection.execute("PRAGMA wal_autocheckpoint = 0")
    for n in range(200):
        store.commit([Write.put(a_camera(f"n{n}"), 0), Write.put(a_camera("shared", name=str(n)), n)])
    log = file.with_name(file.name + "-wal").read_bytes()
    rows = [row.digest for row in store.journal()]
    base = folder / "base.sqlite"
    shutil.copyfile(file, base)
    store.close()
    most = 0
    for cut in [0, 31, 32, len(log), *(chance.randrange(len(log)) for _ in range(cuts))]:
        copy = folder / "copy.sqlite"
        for old in folder.glob("copy.sqlite*"):
            old.unlink()
        shutil.copyfile(base, copy)
        copy.with_name("copy.sqlite-wal").write_bytes(log[:cut])
        opened = SqliteStore.open(copy)
        verdict = verify(opened, None)
        assert verdict.bad is None, (cut, verdict.bad)
        kept = [row.digest for row in opened.journal()]
        assert kept == rows[: len(kept)], cut
        assert len(kept) % 2 == 0, cut
        most = max(most, len(kept) // 2)
        opened.close()
    return most


def judge(engine: str, kills: int, commits: int) -> Outcome:
    """The whole of it for one engine."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            return kill_writers(str(Path(folder) / "city.sqlite"), kills, commits, None)
    bin_ = programs()
    if bin_ is None:
        raise SystemExit("there is no PostgreSQL with PostGIS here")
    cluster = Cluster.make(bin_, durable=True)
    try:
        return kill_writers(cluster.database("killed"), kills, commits, cluster)
    finally:
        cluster.stop()


def main() -> None:
    """Judge, and print the figures; exit code 1 where anything was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--cuts", type=int, default=0)
    parser.add_argument("--write-on", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write_on:
        write_on(asked.write_on)
    if asked.cuts:
        with tempfile.TemporaryDirectory() as folder:
            most = cut_logs(Path(folder), asked.cuts)
        print(f"{asked.cuts + 4} cut logs opened with an intact chain; the fullest had {most} of 200 commits")
        return
    good = True
    for engine in ("sqlite", "postgres") if asked.engine == "both" else (asked.engine,):
        outcome = judge(engine, asked.kills, asked.commits)
        print(engine, outcome)
        good = good and outcome.good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
