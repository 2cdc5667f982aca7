"""Which building goes into which tile: a quadtree that keeps the largest buildings in the coarser tiles.

Every building is in exactly one tile, and tiles add to their parents, so a far view shows the skyline from
few tiles and a near one fills in the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.footprints import Footprints

LEAF = 800
"""A tile with no more buildings than this is not divided."""
SHARE = 600
"""Buildings that a divided tile keeps, the largest first."""
WIDEST_M = 16_000.0
"""Tiles wider than this carry none: float32 holds their corners to half a millimetre only below it."""
NARROWEST_M = 60.0
ERROR_SHARE = 1 / 32
"""Geometric error of a divided tile, as part of its width.

With CesiumJS's default error of 16 pixels in a window 720 high, children are shown within two widths.
"""


@dataclass(frozen=True, eq=False)
class Node:
    """A tile to be: ``name``, buildings in it, and what lies below."""

    name: str
    buildings: NDArray[np.int64]
    geometric_error_m: float
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, eq=False)
class _Square:
    name: str
    x_m: float
    y_m: float
    width_m: float

    def quarter(self, number: int) -> "_Square":
        half = self.width_m / 2
        return _Square(f"{self.name}{number}", self.x_m + half * (number & 1), self.y_m + half * (number >> 1), half)


def plan_tree(footprints: Footprints) -> Node:
    """Divide the city until each tile holds at most ``LEAF`` buildings."""
    bounds = footprints.bounds_m
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2
    order = np.argsort(-significance_m2(footprints), kind="stable")
    low, high = centres.min(axis=0), centres.max(axis=0)
    width = max(float((high - low).max()), 1.0)
    west, south = ((low + high - width) / 2).tolist()
    square = _Square("r", west, south, width)
    return _divide(square, order, centres)


def significance_m2(footprints: Footprints) -> NDArray[np.float64]:
    """How much of the picture a building takes: its height times the width of its bounds."""
    bounds = footprints.bounds_m
    silhouette: NDArray[np.float64] = footprints.heights_m * np.hypot(*(bounds[:, 2:] - bounds[:, :2]).T)
    return silhouette


def _divide(square: _Square, buildings: NDArray[np.int64], centres: NDArray[np.float64]) -> Node:
    """``buildings`` come most significant first."""
    wide = square.width_m > WIDEST_M
    if not wide and (len(buildings) <= LEAF or square.width_m < NARROWEST_M):
        return Node(square.name, buildings, 0.0)
    kept = 0 if wide else SHARE
    rest = buildings[kept:]
    error = square.width_m * ERROR_SHARE
    if not wide and len(rest) <= LEAF / 2:
        return Node(square.name, buildings[:kept], error, (Node(f"{square.name}s", rest, 0.0),))
    half = square.width_m / 2
    quarter = (centres[rest, 0] >= square.x_m + half) + 2 * (centres[rest, 1] >= square.y_m + half)
    parts = [(number, rest[quarter == number]) for number in range(4)]
    children = [_divide(square.quarter(number), part, centres) for number, part in parts if len(part)]
    return Node(square.name, buildings[:kept], error, tuple(children))
