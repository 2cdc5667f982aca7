"""Where the tiles of implicit tiling are: template URIs, Morton order, subtrees below subtrees."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tests.judges.tiles3d.subtree import Subtree

VARIABLE = re.compile(r"\{([^}]*)\}")
MOST_TILES = 20_000


def filled(template: str, place: tuple[int, ...]) -> str:
    values = dict(zip(("level", "x", "y", "z"), place, strict=True))
    return VARIABLE.sub(lambda found: str(values[found[1]]), template)


def _spread(index: int, level: int, branches: int) -> tuple[int, int, int]:
    """x, y, z of a Morton index."""
    bits = 2 if branches == 4 else 3
    parts = [sum(((index >> (bits * i + axis)) & 1) << i for i in range(level)) for axis in range(bits)]
    return parts[0], parts[1], parts[2] if bits == 3 else 0


def places(root: tuple[int, ...], bits: NDArray[np.bool_], branches: int) -> Iterator[tuple[int, ...]]:
    level, first = 0, 0
    while first < len(bits):
        count = branches**level
        for index in np.flatnonzero(bits[first : first + count]).tolist():
            inner = _spread(index, level, branches)
            yield (root[0] + level, *((root[1 + a] << level) + inner[a] for a in range(3)))
        first, level = first + count, level + 1


def children_of(root: tuple[int, ...], subtree: Subtree) -> list[tuple[int, ...]]:
    levels = subtree.levels
    assert subtree.children is not None
    made = []
    for index in np.flatnonzero(subtree.children).tolist():
        inner = _spread(index, levels, subtree.branches)
        made.append((root[0] + levels, *((root[1 + a] << levels) + inner[a] for a in range(3))))
    return made
