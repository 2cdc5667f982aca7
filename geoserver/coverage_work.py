"""Brings the coverage of a city up to date: footprints that are missing, and the counts that follow from them."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from geoserver.coverage_store import FORMAT, Counted, CoverageStore
from geoserver.coverage_tasks import (
    WALLS_TOGETHER,
    Ground,
    Group,
    Part,
    Recounted,
    Where,
    look_all,
    looked,
    recount_at,
    recounted,
)
from layers.cameras.model import Camera
from layers.coverage.base import group_of
from layers.coverage.lattice import Laid
from layers.coverage.record import key_of
from tiles.scene import Scene
from tiles.work import Crew, stream

CHUNK = 48
"""Cameras that one task takes."""
TOGETHER = 20_000
"""Cameras whose counts change in one transaction."""
WORTH_A_POOL = 96
"""From so many missing cameras on, further processes are started."""
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cameras are to be in the counts, and why the others are not."""

    cameras: Mapping[str, Camera]
    keys: Mapping[str, str]
    left_out: Mapping[str, str]

    @classmethod
    def of(cls, cameras: Iterable[Camera], scene: Scene, before: "Wanted | None" = None) -> "Wanted":
        """Of all cameras those whose view is known and that are there to look.

        ``before`` of the same city saves working out again what has not changed.
        """
        chosen: dict[str, Camera] = {}
        keys: dict[str, str] = {}
        left: dict[str, str] = {}
        for camera in cameras:
            id_ = camera.id
            if before is not None and before.cameras.get(id_) is camera:
                chosen[id_], keys[id_] = camera, before.keys[id_]
                continue
            reason = reason_against(camera, scene)
            if reason:
                left[id_] = reason
            else:
                chosen[id_], keys[id_] = camera, key_of(camera, scene.version)
        return cls(chosen, keys, left)


def reason_against(camera: Camera, scene: Scene) -> str:
    """Why a camera covers nothing; empty if it may."""
    if camera.status not in ("in-service", "fault"):
        return "not-in-service"
    if not camera.can_be_aimed:
        return "direction-unknown"
    return "" if scene.inside(camera.lon, camera.lat) else "outside-city"


