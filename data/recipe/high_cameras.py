"""Tiers 1 and 2: lookouts on ridges and towers, and cameras on the roof edges of tall buildings."""

import numpy as np
import shapely
from scipy import ndimage

from data.recipe.buildings import Building
from data.recipe.plan import Floats, Plan
from data.recipe.spots import FIXED, PTZ, Spot
from data.recipe.terrain import Ground

Rng = np.random.Generator
_ROOF_VIEW_M = 40.0
"""No higher building within this distance before a roof camera, where the roof has such an edge."""


def lookouts(plan: Plan, ground: Ground, buildings: list[Building], rng: Rng) -> list[Spot]:
    """Lookouts: three in four on ridge tops above the towns, the rest on the highest buildings and stacks."""
    on_towers = plan.lookouts // 4
    spots = _on_ridges(plan, ground, plan.lookouts - on_towers, rng)
    highest = sorted((b for b in buildings if b.name and b.height_m > 60), key=lambda b: -b.height_m)
    for building in _apart(highest, 1500.0, on_towers):
        centre = shapely.get_coordinates(shapely.centroid(building.outline))[0]
        spots.append(
            _lookout(
                (float(centre[0]), float(centre[1])),
                building.height_m + float(rng.choice([6.0, 9.0, 12.0])),
                float(rng.uniform(0, 360)),
                (f"{building.name}瞭望", f"{building.name_en} lookout"),
                rng,
            )
        )
    return spots


def _lookout(at: tuple[float, float], height: float, heading: float, words: tuple[str, str], rng: Rng) -> Spot:
    return Spot(
        at[0],
        at[1],
        round(height, 1),
        1,
        PTZ,
        heading % 360,
        -float(rng.choice([3.0, 4.0, 6.0])),
        float(rng.choice([55.0, 60.0, 65.0])),
        float(rng.choice([1.5, 1.8, 2.0, 2.5])),
        float(rng.choice([6000, 8000, 10000])),
        "lookout",
        words[0],
        words[1],
        "高空瞭望",
    )


def _on_ridges(plan: Plan, ground: Ground, count: int, rng: Rng) -> list[Spot]:
    """Tops that stand well above a town near by, no two close together."""
    cell = (ground.lat[0] - ground.lat[1]) * 111_000.0
    top = ground.height_m == ndimage.maximum_filter(ground.height_m, size=max(3, int(500 / cell)))
    row, col = np.nonzero(top & (ground.relief_m > 40))
    west, south, east, north = plan.extent
    edge = 8 * (ground.lon[1] - ground.lon[0])
    inner = (ground.lon[col] > west + edge) & (ground.lon[col] < east - edge)
    inner &= (ground.lat[row] > south + edge) & (ground.lat[row] < north - edge)
    row, col = row[inner], col[inner]
    x, y = plan.frame.to_metric(ground.lon[col], ground.lat[row])
    towns = [t for t in plan.towns if t.style != "village"]
    centres = np.array([plan.metric(t.centre)[0] for t in towns])
    weight = np.array([t.size_m[0] for t in towns])
    away = np.hypot(x[:, None] - centres[:, 0], y[:, None] - centres[:, 1])
    gain = ground.relief_m[row, col][:, None] * np.sqrt(weight) / np.maximum(away, 1500.0) ** 1.3
    target = gain.argmax(axis=1)
    order = np.argsort(-gain.max(axis=1), kind="stable")
    chosen: list[int] = []
    for i in order:
        if len(chosen) == count:
            break
        if all(np.hypot(x[i] - x[j], y[i] - y[j]) > 1600.0 for j in chosen):
            chosen.append(int(i))
    crests = [(r, plan.metric(r.line)) for r in plan.ridges]
    spots, numbers = [], dict[str, int]()
    for i in chosen:
        ridge = min(crests, key=lambda c: float(np.hypot(*(c[1] - (x[i], y[i])).T).min()))[0]
        numbers[ridge.name] = numbers.get(ridge.name, 0) + 1
        aim = centres[target[i]] - (x[i], y[i])
        words = (f"{ridge.name}{numbers[ridge.name]}号瞭望塔", f"{ridge.name_en} lookout {numbers[ridge.name]}")
        mast = float(rng.choice([15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0]))
        spots.append(
            _lookout((float(x[i]), float(y[i])), mast, float(np.degrees(np.arctan2(aim[0], aim[1]))), words, rng)
        )
    return spots


