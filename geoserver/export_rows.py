"""Records as rows of a table: the fields that a load reads back, each as one plain cell."""

import json
from collections.abc import Sequence
from typing import Any

from layers.record import Record

HIDDEN = frozenset({"kind", "version", "area"})
"""Fields that a load finds out by itself."""
COUNTED = frozenset({"pictures"})
"""Lists of which only is told how long they are: what they name is not in the file."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


def columns(records: Sequence[Record]) -> list[str]:
    """Names of the columns; none where there are no records."""
    return [name for name in (type(records[0]).model_fields if records else ()) if name not in HIDDEN]


def row(record: Record, names: Sequence[str]) -> list[Any]:
    """The cells of a record: counts, plain lists with semicolons, anything deeper as JSON, "" for nothing."""
    document = record.model_dump(mode="json")
    return [len(document[name]) if name in COUNTED else cell(document[name]) for name in names]


def cell(value: Any) -> Any:
    """A value as one cell."""
    if value is None or value == []:
        return ""
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ";".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
