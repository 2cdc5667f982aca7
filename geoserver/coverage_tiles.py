"""Pictures of the city's coverage: Web Mercator tiles, and the raster for other programs."""

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio import Affine
from rasterio.windows import Window as RasterWindow

from geoserver.coverage_service import Known
from geoserver.faults import NoTile
from layers.cameras.covering.steps import STEPS_PX_M
from layers.coverage.layers import Shown, cells_of, legend
from layers.coverage.runs import SIDE
from layers.coverage.sums import TIERS, Sums

SIZE = 256
MAX_ZOOM = 18
WHOLE_UP_TO = 11
"""Up to this zoom tiles are cut from one picture of the whole city, with a cell in eight."""
THINNED = 8
NODES = 17
MOST_CELLS = 16_000_000
"""A raster of more cells is thinned."""
BANDS = ("cameras", *(f"cameras of tier {tier}" for tier in TIERS), "best density, 0.1 px/m")


def tile_png(known: Known, z: int, x: int, y: int, shown: Shown) -> bytes:
    """One tile, transparent where there is nothing to show.

    Raises
    ------
    NoTile
    """
    if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise NoTile(path=f"coverage/{z}/{x}/{y}")
    png: bytes = known.derived.get(("tile", z, x, y, shown), lambda: _drawn(known, (z, x, y), shown))
    return png


def _drawn(known: Known, tile: tuple[int, int, int], shown: Shown) -> bytes:
    row, col = _cells_of_pixels(known, tile)
    lattice = known.ground.lattice
    inside = (row >= 0) & (row < lattice.down * SIDE) & (col >= 0) & (col < lattice.across * SIDE)
    values = np.zeros((SIZE, SIZE), np.uint8)
    if inside.any():
        values[inside] = _at(known, row[inside], col[inside], shown, tile[0])
    return _png(values, shown)


def _cells_of_pixels(known: Known, tile: tuple[int, int, int]) -> tuple[Any, Any]:
    """Row and column (256, 256) of the lattice's cell under the middle of each pixel."""
    z, x, y = tile
    at = np.linspace(0.0, 1.0, NODES)
    lon = (x + at) / 2**z * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + at) / 2**z))))
    # Far outside a city its projection need not know a place; there is nothing to show.
    east, north = known.ground.town.scene.to_metric(*np.meshgrid(lon, lat))
    middle = (np.arange(SIZE) + 0.5) / SIZE * (NODES - 1)
    low = np.minimum(middle.astype(int), NODES - 2)
    share = middle - low

    def between(nodes: Any) -> Any:
        across = nodes[:, low] * (1 - share) + nodes[:, low + 1] * share
        return across[low] * (1 - share)[:, None] + across[low + 1] * share[:, None]

    lattice = known.ground.lattice
    rows = np.floor((lattice.north_m - between(np.asarray(north))) / lattice.cell_m)
    cols = np.floor((between(np.asarray(east)) - lattice.west_m) / lattice.cell_m)
    return np.nan_to_num(rows, nan=-1, posinf=-1, neginf=-1).astype(int), np.nan_to_num(
        cols, nan=-1, posinf=-1, neginf=-1
    ).astype(int)


