"""The ``tileset.json`` of 3D Tiles 1.1: a tree of tiles with boxes, geometric errors and contents."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Tile:
    """A node of the tree.

    Attributes
    ----------
    bounds_m : (2, 3) float64
        Least and greatest east, north, up in the tile's own frame; holds the content and all children.
    geometric_error_m : float
        Error, in metres, when the children are not shown.
    content : str or None
        URI of the content.
    content_bounds_m : (2, 3) float64 or None
        Bounds of the content alone.
    to_ecef : (4, 4) float64
        Of the tile's own frame (east, north, up) to earth-centred metres, not relative to the parent.
    """

    bounds_m: NDArray[np.float64]
    geometric_error_m: float
    to_ecef: NDArray[np.float64]
    content: str | None = None
    content_bounds_m: NDArray[np.float64] | None = None
    children: Sequence["Tile"] = field(default_factory=tuple)

    def walk(self) -> Iterator["Tile"]:
        """This tile and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def write_tileset(file: Path, root: Tile, *, geometric_error_m: float, version: str) -> None:
    """Write ``tileset.json`` in one piece; tiles add to their parents (refine ADD).

    ``version`` is the ``tilesetVersion``, which CesiumJS hands back as ``?v=`` with each content.
    """
    words = {
        "asset": {"version": "1.1", "tilesetVersion": version},
        "geometricError": geometric_error_m,
        "root": {"refine": "ADD", **_tile(root, np.eye(4))},
    }
    part = file.with_name(f"{file.name}.part{os.getpid()}")
    part.write_text(json.dumps(words, separators=(",", ":")), encoding="utf-8")
    part.replace(file)


def _tile(tile: Tile, parent_to_ecef: NDArray[np.float64]) -> dict[str, Any]:
    """Transforms multiply down the tree, so each is written relative to its parent's."""
    words: dict[str, Any] = {
        "boundingVolume": {"box": _box(tile.bounds_m)},
        "geometricError": tile.geometric_error_m,
        "transform": relative_frame(tile.to_ecef, parent_to_ecef).T.ravel().tolist(),
    }
    if tile.content is not None:
        words["content"] = {"uri": tile.content}
        if tile.content_bounds_m is not None:
            words["content"]["boundingVolume"] = {"box": _box(tile.content_bounds_m)}
    if tile.children:
        words["children"] = [_tile(child, tile.to_ecef) for child in tile.children]
    return words


def _box(bounds_m: NDArray[np.float64]) -> list[float]:
    """Centre, then the half axes."""
    low, high = bounds_m
    halves = np.diag((high - low) / 2)
    return [*((low + high) / 2).tolist(), *halves.ravel().tolist()]


def relative_frame(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inner relative to outer, both rigid; exact last row."""
    made = np.eye(4)
    turn = outer[:3, :3].T
    made[:3, :3] = turn @ inner[:3, :3]
    made[:3, 3] = turn @ (inner[:3, 3] - outer[:3, 3])
    return made
