"""Sight lines by Embree over the triangles that the browser gets: building tiles and the finest terrain tiles.

Embree computes in float32, so nothing is traced in earth-centred metres. Rays are grouped by their eye into
cubes of ``CELL_M``; each group is traced in a frame whose origin is the cube's centre, over the triangles within
reach of its rays. Places within 10 km of the origin are then held to half a millimetre.

A sight line is bent by refraction (coefficient k = 0.13): it is traced as a chain of straight pieces of at most
``PIECE_M`` through places lifted above the chord by t(1 − t) D² k / 2R, which leaves under a millimetre between
piece and curve. The earth's own curvature is in the triangles.

Both ends may be shortened (``eye_gap_m``, ``target_gap_m``): a target on a wall lies on the very triangle that
would block it. The program's rules for the camera's carrier and the target's own building are stated in
horizontal metres; who compares verdicts gives gaps that correspond to them.
"""

import warnings
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray
from quantized_mesh_tile.terrain import TerrainTile

from tests.judges.tiles_reader import read_buildings
from tiles.geodesy import ecef_to_geodetic, geodetic_to_ecef

CELL_M = 2000.0
PIECE_M = 500.0
EARTH_RADIUS_M, REFRACTION_K = 6371008.8, 0.13
NONE, TERRAIN, BUILDING = 0, 1, 2

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits: ``distance_m`` (inf none), ``kind`` (NONE, TERRAIN, BUILDING), ``building`` (its id or ""), place."""

    distance_m: Floats
    kind: NDArray[np.int8]
    building: NDArray[np.object_]
    place_ecef_m: Floats


@dataclass(frozen=True, eq=False)
class _Local:
    """Embree's scene about one origin; ``kind`` and ``building`` of each of its triangles."""

    origin: Floats
    scene: Any
    kind: NDArray[np.int8]
    building: NDArray[np.int64]


class EmbreeCity:
    """A built city's tiles: ``tileset`` is the ``tileset.json``, ``terrain`` the folder of ``z/x/y.terrain``."""

    def __init__(self, tileset: Path | None, terrain: Path | None) -> None:
        self.ids: list[str] = []
        corners, owners = [np.zeros((0, 3, 3))], [np.zeros(0, np.int64)]
        for part in read_buildings(tileset) if tileset is not None else ():
            corners.append(part.vertices_ecef_m[part.triangles])
            owners.append(part.feature + len(self.ids))
            self.ids += part.table["id"]
        self.corners, self.owner = np.concatenate(corners), np.concatenate(owners)
        self.middle = self.corners.mean(axis=1)
        self.extent = np.linalg.norm(self.corners - self.middle[:, None], axis=2).max(axis=1, initial=0.0)
        self.terrain = _TerrainTiles(terrain) if terrain is not None else None

    def visible(
        self,
        eyes_ecef_m: Floats,
        targets_ecef_m: Floats,
        *,
        eye_gap_m: Any = 0.01,
        target_gap_m: Any = 0.05,
        k: float = REFRACTION_K,
    ) -> NDArray[np.bool_]:
        """Whether nothing lies between (n, 3) eyes and targets, but for the gaps at the ends (m along the line)."""
        hits = self.between(eyes_ecef_m, targets_ecef_m, eye_gap_m=eye_gap_m, target_gap_m=target_gap_m, k=k)
        return hits.kind == NONE

    def between(
        self,
        eyes_ecef_m: Floats,
        targets_ecef_m: Floats,
        *,
        eye_gap_m: Any = 0.01,
        target_gap_m: Any = 0.05,
        k: float = REFRACTION_K,
    ) -> Hits:
        """The first thing between eyes and targets, along the bent line."""
        eyes, targets = np.atleast_2d(eyes_ecef_m), np.atleast_2d(targets_ecef_m)
        length = np.linalg.norm(targets - eyes, axis=1)
        starts = np.broadcast_to(eye_gap_m, length.shape) / np.maximum(length, 1e-9)
        ends = 1 - np.broadcast_to(target_gap_m, length.shape) / np.maximum(length, 1e-9)
        first = _nothing(len(eyes))
        pieces = np.maximum(np.ceil(length / PIECE_M).astype(int), 1)
        for piece in range(int(pieces.max(initial=0))):
            going = np.flatnonzero((piece < pieces) & (first.kind == NONE) & (starts < ends))
            if not len(going):
                continue
            span = (ends - starts)[going] / pieces[going]
            a, b = (_along(eyes[going], targets[going], starts[going] + span * (piece + step), k) for step in (0, 1))
            _merge(first, going, self._trace(a, b), a, eyes[going])
        return first

    def first_hits(self, origins_ecef_m: Floats, directions_ecef: Floats, max_range_m: Any) -> Hits:
        """What straight rays of (n, 3) unit directions meet first within their range."""
        origins = np.atleast_2d(origins_ecef_m)
        reach = np.broadcast_to(np.asarray(max_range_m, float), len(origins))[:, None]
        first = _nothing(len(origins))
        ends = origins + np.atleast_2d(directions_ecef) * reach
        _merge(first, np.arange(len(origins)), self._trace(origins, ends), origins, origins)
        return first

    def _trace(self, a: Floats, b: Floats) -> Hits:
        """Straight rays from a to b, grouped by the cube of their start."""
        made = _nothing(len(a))
        cubes = np.floor(a / CELL_M).astype(np.int64)
        for cube in np.unique(cubes, axis=0):
            rays = np.flatnonzero((cubes == cube).all(axis=1))
            local = self._local((cube + 0.5) * CELL_M, a[rays], b[rays])
            if local is None:
                continue
            start = (a[rays] - local.origin).astype(np.float32)
            way = b[rays] - a[rays]
            length = np.linalg.norm(way, axis=1)
            found = local.scene.run(
                start, (way / length[:, None]).astype(np.float32), dists=length.astype(np.float32), output=1
            )
            # embreex numbers triangles within each mesh; there is one mesh here.
            triangle = found["primID"]
            hit = triangle >= 0
            made.kind[rays[hit]] = local.kind[triangle[hit]]
            made.distance_m[rays[hit]] = found["tfar"][hit]
            owners = local.building[triangle[hit]].tolist()
            made.building[rays[hit]] = [self.ids[i] if i >= 0 else "" for i in owners]
            made.place_ecef_m[rays[hit]] = a[rays[hit]] + (way / length[:, None])[hit] * found["tfar"][hit, None]
        return made

    def _local(self, origin: Floats, a: Floats, b: Floats) -> _Local | None:
        """The scene within reach of the rays."""
        reach = max(np.linalg.norm(a - origin, axis=1).max(), np.linalg.norm(b - origin, axis=1).max())
        near = np.linalg.norm(self.middle - origin, axis=1) <= reach + self.extent
        corners, building = [self.corners[near]], [self.owner[near]]
        if self.terrain is not None:
            ground = self.terrain.near(origin, reach)
            corners.append(ground)
            building.append(np.full(len(ground), -1))
        triangles, owner = np.concatenate(corners), np.concatenate(building)
        if not len(triangles):
            return None
        scene = EmbreeScene()
        vertices = (triangles - origin).reshape(-1, 3).astype(np.float32)
        TriangleMesh(scene, vertices, np.arange(len(vertices), dtype=np.int32).reshape(-1, 3))
        return _Local(origin, scene, np.where(owner >= 0, BUILDING, TERRAIN).astype(np.int8), owner)


