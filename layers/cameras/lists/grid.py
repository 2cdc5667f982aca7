"""A camera list as it stands in its file: columns and lines of text, before anything is understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from layers.errors import BadInput

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "empty": ("the file is empty.", "Give a list with at least one camera."),
        "no-text": ("is no text in a known encoding.", "Save it as UTF-8."),
        "bad-csv": ("line {line}: {what}.", "Check quotes and delimiters."),
        "no-columns": (
            "no column for {missing} among {headings}.",
            "Name the columns in the first line, or map them: id = HEADING or number.",
        ),
        "no-column": ("there is no column {column}.", "Name one of: {headings}, or give its number."),
        "bad-json": ("line {line}: {what}.", "Give valid JSON."),
        "no-list": (
            "no feature collection and no list of cameras in it.",
            "Give a GeoJSON FeatureCollection, or a list of objects with places.",
        ),
        "bad-book": ("is no workbook that can be read ({what}).", "Save it as .xlsx without a password."),
        "no-sheet": ("there is no sheet {sheet}.", "Name one of: {sheets}."),
        "bad-layers": ("cannot be read as {form} ({what}).", "Check the file with the program that made it."),
        "no-layer": ("there is no layer {layer} with points.", "Name one of: {layers}."),
        "bad-xml": ("line {line}: {what}.", "Give well-formed XML."),
        "bad-zip": ("is an archive without a workbook.", "Unpack it and give the list itself."),
        "other-xml": (
            "an XML document <{root}>, no catalogue of cameras.",
            "Give a GB/T 28181 Catalog answer or OSM XML.",
        ),
        "too-many": ("has more than {limit} rows.", "Give it in parts."),
        "too-big": ("unpacks to more than {limit} MB.", "Give it in parts."),
        "no-surveillance": ("no man_made=surveillance in it.", "Give an extract with surveillance cameras."),
    }
)
"""Why a file as a whole cannot be used, and the remedy; English."""


class UnreadableList(BadInput):
    """A file holds no list of cameras that can be read; ``reason`` is one of ``REASONS``."""

    code = "unreadable-list"
    text = "{file}: {detail} {remedy}"

    def __init__(self, file: str, reason: str, **values: Any) -> None:
        detail, remedy = (part.format(**values) for part in REASONS[reason])
        super().__init__(**{**values, "file": file, "reason": reason, "detail": detail, "remedy": remedy})


class NotACatalogue(BadInput):
    """A GB/T 28181 message that carries no cameras."""

    code = "not-a-catalogue"
    text = (
        "{file}: a GB/T 28181 message {root}/{command}, no catalogue of cameras. Give the answers to a Catalog query."
    )


NOTES: Mapping[str, str] = MappingProxyType(
    {
        "encoding": "read as {encoding}.",
        "declared-encoding": "declares {declared} and is {actual}; read as {actual}.",
        "bytes-replaced": "{count} characters are broken in the file and shown as �.",
        "rows-above": "{count} rows above the headings are left out.",
        "units-row": "the row of units under the headings is left out.",
        "no-header": "no row of headings; columns go by their numbers.",
        "duplicate-heading": "the heading {heading} stands twice; the first counts.",
        "sheet": "sheet {chosen} is read; there are also: {others}.",
        "layer": "layer {chosen} is read; there are also: {others}.",
        "crs": "the file names its coordinate system: {crs}.",
        "list-inside": "the list is taken from {path}.",
        "no-num": "DeviceList states no Num.",
        "items-missing": "SumNum states {stated} items, {found} are here; the rest came in other messages.",
        "messages": "{count} messages are read as one catalogue.",
        "repaired-xml": "{count} characters that XML does not allow were mended.",
        "no-items": "the catalogue has no items.",
        "osm-tags": "read by the vocabulary of OpenStreetMap.",
        "zero-column": "{column} is 0 in every row and taken as not known.",
    }
)
"""What was found out or mended about a file as a whole; English."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the file as a whole, by code."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English."""
        return NOTES[self.code].format(**self.values)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reader did to one line: column, code of the row report, values for its sentence."""

    column: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: number in the file, cells in the order of the columns, why it cannot be used."""

    number: int
    cells: tuple[str, ...]
    broken: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """All lines of a file.

    Attributes
    ----------
    form : csv, sheet, geojson, json, layer, gb28181 or osm
    head : headings, each once; numbers from 1 where the file has none
    given : heading → field, where the form itself says it
    closed : headings whose meaning is fixed or not asked: fields are not guessed from them
    crs : as the file names it, or None
    choices : sheets or layers that could be read instead
    """

    form: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    given: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()
    crs: str | None = None
    choices: tuple[str, ...] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be taken apart.

    Attributes
    ----------
    header : auto (headings are looked for) or none (columns go by number)
    sheet : name of the sheet or layer; None = the one with the most to say
    columns : field → heading or number; "" = no column for this field
    """

    header: str = "auto"
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


MAX_ROWS = 200_000
"""More rows than any list of cameras has."""
