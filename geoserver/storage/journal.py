"""The journal's chain: how rows are made, tied together and checked. Pure; both engines keep what is made here.

A row's digest is SHA-256 over the digest of the row before it and, each with its length, its time, actor, kind,
id and action and the digests of its bodies. Bodies enter by their digests only, so they can be pruned and the
chain still holds.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from geoserver.faults import BadText
from geoserver.storage.store import LOOK, Change, Conflict, JournalRow, Look, Write
from layers.record import Record

Who = tuple[str, str, str, str, str]
"""Time, actor, kind, id and action."""
Bodies = tuple[str | None, str | None, str | None]
"""Before, after and detail."""
SET_BACK = timedelta(minutes=10)
"""A clock is set back by no more."""
NOTHING = ""
"""The digest of a body that there is not."""
# An escape of the character NUL that is not itself escaped; PostgreSQL keeps no such text, so nobody does.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True)
class Tail:
    """The end of a journal: the last number, digest and time."""

    seq: int = 0
    digest: bytes = b""
    time: str = ""


@dataclass(frozen=True)
class Step:
    """One change of a record that a commit comes down to."""

    kind: str
    id: str
    before: Record | None
    after: Record | None
    undoes: int | None = None

    @property
    def action(self) -> str:
        """As the journal names it."""
        return "create" if self.before is None else "remove" if self.after is None else "change"


def steps(writes: Sequence[Write], kept: Mapping[tuple[str, str], Record | None]) -> Iterator[Step]:
    """What writes change of what is kept; those that change nothing are left out.

    Raises
    ------
    Conflict
        A write saw another version.
    """
    now = dict(kept)
    for write in writes:
        before = now.get((write.kind, write.id))
        after = _next(write, before)
        if after == before:
            continue
        now[write.kind, write.id] = after
        yield Step(write.kind, write.id, before, after, write.undoes)


def _next(write: Write, before: Record | None) -> Record | None:
    """The record after a write: the kept one itself where nothing changes."""
    if write.record is None:
        if before is None:
            return None
        if before.version != write.seen:
            raise Conflict(write.kind, write.id, write.seen, before, None)
        return None
    if before is not None and write.record.model_copy(update={"version": before.version}) == before:
        return before
    if (before.version if before else 0) != write.seen:
        raise Conflict(write.kind, write.id, write.seen, before, write.record)
    return write.record.model_copy(update={"version": write.seen + 1})


def rows_of(changed: Sequence[Step], actor: str, tail: Tail) -> list[JournalRow]:
    """The rows that record changes, all of one moment.

    Raises
    ------
    BadText
        A record holds the character NUL.
    """
    time, rows = _time_after(tail), []
    for step in changed:
        before, after = (None if one is None else _document(one) for one in (step.before, step.after))
        detail = None if step.undoes is None else json.dumps({"undoes": step.undoes})
        rows.append(_row(tail, (time, actor, step.kind, step.id, step.action), (before, after, detail)))
        tail = Tail(rows[-1].seq, rows[-1].digest)
    return rows


def rows_of_looks(looks: Sequence[Look], tail: Tail) -> list[JournalRow]:
    """The rows that record looks, all of one moment."""
    time, rows = _time_after(tail), []
    for look in looks:
        detail = json.dumps({**look.detail, "purpose": look.purpose}, ensure_ascii=False, default=str)
        _refuse_nul(detail, look.kind, look.id)
        rows.append(_row(tail, (time, look.actor, look.kind, look.id, LOOK), (None, None, detail)))
        tail = Tail(rows[-1].seq, rows[-1].digest)
    return rows


def _time_after(tail: Tail) -> str:
    """Now; the time of the row before where the clock was set back a little since, or another machine's is slow.

    Times rise with numbers then, as those who look for a time rely on. A clock that was far ahead is not followed.
    """
    now = datetime.now(UTC)
    return max(moment(now), tail.time if tail.time < moment(now + SET_BACK) else "")


def _row(tail: Tail, who: Who, bodies: Bodies) -> JournalRow:
    before, after, detail = (body_digest(body) for body in bodies)
    digest = _chain(tail.digest, (*who, before, after, detail))
    return JournalRow(tail.seq + 1, *who, *bodies, before, after, detail, digest)


def body_digest(body: str | None) -> str:
    """SHA-256 in hexadecimal, "" of nothing."""
    return NOTHING if body is None else hashlib.sha256(body.encode()).hexdigest()


def _chain(previous: bytes, parts: tuple[str, ...]) -> bytes:
    # The last part is left out where there is none: rows from before there were details are chained without.
    used = parts if parts[-1] else parts[:-1]
    chain = hashlib.sha256(previous)
    for part in used:
        data = part.encode()
        # The length is that of the text, as it has been from the first row on.
        chain.update(len(part).to_bytes(8, "big") + data)
    return chain.digest()


def flaw(row: JournalRow, tail: Tail) -> str | None:
    """What is wrong with a row after the one before it: ``gap``, ``chain`` or ``body``; None if nothing is."""
    if row.seq != tail.seq + 1:
        return "gap"
    digests = (row.before_digest, row.after_digest, row.detail_digest)
    if _chain(tail.digest, (row.time, row.actor, row.kind, row.id, row.action, *digests)) != row.digest:
        return "chain"
    bodies = zip((row.before, row.after, row.detail), digests, strict=True)
    if any(body is not None and body_digest(body) != digest for body, digest in bodies):
        return "body"
    return None


def is_pruned(row: JournalRow) -> bool:
    """Whether a body of the row is gone."""
    bodies = (row.before, row.before_digest), (row.after, row.after_digest), (row.detail, row.detail_digest)
    return any(body is None and digest != NOTHING for body, digest in bodies)


def as_change(row: JournalRow) -> Change:
    """A row with its bodies read."""
    before, after, detail = (None if one is None else json.loads(one) for one in (row.before, row.after, row.detail))
    action: Any = row.action
    time = datetime.fromisoformat(row.time)
    return Change(row.seq, time, row.actor, row.kind, row.id, action, before, after, detail)


def moment(time: datetime) -> str:
    """UTC with microseconds, so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _document(record: Record) -> str:
    document = record.model_dump_json()
    _refuse_nul(document, record.kind, record.id)
    return document


def _refuse_nul(document: str, kind: str, id_: str) -> None:
    if "\\u0000" in document and _NUL.search(document):
        raise BadText(kind=kind, id=id_)
