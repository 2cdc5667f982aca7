"""Administrative areas: which city, district, street and community a place lies in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import ArrayLike

LEVELS = ("city", "district", "street", "community")
"""Largest first."""

Row = tuple[str, str, str, str, Any]
"""code, name, level, code of the parent or "", outline (lon, lat)."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area, without its outline."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True, eq=False)
class AreaIndex:
    """Areas in a tree. Where outlines overlap, the first given of a level counts."""

    areas: Mapping[str, Area]
    rows: tuple[Area, ...]
    tree: shapely.STRtree

    @classmethod
    def build(cls, rows: Iterable[Row]) -> Self:
        """From (code, name, level, parent, outline in lon, lat)."""
        given = list(rows)
        areas = tuple(Area(code, name, level, parent) for code, name, level, parent, _ in given)
        return cls({area.code: area for area in areas}, areas, shapely.STRtree([outline for *_, outline in given]))

    def codes(self, lon: float, lat: float) -> dict[str, str]:
        """Level → code of the areas that a place lies in."""
        return self.codes_of([lon], [lat])[0]

    def codes_of(self, lon: ArrayLike, lat: ArrayLike) -> list[dict[str, str]]:
        """The same for many places, in their order."""
        points: Any = shapely.points(np.stack([np.asarray(lon, float), np.asarray(lat, float)], axis=-1))
        found: list[dict[str, str]] = [{} for _ in range(len(points))]
        place, number = self.tree.query(points, predicate="intersects")
        for k, i in sorted(zip(place.tolist(), number.tolist(), strict=True)):
            area = self.rows[i]
            found[k].setdefault(area.level, area.code)
        return found

    def outline(self, code: str) -> Any:
        """The outline (lon, lat) of an area; None where there is no such area."""
        found = (i for i, area in enumerate(self.rows) if area.code == code)
        i = next(found, None)
        return None if i is None else self.tree.geometries[i]

    def smallest(self, lon: float, lat: float) -> str:
        """Code of the smallest area that a place lies in, or ""."""
        return smallest(self.codes(lon, lat))


def smallest(codes: Mapping[str, str]) -> str:
    """Of level → code, the code of the smallest area, or ""."""
    return next((codes[level] for level in reversed(LEVELS) if level in codes), "")


CODE_LENGTHS = (6, 9, 12)
"""Digits of the codes of GB/T 2260 (city and district) and GB/T 10114 (street, community)."""


def reach(code: str) -> str:
    """What the codes of all areas within an area begin with: 150300 reaches every code that begins with 1503.

    "" where the code says nothing of what lies within: it follows neither standard, so it stands for itself only.
    """
    if not (code.isascii() and code.isdigit() and len(code) in CODE_LENGTHS):
        return ""
    for length, zeros in ((2, "0000"), (4, "00")):
        if code[length:6] == zeros and not code[6:].strip("0"):
            return code[:length]
    # A district or street written with as many digits as a community.
    for length in (6, 9):
        if not code[length:].strip("0"):
            return code[:length]
    return code


def beginnings(codes: Iterable[str]) -> list[str]:
    """The fewest beginnings that tell all areas within some areas; what has nothing within it adds none."""
    found: list[str] = []
    for one in sorted({reach(code) for code in codes if len(reach(code)) < CODE_LENGTHS[-1]} - {""}):
        if not found or not one.startswith(found[-1]):
            found.append(one)
    return found
