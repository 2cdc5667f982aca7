"""The bbox parameter: four or six numbers, checked."""

import math
from collections.abc import Sequence

from geoserver.faults import BadParameter

Box = tuple[float, float, float, float]


def read_bbox(text: str | None) -> Box | None:
    """West, south, east, north in degrees; heights of the six-number form are not compared."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    return checked_box(numbers, text)


def checked_box(numbers: Sequence[float], text: str) -> Box:
    """Four or six numbers as a box; ``text`` is how they were given.

    Raises
    ------
    BadParameter
    """
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise _bad(text, "bbox-form", "is not four or six numbers: west,south,east,north.")
    west, south = numbers[0], numbers[1]
    east, north = (numbers[2], numbers[3]) if len(numbers) == 4 else (numbers[3], numbers[4])
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise _bad(text, "bbox-order", "must lie in ±180, ±90 with south below north.")
    return west, south, east, north


def _bad(text: str, reason: str, detail: str) -> BadParameter:
    return BadParameter(parameter="bbox", value=text, reason=reason, detail=detail)
