"""What the readers of track files give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from layers.errors import LayersError
from layers.tracks.track import Fixes, Track, fixes_of

EARLIEST_MS: Final = 0
LATEST_MS: Final = 7_258_118_400_000
"""2200-01-01."""
Row = tuple[int, float, float, float | None, float | None, float | None]
"""Time (ms since 1970-01-01 UTC), longitude, latitude, height, heading, speed."""


class UnreadableTrack(LayersError):
    """A file is no track file that is known here, or lacks what every fix needs; names the file and the remedy."""

    code = "unreadable-track"
    text = "{file}: {detail} {remedy}"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used: its number in the file, from 1 on, and why."""

    row: int
    why: str


@dataclass(frozen=True)
class FileOfFixes:
    """The fixes of a file.

    Attributes
    ----------
    by_unit : in the file's order, repeats too
    refused : rows left out
    """

    by_unit: Mapping[str, Fixes]
    refused: tuple[Refused, ...] = ()

    @property
    def tracks(self) -> list[Track]:
        """In order of time, each time once."""
        return [Track.of(unit, fixes) for unit, fixes in self.by_unit.items()]


def gathered(rows: Iterable[tuple[int, str, Row | str]]) -> FileOfFixes:
    """Numbered rows of units; a text in the place of a row says why there is none."""
    by_unit: dict[str, list[Row]] = {}
    refused: list[Refused] = []
    for number, unit, row in rows:
        why = row if isinstance(row, str) else _why_not(unit, row)
        if why or isinstance(row, str):
            refused.append(Refused(number, why))
        else:
            by_unit.setdefault(unit, []).append(row)
    return FileOfFixes({unit: fixes_of(some) for unit, some in by_unit.items()}, tuple(refused))


def milliseconds(text: str) -> int | None:
    """A time by ISO 8601 with its offset; None where it is none."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return round(at.timestamp() * 1e3) if at.tzinfo is not None else None


def _why_not(unit: str, row: Row) -> str:
    time_ms, lon, lat, *_ = row
    if not unit or len(unit) > 128:
        return f"unit: {unit[:40]!r} is no id of 1 to 128 characters."
    if not EARLIEST_MS <= time_ms < LATEST_MS:
        return f"time: {time_ms} ms lies outside 1970 to 2200."
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return f"place: {lon}, {lat} is no longitude and latitude."
    return ""
