"""What a server holds: the store and the city as it is now. Opened and closed in one place.

The city as it is now is one value, swapped in one assignment: a request reads it once and sees one build
and one state of the records, however long it takes.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geoserver.fleet import Fleet
from geoserver.search_entries import search_index
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Store
from geoserver.town import Town
from layers.cameras.model import Camera
from layers.search import Index
from tiles.errors import Fault

log = logging.getLogger("geoserver")


@dataclass(frozen=True)
class Now:
    """One build with one state of the cameras, and the names of both."""

    town: Town
    fleet: Fleet
    names: Index

    @classmethod
    def of(cls, town: Town, store: Store) -> "Now":
        """Read the cameras and index them over a town."""
        seq = store.head()
        cameras = [record for record in store.find(Query(kind="camera")) if isinstance(record, Camera)]
        return cls(town, Fleet.make(cameras, town.scene, seq), search_index(town, cameras))


class Services:
    """The store, and the city as it is now."""

    def __init__(self, store: Store, now: Now, cache: Path) -> None:
        self.store = store
        self.now = now
        self._cache = cache
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._seen = _stamp(now.town.folder)

    def refresh(self) -> bool:
        """Take up a new build or changed records, if there are any; says whether there were."""
        stamp, seq = _stamp(self.now.town.folder), self.store.head()
        if stamp == self._seen and seq == self.now.fleet.seq:
            return False
        town = self.now.town if stamp == self._seen else Town.open(self.now.town.folder, self._cache)
        self.now = Now.of(town, self.store)
        self._seen = stamp
        log.info("now serving version %s with %d cameras", town.scene.version, self.now.fleet.count)
        return True

    def watch(self, every_s: float) -> None:
        """Look for changes in the background until closed."""

        def look() -> None:
            while not self._stop.wait(every_s):
                try:
                    self.refresh()
                except (Fault, OSError, ValueError, KeyError):
                    # The build may be in the middle of a swap; the present city is served on.
                    log.exception("a new build or record could not be taken up")
                    self._stop.wait(5)

        self._watcher = threading.Thread(target=look, name="watch", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Stop watching, close the store."""
        self._stop.set()
        if self._watcher:
            self._watcher.join(timeout=10)
        self.store.close()


@contextlib.contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open the city of a folder; closed on leaving."""
    town = Town.open(settings.folder, settings.cache)
    store = SqliteStore.open(settings.database)
    services = Services(store, Now.of(town, store), settings.cache)
    services.watch(settings.poll_s)
    try:
        yield services
    finally:
        services.close()


def _stamp(folder: Path) -> tuple[int, int]:
    try:
        state = (folder / "build.json").stat()
    except FileNotFoundError:
        return 0, 0
    return state.st_mtime_ns, state.st_ino
