"""A track in parts that can be named and asked about: stretches between gaps, none over midnight UTC."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from layers.tracks.track import FIX, Track

DAY_MS: Final = 86_400_000
Query = Literal["distance", "velocity", "acceleration"]
Numbers = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch without gaps within a day, UTC; at least one fix."""

    track: Track

    @property
    def begin_ms(self) -> int:
        """Of its first fix; names it among the pieces of its vehicle."""
        return int(self.track.fixes["time_ms"][0])

    @property
    def end_ms(self) -> int:
        """Of its last fix."""
        return int(self.track.fixes["time_ms"][-1])

    def meets(self, begin_ms: int, end_ms: int) -> bool:
        """Whether it has a time in common with a span."""
        return self.begin_ms <= end_ms and begin_ms <= self.end_ms

    def enters(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a fix of it lies in a box (west, south, east, north); west beyond east: over the date line."""
        west, south, east, north = box
        lon, lat = self.track.fixes["lon"], self.track.fixes["lat"]
        left, right = lon >= west, lon <= east
        across = left & right if west <= east else left | right
        return bool((across & (lat >= south) & (lat <= north)).any())

    def at(self, times_ms: Sequence[int]) -> Track:
        """Where it was at some times, those outside left out."""
        found = [one for time_ms in times_ms if (one := self.track.at(time_ms)) is not None]
        return Track(self.track.unit, np.concatenate([np.zeros(0, FIX), *found]))

    def cut(self, begin_ms: int, end_ms: int) -> Track:
        """What of it lies in a span, with places worked out at the ends of the span."""
        inside = self.track.within(begin_ms, end_ms)
        ends = self.at(sorted({max(begin_ms, self.begin_ms), min(end_ms, self.end_ms)}))
        return Track.of(self.track.unit, np.concatenate([inside.fixes, ends.fixes]))

    def query(self, what: Query) -> Numbers:
        """At each fix: metres from its beginning, speed (m/s), or acceleration (m/s²), by the way between fixes.

        Speed at a fix is that of the way to it (at the first: from it); acceleration is how it changes.
        """
        legs, waits = self.track.legs_m, self.track.waits_s
        if what == "distance":
            return np.concatenate([[0.0], np.cumsum(legs)])
        if not len(legs):
            return np.zeros(1)
        speed = np.concatenate([legs[:1] / waits[:1], legs / waits])
        if what == "velocity":
            return speed
        return np.concatenate([[0.0], np.diff(speed) / waits])


def pieces_of(track: Track) -> list[Piece]:
    """The pieces of a track, in the order of time."""
    days = track.fixes["time_ms"] // DAY_MS
    cuts = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(track)]
    whole = [Track(track.unit, track.fixes[a:b]) for a, b in itertools.pairwise(cuts) if b > a]
    return [Piece(piece) for day in whole for piece in day.pieces()]
