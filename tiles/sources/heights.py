"""How high a building is, how that is known (given, counted from storeys, assumed by use), and its prism.

The ground under a footprint is sampled at its corners and its centroid; a kink of the ground inside the
footprint is not looked for.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.footprints import BELOW_GROUND_M
from tiles.grid import HeightGrid
from tiles.sources.outlines import rings

STOREY_M = 3.0
TALLEST_M = 1000.0
MOST_STOREYS = 250
LEAST_M = 1.0
"""A given height below this is no building's height."""

DEFAULT_M = 9.0
_BY_USE: tuple[tuple[float, tuple[str, ...]], ...] = (
    (3.0, ("garage", "garages", "shed", "carport", "hut", "kiosk", "cabin", "roof", "greenhouse", "车库", "温室")),
    (6.0, ("house", "detached", "semidetached_house", "villa", "bungalow", "farm", "平房", "别墅", "农房")),
    (9.0, ("retail", "supermarket", "industrial", "warehouse", "train_station", "terrace")),
    (9.0, ("工业", "仓库", "仓储", "厂房", "商铺")),
    (12.0, ("school", "kindergarten", "church", "mosque", "temple", "public", "学校", "教育", "公共")),
    (18.0, ("residential", "apartments", "dormitory", "civic", "住宅", "居住", "宿舍")),
    (20.0, ("commercial", "hotel", "hospital", "university", "商业", "酒店", "医院", "医疗")),
    (24.0, ("office", "government", "办公", "行政")),
)
DEFAULTS_M = {use: height for height, uses in _BY_USE for use in uses}
"""Assumed height by use, lower case, both languages; all else is ``DEFAULT_M``."""


class Known(IntEnum):
    """Where a building's height comes from."""

    GIVEN_ROOF = 0
    GIVEN_HEIGHT = 1
    STOREYS = 2
    ASSUMED_BY_USE = 3


@dataclass(frozen=True, eq=False)
class Heights:
    """Heights above the ground in metres (b,), where each is from (``Known``), and values refused."""

    height_m: NDArray[np.float64]
    storeys: NDArray[np.int32]
    known: NDArray[np.int8]
    bad_height: NDArray[np.bool_]
    bad_storeys: NDArray[np.bool_]


def heights(height_m: NDArray[np.float64], storeys: NDArray[np.float64], uses: list[str]) -> Heights:
    """Decide each building's height.

    Parameters
    ----------
    height_m, storeys : (b,) float64
        As given; NaN where missing. Zero counts as missing: many registers write it for "not known".
    uses : list of str
        As given, any case, either language.
    """
    height_m, storeys = np.where(height_m == 0, np.nan, height_m), np.where(storeys == 0, np.nan, storeys)
    bad_height = ~np.isnan(height_m) & ~((height_m >= LEAST_M) & (height_m <= TALLEST_M))
    bad_storeys = ~np.isnan(storeys) & ~((storeys >= 0.5) & (storeys <= MOST_STOREYS))
    by_use = np.array([DEFAULTS_M.get(use.strip().lower(), DEFAULT_M) for use in uses], dtype=np.float64)
    given, counted = ~np.isnan(height_m) & ~bad_height, ~np.isnan(storeys) & ~bad_storeys
    known = np.where(given, Known.GIVEN_HEIGHT, np.where(counted, Known.STOREYS, Known.ASSUMED_BY_USE))
    chosen = np.where(given, height_m, np.where(counted, storeys * STOREY_M, by_use))
    floors = np.where(counted, np.rint(np.nan_to_num(storeys)).clip(0, MOST_STOREYS), 0).astype(np.int32)
    return Heights(chosen, floors, known.astype(np.int8), bad_height, bad_storeys)


@dataclass(frozen=True, eq=False)
class Prism:
    """Foot and roof of each building, ellipsoidal metres (b,), its height above the median ground,
    storeys, ``Known``, and given roofs refused."""

    base_m: NDArray[np.float64]
    roof_m: NDArray[np.float64]
    height_m: NDArray[np.float64]
    storeys: NDArray[np.int32]
    known: NDArray[np.int8]
    bad_roof: NDArray[np.bool_]


def prisms(
    outlines: NDArray[np.object_],
    above: Heights,
    ground: HeightGrid,
    *,
    roof_m: NDArray[np.float64],
    base_m: NDArray[np.float64],
) -> Prism:
    """Stand the buildings on the ground.

    The roof is the given one (ellipsoidal), else the given base plus the height, else the median ground
    plus the height. The foot is ``BELOW_GROUND_M`` under the lowest ground or the given base.
    """
    lowest, median = ground_under(outlines, ground)
    stands_m = np.where(np.isnan(base_m), median, base_m)
    bad_roof = ~np.isnan(roof_m) & ~((roof_m >= median + LEAST_M) & (roof_m <= median + TALLEST_M))
    given = ~np.isnan(roof_m) & ~bad_roof
    roof = np.where(given, roof_m, stands_m + above.height_m)
    base = np.fmin(lowest, base_m) - BELOW_GROUND_M
    known = np.where(given, np.int8(Known.GIVEN_ROOF), above.known)
    roof = np.maximum(roof, lowest + LEAST_M)
    return Prism(base, roof, roof - median, above.storeys, known, bad_roof)


def ground_under(outlines: NDArray[np.object_], ground: HeightGrid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and median ground (b,) at the corners and centroid of each outline."""
    cut = rings(outlines)
    centres = shapely.get_coordinates(shapely.centroid(outlines))
    places = np.vstack([cut.vertices_m, centres])
    owner = np.repeat(cut.ring_building, np.diff(cut.ring_offsets))
    owner = np.concatenate([owner, np.arange(len(outlines))])
    heights_m = np.asarray(ground.clamped(places[:, 0], places[:, 1]))
    order = np.lexsort((heights_m, owner))
    heights_m, counts = heights_m[order], np.bincount(owner, minlength=len(outlines))
    first = np.cumsum(counts) - counts
    median = (heights_m[first + (counts - 1) // 2] + heights_m[first + counts // 2]) / 2
    return heights_m[first], median
