"""The recipe, step by step: from the plan to the source files of a city."""

from collections.abc import Callable
from pathlib import Path

import shapely

from data.recipe import write
from data.recipe.areas import AreaFinder, make_areas
from data.recipe.blocks import make_blocks
from data.recipe.buildings import make_buildings
from data.recipe.cameras import make_cameras
from data.recipe.plan import Size, read_plan
from data.recipe.roads import compound_roads, make_roads
from data.recipe.situation import make_situation
from data.recipe.terrain import make_ground
from data.recipe.towns import make_grids
from data.recipe.water import make_water

Progress = Callable[[str, int, int], None]
_STEPS = ("water", "ground", "streets", "blocks", "areas", "buildings", "cameras", "files", "situation")
_BANK_M = 35.0


def make(folder: Path, size: Size, progress: Progress = lambda _step, _done, _total: None) -> Path:
    """Make the demo city (or the village that stands in for it in tests) in a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there; files of the same names are replaced.
    size : "city" or "village"
    progress : callable
        Told ``(step, done, total)`` before each step and at the end.

    Returns
    -------
    Path
        The ``city.toml`` that was written.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def begin(step: str) -> None:
        progress(step, _STEPS.index(step), len(_STEPS))

    plan = read_plan(size)
    begin("water")
    water = make_water(plan)
    begin("ground")
    ground = make_ground(plan, water)
    begin("streets")
    wet = shapely.buffer(water.all, _BANK_M)
    shapely.prepare(wet)
    grids = make_grids(plan, ground, wet)
    roads = make_roads(plan, grids, water)
    begin("blocks")
    blocks = make_blocks(plan, grids, water)
    roads += compound_roads(blocks)
    begin("areas")
    areas = make_areas(plan, water)
    begin("buildings")
    buildings = make_buildings(plan, blocks, roads, water, AreaFinder(areas))
    begin("cameras")
    cameras = make_cameras(plan, ground, roads, blocks, buildings, water, areas)
    begin("files")
    write.write_ground(ground, folder / "ground.tif")
    write.write_buildings(plan, buildings, folder / "buildings.gpkg")
    write.write_roads(plan, roads, folder / "roads.gpkg")
    write.write_water(plan, water, folder / "water.gpkg")
    write.write_landuse(plan, blocks, water, folder / "landuse.gpkg")
    write.write_areas(plan, areas, folder / "areas.gpkg")
    write.write_places(plan, blocks, folder / "places.gpkg")
    write.write_cameras(cameras, folder / "cameras.csv")
    write.write_city_file(plan, folder / "city.toml", size)
    begin("situation")
    make_situation(folder, size)
    progress("situation", len(_STEPS), len(_STEPS))
    return folder / "city.toml"
