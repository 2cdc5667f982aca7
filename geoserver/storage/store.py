"""What a store of records promises, whatever the engine: ``Store``, ``Query``, ``Change``, ``Conflict``.

A write is one transaction: record and journal row together, or neither.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from geoserver.faults import Stale
from geoserver.storage.kept_pictures import KeptPicture
from layers.cameras.model import Credential
from layers.filters.terms import Condition
from layers.record import Record

Action = Literal["create", "change", "remove", "look"]
LOOK: Action = "look"
ANY_OF = (tuple, list, set, frozenset)


class Conflict(Stale):
    """A write saw another version than the one kept; carries both, so that a person can decide.

    ``kept`` is the record in the store (None: removed or never there), ``wanted`` the one that was refused.
    """

    def __init__(self, kind: str, id_: str, seen: int, kept: Record | None, wanted: Record | None) -> None:
        self.kept, self.wanted = kept, wanted
        current = kept.version if kept else 0
        super().__init__(
            kind=kind,
            id=id_,
            seen=seen,
            current=current,
            kept=_document(kept),
            wanted=_document(wanted),
        )


def _document(record: Record | None) -> Mapping[str, Any] | None:
    return record.model_dump(mode="json") if record else None


@dataclass(frozen=True)
class Write:
    """One change to make.

    ``seen`` is the version that the writer read; 0 means that there was none. ``record`` None removes.
    ``undoes`` is the row of the journal that it takes back, with those before it that belong to it.
    """

    kind: str
    id: str
    seen: int
    record: Record | None
    undoes: int | None = None

    @classmethod
    def put(cls, record: Record, seen: int) -> "Write":
        """Create (``seen`` 0) or change a record."""
        return cls(record.kind, record.id, seen, record)

    @classmethod
    def remove(cls, record: Record) -> "Write":
        """Remove a record as it was read."""
        return cls(record.kind, record.id, record.version, None)


@dataclass(frozen=True)
class Change:
    """One row of the journal. ``before`` and ``after`` are documents; None before creation, after removal.

    ``detail`` : of a look what was looked at; of a change that takes another one back, the row that it ``undoes``
    """

    seq: int
    time: datetime
    actor: str
    kind: str
    id: str
    action: Action
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    detail: Mapping[str, Any] | None = None

    @property
    def undoes(self) -> int | None:
        """The row that this one takes back."""
        return self.detail.get("undoes") if self.detail and self.action != LOOK else None

    @property
    def pruned(self) -> bool:
        """Whether retention has taken the bodies: what was before or after is not known any more."""
        if self.action == LOOK:
            return self.detail is None
        return (self.action != "create" and self.before is None) or (self.action != "remove" and self.after is None)


@dataclass(frozen=True)
class Look:
    """A sensitive look, to be noted: who looked at what, and for what purpose.

    ``detail`` : what else is worth keeping (a place, a file's name, a count), as JSON can carry it
    """

    actor: str
    kind: str
    id: str
    purpose: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JournalRow:
    """A row of the journal as it is kept, for those who check or copy it.

    ``time`` : ISO 8601 with microseconds, UTC
    ``before, after, detail`` : JSON texts; None where there is none, or where it was pruned
    ``before_digest, after_digest, detail_digest`` : SHA-256 of those texts in hexadecimal, "" where there is none
    ``digest`` : chains the row to the one before it, see ``geoserver.storage.journal``
    """

    seq: int
    time: str
    actor: str
    kind: str
    id: str
    action: str
    before: str | None
    after: str | None
    detail: str | None
    before_digest: str
    after_digest: str
    detail_digest: str
    digest: bytes


@dataclass(frozen=True)
class Seal:
    """A signed head of the journal: up to row ``seq``, whose digest it names, all was as it is.

    ``key`` : digest of the public key that the signature is to be checked with
    """

    seq: int
    digest: bytes
    time: str
    signature: bytes
    key: str


@dataclass(frozen=True)
class Content:
    """All that a store holds at one moment, but for credentials. The iterators are read once, in this order.

    ``records`` : kind and JSON document
    ``journal`` : from the first row on
    ``done`` : keys of writes that were made, with the head after each
    """

    records: Iterable[tuple[str, str]]
    journal: Iterable[JournalRow]
    seals: Iterable[Seal]
    done: Iterable[tuple[str, int]]
    pictures: Iterable[KeptPicture] = ()


@dataclass(frozen=True)
class Query:
    """Which records of a kind, in the order of their ids.

    ``bbox`` : west, south, east, north, degrees; west beyond east means over the date line
    ``equal`` : values of the kind's indexed fields; several values (``ANY_OF``) ask for any of them
    ``at`` : only what is valid at this time, or somewhere in this interval (an open end is None)
    ``after`` : only ids beyond this one
    ``areas`` : only what lies in one of these areas, given by code; a code reaches down to the areas within it
        (``layers.areas.reach``). None asks for all, an empty one for nothing
    ``matching`` : only what a filter matches
    """

    kind: str
    bbox: tuple[float, float, float, float] | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    at: tuple[datetime | None, datetime | None] | None = None
    after: str | None = None
    limit: int | None = None
    offset: int = 0
    areas: tuple[str, ...] | None = None
    matching: Condition | None = None


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which rows of the journal.

    Attributes
    ----------
    person : who acted, also by a list
    action : of a row, or the deed that a look tells, as ``signed-in``
    areas : codes, all levels spelled out: rows of what lay there before or after, and looks that name them
    within : codes, all levels spelled out: only rows of which nothing, before or after, lay anywhere else
    bbox : west, south, east, north, degrees: rows of what stood there before or after, and looks at places there;
        west beyond east means over the date line
    since, until : from the first, up to but without the second (aware)
    before : only rows with smaller numbers
    changes : only changes of records, no looks
    but : a kind that is left out
    """

    person: str | None = None
    kind: str | None = None
    id: str | None = None
    action: str | None = None
    areas: frozenset[str] | None = None
    within: frozenset[str] | None = None
    bbox: tuple[float, float, float, float] | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 100
    changes: bool = False
    but: str | None = None


class Line(Protocol):
    """Short messages between the processes over one store. Nothing is kept of them."""

    @property
    def most_bytes(self) -> int:
        """Of one message."""

    def talk(self, say: Callable[[], Sequence[bytes]], hear: Callable[[bytes], None], stop: threading.Event) -> None:
        """Hear what is said, and ask every so often what there is to say, until stopped, and once more then; blocks."""


class Store(Protocol):
    """Records, their journal and the credentials. Safe to use from many threads."""

    def get(self, kind: str, id_: str) -> Record | None:
        """One record, or None."""

    def find(self, query: Query) -> Iterator[Record]:
        """The records that a query names."""

    def count(self, query: Query) -> int:
        """How many records a query names, its limit and offset aside."""

    def commit(
        self,
        writes: Sequence[Write],
        *,
        actor: str = "local",
        key: str | None = None,
        pictures: Sequence[KeptPicture] = (),
    ) -> int:
        """Make all changes or none; the journal's head after it.

        A write of what is kept already changes nothing and leaves no row. A ``key`` that was used before
        changes nothing either. A stale version raises ``Conflict``. ``pictures`` are those that the records
        begin to name.
        """

    def picture(self, id_: str, *, small: bool = False) -> bytes | None:
        """A picture as JPEG, or None."""

    def note(self, looks: Sequence[Look]) -> int:
        """Put sensitive looks into the journal, in one transaction; the journal's head after it."""

    def changes(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Changes of records after a sequence number, in order; looks are left out."""

    def looks(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Noted looks after a sequence number, in order."""

    def search(self, query: JournalQuery) -> Iterator[Change]:
        """Rows of the journal that a query names, changes and looks, the newest first."""

    def first_changes(self, kind: str, since: int) -> Iterator[Change]:
        """Of each record of a kind that was changed after a row of the journal: the first such change, in order.

        Its ``before`` is what the record was at that row.
        """

    def last_row(self, time: datetime) -> int:
        """The number of the last row of the journal that is not later than a time; 0 where there is none."""

    def told_from(self) -> datetime | None:
        """The time from which on all that was is still told: of the journal's first row, or, where bodies were
        forgotten, of the last that has lost them. None where nothing was ever written."""

    def head(self) -> int:
        """The last sequence number, looks included; 0 when nothing was ever written."""

    def wait(self, since: int, timeout_s: float) -> bool:
        """Wait until a record was changed after a sequence number, by whatever process; False when none was."""

    def journal(self, since: int = 0) -> Iterator[JournalRow]:
        """Rows as they are kept, after a sequence number, in order."""

    def prune(self, before: datetime) -> int:
        """Forget the bodies of rows older than a time; how many. The chain still holds without them.

        Pictures that neither a record nor a body names any more are forgotten too.
        """

    def seals(self) -> Sequence[Seal]:
        """The signed heads, in order."""

    def add_seal(self, seal: Seal) -> None:
        """Keep a signed head."""

    def content(self) -> AbstractContextManager[Content]:
        """All of it at one moment, while others write."""

    def restore(self, content: Content) -> None:
        """Take up all of another store, in one transaction.

        Raises
        ------
        StoreNotEmpty
        """

    def credential(self, camera: str, stream: str) -> Credential | None:
        """Where a stream is fetched; never leaves the server."""

    def set_credentials(self, credentials: Iterable[Credential]) -> None:
        """Keep credentials, replacing those of the same streams."""

    def line(self, channel: str) -> Line | None:
        """A channel to other processes over the same store; None where messages between them do not go."""

    def close(self) -> None:
        """Give back files and connections."""
