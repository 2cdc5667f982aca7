"""Units that answer calls, at buildings of the city, and who answers for each area. People and numbers are made up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.recipe.sources import Region, Sources, Spot

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "志强", "建国", "海燕", "晓东", "丽华", "永胜", "秀英", "文博",
    "国庆", "雪梅", "立新", "晨光", "玉兰", "俊杰", "宝音",
)  # fmt: skip
_HOUSED = frozenset({"government", "office", "commercial", "service"})


@dataclass(frozen=True)
class Answering:
    """A unit, where it is housed, and which calls it answers."""

    id: str
    name: str
    name_en: str
    sources: tuple[str, ...]
    at_m: tuple[float, float]
    areas: tuple[str, ...]


_OF_DISTRICT = (
    ("GA", "公安分局", "Public Security Sub-bureau", ("110",)),
    ("JJ", "交警大队", "Traffic Police Brigade", ("122",)),
    ("XF", "消防救援站", "Fire and Rescue Station", ("119",)),
)


def make_units(sources: Sources) -> list[Answering]:
    """One of each force for each district, a station for each street, the hospitals."""
    rng = sources.plan.rng("units")
    at = _Homes(sources, rng)
    units = []
    for region in sources.regions:
        within = tuple(one.code for one in sources.regions if one.parent == region.code and one.level == "community")
        short, short_en = region.name.rstrip("区市"), region.name_en.rsplit(" ", 1)[0]
        if region.level == "city":
            name, name_en = f"{region.name}公安局指挥中心", f"{short_en} Police Command Centre"
            units.append(Answering(f"ZH-{region.code}", name, name_en, ("110",), at.find(region), (region.code,)))
        elif region.level == "district":
            for prefix, ending, ending_en, calls in _OF_DISTRICT:
                place = at.find(region, short + ending)
                areas: tuple[str, ...] = (region.code,) if prefix == "GA" else ()
                name, name_en = short + ending, f"{short_en} {ending_en}"
                units.append(Answering(f"{prefix}-{region.code}", name, name_en, calls, place, areas))
        elif region.level == "street":
            name = region.name.removesuffix("街道").removesuffix("镇") + "派出所"
            place, areas = at.find(region), (region.code, *within)
            units.append(Answering(f"PC-{region.code}", name, f"{short_en} Police Station", ("110",), place, areas))
    hospitals = [one for one in sources.places if one.use == "hospital" and one.name.endswith("医院")]
    units += [
        Answering(f"JZ-{number:02d}", one.name, one.name_en, ("120",), one.at_m, ())
        for number, one in enumerate(hospitals, 1)
    ]
    return units


def rows_of(sources: Sources, units: list[Answering]) -> list[dict[str, Any]]:
    """Rows of a unit list."""
    rng = sources.plan.rng("people")
    rows, number = [], 0
    for unit in units:
        people = []
        for area in unit.areas:
            number += 1
            name = str(rng.choice(list(_SURNAMES))) + str(rng.choice(_GIVEN))
            people.append({"area": area, "name": name, "phone": f"0473-000 {number:04d}"})
        lon, lat = sources.degrees(unit.at_m)
        plain = {"id": unit.id, "name": unit.name, "name_en": unit.name_en, "lon": lon, "lat": lat}
        rows.append(plain | {"sources": ";".join(unit.sources), "people": people})
    return rows


class _Homes:
    """Finds buildings for units: the one that bears the name, else one of a use that fits, each taken once."""

    def __init__(self, sources: Sources, rng: np.random.Generator) -> None:
        self._places = {one.name: one for one in sources.places}
        self._fit = [one for one in sources.buildings if one.use in _HOUSED] or list(sources.buildings)
        self._points = shapely.points([one.at_m for one in self._fit])
        self._rng = rng

    def find(self, region: Region, name: str = "") -> tuple[float, float]:
        known: Spot | None = self._places.get(name)
        if known is not None:
            return known.at_m
        inside = np.flatnonzero(shapely.contains(region.outline, self._points))
        if not len(inside):
            middle = shapely.point_on_surface(region.outline)
            return float(middle.x), float(middle.y)
        return self._fit[int(self._rng.choice(inside))].at_m
