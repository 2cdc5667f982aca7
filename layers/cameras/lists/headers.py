"""Finds the headings of a table: below titles, above units, over merged cells, or nowhere."""

from collections.abc import Iterable, Sequence

from layers.cameras.lists import cells
from layers.cameras.lists.grid import MAX_ROWS, Grid, Line, Note, Reading, UnreadableList
from layers.cameras.lists.headings import field_of, plain

LOOKED_AT = 25
"""Rows among which the headings are sought."""
KNOWN_AT_LEAST = 2
_UNITS = frozenset("m 米 度 ° deg degrees px 像素 km 千米 公里 mm 毫米 (m) (米) (度) (°) [m] [deg] m/s".split())
Numbered = tuple[int, list[str]]


def grid_of(form: str, rows: Sequence[Numbered], reading: Reading, file: str) -> Grid:
    """A grid from rows of text: which row holds the headings is found out.

    Raises
    ------
    UnreadableList
        No row, or more than anybody means.
    """
    filled = [(number, line) for number, line in rows if any(cell.strip() for cell in line)]
    if not filled:
        raise UnreadableList(file, "empty")
    if len(filled) > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)
    at = _header_at(filled, reading)
    notes: list[Note] = []
    if at is None:
        width = max(len(line) for _, line in filled)
        head = [str(k) for k in range(1, width + 1)]
        body = filled
        notes.append(Note("no-header"))
    else:
        head, body = _over(filled, at), filled[at + 1 :]
        if body and _goes_on(body[0][1]):
            lower = body[0][1] + [""] * (len(head) - len(body[0][1]))
            head += [""] * (len(lower) - len(head))
            head, body = [own.strip() or upper for own, upper in zip(lower, head, strict=True)], body[1:]
        if at:
            notes.append(Note("rows-above", {"count": at}))
        if body and _is_units(body[0][1]):
            body = body[1:]
            notes.append(Note("units-row"))
    head, doubled = _each_once(head)
    notes += [Note("duplicate-heading", {"heading": heading}) for heading in doubled]
    lines = tuple(_line(number, line, len(head)) for number, line in body)
    return Grid(form, tuple(head), lines, notes=tuple(notes))


def score(line: Iterable[str], wanted: frozenset[str] = frozenset()) -> int:
    """How many cells of a row are headings that mean something."""
    return sum(1 for cell in line if field_of(cell) or (cell.strip() and cell.strip() in wanted))


def _header_at(filled: Sequence[Numbered], reading: Reading) -> int | None:
    if reading.header == "none":
        return None
    wanted = frozenset(heading for heading in reading.columns.values() if heading)
    scores = [score(line, wanted) for _, line in filled[:LOOKED_AT]]
    best = max(scores)
    if best >= KNOWN_AT_LEAST:
        return scores.index(best)
    return None if any(_is_number(cell) for cell in filled[0][1]) else 0


def _over(filled: Sequence[Numbered], at: int) -> list[str]:
    """The headings; where two rows share a heading by merged cells, the upper one fills the gaps."""
    head = [cell.strip() for cell in filled[at][1]]
    above = [cell.strip() for cell in filled[at - 1][1]] if at else []
    if sum(bool(cell) for cell in above) > 1:
        head += [""] * (len(above) - len(head))
        head = [own or upper for own, upper in zip(head, above + [""] * len(head), strict=False)]
    return head


def _goes_on(line: Sequence[str]) -> bool:
    """Whether a row under the headings is a second row of them: some cells, and all are headings."""
    filled = [cell for cell in line if cell.strip()]
    return len(filled) >= KNOWN_AT_LEAST and all(field_of(cell) and not _is_number(cell) for cell in filled)


def _each_once(head: Sequence[str]) -> tuple[list[str], list[str]]:
    once: list[str] = []
    doubled: list[str] = []
    for k, heading in enumerate(head, 1):
        name = heading or f"#{k}"
        if name in once:
            doubled.append(name)
            name = next(n for n in (f"{heading} ({i})" for i in range(2, len(head) + 2)) if n not in once)
        once.append(name)
    return once, doubled


def _line(number: int, line: list[str], width: int) -> Line:
    broken = "too-many-cells" if any(cell.strip() for cell in line[width:]) else ""
    if len(line) < width // 2:
        broken = "too-few-cells"
    held = tuple(cells.text(cell) for cell in line[:width])
    return Line(number, held + ("",) * (width - len(held)), broken)


def _is_units(line: Sequence[str]) -> bool:
    filled = [cell.strip().lower() for cell in line if cell.strip()]
    return bool(filled) and all(cell in _UNITS for cell in filled)


def _is_number(cell: str) -> bool:
    try:
        cells.number(cells.text(cell))
    except cells.BadCell:
        return False
    return bool(plain(cell))
