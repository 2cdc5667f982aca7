"""Loads incidents, checkpoints, zones, units and vehicles into a built city, and says what became of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geoserver import importing
from geoserver.console import Console
from geoserver.dispatching import freed
from geoserver.editing import LOADER
from geoserver.faults import BadParameter
from geoserver.incident_alerts import cap_town
from geoserver.incident_answers import zone_of
from geoserver.loading import opened, read_bytes
from geoserver.settings import settings_from_environment
from geoserver.storage.store import Query, Write
from geoserver.town import Town
from layers.catalogue import COLLECTIONS
from layers.checkpoints_files import CHECKPOINT_HEADINGS, UNIT_HEADINGS, PlaceLoading, load_checkpoints, load_units
from layers.incidents.cap.lists import load_alerts
from layers.incidents.cap.read import is_xml
from layers.incidents.lists import IncidentLoading, load_incidents
from layers.incidents.model import Incident, Source, State
from layers.incidents.words import HEADINGS, source_of, state_of
from layers.listed import ListReport
from layers.record import Record
from layers.vehicles_files import VEHICLE_HEADINGS, load_vehicles
from layers.zones import Zone
from layers.zones_files import load_zones

_OF_PLACES = {"checkpoints": load_checkpoints, "units": load_units, "vehicles": load_vehicles}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "incidents": tuple(HEADINGS),
    "checkpoints": tuple(CHECKPOINT_HEADINGS),
    "units": tuple(UNIT_HEADINGS),
    "vehicles": tuple(VEHICLE_HEADINGS),
    "zones": (),
}
"""Kinds that are loaded here → fields that a column can be named for."""


@dataclass(frozen=True)
class SituationLoading:
    """How a list is to be read, in the words of the command line.

    Attributes
    ----------
    crs, columns, header, sheet : as of camera lists
    source, state : of incidents whose rows name none
    time_zone : of times that name none; None = the city's
    wall_clock : offsets behind the times are wrong: they are what clocks on the wall showed
    reference_crs : of masked map references
    """

    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    header: str = "auto"
    sheet: str | None = None
    source: str | None = None
    state: str | None = None
    time_zone: str | None = None
    wall_clock: bool = False
    reference_crs: str | None = None

    def places(self) -> PlaceLoading:
        """The part that checkpoints, units and vehicles need."""
        return PlaceLoading(self.crs, self.columns, self.header, self.sheet)

    def incidents(self, town: Town) -> IncidentLoading:
        """The part that incidents need.

        Raises
        ------
        BadParameter
        """
        return IncidentLoading(
            zone=_zone(self.time_zone) if self.time_zone else zone_of(town),
            wall=self.wall_clock,
            source=cast(Source, _known("source", self.source, source_of(self.source or "hand"))),
            state=cast(State, _known("state", self.state, state_of(self.state or "closed"))),
            crs=self.crs,
            reference_crs=self.reference_crs,
            columns=self.columns,
            header=self.header,
            sheet=self.sheet,
        )


def load_situation(folder: Path, kind: str, file: Path, how: SituationLoading, dry_run: bool, console: Console) -> int:
    """Load a list into a built city; the number of rows that were refused. Nothing is written by a dry run."""
    with opened(folder) as (store, town):
        name = COLLECTIONS[kind].name
        known = {one.id: one for one in store.find(Query(name))}
        sender = settings_from_environment(folder).cap_sender
        report = read_list(kind, read_bytes(file), str(file), how, town, known, sender)
        if not dry_run:
            store.commit([*writes_of(report, known), *freed(store, known, report.changes)], actor=LOADER)
    for problem in report.problems:
        if problem.severity == "refused" or console.as_json:
            console.row({"file": str(file), **importing.row_words(problem, console.lang)})
    for note in report.notes:
        console.tell("note", file=str(file), note=note.code, text=importing.note_words(note, console.lang)["text"])
    if report.ignored:
        console.tell("ignored", file=str(file), columns=", ".join(report.ignored))
    code = "would-load-list" if dry_run else "loaded-list"
    told = {ours: report.counts[theirs] for ours, theirs in _COUNTS.items()}
    console.tell(code, file=str(file), kind=kind, **told)
    return report.counts["refused"]


_COUNTS = {"created": "new", "changed": "updated", "same": "unchanged", "refused": "refused"}


def read_list(
    kind: str,
    data: bytes,
    name: str,
    how: SituationLoading,
    town: Town,
    known: Mapping[str, Record],
    sender: str = "",
) -> ListReport:
    """What is in a list of a kind (plural), against what is known already; nothing is written.

    ``sender`` : by which this server names itself in CAP alerts

    Raises
    ------
    UnreadableList, BadAlert, BadParameter
    """
    scene, areas = town.scene, town.areas
    if kind == "incidents":
        incidents = {id_: one for id_, one in known.items() if isinstance(one, Incident)}
        if is_xml(data):
            return load_alerts(data, cap_town(town, sender), incidents, datetime.now(UTC))
        loading = how.incidents(town)
        return load_incidents(data, file=name, scene=scene, areas=areas, how=loading, known=incidents)
    if kind == "zones":
        zones = {id_: one for id_, one in known.items() if isinstance(one, Zone)}
        return load_zones(data, file=name, scene=scene, areas=areas, known=zones)
    return _OF_PLACES[kind](data, file=name, scene=scene, areas=areas, how=how.places(), known=known)


def writes_of(report: ListReport, known: Mapping[str, Record]) -> list[Write]:
    """The writes that take a list in."""
    versions = {id_: one.version for id_, one in known.items()}
    return [Write.put(one, versions.get(one.id, 0)) for one in report.changes]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadParameter(
            parameter="--time-zone", value=name, reason="not-a-zone", detail="is no time zone. Give e.g. Asia/Shanghai."
        ) from None


def _known(name: str, given: str | None, found: str | None) -> str:
    if found is None:
        raise BadParameter(parameter=f"--{name}", value=given, reason="wrong", detail="cannot be: it is not known.")
    return found
