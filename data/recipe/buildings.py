"""Buildings with storeys, heights, names and addresses."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.recipe.areas import AreaFinder
from data.recipe.block_names import HOUSING
from data.recipe.blocks import Block
from data.recipe.footprints import lay_out, outlines, standing
from data.recipe.layouts import Shape
from data.recipe.plan import Floats, Geometry, Plan
from data.recipe.roads import Road, nearest_road
from data.recipe.water import Water

_STOREY_M = {
    "residential": 2.9,
    "commercial": 4.2,
    "office": 3.7,
    "government": 3.8,
    "school": 3.6,
    "hospital": 3.8,
    "industrial": 4.6,
    "warehouse": 4.8,
    "station": 5.5,
    "hotel": 3.4,
    "leisure": 4.0,
    "service": 3.0,
}
_ROLES = {
    "teaching": ("教学楼", "Teaching Building"),
    "laboratory": ("实验楼", "Laboratory"),
    "gym": ("体育馆", "Gymnasium"),
    "dormitory": ("宿舍楼", "Dormitory"),
    "wards": ("住院部", "Inpatient Building"),
    "outpatient": ("门诊楼", "Outpatient Building"),
    "emergency": ("急诊楼", "Emergency Building"),
    "gate": ("门卫室", "Gatehouse"),
    "club": ("物业中心", "Estate Office"),
    "kindergarten": ("幼儿园", "Kindergarten"),
    "hotel": ("宾馆", "Hotel"),
    "stack": ("烟囱", "Stack"),
    "cooling": ("冷却塔", "Cooling Tower"),
    "office": ("办公楼", "Office Building"),
    "pavilion": ("观景亭", "Pavilion"),
    "wing": ("附楼", "Annex"),
    "main": ("", ""),
    "tower": ("塔楼", "Tower"),
    "hut": ("管理用房", "Service Hut"),
    "tank": ("储罐", "Tank"),
}
_OWN_DOOR = {"shop", "house"}


@dataclass(frozen=True)
class Building:
    """One building: outline in metres, height above its ground in metres, and what stands on its papers."""

    id: str
    name: str
    name_en: str
    use: str
    role: str
    storeys: int
    height_m: float
    address: str
    area: str
    block: int
    outline: Geometry


def make_buildings(
    plan: Plan, blocks: list[Block], roads: list[Road], water: Water, finder: AreaFinder
) -> list[Building]:
    """Build up all blocks."""
    shapes, owner, places = lay_out(plan, blocks)
    polygons = outlines(shapes, places)
    lands = np.array([b.land for b in blocks])
    lines = np.array([shapely.linestrings(r.points_m) for r in roads])
    clear = np.array([r.width_m / 2 + (1.0 if r.road_class == "residential" else 3.0) for r in roads])
    barred = np.array([*shapely.buffer(lines, clear), shapely.buffer(water.all, 22.0)])
    good = np.flatnonzero(standing(polygons, owner, lands, barred))
    shapes, owner, polygons = [shapes[i] for i in good], owner[good], polygons[good]
    centres = shapely.get_coordinates(shapely.point_on_surface(polygons))
    communities = finder.communities(centres[:, 0], centres[:, 1])
    inside = [i for i, c in enumerate(communities) if c is not None]
    addresses, numbers = _addresses(shapes, owner, centres, blocks, roads)
    rng = plan.rng("heights")
    spare = rng.uniform(0.9, 2.4, len(shapes))
    serial: dict[str, int] = {}
    buildings = []
    for i in inside:
        shape, block, community = shapes[i], blocks[owner[i]], communities[i]
        assert community is not None
        serial[community.code] = serial.get(community.code, 0) + 1
        name, name_en = _name(shape, block, numbers[i])
        height = shape.storeys * _STOREY_M[shape.use] + (0.3 if shape.storeys == 1 else 1.0) * spare[i]
        buildings.append(
            Building(
                f"{community.code}{serial[community.code]:04d}",
                name,
                name_en,
                shape.use,
                shape.role,
                shape.storeys,
                round(float(height), 1),
                addresses[i],
                community.code,
                int(owner[i]),
                polygons[i],
            )
        )
    return buildings


def _name(shape: Shape, block: Block, number: int) -> tuple[str, str]:
    """The building's name in both languages; shops, houses and sheds have none."""
    if shape.role in _OWN_DOOR or not block.name:
        return "", ""
    if block.kind in HOUSING and shape.role == "block":
        return f"{block.name}{number}号楼", f"{block.name_en} Building {number}"
    if shape.role in ("hall", "shed"):
        word, word_en = ("车间", "Workshop") if shape.role == "hall" else ("库", "Warehouse")
        return f"{block.name}{number}号{word}", f"{block.name_en} {word_en} {number}"
    zh, en = _ROLES[shape.role]
    if shape.role in ("tower", "main") and block.kind == "office":
        return f"{block.name}{chr(64 + number)}座", f"{block.name_en} Block {chr(64 + number)}"
    return f"{block.name}{zh}", f"{block.name_en} {en}".strip()


def _addresses(
    shapes: list[Shape], owner: np.ndarray, centres: Floats, blocks: list[Block], roads: list[Road]
) -> tuple[list[str], list[int]]:
    """Addresses, and each building's number within its compound.

    Doors on the street count up along it, odd on the left, even on the right; the buildings of a
    compound share its door and have numbers of their own.
    """
    named = [r for r in roads if not r.bridge and r.road_class in ("primary", "secondary", "tertiary", "trunk")]
    lines = np.array([shapely.linestrings(r.points_m) for r in named])
    compound = np.array([s.role not in _OWN_DOOR for s in shapes])
    gates = np.array([b.gate_m for b in blocks])
    at = np.where(compound[:, None], gates[owner], centres)
    road = nearest_road(named, at)
    along = shapely.line_locate_point(lines[road], shapely.points(at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[road], along + 2))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines[road], np.maximum(along - 2, 0)))
    left = np.cross(np.column_stack([ahead - behind]), at - behind) > 0
    doors: dict[tuple[str, bool], dict[tuple[int, float, int], int]] = {}
    keys = []
    for i in range(len(shapes)):
        key = (int(road[i]), round(float(along[i]), 2), int(owner[i]) if compound[i] else -1 - i)
        keys.append((named[road[i]].name, bool(left[i]), key))
        doors.setdefault(keys[-1][:2], {})[key] = 0
    for side in doors.values():
        for count, key in enumerate(sorted(side)):
            side[key] = count
    numbers, count_of = [], dict[int, int]()
    addresses = []
    for i, (name, is_left, key) in enumerate(keys):
        door = 2 * doors[(name, is_left)][key] + (1 if is_left else 2)
        if compound[i]:
            count_of[int(owner[i])] = count_of.get(int(owner[i]), 0) + 1
        numbers.append(count_of.get(int(owner[i]), 0))
        addresses.append(f"{name}{door}号" + (f"{numbers[-1]}号楼" if compound[i] else ""))
    return addresses, numbers
