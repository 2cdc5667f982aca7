"""A server over a flat scene and the records of a store. For ``tests.bench.ogc``."""

import contextlib
import socket
import sys
from pathlib import Path

import uvicorn

from geoserver.app import create_app
from geoserver.services import Now, Services
from geoserver.serving import configured
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.town import Town
from tests import door
from tests.geoserver.conftest import flat_scene


def main() -> None:
    folder = Path(sys.argv[1])
    store = SqliteStore.open(folder / "city.sqlite")
    town = Town.of_scene(flat_scene(), folder)
    services = Services(store, Now.of(town, store), folder / "cache")
    settings = Settings(folder)
    app = create_app(settings, lambda _: contextlib.nullcontext(services))
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    print(address, door.let_in(settings.database, address), flush=True)
    uvicorn.Server(configured(app, settings)).run(sockets=[listener])
    services.close()


if __name__ == "__main__":
    main()
