"""The past as the API tells it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from geoserver.boxes import Box
from geoserver.live.asks import POSITIONS
from geoserver.live.audience import Everybody
from geoserver.live.conditions import CONDITIONS
from geoserver.live.told import Told
from geoserver.ogc_items import feature
from geoserver.replay.past import Past, Positions, rows_between, state_of
from geoserver.storage.store import Change
from layers.catalogue import COLLECTIONS
from layers.grants.permissions import Permissions, Reach
from layers.record import Record

ROWS = 1_000
"""Rows of the journal that are looked through for one answer."""
KNOWN = ("lon", "lat", "height_m", "heading_deg", "speed_m_s")
PLACES = (7, 7, 2, 2, 2)


class Within(Everybody):
    """What may be told of the past by grants as they are held now; asked once, so they do not change meanwhile."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions
        self._reaches: dict[str, Reach] = {}

    def may_see(self, record: Record) -> bool:
        """Whether a record, in this state, may be told."""
        if record.kind not in self._reaches:
            self._reaches[record.kind] = self._permissions.sees(record.kind)
        return self._reaches[record.kind].covers_record(record)


def situation_at(
    past: Past, time: datetime, topics: Collection[str], box: Box | None, *, standing: bool
) -> dict[str, Any]:
    """The situation at a moment: of each topic what there was."""
    seq, time_ms = past.store.last_row(time), round(time.timestamp() * 1e3)
    unknown, records = 0, {}
    for topic in topics:
        if topic in COLLECTIONS:
            found = past.records(COLLECTIONS[topic].name, seq, box, standing=standing)
            records[topic] = [feature(one) for one in found.records]
            unknown += found.unknown
    told: dict[str, Any] = {"time": time.astimezone(UTC).isoformat(), "seq": seq, "records": records}
    if POSITIONS in topics:
        may = past.may_track()
        found_at = past.positions(time_ms, past.followed(seq), box) if may else None
        told[POSITIONS] = None if found_at is None else positions_told(found_at, time_ms)
    if CONDITIONS in topics:
        told[CONDITIONS] = past.conditions(time.timestamp(), seq)
    return told | {"unknown": unknown} | known_from(past, time)


def known_from(past: Past, time: datetime) -> dict[str, Any]:
    """From when on the past is known, and whether a moment lies there."""
    told, days = past.store.told_from(), past.series.days()
    first = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=min(days)) if days else None
    return {
        "complete": told is not None and time >= told,
        "records_from": None if told is None else told.isoformat(),
        "positions_from": None if first is None else first.isoformat(),
    }


def positions_told(some: Positions, time_ms: int) -> dict[str, Any]:
    """Positions as columns."""
    fixes = some.fixes
    times = fixes["time_ms"].tolist()
    states = [state_of(heard, speed, time_ms) for heard, speed in zip(times, fixes["speed_m_s"].tolist(), strict=True)]
    columns = {
        name: [None if value != value else round(value, digits) for value in fixes[name].tolist()]
        for name, digits in zip(KNOWN, PLACES, strict=True)
    }
    return {"count": len(fixes), "id": list(some.vehicles), "time_ms": times, **columns, "state": states}


def changes_between(past: Past, span: tuple[int, int], topics: Collection[str], box: Box | None) -> dict[str, Any]:
    """Changes of records between two rows of the journal, as the live feed tells them; a piece of them.

    ``next`` is the row from which on to ask for more; None where this is all.
    """
    begin, end = span
    rows = list(rows_between(past.store, begin, end, ROWS))
    whole = end - begin <= ROWS or len(rows) < ROWS
    changes = _told(rows, topics, box, Within(past.caller.permissions))
    return {"seq": end if whole else rows[-1].seq, "next": None if whole else rows[-1].seq, "changes": changes}


def _told(rows: Sequence[Change], topics: Collection[str], box: Box | None, audience: Within) -> list[dict[str, Any]]:
    """Rows that may be told, of those that still say what happened."""
    changes = []
    for row in rows:
        told = Told.of(row)
        if told is None or told.topic not in topics or not told.readable:
            continue
        message = told.message(box, audience)
        if message is not None:
            changes.append({"time_ms": row.time.timestamp() * 1e3, "change": orjson.Fragment(message)})
    return changes
