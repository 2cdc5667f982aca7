"""Camera lists become records: rows in, cameras, credentials and a row-by-row report out. Writes nothing.

The load names the coordinate system and what heights are measured from. The same file loaded twice
changes nothing the second time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras import cells
from layers.cameras.assumptions import Site, complete
from layers.cameras.headings import SECRET
from layers.cameras.model import Camera, Credential
from layers.cameras.report import LoadReport, Problem, Severity
from layers.cameras.streams import split_streams
from layers.cameras.tables import Row, read_table
from layers.errors import BadInput
from tiles.geodesy import Floats
from tiles.scene import Scene

HEIGHT_REFERENCES = ("above ground", "above sea", "ellipsoidal")
DEEPEST_M = 5.0
"""A lens farther below the ground than this is a mistake in the heights."""

_NUMBERS = {
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
_HEIGHTS = ("ellipsoidal", "above_ground", "above_sea", "height")
_TEXTS = ("name", "name_en", "owner", "address", "purpose", "remarks")
_WORDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "tier": ("tier", cells.tier),
    "type": ("type", cells.camera_type),
    "heading": ("heading_deg", cells.heading),
}
_COLUMN = {name: column for column, name in _NUMBERS.items()} | {
    "tier": "tier",
    "type": "type",
    "heading_deg": "heading",
    "mount_height_m": "above_ground",
    "height_m": "height",
}


@dataclass(frozen=True)
class Loading:
    """How a list is to be read.

    Attributes
    ----------
    crs : WGS 84, CGCS2000, GCJ-02, BD-09 or what PROJ understands
    height_reference : of heights whose column does not say it: one of ``HEIGHT_REFERENCES``
    vertical_datum : name or `tiles.datum` value of heights above the sea; none is ever guessed
    columns : field → heading, for headings of a list's own
    """

    crs: str = "EPSG:4326"
    height_reference: str = "above ground"
    vertical_datum: Any = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Draft:
    """A row on its way to a record."""

    row: Row
    id: str
    fields: dict[str, Any]
    heights: dict[str, float]
    lon: float = np.nan
    lat: float = np.nan
    site: Site | None = None


class _Report:
    """Collects remarks; knows which column of the file a field came from."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.refused: set[int] = set()

    def add(self, row: Row, column: str, code: str, severity: Severity, **values: Any) -> None:
        shown = "" if column in SECRET else row.cells.get(column, "")
        heading = row.headings.get(column, column)
        self.problems.append(Problem(row.number, row.cells.get("id", ""), heading, shown, code, severity, values))
        if severity == "refused":
            self.refused.add(row.number)


