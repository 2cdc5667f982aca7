"""Blocks of served triangles, each with Embree's scene about an origin of its own.

Everything is in the city's local frame: east, north, up at the city's centre, straight axes, metres, so that the
earth's curvature is in the coordinates. Embree computes in float32; about the origin of a block it is good to a
millimetre.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from tiles.geodesy import CityFrame, enu_rotation, geodetic_to_ecef

Floats = NDArray[np.float64]
TRIANGLE_BYTES = 160
"""What a triangle takes with its part of Embree's tree; 110 were measured over blocks of the demo city."""
ROOF_RISE = 0.5
"""A face of a building whose normal points up more than this is a roof."""


@dataclass(frozen=True)
class LocalFrame:
    """East, north, up at a place on the ellipsoid, as straight axes: ``axes`` (3, 3) rows, ``origin`` earth-centred."""

    axes: Floats = field(repr=False)
    origin_ecef_m: Floats = field(repr=False)

    @classmethod
    def of(cls, frame: CityFrame) -> "LocalFrame":
        """At a city's centre."""
        return cls(enu_rotation(frame.lon0, frame.lat0), geodetic_to_ecef(frame.lon0, frame.lat0, 0.0))

    def from_ecef(self, places_ecef_m: Floats) -> Floats:
        """Earth-centred places (..., 3) in this frame."""
        moved: Floats = (places_ecef_m - self.origin_ecef_m) @ self.axes.T
        return moved

    def to_ecef(self, places_m: Floats) -> Floats:
        """Places (..., 3) of this frame, earth-centred."""
        moved: Floats = places_m @ self.axes + self.origin_ecef_m
        return moved

    def place(self, lon: Any, lat: Any, height_m: Any) -> Floats:
        """Degrees and ellipsoidal metres in this frame."""
        return self.from_ecef(geodetic_to_ecef(lon, lat, height_m))


@dataclass(frozen=True, eq=False)
class Block:
    """Triangles of an area.

    Attributes
    ----------
    low, high : (3,), corners of the box around all of them
    origin : (3,), what Embree's coordinates are counted from
    owner : int32 (t,), building of each triangle, −1 for terrain
    """

    low: Floats
    high: Floats
    origin: Floats
    owner: NDArray[np.int32]
    scene: Any

    @classmethod
    def make(cls, positions_m: Floats, triangles: NDArray[np.int64], owner: NDArray[np.int32]) -> "Block | None":
        """From corners (n, 3; local frame) and triangles (t, 3); None if there are none."""
        if not len(triangles):
            return None
        low, high = positions_m.min(axis=0), positions_m.max(axis=0)
        origin = (low + high) / 2
        scene = EmbreeScene(robust=True)
        vertices = np.ascontiguousarray((positions_m - origin).astype(np.float32))
        TriangleMesh(scene, vertices, np.ascontiguousarray(triangles.astype(np.int32)))
        # The tree is built at the first ray; that happens here and not in the middle of a picture.
        scene.run(np.zeros((1, 3), np.float32), np.array([[0, 0, 1]], np.float32))
        return cls(low - 0.01, high + 0.01, origin, owner, scene)

    def trace(self, starts: Any, directions: Any, length: Any) -> tuple[Any, Any, Any]:
        """First hits of rays about the block's origin (float32): distance, triangle (−1 none), normal of any length."""
        found = self.scene.run(starts, directions, dists=length, output=1)
        return found["tfar"], found["primID"], found["Ng"]

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return len(self.owner) * TRIANGLE_BYTES


class BlockCache:
    """Blocks by key, the least recently used dropped beyond so many bytes; one is built at a time."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.nbytes = 0
        self._kept: OrderedDict[Hashable, Block | None] = OrderedDict()
        self._guard, self._building = threading.Lock(), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Block | None]) -> Block | None:
        """The block of a key, built now if need be."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with self._building:
            with self._guard:
                if key in self._kept:
                    return self._kept[key]
            made = make()
            with self._guard:
                self._kept[key] = made
                self.nbytes += made.nbytes if made else 0
                while self.nbytes > self.limit_bytes and len(self._kept) > 1:
                    _, dropped = self._kept.popitem(last=False)
                    self.nbytes -= dropped.nbytes if dropped else 0
            return made

    def held(self, key: Hashable) -> "Block | None":
        """The block of a key if it is there."""
        with self._guard:
            return self._kept.get(key)

    def __len__(self) -> int:
        return len(self._kept)


def joined(
    parts: Sequence[tuple[Floats, NDArray[np.int64], NDArray[np.int32]]],
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int32]]:
    """Several meshes as one."""
    shifts = np.cumsum([0, *(len(positions) for positions, _, _ in parts)])
    return (
        np.concatenate([positions for positions, _, _ in parts]),
        np.concatenate([triangles + shift for (_, triangles, _), shift in zip(parts, shifts[:-1], strict=True)]),
        np.concatenate([owner for _, _, owner in parts]),
    )
