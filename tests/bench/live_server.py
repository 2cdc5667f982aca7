"""A server whose situation moves: positions and incidents, so many a second. For ``tests.bench.live``."""

import argparse
import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import uvicorn

from geoserver.app import create_app
from geoserver.editing import Ask, write
from geoserver.live.positions import Position
from geoserver.services import Now, Services
from geoserver.serving import configured
from geoserver.settings import Settings
from geoserver.storage.opening import open_store
from geoserver.storage.store import Write
from geoserver.town import Town
from layers.incidents.model import Incident
from tests import door
from tests.geoserver.conftest import flat_scene, flat_services

READY = "ready "
CITY = (106.7, 39.5, 106.9, 39.7)
BEAT_S = 0.01
INCIDENTS = 200


@contextlib.contextmanager
def services_of(folder: Path, database: str | None) -> Iterator[Services]:
    """Services over the flat scene, with a store of their own or over a database that others use too."""
    if database is None:
        with flat_services(folder) as services:
            yield services
        return
    store = open_store(database)
    services = Services(store, Now.of(Town.of_scene(flat_scene(), folder), store), folder / "cache")
    services.watch(1.0)
    with contextlib.closing(services):
        yield services


def moving(services: Services, rate: int, stop: threading.Event, name: str) -> None:
    """As many things as positions a second: each is heard of once a second."""
    rng = np.random.default_rng(sum(name.encode()))
    west, south, east, north = CITY
    lon, lat = rng.uniform(west, east, rate), rng.uniform(south, north, rate)
    turns, due = itertools.cycle(range(rate)), 0.0
    started = time.monotonic()
    while not stop.wait(BEAT_S):
        now, some = (time.monotonic() - started) * rate, []
        while due < now:
            i = next(turns)
            lon[i] = np.clip(lon[i] + rng.normal(0, 2e-4), west, east)
            lat[i] = np.clip(lat[i] + rng.normal(0, 2e-4), south, north)
            some.append(Position("unit", f"{name}-{i}", float(lon[i]), float(lat[i]), time.time(), None, 90.0, 12.5))
            due += 1
        services.positions.put(some)


def happening(services: Services, rate: float, stop: threading.Event, name: str) -> None:
    """Incidents that come, and change over and over."""
    rng = np.random.default_rng(6)
    west, south, east, north = CITY
    versions: dict[str, int] = {}
    now = datetime.now(UTC)
    for i in itertools.count():
        if stop.wait(1 / rate):
            return
        id_ = f"{name}-{i % INCIDENTS}"
        place = {"lon": float(rng.uniform(west, east)), "lat": float(rng.uniform(south, north))}
        record = Incident(
            id=id_,
            category="other",
            reported_at=now,
            version=1,
            description=str(time.time()),
            **place,
        )
        write(services, [Write.put(record, versions.get(id_, 0))], Ask(door.caller("bench")))
        versions[id_] = versions.get(id_, 0) + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--changes", type=float, default=20)
    parser.add_argument("--database", help="of PostgreSQL, shared with others; none: a file in the folder")
    parser.add_argument("--name", default="car", help="before the number of what moves here")
    arguments = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    stop = threading.Event()
    with services_of(arguments.folder, arguments.database) as services:
        settings = Settings(arguments.folder, database_url=arguments.database)
        app = create_app(settings, lambda _: contextlib.nullcontext(services))
        works: list[Callable[[], None]] = [lambda: moving(services, arguments.rate, stop, arguments.name)]
        if arguments.changes:
            works.append(lambda: happening(services, arguments.changes, stop, arguments.name))
        for work in works:
            threading.Thread(target=work, daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(f"{READY}{address} {door.let_in(settings.database, address)}", flush=True)
        uvicorn.Server(configured(app, settings)).run(sockets=[listener])
        stop.set()


if __name__ == "__main__":
    main()
