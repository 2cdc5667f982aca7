"""What ``geoserver audit`` does, and the hourly seal."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from geoserver.audit import SealKey, Verdict, seal_head, verify
from geoserver.console import Console
from geoserver.journal_export import check_export
from geoserver.settings import Settings
from geoserver.storage.opening import open_store
from geoserver.storage.store import Store

log = logging.getLogger("geoserver")
EVERY_S = 3600.0
"""How often the head of the journal is sealed."""


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
