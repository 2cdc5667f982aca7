"""Workbooks: .xlsx, .xls and .ods, through calamine. Values only; formulas count as what they last gave."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineWorkbook

from layers.cameras.lists.grid import Grid, Note, Reading, UnreadableList
from layers.cameras.lists.headers import LOOKED_AT, Numbered, grid_of, score

MAX_UNPACKED_MB = 600
EXACT_BELOW = 1e15
"""Whole numbers up to here are written out; beyond it a workbook has rounded them."""


def read_sheets(data: bytes, file: str, reading: Reading) -> Grid:
    """The sheet that is named, or the one whose rows hold the most headings that mean something.

    Raises
    ------
    UnreadableList
    """
    if data.startswith(b"PK"):
        _check_size(data, file)
    book = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)), file)
    names = [str(name) for name in book.sheet_names]
    if reading.sheet is not None and reading.sheet not in names:
        raise UnreadableList(file, "no-sheet", sheet=reading.sheet, sheets=", ".join(names))
    wanted = [reading.sheet] if reading.sheet is not None else names
    sheets = {name: _rows(book, name, file) for name in wanted}
    if not any(sheets.values()):
        raise UnreadableList(file, "empty")
    columns = frozenset(reading.columns.values())
    chosen = max(sheets, key=lambda name: (_best(sheets[name], columns), len(sheets[name]) > 0))
    grid = grid_of("sheet", sheets[chosen], reading, file)
    others = tuple(name for name in names if name != chosen)
    notes = (Note("sheet", {"chosen": chosen, "others": ", ".join(others)}),) if others else ()
    return Grid(grid.form, grid.head, grid.lines, notes=notes + grid.notes, choices=tuple(names), chosen=chosen)


def _check_size(data: bytes, file: str) -> None:
    """Refuse archives that are no workbook, and those that unpack to more than memory should hold."""
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    # NotImplementedError is zipfile's own word for a compression or encryption that it does not know.
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise UnreadableList(file, "bad-book", what=str(problem)) from None
    if not any(one.filename.startswith("xl/") or one.filename == "content.xml" for one in members):
        raise UnreadableList(file, "bad-zip")
    if sum(one.file_size for one in members) > MAX_UNPACKED_MB * 1_000_000:
        raise UnreadableList(file, "too-big", limit=MAX_UNPACKED_MB)


def _guarded(read: Any, file: str) -> Any:
    """What the reader gives; its panics over broken files are no ``Exception``, and are refusals all the same."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as problem:  # panics of the reader derive from it
        raise UnreadableList(file, "bad-book", what=str(problem)[:120] or type(problem).__name__) from None


def _rows(book: Any, name: str, file: str) -> list[Numbered]:
    table = _guarded(lambda: book.get_sheet_by_name(name).to_python(skip_empty_area=False), file)
    rows = [(number, [_text(cell) for cell in line]) for number, line in enumerate(table, 1)]
    return [(number, line) for number, line in rows if any(line)]


def _best(rows: list[Numbered], columns: frozenset[str]) -> int:
    return max((score(line, columns) for _, line in rows[:LOOKED_AT]), default=0)


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_BELOW:
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
