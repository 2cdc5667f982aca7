"""The shortest times from everywhere to one place: searched once from that place, against the way of driving."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from layers.lines import along_m
from layers.routing.network import Network
from layers.routing.spots import NOWHERE, Spots, snapped
from tiles.geodesy import Floats

_LEAST_S: Final = 1e-6
"""An arc without any time would not be one to the search."""
Start = Literal["begin", "end", "direct", "none"]
_STARTS: Final[tuple[Start, ...]] = ("begin", "end", "direct", "none")
_BEGIN, _END, _DIRECT, _NONE = range(4)


@dataclass(frozen=True, eq=False)
class Path:
    """A way along the roads.

    Attributes
    ----------
    line_m : float64 (k, 2), metric frame
    times_s : float64 (k,), at which each point is come to
    """

    line_m: Floats
    times_s: Floats

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return float(self.times_s[-1])

    @property
    def length_m(self) -> float:
        """How long it is."""
        return float(along_m(self.line_m)[-1])


@dataclass(frozen=True, eq=False)
class Ways:
    """All shortest ways to one spot.

    Attributes
    ----------
    target : (1,) spot
    node_s : float64 (n,), from each node; infinite where there is no way
    follows : int32 (n,), the node after each on its way; n where that is the target
    """

    router: "Router" = field(repr=False)
    target: Spots
    node_s: Floats = field(repr=False)
    follows: NDArray[np.int32] = field(repr=False)

    def seconds(self, spots: Spots) -> Floats:
        """Time from each of some spots (k,) to the target; infinite where there is no way."""
        return self._best(spots)[0]

    def path(self, spots: Spots, k: int) -> Path | None:
        """The way from one of the spots; None where there is none."""
        network, arc = self.router.network, int(spots.arcs[k])
        start = _STARTS[int(self._best(spots.one(k))[1][0])]
        if start == "none":
            return None
        at, to = float(spots.along_m[k]), float(self.target.along_m[0])
        if start == "direct":
            return _joined([_stretch(network, arc, at, to)])
        length = float(network.lengths_m[arc])
        pieces = [_stretch(network, arc, at, 0.0 if start == "begin" else length)]
        node = int(network.begins[arc] if start == "begin" else network.ends[arc])
        last = len(network.nodes_m)
        while (after := int(self.follows[node])) != last:
            taken, turned = self.router.arc_between[node, after]
            whole = float(network.lengths_m[taken])
            pieces.append(_stretch(network, taken, whole, 0.0) if turned else _stretch(network, taken, 0.0, whole))
            node = after
        pieces.append(_stretch(network, int(self.target.arcs[0]), self._entered_m(node), to))
        return _joined(pieces)

    def _best(self, spots: Spots) -> tuple[Floats, NDArray[np.intp]]:
        """Least time from each spot, and how it begins."""
        network = self.router.network
        found = spots.arcs != NOWHERE
        if not len(network) or self.target.arcs[0] == NOWHERE or not found.any():
            return np.full(len(spots), np.inf), np.full(len(spots), _NONE)
        arcs = np.where(found, spots.arcs, 0)
        times, share = network.times_s[arcs], spots.along_m / network.lengths_m[arcs]
        forward, backward = network.forward[arcs], network.backward[arcs]
        goal = float(self.target.along_m[0] / network.lengths_m[self.target.arcs[0]])
        here = (arcs == self.target.arcs[0]) & np.where(goal >= share, forward, backward)
        ways = np.stack(
            [
                np.where(backward, self.node_s[network.begins[arcs]] + share * times, np.inf),
                np.where(forward, self.node_s[network.ends[arcs]] + (1 - share) * times, np.inf),
                np.where(here, np.abs(goal - share) * times, np.inf),
                np.full(len(arcs), np.inf),
            ]
        )
        ways[:, ~found] = np.inf
        least = ways.min(axis=0)
        return least, np.where(np.isfinite(least), ways.argmin(axis=0), _NONE)

    def _entered_m(self, node: int) -> float:
        """Where along the target's arc one comes from its last node."""
        network, arc = self.router.network, int(self.target.arcs[0])
        ends = self.router.entries(self.target)
        return 0.0 if min((s, n, m) for n, s, m in ends if n == node)[2] == 0.0 else float(network.lengths_m[arc])


