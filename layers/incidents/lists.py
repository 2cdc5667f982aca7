"""Incident lists become records: rows in, incidents and a row-by-row report out. Writes nothing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras.lists.cells import BadCell, usable_id
from layers.cameras.lists.grid import Reading
from layers.cameras.lists.report import Remarks
from layers.cameras.lists.tables import Row
from layers.incidents.model import Incident, Source, State, Step
from layers.incidents.states import with_fields
from layers.incidents.times import Clock, day_first
from layers.incidents.words import HEADINGS, category_of, severity_of, source_of, state_of
from layers.listed import ListReport, concluded, detail_of, read_listing
from layers.listed_places import Placed, places
from tiles.scene import Scene

LOADER = "load"
NEEDED = (("number", "id"), ("time",), ("lon", "location", "reference_x"), ("lat", "location", "reference_y"))
_LIFE = frozenset({"state", "steps", "deadline", "notes", "supervised", "unit", "duplicate_of", "version", "alerts"})
"""What happens to an incident after it came in: a list that says nothing of it changes nothing of it."""
_TEXTS = ("subcategory", "description", "address", "reference", "unit", "duplicate_of")
_ENDS = frozenset({"resolved", "closed"})


@dataclass(frozen=True)
class IncidentLoading:
    """How a list is to be read.

    Attributes
    ----------
    zone : of times that name none
    wall : times are those of clocks on the wall of the zone, whatever offset is written behind them
    source : of rows that name none
    state : of rows that name none; a list is history unless it says otherwise
    crs : of lon and lat; None = as the file names it, else WGS 84
    reference_crs : of map references; without it they are not checked
    columns : field → heading or number of a column; "" = none
    header : auto, or none where columns go by number
    """

    zone: ZoneInfo
    wall: bool = False
    source: Source = "hand"
    state: State = "closed"
    crs: str | None = None
    reference_crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    header: str = "auto"
    sheet: str | None = None


def load_incidents(
    data: bytes,
    *,
    file: str,
    scene: Scene,
    areas: AreaIndex,
    how: IncidentLoading,
    known: Mapping[str, Incident] | None = None,
) -> ListReport:
    """Read a list of incidents. The same file loaded twice changes nothing the second time.

    Raises
    ------
    UnreadableList
        The file as a whole cannot be used.
    """
    listing = read_listing(data, file, HEADINGS, Reading(how.header, how.sheet, how.columns), NEEDED)
    remarks = Remarks()
    rows = [row for row in listing.rows if not _broken(row, remarks)]
    texts = [row.cells.get("time", "") for row in rows]
    clock = Clock(how.zone, how.wall, day_first(texts))
    spots = places(rows, scene, how.crs or listing.crs or "EPSG:4326", how.reference_crs, file, remarks)
    made = _records(rows, spots, (clock, how, known or {}), areas, remarks)
    return concluded(made, known or {}, remarks.problems, listing)


def _broken(row: Row, remarks: Remarks) -> bool:
    if row.broken:
        remarks.add(row, "id", row.broken, "refused")
    return bool(row.broken)


def _records(
    rows: list[Row],
    spots: list[Placed | None],
    how: tuple[Clock, IncidentLoading, Mapping[str, Incident]],
    areas: AreaIndex,
    remarks: Remarks,
) -> list[Incident]:
    clock, loading, known = how
    standing = [(row, spot) for row, spot in zip(rows, spots, strict=True) if spot is not None]
    codes = areas.codes_of([spot.lon for _, spot in standing], [spot.lat for _, spot in standing]) if standing else []
    first: dict[str, int] = {}
    made: list[Incident] = []
    for (row, spot), of_place in zip(standing, codes, strict=True):
        located = {level: of_place.get(level, "") for level in ("district", "street", "community")}
        place: dict[str, Any] = {"lon": spot.lon, "lat": spot.lat, "area": smallest(of_place), **located}
        if spot.reference:
            place |= {"reference": spot.reference, "within_m": spot.within_m}
        fields = _fields(row, clock, loading, remarks)
        if fields is None or not _first_of_its_id(row, str(fields["id"]), first, remarks):
            continue
        try:
            made.append(_incident({**fields, **place}, known.get(str(fields["id"]))))
        except ValidationError as bad:
            error = bad.errors(include_url=False, include_context=False, include_input=False)[0]
            name = str(error["loc"][0]) if error["loc"] else "state"
            remarks.add(row, name, "bad-value", "refused", detail=detail_of(error))
    return made


def _first_of_its_id(row: Row, id_: str, first: dict[str, int], remarks: Remarks) -> bool:
    if id_ in first:
        remarks.add(row, "number", "duplicate-id", "refused", first=first[id_])
        return False
    first[id_] = row.number
    return True


def _incident(fields: dict[str, Any], before: Incident | None) -> Incident:
    """The record of a row; what has happened to a known one since stays, where the row does not tell its life."""
    steps = fields.pop("steps")
    told = fields.pop("told")
    if before is not None and not told:
        if before.request == fields["request"]:
            return before
        return with_fields(before, **{name: value for name, value in fields.items() if name not in _LIFE})
    # A list names no pictures: nobody gets at one by writing its name into a file.
    pictures = before.pictures if before is not None else ()
    return with_fields(Incident(**fields, steps=steps, pictures=pictures))


def _fields(row: Row, clock: Clock, loading: IncidentLoading, remarks: Remarks) -> dict[str, Any] | None:
    cells = row.cells
    source = source_of(cells.get("source", "")) or loading.source
    number = cells.get("number", "")[:100]
    id_ = usable_id(cells.get("id") or (f"{source}-{number}" if number else ""))
    if not id_:
        remarks.add(row, "number", "no-id", "refused")
        return None
    try:
        reported = clock.read(cells.get("time", ""))
        closed = clock.read(cells["closed_at"]) if cells.get("closed_at") else None
        told = _document(row, "steps"), _document(row, "notes"), _document(row, "alerts")
    except BadCell as bad:
        column = "steps" if bad.code == "not-json" else "time"
        remarks.add(row, column, bad.code, "refused")
        return None
    state = state_of(cells.get("state", "")) or loading.state
    steps = told[0] if told[0] is not None else _steps(state, reported, closed)
    shown: dict[str, Any] = {name: cells[name] for name in _TEXTS if cells.get(name)}
    shown |= {name: cells[name] for name in ("within_m", "expires_at") if cells.get(name)}
    if cells.get("exercise"):
        shown["exercise"] = _yes(cells["exercise"])
    return {
        **shown,
        "id": id_,
        "source": source,
        "number": number,
        "category": _category(row, remarks),
        "severity": _severity(row, remarks),
        "reported_at": reported,
        "state": state,
        "steps": steps,
        "notes": told[1] or (),
        "alerts": told[2] or (),
        "supervised": _yes(cells.get("supervised", "")),
        "request": cells.get("request") or _mark(cells),
        "told": told[0] is not None or bool(cells.get("state")),
    }


def _yes(word: str) -> bool:
    return word.strip().lower() in ("true", "1", "yes", "是", "演习", "演练")


def _document(row: Row, name: str) -> Any:
    text = row.cells.get(name)
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadCell("not-json") from None


def _steps(state: State, reported: datetime, closed: datetime | None) -> tuple[Step, ...]:
    first = Step(state="reported", at=reported, by=LOADER)
    if state == "reported":
        return (first,)
    at = max(reported, closed) if closed and state in _ENDS else reported
    return first, Step(state=state, at=at, by=LOADER)


def _category(row: Row, remarks: Remarks) -> str:
    word = row.cells.get("category", "")
    found = category_of(word)
    if found is None:
        remarks.add(row, "category", "unknown-category" if word else "assumed", "assumed", used="other")
    return found or "other"


def _severity(row: Row, remarks: Remarks) -> int:
    word = row.cells.get("severity", "")
    found = severity_of(word)
    if found is None and word:
        remarks.add(row, "severity", "unknown-severity", "assumed", used=3)
    return found or 3


def _mark(cells: Mapping[str, str]) -> str:
    """The same row is known again by this, whatever has become of its incident."""
    return hashlib.sha256(json.dumps(sorted(cells.items()), ensure_ascii=False).encode()).hexdigest()[:24]
