"""Buildings as 3D Tiles 1.1: a tree of binary glTF with an id and facts for each building."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tiles.building_mesh import glb_of, tile_to_ecef
from tiles.building_tree import ERROR_SHARE, Node, plan_tree
from tiles.footprints import Footprints, runs
from tiles.formats.tileset import Tile, relative_frame, write_tileset
from tiles.geodesy import CityFrame, geodetic_to_ecef
from tiles.work import run

_MARGIN_M = 0.02
"""Added to boxes: float32 corners and the turn from frame to frame stay well below it."""


@dataclass(frozen=True, eq=False)
class Job:
    """One tile to be written: its file, its buildings, its frame to earth-centred metres."""

    file: Path
    footprints: Footprints
    to_ecef: NDArray[np.float64]


def make_buildings(
    footprints: Footprints, frame: CityFrame, out: Path, *, workers: int, progress: Callable[[int, int], None]
) -> None:
    """Write ``tileset.json`` and its tiles.

    Tiles lie in a folder named for the buildings' content, so what is there from a stopped build of the
    same buildings is kept, and nothing else is. The tileset is written last, in one piece.
    """
    version = content_version(footprints)
    folder = out / version
    folder.mkdir(parents=True, exist_ok=True)
    if not len(footprints):
        _write_empty(out, frame, version)
        return
    tree = plan_tree(footprints)
    frames = {node.name: _frame_of(node, footprints, frame) for node in tree.walk()}
    jobs = [
        Job(folder / f"{node.name}.glb", footprints.take(node.buildings), frames[node.name])
        for node in tree.walk()
        if len(node.buildings)
    ]
    run(partial(_write_tile, frame), jobs, workers=workers, progress=progress)
    root = _tile(tree, frames, _Corners.of(footprints, frame), version)
    error = max(tree.geometric_error_m, _width_m(footprints) * ERROR_SHARE) * 2
    write_tileset(out / "tileset.json", root, geometric_error_m=error, version=version)


def content_version(footprints: Footprints) -> str:
    """Twelve hexadecimal digits of all that the tiles show."""
    digest = hashlib.blake2b(digest_size=6)
    for array in (footprints.vertices_m, footprints.ring_offsets, footprints.ring_building):
        digest.update(np.ascontiguousarray(array).tobytes())
    for array in (footprints.base_m, footprints.roof_m):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(repr((footprints.ids, sorted(footprints.attributes.items()))).encode())
    return digest.hexdigest()


def _write_tile(frame: CityFrame, job: Job) -> None:
    if job.file.exists():
        return
    part = job.file.with_name(f"{job.file.name}.part{os.getpid()}")
    part.write_bytes(glb_of(job.footprints, frame, job.to_ecef))
    part.replace(job.file)


def _frame_of(node: Node, footprints: Footprints, frame: CityFrame) -> NDArray[np.float64]:
    """East, north, up at the middle of the node's buildings, at the foot of the lowest."""
    inside = node.buildings if len(node.buildings) else np.arange(len(footprints))
    bounds = footprints.bounds_m[inside]
    x, y = (bounds[:, :2].min(axis=0) + bounds[:, 2:].max(axis=0)) / 2
    lon, lat = frame.to_lonlat(x, y)
    return tile_to_ecef(lon, lat, float(footprints.base_m[inside].min()))


@dataclass(frozen=True, eq=False)
class _Corners:
    """Corners of all prisms in earth-centred metres, at the foot and at the roof, (v, 3) each."""

    footprints: Footprints
    low_ecef_m: NDArray[np.float64]
    high_ecef_m: NDArray[np.float64]

    @classmethod
    def of(cls, footprints: Footprints, frame: CityFrame) -> "_Corners":
        lon, lat = frame.to_lonlat(*footprints.vertices_m.T)
        building = np.repeat(np.arange(len(footprints)), np.diff(footprints.building_offsets))
        low, high = (geodetic_to_ecef(lon, lat, h[building]) for h in (footprints.base_m, footprints.roof_m))
        return cls(footprints, low, high)

    def bounds_m(self, buildings: NDArray[np.int64], to_ecef: NDArray[np.float64]) -> NDArray[np.float64]:
        """(2, 3) least and greatest east, north, up of some buildings in a tile's frame."""
        starts = self.footprints.building_offsets
        chosen = runs(starts[buildings], starts[buildings + 1] - starts[buildings])
        places = np.concatenate([self.low_ecef_m[chosen], self.high_ecef_m[chosen]])
        local = (places - to_ecef[:3, 3]) @ to_ecef[:3, :3]
        return np.array([local.min(axis=0) - _MARGIN_M, local.max(axis=0) + _MARGIN_M])


def _tile(node: Node, frames: dict[str, NDArray[np.float64]], corners: _Corners, version: str) -> Tile:
    children = tuple(_tile(child, frames, corners, version) for child in node.children)
    frame = frames[node.name]
    own = corners.bounds_m(node.buildings, frame) if len(node.buildings) else None
    inside = [_turned(child, frame) for child in children] + ([own] if own is not None else [])
    low, high = np.min([low for low, _ in inside], axis=0), np.max([high for _, high in inside], axis=0)
    content = f"{version}/{node.name}.glb" if own is not None else None
    return Tile(np.array([low, high]), node.geometric_error_m, frame, content, own, children)


def _turned(child: Tile, to_ecef: NDArray[np.float64]) -> NDArray[np.float64]:
    """A child's bounds in its parent's frame."""
    turn = relative_frame(child.to_ecef, to_ecef)
    ends = np.array(list(product(*child.bounds_m.T)))
    corners = ends @ turn[:3, :3].T + turn[:3, 3]
    return np.array([corners.min(axis=0) - 1e-3, corners.max(axis=0) + 1e-3])


def _width_m(footprints: Footprints) -> float:
    bounds = footprints.bounds_m
    return float((bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0)).max())


def _write_empty(out: Path, frame: CityFrame, version: str) -> None:
    """A valid tileset that shows nothing."""
    bounds = np.array([[-1.0, -1.0, 0.0], [1.0, 1.0, 1.0]])
    root = Tile(bounds, 0.0, tile_to_ecef(frame.lon0, frame.lat0, 0.0))
    write_tileset(out / "tileset.json", root, geometric_error_m=1.0, version=version)
