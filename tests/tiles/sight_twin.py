"""Plain twins of the sight kernels: every edge, every grid line, no bucket, no early end."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely import Polygon
from shapely.affinity import rotate, translate

from tiles.geodesy import bend_m
from tiles.grid import HeightGrid
from tiles.prisms import Prisms


@dataclass
class World:
    ground: HeightGrid
    obstacle: HeightGrid
    prisms: Prisms
    shapes: list[Polygon]


def small_world(seed: int, *, rows: int = 45, cols: int = 60, cell_m: float = 10.0, houses: int = 40) -> World:
    """Hills of some 40 m, a few trees, houses (rectangles, L shapes, one with a court) that may overlap."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:cols]
    heights = 1000 + 15 * np.sin(x / 7 + seed) * np.cos(y / 9) + rng.normal(0, 0.6, (rows, cols))
    ground = HeightGrid(heights.astype(np.float32), -300.0 + seed, 225.5, cell_m)
    trees = np.where(rng.random((rows, cols)) < 0.04, rng.uniform(3, 15, (rows, cols)), 0)
    obstacle = HeightGrid((ground.heights_m + trees).astype(np.float32), ground.x0_m, ground.y0_m, cell_m)
    shapes = [_house(rng, ground) for _ in range(houses)]
    vertices, offsets, owner, base, roof = [], [0], [], [], []
    for number, shape in enumerate(shapes):
        for ring in (shape.exterior, *shape.interiors):
            vertices.extend(ring.coords[:-1])
            offsets.append(len(vertices))
            owner.append(number)
        foot = float(ground.sample(shape.centroid.x, shape.centroid.y))
        base.append(foot - 0.5)
        roof.append(foot + rng.uniform(4, 40))
    return World(ground, obstacle, Prisms.build(vertices, offsets, owner, base, roof, cell_m=32.0), shapes)


def _house(rng: np.random.Generator, ground: HeightGrid) -> Polygon:
    w, d = rng.uniform(6, 45, 2)
    kind = rng.integers(3)
    holes = []
    ring = [(0, 0), (w, 0), (w, d), (0, d)]
    if kind == 1:
        ring = [(0, 0), (w, 0), (w, d / 2), (w / 2, d / 2), (w / 2, d), (0, d)]
    if kind == 2:
        holes = [[(w * a, d * b) for a, b in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))]]
    west, south, east, north = ground.bounds_m
    shape = rotate(Polygon(ring, holes), rng.uniform(0, 90))
    return translate(shape, rng.uniform(west, east - 45), rng.uniform(south, north - 45))


def ring_edges(prisms: Prisms) -> tuple[np.ndarray, np.ndarray]:
    """All edges (e, 4) and their buildings, ring by ring."""
    edges, owner = [], []
    for i, building in enumerate(prisms.ring_building):
        ring = prisms.vertices_m[prisms.ring_offsets[i] : prisms.ring_offsets[i + 1]]
        edges.append(np.hstack([ring, np.roll(ring, -1, axis=0)]))
        owner.append(np.full(len(ring), building))
    return np.vstack(edges), np.concatenate(owner)


def line_height(eye: Any, end: Any, t: Any) -> Any:
    """The plan's sight line: it sags t (1 − t) D² (1 − k) / 2R below the chord."""
    far = np.hypot(end[0] - eye[0], end[1] - eye[1])
    return eye[2] + (end[2] - eye[2]) * t - t * (1 - t) * bend_m(far)


def wall_crossings(world: World, eye: Any, end: Any) -> tuple[np.ndarray, np.ndarray]:
    """Fractions and buildings of all edges crossed strictly between the ends, below the roof."""
    edges, owner = ring_edges(world.prisms)
    a, b = edges[:, :2] - eye[:2], edges[:, 2:] - edges[:, :2]
    d = np.asarray(end[:2]) - eye[:2]
    with np.errstate(divide="ignore", invalid="ignore"):
        den = d[0] * b[:, 1] - d[1] * b[:, 0]
        t = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / den
        s = (a[:, 0] * d[1] - a[:, 1] * d[0]) / den
    hit = (den != 0) & (s >= 0) & (s <= 1) & (t > 0) & (t < 1)
    t, owner = t[hit], owner[hit]
    low = line_height(eye, end, t) < world.prisms.roof_m[owner]
    return t[low], owner[low]


def relief_crossings(world: World, eye: Any, end: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fractions of all crossings with grid lines, and ground and obstacle heights there."""
    ground, found = world.ground, []
    (row0, row1), (col0, col1) = (np.array(v) for v in ground.rowcol([eye[0], end[0]], [eye[1], end[1]]))
    for start, stop, count in ((row0, row1, ground.rows), (col0, col1, ground.cols)):
        if start != stop:
            t = (np.arange(count) - start) / (stop - start)
            found.append(t[(t > 0) & (t < 1)])
    t = np.concatenate(found) if found else np.empty(0)
    x, y = eye[0] + t * (end[0] - eye[0]), eye[1] + t * (end[1] - eye[1])
    return t, ground.sample(x, y), world.obstacle.sample(x, y)


def inside(world: World, building: int, x: float, y: float) -> bool:
    """Even-odd rule over all of the building's edges."""
    edges, owner = ring_edges(world.prisms)
    ax, ay, bx, by = edges[owner == building].T
    spans = (ay > y) != (by > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = ax + (y - ay) * (bx - ax) / (by - ay)
    return bool((spans & (x < cut)).sum() % 2)


def plain_line(
    world: World, eye: Any, end: Any, carrier: int = -1, mount_m: float = 0.0, target: int = -1
) -> tuple[int, int, float]:
    """Kind, building and distance of the nearest blocker, in the words of the definition."""
    eye, end = np.asarray(eye, float), np.asarray(end, float)
    far = float(np.hypot(*(end - eye)[:2]))
    t, owner = wall_crossings(world, eye, end)
    excused = ((owner == carrier) & (t * far <= mount_m)) | ((owner == target) & ((1 - t) * far <= 0.5))
    found = [(when, 0, 3, int(who)) for when, who in zip(t[~excused], owner[~excused], strict=True)]
    for building, when in ((carrier, mount_m / far if far else 0), (target, 1 - 0.5 / far if far else 0)):
        x, y = eye[:2] + when * (end - eye)[:2]
        if building >= 0 and 0 < when < 1 and line_height(eye, end, when) < world.prisms.roof_m[building]:
            if inside(world, building, x, y):
                found.append((when, 0, 3, building))
    t, low, high = relief_crossings(world, eye, end)
    line = line_height(eye, end, t)
    terrain = low > line
    surface = (high > line) & ~terrain & (t * far > max(mount_m, world.ground.cell_m))
    found += [(when, 1, 1, -1) for when in t[terrain]] + [(when, 1, 2, -1) for when in t[surface]]
    if not found:
        return 0, -1, np.inf
    when, _, kind, who = min(found)
    return kind, who, float(np.hypot(when * far, line_height(eye, end, when) - eye[2]))
