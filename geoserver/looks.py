"""Sensitive looks on their way into the journal: gathered, and committed together within a second.

A look is told with the answer that it led to, and must not make it wait for a disk; so a server that is killed may
lose the looks of its last second, and nothing else.
"""

import logging
import threading
from collections.abc import Mapping
from typing import Any

import orjson

from geoserver.storage.store import Look, Store

log = logging.getLogger("geoserver")
EVERY_S = 0.5
MOST = 10_000
"""Looks that may wait; who looks beyond that waits for the disk."""


class Looks:
    """Looks that wait. Safe to use from many threads."""

    def __init__(self, store: Store, every_s: float = EVERY_S) -> None:
        self._store = store
        self._every_s = every_s
        self._waiting: dict[bytes, Look] = {}
        self._guard = threading.Lock()
        self._commits = threading.Lock()
        self._closing = threading.Event()
        self._writer: threading.Thread | None = None

    def note(self, actor: str, kind: str, id_: str, detail: Mapping[str, Any], purpose: str = "") -> None:
        """Have a look noted. The same one again within the same moment is one."""
        look = Look(actor, kind, id_, purpose, detail)
        with self._guard:
            self._waiting[orjson.dumps([actor, kind, id_, purpose, detail], option=orjson.OPT_SORT_KEYS)] = look
            full = len(self._waiting) >= MOST
            if self._writer is None and not self._closing.is_set():
                self._writer = threading.Thread(target=self._write_on, name="looks", daemon=True)
                self._writer.start()
        if full or self._closing.is_set():
            self.flush()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def flush(self) -> None:
        """Commit what waits, now; what cannot be committed waits on."""
        with self._commits:
            with self._guard:
                looks, self._waiting = self._waiting, {}
            if not looks:
                return
            try:
                self._store.note(list(looks.values()))
            except BaseException:
                with self._guard:
                    self._waiting = looks | self._waiting
                raise

    def close(self) -> None:
        """Commit what waits; before the store is closed."""
        self._closing.set()
        if self._writer is not None:
            self._writer.join(timeout=10)
        self.flush()

    def _write_on(self) -> None:
        while not self._closing.wait(self._every_s):
            try:
                self.flush()
            except Exception:
                # The database may be away for a while; looks wait for it.
                log.exception("looks could not be noted")
