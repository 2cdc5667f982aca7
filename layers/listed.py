"""Lists of records that are no cameras: which column means what, by headings of their own.

The forms (CSV, workbooks, GeoPackage, GeoJSON, JSON) and their encodings are read as camera lists are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from layers.cameras.lists.grid import Grid, Note, Reading, UnreadableList
from layers.cameras.lists.headings import plain
from layers.cameras.lists.report import Problem
from layers.cameras.lists.tables import Row, read_grid
from layers.record import Record

Headings = Mapping[str, Sequence[str]]
"""Field → headings; the field's own name is one of them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of a file by field, and what was found out about the file."""

    rows: tuple[Row, ...]
    fields: frozenset[str]
    ignored: tuple[str, ...]
    notes: tuple[Note, ...]
    crs: str | None


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a load would do; nothing is written by it.

    Attributes
    ----------
    records : all that were understood, in the file's order; those known already keep their version
    changes : those of them that are new or differ from what is known
    problems : in the file's order
    counts : read, refused, new, updated, unchanged
    """

    records: tuple[Record, ...]
    changes: tuple[Record, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def read_listing(
    data: bytes, file: str, headings: Headings, reading: Reading, needed: Sequence[Sequence[str]]
) -> Listing:
    """The rows of a file; of each group of fields in ``needed`` one at least has a column.

    Raises
    ------
    UnreadableList
    """
    grid = read_grid(data, file, reading)
    known = _known(grid, file, headings, reading.columns)
    have = frozenset(known.values())
    missing = [group[0] for group in needed if not have & set(group)]
    if missing:
        shown = ", ".join(grid.head[:12]) or "-"
        raise UnreadableList(file, "no-columns", missing=", ".join(missing), headings=shown)
    where = [(position, known[heading]) for position, heading in enumerate(grid.head) if heading in known]
    names = {field: heading for heading, field in known.items()}
    rows = tuple(
        Row(line.number, {field: line.cells[position] for position, field in where}, names, line.broken)
        for line in grid.lines
    )
    ignored = tuple(heading for heading in grid.head if heading not in known and heading not in grid.closed)
    return Listing(rows, have, ignored, grid.notes, grid.crs)


def _known(grid: Grid, file: str, headings: Headings, columns: Mapping[str, str]) -> dict[str, str]:
    """Heading → field: what is stated, then what the form says, then what the headings mean; each field once."""
    found = {_stated(grid, file, column): field for field, column in columns.items() if column}
    taken = set(columns)
    meanings = {plain(heading): field for field, words in headings.items() for heading in words}
    for heading in (*grid.head, *grid.given):
        meant = meanings.get(plain(heading)) or grid.given.get(heading, "")
        if meant in headings and meant not in taken and heading not in found:
            found[heading] = meant
            taken.add(meant)
    return found


def _stated(grid: Grid, file: str, column: str) -> str:
    if column in grid.head:
        return column
    if column.isdecimal() and 1 <= int(column) <= len(grid.head):
        return grid.head[int(column) - 1]
    shown = ", ".join(grid.head[:12]) or "-"
    raise UnreadableList(file, "no-column", column=column, headings=shown)


def concluded(
    records: Sequence[Record], known: Mapping[str, Record], problems: Sequence[Problem], listing: Listing
) -> ListReport:
    """The report of a load, against what is known already."""
    report = concluded_rows(records, known, problems, len(listing.rows))
    return replace(report, ignored=listing.ignored, notes=listing.notes)


def concluded_rows(
    records: Sequence[Record], known: Mapping[str, Record], problems: Sequence[Problem], read: int
) -> ListReport:
    """The same without what there is to say of a table."""
    kept, changes = [], []
    for record in records:
        before = known.get(record.id)
        if before is not None:
            record = record.model_copy(update={"version": before.version})
        kept.append(record)
        if record != before:
            changes.append(record)
    updated = sum(record.id in known for record in changes)
    counts = {
        "read": read,
        "refused": len({problem.row for problem in problems if problem.severity == "refused"}),
        "new": len(changes) - updated,
        "updated": updated,
        "unchanged": len(kept) - len(changes),
    }
    return ListReport(tuple(kept), tuple(changes), tuple(sorted(problems, key=lambda one: one.row)), counts)


def detail_of(error: Mapping[str, Any]) -> str:
    """What one of pydantic's errors says, as a part of a sentence."""
    return str(error["msg"]).removeprefix("Value error, ")
