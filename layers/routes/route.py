"""A route over the ground, and the places along it that are asked about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from layers.lines import along_m, middles, places_at
from layers.place import Target
from tiles.errors import OutsideCity
from tiles.geodesy import Floats
from tiles.scene import Scene

FINE_M, COARSE_M = 10.0, 20.0
"""A short route is asked about every so many metres, a long one less often."""
LONG_M = 10_000.0
LONGEST_M = 50_000.0
SHORTEST_M = 1.0
Span = tuple[float, float]
"""From and to, metres along a route."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """Lines (n, 2) in the metric frame, one after the other; what lies between two of them is not part of it.

    Attributes
    ----------
    begins_m, ends_m : float64 (k,), the steps of the route, metres along it
    places_m : float64 (k, 2), the middle of each
    """

    lines: tuple[Floats, ...]
    length_m: float
    begins_m: Floats = field(repr=False)
    ends_m: Floats = field(repr=False)
    places_m: Floats = field(repr=False)

    @classmethod
    def of(cls, lines: Sequence[Floats]) -> Self:
        """Cut into steps; a line without length has none."""
        kept = tuple(line for line in lines if along_m(line)[-1] > 0.0)
        lengths = [float(along_m(line)[-1]) for line in kept]
        length = sum(lengths)
        step = FINE_M if length <= LONG_M else COARSE_M
        begins, ends, places, done = [np.zeros(0)], [np.zeros(0)], [np.zeros((0, 2))], 0.0
        for line, own in zip(kept, lengths, strict=True):
            at = middles(own, step)
            half = own / len(at) / 2
            begins.append(done + at - half)
            ends.append(done + at + half)
            places.append(places_at(line, at))
            done += own
        return cls(kept, length, np.concatenate(begins), np.concatenate(ends), np.concatenate(places))

    def __len__(self) -> int:
        return len(self.places_m)

    def targets(self, scene: Scene) -> Iterator[Target]:
        """The places on the ground, in order.

        Raises
        ------
        OutsideCity
        """
        lon, lat = (np.asarray(axis, float).tolist() for axis in scene.to_lonlat(*self.places_m.T))
        height = scene.ground.sample(*self.places_m.T).tolist()
        inside = np.atleast_1d(scene.inside(lon, lat)).tolist()
        for k, (x, y) in enumerate(self.places_m.tolist()):
            if not inside[k] or height[k] != height[k]:
                raise OutsideCity(lon=lon[k], lat=lat[k])
            yield Target(lon[k], lat[k], height[k], "ground", -1, x, y)

    def metres(self, steps: NDArray[np.bool_]) -> float:
        """How long some steps (k,) are together."""
        return float((self.ends_m - self.begins_m)[steps].sum())

    def spans(self, steps: NDArray[np.bool_]) -> list[Span]:
        """Steps (k,) as stretches of the route."""
        return [(float(self.begins_m[first]), float(self.ends_m[last])) for first, last in runs(steps)]


def runs(steps: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last of each unbroken run of steps (k,)."""
    edges = np.diff(np.concatenate([[0], steps.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True))
