"""Building tiles as the browser gets them, decoded into triangles of those buildings that stand in an area."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from tiles.formats.glb_reading import read_buildings
from tiles.geodesy import ecef_to_geodetic
from tiles.served_ground import Rect

KEPT_TILES = 64
"""Decoded tiles that are kept; one holds some 800 buildings, about a megabyte."""
MOST_IN_BLOCK = 20_000
"""Of an area with more buildings only so many are taken, the largest: it is large, and looked at from afar."""
MARGIN_DEG = 2e-3
"""A tile's box is taken wider by this: it is turned against meridians and parallels."""


@dataclass(frozen=True, eq=False)
class _Decoded:
    """A tile's corners in earth-centred metres, its triangles sorted by building, and the buildings.

    ``number`` is the building's number in the scene, ``cuts`` (b + 1,) where its triangles begin, ``lonlat`` (b, 2)
    its middle, ``size_m`` (b,) the diagonal of its bounds.
    """

    positions_ecef_m: NDArray[np.float64]
    triangles: NDArray[np.int64]
    number: NDArray[np.int64]
    cuts: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    size_m: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Tile:
    file: Path
    to_ecef: NDArray[np.float64]
    bounds_deg: Rect


@dataclass(eq=False)
class BuildingTiles:
    """The building tiles of a folder; ``numbers`` gives a building's number in the scene by its id."""

    tiles: list[_Tile]
    numbers: Mapping[str, int]
    _kept: "OrderedDict[Path, _Decoded]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, folder: Path, numbers: Mapping[str, int]) -> "BuildingTiles":
        """Read the tileset's tree."""
        root = json.loads((folder / "tileset.json").read_text(encoding="utf-8"))["root"]
        found: list[_Tile] = []
        stack = [(root, np.eye(4))]
        while stack:
            tile, above = stack.pop()
            own = np.array(tile.get("transform", np.eye(4).T.ravel()), float).reshape(4, 4).T
            to_ecef = above @ own
            if "content" in tile:
                content = tile["content"]
                box = content.get("boundingVolume", tile["boundingVolume"])["box"]
                file = folder / urlsplit(content["uri"]).path
                found.append(_Tile(file, to_ecef, _bounds_deg(np.array(box, float), to_ecef)))
            stack += [(child, to_ecef) for child in tile.get("children", [])]
        return cls(found, numbers)

    def triangles(self, rect: Rect) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int32]]:
        """Corners (n, 3; earth-centred metres), triangles (t, 3) and building (t,) of what stands in an area.

        A building belongs where the middle of its bounds is: west and south edges count, the others do not.
        """
        west, south, east, north = rect
        parts = []
        for tile in self.tiles:
            w, s, e, n = tile.bounds_deg
            if w < east and e > west and s < north and n > south:
                held = self._decode(tile)
                lon, lat = held.lonlat.T
                inside = np.flatnonzero((lon >= west) & (lon < east) & (lat >= south) & (lat < north))
                if inside.size:
                    parts.append((held, inside))
        sizes = np.concatenate([np.zeros(0), *(held.size_m[inside] for held, inside in parts)])
        least = np.sort(sizes)[-MOST_IN_BLOCK] if len(sizes) > MOST_IN_BLOCK else 0.0
        return _gathered([(held, inside[held.size_m[inside] >= least]) for held, inside in parts])

    def _decode(self, tile: _Tile) -> _Decoded:
        with self._lock:
            held = self._kept.get(tile.file)
            if held is None:
                held = self._kept[tile.file] = _decode(tile, self.numbers)
                while len(self._kept) > KEPT_TILES:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(tile.file)
            return held


def _decode(tile: _Tile, numbers: Mapping[str, int]) -> _Decoded:
    mesh = read_buildings(tile.file.read_bytes(), str(tile.file))
    positions = mesh.positions_m.astype(np.float64) @ tile.to_ecef[:3, :3].T + tile.to_ecef[:3, 3]
    owner = mesh.feature[mesh.triangles[:, 0]]
    order = np.argsort(owner, kind="stable")
    count = len(mesh.ids)
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, mesh.feature, mesh.positions_m)
    np.maximum.at(high, mesh.feature, mesh.positions_m)
    middle = (low + high) / 2 @ tile.to_ecef[:3, :3].T + tile.to_ecef[:3, 3]
    return _Decoded(
        positions_ecef_m=positions,
        triangles=mesh.triangles[order],
        number=np.array([numbers.get(id_, -1) for id_ in mesh.ids], np.int64),
        cuts=np.searchsorted(owner[order], np.arange(count + 1)),
        lonlat=ecef_to_geodetic(middle)[:, :2],
        size_m=np.linalg.norm(high - low, axis=1),
    )


def _gathered(
    parts: list[tuple[_Decoded, Any]],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int32]]:
    """The triangles of some buildings of some tiles, over corners of their own."""
    positions, triangles, owners = [np.zeros((0, 3))], [np.zeros((0, 3), np.int64)], [np.zeros(0, np.int32)]
    shift = 0
    for held, chosen in parts:
        counts = held.cuts[chosen + 1] - held.cuts[chosen]
        starts = np.repeat(held.cuts[chosen] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        used = held.triangles[starts + np.arange(counts.sum())]
        corners, renumbered = np.unique(used, return_inverse=True)
        positions.append(held.positions_ecef_m[corners])
        triangles.append(renumbered.reshape(-1, 3) + shift)
        owners.append(np.repeat(held.number[chosen], counts).astype(np.int32))
        shift += len(corners)
    return np.concatenate(positions), np.concatenate(triangles), np.concatenate(owners)


def _bounds_deg(box: NDArray[np.float64], to_ecef: NDArray[np.float64]) -> Rect:
    """Degrees that a tile's box may reach to."""
    signs = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)], float)
    corners = box[:3] + signs @ box[3:].reshape(3, 3)
    lon, lat, _ = ecef_to_geodetic(corners @ to_ecef[:3, :3].T + to_ecef[:3, 3]).T
    low, high = (lon.min() - MARGIN_DEG, lat.min() - MARGIN_DEG), (lon.max() + MARGIN_DEG, lat.max() + MARGIN_DEG)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
