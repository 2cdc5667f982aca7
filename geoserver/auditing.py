"""What ``geoserver audit`` does, the hourly seal, and the queue of looks."""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from geoserver.audit import SealKey, Verdict, seal_head, verify
from geoserver.console import Console
from geoserver.journal_export import check_export
from geoserver.settings import Settings
from geoserver.storage.opening import open_store
from geoserver.storage.store import Look, Store

log = logging.getLogger("geoserver")
EVERY_S = 3600.0
"""How often the head of the journal is sealed."""
TOGETHER_S = 0.5
"""How long looks wait for others to be written with them."""
TRIES_AT_END = 5
"""How often looks that could not be written are tried again once there is nobody left to wait for."""
AT_MOST = 1_000
"""Looks that are written at once."""


def verify_city(settings: Settings, console: Console) -> bool:
    """Check a city's journal and say what was found; whether it is as it should be."""
    key = SealKey.open(settings.seal_key) if settings.seal_key.exists() else None
    with contextlib.closing(open_store(settings.database)) as store:
        verdict = verify(store, key)
    if key is None:
        console.tell("audit-unchecked", key=str(settings.seal_key))
    _tell(verdict, console)
    return verdict.good


def _tell(verdict: Verdict, console: Console) -> None:
    if verdict.bad is None:
        counts = {"rows": verdict.rows, "pruned": verdict.pruned, "seals": verdict.seals, "sealed": verdict.sealed}
        console.tell("audit-good", **counts)
    else:
        console.tell(f"audit-{verdict.bad.what}", **asdict(verdict.bad))


def check_file(file: Path, key: Path, console: Console) -> None:
    """Check rows that were given out, and say what they are.

    Raises
    ------
    BadExport, BadSealKey
    """
    console.tell("audit-file", file=str(file), **asdict(check_export(file, SealKey.open(key))))


def seal_city(settings: Settings, console: Console) -> None:
    """Seal a city's journal."""
    key = SealKey.open_or_make(settings.seal_key)
    with contextlib.closing(open_store(settings.database)) as store:
        made = seal_head(store, key)
        if made:
            console.tell("sealed", seq=made.seq, key=made.key)
        else:
            console.tell("nothing-to-seal", seq=store.head())


@contextlib.contextmanager
def sealing(store: Store, settings: Settings, every_s: float = EVERY_S) -> Iterator[None]:
    """Seal the journal's head every hour, and on leaving."""
    key = SealKey.open_or_make(settings.seal_key)
    stop = threading.Event()

    def seal() -> None:
        try:
            seal_head(store, key)
        except Exception:
            log.exception("the journal could not be sealed")

    def repeat() -> None:
        while not stop.wait(every_s):
            seal()

    thread = threading.Thread(target=repeat, name="seal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
        seal()


class Looks:
    """Sensitive looks on their way into the journal: written together, within a second, without holding up anyone.

    A look that cannot be written is kept and tried again; beyond ``limit`` a look waits for its place, so none
    is lost unseen.
    """

    def __init__(self, store: Store, limit: int = 100_000) -> None:
        self._store = store
        self._limit = limit
        self._waiting: deque[Look] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="looks", daemon=True)
        self._thread.start()

    def note(self, look: Look) -> None:
        """Have a look written."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < self._limit or self._closed)
            self._waiting.append(look)
            self._changed.notify_all()

    def close(self) -> None:
        """Write what waits, and stop."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout=30)

    def _work(self) -> None:
        tries_left = TRIES_AT_END
        while tries_left:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                if not self._closed:
                    self._changed.wait_for(lambda: len(self._waiting) >= AT_MOST or self._closed, TOGETHER_S)
                some = [self._waiting[i] for i in range(min(AT_MOST, len(self._waiting)))]
            if self._wrote(some):
                with self._changed:
                    for _ in some:
                        self._waiting.popleft()
                    self._changed.notify_all()
            elif self._closed:
                tries_left -= 1

    def _wrote(self, looks: list[Look]) -> bool:
        try:
            self._store.note(looks)
        except Exception:
            log.exception("%d looks could not be written yet", len(looks))
            threading.Event().wait(TOGETHER_S)
            return False
        return True
