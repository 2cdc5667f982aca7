"""What is answered about what happened."""

from typing import Any, Literal

from pydantic import Field

from geoserver.api.editing_models import FieldChange
from geoserver.api.models import Answer


class FoundRow(Answer):
    """One row of the journal: a change of a record, or a look, whose ``detail`` says what it was."""

    seq: int
    time: str
    actor: str = Field(description="load: stands before who took a list in, console: before a user of the machine")
    kind: str
    id: str
    name: str
    action: Literal["create", "change", "remove", "look"]
    version: int | None
    undoes: int | None = Field(description="the row that it takes back")
    changes: list[FieldChange]
    detail: dict[str, Any] | None = Field(
        description="of a look: its purpose, and what else was noted; `deed` names what was done to an account"
    )


class FoundRows(Answer):
    """Rows, the newest first; ``head`` is the last that there is. More lie before the last one's number."""

    head: int
    rows: list[FoundRow]
