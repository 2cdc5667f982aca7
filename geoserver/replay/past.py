"""The situation at a moment that is past, as one caller may see it.

Records come from the journal, positions from the series of fixes, the cameras' conditions from the spans of their
health. What is told is what is known now about then: a fix that came late stands where it belongs.

Grants count as they are held now, over the area that a thing was in then: what lay in somebody's area may be told to
them as it lay there, and what was elsewhere then may not, wherever it is by now.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from geoserver.accounts.caller import Caller
from geoserver.accounts.seen import Seen
from geoserver.boxes import Box
from geoserver.fleet import in_box
from geoserver.health.kept import KeptHealth
from geoserver.live.positions import SILENT_S
from geoserver.series.fixes import FixSeries
from geoserver.storage.store import Change, JournalQuery, Query, Store
from geoserver.vehicles.garage import VEHICLE
from layers.cameras.model import Camera
from layers.catalogue import KINDS
from layers.grants.permissions import Reach
from layers.health.thresholds import FAULTS
from layers.incidents.model import STATES
from layers.record import Record
from layers.tracks.track import Fixes

CLOSED: Final = "closed"
STANDING: Final = tuple(state for state in STATES if state != CLOSED)
TRACK: Final = "track"
PIECE: Final = 1_000
"""Rows of the journal that are read at once."""
QUIET_MS: Final = 60_000
"""Not heard of for longer, where it is nobody knows: it is silent."""
STANDING_M_S: Final = 0.5
"""Slower than this it stands: positions waver."""
Condition = tuple[str, bool | None, list[str]]
"""A camera, whether it was online (None: not known), and what was wrong with its picture."""


@dataclass(frozen=True)
class Records:
    """Records of a kind as they were; ``unknown`` of them cannot be told any more, which only who sees all of the kind
    is told: nobody knows where those lay."""

    records: Sequence[Record]
    unknown: int


@dataclass(frozen=True, eq=False)
class Positions:
    """Where vehicles were: ``fixes`` (n,), the last of each up to the moment, and their ids."""

    vehicles: Sequence[str]
    fixes: Fixes


@dataclass(frozen=True)
class Past:
    """What is kept of the past, for one caller.

    Attributes
    ----------
    cameras : those that there are now
    """

    store: Store
    series: FixSeries
    health: KeptHealth
    cameras: Mapping[str, Camera]
    caller: Caller

    def records(self, kind: str, seq: int, box: Box | None = None, *, standing: bool = False) -> Records:
        """Records of a kind after a row of the journal, by id; ``standing``: of incidents only those not closed.

        What was not changed since is as it is now; of the rest the first change since tells what was before. The
        present is read first: what changes in between is among the changes then.
        """
        equal = {"state": STANDING} if standing and kind == "incident" else {}
        found = {one.id: one for one in Seen(self.store, self.caller.permissions).find(Query(kind, box, equal))}
        unknown, reach = 0, self.caller.sees(kind)
        for row in self.store.first_changes(kind, seq):
            found.pop(row.id, None)
            try:
                before = _before(row)
            except ValidationError:
                unknown += reach.is_everything
                continue
            if before is None:
                unknown += row.action != "create" and reach.is_everything
            elif reach.covers_record(before) and (box is None or in_box(before.lon, before.lat, box)):
                if not equal or getattr(before, "state", "") != CLOSED:
                    found[row.id] = before
        return Records([found[id_] for id_ in sorted(found)], unknown)

    def may_track(self) -> bool:
        """Whether where vehicles were may be told to the caller at all."""
        permissions = self.caller.permissions
        return permissions.may(TRACK, VEHICLE) and permissions.may("see", VEHICLE)

    def followed(self, seq: int) -> frozenset[str]:
        """Vehicles that there were after a row, of which the caller may be told where they were."""
        reach = self.caller.permissions.reach(TRACK, VEHICLE)
        return frozenset(one.id for one in self.records(VEHICLE, seq).records if reach.covers_record(one))

    def followed_through(self, begin: int, end: int) -> frozenset[str]:
        """Vehicles of which the caller may be told where they were all the way from a row to another.

        Those that came or went meanwhile are among them; those that were another's for a while are not.
        """
        reaches = self.caller.sees(VEHICLE), self.caller.permissions.reach(TRACK, VEHICLE)
        away = {
            row.id for row in self._changed(VEHICLE, begin, end) if not all(_known_within(row, one) for one in reaches)
        }
        return (self.followed(begin) | self.followed(end)) - away

    def _changed(self, kind: str, begin: int, end: int) -> Iterator[Change]:
        """Changes of a kind after a row up to and with another, the newest first."""
        while True:
            rows = list(self.store.search(JournalQuery(kind=kind, changes=True, before=end + 1, limit=PIECE)))
            yield from (row for row in rows if row.seq > begin)
            if len(rows) < PIECE or rows[-1].seq <= begin:
                return
            end = rows[-1].seq - 1

    def positions(self, time_ms: int, vehicles: Collection[str], box: Box | None = None) -> Positions:
        """Where vehicles were, of those that had been heard of lately, as the live feed would have told it."""
        found = self.series.around(time_ms, round(SILENT_S * 1e3) - 1)
        places = zip(found.vehicles, found.before["lon"].tolist(), found.before["lat"].tolist(), strict=True)
        kept = [
            i for i, (id_, lon, lat) in enumerate(places) if id_ in vehicles and (box is None or in_box(lon, lat, box))
        ]
        return Positions([found.vehicles[i] for i in kept], found.before[kept])

    def conditions(self, time_s: float, seq: int) -> list[Condition]:
        """How cameras were, as far as anything was known; by id."""
        states: dict[str, set[str]] = {}
        for span in self.health.spans(time_s, math.nextafter(time_s, math.inf)):
            states.setdefault(span.camera, set()).add(span.state)
        then = {row.id: row for row in self.store.first_changes("camera", seq)}
        reach = self.caller.sees("camera")
        return [
            (id_, _online(held), [fault for fault in FAULTS if fault in held])
            for id_, held in sorted(states.items())
            if self._was_seen(id_, then.get(id_), reach)
        ]

    def _was_seen(self, id_: str, changed: Change | None, reach: Reach) -> bool:
        """Whether a camera, as it was, lies within a reach; ``changed``: its first change since."""
        if changed is not None:
            was = changed.before
            return was is not None and reach.covers(str(was["area"]), was.get("tier"))
        camera = self.cameras.get(id_)
        return camera is not None and reach.covers_record(camera)


def state_of(heard_ms: int, speed_m_s: float, now_ms: int) -> str:
    """Of a vehicle: moving, standing, or silent; ``speed_m_s`` NaN where it is not known."""
    if now_ms - heard_ms > QUIET_MS:
        return "silent"
    return "moving" if speed_m_s > STANDING_M_S else "standing"


def rows_between(store: Store, begin: int, end: int, most: int) -> Iterator[Change]:
    """Changes of records after a row of the journal, up to and with another; the first so many."""
    return (row for row in store.changes(begin, min(most, max(0, end - begin))) if row.seq <= end)


def _before(row: Change) -> Record | None:
    return None if row.before is None else KINDS[row.kind].model.model_validate(row.before)


def _known_within(row: Change, reach: Reach) -> bool:
    """Whether a record lay within a reach before a change and after it."""
    if reach.is_everything:
        return True
    areas = [str(one["area"]) for one in (row.before, row.after) if one is not None]
    return not row.pruned and all(reach.covers(area) for area in areas)


def _online(held: Collection[str]) -> bool | None:
    return True if "online" in held else False if "offline" in held else None
