"""Camera lists of every form as rows: which file it is, which column means what, which lines are none."""

import gzip
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from layers.cameras.lists import gb28181, osm, table_json, table_layers, table_sheets, table_text
from layers.cameras.lists.encodings import decoded
from layers.cameras.lists.grid import Grid, Line, NotACatalogue, Note, Reading, Remark, UnreadableList
from layers.cameras.lists.headings import fields_of
from layers.cameras.lists.xml_text import documents, text_of

__all__ = ["Grid", "NotACatalogue", "Reading", "Row", "Table", "UnreadableList", "read_grid", "table_of"]

MAX_UNPACKED_MB = 600
REQUIRED = ("id", "lon", "lat")
_FOOTERS = ("合计", "总计", "共计", "小计", "共", "制表", "填表", "审核", "备注", "说明", "注", "total", "sum", "note")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands in the file, its cells by field, its headings by field.

    ``number`` is the line in a CSV file or sheet (headings count), else the feature or item, from 1.
    """

    number: int
    cells: Mapping[str, str]
    headings: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a file, the headings that mean nothing to us, and what was found out about the file."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]
    fields: frozenset[str]
    notes: tuple[Note, ...] = ()
    crs: str | None = None


def read_grid(data: bytes | str, file: str, reading: Reading | None = None) -> Grid:
    """The columns and lines of a file, whose form is told by what it begins with.

    CSV, XLSX, XLS, ODS, GeoPackage, GeoJSON and other JSON, GB/T 28181 catalogues, OSM XML and PBF; each of
    them also packed with gzip.

    Raises
    ------
    UnreadableList, NotACatalogue
    """
    reading = reading or Reading()
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if data.startswith(b"\x1f\x8b"):
        data = _unpacked(data, file)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return table_sheets.read_sheets(data, file, reading)
    if data.startswith(b"SQLite format 3\0"):
        return table_layers.read_geopackage(data, file, reading)
    if b"OSMHeader" in data[:64]:
        return table_layers.read_pbf(data, file)
    if _is_xml(data):
        return _xml(data, file)
    content, notes = decoded(data, file)
    if not content.strip("\0 \r\n\t"):
        raise UnreadableList(file, "empty")
    if content.lstrip().startswith(("{", "[")):
        return _with(table_json.read_json(content, file), notes)
    return _with(table_text.read_csv(content, file, reading), notes)


def table_of(grid: Grid, file: str, columns: Mapping[str, str]) -> Table:
    """Rows of a grid: its columns by what they mean, its footers told from its cameras.

    Raises
    ------
    UnreadableList
        A column that is named is not there, or there is none for a place or an id.
    """
    known = mapping_of(grid, file, columns)
    missing = [name for name in REQUIRED if name not in known.values()]
    if missing:
        shown = ", ".join(grid.head[:12]) or "-"
        raise UnreadableList(file, "no-columns", missing=", ".join(missing), headings=shown)
    where = [(position, known[heading]) for position, heading in enumerate(grid.head) if heading in known]
    headings = {name: heading for heading, name in known.items()}
    last = len(grid.lines) - _footers(grid, where)
    rows = tuple(
        Row(
            line.number,
            {name: line.cells[position] for position, name in where},
            headings,
            line.broken if number < last else "footer",
            line.remarks,
        )
        for number, line in enumerate(grid.lines)
    )
    ignored = tuple(h for h in grid.head if h not in known and h not in grid.closed and not h.startswith("#"))
    return Table(rows, ignored, frozenset(known.values()), grid.notes, grid.crs)


def mapping_of(grid: Grid, file: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Heading → field of a grid.

    Raises
    ------
    UnreadableList
        A column that is named is not there.
    """
    try:
        known = fields_of([h for h in grid.head if h not in grid.closed or h in columns.values()], columns, grid.given)
    except KeyError as missing:
        shown = ", ".join(grid.head[:12]) or "-"
        raise UnreadableList(file, "no-column", column=missing.args[0], headings=shown) from None
    return {heading: name for heading, name in known.items() if heading in grid.head}


def _footers(grid: Grid, where: Sequence[tuple[int, str]]) -> int:
    """How many of the last lines are sums and signatures: no place, and few words or those of a footer."""
    if grid.form not in ("csv", "sheet"):
        return 0
    place = [position for position, name in where if name in ("lon", "lat")]
    count = 0
    for line in reversed(grid.lines):
        if not _is_footer(line, place, len(grid.head)):
            break
        count += 1
    return count


def _is_footer(line: Line, place: Sequence[int], width: int) -> bool:
    if any(line.cells[position] for position in place):
        return False
    filled = [cell for cell in line.cells if cell]
    first = filled[0].lower() if filled else ""
    return width >= 3 and len(filled) <= width // 2 and first.startswith(_FOOTERS)


def _with(grid: Grid, notes: tuple[Note, ...]) -> Grid:
    if not notes:
        return grid
    return Grid(
        grid.form,
        grid.head,
        grid.lines,
        grid.given,
        grid.closed,
        notes + grid.notes,
        grid.crs,
        grid.choices,
        grid.chosen,
    )


def _unpacked(data: bytes, file: str) -> bytes:
    limit = MAX_UNPACKED_MB * 1_000_000
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            content = packed.read(limit + 1)
    except (OSError, EOFError, ValueError) as problem:
        raise UnreadableList(file, "bad-layers", form="gzip", what=str(problem)) from None
    except Exception as problem:  # zlib has an error of its own
        raise UnreadableList(file, "bad-layers", form="gzip", what=type(problem).__name__) from None
    if len(content) > limit:
        raise UnreadableList(file, "too-big", limit=MAX_UNPACKED_MB)
    return content


def _is_xml(data: bytes) -> bool:
    start = data[:4_000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start[2:4] in (b"<\0", b"\0<")
    return start.startswith(b"<") or b"<CmdType" in data[:8_000]


def _xml(data: bytes, file: str) -> Grid:
    text, _ = text_of(data)
    if gb28181.is_manscdp(text):
        return gb28181.read_catalogue(data, file)
    if "<osm" in text[:4_000]:
        roots, _ = documents(text, ("osm",), file)
        if roots:
            return osm.read_xml(roots[0], file)
    found = re.search(r"<([\w:.-]{1,60})[\s>/]", text)
    raise UnreadableList(file, "other-xml", root=found[1] if found else "?")
