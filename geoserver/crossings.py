"""Crossings of geofences, told once: positions in, records of what was crossed out.

Where each thing stands is kept in this process, as positions are. A crossing's id follows from what crossed which
zone in which second, so that positions which are sent again after a restart tell nothing twice.

Of several processes over one database, the one that a position was reported to tells of the crossings that follow
from it. The others take note of where the thing stands, and tell nothing, so that a thing whose reports go now to one
and now to another is judged by all of them. Where two come to the same crossing before they have heard of each other,
the store decides: what crosses the same zone the same way within a second has crossed it once.
"""

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from geoserver.live.positions import MOST, Position
from geoserver.services import Services
from geoserver.storage.store import Change, Conflict, Query, Write
from layers.crossings import Crossing
from layers.fences import Crossed, Fences, Fix, Mover, Standing
from layers.zones import Zone

ZONE = "zone"
SAME_S = 1.0
"""What happens again so soon is the same crossing, as two processes have come to it."""

TRIES = 5


class Warden:
    """Watches the fences of a store. Safe to use from many threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._guard = threading.Lock()
        self._zones = 0
        self._fences: tuple[int, Fences] = (-1, Fences())
        self._standing: OrderedDict[Mover, Standing] = OrderedDict()

    def note(self, rows: Sequence[Change]) -> None:
        """Take note of rows of the journal: zones may have changed."""
        self._zones += any(row.kind == ZONE for row in rows)

    def take(self, fixes: Sequence[Fix], actor: str) -> list[Crossing]:
        """The crossings that follow from fixes, in the order of their times; they are in the journal by then."""
        with self._guard:
            told = [_record(one) for fix in sorted(fixes, key=lambda one: one.time_s) for one in self._crossed(fix)]
            fresh = self._kept(told, actor)
        if fresh:
            self._services.apply_now()
        return fresh

    def hear(self, positions: Sequence[Position]) -> None:
        """Take note of positions that were reported to another process, which tells what follows from them."""
        fixes = [Fix((one.kind, one.id), one.lon, one.lat, one.time_s) for one in positions]
        with self._guard:
            for fix in sorted(fixes, key=lambda one: one.time_s):
                self._crossed(fix)

    def _kept(self, told: Sequence[Crossing], actor: str) -> list[Crossing]:
        """Put into the journal what of crossings is not there yet; which those are."""
        once = {one.id: one for one in reversed(told)}.values()
        for _ in range(TRIES):
            fresh = [one for one in reversed(once) if not self._is_known(one)]
            try:
                if fresh:
                    self._services.store.commit([Write.put(one, 0) for one in fresh], actor=actor)
            except Conflict:  # another process was first with one of them
                continue
            return fresh
        return []

    def _is_known(self, crossing: Crossing) -> bool:
        for second in (0, -1, 1):
            kept = self._services.store.get(crossing.kind, _id_of(crossing, second))
            if isinstance(kept, Crossing) and abs((kept.at - crossing.at).total_seconds()) < SAME_S:
                return True
        return False

    def _crossed(self, fix: Fix) -> list[Crossed]:
        standing, crossed = self._now().crossed(fix, self._standing.get(fix.mover))
        self._standing[fix.mover] = standing
        self._standing.move_to_end(fix.mover)
        if len(self._standing) > MOST:
            self._standing.popitem(last=False)
        return crossed

    def _now(self) -> Fences:
        at = self._zones
        if self._fences[0] != at:
            zones = self._services.store.find(Query(ZONE))
            self._fences = at, Fences.of(one for one in zones if isinstance(one, Zone))
        return self._fences[1]


def _record(crossed: Crossed) -> Crossing:
    zone, fix = crossed.fence.zone, crossed.fix
    kind, id_ = fix.mover
    at = datetime.fromtimestamp(fix.time_s, UTC)
    made = Crossing(
        id="crossing", zone=zone.id, name=zone.name, mover_kind=kind, mover=id_, way=crossed.way, at=at,
        valid_from=at, valid_to=at, lon=fix.lon, lat=fix.lat, area=zone.area,
    )  # fmt: skip
    return made.model_copy(update={"id": _id_of(made)})


def _id_of(crossing: Crossing, later: int = 0) -> str:
    """The id of a crossing, or of one like it that happened so many seconds later."""
    second = math.floor(crossing.at.timestamp() / SAME_S) + later
    what = (crossing.zone, crossing.mover_kind, crossing.mover, crossing.way, str(second))
    return f"crossing-{hashlib.sha256(chr(10).join(what).encode()).hexdigest()[:20]}"
