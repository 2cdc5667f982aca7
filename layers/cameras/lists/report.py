"""What became of a camera list, row by row: values with codes, so that the upper floor can translate them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from layers.cameras.lists.grid import Note
from layers.cameras.lists.headings import SECRET
from layers.cameras.lists.streams import without_addresses
from layers.cameras.lists.tables import Row
from layers.cameras.model import Camera, Credential

Severity = Literal["refused", "skipped", "assumed", "incomplete"]
"""refused: the row is left out; skipped: it is no camera; assumed: a value was added or taken otherwise;
incomplete: something stays unknown."""

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "no-id": ("the row has no id.", "Give every camera an id that stays the same."),
        "id-changed": ("the id has characters that an address cannot carry; {used} is used.", "Nothing to do."),
        "duplicate-id": ("the id stands in row {first} already.", "Keep one of the rows."),
        "too-many-cells": ("more cells than headings.", "Put quotes around text with delimiters."),
        "too-few-cells": ("the row has too few cells.", "Complete the row or take it out."),
        "no-point": ("the feature has no point.", "Give it a Point geometry."),
        "no-place": ("longitude or latitude is missing or no place.", "Give both, in the system that the load names."),
        "outside-city": ("the place is outside the city.", "Check the coordinates and the system that the load names."),
        "swapped": ("outside the city; with both swapped it would be inside.", "Swap longitude and latitude."),
        "not-a-number": ("is not a number.", "Give a number, without words."),
        "out-of-range": ("is out of range.", "Give a value that the column can have."),
        "not-a-tier": ("is no tier.", "Give 1, 2 or 3."),
        "not-a-type": ("is no type of camera.", "Give fixed or ptz (枪机, 球机)."),
        "not-a-state": ("is no known state; in service is taken.", "Give in-service, fault, planned or retired."),
        "not-a-size": ("is no picture size.", "Give it as 1920x1080."),
        "bad-value": ("cannot be used: {detail}.", "Correct the value."),
        "below-ground": (
            "the lens would be {below_m:.0f} m below the ground.",
            "Check what the heights are measured from.",
        ),
        "no-heading": ("the direction is not known, so what it sees is not known.", "Give the heading."),
        "assumed": ("not given; {used} is assumed.", "Give the value where it is known."),
        "footer": ("a line under the list, no camera.", "Nothing to do."),
        "no-camera": ("tagged as something else than a camera.", "Nothing to do."),
        "directory": ("a directory or an area of the catalogue, no camera.", "Nothing to do."),
        "other-device": ("a device of the catalogue that is no camera.", "Nothing to do."),
        "removed-item": ("the catalogue says that it was removed.", "Retire the camera if it is known here."),
        "zero-place": (
            "longitude or latitude is 0, which stands for not known.",
            "Give both, or load it with its place first.",
        ),
        "kept-place": ("no place is given; the place and facts that are known already stay.", "Nothing to do."),
        "zero-unknown": ("0 stands for not known.", "Give the value where it is known."),
        "rounded-id": ("a spreadsheet has rounded the id.", "Keep ids as text in the sheet."),
        "unknown-code": ("the code {value} is not known and left out.", "Give the value by hand."),
        "middle-of-range": ("a range of directions; its middle {used:g} is taken.", "Give the heading."),
        "not-one-direction": ("several directions are given; none is taken.", "Give one heading a camera."),
        "network-address": ("an address in a network; kept apart, not shown.", "Nothing to do."),
        "hidden-address": (
            "the text holds the address of a stream or device; it is left out.",
            "Give addresses in columns of their own.",
        ),
        "camera-by-type": (
            "type code {kind} of the id is no camera's; taken as one because PTZType is given.",
            "Check the item.",
        ),
        "not-json": ("is no JSON.", "Give JSON as a dump writes it."),
        "not-yes-or-no": ("is neither yes nor no.", "Give yes or no."),
        "not-a-lens": ("is no model of a lens.", "Give rectilinear, fisheye or panorama."),
        "not-a-time": ("is no time.", "Give year, month, day, hour and minute."),
        "ambiguous-time": ("day and month could be either.", "Give the year first, as in 2026-01-31 08:00."),
        "unknown-category": ("is no known category; {used} is taken.", "Give one of the categories that are listed."),
        "unknown-severity": ("is no severity; {used} is taken.", "Give 1, 2, 3 or 4."),
        "unknown-word": ("is no word for it that is known here; {used} is taken.", "Give one of: {words}."),
        "unknown-direction": ("no heading follows from the words; it stays unknown.", "Say where from and where to."),
        "reference-disagrees": (
            "the place lies {away_km:.0f} km away from its own map reference {reference}.",
            "Correct the place or the reference.",
        ),
        "no-polygon": ("the feature has no polygon.", "Give it a Polygon geometry."),
        "cap-not-xml": ("is no XML: {shown}.", "Send a document of CAP 1.1 or 1.2."),
        "cap-doctype": ("is not read: it could name files and addresses.", "Leave the definition of the type out."),
        "cap-too-large": ("is larger than {limit} MiB.", "Send it in parts."),
        "cap-too-deep": (
            "stands in more than {deepest} others, or is one of more than {most}.",
            "Send a document as CAP describes it.",
        ),
        "cap-not-cap": ("is no alert of CAP 1.1 or 1.2.", "Send a document of CAP 1.1 or 1.2, or a feed of them."),
        "cap-no-alerts": ("holds no alerts; links in it are not followed.", "Send the alerts themselves."),
        "cap-too-many": ("holds more than {limit} alerts.", "Send it in parts."),
        "cap-missing": ("is missing.", "Give it, as CAP asks."),
        "cap-wrong": ("{shown} cannot be used.", "Give it as CAP 1.2 says (§3.2)."),
        "cap-few-points": ("has {count} points.", "Give four or more, the last as the first."),
        "cap-no-info": ("is missing: the alert says nothing that could be shown.", "Give what has happened."),
        "cap-no-place": (
            "has no polygon, circle or code of an area that is known here.",
            "Give a polygon or circle, or the code of an area of the city.",
        ),
        "cap-many-points": (
            "has more than {limit} points in its polygons and circles.",
            "Give shapes with fewer points, or several alerts.",
        ),
        "cap-outside": ("lies outside the city.", "Nothing to do if it concerns others."),
        "cap-draft": ("is Draft: not yet meant to be acted on.", "Send it as Actual or Exercise."),
        "cap-system": ("is System: for the network that carries alerts.", "Nothing to do."),
        "cap-test": ("is Test: it could be taken, and nothing is written.", "Send it as Actual or Exercise."),
        "cap-answer": ("is {shown}: an answer to an alert, no alert.", "Nothing to do."),
        "cap-future": ("lies in the future.", "Set the clock that it comes from."),
        "cap-unknown": ("name no alert that was taken in here.", "Send the alert first."),
        "cap-late": ("is older than what was taken already; nothing is changed.", "Nothing to do."),
        "cap-own": ("went out from here; nothing is changed.", "Nothing to do."),
        "cap-full": ("cannot be added: the incident holds as many as one may.", "Report it as an incident of its own."),
    }
)
"""Code → what is the matter, and the remedy; English."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark on one row.

    Attributes
    ----------
    row : line of a CSV file, or feature of a GeoJSON file, from 1
    camera : its id, or ""
    column : heading as in the file, or the field's name where the file has no such column
    value : as in the file; "" for anything secret
    code : of ``TEXTS``
    """

    row: int
    camera: str
    column: str
    value: str
    code: str
    severity: Severity
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        """What is the matter, in English."""
        return TEXTS[self.code][0].format(**self.values)

    @property
    def remedy(self) -> str:
        """What to do about it, in English."""
        return TEXTS[self.code][1].format(**self.values)


class Remarks:
    """Collects remarks on rows; knows which column of the file a field came from. Shows nothing secret."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.refused: set[int] = set()
        self.skipped: set[int] = set()

    def add(self, row: Row, column: str, code: str, severity: Severity, *, hidden: bool = False, **values: Any) -> None:
        """Remark on a column of a row, by field."""
        secret = hidden or column in SECRET
        shown = "" if secret else without_addresses(row.cells.get(column, ""))
        heading = row.headings.get(column, column)
        camera = row.cells.get("id", "")
        self.problems.append(Problem(row.number, camera, heading, shown, code, severity, values))
        if severity == "refused":
            self.refused.add(row.number)
        elif severity == "skipped":
            self.skipped.add(row.number)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load would do; nothing is written by it.

    Attributes
    ----------
    records : every camera that was understood, in the file's order; versions of known ones kept
    changes : those of them that are new or differ from what is known
    credentials : addresses, users and passwords of their streams; never part of a record
    problems : in the file's order
    counts : read, refused, skipped, new, updated, unchanged, assumed (rows with an assumption), incomplete
    ignored : headings that mean nothing to us
    notes : what was found out or mended about the file
    """

    records: tuple[Camera, ...]
    changes: tuple[Camera, ...]
    credentials: tuple[Credential, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    ignored: tuple[str, ...]
    notes: tuple[Note, ...] = ()
