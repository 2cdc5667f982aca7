"""The condition of a server: whether its database answers, its disk has room, its journal is sealed."""

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from geoserver.storage.store import Seal, Store

PATIENCE_S = 3.0
"""A database that has not answered by then counts as away."""
LEAST_FREE_BYTES = 256 * 2**20
"""With less than this on the city's disk, the next writes may fail."""


@dataclass(frozen=True)
class Condition:
    """How a server is at a moment.

    Attributes
    ----------
    database_s : seconds that the database took to answer; None: it did not
    head, sealed, sealed_at : last row of the journal, last one that a seal covers, and when that was made
        (seconds since 1970); None where it is not known, or nothing is sealed
    free_bytes, disk_bytes : of the disk that the city's folder is on
    """

    database_s: float | None
    head: int | None
    sealed: int | None
    sealed_at: float | None
    free_bytes: int
    disk_bytes: int

    @property
    def has_database(self) -> bool:
        """Whether the database answers."""
        return self.database_s is not None

    @property
    def has_room(self) -> bool:
        """Whether the disk has room for what is written next."""
        return self.free_bytes >= LEAST_FREE_BYTES

    @property
    def is_ready(self) -> bool:
        """Whether people can work with this server."""
        return self.has_database and self.has_room


class Prober:
    """Looks at the condition. Safe to use from many threads: one of them asks the database, however many look."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="condition")
        self._asked: Future[tuple[float, int, Seal | None]] | None = None
        self._guard = threading.Lock()

    @classmethod
    @contextlib.contextmanager
    def over(cls, store: Store, folder: Path) -> Iterator[Self]:
        """A prober, until left."""
        prober = cls(store, folder)
        try:
            yield prober
        finally:
            prober._asker.shutdown(wait=False, cancel_futures=True)

    def look(self) -> Condition:
        """The condition now."""
        disk = shutil.disk_usage(self._folder)
        with self._guard:
            if self._asked is None or self._asked.done():
                self._asked = self._asker.submit(self._ask)
            asked = self._asked
        try:
            seconds, head, seal = asked.result(timeout=PATIENCE_S)
        except Exception:  # whatever a database says when it is away
            return Condition(None, None, None, None, disk.free, disk.total)
        sealed_at = datetime.fromisoformat(seal.time).timestamp() if seal else None
        return Condition(seconds, head, seal.seq if seal else None, sealed_at, disk.free, disk.total)

    def _ask(self) -> tuple[float, int, Seal | None]:
        started = time.perf_counter()
        head = self._store.head()
        seconds = time.perf_counter() - started
        return seconds, head, max(self._store.seals(), key=lambda seal: seal.seq, default=None)
