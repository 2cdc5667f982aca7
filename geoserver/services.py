"""What a server holds: the store and the city as it is now. Opened and closed in one place.

The city as it is now is one value, swapped in one assignment: a request reads it once and sees one build
and one state of the records, however long it takes. What a link finds may be newer than that by the changes
made meanwhile, and never older; see ``geoserver.fleet``.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoserver.auditing import sealing
from geoserver.fleet import Fleet
from geoserver.health.present import PresentHealth
from geoserver.live.positions import Board
from geoserver.looks import Looks
from geoserver.ptz.present import PresentAims
from geoserver.sealed_store import open_sealed
from geoserver.search_entries import NAMED, names_after, search_index
from geoserver.settings import Settings
from geoserver.storage.store import Change, Query, Store
from geoserver.town import Town
from layers.cameras.model import Camera
from layers.catalogue import KINDS
from layers.record import Record
from layers.search import Index, Key

log = logging.getLogger("geoserver")
Changed = Callable[[Collection[str]], None]
"""Told the ids of the cameras that have changed, come or gone."""
Noted = Callable[[Sequence[Change]], None]
"""Told rows of the journal, each once and in order."""


@dataclass(frozen=True)
class Now:
    """One build with one state of the records, and the names of both."""

    town: Town
    fleet: Fleet
    names: Index

    @classmethod
    def of(cls, town: Town, store: Store) -> "Now":
        """Read what has a name, and index it over a town."""
        seq = store.head()
        named = [record for kind in NAMED for record in store.find(Query(kind=kind))]
        cameras = [record for record in named if isinstance(record, Camera)]
        return cls(town, Fleet.make(cameras, town.scene, seq), search_index(town, named))

    def after(self, changed: Sequence[Record], gone: Collection[Key], seq: int) -> "Now":
        """The city after some records of the kinds that have names have changed, or come, and some have gone."""
        names = names_after(self.names, self.town, changed, gone) if changed or gone else self.names
        cameras = [record for record in changed if isinstance(record, Camera)]
        return Now(self.town, self.fleet.after(cameras, [id_ for kind, id_ in gone if kind == "camera"], seq), names)


class Services:
    """The store, and the city as it is now."""

    def __init__(self, store: Store, now: Now, cache: Path) -> None:
        self.store = store
        self.now = now
        self.positions = Board()
        self.looks = Looks(store)
        self.aims = PresentAims()
        self.health = PresentHealth()
        self.cap_sender = ""
        """By which this server names itself in CAP alerts; "": by its city."""
        self._cache = cache
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._seen = _stamp(now.town.folder)
        self._taking_up = threading.Lock()
        self._listeners: list[Changed] = []
        self._followers: list[Noted] = []

    def on_change(self, listener: Changed) -> None:
        """Have changed cameras told, after the city as it is now knows them.

        Called in the thread that took the change up, often a request's: it must be quick and not fail. After
        a new build every camera is told.
        """
        self._listeners.append(listener)

    @contextlib.contextmanager
    def following(self, follower: Noted) -> Iterator[int]:
        """Have every row of the journal told, whoever wrote it, until left; the row after which that begins.

        Called in the thread that took the rows up, after the city as it is now knows them and before the next
        rows are taken up: it must be quick and not fail.
        """
        with self._taking_up:
            self._followers.append(follower)
            seq = self.now.fleet.seq
        try:
            yield seq
        finally:
            with self._taking_up:
                self._followers.remove(follower)

    def refresh(self) -> bool:
        """Take up a new build or changed records, if there are any; says whether there were."""
        stamp = _stamp(self.now.town.folder)
        if stamp == self._seen:
            return self.apply_now()
        with self._taking_up:
            before = self.now.fleet.seq
            self.now = Now.of(Town.open(self.now.town.folder, self._cache), self.store)
            self._seen = stamp
            self._note([row for row in self.store.changes(before) if row.seq <= self.now.fleet.seq])
        log.info("now serving version %s with %d cameras", self.now.town.scene.version, self.now.fleet.count)
        self._tell(self.now.fleet.ids)
        return True

    def apply_now(self) -> bool:
        """Take up what the journal has that is not served yet, camera by camera; says whether there was any.

        A writer calls it after its commit and sees its own change at once; the watch calls it for what other
        processes write.
        """
        with self._taking_up:
            rows = list(self.store.changes(self.now.fleet.seq))
            if not rows:
                return False
            last = {(row.kind, row.id): row.after for row in rows if row.kind in NAMED}
            changed = [
                KINDS[kind].model.model_validate(after) for (kind, _), after in last.items() if after is not None
            ]
            gone = [key for key, after in last.items() if after is None]
            self.now = self.now.after(changed, gone, rows[-1].seq)
            self._note(rows)
        cameras = [id_ for kind, id_ in last if kind == "camera"]
        if cameras:
            self._tell(cameras)
        return True

    def _tell(self, ids: Collection[str]) -> None:
        for listener in self._listeners:
            listener(frozenset(ids))

    def _note(self, rows: Sequence[Change]) -> None:
        for follower in self._followers if rows else ():
            follower(rows)

    def watch(self, every_s: float) -> None:
        """Look for changes in the background until closed."""

        def look() -> None:
            while not self._stop.is_set():
                try:
                    self.store.wait(self.now.fleet.seq, every_s)
                    self.refresh()
                except Exception:
                    # The build may be in the middle of a swap, or the database away; the present city is served on.
                    log.exception("a new build or record could not be taken up")
                    self._stop.wait(5)

        self._watcher = threading.Thread(target=look, name="watch", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Stop watching, note what waits to be noted, close the store."""
        self._stop.set()
        if self._watcher:
            self._watcher.join(timeout=10)
        try:
            self.looks.close()
        finally:
            self.store.close()


@contextlib.contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open the city of a folder; closed on leaving."""
    town = Town.open(settings.folder, settings.cache)
    store = open_sealed(settings.database, settings.vault_key)
    services = Services(store, Now.of(town, store), settings.cache)
    services.cap_sender = settings.cap_sender
    services.watch(settings.poll_s)
    try:
        with sealing(store, settings):
            yield services
    finally:
        services.close()


def _stamp(folder: Path) -> tuple[int, int]:
    try:
        state = (folder / "build.json").stat()
    except FileNotFoundError:
        return 0, 0
    return state.st_mtime_ns, state.st_ino
