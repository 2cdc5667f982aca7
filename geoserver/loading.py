"""Loads lists into a built city, row by row, and says what became of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geoserver import importing
from geoserver.console import Console
from geoserver.dumping import dump
from geoserver.editing import LOADER
from geoserver.faults import BadFile
from geoserver.sealed_store import open_sealed
from geoserver.settings import settings_from_environment
from geoserver.storage.opening import open_store
from geoserver.storage.store import Query, Store, Write
from geoserver.town import Town
from layers.cameras.lists.grid import Note
from layers.cameras.lists.load import Loading, load_cameras
from layers.cameras.lists.report import LoadReport, Problem
from layers.catalogue import COLLECTIONS
from layers.privacy_files import VolumeReport, read_volumes
from tiles.city import Source

COUNTS = {"new": "created", "updated": "changed", "unchanged": "same"}


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Store, Town]]:
    """The store and the city of a folder; closed on leaving."""
    settings = settings_from_environment(folder)
    town = Town.open(settings.folder, settings.cache)
    store = open_sealed(settings.database, settings.vault_key)
    try:
        yield store, town
    finally:
        store.close()


def load_file(folder: Path, file: Path, how: Loading, dry_run: bool, console: Console) -> int:
    """Load a camera list into a built city; the number of rows that were refused."""
    with opened(folder) as (store, town):
        return _load(store, town, (file, how), dry_run, console)


def preview_file(folder: Path, file: Path, how: Loading, console: Console) -> int:
    """Show what the columns of a list are taken for and what a load would do; 1 where columns are missing."""
    with opened(folder) as (store, town):
        looked = importing.look(read_bytes(file), str(file), how, town)
        for column in importing.columns_of(looked):
            shown = ", ".join(column["samples"])
            console.tell("column", **{**column, "field": column["field"] or "-", "samples": shown})
        if looked.missing:
            _tell_notes(file, looked.grid.notes, console)
            words = " ".join(f"--map {field}={heading}" for field, heading in looked.proposed.items())
            console.tell("unmapped", file=str(file), missing=", ".join(looked.missing), proposed=words or "-")
            return 1
        _tell(file, importing.tried(looked, how, town, importing.known_cameras(store)), True, console)
        return 0


def load_volumes(folder: Path, file: Path, dry_run: bool, console: Console) -> int:
    """Load privacy volumes; the number of features that were refused."""
    with opened(folder) as (store, town):
        report = read_volumes(read_bytes(file), str(file), town.scene, town.areas)
        known = {one.id: one for one in store.find(Query("privacy-volume"))}
        writes = [Write.put(one, known[one.id].version if one.id in known else 0) for one in report.records]
        before = store.head()
        if not dry_run:
            store.commit(writes, actor=LOADER)
        _tell_volumes(file, report, store.head() - before, dry_run, console)
        return len({problem.row for problem in report.problems})


def load_sources(folder: Path, sources: Iterable[Source], console: Console) -> None:
    """Load the lists that a city file names; repeating it changes nothing."""
    with opened(folder) as (store, town):
        for source in sources:
            _load(store, town, (source.file, _as_stated(source)), False, console)


def dump_file(folder: Path, kind: str, file: Path, console: Console) -> None:
    """Write all records of a kind to a file."""
    store = open_store(settings_from_environment(folder).database)
    try:
        count = dump(store.find(Query(COLLECTIONS[kind].name)), file, kind)
    finally:
        store.close()
    console.tell("dumped", count=count, kind=kind, file=str(file))


def _as_stated(source: Source) -> Loading:
    """How a city file says that a list is to be read."""
    return Loading(
        crs=source.crs,
        height_reference=source.height_reference or "above ground",
        vertical_datum=source.datum if source.vertical_datum else None,
        columns=source.columns,
    )


def _load(store: Store, town: Town, what: tuple[Path, Loading], dry_run: bool, console: Console) -> int:
    file, how = what
    known = importing.known_cameras(store)
    report = load_cameras(read_bytes(file), file=str(file), scene=town.scene, how=how, areas=town.areas, known=known)
    if not dry_run:
        store.commit(importing.writes_of(report, known), actor=LOADER)
        store.set_credentials(report.credentials)
    _tell(file, report, dry_run, console)
    return report.counts["refused"]


def read_bytes(file: Path) -> bytes:
    """The content of a file named on the command line.

    Raises
    ------
    BadFile
    """
    try:
        return file.read_bytes()
    except OSError as error:
        remedy = "Give a file that can be read."
        raise BadFile(file=str(file), detail=f"cannot be read ({error.strerror}).", remedy=remedy) from None


def _tell(file: Path, report: LoadReport, dry_run: bool, console: Console) -> None:
    """Every refused row; for programs the assumed and incomplete ones too, which people get as numbers."""
    _tell_notes(file, report.notes, console)
    for problem in report.problems:
        if problem.severity == "refused" or console.as_json:
            _tell_row(file, problem, console)
    counts = {name: report.counts[key] for key, name in COUNTS.items()}
    rest = {name: report.counts[name] for name in ("refused", "assumed", "incomplete", "skipped")}
    if report.ignored:
        console.tell("ignored", file=str(file), columns=", ".join(report.ignored))
    if report.counts["skipped"] and not console.as_json:
        console.tell("skipped", file=str(file), count=report.counts["skipped"])
    console.tell("would-load" if dry_run else "loaded", file=str(file), **counts, **rest)


def _tell_volumes(file: Path, report: VolumeReport, changed: int, dry_run: bool, console: Console) -> None:
    for problem in report.problems:
        _tell_row(file, problem, console)
    refused = len({problem.row for problem in report.problems})
    code = "would-load-volumes" if dry_run else "loaded-volumes"
    console.tell(code, file=str(file), count=len(report.records), changed=changed, refused=refused)


def _tell_notes(file: Path, notes: Iterable[Note], console: Console) -> None:
    for note in notes:
        console.tell("note", file=str(file), note=note.code, text=importing.note_words(note, console.lang)["text"])


def _tell_row(file: Path, problem: Problem, console: Console) -> None:
    console.row({"file": str(file), **importing.row_words(problem, console.lang)})
