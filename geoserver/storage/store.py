"""What a store of records promises, whatever the engine: ``Store``, ``Query``, ``Change``, ``Conflict``.

A write is one transaction: record and journal row together, or neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from geoserver.faults import Stale
from layers.cameras.model import Credential
from layers.record import Record

Action = Literal["create", "change", "remove"]


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
    """

    kind: str
    id: str
    seen: int
    record: Record | None

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
    """One row of the journal. ``before`` and ``after`` are documents; None before creation, after removal."""

    seq: int
    time: datetime
    actor: str
    kind: str
    id: str
    action: Action
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True)
class Query:
    """Which records of a kind, in the order of their ids.

    ``bbox`` : west, south, east, north, degrees; west beyond east means over the date line
    ``equal`` : values of the kind's indexed fields
    ``at`` : only what is valid at this time, or somewhere in this interval (an open end is None)
    ``after`` : only ids beyond this one
    """

    kind: str
    bbox: tuple[float, float, float, float] | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    at: tuple[datetime | None, datetime | None] | None = None
    after: str | None = None
    limit: int | None = None
    offset: int = 0


class Store(Protocol):
    """Records, their journal and the credentials."""

    def get(self, kind: str, id_: str) -> Record | None:
        """One record, or None."""

    def find(self, query: Query) -> Iterator[Record]:
        """The records that a query names."""

    def count(self, query: Query) -> int:
        """How many records a query names, its limit and offset aside."""

    def commit(self, writes: Sequence[Write], *, actor: str = "local", key: str | None = None) -> int:
        """Make all changes or none; the journal's head after it.

        A write of what is kept already changes nothing and leaves no row. A ``key`` that was used before
        changes nothing either. A stale version raises ``Conflict``.
        """

    def changes(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Journal rows after a sequence number, in order."""

    def head(self) -> int:
        """The last sequence number, 0 when nothing was ever written."""

    def credential(self, camera: str, stream: str) -> Credential | None:
        """Where a stream is fetched; never leaves the server."""

    def set_credentials(self, credentials: Iterable[Credential]) -> None:
        """Keep credentials, replacing those of the same streams."""

    def close(self) -> None:
        """Give back files and connections."""
