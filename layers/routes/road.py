"""From a road in pieces to a route: the pieces that belong together, one after the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from tiles.geodesy import Floats

GAP_M = 150.0
"""Pieces of one name that are farther from each other than this are different roads."""


def chained(pieces: Sequence[Any], asked: int) -> tuple[Floats, ...]:
    """Lines (n, 2), in their order along the road and each running on from the one before.

    Parameters
    ----------
    pieces : lines of shapely in a metric frame
    asked : the piece that is surely meant; those that are far from all that belongs to it are left out
    """
    lines = [shapely.get_coordinates(one) for one in shapely.get_parts(shapely.line_merge(_together(pieces, asked)))]
    left = list(range(len(lines)))
    at = _outermost(lines)
    chain: list[Floats] = []
    while left:
        # The piece whose nearer end is nearest goes on; it is turned so that it begins there.
        _, k, turned = min(
            (float(np.hypot(*(end - at))), k, turned)
            for k in left
            for turned, end in ((False, lines[k][0]), (True, lines[k][-1]))
        )
        left.remove(k)
        chain.append(lines[k][::-1] if turned else lines[k])
        at = chain[-1][-1]
    return tuple(chain)


def _together(pieces: Sequence[Any], asked: int) -> Any:
    """The pieces that can be come to from one of them without a large gap."""
    tree = shapely.STRtree(list(pieces))
    found, fresh = {asked}, [asked]
    while fresh:
        near = tree.query(pieces[fresh.pop()], predicate="dwithin", distance=GAP_M)
        new = set(near.tolist()) - found
        found |= new
        fresh += sorted(new)
    return shapely.MultiLineString([pieces[k] for k in sorted(found)])


def _outermost(lines: Sequence[Floats]) -> Floats:
    """The end of a line that lies farthest out along the way that all of them run."""
    ends = np.concatenate([line[[0, -1]] for line in lines])
    middle = ends.mean(axis=0)
    way = np.linalg.svd(ends - middle, full_matrices=False)[2][0]
    # Of the two ways along it the one that begins in the west: the same road is told in the same order.
    way = way if way[0] >= 0 else -way
    first: Floats = ends[int(((ends - middle) @ way).argmin())]
    return first
