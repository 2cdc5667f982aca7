"""Rows of a camera list whose cells are read: each on its way to a record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.cameras.assumptions import Site
from layers.cameras.lists import cells
from layers.cameras.lists.grid import Note
from layers.cameras.lists.report import Remarks
from layers.cameras.lists.streams import without_addresses
from layers.cameras.lists.tables import Row, Table

Reader = Callable[[str], Any]
NUMBERS: Mapping[str, str] = {
    "pitch": "pitch_deg",
    "roll": "roll_deg",
    "image_width": "image_width_px",
    "image_height": "image_height_px",
    "hfov": "hfov_deg",
    "hfov_tele": "hfov_tele_deg",
    "pan_range": "pan_range_deg",
    "tilt_min": "tilt_min_deg",
    "tilt_max": "tilt_max_deg",
    "range": "range_m",
}
HEIGHTS = ("ellipsoidal", "above_ground", "above_sea", "height")
TEXTS = ("name", "name_en", "owner", "contractor", "address", "purpose", "remarks")
_OTHERS: Mapping[str, tuple[str, Reader]] = {
    "tier": ("tier", cells.tier),
    "type": ("type", cells.camera_type),
    "heading": ("heading_deg", cells.heading),
    "lens": ("lens", cells.lens),
    "leased": ("leased", cells.flag),
    "distortion": ("distortion", cells.numbers),
    "principal": ("principal_px", cells.numbers),
    "presets": ("presets", cells.document),
    "aim": ("aim", cells.document),
    "calibration": ("calibration", cells.document),
}
COLUMN: Mapping[str, str] = {field: column for column, field in NUMBERS.items()} | {
    **{field: column for column, (field, _) in _OTHERS.items()},
    "mount_height_m": "above_ground",
    "height_m": "height",
}
"""Field of the record → column of the list."""

NEVER_ZERO = frozenset(
    {"hfov", "hfov_tele", "image_width", "image_height", "range", "pan_range", "tier", "above_ground"}
)
"""What cannot be 0: a 0 there says that nobody knew."""
ZERO_TOGETHER = ("heading", "pitch", "height", "above_sea", "ellipsoidal")
"""What may be 0 for one camera, but not for all of a list."""
ZERO_ROWS = 3
"""So many rows at least make a list in which all being 0 means something."""
_NONZERO = frozenset("123456789")
SKIPPED = frozenset({"footer", "no-camera", "directory", "other-device", "removed-item"})


@dataclass
class Draft:
    """A row on its way to a record."""

    row: Row
    id: str
    fields: dict[str, Any]
    heights: dict[str, float]
    lon: float = np.nan
    lat: float = np.nan
    site: Site | None = None


def drafts_of(table: Table, report: Remarks) -> tuple[list[Draft], tuple[Note, ...]]:
    """Rows whose cells can be read, each id once; and which columns say nothing."""
    empty = zero_columns(table)
    first: dict[str, int] = {}
    drafts = []
    for row in table.rows:
        given = row.cells.get("id", "")
        name = cells.usable_id(given)
        if row.broken:
            report.add(row, "id", row.broken, "skipped" if row.broken in SKIPPED else "refused")
        elif not name:
            report.add(row, "id", "no-id", "refused")
        elif cells.is_rounded(given):
            report.add(row, "id", "rounded-id", "refused")
        elif name in first:
            report.add(row, "id", "duplicate-id", "refused", first=first[name])
        else:
            first[name] = row.number
            draft = _draft(row, name, empty, report)
            if row.number not in report.refused:
                if name != given:
                    report.add(row, "id", "id-changed", "assumed", used=name)
                drafts.append(draft)
    headings = {field: heading for row in table.rows[:1] for field, heading in row.headings.items()}
    return drafts, tuple(Note("zero-column", {"column": headings.get(name, name)}) for name in sorted(empty))


def zero_columns(table: Table) -> frozenset[str]:
    """Columns that hold 0 in every row, and so say nothing; a dump of ours says what it means."""
    if "assumed" in table.fields:
        return frozenset()
    rows = [row for row in table.rows if not row.broken]
    found = set()
    for name in ZERO_TOGETHER:
        filled = [row.cells[name] for row in rows if row.cells.get(name)]
        if len(filled) >= ZERO_ROWS and all(map(is_zero, filled)):
            found.add(name)
    return frozenset(found)


def is_zero(cell: str) -> bool:
    """Whether a cell holds the number 0."""
    if not _NONZERO.isdisjoint(cell):
        return False
    try:
        return cells.number(cell) == 0.0
    except cells.BadCell:
        return False


def _draft(row: Row, name: str, empty: frozenset[str], report: Remarks) -> Draft:
    fields = _texts(row, report)
    heights: dict[str, float] = {}
    ours = bool(row.cells.get("ellipsoidal"))  # a dump of ours: a mast of 0 m is what it says

    def read(column: str, into: dict[str, Any], key: str, reader: Reader) -> None:
        cell = row.cells.get(column)
        if not cell or column in empty:
            return
        if column in NEVER_ZERO and is_zero(cell) and not (column == "above_ground" and ours):
            report.add(row, column, "zero-unknown", "assumed")
            return
        try:
            into[key] = reader(cell)
        except cells.BadCell as bad:
            report.add(row, column, bad.code, "refused")

    for column, key in NUMBERS.items():
        read(column, fields, key, cells.number)
    for column, (key, reader) in _OTHERS.items():
        read(column, fields, key, reader)
    read("depression", fields, "depression", cells.number)
    for column in (*HEIGHTS, "lon", "lat"):
        read(column, heights, column, cells.number)
    below = fields.pop("depression", None)
    if below is not None:
        fields.setdefault("pitch_deg", -abs(below))
    sizes: dict[str, Any] = {}
    read("resolution", sizes, "size", cells.image_size)
    if "size" in sizes:
        fields.setdefault("image_width_px", sizes["size"][0])
        fields.setdefault("image_height_px", sizes["size"][1])
    _read_status(row, fields, report)
    if row.cells.get("assumed"):
        fields["assumed"] = tuple(word for word in row.cells["assumed"].replace(",", ";").split(";") if word)
    for remark in row.remarks:
        field = next((name for name, heading in row.headings.items() if heading == remark.column), remark.column)
        hidden = remark.code == "network-address"
        report.add(row, field, remark.code, "assumed", hidden=hidden, **remark.values)
    return Draft(row, name, fields, heights)


def _texts(row: Row, report: Remarks) -> dict[str, Any]:
    """Texts without addresses of streams: those are kept apart, or nowhere."""
    fields: dict[str, Any] = {}
    for name in TEXTS:
        if row.cells.get(name):
            fields[name] = without_addresses(row.cells[name])
            if fields[name] != row.cells[name]:
                report.add(row, name, "hidden-address", "assumed", hidden=True)
    return fields


def _read_status(row: Row, fields: dict[str, Any], report: Remarks) -> None:
    if row.cells.get("status"):
        try:
            fields["status"] = cells.status(row.cells["status"])
        except cells.BadCell as bad:
            report.add(row, "status", bad.code, "assumed")
