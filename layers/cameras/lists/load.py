"""Camera lists become records: rows in, cameras, credentials and a row-by-row report out. Writes nothing.

The load names the coordinate system and what heights are measured from. The same file loaded twice
changes nothing the second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras.assumptions import complete
from layers.cameras.blame import blamed, is_limit
from layers.cameras.lists.drafts import COLUMN, HEIGHTS, Draft, drafts_of
from layers.cameras.lists.grid import Grid, Note
from layers.cameras.lists.placing import GENERIC, placed, raised
from layers.cameras.lists.report import LoadReport, Remarks
from layers.cameras.lists.streams import split_streams
from layers.cameras.lists.tables import Reading, Table, read_grid, table_of
from layers.cameras.model import Camera, Credential
from layers.errors import BadInput
from tiles.scene import Scene

HEIGHT_REFERENCES = tuple(GENERIC)
DEEPEST_M = 5.0
"""A lens farther below the ground than this is a mistake in the heights."""


@dataclass(frozen=True)
class Loading:
    """How a list is to be read.

    Attributes
    ----------
    crs : WGS 84, CGCS2000, GCJ-02, BD-09 or what PROJ understands; None = as the file names it, else WGS 84
    height_reference : of heights whose column does not say it: one of ``HEIGHT_REFERENCES``
    vertical_datum : name or `tiles.datum` value of heights above the sea; none is ever guessed
    columns : field → heading or number of a column, for headings of a list's own; "" = no column
    header : auto, or none where columns go by number
    sheet : sheet of a workbook or layer of a GeoPackage; None = the one with the most to say
    """

    crs: str | None = None
    height_reference: str = "above ground"
    vertical_datum: Any = None
    columns: Mapping[str, str] = field(default_factory=dict)
    header: str = "auto"
    sheet: str | None = None

    @property
    def reading(self) -> Reading:
        """How the file is taken apart."""
        return Reading(self.header, self.sheet, self.columns)


def load_cameras(
    data: bytes | str | Grid,
    *,
    file: str,
    scene: Scene,
    how: Loading | None = None,
    areas: AreaIndex | None = None,
    known: Mapping[str, Camera] | None = None,
) -> LoadReport:
    """Read a camera list of any form that `tables.read_grid` knows, or one that it has read.

    Parameters
    ----------
    file : name for messages
    scene : the city they stand in
    known : cameras that are there already, by id

    Raises
    ------
    UnreadableList, NotACatalogue
        The file as a whole cannot be used.
    BadInput
        The height reference is none, or heights above the sea come without a vertical datum.
    """
    how = how or Loading()
    if how.height_reference not in HEIGHT_REFERENCES:
        raise BadInput(
            field="height_reference",
            value=how.height_reference,
            detail="is not known.",
            remedy=f"Give one of: {', '.join(HEIGHT_REFERENCES)}.",
        )
    grid = data if isinstance(data, Grid) else read_grid(data, file, how.reading)
    table, report = table_of(grid, file, how.columns), Remarks()
    drafts, notes = drafts_of(table, report)
    drafts = placed(drafts, scene, how.crs or table.crs or "EPSG:4326", file, known or {}, report)
    drafts = raised(drafts, scene, how.height_reference, how.vertical_datum, file)
    records, credentials = _records(drafts, scene, areas, report)
    return _concluded(records, credentials, known or {}, report, table, table.notes + notes)


def _records(
    drafts: list[Draft], scene: Scene, areas: AreaIndex | None, report: Remarks
) -> tuple[list[Camera], list[Credential]]:
    codes = (
        areas.codes_of([d.lon for d in drafts], [d.lat for d in drafts]) if areas and drafts else [{} for _ in drafts]
    )
    records: list[Camera] = []
    credentials: list[Credential] = []
    for draft, of_place in zip(drafts, codes, strict=True):
        streams, secrets = split_streams(draft.id, draft.row.cells)
        located = {level: of_place.get(level, "") for level in ("district", "street", "community")}
        if draft.site is None:
            continue
        fields = complete({"name": draft.id, **draft.fields}, draft.site, scene)
        below = -fields["mount_height_m"]
        if below > DEEPEST_M:
            report.add(draft.row, _height_column(draft), "below-ground", "refused", below_m=below)
            continue
        place = {"id": draft.id, "lon": draft.lon, "lat": draft.lat, "area": smallest(of_place)}
        try:
            record = Camera(**{**fields, **located, **place, "streams": streams})
        except ValidationError as bad:
            _refuse(draft, bad, report)
            continue
        _remark(draft, record, report)
        records.append(record)
        credentials += secrets
    return records, credentials


def _height_column(draft: Draft) -> str:
    return next((name for name in HEIGHTS if draft.row.cells.get(name)), "height")


def _refuse(draft: Draft, bad: ValidationError, report: Remarks) -> None:
    """Name the columns whose values the record refuses; those of the file before what was derived from them."""
    found: dict[str, tuple[str, str]] = {}
    for error in bad.errors(include_url=False, include_context=False, include_input=False):
        name = blamed(error)
        column = _height_column(draft) if name in ("height_m", "mount_height_m") else COLUMN.get(name, name)
        code = "out-of-range" if is_limit(error) else "bad-value"
        found.setdefault(column, (code, error["msg"].removeprefix("Value error, ")))
    stated = {column: why for column, why in found.items() if draft.row.cells.get(column)}
    for column, (code, detail) in (stated or found).items():
        report.add(draft.row, column, code, "refused", detail=detail)


def _remark(draft: Draft, record: Camera, report: Remarks) -> None:
    """Say what was assumed for a row, and what stays unknown."""
    before = draft.fields.get("assumed", ())
    for name in record.assumed:
        if name not in before:
            value = getattr(record, name)
            report.add(draft.row, COLUMN.get(name, name), "assumed", "assumed", used="-" if value is None else value)
    if record.heading_deg is None:
        report.add(draft.row, "heading", "no-heading", "incomplete")


def _concluded(
    records: list[Camera],
    credentials: list[Credential],
    known: Mapping[str, Camera],
    report: Remarks,
    table: Table,
    notes: tuple[Note, ...],
) -> LoadReport:
    kept, changes = [], []
    for record in records:
        before = known.get(record.id)
        if before is not None:
            record = record.model_copy(
                update={"version": before.version, "valid_from": before.valid_from, "valid_to": before.valid_to}
            )
        kept.append(record)
        if record != before:
            changes.append(record)
    updated = sum(record.id in known for record in changes)
    rows = {
        severity: {p.row for p in report.problems if p.severity == severity} for severity in ("assumed", "incomplete")
    }
    counts = {
        "read": len(table.rows),
        "refused": len(report.refused),
        "skipped": len(report.skipped),
        "new": len(changes) - updated,
        "updated": updated,
        "unchanged": len(kept) - len(changes),
        **{name: len(found - report.refused) for name, found in rows.items()},
    }
    problems = sorted(report.problems, key=lambda problem: problem.row)
    return LoadReport(tuple(kept), tuple(changes), tuple(credentials), tuple(problems), counts, table.ignored, notes)
