"""A small town in files: sloping ground, two dozen buildings, roads, water, areas."""

import json
from pathlib import Path

import numpy as np
import rasterio

CITY = """
[city]
name = "小镇"
name_en = "Small Town"
generated = true
time_zone = "Asia/Shanghai"
extent = [106.79, 39.593, 106.81, 39.607]
credits = ["© nobody"]
[surface]
cell_m = 20
fine_cell_m = 2
[[ground]]
file = "ground.tif"
vertical_datum = "EGM96"
[[buildings]]
file = "buildings.geojson"
[buildings.columns]
id = "id"
name = "name"
height_m = "height"
storeys = "storeys"
use = "use"
[[roads]]
file = "roads.geojson"
[[water]]
file = "water.geojson"
[[areas]]
file = "areas.geojson"
"""


def write_town(folder: Path, *, heights: float = 1100.0) -> Path:
    """Write all files; returns the city file."""
    folder.mkdir(parents=True, exist_ok=True)
    write_ground(folder / "ground.tif", heights)
    write_buildings(folder / "buildings.geojson")
    write_lines(folder)
    file = folder / "city.toml"
    file.write_text(CITY, encoding="utf-8")
    return file


def write_ground(path: Path, height_m: float = 1100.0, *, crs: str | None = "EPSG:4326") -> None:
    rows, cols = np.mgrid[0:120, 0:160]
    relief = height_m + 4 * np.sin(rows / 9) * np.cos(cols / 11)
    place = rasterio.Affine(0.0002, 0, 106.784, 0, -0.0002, 39.612)
    profile = {"driver": "GTiff", "height": 120, "width": 160, "count": 1, "dtype": "float32", "crs": crs}
    with rasterio.open(path, "w", transform=place, **profile) as file:
        file.write(relief.astype(np.float32), 1)


def write_buildings(path: Path, *, count: int = 24, height_m: float = 18.0) -> None:
    rng = np.random.default_rng(1)
    made = []
    for number in range(count):
        lon, lat = 106.7925 + 0.0025 * (number % 6), 39.5950 + 0.0025 * (number // 6)
        w, d = rng.uniform(0.0002, 0.0006, 2)
        ring = [[lon, lat], [lon + w, lat], [lon + w, lat + d], [lon, lat + d], [lon, lat]]
        facts = {"id": f"h{number}", "name": f"楼{number}", "use": "residential", "height": height_m, "storeys": None}
        if number == 0:
            facts |= {"height": None, "storeys": 5}
        if number == 1:
            facts |= {"height": None}
        made.append(_feature(facts, "Polygon", [ring]))
    _write(path, made)


def write_lines(folder: Path) -> None:
    road = [[106.791, 39.5945], [106.809, 39.5945]]
    cross = [[106.8, 39.5935], [106.8, 39.6065]]
    _write(
        folder / "roads.geojson",
        [
            _feature({"id": "r1", "name": "南路", "name_en": "South Road", "class": "primary"}, "LineString", road),
            _feature({"id": "r2", "name": "中街", "name_en": "Middle Street", "class": "primary"}, "LineString", cross),
        ],
    )
    pond = [[106.805, 39.604], [106.806, 39.604], [106.806, 39.605], [106.805, 39.605], [106.805, 39.604]]
    _write(folder / "water.geojson", [_feature({"id": "w1", "name": "池", "kind": "lake"}, "Polygon", [pond])])
    whole = [[106.79, 39.593], [106.81, 39.593], [106.81, 39.607], [106.79, 39.607], [106.79, 39.593]]
    facts = {"code": "150302", "name": "海勃湾区", "name_en": "Haibowan", "level": "district", "parent": ""}
    _write(folder / "areas.geojson", [_feature(facts, "Polygon", [whole])])


def _feature(properties, kind, coordinates):
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def _write(path: Path, features) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
