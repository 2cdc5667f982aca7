"""One clock for a stream, whatever its source's clock does: times rise, and go on after a break."""

import heapq
from typing import Final

from geoserver.streams.model import TICKS_S, Unit

JUMP: Final = 5 * TICKS_S
USUAL: Final = TICKS_S // 25
MOST_REORDERED: Final = 4


class Timeline:
    """Gives decoding and presentation times.

    A source that gives presentation times alone (RTP) mostly sends pictures in the order in which they are shown.
    Where it does not, decoding times are its presentation times in rising order, as many pictures late as needed.
    """

    def __init__(self) -> None:
        self._offset: int | None = None
        self._last = -1
        self._began_s: float | None = None
        self._waiting: list[int] = []
        self._depth = 0

    def cut(self) -> None:
        """The source was opened anew; its clock may be another one."""
        self._offset = None

    def place(self, unit: Unit, at_s: float) -> tuple[int, int]:
        """Decoding and presentation time, in ticks since the first unit; ``at_s`` is when it came in."""
        raw = unit.pts if unit.dts is None else unit.dts
        self._began_s = at_s if self._began_s is None else self._began_s
        expected = max(self._last + USUAL, int((at_s - self._began_s) * TICKS_S)) if self._last >= 0 else 0
        if self._offset is None or not -JUMP < raw + self._offset - self._last < JUMP:
            self._offset = expected - raw
            self._waiting.clear()
        pts = unit.pts + self._offset
        dts = self._reordered(pts) if unit.dts is None else raw + self._offset
        dts = max(dts, self._last + 1)
        self._last = dts
        return dts, max(pts, dts)

    def _reordered(self, pts: int) -> int:
        if pts <= self._last and self._depth < MOST_REORDERED:
            self._depth += 1
        heapq.heappush(self._waiting, pts)
        return heapq.heappop(self._waiting) if len(self._waiting) > self._depth else self._last + 1
