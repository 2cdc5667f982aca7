"""Which column means what, and what its values say: names in both languages, numbers written in many ways."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.errors import BadSource

_NUMBER = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)\s*(m|米|层|metres?|meters?|ft|feet|')?\s*$")
_FEET = {"ft", "feet", "'"}
_FOOT_M = 0.3048
_NOTHING = {"", "none", "null", "nan", "<null>", "-", "unknown", "未知", "无"}


def find_column(
    columns: Mapping[str, NDArray[Any]], given: str | None, usual: Sequence[str], *, file: Any
) -> NDArray[Any] | None:
    """Column that the city file names, else the first with a usual name (case aside), else None.

    Raises
    ------
    BadSource
        The city file names a column that is not there.
    """
    if given is not None:
        if given not in columns:
            detail = f"no column {given!r}; it has {', '.join(columns) or 'none'}."
            raise BadSource(file=file, detail=detail, remedy="Correct its columns in the city file.")
        return columns[given]
    by_name = {name.lower(): name for name in reversed(list(columns))}
    for name in usual:
        if name.lower() in by_name:
            return columns[by_name[name.lower()]]
    return None


def numbers(column: NDArray[Any] | None, count: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values as float64, NaN where there is none, and a mask of those that are there and are no number.

    Text may carry a unit (``12 m``, ``40 ft``) or a decimal comma; infinite values are no numbers.
    """
    if column is None:
        return np.full(count, np.nan), np.zeros(count, dtype=bool)
    if column.dtype.kind in "iufb":
        values = column.astype(np.float64)
    else:
        values = np.array([_number(value) for value in column.tolist()], dtype=np.float64)
    bad = np.isinf(values)
    return np.where(bad, np.nan, values), bad


def _number(value: Any) -> float:
    if value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING):
        return float("nan")
    found = _NUMBER.match(str(value))
    if found is None:
        return float("inf")
    metres = float(found[1].replace(",", "."))
    return metres * _FOOT_M if found[2] in _FEET else metres


def texts(column: NDArray[Any] | None, count: int) -> list[str]:
    """Values as text, empty where there is none; whole numbers without a point."""
    if column is None:
        return [""] * count
    if column.dtype.kind == "f":
        return ["" if np.isnan(v) else str(int(v)) if v == int(v) else str(v) for v in column.tolist()]
    return ["" if value is None or value != value else str(value).strip() for value in column.tolist()]
