"""All incidents at hand, newest first, kept up with the journal: lists and figures do not read the store again."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from geoserver.boxes import Box
from geoserver.fleet import in_box
from geoserver.storage.store import Change, Query, Store
from layers.incidents.model import Incident
from layers.incidents.states import watched_over

Key = tuple[float, str]
MaySee = Callable[[Incident], bool]


@dataclass(frozen=True)
class Wanted:
    """Which incidents are asked for; what is left empty asks for nothing.

    ``areas`` : codes of smallest areas; None = any place
    ``since``, ``until`` : reported at or after, and before
    ``exercise`` : only exercises, or only what is real
    ``watched`` : only those that are supervised, by a mark or by their deadline, at ``now``
    """

    now: datetime
    bbox: Box | None = None
    states: Collection[str] = ()
    categories: Collection[str] = ()
    severities: Collection[int] = ()
    sources: Collection[str] = ()
    unit: str | None = None
    areas: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    watched: bool = False
    exercise: bool | None = None
    text: str = ""

    def holds(self, one: Incident) -> bool:
        """Whether an incident is asked for."""
        return (
            (not self.states or one.state in self.states)
            and (not self.categories or one.category in self.categories)
            and (not self.severities or one.severity in self.severities)
            and (not self.sources or one.source in self.sources)
            and (self.unit is None or one.unit == self.unit)
            and (self.areas is None or one.area in self.areas)
            and (self.since is None or one.reported_at >= self.since)
            and (self.until is None or one.reported_at < self.until)
            and (self.bbox is None or in_box(one.lon, one.lat, self.bbox))
            and (not self.watched or watched_over(one, self.now))
            and (self.exercise is None or one.exercise == self.exercise)
            and (not self.text or self._says(one))
        )

    def _says(self, one: Incident) -> bool:
        wanted = self.text.casefold()
        return any(wanted in part.casefold() for part in (one.id, one.number, one.address, one.description))


@dataclass(frozen=True)
class Page:
    """Some of the incidents that were asked for, how many there are in all, and after which id it goes on."""

    incidents: Sequence[Incident]
    matched: int
    next: str | None
    seq: int


class Board:
    """The incidents of a store. Safe to use from many threads; a change of another process is seen at the next look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._seq = -1
        self._held: dict[str, Incident] = {}
        self._keys: list[Key] = []
        self._shown: tuple[int, tuple[Incident, ...]] = (-1, ())

    def all(self) -> tuple[int, tuple[Incident, ...]]:
        """The journal's sequence number up to which it is read, and all incidents, newest first."""
        with self._guard:
            if self._seq < 0:
                self._fill()
            changed = self._take_up()
            if changed or self._shown[0] < 0:
                self._shown = (self._seq, tuple(self._held[id_] for _, id_ in self._keys))
            return self._seq, self._shown[1]

    def select(self, wanted: Wanted, may_see: MaySee = lambda _: True) -> Iterator[Incident]:
        """Those that are asked for and may be seen, newest first."""
        _, all_ = self.all()
        return (one for one in all_ if wanted.holds(one) and may_see(one))

    def page(self, wanted: Wanted, limit: int, after: Incident | None, may_see: MaySee = lambda _: True) -> Page:
        """One page of them. Pages join without loss or doubles while others are reported."""
        seq, all_ = self.all()
        found = [one for one in all_ if wanted.holds(one) and may_see(one)]
        start = 0 if after is None else bisect_left(found, (_key(after), 1), key=lambda one: (_key(one), 0))
        some = found[start : start + limit]
        return Page(some, len(found), some[-1].id if start + limit < len(found) else None, seq)

    def around(self, one: Incident, seconds: float) -> list[Incident]:
        """Those that were reported no more than so many seconds before or after."""
        _, all_ = self.all()
        at = -one.reported_at.timestamp()
        first = bisect_left(all_, at - seconds, key=lambda other: _key(other)[0])
        last = bisect_left(all_, at + seconds + 1e-3, key=lambda other: _key(other)[0])
        return list(all_[first:last])

    def _fill(self) -> None:
        self._seq = self._store.head()
        found = (one for one in self._store.find(Query("incident")) if isinstance(one, Incident))
        self._held = {one.id: one for one in found}
        self._keys = sorted(map(_key, self._held.values()))

    def _take_up(self) -> bool:
        changed = False
        for row in self._store.changes(self._seq):
            self._seq = row.seq
            if row.kind == "incident":
                self._put(row.id, self._after(row))
                changed = True
        return changed

    def _after(self, row: Change) -> Incident | None:
        if row.action == "remove":
            return None
        if row.after is not None:
            return Incident.model_validate(row.after)
        # Its body was pruned; what is kept is at least as new.
        kept = self._store.get("incident", row.id)
        return kept if isinstance(kept, Incident) else None

    def _put(self, id_: str, one: Incident | None) -> None:
        before = self._held.pop(id_, None)
        if before is not None:
            del self._keys[bisect_left(self._keys, _key(before))]
        if one is not None:
            self._held[id_] = one
            self._keys.insert(bisect_left(self._keys, _key(one)), _key(one))


def _key(one: Incident) -> Key:
    """Newest first, then by id."""
    return -one.reported_at.timestamp(), one.id
