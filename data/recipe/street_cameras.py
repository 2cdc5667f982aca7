"""Tier 3: cameras at junctions, gates, in estates, at stations, on banks and along roads."""

import numpy as np
import shapely

from data.recipe.block_names import HOUSING
from data.recipe.blocks import Block
from data.recipe.buildings import Building
from data.recipe.junctions import Junction
from data.recipe.plan import Plan
from data.recipe.roads import Road
from data.recipe.spots import FIXED, PTZ, Spot, one_of, towards
from data.recipe.water import Water

Rng = np.random.Generator
_GROUPS = {
    "school": ("education", "校园安全"),
    "hospital": ("health", "医院安保"),
    "station": ("rail", "客运站安保"),
    "park": ("parks", "公园安全"),
    "government": ("office", "机关安保"),
    "commercial": ("trade", "商圈安保"),
    "office": ("trade", "楼宇安保"),
    "industry": ("safety", "安全生产"),
    "warehouse": ("safety", "仓储安全"),
}
_PTZ_FOV = (58.0, 61.5, 63.7)
_FIXED_FOV = (37.5,) * 4 + (54.0,) * 5 + (78.0,) * 5 + (88.0,) * 4 + (97.0,) * 2


def _street(
    rng: Rng,
    at: tuple[float, float],
    heading: float,
    words: tuple[str, str],
    group: str,
    purpose: str,
    *,
    height: float,
    ptz: bool,
) -> Spot:
    """A street camera with optics as sold: wide fixed ones, and PTZ with a long end."""
    hfov = one_of(rng, _PTZ_FOV if ptz else _FIXED_FOV)
    tele = one_of(rng, (2.3, 2.6, 3.4, 4.5)) if ptz else None
    pitch = -float(rng.uniform(8, 14) if ptz else rng.uniform(7, 16))
    reach = one_of(rng, (300.0, 400.0, 500.0)) if ptz else None
    if rng.random() < 0.5:
        reach = None
    return Spot(
        at[0],
        at[1],
        round(height, 1),
        3,
        PTZ if ptz else FIXED,
        heading % 360,
        round(pitch, 1),
        hfov,
        tele,
        reach,
        group,
        words[0],
        words[1],
        purpose,
    )


def at_junctions(junctions: list[Junction], count: int, rng: Rng) -> list[Spot]:
    """Poles at the corners of the busiest junctions, one fixed camera along each arm, now and then a PTZ."""
    spots: list[Spot] = []
    for junction in sorted(junctions, key=lambda j: -j.weight):
        if len(spots) >= count:
            break
        (first, first_en), (second, second_en) = junction.names
        words = (f"{first}与{second}交叉口", f"{first_en} & {second_en}")
        across = max(arm.width_m for arm in junction.arms)
        arms = junction.arms if junction.weight > 60 else junction.arms[:: int(rng.integers(1, 3))]
        for arm in arms:
            dx, dy = towards(arm.bearing_deg)
            back, side = across / 2 + 2.0, arm.width_m / 2 + 1.8
            at = (junction.at_m[0] - dx * back + dy * side, junction.at_m[1] - dy * back - dx * side)
            group, purpose = ("traffic", "交通监控") if rng.random() < 0.55 else ("police", "治安监控")
            heading = arm.bearing_deg - np.degrees(np.arctan2(side, 60.0))
            spots.append(
                _street(rng, at, float(heading), words, group, purpose, height=float(rng.uniform(5.2, 7.0)), ptz=False)
            )
        if rng.random() < 0.42:
            turn = junction.arms[0].bearing_deg
            (dx, dy), reach = towards(turn), across / 2 + 3.2
            at = (junction.at_m[0] + (dx + dy) * reach, junction.at_m[1] + (dy - dx) * reach)
            spots.append(
                _street(rng, at, turn + 225, words, "police", "治安监控", height=float(rng.uniform(6.0, 7.5)), ptz=True)
            )
    return spots[:count]


def at_gates(blocks: list[Block], rng: Rng) -> list[Spot]:
    """Two cameras at the gate of each compound: one out to the street, one in; a PTZ at the larger ones."""
    spots: list[Spot] = []
    for block in blocks:
        if not block.name:
            continue
        group, purpose = _GROUPS.get(block.kind, ("estate", "小区治安"))
        dx, dy = towards(block.gate_out_deg)
        words = (f"{block.name}大门", f"{block.name_en} gate")
        x, y = block.gate_m
        for out, step in ((True, 1.2), (False, 3.2)):
            heading = block.gate_out_deg + (one_of(rng, (-38.0, 38.0)) if out else 180 + float(rng.uniform(-8, 8)))
            at = (x + dx * step + dy * 2.5, y + dy * step - dx * 2.5)
            spots.append(
                _street(rng, at, heading, words, group, purpose, height=float(rng.uniform(3.2, 5.0)), ptz=False)
            )
        if block.kind not in HOUSING and rng.random() < 0.6:
            at = (x + dx * 2 - dy * 3, y + dy * 2 + dx * 3)
            spots.append(_street(rng, at, block.gate_out_deg + 180, words, group, purpose, height=6.0, ptz=True))
    return spots


