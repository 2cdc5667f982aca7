"""What became of a camera list, row by row: values with codes, so that the upper floor can translate them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from layers.cameras.model import Camera, Credential

Severity = Literal["refused", "assumed", "incomplete"]
"""refused: the row is left out; assumed: a value was added; incomplete: something stays unknown."""

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
    }
)  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load would do; nothing is written by it.

    Attributes
    ----------
    records : every camera that was understood, in the file's order; versions of known ones kept
    changes : those of them that are new or differ from what is known
    credentials : addresses, users and passwords of their streams; never part of a record
    problems : in the file's order
    counts : read, refused, new, updated, unchanged, assumed (rows with an assumption), incomplete
    ignored : headings that mean nothing to us
    """

    records: tuple[Camera, ...]
    changes: tuple[Camera, ...]
    credentials: tuple[Credential, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    ignored: tuple[str, ...]
