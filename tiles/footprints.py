"""The city's buildings as prisms: footprint rings, base, roof and what is known of each.

The same arrays make the building tiles, the analysis surface and the exact sight line, so they agree
to the last bit. Reading them from files is in ``tiles.sources.buildings``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.errors import NotBuilt

ATTRIBUTES = ("name", "name_en", "use", "storeys", "address", "area")
"""Columns that every ``Footprints`` carries; all text, but ``storeys``: int, 0 when unknown."""

_ARRAYS = ("vertices_m", "ring_offsets", "ring_building", "base_m", "roof_m")


@dataclass(frozen=True)
class Footprints:
    """Buildings as vertical prisms in the city's metric frame.

    Attributes
    ----------
    vertices_m : (v, 2) float64
        x, y of the corners, ring after ring. Rings are open: the first corner is not repeated.
    ring_offsets : (r + 1,) int64
        Ring ``i`` is ``vertices_m[ring_offsets[i]:ring_offsets[i + 1]]``. Outer rings run
        counter-clockwise, holes clockwise; each outer ring is followed by its holes.
    ring_building : (r,) int32
        Building of each ring, ascending.
    base_m, roof_m : (b,) float64
        Ellipsoidal heights of the bottom (0.5 m below the lowest ground) and of the flat roof.
    ids : tuple of str
        Unique and stable over rebuilds.
    attributes : dict
        ``ATTRIBUTES``, each a tuple with one value a building.
    counts : dict
        What was read, repaired, assumed and refused, by name.
    notices : tuple of dict
        Rows refused or changed: ``code, file, row, value, remedy``.
    """

    vertices_m: NDArray[np.float64]
    ring_offsets: NDArray[np.int64]
    ring_building: NDArray[np.int32]
    base_m: NDArray[np.float64]
    roof_m: NDArray[np.float64]
    ids: tuple[str, ...]
    attributes: Mapping[str, tuple[Any, ...]]
    counts: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Mapping[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def building_rings(self) -> NDArray[np.int64]:
        """(b + 1,) first ring of each building and, last, the number of rings."""
        return np.searchsorted(self.ring_building, np.arange(len(self) + 1))

    @cached_property
    def building_offsets(self) -> NDArray[np.int64]:
        """(b + 1,) first corner of each building and, last, the number of corners."""
        offsets: NDArray[np.int64] = self.ring_offsets[self.building_rings]
        return offsets

    @cached_property
    def bounds_m(self) -> NDArray[np.float64]:
        """(b, 4) west, south, east, north of each building in the metric frame."""
        if not len(self):
            return np.zeros((0, 4))
        starts = self.building_offsets[:-1]
        low = np.minimum.reduceat(self.vertices_m, starts)
        return np.hstack([low, np.maximum.reduceat(self.vertices_m, starts)])

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Building number by id."""
        return {identity: i for i, identity in enumerate(self.ids)}

    def rings(self, building: int) -> list[NDArray[np.float64]]:
        """Open rings of one building, (n, 2) each."""
        first, last = self.building_rings[building : building + 2]
        cuts = self.ring_offsets[first : last + 1]
        return [self.vertices_m[a:b] for a, b in pairwise(cuts)]

    @classmethod
    def empty(cls) -> "Footprints":
        """A city without buildings."""
        none = np.zeros(0)
        return cls(
            np.zeros((0, 2)),
            np.zeros(1, np.int64),
            np.zeros(0, np.int32),
            none,
            none,
            (),
            dict.fromkeys(ATTRIBUTES, ()),
        )

    def save(self, folder: Path) -> None:
        """Write ``footprints.npz`` and ``footprints.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "footprints.npz").open("wb") as file:
            np.savez(file, **{name: getattr(self, name) for name in _ARRAYS})
        words = {
            "ids": self.ids,
            "attributes": dict(self.attributes),
            "counts": dict(self.counts),
            "notices": [dict(notice) for notice in self.notices],
        }
        (folder / "footprints.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Footprints":
        """Read what ``save`` wrote.

        Raises
        ------
        NotBuilt
            The folder holds no footprints.
        """
        if not (folder / "footprints.npz").is_file():
            raise NotBuilt(folder=folder)
        with np.load(folder / "footprints.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _ARRAYS}
        words = json.loads((folder / "footprints.json").read_text(encoding="utf-8"))
        columns = {name: tuple(values) for name, values in words["attributes"].items()}
        return cls(
            **arrays,
            ids=tuple(words["ids"]),
            attributes=columns,
            counts=words["counts"],
            notices=tuple(words["notices"]),
        )
