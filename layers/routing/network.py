"""The roads as a network: arcs between the places at which roads meet, each with its length, time and shape."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers.lines import along_m, places_at
from tiles.geodesy import Floats

SAME_M: Final = 0.5
"""Vertices nearer to each other than this are one place; sources round to a decimetre or worse."""
TOUCH_M: Final = 3.0
"""The end of a road that lies so near to another one meets it, though that one has no vertex there."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Street:
    """A piece of road as its source has it.

    Attributes
    ----------
    points_m : float64 (n, 2), the metric frame
    speed_m_s : at which it is driven
    forward, backward : whether it may be driven in the order of its points, and against it
    """

    points_m: Floats
    speed_m_s: float
    forward: bool = True
    backward: bool = True


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs between nodes.

    Attributes
    ----------
    nodes_m : float64 (n, 2)
    begins, ends : int64 (a,), the nodes of each arc
    lines : a lines (k, 2) from its begin to its end
    lengths_m, times_s : float64 (a,)
    forward, backward : bool (a,), which ways each may be driven
    """

    nodes_m: Floats
    begins: Ints
    ends: Ints
    lines: Sequence[Floats] = field(repr=False)
    lengths_m: Floats = field(repr=False)
    times_s: Floats = field(repr=False)
    forward: NDArray[np.bool_] = field(repr=False)
    backward: NDArray[np.bool_] = field(repr=False)

    @classmethod
    def of(cls, streets: Sequence[Street]) -> "Network":
        """From pieces of road: cut wherever two of them have a vertex in common, or one ends on another."""
        kept = [one for one in streets if along_m(one.points_m)[-1] > SAME_M]
        if not kept:
            none, no = np.zeros(0), np.zeros(0, bool)
            return cls(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, int), (), none, none, no, no)
        lines = _touching([one.points_m for one in kept])
        places = _places(np.concatenate(lines))
        arcs, owners = _cut(lines, places)
        begins, ends = np.array([(own[0], own[-1]) for own, _ in arcs]).T
        used, back = np.unique(np.concatenate([begins, ends]), return_inverse=True)
        shapes = [shape for _, shape in arcs]
        lengths = np.array([along_m(one)[-1] for one in shapes])
        speeds = np.array([kept[k].speed_m_s for k in owners])
        first = np.zeros((places.max() + 1, 2))
        first[places[::-1]] = np.concatenate(lines)[::-1]
        return cls(
            first[used],
            back[: len(begins)],
            back[len(begins) :],
            shapes,
            lengths,
            lengths / speeds,
            np.array([kept[k].forward for k in owners]),
            np.array([kept[k].backward for k in owners]),
        )

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def tree(self) -> Any:
        """The arcs by place."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def shapes(self) -> Any:
        """The arcs as lines of shapely, (a,)."""
        return np.array([shapely.LineString(one) for one in self.lines], object)


def _places(points: Floats) -> Ints:
    """A number for each point (n, 2), the same for those that are one place."""
    cells = np.round(points / SAME_M).astype(np.int64)
    # What lies on both sides of a cell's border is one place too: the second grid is half a cell off.
    shifted = np.floor(points / SAME_M).astype(np.int64)
    _, first = np.unique(cells, axis=0, return_inverse=True)
    _, second = np.unique(shifted, axis=0, return_inverse=True)
    a, b = first.ravel(), second.ravel() + first.max() + 1
    size = int(b.max()) + 1
    _, label = connected_components(coo_array((np.ones(len(a), np.int8), (a, b)), shape=(size, size)), directed=False)
    return np.asarray(label[a], np.int64)


def _touching(lines: Sequence[Floats]) -> list[Floats]:
    """The lines, with a vertex wherever another one ends on them without having one in common."""
    places = _places(np.concatenate(lines))
    starts = np.cumsum([0, *(len(one) for one in lines)])
    many = np.bincount(places)
    ends = [(k, at) for k in range(len(lines)) for at in (0, len(lines[k]) - 1) if many[places[starts[k] + at]] == 1]
    if not ends:
        return list(lines)
    shapes = np.array([shapely.LineString(one) for one in lines], object)
    tips = shapely.points([lines[k][at] for k, at in ends])
    tip, near = shapely.STRtree(shapes).query(tips, predicate="dwithin", distance=TOUCH_M)
    new: dict[int, list[tuple[float, Floats]]] = {}
    for t, other in zip(tip.tolist(), near.tolist(), strict=True):
        own, at = ends[t]
        if other != own:
            new.setdefault(other, []).append((float(shapely.line_locate_point(shapes[other], tips[t])), lines[own][at]))
    return [_with_vertices(line, new[k]) if k in new else line for k, line in enumerate(lines)]


def _with_vertices(line: Floats, new: list[tuple[float, Floats]]) -> Floats:
    at = np.concatenate([along_m(line), [where for where, _ in new]])
    points = np.concatenate([line, [point for _, point in new]])
    return np.asarray(points[np.argsort(at, kind="stable")])


def _cut(lines: Sequence[Floats], places: Ints) -> tuple[list[tuple[Ints, Floats]], list[int]]:
    """Arcs, as the places and points of each, and the line that each is of: cut at ends and at shared places."""
    many = np.bincount(places)
    arcs: list[tuple[Ints, Floats]] = []
    owners: list[int] = []
    start = 0
    for k, line in enumerate(lines):
        own = places[start : start + len(line)]
        start += len(line)
        at = [0, *(np.flatnonzero(many[own[1:-1]] > 1) + 1).tolist(), len(line) - 1]
        for a, b in itertools.pairwise(at):
            shape = line[a : b + 1]
            if along_m(shape)[-1] > 0.0:
                arcs.append((own[a : b + 1], shape))
                owners.append(k)
    return arcs, owners


def point_on(network: Network, arc: int, at_m: float) -> Floats:
    """The place (1, 2) so far along an arc."""
    return places_at(network.lines[arc], np.array([at_m]))