def _at(known: Known, row: Any, col: Any, shown: Shown, zoom: int) -> NDArray[np.uint8]:
    """The numbers of cells."""
    if zoom <= WHOLE_UP_TO:
        whole: Any = known.derived.get(("whole", shown), lambda: _whole(known, shown))
        return np.asarray(whole[row // THINNED, col // THINNED])
    lattice = known.ground.lattice
    block = row // SIDE * lattice.across + col // SIDE
    numbers, place = np.unique(block, return_inverse=True)
    held = _blocks(known, numbers.tolist(), shown)
    stacked = np.stack([held.get(int(number), _NOTHING) for number in numbers])
    return np.asarray(stacked[place, row % SIDE * SIDE + col % SIDE])


_NOTHING = np.zeros(SIDE * SIDE, np.uint8)


def _blocks(known: Known, numbers: Sequence[int], shown: Shown) -> Mapping[int, NDArray[np.uint8]]:
    sums = dict(known.store.sums_of(numbers))
    wanted = numbers if shown.layer == "blind" else list(sums)
    return {block: cells_of(shown, sums.get(block), base) for block, base in known.store.bases(wanted)}


def _whole(known: Known, shown: Shown) -> NDArray[np.uint8]:
    """One cell in eight of the whole city, in both directions."""
    lattice = known.ground.lattice
    each = SIDE // THINNED
    whole = np.zeros((lattice.down * each, lattice.across * each), np.uint8)
    numbers = list(known.tables)
    for start in range(0, len(numbers), 500):
        for block, cells in _blocks(known, numbers[start : start + 500], shown).items():
            row, col = divmod(block, lattice.across)
            thin = cells.reshape(SIDE, SIDE)[THINNED // 2 :: THINNED, THINNED // 2 :: THINNED]
            whole[row * each : row * each + each, col * each : col * each + each] = thin
    return whole


def _png(values: NDArray[np.uint8], shown: Shown) -> bytes:
    picture = Image.fromarray(values, "P")
    colours = [(0, 0, 0)] + [_rgb(one.colour) for one in legend(shown.layer, shown.ladder)]
    picture.putpalette([part for colour in colours for part in colour])
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=0, optimize=False)
    return out.getvalue()


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def write_raster(known: Known, bounds_m: tuple[float, float, float, float], step: int, file: Path) -> int:
    """A GeoTIFF in the city's metric frame: how many cameras, by tier too, and the best density of each cell.

    Returns how many times wider and taller its cells are than the lattice's; the middle one stands for them.
    """
    lattice, scene = known.ground.lattice, known.ground.town.scene
    west, south, east, north = bounds_m
    side = SIDE * lattice.cell_m
    top, bottom = _span((lattice.north_m - north) / side, (lattice.north_m - south) / side, lattice.down)
    left, right = _span((west - lattice.west_m) / side, (east - lattice.west_m) / side, lattice.across)
    rows, cols = (bottom - top) * SIDE, (right - left) * SIDE
    thinned: int = min(SIDE, 2 ** max(0, math.ceil(math.log2(max(rows * cols / MOST_CELLS, 1.0)) / 2)))
    each, cell = SIDE // thinned, lattice.cell_m * thinned
    corner = Affine(cell, 0, lattice.west_m + left * side, 0, -cell, lattice.north_m - top * side)
    profile = {
        "driver": "GTiff", "width": cols // thinned, "height": rows // thinned, "count": len(BANDS), "dtype": "uint16",
        "crs": scene.frame.proj4, "transform": corner, "compress": "deflate", "tiled": True,
        "blockxsize": 256, "blockysize": 256, "SPARSE_OK": True,
    }  # fmt: skip
    densities = np.rint(np.array([0.0, *STEPS_PX_M]) * 10).astype(np.uint16)
    with rasterio.open(file, "w", **profile) as raster:
        for number, name in enumerate(BANDS, 1):
            raster.set_band_description(number, name)
        raster.update_tags(city_version=scene.version, coverage_version=known.version, from_px_m=STEPS_PX_M[step - 1])
        for block_row in range(top, bottom):
            line = np.zeros((len(BANDS), each, cols // thinned), np.uint16)
            numbers = [block_row * lattice.across + col for col in range(left, right)]
            for block, sums in known.store.sums_of(numbers):
                at = (block - block_row * lattice.across - left) * each
                line[:, :, at : at + each] = _bands(sums, step, densities, thinned)
            if line.any():
                window = RasterWindow(0, (block_row - top) * each, cols // thinned, each)
                raster.write(line, window=window)
    return thinned


def _span(first: float, last: float, blocks: int) -> tuple[int, int]:
    """First and one past the last block of a span, at least one."""
    start = min(max(math.floor(first), 0), blocks - 1)
    return start, min(max(math.ceil(last), start + 1), blocks)


def _bands(sums: Sums, step: int, densities: NDArray[np.uint16], thinned: int) -> NDArray[np.uint16]:
    layers = [sums.at_least(step), *(sums.at_least(step, (tier,)) for tier in TIERS)]
    best = sums.best()
    layers.append(densities[np.where(best >= step, best, 0)])
    cells = np.stack(layers).reshape(len(BANDS), SIDE, SIDE)
    return np.asarray(cells[:, thinned // 2 :: thinned, thinned // 2 :: thinned])
