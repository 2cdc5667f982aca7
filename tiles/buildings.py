"""Buildings as 3D Tiles 1.1: a tree of binary glTF with an id and facts for each building."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tiles.building_mesh import glb_of, tile_to_ecef
from tiles.building_tree import ERROR_SHARE, Node, plan_tree
from tiles.footprints import Footprints
from tiles.formats.tileset import Tile, write_tileset
from tiles.geodesy import CityFrame
from tiles.work import run

_MARGIN_RAD, _MARGIN_M = 5e-9, 0.02
"""Added to regions: edges straight in space bulge past corners by a millimetre."""


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
    regions = _regions(footprints, frame)
    tree = plan_tree(footprints)
    frames = {node.name: _frame_of(node, footprints, frame) for node in tree.walk()}
    jobs = [
        Job(folder / f"{node.name}.glb", footprints.take(node.buildings), frames[node.name])
        for node in tree.walk()
        if len(node.buildings)
    ]
    run(partial(_write_tile, frame), jobs, workers=workers, progress=progress)
    root = _tile(tree, frames, regions, version)
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


def _regions(footprints: Footprints, frame: CityFrame) -> NDArray[np.float64]:
    """(b, 6) region of each building: west, south, east, north (radians), foot, roof (m)."""
    lonlat = np.radians(np.column_stack(frame.to_lonlat(*footprints.vertices_m.T)))
    starts = footprints.building_offsets[:-1]
    low = np.minimum.reduceat(lonlat, starts) - _MARGIN_RAD
    high = np.maximum.reduceat(lonlat, starts) + _MARGIN_RAD
    return np.column_stack([low, high, footprints.base_m - _MARGIN_M, footprints.roof_m + _MARGIN_M])


def _union(regions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The region that holds all of (n, 6)."""
    low, high = regions.min(axis=0), regions.max(axis=0)
    return np.array([low[0], low[1], high[2], high[3], low[4], high[5]])


def _tile(node: Node, frames: dict[str, NDArray[np.float64]], regions: NDArray[np.float64], version: str) -> Tile:
    children = tuple(_tile(child, frames, regions, version) for child in node.children)
    own = _union(regions[node.buildings]) if len(node.buildings) else None
    inside = [child.region for child in children] + ([own] if own is not None else [])
    content = f"{version}/{node.name}.glb" if own is not None else None
    frame = frames[node.name]
    return Tile(_union(np.array(inside)), node.geometric_error_m, frame, content, own, children)


def _width_m(footprints: Footprints) -> float:
    bounds = footprints.bounds_m
    return float((bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0)).max())


def _write_empty(out: Path, frame: CityFrame, version: str) -> None:
    """A valid tileset that shows nothing."""
    lon, lat = np.radians([frame.lon0, frame.lat0])
    region = np.array([lon - 1e-6, lat - 1e-6, lon + 1e-6, lat + 1e-6, 0.0, 1.0])
    root = Tile(region, 0.0, tile_to_ecef(frame.lon0, frame.lat0, 0.0))
    write_tileset(out / "tileset.json", root, geometric_error_m=1.0, version=version)
