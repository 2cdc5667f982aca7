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

BELOW_GROUND_M = 0.5
"""A prism starts this far under the lowest ground at its corners, so that no slope shows beneath it."""


def runs(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole numbers ``start … start + length − 1`` of each pair, one run after another."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)


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
        ``ATTRIBUTES``, each a tuple with one value a building; when read from files also ``height_m``, the
        roof above the median ground under the footprint.
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

    @cached_property
    def heights_m(self) -> NDArray[np.float64]:
        """(b,) height of the roof above the ground: above its median under the footprint where that is
        known (column ``height_m``), else above its lowest place."""
        given = self.attributes.get("height_m")
        above: NDArray[np.float64] = self.roof_m - self.base_m - BELOW_GROUND_M
        return above if given is None else np.asarray(given, dtype=np.float64)

    def take(self, buildings: NDArray[np.int64]) -> "Footprints":
        """The given buildings, in the given order, without counts and notices."""
        first = self.building_rings[buildings]
        rings = runs(first, self.building_rings[buildings + 1] - first)
        starts = self.ring_offsets[rings]
        lengths = self.ring_offsets[rings + 1] - starts
        counts = self.building_rings[buildings + 1] - first
        chosen = buildings.tolist()
        return Footprints(
            self.vertices_m[runs(starts, lengths)],
            np.concatenate([[0], np.cumsum(lengths)]),
            np.repeat(np.arange(len(buildings), dtype=np.int32), counts),
            self.base_m[buildings],
            self.roof_m[buildings],
            tuple(self.ids[i] for i in chosen),
            {name: tuple(values[i] for i in chosen) for name, values in self.attributes.items()},
        )

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