@dataclass(frozen=True, eq=False)
class Coverer:
    """One bringing up to date.

    Attributes
    ----------
    folder : of the built city, for further processes; None keeps all in this one
    tell : told stage, done, total
    stopping : set when it shall stop; what is done is kept
    """

    ground: Ground
    store: CoverageStore
    folder: Path | None
    workers: int
    tell: Told
    stopping: threading.Event
    nice: int = 0
    """By how much further processes step back for others."""
    changed: set[int] = field(default_factory=set)
    """Blocks whose counts were changed."""

    def update(self, wanted: Wanted) -> int:
        """Make everything as it is wanted; returns how many cameras changed in the counts."""
        with Crew(self.workers) as crew:
            return self._update(wanted, crew)

    def _update(self, wanted: Wanted, crew: Crew) -> int:
        self._start_anew_if_needed()
        self._lay_ground(crew)
        counted = self.store.counted()
        new = [id_ for id_, key in wanted.keys.items() if not _same(counted.get(id_), key, wanted.cameras[id_])]
        gone = [id_ for id_ in counted if id_ not in wanted.keys]
        missing = [wanted.cameras[id_] for id_ in new if not self.store.has(wanted.keys[id_])]
        self._look(missing, crew)
        changes = 0
        for some in batched([*new, *gone], TOGETHER):
            if self.stopping.is_set():
                break
            changes += self._count(some, wanted, counted, crew)
        if changes:
            self.store.retain({*wanted.keys.values(), *(one.key for one in self.store.counted().values())})
        return changes

    def _start_anew_if_needed(self) -> None:
        version = self.ground.town.scene.version
        with self.store.writing() as base:
            if self.store.meta(base).get("city") != version:
                self.store.forget(base)
                rows = [("format", FORMAT), ("city", version), ("seq", "0")]
                base.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def _where(self) -> Where | None:
        return (self.folder, self.ground.town.scene.version, self.nice) if self.folder else None

    def _lay_ground(self, crew: Crew) -> None:
        """Work out what the lattice's cells are, wherever that is not known."""
        known = {row[0] for row in self.store.reading().execute("SELECT number FROM base")}
        lattice = self.ground.lattice
        missing = sorted({group_of(lattice, block) for block in range(lattice.ground_blocks) if block not in known})
        if not missing:
            return
        groups = [Group(number, {}, {}, ()) for number in missing]
        done, total = 0, len(groups)
        with self.store.writing() as base:
            found = stream(self._task(total), groups, workers=self._workers(total), crew=crew)
            for _, one in found:
                self._put_cells(base, one)
                done += 1
                self.tell("cells", done, total)
                if self.stopping.is_set():
                    found.close()
                    break

    def _workers(self, count: int) -> int:
        return self.workers if self.folder is not None and count >= WORTH_A_POOL else 1

    def _task(self, count: int) -> Callable[[Group], Recounted]:
        where = self._where()
        return partial(recount_at, where) if where and self._workers(count) > 1 else partial(recounted, self.ground)

    def _put_cells(self, base: sqlite3.Connection, found: Recounted) -> None:
        rows = [(block, *data) for block, data in found.bases.items()]
        base.executemany("INSERT OR REPLACE INTO base VALUES (?, ?, ?)", rows)

    def _look(self, cameras: Sequence[Camera], crew: Crew) -> None:
        """Work out footprints; each is kept as soon as it is there."""
        if not cameras:
            return
        done, total = 0, len(cameras)
        self.tell("footprints", 0, total)
        # Neighbours together, so that a process meets the same part of the city again.
        near = sorted(cameras, key=lambda camera: (round(camera.lat * 50), camera.lon))
        where = self._where()
        workers = self._workers(total)
        chunks = list(batched(near, CHUNK if workers > 1 else 1))
        task = partial(look_all, where) if workers > 1 and where else partial(looked, self.ground)
        for chunk, results in stream(task, chunks, workers=workers, crew=crew):
            for one in results:
                self.store.put_camera(one.key, one.footprint, one.profile or None)
            done += len(chunk)
            self.tell("footprints", done, total)
            if self.stopping.is_set():
                return

    def _count(self, ids: Sequence[str], wanted: Wanted, counted: Mapping[str, Counted], crew: Crew) -> int:
        """Take out what is counted of some cameras and put in what is wanted, in one transaction."""
        parts: dict[int, list[Part]] = {}
        rows: list[tuple[str, str, int]] = []
        gone: list[str] = []
        for id_ in ids:
            before, key = counted.get(id_), wanted.keys.get(id_)
            if key is not None and not self.store.has(key):
                continue
            if key is not None and self.store.footprint(key) is None:
                # It could not be worked out, and is in no count.
                key = None
            if before is None and key is None:
                continue
            if before is not None:
                self._spread(before.key, before.tier, -1, parts)
            if key is not None:
                tier = wanted.cameras[id_].tier
                self._spread(key, tier, 1, parts)
                rows.append((id_, key, tier))
            else:
                gone.append(id_)
        if not (rows or gone) or not self._recount(parts, rows, gone, crew):
            return 0
        return len(rows) + len(gone)

    def _spread(self, key: str, tier: int, sign: int, parts: dict[int, list[Part]]) -> None:
        kept = self.store.footprint(key)
        if kept is None:
            return
        laid: Laid = kept.laid
        for k, block in enumerate(laid.blocks.tolist()):
            parts.setdefault(self._group(block), []).append(Part(block, tier, sign, laid.of_block(k)))

    def _group(self, block: int) -> int:
        """Groups of ground are counted from 0 up, those of facades from −1 down."""
        lattice = self.ground.lattice
        if block < lattice.ground_blocks:
            return group_of(lattice, block)
        return -1 - (block - lattice.ground_blocks) // WALLS_TOGETHER

    def _groups(self, parts: Mapping[int, list[Part]]) -> Iterator[Group]:
        base = self.store.reading()
        for number, some in parts.items():
            touched = sorted({part.block for part in some})
            kept: dict[int, bytes] = {}
            bases: dict[int, bytes] = {}
            for few in batched(touched, 500):
                marks = ",".join("?" * len(few))
                kept |= dict(base.execute(f"SELECT number, sums FROM block WHERE number IN ({marks})", few).fetchall())
                bases |= dict(base.execute(f"SELECT number, cells FROM base WHERE number IN ({marks})", few).fetchall())
            yield Group(number, kept, bases, some)

    def _recount(
        self, parts: Mapping[int, list[Part]], rows: list[tuple[str, str, int]], gone: list[str], crew: Crew
    ) -> bool:
        done, total = 0, len(parts)
        with self.store.writing() as base:
            groups = stream(self._task(len(rows)), self._groups(parts), workers=self._workers(len(rows)), crew=crew)
            for _, found in groups:
                self.changed.update(found.blocks)
                for block, data in found.blocks.items():
                    if data is None:
                        base.execute("DELETE FROM block WHERE number = ?", (block,))
                    else:
                        base.execute("INSERT OR REPLACE INTO block VALUES (?, ?, ?)", (block, *data))
                self._put_cells(base, found)
                done += 1
                self.tell("counts", done, total)
                if self.stopping.is_set():
                    groups.close()
                    base.execute("ROLLBACK")
                    return False
            base.executemany("DELETE FROM counted WHERE camera = ?", [(id_,) for id_ in gone])
            base.executemany("INSERT OR REPLACE INTO counted VALUES (?, ?, ?)", rows)
            base.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'seq'")
        return True


def _same(counted: Counted | None, key: str, camera: Camera) -> bool:
    return counted is not None and counted.key == key and counted.tier == camera.tier


def batched(items: Sequence, size: int) -> Iterator[Sequence]:
    """Items in runs of no more than so many."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
