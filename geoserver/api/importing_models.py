"""What is answered about a camera list that is looked at, tried or taken in."""

from typing import Any, Literal

from geoserver.api.models import Answer


class ImportColumn(Answer):
    """A column; ``field`` is what it is taken for, ``proposed`` what its cells look like. Secrets are not shown."""

    number: int
    heading: str
    field: str | None
    proposed: str | None
    secret: bool
    samples: list[str]


class ImportRow(Answer):
    """The cells of a line, in the order of the columns."""

    row: int
    cells: list[str]


class ImportNote(Answer):
    """Something that was found out or mended about the file."""

    code: str
    text: str


class RowRemark(Answer):
    """What became of a row: refused, skipped (no camera), assumed or incomplete."""

    row: int
    id: str
    field: str
    value: str
    code: str
    severity: Literal["refused", "skipped", "assumed", "incomplete"]
    detail: str
    remedy: str


class Proposal(Answer):
    """A change that would settle a conflict: fields as in a PATCH of the camera."""

    code: str
    text: str
    patch: dict[str, Any]


class CameraConflict(Answer):
    """Something about a camera that cannot well be."""

    camera: str
    name: str
    version: int
    code: str
    severity: Literal["error", "warning", "notice"]
    text: str
    lon: float
    lat: float
    proposals: list[Proposal]


class Conflicts(Answer):
    """Conflicts among the cameras, worst first; ``counts`` by code."""

    version: str
    count: int
    counts: dict[str, int]
    conflicts: list[CameraConflict]


class Committed(Answer):
    """Rows of the journal that a load wrote; undoing ``seq`` to ``through`` takes it back."""

    seq: int
    through: int
    changed: int


class ImportAnswer(Answer):
    """A list, as far as it was taken: what its columns mean, what became of its rows, what was written.

    ``missing`` names the fields without which nothing can be loaded; ``counts`` is null until they are mapped.
    At most 2,000 remarks and conflicts are told; ``remarks_left_out`` says how many more there are.
    """

    file: str
    form: str
    mode: Literal["preview", "dry-run", "commit"]
    sheet: str
    sheets: list[str]
    crs: str | None
    notes: list[ImportNote]
    columns: list[ImportColumn]
    rows: list[ImportRow]
    row_count: int
    mapping: dict[str, str]
    missing: list[str]
    fields: list[str]
    ignored: list[str]
    counts: dict[str, int] | None
    remarks: list[RowRemark]
    remarks_left_out: int
    conflicts: list[CameraConflict]
    committed: Committed | None
