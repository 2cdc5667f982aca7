"""A fix as a series keeps it: whole numbers, small on disk and the same from either engine.

Places to 1e-7 degrees (about a centimetre), heights and speeds to a hundredth, headings to a hundredth of a degree.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.tracks.pieces import DAY_MS
from layers.tracks.track import FIX, Fixes

COLUMNS = ("time_ms", "lon", "lat", "height", "heading", "speed")
SCALES = (1, 10_000_000, 10_000_000, 100, 100, 100)
Packed = tuple[int | None, ...]


def packed(fixes: Fixes) -> list[Packed]:
    """A row of ``COLUMNS`` for each fix; None where not known."""
    columns = [_whole(fixes[name], scale) for name, scale in zip(FIX.names or (), SCALES, strict=True)]
    return list(zip(*columns, strict=True))


def unpacked(rows: Sequence[Sequence[Any]] | Iterable[Sequence[Any]]) -> Fixes:
    """Fixes from rows of ``COLUMNS``."""
    some = list(rows)
    found = np.empty(len(some), FIX)
    for name, scale, column in zip(FIX.names or (), SCALES, zip(*some, strict=True) if some else (), strict=False):
        if name == "time_ms":
            found[name] = column
        else:
            found[name] = np.array([np.nan if value is None else value for value in column]) / scale
    return found


def rounded(fixes: Fixes) -> Fixes:
    """Fixes as they come back from a series."""
    return unpacked(packed(fixes))


def day_of(time_ms: int) -> int:
    """Days since 1970-01-01 UTC."""
    return time_ms // DAY_MS


def _whole(values: NDArray[Any], scale: int) -> list[int | None]:
    if values.dtype.kind == "i":
        return list(values.tolist())
    known = np.isfinite(values)
    whole = np.round(np.where(known, values, 0).astype(np.float64) * scale).astype(np.int64)
    return [one if is_known else None for one, is_known in zip(whole.tolist(), known.tolist(), strict=True)]
