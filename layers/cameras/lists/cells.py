"""Cells of a camera list as values: numbers with units, compass points, types and states in two languages."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from layers.cameras.model import CameraType, Status, Tier

BLANK = frozenset(
    {
        "",
        "-",
        "--",
        "/",
        "无",
        "不详",
        "未知",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "unknown",
        "待定",
        "不清楚",
        "不明",
        "未定",
    }
)


class BadCell(ValueError):
    """A cell that holds no value of its column's kind; ``code`` names which of the report's sentences."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text(cell: object) -> str:
    """A cell as text, trimmed, full-width characters made narrow; "" for every way to say nothing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    shown = unicodedata.normalize("NFKC", str(cell)).strip()
    return "" if shown.lower() in BLANK else shown


_NUMBER = re.compile(
    r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)\s*(?:m|米|°|º|度|deg|px|像素|e|n|东经|北纬)?", re.IGNORECASE
)


def number(cell: str) -> float:
    """A number, with or without its unit; a single comma is a decimal point."""
    plain = _plain_number(cell)
    if plain is not None:
        return plain
    shown = cell.replace(",", ".") if re.fullmatch(r"[-+]?\d+,\d+\s*\D*", cell) else cell
    found = _NUMBER.fullmatch(shown)
    if not found:
        raise BadCell("not-a-number")
    value = float(found[1])
    if not math.isfinite(value):
        raise BadCell("not-a-number")
    return value


def _plain_number(cell: str) -> float | None:
    """What most cells are: a number and nothing else."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


_POINTS = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
_COMPASS: Mapping[str, float] = {
    **{name: 22.5 * i for i, name in enumerate(_POINTS)},
    **{name: 45.0 * i for i, name in enumerate(("北", "东北", "东", "东南", "南", "西南", "西", "西北"))},
    **{name: 90.0 * i for i, name in enumerate(("正北", "正东", "正南", "正西"))},
    **{name: 90.0 * i for i, name in enumerate(("north", "east", "south", "west"))},
}


def heading(cell: str) -> float:
    """Degrees clockwise from north, or a compass point in either language."""
    point = _COMPASS.get(cell.lower().removeprefix("向").removeprefix("朝"))
    if point is not None:
        return point
    value = number(cell)
    if abs(value) > 360:
        raise BadCell("out-of-range")
    return value % 360.0 % 360.0


def tier(cell: str) -> Tier:
    """1, 2 or 3, or its name."""
    for value, names in _TIERS.items():
        if cell.lower() in names or cell.removesuffix(".0") == str(value):
            return value
    raise BadCell("not-a-tier")


_TIERS: Mapping[Tier, frozenset[str]] = {
    1: frozenset({"一级", "一类", "一", "tier 1", "lookout", "高空瞭望", "瞭望", "高空", "一级·高空瞭望"}),
    2: frozenset({"二级", "二类", "二", "tier 2", "building top", "建筑制高点", "制高点", "二级·建筑制高点"}),
    3: frozenset({"三级", "三类", "三", "tier 3", "street", "路口与小区", "街面", "三级·路口与小区"}),
}

_TYPES: Mapping[str, CameraType] = {
    **dict.fromkeys("fixed bullet dome box 枪机 枪 筒机 固定 固定枪机 半球 半球机 固定式".split(), "fixed"),
    **dict.fromkeys("ptz panning speed_dome 球机 球 快球 高速球 云台 云台机 遥控枪机 云台枪机 转动".split(), "ptz"),
}


def camera_type(cell: str) -> CameraType:
    """fixed or ptz."""
    found = _TYPES.get(cell.lower().replace(" ", "_"))
    if found is None:
        raise BadCell("not-a-type")
    return found


_STATES: Mapping[str, Status] = {
    **dict.fromkeys("in-service in_service active online 在用 正常 运行 在线 启用 良好".split(), "in-service"),
    **dict.fromkeys("fault broken repair offline 维修 维修中 故障 损坏 离线 异常".split(), "fault"),
    **dict.fromkeys("planned 在建 规划 规划中 待建 未启用".split(), "planned"),
    **dict.fromkeys("retired removed 停用 报废 拆除 已拆除 废弃".split(), "retired"),
}


def status(cell: str) -> Status:
    """State of service."""
    found = _STATES.get(cell.lower().replace(" ", "_"))
    if found is None:
        raise BadCell("not-a-state")
    return found


def numbers(cell: str) -> tuple[float, ...]:
    """Several numbers: a JSON list, or with semicolons, commas or spaces between them."""
    parts = [part for part in re.split(r"[;,\s\[\]]+", cell) if part]
    return tuple(number(part) for part in parts)


def document(cell: str) -> Any:
    """JSON in a cell."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        raise BadCell("not-json") from None


_FLAGS = {
    **dict.fromkeys("1 1.0 yes y true 是 有 租赁 租用 ✓ √".split(), True),
    **dict.fromkeys("0 0.0 no n false 否 无 自建 自有 × -".split(), False),
}


def flag(cell: str) -> bool:
    """Yes or no."""
    found = _FLAGS.get(cell.lower())
    if found is None:
        raise BadCell("not-yes-or-no")
    return found


_LENSES = {
    **dict.fromkeys(("rectilinear", "perspective", "普通", "针孔"), "rectilinear"),
    **dict.fromkeys(("fisheye", "鱼眼"), "fisheye"),
    **dict.fromkeys(("panorama", "panoramic", "全景"), "panorama"),
}


def lens(cell: str) -> str:
    """Model of a lens."""
    found = _LENSES.get(cell.lower())
    if found is None:
        raise BadCell("not-a-lens")
    return found


def is_rounded(cell: str) -> bool:
    """Whether an id is a long number that a spreadsheet has rounded."""
    return bool(re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+1[5-9]|\d(?:[.,]\d+)?[eE]\+2\d", cell))


_SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "2k": (2560, 1440), "4k": (3840, 2160)}
_SIZES |= {"200万": (1920, 1080), "400万": (2560, 1440), "800万": (3840, 2160), "2mp": (1920, 1080)}
_SIZES |= {"4mp": (2560, 1440), "8mp": (3840, 2160)}


def image_size(cell: str) -> tuple[int, int]:
    """Width and height of a picture: "1920x1080", "1080P", "400万"."""
    named = _SIZES.get(cell.lower().removesuffix("像素"))
    if named is not None:
        return named
    found = re.fullmatch(r"(\d{2,5})\s*[x×*,]\s*(\d{2,5})", cell.lower())
    if not found:
        raise BadCell("not-a-size")
    return int(found[1]), int(found[2])


def usable_id(cell: str) -> str:
    """An id without the characters that an address cannot carry."""
    return re.sub(r"[\s/?#%\\\x00-\x1f]+", "-", cell).strip("-")[:128]
