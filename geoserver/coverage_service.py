"""The coverage of the city in a running server: what is known now, and a quiet worker that keeps it up to date."""

import contextlib
import logging
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from geoserver.coverage_store import CoverageStore
from geoserver.coverage_tasks import Ground
from geoserver.coverage_work import Coverer, Wanted
from geoserver.derived import Derived
from geoserver.faults import NoCoverage
from geoserver.services import Services
from geoserver.settings import Settings
from layers.coverage.figures import Table, Totals
from tiles.errors import Fault
from tiles.keyed_log import LogBusy

log = logging.getLogger("geoserver")
LOOK_S = 2.0
"""So often the records are looked at, should nobody have told of a change."""
RETRY_S = 5.0
NICE = 10
CLOSE_S = 60.0
"""So long the worker may take to come to an end; a step of it is a camera, or the opening of the city."""
STAGES = ("cells", "footprints", "counts")


@dataclass(frozen=True, eq=False)
class Known:
    """Coverage as it was counted last: a value, swapped whole.

    Attributes
    ----------
    version : changes with the counts
    tables : by block of ground; ``totals`` adds them up
    keys : camera → key of its footprint, of all that are counted
    faulty : how many of those are reported faulty
    left_out : reason → how many cameras
    derived : what was worked out of it
    """

    version: str
    ground: Ground
    store: CoverageStore
    tables: Mapping[int, Table] = field(repr=False)
    totals: Totals = field(repr=False)
    keys: Mapping[str, str] = field(repr=False)
    faulty: int
    left_out: Mapping[str, int]
    derived: Derived = field(default_factory=lambda: Derived(256), repr=False)

    @property
    def included(self) -> int:
        """How many cameras are counted."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the worker is at: waiting, cells, footprints, counts, ready; busy when another process writes."""

    state: str
    done: int = 0
    total: int = 0


class CityCoverage:
    """Keeps the coverage of what a server serves, in the background; read from any thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: Known | None = None
        self.progress = Progress("waiting")
        self._stop, self._wake = threading.Event(), threading.Event()
        self._wanted: Wanted | None = None
        self._done: tuple[int, str] | None = None
        self._store: CoverageStore | None = None
        self._thread = threading.Thread(target=self._run, name="coverage", daemon=True)
        services.on_change(lambda _: self._wake.set())

    @classmethod
    @contextlib.contextmanager
    def over(cls, services: Services) -> "Iterator[CityCoverage]":
        """At work until left."""
        coverage = cls(services)
        coverage._thread.start()
        try:
            yield coverage
        finally:
            coverage.close()

    @property
    def known(self) -> Known:
        """What is known now.

        Raises
        ------
        NoCoverage
            Nothing yet.
        """
        if self._known is None:
            at = self.progress
            raise NoCoverage(state=at.state, done=at.done, total=at.total)
        return self._known

    @property
    def is_known(self) -> bool:
        """Whether anything was counted yet."""
        return self._known is not None

    @property
    def is_current(self) -> bool:
        """Whether what is known is of the records and the build as they are now."""
        return self._done == self._present()

    def close(self) -> None:
        """Stop, at the latest after the camera at hand; the worker itself closes its store, when it is done with it."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=CLOSE_S)

    def _present(self) -> tuple[int, str]:
        now = self._services.now
        return now.fleet.seq, now.town.scene.version

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            # Of this thread alone: questions go first.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        try:
            self._work()
        finally:
            if self._store is not None:
                self._store.close()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            pause = LOOK_S
            try:
                if not self.is_current:
                    self._update()
            except LogBusy:
                self.progress, pause = Progress("busy"), RETRY_S
            except (Fault, OSError, ValueError, KeyError, sqlite3.Error):
                if self._stop.is_set():
                    # The records are closed already; nobody asks any more.
                    return
                log.exception("coverage could not be brought up to date")
                pause = RETRY_S
            self._wake.wait(pause)

    def _update(self) -> None:
        now, at = self._services.now, self._present()
        scene = now.town.scene
        same = self._known is not None and self._known.ground.town is now.town
        ground = self._known.ground if self._known is not None and same else Ground.of(now.town)
        if self._stop.is_set():
            return
        if self._store is None:
            self._store = CoverageStore(Settings(folder=now.town.folder).coverage, write=True)
        wanted = Wanted.of(now.fleet.cameras.values(), scene, self._wanted if same else None)
        folder = now.town.folder if (now.town.folder / "build.json").exists() else None
        # At least two, so that a long list is worked through in other processes than the one that answers.
        workers = max(2, (os.cpu_count() or 1) - 1)
        coverer = Coverer(ground, self._store, folder, workers, self._tell, self._stop, NICE)
        coverer.update(wanted)
        if self._stop.is_set():
            return
        if same and self._known is not None:
            blocks = [block for block in coverer.changed if block < ground.lattice.ground_blocks]
            tables = {**self._known.tables, **self._store.tables(blocks)}
        else:
            tables = self._store.tables()
        self._known = self._as_known(ground, wanted, tables)
        self._wanted, self._done = wanted, at
        self.progress = Progress("ready")

    def _as_known(self, ground: Ground, wanted: Wanted, tables: Mapping[int, Table]) -> Known:
        assert self._store is not None
        counted = self._store.counted()
        plan = ground.plan
        left = Counter(wanted.left_out.values())
        left += Counter({"not-computed": sum(id_ not in counted for id_ in wanted.keys)})
        version = f"{ground.town.scene.version}-{self._store.meta(self._store.reading()).get('seq', '0')}"
        # What was drawn of the same counts stays good, whatever else was written to the journal.
        same = self._known is not None and self._known.version == version
        derived = self._known.derived if self._known is not None and same else Derived(256)
        return Known(
            version=version,
            derived=derived,
            ground=ground,
            store=self._store,
            tables=tables,
            totals=Totals.of(tables.values(), len(plan.areas), len(plan.roads)),
            keys={id_: one.key for id_, one in counted.items()},
            faulty=sum(wanted.cameras[id_].status == "fault" for id_ in counted if id_ in wanted.cameras),
            left_out=dict(sorted(left.items())),
        )

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.progress = Progress(stage, done, total)
