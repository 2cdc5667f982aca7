"""The served geometry under rays: the triangles that the browser draws, asked by Embree.

What must match the picture is solved here and not on the raster: pixel to place, stills, view meshes. The city
is cut into blocks along the terrain's tiles; a block holds its ground at a level of detail and the buildings
whose middle is in it, and is decoded when a ray first comes there. Near an eye all is at the finest level; far
away the ground may be coarser as long as its error stays below ``tolerance_rad``.

Rays are straight: so are those of the picture in the browser.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.building_look import BRIGHTEST, corner_colours
from tiles.geodesy import enu_rotation
from tiles.kernels.boxes import any_enters, entering, finish, keep
from tiles.kernels.places import geodetic_of, web_map_of
from tiles.scene import Scene
from tiles.served_blocks import ROOF_RISE, Block, BlockCache, LocalFrame, joined
from tiles.served_buildings import BuildingTiles
from tiles.served_ground import GroundTiles, Key, Rect, away_m, children_of, rect_of
from tiles.served_plain import plain_mesh
from tiles.served_prisms import Rings, entered_m, is_inside

Floats = NDArray[np.float64]
CACHE_BYTES = 512 * 2**20
SPAN = 2
"""A block at the finest level is one tile of so many levels above."""
FAR_M = 60_000.0
"""Rays end here."""
OVER_ROOFS_M = 15.0
"""Boxes of blocks that were not decoded yet are taken higher and lower by this."""
CARRIER_STEPS = 6
"""Faces of the carrier that a ray may pass within the mount before it is given up."""
STEP_M = 1e-3
BOX_PAD_M = 250.0
"""A building may reach so far out of the area that its middle is in."""
WORTH_LOOKING = 1.3


@dataclass(frozen=True, eq=False)
class Cast:
    """What rays from an eye meet first, one per ray.

    Attributes
    ----------
    distance_m : float64 (n,), inf where nothing is met
    kind : int8 (n,), as in ``tiles.sight``: 0 nothing, 1 terrain, 3 wall, 4 roof
    building : int32 (n,), −1 where no building is met
    points_m, normals : float64 (n, 3), local frame; the normal of the face, towards the eye; NaN where nothing is met
    """

    distance_m: Floats = field(repr=False)
    kind: NDArray[np.int8] = field(repr=False)
    building: NDArray[np.int32] = field(repr=False)
    points_m: Floats = field(repr=False)
    normals: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.distance_m)


@dataclass(frozen=True, eq=False)
class Eye:
    """Where rays start: earth-centred, and what carries it (excused horizontally as far as ``mount_m``)."""

    lon: float
    lat: float
    height_m: float
    carrier: int = -1
    mount_m: float = 0.0


class Served:
    """The served triangles of one scene."""

    def __init__(self, scene: Scene, cache_bytes: int = CACHE_BYTES) -> None:
        self.frame = LocalFrame.of(scene.frame)
        self.cache = BlockCache(cache_bytes)
        self._scene = scene
        parts = scene.facts.get("parts", {})
        self._filed = scene.folder is not None and "terrain" in parts and "buildings" in parts
        if scene.folder is not None and self._filed:
            numbers = {id_: number for number, id_ in enumerate(scene.footprints.ids)}
            self.ground = GroundTiles.open(scene.folder / parts["terrain"])
            self.buildings = BuildingTiles.open(scene.folder / parts["buildings"], numbers)
            centres = scene.centres_m if len(scene.footprints) else np.zeros((0, 2))
            self._centres = np.stack(scene.frame.to_lonlat(*centres.T), axis=1) if len(centres) else centres
        self._boxes = lru_cache(maxsize=20_000)(self._guessed_box)

    def directions(self, eye: Eye, bearings_deg: ArrayLike, elevations_deg: ArrayLike) -> Floats:
        """Unit vectors (n, 3; local frame) of true bearings and elevations at an eye."""
        b, e = np.radians(np.asarray(bearings_deg, float)), np.radians(np.asarray(elevations_deg, float))
        level = np.cos(e)
        enu = np.stack([np.sin(b) * level, np.cos(b) * level, np.sin(e)], axis=-1)
        turned: Floats = enu @ (enu_rotation(eye.lon, eye.lat) @ self.frame.axes.T)
        return turned

    def start(self, eye: Eye) -> Floats:
        """An eye in the local frame, (3,)."""
        return self.frame.place(eye.lon, eye.lat, eye.height_m)

    def geodetic(self, points_m: Floats) -> Floats:
        """Places (n, 3) of the local frame as longitude, latitude and ellipsoidal height."""
        found: Floats = geodetic_of(np.ascontiguousarray(self.frame.to_ecef(points_m)))
        return found

    def web_map(self, points_m: Floats) -> Floats:
        """Places (n, 3) of the local frame in the unit square of the web map, (n, 2)."""
        found: Floats = web_map_of(np.ascontiguousarray(points_m), self.frame.axes, self.frame.origin_ecef_m)
        return found

    @cached_property
    def tones(self) -> NDArray[Any]:
        """Linear light (b, 3, 3) of each building in the browser's tiles: at the foot, under the roof, on the roof."""
        held = self._scene.footprints
        each = np.arange(len(held))
        no, yes = np.zeros(len(held), bool), np.ones(len(held), bool)
        looks = [
            corner_colours(held, held.heights_m, each, roof, high) for roof, high in ((no, no), (no, yes), (yes, yes))
        ]
        tones: NDArray[Any] = np.stack(looks, axis=1)[..., :3].astype(np.float32) / 255 * BRIGHTEST
        return tones

    def cast(self, eye: Eye, directions: Floats, *, reach_m: ArrayLike = FAR_M, tolerance_rad: float = 0.0) -> Cast:
        """First hits of rays from an eye.

        Parameters
        ----------
        directions : float64 (n, 3), unit, local frame
        reach_m : (n,) or scalar, length of the rays
        tolerance_rad : angle below which an error of far ground does not matter; 0 = the finest everywhere
        """
        rays = np.ascontiguousarray(directions, dtype=np.float64)
        reach = np.minimum(np.broadcast_to(np.asarray(reach_m, float), len(rays)), FAR_M)
        start = self.start(eye)
        made = _Found.nothing(len(rays))
        self._first(eye, start, rays, np.zeros(len(rays)), reach, tolerance_rad, made, np.arange(len(rays)))
        if eye.carrier >= 0:
            self._past_carrier(eye, start, rays, reach, tolerance_rad, made)
        return made.cast(start, rays)

    def prism_m(self, eye: Eye, directions: Floats, rings: Rings, low_m: float, high_m: float) -> Floats:
        """Distance (n,) at which rays from an eye enter an upright prism: 0 from inside, inf where they miss it.

        Parameters
        ----------
        directions : float64 (n, 3), unit, local frame
        rings : corners in degrees, closed; the outline, then its holes
        low_m, high_m : ellipsoidal heights of its floor and ceiling
        """
        if self.is_in_prism(eye, rings, low_m, high_m):
            return np.zeros(len(directions))
        return entered_m(self.frame, self.start(eye), directions, rings, low_m, high_m)

    def is_in_prism(self, eye: Eye, rings: Rings, low_m: float, high_m: float) -> bool:
        """Whether an eye is in an upright prism."""
        return is_inside((eye.lon, eye.lat, eye.height_m), rings, low_m, high_m)

    def _past_carrier(
        self, eye: Eye, start: Floats, rays: Floats, reach: Floats, tolerance_rad: float, made: "_Found"
    ) -> None:
        """Rays that meet the carrier within the mount go on behind it; beyond, what they are inside of blocks.

        Horizontally as in sight lines: level distance is measured square to up at the eye. What blocks is the face
        by which the ray went in, the roof under the lens mostly; a lens in its carrier has none: a wall at the mount.
        """
        up = enu_rotation(eye.lon, eye.lat)[2] @ self.frame.axes.T
        rise = rays @ up
        level = np.sqrt(np.maximum(1.0 - rise**2, 1e-12))
        excused = eye.mount_m / level
        within = np.full(len(rays), self._in_carrier(eye))
        entry_m, entry = excused.copy(), (rise[:, None] * up - rays) / level[:, None]
        for _ in range(CARRIER_STEPS):
            near = np.flatnonzero((made.building == eye.carrier) & (made.distance_m <= excused))
            if not near.size:
                break
            begin = made.distance_m[near] + STEP_M
            within[near] = np.einsum("ij,ij->i", made.normals[near], rays[near]) < 0
            into = near[within[near]]
            entry_m[into], entry[into] = made.distance_m[into], made.normals[into]
            made.clear(near)
            self._first(eye, start, rays, begin, reach, tolerance_rad, made, near)
        # No bottom closes a building: what it stands on may come before the other side of its walls.
        blind = np.flatnonzero(within & (entry_m < np.minimum(made.distance_m, reach)))
        made.distance_m[blind], made.building[blind], made.hit[blind] = entry_m[blind], eye.carrier, True
        made.normals[blind] = entry[blind]

    def _in_carrier(self, eye: Eye) -> bool:
        """Whether an eye is within the walls of its carrier and under the roof."""
        x, y = self._scene.to_metric(eye.lon, eye.lat)
        standing = int(self._scene.prisms.building_at(x, y))
        return standing == eye.carrier and eye.height_m < float(self._scene.prisms.roof_m[standing])

    def _first(
        self,
        eye: Eye,
        start: Floats,
        rays: Floats,
        begin: Floats,
        reach: Floats,
        tolerance_rad: float,
        made: "_Found",
        who: NDArray[np.intp],
    ) -> None:
        """Put rays ``who`` to the blocks, nearest first; ``begin`` goes with ``who``."""
        rows, directions, limit = who, rays[who], reach[who]
        offset = np.array(np.broadcast_to(begin, len(who)))
        looked_m = 0.0
        for away, key, rect in self._blocks(eye, tolerance_rad):
            # Rays that ended nearer are left behind; looking for them is worth it only now and then.
            if away - BOX_PAD_M > looked_m * WORTH_LOOKING:
                looked_m = away
                open_ = limit > away - BOX_PAD_M
                rows, directions, limit, offset = rows[open_], directions[open_], limit[open_], offset[open_]
                if not len(rows):
                    break
            block = self._block_for(start, directions, limit, key, rect)
            if block is None:
                continue
            index, first, starts, ways, length = entering(
                start, directions, (block.low, block.high), limit, offset, block.origin
            )
            if len(index):
                keep((index, first, *block.trace(starts, ways, length)), rows, block.owner, limit, made.arrays)

    def _block_for(
        self, start: Floats, directions: Floats, limit: Floats, key: tuple[int, ...], rect: Rect
    ) -> Block | None:
        """The block of a key; not decoded for rays that surely miss it."""
        held = self.cache.held(key)
        if held is None and len(directions):
            low, high = self._boxes(key)
            if any_enters(start, directions, low, high, limit):
                held = self.cache.get(key, lambda: self._build(key, rect))
        return held

    def _blocks(self, eye: Eye, tolerance_rad: float) -> Iterator[tuple[float, tuple[int, ...], Rect]]:
        """Keys (level, column, row, detail) of the blocks around an eye, nearest first."""
        if not self._filed:
            return iter([(0.0, (0, 0, 0, 0), (-180.0, -90.0, 180.0, 90.0))])
        found: list[tuple[float, tuple[int, ...], Rect]] = []
        stack: list[Key] = [(0, 0, 0), (0, 1, 0)]
        while stack:
            key = stack.pop()
            rect = rect_of(key)
            away = away_m(rect, eye.lon, eye.lat)
            if away > FAR_M:
                continue
            level = self.ground.level_for(away, tolerance_rad)
            children = [child for child in children_of(key) if self.ground.has(child)]
            if len(children) == 4 and key[0] < self.ground.deepest - SPAN and level > key[0] + SPAN:
                stack += children
            elif children and len(children) < 4 and level > key[0]:
                # At the rim of a level its ring of tiles ends: the rest keeps to this one.
                found.append((away, (*key, min(level, self.ground.deepest)), rect))
            else:
                found.append((away, (*key, max(key[0], min(level, self.ground.deepest))), rect))
        return iter(sorted(found))

    def _guessed_box(self, key: tuple[int, ...]) -> tuple[Floats, Floats]:
        """A box that surely holds a block that is not decoded."""
        if not self._filed:
            return np.full(3, -np.inf), np.full(3, np.inf)
        west, south, east, north = rect_of((key[0], key[1], key[2]))
        low, high = self.ground.heights_m((key[0], key[1], key[2]))
        slack = 4 * self.ground.limit_m(key[0]) + OVER_ROOFS_M
        lon, lat = self._centres.T if len(self._centres) else (np.zeros(0), np.zeros(0))
        here = (lon >= west) & (lon < east) & (lat >= south) & (lat < north)
        high = max(high, float(self._scene.footprints.roof_m[here].max(initial=-np.inf)))
        pad = 2e-3
        lons, lats = np.meshgrid(np.linspace(west - pad, east + pad, 3), np.linspace(south - pad, north + pad, 3))
        corners = np.concatenate(
            [
                self.frame.place(lons, lats, low - slack).reshape(-1, 3),
                self.frame.place(lons, lats, high + slack).reshape(-1, 3),
            ]
        )
        return corners.min(axis=0), corners.max(axis=0)

    def _build(self, key: tuple[int, ...], rect: Rect) -> Block | None:
        if not self._filed:
            positions, triangles, owner = plain_mesh(self._scene)
            return Block.make(self.frame.from_ecef(positions), triangles, owner)
        ground, faces = self.ground.triangles((key[0], key[1], key[2]), key[3])
        bare = np.full(len(faces), -1, np.int32)
        positions, triangles, owner = joined([(ground, faces, bare), self.buildings.triangles(rect)])
        return Block.make(self.frame.from_ecef(positions), triangles, owner)


@dataclass(frozen=True, eq=False)
class _Found:
    """First hits so far."""

    distance_m: Floats
    building: NDArray[np.int32]
    hit: NDArray[np.bool_]
    normals: Floats

    @classmethod
    def nothing(cls, count: int) -> "_Found":
        return cls(
            np.full(count, np.inf), np.full(count, -1, np.int32), np.zeros(count, bool), np.full((count, 3), np.nan)
        )

    def clear(self, rays: NDArray[np.intp]) -> None:
        self.distance_m[rays], self.building[rays], self.hit[rays] = np.inf, -1, False

    @property
    def arrays(self) -> tuple[Any, ...]:
        """As the kernels take them."""
        return self.distance_m, self.building, self.hit, self.normals

    def cast(self, start: Floats, rays: Floats) -> Cast:
        # Up differs from the frame's own by a hundredth at the rim of a city: walls and roofs stay apart.
        kind, points = finish(start, rays, ROOF_RISE, self.arrays)
        return Cast(self.distance_m, kind, self.building, points, self.normals)


@lru_cache(maxsize=2)
def served_of(scene: Scene) -> Served:
    """The served geometry of a scene; made once for each."""
    return Served(scene)
