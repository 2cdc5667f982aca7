"""Times of incident lists: with a zone or without, year, month or day first, in two languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from layers.cameras.lists.cells import BadCell

_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_CLOCK = r"(?P<hour>\d{1,2})\s*[:时點点]\s*(?P<minute>\d{1,2})(?:\s*[:分]\s*(?P<second>\d{1,2})(?:[.,]\d+)?)?\s*[分秒]?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})\s*[-/.年]\s*(?P<a>\d{{1,2}})\s*[-/.月]\s*(?P<b>\d{{1,2}})\s*日?[T\s,]*{_CLOCK}\s*{_ZONE}",
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(
    rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<year>\d{{4}})[T\s,]+{_CLOCK}\s*(?P<half>[AP]M)?\s*{_ZONE}",
    re.IGNORECASE,
)
FIRST_YEAR = 1970


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of a list are to be read.

    Attributes
    ----------
    zone : of times that name none
    wall : the times are what clocks on the wall of the zone showed, whatever offset is written behind them
    day_first : of dates that end with the year and could be either; None = such a time is refused
    """

    zone: ZoneInfo
    wall: bool = False
    day_first: bool | None = None

    def read(self, text: str) -> datetime:
        """A time, in UTC.

        Raises
        ------
        BadCell
            ``not-a-time``, or ``ambiguous-time`` where day and month could be either.
        """
        found = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
        if found is None:
            raise BadCell("not-a-time")
        parts = found.groupdict()
        month, day = self._month_and_day(parts)
        hour = int(parts["hour"])
        half = (parts.get("half") or "").upper()
        if half:
            if not 1 <= hour <= 12:
                raise BadCell("not-a-time")
            hour = hour % 12 + (12 if half == "PM" else 0)
        year = int(parts["year"])
        try:
            moment = datetime(year, month, day, hour, int(parts["minute"]), int(parts["second"] or 0))
        except ValueError:
            raise BadCell("not-a-time") from None
        if year < FIRST_YEAR:
            raise BadCell("not-a-time")
        offset = None if self.wall else _offset(parts["zone"])
        return moment.replace(tzinfo=offset or self.zone).astimezone(UTC)

    def _month_and_day(self, parts: dict[str, str]) -> tuple[int, int]:
        a, b = int(parts["a"]), int(parts["b"])
        if "half" not in parts or parts["half"]:  # the year stands first, or the clock has two halves
            return a, b
        if a > 12 or (self.day_first and b <= 12):
            return b, a
        if b > 12 or a == b or self.day_first is False:
            return a, b
        raise BadCell("ambiguous-time")


def day_first(texts: Iterable[str]) -> bool | None:
    """Whether days stand before months in a column: some date tells it, or none does (None)."""
    for text in texts:
        found = _YEAR_LAST.fullmatch(text)
        if found and not found["half"]:
            if int(found["a"]) > 12:
                return True
            if int(found["b"]) > 12:
                return False
    return None


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise BadCell("not-a-time")
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