def _nothing(count: int) -> Hits:
    empty = np.full(count, "", dtype=object)
    return Hits(np.full(count, np.inf), np.zeros(count, np.int8), empty, np.full((count, 3), np.nan))


def _merge(first: Hits, rays: NDArray[Any], found: Hits, starts: Floats, eyes: Floats) -> None:
    hit = found.kind != NONE
    place = rays[hit]
    first.kind[place], first.building[place] = found.kind[hit], found.building[hit]
    first.place_ecef_m[place] = found.place_ecef_m[hit]
    first.distance_m[place] = np.linalg.norm(starts[hit] - eyes[hit], axis=1) + found.distance_m[hit]


def _along(eyes: Floats, targets: Floats, t: Floats, k: float) -> Floats:
    """The places at fractions t of the bent lines."""
    chord = eyes + (targets - eyes) * t[:, None]
    lift = t * (1 - t) * np.sum((targets - eyes) ** 2, axis=1) * k / (2 * EARTH_RADIUS_M)
    return chord + chord / np.linalg.norm(chord, axis=1, keepdims=True) * lift[:, None]


class _TerrainTiles:
    """The finest tile of every place in a ``z/x/y.terrain`` folder, decoded when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = [path.relative_to(folder).with_suffix("").parts for path in folder.glob("*/*/*.terrain")]
        every = {(int(z), int(x), int(y)) for z, x, y in names}
        self.wanted: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        for z, x, y in every:
            quarters = [(i, j) for i in (0, 1) for j in (0, 1) if (z + 1, 2 * x + i, 2 * y + j) not in every]
            if quarters:
                self.wanted[z, x, y] = quarters
        self.keys = list(self.wanted)
        self.west, self.south, self.step = (np.array(v, float) for v in zip(*map(_place, self.keys), strict=True))
        self.decoded: OrderedDict[tuple[int, int, int], Floats] = OrderedDict()

    def near(self, origin: Floats, reach_m: float) -> Floats:
        """Triangles (t, 3, 3) of the tiles that reach into a sphere."""
        lon, lat, _ = ecef_to_geodetic(origin)
        lat_reach = np.degrees(reach_m / 6.33e6)
        lon_reach = lat_reach / np.cos(np.radians(min(abs(lat) + lat_reach, 89.0)))
        west = (self.west + self.step >= lon - lon_reach) & (self.west <= lon + lon_reach)
        south = (self.south + self.step >= lat - lat_reach) & (self.south <= lat + lat_reach)
        found = [self.triangles(self.keys[i]) for i in np.flatnonzero(west & south)]
        return np.concatenate([np.zeros((0, 3, 3)), *found])

    def triangles(self, key: tuple[int, int, int]) -> Floats:
        if key not in self.decoded:
            self.decoded[key] = self._decode(key)
            if len(self.decoded) > 3000:
                self.decoded.popitem(last=False)
        return self.decoded[key]

    def _decode(self, key: tuple[int, int, int]) -> Floats:
        z, x, y = key
        west, south, step = _place(key)
        tile = TerrainTile(west=west, south=south, east=west + step, north=south + step)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it leaves out normals and water mask; so do we
            tile.fromFile(str(self.folder / str(z) / str(x) / f"{y}.terrain"))
        places = np.array(tile.getVerticesCoordinates())
        corners = places[np.array(tile.indices).reshape(-1, 3)]
        if len(self.wanted[key]) < 4:  # finer tiles cover the other quarters
            quarter = np.floor((corners[:, :, :2].mean(axis=1) - (west, south)) / (step / 2)).astype(int)
            corners = corners[[tuple(q) in self.wanted[key] for q in quarter.tolist()]]
        return geodetic_to_ecef(corners[..., 0], corners[..., 1], corners[..., 2])


def _place(key: tuple[int, int, int]) -> tuple[float, float, float]:
    """West, south and width in degrees; rows count from the south (TMS), two tiles at the root."""
    z, x, y = key
    step = 180.0 / 2**z
    return -180.0 + x * step, -90.0 + y * step, step