def load_cameras(
    data: bytes | str,
    *,
    file: str,
    scene: Scene,
    how: Loading | None = None,
    areas: AreaIndex | None = None,
    known: Mapping[str, Camera] | None = None,
) -> LoadReport:
    """Read a camera list (CSV or GeoJSON).

    Parameters
    ----------
    file : name for messages
    scene : the city they stand in
    known : cameras that are there already, by id

    Raises
    ------
    UnreadableList
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
    table, report = read_table(data, file, how.columns), _Report()
    drafts = _drafts(table.rows, report)
    drafts = _placed(drafts, scene, how, file, report)
    drafts = _raised(drafts, scene, how, file)
    records, credentials = _records(drafts, scene, areas, report)
    return _concluded(records, credentials, known or {}, report, len(table.rows), table.ignored)


def _drafts(rows: tuple[Row, ...], report: _Report) -> list[_Draft]:
    """Rows whose cells can be read, each id once."""
    first: dict[str, int] = {}
    drafts = []
    for row in rows:
        given = row.cells.get("id", "")
        name = cells.usable_id(given)
        if row.broken:
            report.add(row, "id", row.broken, "refused")
        elif not name:
            report.add(row, "id", "no-id", "refused")
        elif name in first:
            report.add(row, "id", "duplicate-id", "refused", first=first[name])
        else:
            first[name] = row.number
            draft = _draft(row, name, report)
            if row.number not in report.refused:
                if name != given:
                    report.add(row, "id", "id-changed", "assumed", used=name)
                drafts.append(draft)
    return drafts


def _draft(row: Row, name: str, report: _Report) -> _Draft:
    fields: dict[str, Any] = {key: row.cells[key] for key in _TEXTS if row.cells.get(key)}
    heights: dict[str, float] = {}

    def read(column: str, into: dict[str, Any], key: str, reader: Callable[[str], Any]) -> None:
        if row.cells.get(column):
            try:
                into[key] = reader(row.cells[column])
            except cells.BadCell as bad:
                report.add(row, column, bad.code, "refused")

    for column, key in _NUMBERS.items():
        read(column, fields, key, cells.number)
    for column, (key, reader) in _WORDS.items():
        read(column, fields, key, reader)
    for column in (*_HEIGHTS, "lon", "lat"):
        read(column, heights, column, cells.number)
    sizes: dict[str, Any] = {}
    read("resolution", sizes, "size", cells.image_size)
    if "size" in sizes:
        fields.setdefault("image_width_px", sizes["size"][0])
        fields.setdefault("image_height_px", sizes["size"][1])
    _read_status(row, fields, report)
    if row.cells.get("assumed"):
        fields["assumed"] = tuple(word for word in row.cells["assumed"].replace(",", ";").split(";") if word)
    return _Draft(row, name, fields, heights)


def _read_status(row: Row, fields: dict[str, Any], report: _Report) -> None:
    if row.cells.get("status"):
        try:
            fields["status"] = cells.status(row.cells["status"])
        except cells.BadCell as bad:
            report.add(row, "status", bad.code, "assumed")


def _placed(drafts: list[_Draft], scene: Scene, how: Loading, file: str, report: _Report) -> list[_Draft]:
    """Those that stand in the city, with their place in WGS 84 and the ground below."""
    given = np.array([(d.heights.get("lon", np.nan), d.heights.get("lat", np.nan)) for d in drafts], float)
    given = given.reshape(-1, 2)
    lonlat = _to_lonlat(given, scene, how.crs, file)
    swapped = scene.inside(*_to_lonlat(given[:, ::-1], scene, how.crs, file).T)
    inside = scene.inside(lonlat[:, 0], lonlat[:, 1])
    ground = np.asarray(scene.ground_m(lonlat[:, 0], lonlat[:, 1]), float)
    x, y = scene.to_metric(lonlat[:, 0], lonlat[:, 1])
    standing = np.asarray(scene.prisms.building_at(x, y)).reshape(-1)
    placed = []
    for k, draft in enumerate(drafts):
        if swapped[k] and not inside[k]:
            report.add(draft.row, "lon", "swapped", "refused")
        elif np.isnan(lonlat[k]).any():
            report.add(draft.row, "lat" if np.isfinite(given[k, 0]) else "lon", "no-place", "refused")
        elif not inside[k] or not np.isfinite(ground[k]):
            report.add(draft.row, "lon", "outside-city", "refused")
        else:
            roof = float(scene.prisms.roof_m[standing[k]]) if standing[k] >= 0 else None
            draft.lon, draft.lat = float(lonlat[k, 0]), float(lonlat[k, 1])
            draft.site = Site(float(x[k]), float(y[k]), float(ground[k]), roof)
            placed.append(draft)
    return placed


def _to_lonlat(given: Floats, scene: Scene, crs: str, file: str) -> Floats:
    if crs.upper().replace(" ", "") in ("EPSG:4326", "WGS84", "OGC:CRS84"):
        fits = (np.abs(given[:, 0]) <= 180) & (np.abs(given[:, 1]) < 90)
        return np.where(fits[:, None], given, np.nan)
    return scene.lonlat_of(given, crs, file)


def _raised(drafts: list[_Draft], scene: Scene, how: Loading, file: str) -> list[_Draft]:
    """With the height of the lens, where one is given: ellipsoidal, and above the ground."""
    generic = {"above ground": "above_ground", "above sea": "above_sea", "ellipsoidal": "ellipsoidal"}
    for draft in drafts:
        if "height" in draft.heights:
            draft.heights.setdefault(generic[how.height_reference], draft.heights["height"])
    from_sea = [
        d for d in drafts if "above_sea" in d.heights and not {"ellipsoidal", "above_ground"} & d.heights.keys()
    ]
    if from_sea:
        if how.vertical_datum is None:
            raise BadInput(
                field="vertical_datum",
                value="",
                detail=f"{file} has heights above the sea without a vertical datum.",
                remedy='Name it: "EGM96", "EPSG:5737" or another.',
            )
        lon, lat, sea = np.array([(d.lon, d.lat, d.heights["above_sea"]) for d in from_sea]).T
        for draft, lens in zip(from_sea, scene.to_ellipsoidal(lon, lat, sea, how.vertical_datum), strict=True):
            draft.heights["ellipsoidal"] = float(lens)
    for draft in drafts:
        heights, site = draft.heights, draft.site
        if site is None:
            continue
        if "ellipsoidal" in heights:
            lens = heights["ellipsoidal"]
            draft.fields["height_m"] = lens
            draft.fields["mount_height_m"] = heights.get("above_ground", round(lens - site.ground_m, 3))
        elif "above_ground" in heights:
            draft.fields["mount_height_m"] = heights["above_ground"]
            draft.fields["height_m"] = round(site.ground_m + heights["above_ground"], 3)
    return drafts


def _records(
    drafts: list[_Draft], scene: Scene, areas: AreaIndex | None, report: _Report
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


def _height_column(draft: _Draft) -> str:
    return next((name for name in _HEIGHTS if draft.row.cells.get(name)), "height")


def _refuse(draft: _Draft, bad: ValidationError, report: _Report) -> None:
    """Name the columns whose values the record refuses; those of the file before what was derived from them."""
    found: dict[str, tuple[str, str]] = {}
    for error in bad.errors(include_url=False, include_context=False, include_input=False):
        name = str(error["loc"][0]) if error["loc"] else "hfov_tele_deg"
        column = _height_column(draft) if name in ("height_m", "mount_height_m") else _COLUMN.get(name, name)
        limit = error["type"].startswith(("greater_than", "less_than"))
        found.setdefault(column, ("out-of-range" if limit else "bad-value", error["msg"].removeprefix("Value error, ")))
    stated = {column: why for column, why in found.items() if draft.row.cells.get(column)}
    for column, (code, detail) in (stated or found).items():
        report.add(draft.row, column, code, "refused", detail=detail)


def _remark(draft: _Draft, record: Camera, report: _Report) -> None:
    """Say what was assumed for a row, and what stays unknown."""
    before = draft.fields.get("assumed", ())
    for name in record.assumed:
        if name not in before:
            value = getattr(record, name)
            report.add(draft.row, _COLUMN.get(name, name), "assumed", "assumed", used="-" if value is None else value)
    if record.heading_deg is None:
        report.add(draft.row, "heading", "no-heading", "incomplete")


def _concluded(
    records: list[Camera],
    credentials: list[Credential],
    known: Mapping[str, Camera],
    report: _Report,
    read: int,
    ignored: tuple[str, ...],
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
        "read": read,
        "refused": len(report.refused),
        "new": len(changes) - updated,
        "updated": updated,
        "unchanged": len(kept) - len(changes),
        **{name: len(found - report.refused) for name, found in rows.items()},
    }
    problems = sorted(report.problems, key=lambda problem: problem.row)
    return LoadReport(tuple(kept), tuple(changes), tuple(credentials), tuple(problems), counts, ignored)