def in_compounds(buildings: list[Building], blocks: list[Block], most: int, rng: Rng) -> list[Spot]:
    """At most ``most`` cameras beside buildings, looking along their long side."""
    spots: list[Spot] = []
    wanted = {
        "residential",
        "school",
        "hospital",
        "station",
        "government",
        "commercial",
        "office",
        "industrial",
        "leisure",
    }
    for i in rng.permutation(len(buildings)):
        if len(spots) >= most:
            break
        building = buildings[i]
        block = blocks[building.block]
        if building.use not in wanted or not building.name or building.role in ("stack", "tank", "cooling"):
            continue
        box = shapely.get_coordinates(shapely.oriented_envelope(building.outline))
        sides = np.diff(box, axis=0)
        long = int(np.hypot(*sides.T).argmax())
        start, side = box[long], sides[long] / np.hypot(*sides[long])
        middle = shapely.get_coordinates(shapely.centroid(building.outline))[0]
        normal = np.array([side[1], -side[0]])
        normal = normal if np.dot(start - middle, normal) > 0 else -normal
        at = start + normal * 2.6 - side * 0.5
        heading = float(np.degrees(np.arctan2(side[0], side[1]))) + float(rng.uniform(-9, 9))
        group, purpose = _GROUPS.get(block.kind, ("estate", "小区治安"))
        ptz = bool(rng.random() < (0.5 if block.kind in ("station", "park") else 0.1))
        spots.append(
            _street(
                rng,
                (float(at[0]), float(at[1])),
                heading,
                (building.name, building.name_en),
                group,
                purpose,
                height=float(rng.uniform(3.0, 5.5)),
                ptz=ptz,
            )
        )
    return spots


def on_banks(plan: Plan, water: Water, rng: Rng) -> list[Spot]:
    """Poles along the river and the lake near towns, watching the bank."""
    towns = np.array([plan.metric(t.centre)[0] for t in plan.towns])
    reach = np.array([max(t.size_m) / 2 + 900 for t in plan.towns])
    spots: list[Spot] = []
    for shape, words, step in ((water.lake, ("湖岸", "shore"), 330.0), (water.river, ("河堤", "embankment"), 420.0)):
        if shape.is_empty:
            continue
        bank = max(shapely.get_parts(shapely.boundary(shapely.buffer(shape, 14.0))), key=shapely.length)
        along = np.arange(step / 2, shapely.length(bank), step)
        here, ahead = (shapely.get_coordinates(shapely.line_interpolate_point(bank, along + d)) for d in (0, 25))
        for number, (at, then) in enumerate(zip(here, ahead, strict=True), 1):
            if (np.hypot(*(towns - at).T) > reach).all() or shapely.intersects(water.all, shapely.points(at)):
                continue
            heading = float(np.degrees(np.arctan2(*(then - at))))
            place = plan.river["lake_name"] if words[0] == "湖岸" else plan.river["name"]
            en = "Wuhai Lake" if words[0] == "湖岸" else "Yellow River"
            spots.append(
                _street(
                    rng,
                    (float(at[0]), float(at[1])),
                    heading,
                    (f"{place}{words[0]}{number}号", f"{en} {words[1]} {number}"),
                    "water",
                    "水情监控",
                    height=float(rng.uniform(7, 11)),
                    ptz=True,
                )
            )
    return spots


def along_highways(roads: list[Road], rng: Rng) -> list[Spot]:
    """Poles beside motorways and trunk roads between the towns, and on bridges."""
    spots: list[Spot] = []
    for road in roads:
        if road.road_class not in ("motorway", "trunk"):
            continue
        line = shapely.linestrings(road.points_m)
        step = 260.0 if road.bridge else 950.0
        marks: list[float] = np.arange(step / 2, shapely.length(line) - 30, step).tolist()
        for number, along in enumerate(marks, 1):
            at, ahead = (shapely.get_coordinates(shapely.line_interpolate_point(line, along + d))[0] for d in (0, 25))
            heading = float(np.degrees(np.arctan2(*(ahead - at)))) + (180 if number % 2 else 0)
            dx, dy = towards(heading)
            side = road.width_m / 2 + 1.5
            title, title_en = road.name, road.name_en
            if not road.bridge and road.ref.removeprefix("G") not in road.name:
                title, title_en = road.ref + title, f"{road.ref} {title_en}"
            mark = f"{number}号" if road.bridge else f"K{int(along // 1000)}+{int(along % 1000):03d}"
            spots.append(
                _street(
                    rng,
                    (float(at[0] + dy * side), float(at[1] - dx * side)),
                    heading,
                    (f"{title}{mark}", f"{title_en} {mark.removesuffix('号')}"),
                    "highway" if road.road_class == "motorway" else "traffic",
                    "道路监控",
                    height=float(rng.uniform(7, 11)),
                    ptz=bool(rng.random() < 0.5),
                )
            )
    return spots
