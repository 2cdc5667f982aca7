"""Lanes that vehicles drive on: roads cut where they meet, and joined to ways through their junctions.

At every junction each way in has one way out, the straightest that is free: so every lane of the city is part of a
way that begins and ends far away, or comes back to where it was. Traffic keeps to the right.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tiles.geodesy import Floats

SPEED_M_S = MappingProxyType(
    {"motorway": 26.0, "trunk": 19.0, "primary": 14.0, "secondary": 12.5, "tertiary": 11.0, "residential": 8.0,
     "service": 5.0}
)  # fmt: skip
"""How fast a class of road is driven; classes that are not here are not driven."""
SNAP_M = 0.25
"""Roads that miss each other by less meet."""
STEP_M = 2.0
LOOK_M, OUTMOST = 6.0, 0.3
"""Whether a road is seen is asked at every so many metres, on its middle and by this part of its width beside it."""
LANE_M, WIDEST_LANE_M = 3.5, 3.75
MOST_LANES = 3
"""To each side."""
TURN_BACK = 1e3
"""What turning back in a junction costs, where turning by a degree costs 1: it is done at dead ends only."""
SIDEWAYS_M_S2, ALONG_M_S2 = 2.5, 1.8
"""How hard bends are taken, and how hard vehicles brake before them."""


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Middle lines of roads in a city's metric frame, with width (m) and class."""

    lines: NDArray[Any]
    width_m: Floats
    classes: NDArray[np.str_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, lines: Sequence[Any], width_m: Sequence[float], classes: Sequence[str]) -> Self:
        """From lines of shapely; those of classes that nobody drives on are left out."""
        driven = np.array([name in SPEED_M_S for name in classes], bool)
        shapes = np.array(lines, dtype=object)[driven]
        return cls(
            shapes, np.asarray(width_m, float)[driven], np.array(classes, np.str_)[driven], shapely.STRtree(shapes)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """The middle of a lane as it is driven.

    Attributes
    ----------
    points_m : (n, 2), metric frame
    along_m, after_s : (n,), way and time from the first point
    class_ : of the road that most of it belongs to
    closed : whether it ends where it begins
    """

    points_m: Floats
    along_m: Floats
    after_s: Floats
    class_: str
    closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Net:
    """Roads cut where they meet. Way 2 k drives piece k as drawn, way 2 k + 1 against it."""

    pieces: list[Floats]
    width_m: Floats
    classes: NDArray[np.str_]
    ends: NDArray[np.int64]
    """(k, 2), the junctions at both ends of a piece."""
    places: Floats
    """(j, 2), of the junctions."""

    def way(self, number: int) -> Floats:
        """Points (n, 2) of a way in the order in which it is driven."""
        piece = self.pieces[number // 2]
        return piece[::-1] if number % 2 else piece

    def lanes(self, number: int) -> int:
        """Lanes of a way."""
        return int(np.clip(self.width_m[number // 2] / 2 / LANE_M, 1, MOST_LANES))

    def offset_m(self, number: int, lane: int) -> float:
        """How far right of the road's middle a lane runs; a road with fewer lanes has its outermost instead."""
        count = self.lanes(number)
        wide = min(float(self.width_m[number // 2]) / 2 / count, WIDEST_LANE_M)
        return (min(lane, count - 1) + 0.5) * wide


def lanes_in(roads: Roads, area: Any, away: Callable[[Floats], Floats], most: int) -> list[Lane]:
    """Lanes in an area (a polygon of the metric frame) as far as they are seen, on through junctions; nearest first.

    Parameters
    ----------
    away : how far places (n, 2) are from who looks, (n,); inf where they are not seen
    most : so many lanes, and those beside the last of them
    """
    net = _cut(roads, area)
    if not net.pieces:
        return []
    near = _nearest_m(net, away)
    inside = shapely.contains_xy(area, *net.places.T)
    parts = []
    for chain, closed in _chains(_successors(net, inside)):
        seen = np.flatnonzero(np.isfinite(near[np.array(chain) // 2]))
        if seen.size:
            whole = chain if closed else chain[max(int(seen[0]) - 1, 0) : int(seen[-1]) + 2]
            parts.append((float(near[np.array(chain) // 2].min()), whole, closed))
    found: list[Lane] = []
    for _, chain, closed in sorted(parts):
        if len(found) >= most:
            break
        for lane in range(max(net.lanes(way) for way in chain)):
            path, speed = _driven(net, chain, lane, closed)
            if len(path) > 2:
                found.append(_timed(path, speed, _main_class(net, chain), closed))
    return found


def _nearest_m(net: _Net, away: Callable[[Floats], Floats]) -> Floats:
    """How near each piece of a road, with its lanes, is seen; inf where it is not."""
    points, owner = [], []
    for number, (piece, width) in enumerate(zip(net.pieces, net.width_m.tolist(), strict=True)):
        length = float(np.hypot(*np.diff(piece, axis=0).T).sum())
        steps = max(4, int(length / LOOK_M) + 1)
        for side in (-OUTMOST * width, 0.0, OUTMOST * width):
            points.append(_beside(piece, side, np.zeros(2), steps))
            owner.append(np.full(steps, number))
    nearest = np.full(len(net.pieces), np.inf)
    np.minimum.at(nearest, np.concatenate(owner), away(np.concatenate(points)))
    return nearest


def _cut(roads: Roads, area: Any) -> _Net:
    rows = np.sort(roads.tree.query(area, predicate="intersects"))
    lines = roads.lines[rows]
    parts = shapely.get_parts(shapely.union_all(lines, grid_size=SNAP_M)) if len(rows) else np.array([], dtype=object)
    parts = parts[shapely.intersects(parts, area) & (shapely.length(parts) > 2 * SNAP_M)]
    if not len(parts):
        return _Net([], np.zeros(0), np.zeros(0, np.str_), np.zeros((0, 2), np.int64), np.zeros((0, 2)))
    owner = rows[shapely.STRtree(lines).nearest(shapely.line_interpolate_point(parts, 0.5, normalized=True))]
    pieces = [shapely.get_coordinates(part) for part in parts]
    both = np.array([[piece[0], piece[-1]] for piece in pieces]).reshape(-1, 2)
    places, number = np.unique(np.round(both / SNAP_M).astype(np.int64), axis=0, return_inverse=True)
    return _Net(
        pieces, roads.width_m[owner], roads.classes[owner], number.reshape(-1, 2), np.asarray(places * SNAP_M, float)
    )


def _successors(net: _Net, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The way that each way goes on with, −1 where it leaves."""
    follows = np.full(2 * len(net.pieces), -1)
    into: dict[int, list[int]] = {}
    for piece, (first, last) in enumerate(net.ends.tolist()):
        into.setdefault(last, []).append(2 * piece)
        into.setdefault(first, []).append(2 * piece + 1)
    for junction, ways in into.items():
        if not inside[junction]:
            continue
        arriving = [_bearing(net.way(way)[-2:]) for way in ways]
        leaving = [_bearing(net.way(way ^ 1)[:2]) for way in ways]
        turns = np.degrees(np.abs(np.angle(np.exp(1j * np.subtract.outer(arriving, leaving)))))
        # Of two equal turns the one into a road of the same width is taken.
        widths = net.width_m[np.array(ways) // 2]
        turns += np.abs(np.subtract.outer(widths, widths)) / 10
        turns[np.diag_indices(len(ways))] = TURN_BACK
        for one, other in zip(*linear_sum_assignment(turns), strict=True):
            follows[ways[one]] = ways[other] ^ 1
    return follows


def _bearing(two: Floats) -> float:
    return float(np.arctan2(two[1, 1] - two[0, 1], two[1, 0] - two[0, 0]))


def _chains(follows: NDArray[np.int64]) -> Iterator[tuple[list[int], bool]]:
    """Ways in the order in which they are driven, and whether the last goes on with the first."""
    left = set(range(len(follows)))
    begins = sorted(left - set(follows.tolist()))
    for start in [*begins, *range(len(follows))]:
        if start not in left:
            continue
        chain, way = [], start
        while way in left:
            left.remove(way)
            chain.append(way)
            way = int(follows[way])
        yield chain, way == start


def _main_class(net: _Net, chain: list[int]) -> str:
    """Of the road that most of a chain's metres belong to."""
    names = net.classes[np.array(chain) // 2]
    length = np.array([np.hypot(*np.diff(net.way(way), axis=0).T).sum() for way in chain])
    return str(max(np.unique(names), key=lambda name: length[names == name].sum()))


def _driven(net: _Net, chain: list[int], lane: int, closed: bool) -> tuple[Floats, Floats]:
    """Points (n, 2) of a lane through a chain, with the speed (n,) that each road is driven at."""
    widest = np.zeros(len(net.places))
    np.maximum.at(widest, net.ends.ravel(), np.repeat(net.width_m, 2))
    count = np.bincount(net.ends.ravel(), minlength=len(net.places))
    room = np.where(count > 2, widest / 2 + 3.0, np.where(count == 1, 3.0, 2.0))
    runs = [_beside(net.way(way), net.offset_m(way, lane), room[_between(net, way)]) for way in chain]
    speeds = [SPEED_M_S[str(net.classes[way // 2])] for way in chain]
    points, limits = [runs[0]], [np.full(len(runs[0]), speeds[0])]
    after = list(zip(runs[1:], speeds[1:], strict=True)) + ([(runs[0][:2], speeds[0])] if closed else [])
    for run, speed in after:
        turn = _turn(points[-1][-2:], run[:2])
        points += [turn, run]
        limits += [np.full(len(turn), min(speed, float(limits[-1][-1]))), np.full(len(run), speed)]
    path, limit = np.concatenate(points), np.concatenate(limits)
    moved = np.concatenate([[True], np.hypot(*np.diff(path, axis=0).T) > 1e-3])
    return path[moved], limit[moved]


def _between(net: _Net, way: int) -> NDArray[np.int64]:
    """The junctions where a way begins and ends."""
    ends = net.ends[way // 2]
    return np.asarray(ends[::-1] if way % 2 else ends)


def _beside(line: Floats, offset_m: float, room_m: Floats, steps: int = 0) -> Floats:
    """A line moved to its right, in steps, with room left for junctions at both ends."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    begin, end = np.minimum(room_m, 0.4 * along[-1])
    at = np.linspace(begin, along[-1] - end, steps or max(3, int(along[-1] / STEP_M) + 1))
    middle = np.stack([np.interp(at, along, axis) for axis in line.T], axis=1)
    ahead = np.gradient(middle, axis=0)
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    return np.asarray(middle + offset_m * np.stack([ahead[:, 1], -ahead[:, 0]], axis=1))


def _turn(before: Floats, after: Floats) -> Floats:
    """A bend (n, 2) from the end of one run to the beginning of the next; about a circle's."""
    start, end = before[-1], after[0]
    out, into = before[-1] - before[-2], after[1] - after[0]
    out, into = out / max(float(np.hypot(*out)), 1e-9), into / max(float(np.hypot(*into)), 1e-9)
    apart = float(np.hypot(*(end - start)))
    angle = float(np.arccos(np.clip(out @ into, -1, 1)))
    # Handles of the cubic that is nearest to the arc of a circle over that chord.
    hand = apart * (2 / 3 * np.tan(angle / 4) / np.sin(angle / 2) if angle > 1e-3 else 1 / 3)
    t = np.linspace(0, 1, max(3, int(1.3 * apart / STEP_M * 2)))[1:-1, None]
    one, two = start + out * hand, end - into * hand
    return np.asarray((1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * two + t**3 * end)


def _timed(path: Floats, limit: Floats, class_: str, closed: bool) -> Lane:
    """With the time at which each point is passed: bends are taken slowly, and braked for."""
    step = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    heading = np.unwrap(np.arctan2(*np.gradient(path, axis=0).T[::-1]))
    bend = np.abs(np.gradient(heading, along))
    square = np.minimum(limit**2, SIDEWAYS_M_S2 / np.maximum(bend, 1e-6))
    rise = 2 * ALONG_M_S2 * along
    square = np.minimum.accumulate(square - rise) + rise
    square = (np.minimum.accumulate((square + rise)[::-1]))[::-1] - rise
    speed = np.sqrt(np.maximum(square, 1.0))
    after = np.concatenate([[0.0], np.cumsum(step / ((speed[1:] + speed[:-1]) / 2))])
    return Lane(path, along, after, class_, closed)
