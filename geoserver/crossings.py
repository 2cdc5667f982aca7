"""Crossings of geofences, told once: positions in, records of what was crossed out.

Where each thing stands is kept in this process, as positions are. A crossing's id follows from what crossed which
zone when, so that positions which are sent again after a restart tell nothing twice.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from geoserver.live.positions import MOST
from geoserver.services import Services
from geoserver.storage.store import Change, Query, Write
from layers.crossings import Crossing
from layers.fences import Crossed, Fences, Fix, Mover, Standing
from layers.zones import Zone

ZONE = "zone"


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
            store = self._services.store
            fresh = [one for one in told if store.get(one.kind, one.id) is None]
            if fresh:
                store.commit([Write.put(one, 0) for one in fresh], actor=actor)
        if fresh:
            self._services.apply_now()
        return fresh

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
    mark = hashlib.sha256("\n".join((zone.id, kind, id_, crossed.way, at.isoformat())).encode()).hexdigest()
    return Crossing(
        id=f"crossing-{mark[:20]}", zone=zone.id, name=zone.name, mover_kind=kind, mover=id_, way=crossed.way, at=at,
        valid_from=at, valid_to=at, lon=fix.lon, lat=fix.lat, area=zone.area,
    )  # fmt: skip
