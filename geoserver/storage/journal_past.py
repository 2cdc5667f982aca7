"""The journal asked about the past, in words that both engines read. All marks are question marks.

Rows are numbered in the order in which they were written, and their times rise with their numbers; so a time is found
among the numbers by halving, as is the last row whose bodies retention has taken. It needs no index over times.
"""

from collections.abc import Callable, Sequence
from typing import Any

Look = Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]
"""Rows of a statement with its values."""
_AT = "FROM journal WHERE seq <= ? ORDER BY seq DESC LIMIT 1"


def last_row(look: Look, head: int, time: Any) -> int:
    """The number of the last row that is not later than a time, as the engine compares it; 0 where there is none."""
    return _last(head, lambda seq: bool(_one(look, f"SELECT time <= ? {_AT}", (time, seq))))


def last_pruned(look: Look, head: int) -> int:
    """The number of the last row that has lost its bodies; 0 where none has. A row is written with one at least."""
    gone = "before IS NULL AND after IS NULL AND detail IS NULL"
    return _last(head, lambda seq: bool(_one(look, f"SELECT {gone} {_AT}", (seq,))))


def time_of(look: Look, seq: int) -> Any:
    """The time of the first row from a number on, as the engine tells it; None where there is none."""
    return _one(look, "SELECT time FROM journal WHERE seq >= ? ORDER BY seq LIMIT 1", (seq,))


def first_changes(columns: str) -> str:
    """The statement for what was before the first change of each record of a kind (first mark) after a row (second)."""
    told = ", ".join("NULL" if name.split("::")[0] in ("after", "detail") else name for name in columns.split(", "))
    return (
        f"SELECT {told} FROM journal WHERE seq IN (SELECT min(seq) FROM journal"
        " WHERE kind = ? AND seq > ? AND action <> 'look' GROUP BY id) ORDER BY seq"
    )


def _last(head: int, holds: Callable[[int], bool]) -> int:
    """The last number up to ``head`` for which something holds that holds for all before it."""
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _one(look: Look, sql: str, values: Sequence[Any]) -> Any:
    rows = look(sql, values)
    return rows[0][0] if rows else None
