"""Loads camera lists into a built city, row by row, and says what became of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geoserver.console import Console
from geoserver.dumping import dump
from geoserver.faults import BadFile
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Store, Write
from geoserver.town import Town
from geoserver.words import Lang, say
from layers.cameras.load import Loading, load_cameras
from layers.cameras.model import Camera
from layers.cameras.report import LoadReport, Problem
from layers.catalogue import COLLECTIONS
from tiles.city import Source

COUNTS = {"new": "created", "updated": "changed", "unchanged": "same"}


def load_file(folder: Path, file: Path, how: Loading, dry_run: bool, console: Console) -> int:
    """Load a list into a built city; the number of rows that were refused."""
    settings = Settings(folder=folder.resolve())
    town = Town.open(settings.folder, settings.cache)
    store = SqliteStore.open(settings.database)
    try:
        return _load(store, town, (file, how), dry_run, console)
    finally:
        store.close()


def load_sources(folder: Path, sources: Iterable[Source], console: Console) -> None:
    """Load the lists that a city file names; repeating it changes nothing."""
    settings = Settings(folder=folder.resolve())
    town = Town.open(settings.folder, settings.cache)
    store = SqliteStore.open(settings.database)
    try:
        for source in sources:
            _load(store, town, (source.file, _as_stated(source)), False, console)
    finally:
        store.close()


def dump_file(folder: Path, kind: str, file: Path, console: Console) -> None:
    """Write all records of a kind to a file."""
    store = SqliteStore.open(Settings(folder=folder.resolve()).database)
    try:
        count = dump(store.find(Query(COLLECTIONS[kind].name)), file)
    finally:
        store.close()
    console.tell("dumped", count=count, kind=kind, file=str(file))


def _as_stated(source: Source) -> Loading:
    """How a city file says that a list is to be read."""
    return Loading(
        crs=source.crs or "EPSG:4326",
        height_reference=source.height_reference or "above ground",
        vertical_datum=source.datum if source.vertical_datum else None,
        columns=source.columns,
    )


def _load(store: Store, town: Town, what: tuple[Path, Loading], dry_run: bool, console: Console) -> int:
    file, how = what
    known = {record.id: record for record in store.find(Query("camera")) if isinstance(record, Camera)}
    report = load_cameras(_read(file), file=str(file), scene=town.scene, how=how, areas=town.areas, known=known)
    if not dry_run:
        writes = [Write.put(one, known[one.id].version if one.id in known else 0) for one in report.changes]
        store.commit(writes)
        store.set_credentials(report.credentials)
    _tell(file, report, dry_run, console)
    return report.counts["refused"]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        remedy = "Give a file that can be read."
        raise BadFile(file=str(file), detail=f"cannot be read ({error.strerror}).", remedy=remedy) from None


def _tell(file: Path, report: LoadReport, dry_run: bool, console: Console) -> None:
    """Every refused row; for programs the assumed and incomplete ones too, which people get as numbers."""
    for problem in report.problems:
        if problem.severity == "refused" or console.as_json:
            console.row(_row(file, problem, console.lang))
    counts = {name: report.counts[key] for key, name in COUNTS.items()}
    rest = {name: report.counts[name] for name in ("refused", "assumed", "incomplete")}
    if report.ignored:
        console.tell("ignored", file=str(file), columns=", ".join(report.ignored))
    console.tell("would-load" if dry_run else "loaded", file=str(file), **counts, **rest)


def _row(file: Path, problem: Problem, lang: Lang) -> dict[str, Any]:
    return {
        "file": str(file),
        "row": problem.row,
        "id": problem.camera,
        "field": problem.column,
        "value": problem.value,
        "code": problem.code,
        "severity": problem.severity,
        "detail": say(lang, "row", problem.code, problem.values, default=problem.detail),
        "remedy": say(lang, "remedy", problem.code, problem.values, default=problem.remedy),
    }
