"""The city file of Alexandria: the town's own files copied beside it, its cameras, and what had to be assumed."""

import shutil
from pathlib import Path

import rasterio
from rasterio.warp import transform_bounds

_FILES = ("dtm.tif", "dsm.tif", "buildings.shp", "buildings.shx", "buildings.dbf", "buildings.prj", "buildings.cpg")
_CITY = """# Alexandria, Virginia: real lidar heights and footprints. The files name no vertical datum.
[city]
name = "亚历山德里亚"
name_en = "Alexandria"
generated = false
time_zone = "America/New_York"
extent = {extent}
home = [-77.0525, 38.8085, 260.0, 5.0, -35.0]
credits = [
  "opengeos/data, MIT (looks like USGS 3DEP and USA Structures, public domain)",
  "Cameras: made up for this demo",
]

[surface]
cell_m = 2
fine_cell_m = 1

[[ground]]
file = "dtm.tif"
vertical_datum = "EPSG:5703"
vertical_datum_assumed = true
stand_in = "EGM96"

[[surface_heights]]
file = "dsm.tif"
vertical_datum = "EPSG:5703"
vertical_datum_assumed = true
stand_in = "EGM96"

[[buildings]]
file = "buildings.shp"
columns = {{ height_m = "HEIGHT" }}

[[cameras]]
file = "cameras.csv"
crs = "EPSG:4326"
height_reference = "above ground"
"""


def prepare(shared_data: Path, out: Path) -> Path:
    """Copy the town's files into ``out`` and write ``city.toml`` there; returns its path.

    ``shared_data`` is the folder that holds ``dem/alexandria_2m``, or that folder itself.
    """
    source = shared_data / "dem" / "alexandria_2m"
    source = source if source.is_dir() else shared_data
    out.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        shutil.copyfile(source / name, out / name)
    shutil.copyfile(Path(__file__).parent / "cameras.csv", out / "cameras.csv")
    with rasterio.open(source / "dtm.tif") as file:
        west, south, east, north = transform_bounds(file.crs, "EPSG:4326", *file.bounds)
    # The raster is turned by the convergence of its grid (1.3 degrees); this box lies within it.
    inset = 0.00013
    extent = [round(v, 6) for v in (west + inset, south + inset, east - inset, north - inset)]
    city = out / "city.toml"
    city.write_text(_CITY.format(extent=extent), encoding="utf-8")
    return city
