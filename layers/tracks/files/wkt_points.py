"""Points as JSON with WKT places, as the map matcher barefoot takes them: ``[{"id", "time", "point"}]``."""

from collections.abc import Iterator
from typing import Any

import orjson
import shapely

from layers.tracks.files.rows import FileOfFixes, Row, UnreadableTrack, gathered, milliseconds


def read_points(data: bytes, file: str) -> FileOfFixes:
    """An array of points with id, time (with its offset) and place.

    Raises
    ------
    UnreadableTrack
    """
    try:
        rows = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UnreadableTrack(file=file, detail=f"is no JSON ({error}).", remedy="Give an array of points.") from None
    if not isinstance(rows, list):
        raise UnreadableTrack(file=file, detail="is no array of points.", remedy='Give [{"id", "time", "point"}].')
    return gathered(_rows(rows))


def _rows(rows: list[Any]) -> Iterator[tuple[int, str, Row | str]]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            yield number, "", "is no object."
            continue
        time_ms = milliseconds(_offset(str(row.get("time", ""))))
        place = _place(str(row.get("point", "")))
        if time_ms is None:
            yield number, "", f"time: {str(row.get('time'))[:40]!r} is no time with its offset."
        elif place is None:
            yield number, "", f"point: {str(row.get('point'))[:40]!r} is no point."
        else:
            yield number, str(row.get("id", "")), (time_ms, *place, None, None, None)


def _offset(text: str) -> str:
    """``+0200`` as ISO 8601 has it: ``+02:00``."""
    tail = text[-5:]
    return f"{text[:-2]}:{text[-2:]}" if len(tail) == 5 and tail[0] in "+-" and tail[1:].isdigit() else text


def _place(text: str) -> tuple[float, float] | None:
    try:
        found = shapely.from_wkt(text)
    except shapely.errors.ShapelyError:
        return None
    return (float(found.x), float(found.y)) if isinstance(found, shapely.Point) and not found.is_empty else None
