"""What is answered to a list that was sent."""

from typing import Literal

from geoserver.api.importing_models import Committed, ImportNote, RowRemark
from geoserver.api.models import Answer


class ListCounts(Answer):
    """Rows of a list, and what became of them."""

    read: int
    refused: int
    new: int
    updated: int
    unchanged: int


class ListAnswer(Answer):
    """What became of a list; ``committed`` is null where nothing was written."""

    kind: str
    file: str
    mode: Literal["dry-run", "commit"]
    counts: ListCounts
    remarks: list[RowRemark]
    remarks_left_out: int
    ignored: list[str]
    notes: list[ImportNote]
    committed: Committed | None