class Router:
    """Searches a network. Safe to use from many threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        times = np.maximum(network.times_s, _LEAST_S)
        arcs = np.arange(len(network))
        forward, backward = network.forward, network.backward
        begins = np.concatenate([network.begins[forward], network.ends[backward]])
        ends = np.concatenate([network.ends[forward], network.begins[backward]])
        self._taken = np.concatenate([arcs[forward], arcs[backward]])
        self._turned = np.repeat([False, True], [int(forward.sum()), int(backward.sum())])
        seconds = times[self._taken]
        # Of arcs between the same nodes the quickest counts.
        order = np.lexsort((seconds, begins, ends))
        self._from, self._to = begins[order], ends[order]
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(self._from) != 0) | (np.diff(self._to) != 0)
        kept = order[first]
        self._from, self._to, self._seconds = begins[kept], ends[kept], seconds[kept]
        self._taken, self._turned = self._taken[kept], self._turned[kept]
        self._rows = np.concatenate([[0], np.cumsum(np.bincount(self._to, minlength=len(network.nodes_m)))])

    @cached_property
    def arc_between(self) -> dict[tuple[int, int], tuple[int, bool]]:
        """The quickest arc from a node to another, and whether it is driven against its points."""
        pairs = zip(self._from.tolist(), self._to.tolist(), strict=True)
        return dict(zip(pairs, zip(self._taken.tolist(), self._turned.tolist(), strict=True), strict=True))

    def snap(self, places_m: Floats) -> Spots:
        """The spots nearest to some places (n, 2)."""
        return snapped(self.network, places_m)

    def ways_to(self, target: Spots) -> Ways:
        """All shortest ways to a spot (1,)."""
        count = len(self.network.nodes_m)
        entries = self.entries(target)
        if not entries:
            return Ways(self, target, np.full(count, np.inf), np.full(count, -1, np.int32))
        # The target is one more node, from which the search begins.
        rows = np.append(self._rows, self._rows[-1] + len(entries))
        heads = np.concatenate([self._from, [node for node, _, _ in entries]])
        seconds = np.concatenate([self._seconds, [max(s, _LEAST_S) for _, s, _ in entries]])
        graph = csr_array((seconds, heads, rows), shape=(count + 1, count + 1))
        far, before = dijkstra(graph, directed=True, indices=count, return_predecessors=True)
        return Ways(self, target, np.asarray(far[:count]), np.asarray(before[:count], np.int32))

    def entries(self, target: Spots) -> Sequence[tuple[int, float, float]]:
        """From which nodes one comes to a spot within its arc: node, seconds, and where along the arc that begins."""
        arc = int(target.arcs[0])
        if arc == NOWHERE:
            return []
        network = self.network
        length, whole = float(network.lengths_m[arc]), float(network.times_s[arc])
        share = float(target.along_m[0]) / length
        found = []
        if network.forward[arc]:
            found.append((int(network.begins[arc]), share * whole, 0.0))
        if network.backward[arc]:
            found.append((int(network.ends[arc]), (1 - share) * whole, length))
        return found


def _stretch(network: Network, arc: int, from_m: float, to_m: float) -> tuple[Floats, float]:
    """A part of an arc in the way of driving, and the speed on it."""
    line, length = network.lines[arc], float(network.lengths_m[arc])
    speed = length / max(float(network.times_s[arc]), _LEAST_S)
    low, high = min(from_m, to_m), max(from_m, to_m)
    if (low, high) != (0.0, length):
        far = along_m(line)
        at = np.concatenate([[low], far[(far > low) & (far < high)], [high]])
        line = np.stack([np.interp(at, far, axis) for axis in line.T], axis=1)
    return (line if from_m <= to_m else line[::-1]), speed


def _joined(pieces: Sequence[tuple[Floats, float]]) -> Path:
    points, times, now = [pieces[0][0][:1]], [np.zeros(1)], 0.0
    for line, speed in pieces:
        took = now + along_m(line)[1:] / speed
        points.append(line[1:])
        times.append(took)
        now = float(took[-1])
    line_m, times_s = np.concatenate(points), np.concatenate(times)
    # A way that begins or ends at a junction has its point twice.
    moved = np.concatenate([[True], np.hypot(*np.diff(line_m, axis=0).T) > 0.0])
    moved[-1] = moved[-1] or not moved[1:].any()
    return Path(line_m[moved], times_s[moved])
