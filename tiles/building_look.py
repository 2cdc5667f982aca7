"""Colours of buildings: muted tones by use for a dark control room, lighter with height, darker at the foot."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.footprints import Footprints

_TONES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("#6f8096", ("residential", "apartments", "house", "dormitory", "detached", "terrace", "住宅", "居住", "宿舍")),
    ("#5f8f95", ("commercial", "retail", "hotel", "supermarket", "shop", "商业", "酒店", "商铺", "商住")),
    ("#6a88ad", ("office", "government", "civic", "public", "办公", "行政", "公共")),
    ("#8c7d6e", ("industrial", "warehouse", "factory", "工业", "仓库", "仓储", "厂房")),
    ("#7d8f72", ("school", "university", "kindergarten", "college", "education", "学校", "教育")),
    ("#96788a", ("hospital", "clinic", "medical", "医院", "医疗")),
    ("#857fa3", ("station", "train_station", "transport", "交通", "车站")),
)
_PLAIN = "#74808d"
BRIGHTEST = 0.55
"""Linear light of the brightest corner; the material carries it, so that eight bits are spent below it."""
BASE_COLOUR = (BRIGHTEST, BRIGHTEST, BRIGHTEST)
_FOOT, _TOP, _ROOF = 0.55, 0.95, 1.15
_TALL_M = 90.0


def _linear(colour: str) -> tuple[float, float, float]:
    """Linear light of an sRGB colour written #rrggbb."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


_BY_USE = {use: _linear(tone) for tone, uses in _TONES for use in uses}
_PLAIN_TONE = _linear(_PLAIN)
_BY_SCRIPT = {use: tone for use, tone in _BY_USE.items() if not use.isascii()}


@lru_cache(maxsize=4096)
def _tone(use: str) -> tuple[float, float, float]:
    """Tone of a use; Chinese terms also as part of a longer one (住宅楼)."""
    plain = use.strip().lower()
    if plain in _BY_USE:
        return _BY_USE[plain]
    return next((tone for term, tone in _BY_SCRIPT.items() if term in plain), _PLAIN_TONE)


def corner_colours(
    footprints: Footprints,
    height_m: NDArray[Any],
    feature: NDArray[np.int64],
    roof: NDArray[np.bool_],
    high: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """Linear RGBA (n, 4) of each corner, relative to ``BASE_COLOUR``.

    Parameters
    ----------
    height_m : (b,) float
        Heights of the buildings.
    feature, roof, high : (n,)
        Building of each corner, whether it belongs to a roof, whether it is at roof height.
    """
    uses = footprints.attributes["use"]
    known = {use: _tone(use) for use in set(uses)}
    tone = np.array([known[use] for use in uses]).reshape(-1, 3)
    tone = tone * (0.85 + 0.4 * np.clip(height_m / _TALL_M, 0, 1))[:, None]
    shade = np.where(roof, _ROOF, np.where(high, _TOP, _FOOT))
    light = tone[feature] * shade[:, None] / BRIGHTEST
    colours = np.full((len(feature), 4), 255, dtype=np.uint8)
    colours[:, :3] = np.rint(np.clip(light, 0, 1) * 255)
    return colours
