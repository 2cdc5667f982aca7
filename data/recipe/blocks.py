"""What each block is used for: by its distance from the centre, from the water and from the edge of the town."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.recipe.naming import Namer, pinyin
from data.recipe.plan import Floats, Geometry, Plan
from data.recipe.towns import Grid, Street
from data.recipe.water import Water

KINDS = (
    "walkup",
    "midrise",
    "tower",
    "commercial",
    "office",
    "government",
    "school",
    "hospital",
    "low",
    "industry",
    "warehouse",
    "park",
    "vacant",
    "station",
    "villas",
)
_CORE = {"commercial": 0.36, "office": 0.24, "walkup": 0.14, "tower": 0.14, "government": 0.06, "park": 0.06}
_SHORE = {"tower": 0.52, "midrise": 0.16, "park": 0.16, "commercial": 0.08, "office": 0.08}
_INNER = {
    "walkup": 0.44,
    "midrise": 0.17,
    "tower": 0.15,
    "school": 0.07,
    "commercial": 0.05,
    "office": 0.035,
    "park": 0.04,
    "hospital": 0.02,
    "government": 0.015,
    "low": 0.01,
}
_EDGE = {
    "low": 0.17,
    "walkup": 0.26,
    "midrise": 0.08,
    "industry": 0.1,
    "warehouse": 0.09,
    "vacant": 0.13,
    "tower": 0.08,
    "villas": 0.06,
    "school": 0.04,
    "park": 0.04,
}
_INDUSTRY = {"industry": 0.66, "warehouse": 0.18, "vacant": 0.12, "office": 0.04}
_TOWN = {
    "walkup": 0.5,
    "low": 0.14,
    "school": 0.06,
    "commercial": 0.06,
    "government": 0.04,
    "hospital": 0.03,
    "park": 0.05,
}
_ESTATE_FIRST = (
    "阳光 滨河 世纪 金都 康泰 海馨 和谐 锦绣 绿城 御景 天悦 凤凰 金裕 长青 盛世 温馨 依林 "
    "湖东 新华 东方 佳和 君悦 紫金 翡翠 观澜 海德 名仕 怡景 龙腾 华泰 中央 学府 神华 鑫海 "
    "亿利 银座 水岸 葡萄 书香 海易 泰和 万和 祥瑞 富丽 明珠 星河 桃源 梧桐 枫林 丽水 金桥 "
    "福源 瑞景 蓝湾 碧水 云锦 天和 天泽 润泽 嘉和 安泰 永兴 宏泰 景泰 荣盛 恒大 国泰 民安 "
    "青年 幸福 团结 光明 向阳 朝阳 兴海 富海 海兴 金海 银海 福海 碧海 瀚海 沙海 海阔 海天 "
    "海景 海月 海云 西城 东城 南苑 北苑 乌兰 蒙西 蒙元 "
).split()
_TRADE_FIRST = (
    "维多利 万达 万联 新世纪 宝莱 金宇 银都 巨海 海龙 百盛 华联 民生 国贸 世贸 时代 环球 佳禾 "
    "广纳 蒙能 黄河 家家 北方 西部 大漠 天隆 富乐 金街 天骄 盛华 鼎泰 "
).split()
_TRADE_SECOND = ("", "东方", "国际", "新", "金", "城西", "城东")
_ESTATE_SECOND = ("花园", "家园", "嘉园", "名苑", "新城", "佳苑", "公馆", "小区", "华府", "雅居", "丽景", "尚品")
_WORKS_FIRST = (
    "君正 黄河 神华 西部 蒙西 海吉 家景 中盐 东源 广锦 瑞达 宜化 德晟 华资 天宇 包钢 泰和 万晨 榕鑫 华信 蒙金 鼎盛 "
).split()
_WORKS_SECOND = ("化工", "焦化", "能源", "冶金", "建材", "煤业", "新材料", "物流", "机械", "氯碱")
HOUSING = {"walkup", "midrise", "tower", "villas"}


@dataclass(frozen=True)
class Block:
    """A block: its land inside the streets (metres), use, local angle, name, and main street."""

    land: Geometry
    kind: str
    angle_deg: float
    name: str
    name_en: str
    town: str
    style: str
    street: Street
    gate_m: tuple[float, float]
    gate_out_deg: float
    street_m: tuple[float, float]


def _weights(style: str, core: float, shore_m: float, edge: float) -> dict[str, float]:
    """Shares of uses at a place: ``core`` is the distance in core radii, ``edge`` 0 in the middle to 1 outside."""
    if style == "village":
        return {"low": 0.66, "vacant": 0.34}
    if style == "sample":
        return {"walkup": 0.25, "tower": 0.25, "commercial": 0.12, "school": 0.1, "office": 0.1, "low": 0.15}
    if core < 1:
        return _CORE if style in ("city", "new") else {"walkup": 0.4, "office": 0.2, "commercial": 0.25, "school": 0.1}
    if style == "industry":
        return _INDUSTRY
    if shore_m < 700:
        return _SHORE
    if style == "town":
        return _TOWN if edge < 0.75 else {"low": 0.36, "walkup": 0.24, "vacant": 0.26, "industry": 0.14}
    if style == "new":
        return {"tower": 0.42, "midrise": 0.25, "vacant": 0.12, "park": 0.08, "school": 0.06, "commercial": 0.07}
    return _INNER if edge < 0.80 else _EDGE


def make_blocks(plan: Plan, grids: list[Grid], water: Water) -> list[Block]:
    """Give every block of every town its land, its use and its name."""
    taken: set[str] = set()
    stems: dict[tuple[str, str], int] = {}
    estates = Namer(_ESTATE_FIRST, _ESTATE_SECOND, ("",), taken)
    trade = Namer(_TRADE_FIRST, _TRADE_SECOND, ("",), set())
    works = Namer(_WORKS_FIRST, _WORKS_SECOND, ("",), taken)
    blocks = []
    for grid in grids:
        rng = plan.rng("blocks " + grid.town.key)
        lands, mains = _lands(grid)
        if not len(lands):
            continue
        kinds = _kinds(plan, grid, lands, water, rng)
        count: dict[str, int] = {}
        for land, kind, (street, line), cell in zip(lands, kinds, mains, grid.cells, strict=True):
            count[kind] = count.get(kind, 0) + 1
            seen = stems.get((kind, street.name), 0)
            stems[kind, street.name] = seen + 1
            name = _name(kind, grid, street, (count[kind], seen), (estates, works, trade))
            south = grid.nodes_m[cell.row, cell.east + 1] - grid.nodes_m[cell.row, cell.west]
            north = grid.nodes_m[cell.row + 1, cell.east + 1] - grid.nodes_m[cell.row + 1, cell.west]
            angle = np.degrees(np.arctan2(*(south + north)[::-1]))
            gate, out = _gate(land, line)
            blocks.append(
                Block(
                    land,
                    kind,
                    float(angle),
                    name,
                    pinyin(name) if name else "",
                    grid.town.key,
                    grid.town.style,
                    street,
                    gate,
                    out,
                    tuple(line[len(line) // 2].tolist()),
                )
            )
    return blocks


def _lands(grid: Grid) -> tuple[np.ndarray, list[tuple[Street, Floats]]]:
    """Each cell's land clear of its streets and pavements, and its widest street with the line along it."""
    outlines, sides, reaches, mains = [], [], [], []
    for cell in grid.cells:
        row, west, east = cell.row, cell.west, cell.east
        south, north = (np.vstack([grid.edge_line(False, r, c) for c in range(west, east + 1)]) for r in (row, row + 1))
        around = [
            (grid.v_streets[row], south),
            (grid.v_streets[row + 1], north),
            (grid.u_streets[west], grid.edge_line(True, row, west)),
            (grid.u_streets[east + 1], grid.edge_line(True, row, east + 1)),
        ]
        outlines.append(shapely.polygons(grid.outline(cell)))
        sides.append([shapely.linestrings(line) for _, line in around])
        reaches.append([s.width_m / 2 + (5.0 if s.width_m > 12 else 3.0) for s, _ in around])
        street, line = max(around, key=lambda side: side[0].width_m)
        mains.append((street, line))
    if not outlines:
        return np.empty(0, object), []
    strips = shapely.buffer(np.array(sides), np.array(reaches), cap_style="square")
    lands = shapely.difference(np.array(outlines), shapely.union_all(strips, axis=1))
    return np.array([_largest(land) for land in lands]), mains


