"""Features at hand, as the bytes that are sent: a box is answered without the store, and nothing is encoded twice.

A kind is put on its shelf when it is first asked for, and kept up with the journal from then on. A shelf holds what
the store holds; who asks is told what their reach reaches of it.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import orjson

from geoserver.boxes import Box
from geoserver.ogc_items import feature
from geoserver.storage.store import Change, Query, Store
from layers.catalogue import KINDS
from layers.grants.permissions import Reach
from layers.record import Record

Ward = tuple[str, int | None]
"""What grants tell apart within a kind: area and tier."""
MOST_PENDING = 2_000
"""Changes that wait for the next question; after more the shelf is put up anew."""


class Shelf:
    """The features of one kind, by longitude. Not safe to use from several threads."""

    def __init__(self, records: Iterable[Record]) -> None:
        held = sorted(records, key=lambda record: record.lon)
        self._wards: dict[Ward, int] = {}
        self._lon = np.array([record.lon for record in held], np.float64)
        self._lat = np.array([record.lat for record in held], np.float64)
        self._ward = np.array([self._number(record) for record in held], np.int32)
        self._ids = [record.id for record in held]
        self._bodies = [_encoded(record) for record in held]
        self._held = {record.id: (record.lon, record.version) for record in held}

    def within(self, box: Box, reach: Reach) -> list[bytes]:
        """The features in a box that a reach reaches, in the order of their ids; not over the date line."""
        west, south, east, north = box
        first, last = self._lon.searchsorted(west, "left"), self._lon.searchsorted(east, "right")
        lat = self._lat[first:last]
        fits = (lat >= south) & (lat <= north)
        if not reach.is_everything:
            seen = np.array([reach.covers(*ward) for ward in self._wards] or [False])
            fits &= seen[self._ward[first:last]]
        found = np.flatnonzero(fits) + first
        ids, bodies = self._ids, self._bodies
        return [bodies[i] for i in sorted(found.tolist(), key=ids.__getitem__)]

    def put(self, id_: str, record: Record | None) -> None:
        """Take up a record as it is now; None takes it away. What is older than what is held changes nothing."""
        known = self._held.get(id_)
        if record is not None and known is not None and record.version < known[1]:
            return
        if known is not None:
            self._drop(id_, known[0])
        if record is not None:
            self._add(record)

    def _drop(self, id_: str, lon: float) -> None:
        i = int(self._lon.searchsorted(lon, "left"))
        while self._ids[i] != id_:
            i += 1
        del self._ids[i], self._bodies[i], self._held[id_]
        self._lon, self._lat = np.delete(self._lon, i), np.delete(self._lat, i)
        self._ward = np.delete(self._ward, i)

    def _add(self, record: Record) -> None:
        i = int(self._lon.searchsorted(record.lon, "left"))
        self._lon = np.insert(self._lon, i, record.lon)
        self._lat = np.insert(self._lat, i, record.lat)
        self._ward = np.insert(self._ward, i, self._number(record))
        self._ids.insert(i, record.id)
        self._bodies.insert(i, _encoded(record))
        self._held[record.id] = (record.lon, record.version)

    def _number(self, record: Record) -> int:
        ward = record.area, getattr(record, "tier", None)
        return self._wards.setdefault(ward, len(self._wards))


class Shelves:
    """One shelf for each kind that was asked for. Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._reading = threading.Lock()
        self._shelves: dict[str, Shelf] = {}
        self._pending: dict[str, list[Change]] = {}

    def take(self, rows: Sequence[Change]) -> None:
        """Note rows of the journal, for the kinds that are at hand."""
        with self._guard:
            for row in rows:
                pending = self._pending.get(row.kind)
                if pending is not None:
                    pending.append(row)

    def at_hand(self, kind: str, box: Box, reach: Reach) -> list[bytes] | None:
        """What is in a box; None where the kind has to be put up first."""
        with self._guard:
            if not self._is_fresh(kind):
                return None
            shelf, pending = self._shelves[kind], self._pending[kind]
            for row in pending:
                shelf.put(row.id, None if row.after is None else KINDS[kind].model.model_validate(row.after))
            pending.clear()
            return shelf.within(box, reach)

    def put_up(self, kind: str) -> None:
        """Read a kind from the store, unless another has done so meanwhile; takes its time."""
        with self._reading:
            with self._guard:
                if self._is_fresh(kind):
                    return
                # What is written from here on waits, and is taken up by whoever asks next.
                self._shelves.pop(kind, None)
                self._pending[kind] = []
            shelf = Shelf(self._store.find(Query(kind)))
            with self._guard:
                self._shelves[kind] = shelf

    def _is_fresh(self, kind: str) -> bool:
        """Whether a kind is at hand, and what has changed since can be taken up."""
        pending = self._pending.get(kind, [])
        return kind in self._shelves and len(pending) <= MOST_PENDING and not any(row.pruned for row in pending)


def joined(head: Mapping[str, object], features: Sequence[bytes]) -> bytes:
    """A feature collection of encoded features; ``head`` is what else it says."""
    return orjson.dumps(head)[:-1] + b',"features":[' + b",".join(features) + b"]}"


def _encoded(record: Record) -> bytes:
    return orjson.dumps(feature(record))
