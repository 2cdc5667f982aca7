"""Where on the roads a place is: the nearest arc within reach, and how far along it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.routing.network import Network
from tiles.geodesy import Floats

REACH_M: Final = 300.0
"""A place that is farther from every road than this cannot be driven to."""
NOWHERE: Final = -1


@dataclass(frozen=True, eq=False)
class Spots:
    """Places on arcs.

    Attributes
    ----------
    arcs : int64 (n,), ``NOWHERE`` where no road is within reach
    along_m : float64 (n,), from the arc's begin
    away_m : float64 (n,), from the place to the road; NaN where there is none
    """

    arcs: NDArray[np.int64]
    along_m: Floats
    away_m: Floats

    def __len__(self) -> int:
        return len(self.arcs)

    def one(self, k: int) -> "Spots":
        """One of them."""
        return Spots(self.arcs[k : k + 1], self.along_m[k : k + 1], self.away_m[k : k + 1])


def snapped(network: Network, places_m: Floats, reach_m: float = REACH_M) -> Spots:
    """The nearest places on roads to some places (n, 2) in the metric frame."""
    count = len(places_m)
    arcs, along, away = np.full(count, NOWHERE), np.zeros(count), np.full(count, np.nan)
    if count and len(network):
        points = np.asarray(shapely.points(places_m))
        (which, found), far = network.tree.query_nearest(
            points, max_distance=reach_m, return_distance=True, all_matches=False
        )
        arcs[which], away[which] = found, far
        along[which] = shapely.line_locate_point(network.shapes[found], points[which])
    return Spots(arcs.astype(np.int64), along, away)