def _largest(land: Geometry) -> Geometry:
    """The largest part of what is left, where streets cut off a corner."""
    if land.geom_type == "Polygon":
        return land
    parts = shapely.get_parts(land)
    return parts[np.argmax(shapely.area(parts))] if len(parts) else shapely.Polygon()


def _gate(land: Geometry, line: Floats) -> tuple[tuple[float, float], float]:
    """The gate: on the land's edge, at the middle of its main street; the bearing (grid) from it to the street."""
    middle = line[len(line) // 2]
    edge = shapely.get_coordinates(shapely.shortest_line(land, shapely.points(middle)))
    if len(edge) < 2:
        return (float(middle[0]), float(middle[1])), 0.0
    away = edge[1] - edge[0]
    return (float(edge[0, 0]), float(edge[0, 1])), float(np.degrees(np.arctan2(away[0], away[1])) % 360)


def _kinds(plan: Plan, grid: Grid, lands: np.ndarray, water: Water, rng: np.random.Generator) -> list[str]:
    """Draw each block's use; a town gets at least one each of what no town is without."""
    town = grid.town
    centres = shapely.get_coordinates(shapely.centroid(lands))
    cores = [(plan.metric(c[:2])[0], c[2]) for c in town.cores]
    core = np.full(len(lands), np.inf)
    for at, radius in cores:
        core = np.minimum(core, np.hypot(*(centres - at).T) / radius)
    shore = shapely.distance(shapely.centroid(lands), water.all)
    half = np.asarray(town.size_m) / 2
    turn = np.radians(town.angle_deg)
    local = (centres - plan.metric(town.centre)) @ np.array(
        [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    edge = np.max(np.abs(local) / half, axis=1)
    kinds = []
    for i in range(len(lands)):
        weights = _weights(town.style, float(core[i]), float(shore[i]), float(edge[i]))
        share = np.array(list(weights.values()))
        kinds.append(str(rng.choice(list(weights), p=share / share.sum())))
    if town.style in ("city", "town", "new", "sample"):
        order = np.argsort(np.where(np.isfinite(core), core, 9) + 0.3 * edge)
        musts = ["commercial", "government", "tower", "school", "hospital", "park", "station"]
        spread = [0, 1, 2, 4, 6, 8, len(order) * 2 // 3] if len(order) > 12 else list(range(len(order)))
        for must, at in zip(musts, spread, strict=False):
            kinds[int(order[at])] = must
    return kinds


_HOSPITALS = ("中医医院", "妇幼保健院", "蒙医医院", "骨科医院", "樱花医院")
_OFFICES = (
    "人民法院",
    "人民检察院",
    "税务局",
    "市场监督管理局",
    "自然资源局",
    "公安分局",
    "交警大队",
    "人民政府",
    "消防救援站",
    "图书馆",
    "文化馆",
    "档案馆",
)
_STATIONS = {"haibowan": "乌海站", "wuda": "乌海西站"}


def _name(kind: str, grid: Grid, street: Street, counts: tuple[int, int], namers: tuple[Namer, Namer, Namer]) -> str:
    """A name for the block as a whole; plain blocks have none. ``counts``: of the town, of the street (before)."""
    town = grid.town.name.removesuffix("村").removesuffix("镇")
    number, seen = counts
    estates, works, trade = namers
    local = street.name[:-1].removesuffix("大") + ("" if seen == 0 else "二三四五六七八九"[min(seen - 1, 7)])
    first = number == 1
    school = ("小学", "中学")[number % 2]
    names = {
        "school": f"{town}第{'一二三四五六七八九十'[number - 1]}{school}" if number <= 10 else f"{local}{school}",
        "hospital": f"{town}人民医院"
        if first
        else f"{town}{_HOSPITALS[number - 2]}"
        if number < 7
        else f"{local}社区卫生服务中心",
        "government": f"{town}政务服务中心"
        if first
        else f"{town}{_OFFICES[number - 2]}"
        if number < 14
        else f"{local}综合服务楼",
        "station": _STATIONS.get(grid.town.key, f"{town}客运站"),
        "park": f"{town}人民公园" if first else f"{local}公园",
    }
    if kind in HOUSING:
        return estates.take()
    if kind in ("industry", "warehouse"):
        return works.take() + ("厂" if kind == "industry" else "仓储园")
    if kind == "commercial":
        return trade.take() + ("商业广场" if number % 3 else "购物中心")
    if kind == "office":
        return trade.take() + ("大厦" if number % 2 else "写字楼")
    return names.get(kind, "")
