"""Rows of the journal to take away: JSON Lines, the last of them a seal over those before it.

Whoever has the public half of the sealing key can tell, without this server, that the rows are those that it gave
out, all of them and in this order; see docs/security.md.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoserver.audit import SealKey
from geoserver.faults import BadExport
from geoserver.storage.journal import moment
from geoserver.storage.store import Change, JournalQuery, Store

PAGE = 2_000
SEAL = "seal"
LONGEST_LINE = 64 * 1024 * 1024
Told = Mapping[str, Any]


def searched(store: Store, query: JournalQuery, head: int) -> Iterator[Change]:
    """All rows of a search up to a head, the newest first, some thousand at a time."""
    before: int | None = min(head + 1, query.before or head + 1)
    while before is not None:
        rows = list(store.search(replace(query, before=before, limit=PAGE)))
        yield from rows
        before = rows[-1].seq if len(rows) == PAGE else None


def sealed_lines(rows: Iterable[Change], asked: Told, by: str, key: SealKey) -> Iterator[bytes]:
    """Rows as lines, and their seal: what was asked, by whom, when, and a signature of the lines before it."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        line = _line(_document(row))
        digest.update(line)
        count += 1
        yield line
    seal = {
        "rows": count,
        "sha256": digest.hexdigest(),
        "time": moment(datetime.now(UTC)),
        "by": by,
        "asked": dict(asked),
        "key": key.name,
    }
    signature = base64.b64encode(key.sign_text(_signed(seal))).decode()
    yield _line({SEAL: seal | {"signature": signature}})


@dataclass(frozen=True, slots=True)
class Checked:
    """A file of rows that is as it was given out."""

    rows: int
    by: str
    time: str
    key: str


def check_export(file: Path, key: SealKey) -> Checked:
    """Check a file of rows against its seal.

    Raises
    ------
    BadExport
        It cannot be read, has no seal, one of another key, or is not as it was given out.
    """
    digest, count, last = hashlib.sha256(), -1, b""
    try:
        with file.open("rb") as lines:
            while line := lines.readline(LONGEST_LINE):
                if count >= 0:
                    digest.update(last)
                count, last = count + 1, line
    except OSError as error:
        raise BadExport(file=str(file), flaw="unreadable", detail=f"cannot be read ({error.strerror}).") from None
    try:
        seal = json.loads(last)[SEAL]
        signature = base64.b64decode(seal.pop("signature"), validate=True)
        rows, by, time, name = int(seal["rows"]), str(seal["by"]), str(seal["time"]), str(seal["key"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadExport(file=str(file), flaw="no-seal", detail="has no seal in its last line.") from None
    if name != key.name:
        raise BadExport(file=str(file), flaw="key", detail=f"is sealed with the key {name}, not with {key.name}.")
    if not key.is_signed(_signed(seal), signature):
        raise BadExport(file=str(file), flaw="signature", detail="has a seal that was changed.")
    if rows != count or seal.get("sha256") != digest.hexdigest():
        raise BadExport(file=str(file), flaw="rows", detail="holds other rows than were given out.")
    return Checked(rows, by, time, name)


def _document(row: Change) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "time": moment(row.time),
        "actor": row.actor,
        "kind": row.kind,
        "id": row.id,
        "action": row.action,
        "before": row.before,
        "after": row.after,
        "detail": row.detail,
    }


def _line(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _signed(seal: Told) -> bytes:
    """What is signed: the seal itself, with the digest of all lines before it, its names in order."""
    return b"geoserver journal export 1\n" + json.dumps(seal, sort_keys=True, separators=(",", ":")).encode()
