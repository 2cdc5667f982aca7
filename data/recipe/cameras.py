"""The camera list as a city hands it over: sites, owners, codes, streams, and the gaps that such lists have."""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from data.recipe.areas import Area, AreaFinder
from data.recipe.blocks import Block
from data.recipe.buildings import Building
from data.recipe.clear_view import turned
from data.recipe.high_cameras import lookouts, on_roofs
from data.recipe.junctions import find_junctions
from data.recipe.plan import Plan
from data.recipe.roads import Road, nearest_road
from data.recipe.spots import Spot, one_of
from data.recipe.street_cameras import along_highways, at_gates, at_junctions, in_compounds, on_banks
from data.recipe.terrain import Ground
from data.recipe.upkeep import CONTRACTOR, LEASED, upkeep_of
from data.recipe.water import Water

_DISTRICT = {"150302": "海勃湾", "150303": "海南", "150304": "乌达"}
_OWNERS = {
    "traffic": ("乌海市公安局交通警察支队", "{d}区交警大队", "{d}区交警大队"),
    "police": ("乌海市公安局", "乌海市公安局{d}分局", "乌海市公安局{d}分局", "{s}派出所"),
    "education": ("乌海市教育局", "{d}区教育局", "{d}区教育局"),
    "health": ("乌海市卫生健康委员会", "{d}区卫生健康委员会"),
    "rail": ("呼和浩特铁路公安局乌海公安处", "乌海市交通运输局"),
    "parks": ("乌海市园林局", "乌海市林业和草原局", "{d}区城市管理综合执法局"),
    "office": ("乌海市机关事务服务中心", "{d}区人民政府办公室"),
    "trade": ("乌海市商务局", "乌海市市场监督管理局", "{d}区城市管理综合执法局", "乌海市公安局{d}分局"),
    "safety": ("乌海市应急管理局", "{d}区应急管理局", "乌海市生态环境局{d}分局", "乌海市工业和信息化局"),
    "estate": ("{s}", "{s}", "乌海市住房和城乡建设局", "{d}区住房和城乡建设局", "乌海市公安局{d}分局", "{d}区民政局"),
    "water": ("乌海市水务局", "{d}区水务局", "黄河海勃湾水利枢纽工程建设管理中心", "乌海市文化旅游体育局"),
    "highway": ("内蒙古自治区公安厅交管局高速公路支队", "内蒙古公路交通投资发展有限公司乌海分公司"),
    "lookout": ("乌海市应急管理局", "乌海市林业和草原局", "乌海市消防救援支队", "乌海市公安局", "乌海市自然资源局"),
    "roof": (
        "乌海市公安局",
        "乌海市消防救援支队",
        "乌海市公安局{d}分局",
        "乌海市大数据中心",
        "乌海市城市管理综合执法局",
    ),
}
_INDUSTRY_CODE = {"estate": "01", "education": "02", "health": "02", "office": "02", "trade": "02", "safety": "03"}
_HEADINGS = (
    "设备编码",
    "设备名称",
    "英文名称",
    "经度",
    "纬度",
    "离地高",
    "层级",
    "类型",
    "方位角",
    "俯仰角",
    "横滚角",
    "图像宽度",
    "图像高度",
    "水平视场角",
    "长焦视场角",
    "水平转动范围",
    "俯仰下限",
    "俯仰上限",
    "可视距离",
    "权属单位",
    CONTRACTOR,
    LEASED,
    "安装地址",
    "用途",
    "状态",
    "主码流",
    "子码流",
    "备注",
)
_REMARKS = (
    "待核实",
    "镜头有遮挡,已报修",
    "同杆2台",
    "位置为估计",
    "原“模拟”改造",
    "  ",
    "N/A",
    "树木遮挡;春季修剪",
)
_SIZES = ((1920, 1080), (2560, 1440), (3840, 2160), (2688, 1520))
_SIZE_OF_TWENTY = (0,) * 9 + (1,) * 6 + (2,) * 3 + (3,) * 2
_NO_HEADING, _NO_HEIGHT, _NO_TIER, _NO_LENS, _ODD = 0.04, 0.03, 0.02, 0.05, 0.008


def make_cameras(
    plan: Plan,
    ground: Ground,
    roads: list[Road],
    blocks: list[Block],
    buildings: list[Building],
    water: Water,
    areas: list[Area],
) -> list[dict[str, Any]]:
    """The rows of ``cameras.csv``, exactly as many as the plan asks for."""
    finder = AreaFinder(areas)
    high = lookouts(plan, ground, buildings, plan.rng("lookouts"))
    high += on_roofs(buildings, plan.roof_cameras, plan.rng("roofs"))
    street = _streetwise(plan, roads, blocks, buildings, water, plan.cameras - len(high), finder)
    spots = _numbered(high + street)
    return _rows(plan, spots, roads, finder)


