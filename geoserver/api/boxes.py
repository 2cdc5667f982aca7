"""The bbox parameter: four or six numbers, checked."""

import math
from typing import Annotated

from fastapi import Query

from geoserver.faults import BadParameter

Box = tuple[float, float, float, float]
Bbox = Annotated[
    str | None,
    Query(
        max_length=400,
        description="west,south,east,north or west,south,low,east,north,high in degrees (and metres)",
        examples=["106.7,39.6,106.9,39.7"],
    ),
]


def read_bbox(text: str | None) -> Box | None:
    """West, south, east, north in degrees; heights of the six-number form are not compared."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise _bad(text, "bbox-form", "is not four or six numbers: west,south,east,north.")
    west, south = numbers[0], numbers[1]
    east, north = (numbers[2], numbers[3]) if len(numbers) == 4 else (numbers[3], numbers[4])
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise _bad(text, "bbox-order", "must lie in ±180, ±90 with south below north.")
    return west, south, east, north


def _bad(text: str, reason: str, detail: str) -> BadParameter:
    return BadParameter(parameter="bbox", value=text, reason=reason, detail=detail)
