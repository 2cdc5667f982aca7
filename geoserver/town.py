"""One build of the city, opened: scene, areas, tiles, names. A value; a new build is a new ``Town``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from geoserver.basemap_tiles import BasemapTiles
from geoserver.derived import Derived
from geoserver.faults import UnknownId
from geoserver.tile_files import TileFiles
from layers.areas import AreaIndex
from layers.grants.permissions import Reach
from layers.grants.tree import AreaTree
from tiles.scene import Scene
from tiles.vectors import read_layer


@dataclass(frozen=True)
class Town:
    """A built city.

    ``build`` : the document build.json
    ``folder`` : where it lies
    ``vectors`` : the folder of the canonical vector layers; None in tests without files
    """

    folder: Path
    build: Mapping[str, Any]
    scene: Scene
    areas: AreaIndex
    area_shapes: Mapping[str, tuple[Mapping[str, str], Any]]
    """Code → the area's row, and its outline."""
    tiles: TileFiles
    basemap: BasemapTiles
    vectors: Path | None
    derived: Derived = field(default_factory=Derived, repr=False)
    """Coverage and cones over this build; they go with it."""

    @classmethod
    def open(cls, folder: Path, cache: Path) -> "Town":
        """Open the build that is live in a folder."""
        scene = Scene.open(folder)
        build = json.loads((folder / "build.json").read_text(encoding="utf-8"))
        parts = {name: folder / path for name, path in build["parts"].items()}
        tiles = TileFiles(parts, build["version"])
        shapes = _area_shapes(parts.get("vectors"))
        return cls(
            folder=folder,
            build=build,
            scene=scene,
            areas=_area_index(shapes),
            area_shapes=shapes,
            tiles=tiles,
            basemap=BasemapTiles.open(parts, scene.ground, tiles, cache),
            vectors=parts.get("vectors"),
        )

    @classmethod
    def of_scene(cls, scene: Scene, folder: Path) -> "Town":
        """A town around a scene that has no files: for tests and for first looks."""
        west, south, east, north = scene.extent
        city = {"name": "", "name_en": "", "generated": True, "time_zone": "UTC", "credits": []}
        city |= {"extent": [west, south, east, north], "home": None}
        build = {"version": scene.version, "city": city, "assumptions": [], "parts": {}, "counts": {}}
        tiles = TileFiles({}, scene.version)
        basemap = BasemapTiles({}, tiles, folder / "cache", None)
        return cls(folder, build, scene, _area_index({}), {}, tiles, basemap, None)

    @property
    def name(self) -> str:
        """The city's name in its own language."""
        return str(self.build["city"]["name"])

    @cached_property
    def area_tree(self) -> AreaTree:
        """How the areas lie in each other, for grants."""
        return AreaTree.of(self.areas.areas.values())

    @cached_property
    def area_rows(self) -> list[dict[str, str]]:
        """All areas, without outlines."""
        return [dict(row) for row, _ in self.area_shapes.values()]

    def areas_within(self, seen: Reach) -> frozenset[str]:
        """Codes of the areas that a reach reaches, and of those that they lie in: a tree needs its root."""
        found: set[str] = set()
        for code in self.area_shapes:
            above = code if seen.covers(code) else ""
            while above and above not in found:
                found.add(above)
                above = self.area_shapes[above][0]["parent"] if above in self.area_shapes else ""
        return frozenset(found & self.area_shapes.keys())

    def area_feature(self, code: str) -> dict[str, Any]:
        """One area as GeoJSON."""
        if code not in self.area_shapes:
            raise UnknownId(kind="area", id=code)
        row, shape = self.area_shapes[code]
        return {"type": "Feature", "id": code, "geometry": mapping(shape), "properties": dict(row)}

    @cached_property
    def building_numbers(self) -> Mapping[str, int]:
        """Id of a building → its number in the scene."""
        return {id_: number for number, id_ in enumerate(self.scene.footprints.ids)}


def _area_shapes(vectors: Path | None) -> dict[str, tuple[Mapping[str, str], Any]]:
    if vectors is None:
        return {}
    frame = read_layer(vectors, "areas")
    names = ("code", "name", "name_en", "level", "parent")
    shapes: dict[str, tuple[Mapping[str, str], Any]] = {}
    for values in zip(*(frame[name] for name in (*names, "geometry")), strict=True):
        row = dict(zip(names, map(_text, values[:-1]), strict=True))
        shapes[row["code"]] = (row, values[-1])
    return shapes


def _area_index(shapes: Mapping[str, tuple[Mapping[str, str], Any]]) -> AreaIndex:
    return AreaIndex.build(
        [(row["code"], row["name"], row["level"], row["parent"], shape) for row, shape in shapes.values()]
    )


def _text(value: Any) -> str:
    """A cell of a table as text; empty for none and for NaN."""
    return "" if value is None or value != value else str(value)
