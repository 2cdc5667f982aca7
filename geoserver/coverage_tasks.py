"""Pieces of the work on coverage that any process can do: footprints of some cameras, counts of some blocks."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoserver.town import Town
from layers.cameras.covering.footprint import FEWER_PER_RADIUS, footprint
from layers.cameras.model import Camera
from layers.cameras.mounts import Mounts, mounts_of
from layers.coverage.base import Base, Plan, bases_of
from layers.coverage.figures import table_of
from layers.coverage.lattice import Lattice, lay, picker
from layers.coverage.record import Kept, key_of
from layers.coverage.runs import CELLS
from layers.coverage.sums import Sums
from tiles.errors import Fault
from tiles.facades import facades_of
from tiles.scene import Scene
from tiles.vectors import read_layer

log = logging.getLogger("geoserver")
WALLS_TOGETHER = 64
"""Blocks of facades that make one group."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one camera sees, as it is kept; ``footprint`` empty where it could not be worked out."""

    camera: str
    key: str
    footprint: bytes = field(repr=False)
    profile: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One camera's runs in one block, to be added (1) or taken away (−1)."""

    block: int
    tier: int
    sign: int
    runs: NDArray[np.uint32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks to be counted together: what they held, what their cells are where that is known, what changes."""

    number: int
    kept: Mapping[int, bytes] = field(repr=False)
    bases: Mapping[int, bytes] = field(repr=False)
    parts: Sequence[Part] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recounted:
    """Blocks counted anew: number → counts and table (None: nobody sees anything any more); and new cells
    with the table that they have while nobody sees them."""

    blocks: Mapping[int, tuple[bytes, bytes | None] | None] = field(repr=False)
    bases: Mapping[int, tuple[bytes, bytes]] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Ground:
    """What all tasks need of a city."""

    town: Town
    lattice: Lattice

    @cached_property
    def plan(self) -> Plan:
        """Roads and areas; only what the cells are worked out from, and what is told of them, needs it."""
        roads = read_layer(self.town.vectors, "roads").to_dict("records") if self.town.vectors else []
        return Plan.of(self.town.scene, roads, self.town.area_shapes)

    @classmethod
    def of(cls, town: Town) -> "Ground":
        """Of an open city; worked out once."""
        found: Ground = town.derived.get("coverage-ground", lambda: cls._of(town))
        return found

    @classmethod
    def _of(cls, town: Town) -> "Ground":
        return cls(town, Lattice.of(town.scene, len(facades_of(town.scene))))


Where = tuple[Path, str, int]
"""Folder and version of a built city, and by how much a process that works on it steps back for others."""


@lru_cache(maxsize=1)
def ground_at(folder: Path, version: str, nice: int) -> Ground:
    """The city of a folder, opened once a process.

    Raises
    ------
    ValueError
        Another version is live there by now.
    """
    os.nice(nice)
    town = Town.open(folder, folder / "cache")
    if town.scene.version != version:
        raise ValueError(f"{folder} holds version {town.scene.version}, not {version}")
    return Ground.of(town)


def look_all(where: Where, cameras: Sequence[Camera]) -> list[Looked]:
    """Footprints and profiles of some cameras, in a process of its own."""
    return looked(ground_at(*where), cameras)


def recount_at(where: Where, group: Group) -> Recounted:
    """A group counted anew, in a process of its own."""
    return recounted(ground_at(*where), group)


def looked(ground: Ground, cameras: Sequence[Camera]) -> list[Looked]:
    """Footprints and profiles of some cameras."""
    scene = ground.town.scene
    x, y = scene.to_metric([camera.lon for camera in cameras], [camera.lat for camera in cameras])
    mounts = mounts_of(scene, np.stack([x, y], axis=1))
    return [
        _look(camera, scene, ground.lattice, Mounts(mounts.carrier[k : k + 1], mounts.mount_m[k : k + 1]))
        for k, camera in enumerate(cameras)
    ]


def _look(camera: Camera, scene: Scene, lattice: Lattice, mounts: Mounts) -> Looked:
    key = key_of(camera, scene.version)
    try:
        found = footprint(camera, scene, profile=True, per_radius=FEWER_PER_RADIUS, mounts=mounts, pick=picker(lattice))
    except (Fault, ValueError, FloatingPointError) as problem:
        # One camera that cannot be reckoned must not keep a city from its figures; it is told among those left out.
        log.warning("coverage of camera %s could not be worked out: %s", camera.id, problem)
        return Looked(camera.id, key, b"", b"")
    kept = Kept(lay(found, lattice), found.radius_m).to_bytes()
    return Looked(camera.id, key, kept, found.profile.to_bytes() if found.profile else b"")


def _unseen(base: Base) -> tuple[bytes, bytes]:
    """A block's cells and its table while nobody sees it; most of a city's land is alike."""
    layers = (base.flags, base.road, base.area)
    if all((layer == layer[0]).all() for layer in layers):
        return _alike(*(int(layer[0]) for layer in layers))
    return base.to_bytes(), table_of(Sums.empty(), base).to_bytes()


@lru_cache(maxsize=1024)
def _alike(flags: int, road: int, area: int) -> tuple[bytes, bytes]:
    base = Base(np.full(CELLS, flags, np.uint8), np.full(CELLS, road, np.int16), np.full(CELLS, area, np.int16))
    return base.to_bytes(), table_of(Sums.empty(), base).to_bytes()


def recounted(ground: Ground, group: Group) -> Recounted:
    """A group of blocks with its changes made."""
    made: dict[int, tuple[bytes, bytes]] = {}
    bases = {block: Base.from_bytes(data) for block, data in group.bases.items()}
    if group.number >= 0 and not bases:
        bases = bases_of(group.number, ground.lattice, ground.town.scene, ground.plan)
        made = {block: _unseen(base) for block, base in bases.items()}
    changed: dict[int, tuple[bytes, bytes | None] | None] = {}
    by_block: dict[int, list[Part]] = {}
    for part in group.parts:
        by_block.setdefault(part.block, []).append(part)
    for block, parts in by_block.items():
        sums = Sums.from_bytes(group.kept[block]) if block in group.kept else Sums.empty()
        for part in parts:
            sums.change(part.tier, part.runs, part.sign)
        if sums.is_empty:
            changed[block] = None
            continue
        table = table_of(sums, bases[block]).to_bytes() if block in bases else None
        changed[block] = sums.to_bytes(), table
    return Recounted(changed, made)
