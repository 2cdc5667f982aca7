"""The source files of a city, read back: what is put on a finished city needs no more than them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from data.recipe.junctions import Junction, find_junctions
from data.recipe.plan import Geometry, Plan, Size, read_plan
from data.recipe.roads import Road


@dataclass(frozen=True)
class Spot:
    """A named place of the city, metres in the plan's frame; ``use`` as in its file, ``area`` code or ""."""

    name: str
    name_en: str
    use: str
    area: str
    at_m: tuple[float, float]


@dataclass(frozen=True)
class Region:
    """An administrative area as it was written; ``outline`` in metres."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str
    outline: Geometry


@dataclass(frozen=True)
class Sources:
    """A city as its files tell it."""

    plan: Plan
    regions: tuple[Region, ...]
    junctions: tuple[Junction, ...]
    buildings: tuple[Spot, ...]
    places: tuple[Spot, ...]

    @classmethod
    def read(cls, folder: Path, size: Size) -> "Sources":
        """Read the files of a folder that ``make`` has written."""
        plan = read_plan(size)
        return cls(
            plan,
            tuple(
                Region(row.code, row.name, row.name_en, row.level, row.parent, row.geometry)
                for row in _rows(plan, folder, "areas")
            ),
            tuple(find_junctions([_road(row) for row in _rows(plan, folder, "roads")])),
            tuple(
                Spot(row.address, row.name_en or "", row.use, row.area or "", _middle(row.geometry))
                for row in _rows(plan, folder, "buildings")
                if row.address
            ),
            tuple(
                Spot(row.name, row.name_en, row.kind, "", _middle(row.geometry))
                for row in _rows(plan, folder, "places")
            ),
        )

    def degrees(self, at_m: tuple[float, float]) -> tuple[float, float]:
        """Longitude and latitude of a place, to the centimetre."""
        lon, lat = self.plan.frame.to_lonlat(np.array([at_m[0]]), np.array([at_m[1]]))
        return round(float(lon[0]), 7), round(float(lat[0]), 7)


def _rows(plan: Plan, folder: Path, layer: str) -> Any:
    """The rows of a layer with their shapes in metres."""
    table = pyogrio.read_dataframe(folder / f"{layer}.gpkg")
    table = table.rename(columns={"class": "road_class"})
    table["geometry"] = shapely.transform(table.geometry.to_numpy(), plan.metric)
    return table.itertuples(index=False)


def _road(row: Any) -> Road:
    points = shapely.get_coordinates(row.geometry)
    return Road(row.name or "", row.name_en or "", row.ref or "", row.road_class, row.width_m, row.bridge, points)


def _middle(shape: Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
