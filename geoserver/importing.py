"""Camera lists that are looked at, tried and taken in: for the command line and for the client alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from geoserver.accounts.seen import Seen
from geoserver.editing import Ask, write
from geoserver.services import Services
from geoserver.storage.store import Change, Query, Store, Write
from geoserver.town import Town
from geoserver.words import Lang, say
from layers.cameras.lists.grid import Grid, Note
from layers.cameras.lists.guess import guess
from layers.cameras.lists.headings import HEADINGS, is_secret
from layers.cameras.lists.load import Loading, load_cameras
from layers.cameras.lists.report import LoadReport, Problem
from layers.cameras.lists.streams import without_addresses
from layers.cameras.lists.tables import REQUIRED, mapping_of, read_grid
from layers.cameras.model import Camera

SHOWN_ROWS = 20
SAMPLES = 3
HIDDEN_CELL = "•••"
"""What stands for a cell that is never shown."""
FIELDS = tuple(name for name in HEADINGS if name not in ("assumed", "tier_assumed", "district", "street", "community"))
"""What a column may be mapped to."""


@dataclass(frozen=True)
class Looked:
    """A list as it was taken apart, and what its columns are taken for.

    Attributes
    ----------
    known : heading → field
    proposed : field → heading, told from the cells where there are no headings
    missing : fields without which nothing can be loaded
    """

    file: str
    grid: Grid
    known: Mapping[str, str]
    proposed: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """What must be mapped before the list can be loaded."""
        return tuple(name for name in REQUIRED if name not in self.known.values())


def look(data: bytes, file: str, how: Loading, town: Town) -> Looked:
    """Take a list apart and find out what its columns mean. Writes nothing."""
    grid = read_grid(data, file, how.reading)
    known = mapping_of(grid, file, how.columns)
    crs = how.crs or grid.crs or "EPSG:4326"
    guessed = {} if set(REQUIRED) <= set(known.values()) else guess(grid, town.scene, crs, file)
    proposed = {
        field: heading
        for field, heading in guessed.items()
        if field not in known.values() and field not in how.columns and heading not in known
    }
    return Looked(file, grid, known, proposed)


def columns_of(looked: Looked) -> list[dict[str, Any]]:
    """The columns as a person maps them: number, heading, field, some cells. Secrets are not shown."""
    proposed = {heading: field for field, heading in looked.proposed.items()}
    return [
        {
            "number": k + 1,
            "heading": heading,
            "field": looked.known.get(heading),
            "proposed": proposed.get(heading),
            "secret": (secret := is_secret(heading, looked.known.get(heading))),
            "samples": [_shown(cell, secret) for cell in _first(looked.grid, k)],
        }
        for k, heading in enumerate(looked.grid.head)
    ]


def rows_of(looked: Looked) -> list[dict[str, Any]]:
    """The first lines, cell by cell."""
    secret = [is_secret(heading, looked.known.get(heading)) for heading in looked.grid.head]
    return [
        {"row": line.number, "cells": [_shown(cell, hide) for cell, hide in zip(line.cells, secret, strict=True)]}
        for line in looked.grid.lines[:SHOWN_ROWS]
    ]


def _first(grid: Grid, column: int) -> list[str]:
    return [line.cells[column] for line in grid.lines[:500] if line.cells[column]][:SAMPLES]


def _shown(cell: str, secret: bool) -> str:
    return (HIDDEN_CELL if cell else "") if secret else without_addresses(cell)[:200]


def tried(looked: Looked, how: Loading, town: Town, known: Mapping[str, Camera]) -> LoadReport:
    """What a load would do. Writes nothing."""
    return load_cameras(looked.grid, file=looked.file, scene=town.scene, how=how, areas=town.areas, known=known)


def writes_of(report: LoadReport, known: Mapping[str, Camera]) -> list[Write]:
    """The writes that a report calls for."""
    return [Write.put(one, known[one.id].version if one.id in known else 0) for one in report.changes]


def take_in(services: Services, report: LoadReport, known: Mapping[str, Camera], ask: Ask) -> list[Change]:
    """Write what a report calls for, with its credentials, and have the server take it up."""
    listed = {one.id: one for one in report.records}
    for camera in (listed[credential.camera] for credential in report.credentials):
        ask.caller.demand("change", "credential", area=camera.area, tier=camera.tier)
    rows = write(services, writes_of(report, known), replace(ask, listed=True))
    services.store.set_credentials(report.credentials)
    return rows


def known_cameras(store: Store | Seen) -> dict[str, Camera]:
    """All cameras that are there already, by id."""
    return {record.id: record for record in store.find(Query("camera")) if isinstance(record, Camera)}


def row_words(problem: Problem, lang: Lang) -> dict[str, Any]:
    """A remark on a row, in words."""
    return {
        "row": problem.row,
        "id": problem.camera,
        "field": problem.column,
        "value": problem.value,
        "code": problem.code,
        "severity": problem.severity,
        "detail": say(lang, "row", problem.code, problem.values, default=problem.detail),
        "remedy": say(lang, "remedy", problem.code, problem.values, default=problem.remedy),
    }


def note_words(note: Note, lang: Lang) -> dict[str, Any]:
    """A remark on the file as a whole, in words."""
    return {"code": note.code, "text": say(lang, "note", note.code, note.values, default=note.text)}