def _apart(buildings: list[Building], least_m: float, count: int) -> list[Building]:
    """The first ``count`` of the list that keep a distance from those already taken; less distance if need be."""
    centres = (
        shapely.get_coordinates(shapely.centroid([b.outline for b in buildings])) if buildings else np.empty((0, 2))
    )
    while True:
        taken: list[int] = []
        places = np.empty((0, 2))
        for i, centre in enumerate(centres):
            if len(taken) < count and (not taken or np.hypot(*(places - centre).T).min() > least_m):
                taken.append(i)
                places = centres[taken]
        if len(taken) == count or least_m < 5:
            return [buildings[i] for i in taken]
        least_m *= 0.8


def on_roofs(buildings: list[Building], count: int, rng: Rng) -> list[Spot]:
    """Cameras just inside the roof edge of tall buildings, looking out square to that edge."""
    tall = [b for b in buildings if b.storeys >= 9 and b.role not in ("stack", "cooling", "tank") and b.name]
    tall.sort(key=lambda b: (-b.storeys // 4, b.id[::-1]))
    tree = shapely.STRtree([b.outline for b in buildings])
    roofs = np.array([b.height_m for b in buildings])
    spots = []
    for building in _apart(tall, 240.0, count):
        at, outward = _roof_edge(building, tree, roofs, rng)
        ptz = bool(rng.random() < 0.8)
        fov = float(rng.choice([55.0, 60.0, 63.0])) if ptz else float(rng.choice([28.0, 40.0, 54.0]))
        spots.append(
            Spot(
                float(at[0]),
                float(at[1]),
                round(building.height_m + float(rng.choice([1.2, 1.5, 2.0, 3.0])), 1),
                2,
                PTZ if ptz else FIXED,
                outward % 360,
                -float(rng.choice([8.0, 12.0, 15.0, 20.0])),
                fov,
                float(rng.choice([3.0, 3.5, 4.0, 5.0])) if ptz else None,
                float(rng.choice([1500, 2000, 3000])) if ptz else None,
                "roof",
                f"{building.name}楼顶",
                f"{building.name_en} roof",
                "制高点监控",
                building.address,
            )
        )
    return spots


def _roof_edge(building: Building, tree: shapely.STRtree, roofs_m: Floats, rng: Rng) -> tuple[Floats, float]:
    """A point 0.5 m inside the middle of one of the longer edges, and the grid bearing outward.

    Of these edges one is taken before which no higher building stands, if there is one.
    """
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.orient_polygons(building.outline)))
    edges = np.diff(ring, axis=0)
    length = np.hypot(*edges.T)
    picks = rng.permutation(np.flatnonzero(length > 0.7 * length.max()))
    outward = np.column_stack([edges[picks, 1], -edges[picks, 0]]) / length[picks, None]
    middle = ring[picks] + edges[picks] * rng.uniform(0.3, 0.7, (len(picks), 1))
    lines = shapely.linestrings(np.stack([middle + outward, middle + outward * _ROOF_VIEW_M], axis=1))
    line, other = tree.query(np.asarray(lines), predicate="intersects")
    barred = np.isin(np.arange(len(picks)), line[roofs_m[other] > building.height_m])
    best = int(np.argmin(barred))
    return middle[best] - outward[best] * 0.5, float(np.degrees(np.arctan2(outward[best, 0], outward[best, 1])))
