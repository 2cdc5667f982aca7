"""How many requests a second for a box of 100 features out of 100,000: ours beside tipg's, in the same run.

``python -m tests.bench.ogc`` : the same checkpoints in our store (SQLite) and in a PostGIS table with an index, each
    served by one process of uvicorn with uvloop and httptools; ``--clients`` connections ask for boxes that hold 100
    each, every box anew. tipg sits in an environment of its own, ``--make`` makes it. Rounds take turns, and the
    median of the rounds' ratios is told: what else the machine does touches both alike.

Each answer is read and its features are counted. Ours also asks who asks, and tells only what they may see.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import orjson
import psycopg

from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from layers.checkpoints import Checkpoint
from tests.bench.ogc_client import Asked, rate
from tests.contract.get_postgres import Cluster, programs
from tests.geoserver.conftest import cameras

HERE = Path(__file__).resolve().parent
PEER = HERE.parents[1] / ".build" / "peers-tipg"
CITY = (106.7, 39.5, 106.9, 39.7)
WANTED = 100
MIN_RATIO = 20.0
COLUMNS = (
    "id", "name", "name_en", "road", "lanes", "status", "owner", "remarks",
    "area", "district", "street", "community",
)  # fmt: skip


def points(count: int) -> list[Checkpoint]:
    """Checkpoints spread evenly over a city."""
    rng = np.random.default_rng(7)
    west, south, east, north = CITY
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    return [
        Checkpoint(
            id=f"k{i:06d}", name=f"卡口{i}", name_en=f"Checkpoint {i}", road=f"道路{i % 300}", lanes=1 + i % 8,
            owner="交警支队", area="150302001001", district="150302", street="150302001", community="150302001001",
            lon=round(float(lon[i]), 7), lat=round(float(lat[i]), 7),
        )
        for i in range(count)
    ]  # fmt: skip


def boxes(held: Sequence[Checkpoint], count: int) -> list[tuple[str, int]]:
    """Boxes of about ``WANTED`` features, and how many lie in each, counted here."""
    rng = np.random.default_rng(8)
    lon, lat = np.array([one.lon for one in held]), np.array([one.lat for one in held])
    west, south, east, north = CITY
    share = (WANTED / len(held)) ** 0.5
    wide, high = (east - west) * share, (north - south) * share
    found = []
    for x, y in zip(rng.uniform(west, east - wide, count), rng.uniform(south, north - high, count), strict=True):
        box = (round(x, 7), round(y, 7), round(x + wide, 7), round(y + high, 7))
        inside = (lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])
        found.append((",".join(map(str, box)), int(inside.sum())))
    return found


@dataclass(frozen=True)
class Served:
    """A server that answers, and how it is asked."""

    address: str
    path: str
    headers: dict[str, str]


@contextlib.contextmanager
def ours(held: Sequence[Checkpoint], folder: Path) -> Iterator[Served]:
    """Our server over a store with the features."""
    store = SqliteStore.open(folder / "city.sqlite")
    store.commit([Write.put(one, 0) for one in cameras()])
    store.commit([Write.put(one, 0) for one in held])
    store.close()
    with _running([sys.executable, "-m", "tests.bench.ogc_server", str(folder)], {}) as process:
        assert process.stdout is not None
        address, key = process.stdout.readline().split()
        yield Served(address, "/ogc/collections/checkpoints/items?f=json", {"Authorization": f"Bearer {key}"})


@contextlib.contextmanager
def tipg(held: Sequence[Checkpoint], cluster: Cluster) -> Iterator[Served]:
    """tipg over a table with the features."""
    database = _over_tcp(cluster, "tipg")
    with psycopg.connect(database, autocommit=True) as connection:
        columns = ", ".join(f"{name} {'integer' if name == 'lanes' else 'text'}" for name in COLUMNS)
        connection.execute(
            f"CREATE TABLE checkpoints ({columns}, PRIMARY KEY (id), geom geometry(Point, 4326))".encode()
        )
        with connection.cursor().copy(f"COPY checkpoints ({', '.join(COLUMNS)}, geom) FROM STDIN".encode()) as copy:
            for one in held:
                copy.write_row([*(getattr(one, name) for name in COLUMNS), f"SRID=4326;POINT({one.lon} {one.lat})"])
        connection.execute("CREATE INDEX ON checkpoints USING gist (geom)")
        connection.execute("VACUUM ANALYZE checkpoints")
    port = _free_port()
    serve = ["-m", "uvicorn", "tipg.main:app", "--port", str(port), "--no-access-log", "--log-level", "error"]
    address = f"http://127.0.0.1:{port}"
    environment = {"DATABASE_URL": database}
    with _running([str(PEER / "bin" / "python"), *serve], environment):
        _wait(f"{address}/healthz")
        yield Served(address, "/collections/public.checkpoints/items?f=geojson", {})


def _over_tcp(cluster: Cluster, name: str) -> str:
    """A database of the cluster at an address with a host and a port, which tipg's settings ask for."""
    port = _free_port()
    with psycopg.connect(cluster.database(name), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET listen_addresses = '127.0.0.1'")
        connection.execute(f"ALTER SYSTEM SET port = {port}".encode())
    cluster.run("pg_ctl", "-D", f"{cluster.folder}/data", "-w", "-s", "-l", f"{cluster.folder}/log", "restart")
    return f"postgresql://geo@127.0.0.1:{port}/{name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--features", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    if given.make or not PEER.exists():
        make()
    bin_ = programs()
    if bin_ is None:
        sys.exit("no PostgreSQL with PostGIS here; python -m tests.contract.get_postgres as root installs it")
    held = points(given.features)
    asked = boxes(held, 2_000)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = Cluster.make(bin_, durable=True)
        stack.callback(cluster.stop)
        servers = [stack.enter_context(ours(held, folder)), stack.enter_context(tipg(held, cluster))]
        _compare(servers, asked, given)


def _compare(servers: Sequence[Served], asked: Sequence[tuple[str, int]], given: argparse.Namespace) -> None:
    ratios = []
    for number in range(given.rounds + 1):
        rates = []
        for server in servers:
            how = Asked(server.address, server.path, server.headers, asked, given.clients, given.seconds)
            rates.append(asyncio.run(rate(how)))
        if number:  # the first is for warming up
            ratios.append(rates[0] / rates[1])
            print(orjson.dumps({"round": number, "ours": round(rates[0], 1), "tipg": round(rates[1], 1)}).decode())
    ratio = float(np.median(ratios))
    told = {"features": given.features, "in a box": WANTED, "ratio": round(ratio, 1), "floor": MIN_RATIO}
    print(orjson.dumps(told).decode())
    if ratio < MIN_RATIO:
        sys.exit(1)


def make() -> None:
    """The environment, with what ``peers-tipg.txt`` names."""
    shutil.rmtree(PEER, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", PEER], check=True)
    install = [PEER / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", HERE / "peers-tipg.txt"]
    subprocess.run(install, check=True)


@contextlib.contextmanager
def _running(command: Sequence[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(address: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(address).status_code == 200:
                return
        time.sleep(0.2)
    raise TimeoutError(address)


if __name__ == "__main__":
    main()