def _streetwise(
    plan: Plan,
    roads: list[Road],
    blocks: list[Block],
    buildings: list[Building],
    water: Water,
    count: int,
    finder: AreaFinder,
) -> list[Spot]:
    """Street cameras of all sorts, none inside a building, before a wall or outside the city, ``count`` in all."""
    rng = plan.rng("street cameras")
    fill = in_compounds(buildings, blocks, int(count * 0.6) + 20, rng)
    sure = at_gates(blocks, rng) + on_banks(plan, water, rng) + along_highways(roads, rng)
    junctions = at_junctions(find_junctions(roads), int(count * 0.56), rng)
    tree = shapely.STRtree([b.outline for b in buildings])

    def good(spots: list[Spot]) -> list[Spot]:
        points: Any = shapely.points([(s.x_m, s.y_m) for s in spots]) if spots else []
        bad = set(tree.query(points, predicate="dwithin", distance=0.4)[0].tolist()) if spots else set()
        homes = finder.streets(*np.array([(s.x_m, s.y_m) for s in spots]).T) if spots else []
        return turned([s for i, s in enumerate(spots) if i not in bad and homes[i] is not None], tree)

    sure, junctions, fill = good(sure), good(junctions), good(fill)
    if len(sure) > int(count * 0.38):
        order = np.sort(rng.permutation(len(sure))[: int(count * 0.38)])
        sure = [sure[i] for i in order]
    return (junctions + sure + fill)[:count]


def _numbered(spots: list[Spot]) -> list[Spot]:
    """The same name twice gets a number, as in life."""
    seen: dict[str, int] = {}
    named = []
    for spot in spots:
        seen[spot.name] = seen.get(spot.name, 0) + 1
        number = seen[spot.name]
        named.append(
            spot
            if number == 1
            else replace(spot, place=f"{spot.place}{number}#", place_en=f"{spot.place_en} #{number}")
        )
    return named


def _rows(plan: Plan, spots: list[Spot], roads: list[Road], finder: AreaFinder) -> list[dict[str, Any]]:
    x, y = np.array([(s.x_m, s.y_m) for s in spots]).T
    lon, lat = plan.frame.to_lonlat(x, y)
    turn = np.asarray(plan.frame.convergence_deg(lon, lat))
    homes = finder.streets(x, y)
    named = [r for r in roads if r.road_class != "motorway" and r.name]
    nearest = nearest_road(named, np.column_stack([x, y]))
    rng = plan.rng("camera papers")
    serial: dict[str, int] = {}
    rows = []
    for i, spot in enumerate(spots):
        street = homes[i]
        district = street.parent if street else "150302"
        prefix = f"{district}00{_INDUSTRY_CODE.get(spot.group, '00')}{'131' if spot.ptz else '132'}0"
        serial[prefix] = serial.get(prefix, 0) + 1
        code = f"{prefix}{serial[prefix]:06d}"
        head = (code, spot.name, spot.name_en, f"{lon[i]:.7f}", f"{lat[i]:.7f}")
        owner = _owner(spot.group, district, street.name if street else "乌海市", rng)
        address = spot.address or f"{named[nearest[i]].name}旁"
        tail = (owner, *upkeep_of(code, owner), address, spot.purpose, _status(rng), *_streams(i, rng), _remark(rng))
        sight = _sight(spot, round(float(spot.heading_deg + turn[i]) % 360, 1), rng)
        rows.append(dict(zip(_HEADINGS, (*head, *sight, *tail), strict=True)))
    return rows


def _sight(spot: Spot, heading_deg: float, rng: np.random.Generator) -> tuple[Any, ...]:
    """The columns from 离地高 to 可视距离, some left blank and some written oddly, as in life.

    Lookouts are complete: there are few, and somebody cared. Only street cameras lack their height.
    """
    gap = rng.random(4)
    lookout = spot.tier == 1
    pixels = _SIZES[2] if lookout else _SIZES[_SIZE_OF_TWENTY[int(rng.integers(20))]]
    odd = rng.random(2) < _ODD
    turns: tuple[Any, ...] = ("", "", "")
    if spot.ptz:
        turns = (360 if rng.random() < 0.92 else 270, -60 if lookout else -90, 30 if lookout else 15)
    height = f"{spot.height_m}米" if odd[0] else spot.height_m
    heading = f"{heading_deg}°" if odd[1] else heading_deg
    return (
        "" if gap[1] < _NO_HEIGHT and spot.tier == 3 else height,
        "" if gap[2] < _NO_TIER and not lookout else spot.tier,
        spot.kind,
        "" if gap[0] < _NO_HEADING and not lookout else heading,
        spot.pitch_deg,
        0,
        *pixels,
        "" if gap[3] < _NO_LENS and not lookout else spot.hfov_deg,
        _or_blank(spot.tele_deg),
        *turns,
        _or_blank(spot.range_m),
    )


def _or_blank(value: float | None) -> float | str:
    return "" if value is None else value


def _owner(group: str, district: str, street: str, rng: np.random.Generator) -> str:
    pattern = one_of(rng, _OWNERS[group])
    seat = street + ("办事处" if street.endswith("街道") else "人民政府" if street.endswith("镇") else "管理委员会")
    if pattern == "{s}派出所":
        return street.removesuffix("街道").removesuffix("镇")[:12] + "派出所"
    return pattern.format(d=_DISTRICT[district], s=seat)


def _status(rng: np.random.Generator) -> str:
    return one_of(rng, ("在用",) * 8 + ("维修", "在建"))


def _streams(number: int, rng: np.random.Generator) -> tuple[str, str]:
    """Made-up stream addresses in private address space, with made-up credentials."""
    host = f"10.{50 + number // 65000}.{number // 250 % 256}.{number % 250 + 1}"
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    word = "".join(letters[i] for i in rng.integers(len(letters), size=8))
    return tuple(f"rtsp://viewer:{word}@{host}:554/Streaming/Channels/10{n}" for n in (1, 2))  # type: ignore[return-value]


def _remark(rng: np.random.Generator) -> str:
    """Mostly nothing; now and then what clerks write."""
    if rng.random() > 0.03:
        return ""
    return one_of(rng, _REMARKS)
