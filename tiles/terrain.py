"""The terrain pyramid: quantized-mesh tiles of every level, and the layer.json that lists them."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from tiles.archive import write_whole
from tiles.formats.quantized_mesh import FINEST_STEP_M, MAX_CODE, encode
from tiles.geodesy import EARTH_RADIUS_M, CityFrame
from tiles.grid import HeightGrid
from tiles.terrain_mesh import SIZE, Block, Level, Relief, block_meshes
from tiles.work import Progress, run

FINEST_LIMIT_M = 0.28
"""How far the deepest level may be from the ground grid at the lattice's nodes."""
LEVEL_ZERO_ERROR_M = 77_067.34
"""Error that CesiumJS takes the tiles of level 0 to have; it halves from level to level."""
SHARE_OF_LEVEL = 0.1
"""Part of a level's assumed error that its mesh may use up."""
NODES_PER_CELL = 1.5
"""Most cells of the ground grid between two nodes of the deepest level."""
BLOCK_TILES = 8
Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class About:
    """Name, credit, and version of the contents: clients ask for tiles with it."""

    name: str = ""
    credit: str = ""
    version: str = "1"


@dataclass(frozen=True)
class TerrainMade:
    """Deepest zoom, and how many tiles, vertices and triangles there are."""

    max_zoom: int
    tiles: int
    vertices: int
    triangles: int


def make_terrain(
    stem: Path,
    frame: CityFrame,
    extent: Extent,
    out: Path,
    *,
    about: About | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> TerrainMade:
    """Write ``{z}/{x}/{y}.terrain`` and ``layer.json`` to a folder.

    Parameters
    ----------
    stem : Path
        The ground grid, as ``HeightGrid.save`` names it.
    extent : (west, south, east, north)
        The city, degrees; each level has one ring of tiles more.
    about : About
        What layer.json says of the tiles as a whole.
    """
    ground = HeightGrid.load(stem)
    pyramid = levels(ground)
    blocks = [block for level in pyramid for block in level_blocks(level, extent)]
    # Deep levels first: their blocks are full, so the cores finish together.
    blocks.reverse()
    made = run(partial(_write_block, stem, frame, out), blocks, workers=workers, progress=progress)
    layer = layer_json(pyramid, extent, about or About())
    write_whole(out / "layer.json", json.dumps(layer, ensure_ascii=False).encode())
    tiles, vertices, triangles = (sum(column) for column in zip(*made, strict=True))
    return TerrainMade(pyramid[-1].zoom, tiles, vertices, triangles)


def levels(ground: HeightGrid) -> list[Level]:
    """All levels for a ground grid, from the whole earth to the one with a node for (nearly) every cell."""
    deepest = deepest_zoom(ground.cell_m)
    low, high = _block_ranges(ground)
    made = []
    for zoom in range(deepest + 1):
        limit = max(FINEST_LIMIT_M, SHARE_OF_LEVEL * LEVEL_ZERO_ERROR_M / 2**zoom)
        limit = FINEST_LIMIT_M if zoom == deepest else limit
        made.append(Level(zoom, limit, _height_step(ground, zoom, low, high)))
    return made


def deepest_zoom(cell_m: float) -> int:
    """First level whose nodes are no more than ``NODES_PER_CELL`` cells apart, north to south."""
    spacing_m = math.pi * EARTH_RADIUS_M / SIZE
    return max(0, math.ceil(math.log2(spacing_m / (NODES_PER_CELL * cell_m))))


def level_range(level: Level, extent: Extent) -> tuple[int, int, int, int]:
    """First and last row (from the north) and first and last column of a level's tiles, inclusive."""
    if level.zoom == 0:
        return 0, 0, 0, 1
    west, south, east, north = extent
    side = level.tile_deg
    first_row, last_row = math.floor((90 - north) / side) - 1, math.floor((90 - south) / side) + 1
    first_col, last_col = math.floor((west + 180) / side) - 1, math.floor((east + 180) / side) + 1
    top, right = level.rows - 1, level.cols - 1
    return max(first_row, 0), min(last_row, top), max(first_col, 0), min(last_col, right)


def level_blocks(level: Level, extent: Extent) -> list[Block]:
    """A level's tiles in blocks of at most ``BLOCK_TILES`` squared."""
    first_row, last_row, first_col, last_col = level_range(level, extent)
    n = BLOCK_TILES
    return [
        Block(level, row, min(row + n, last_row + 1), col, min(col + n, last_col + 1))
        for row in range(first_row, last_row + 1, n)
        for col in range(first_col, last_col + 1, n)
    ]


def layer_json(pyramid: Iterable[Level], extent: Extent, about: About) -> dict[str, Any]:
    """What a client needs to know of the tiles; rows in it are counted from the south (tms)."""
    available = []
    for level in pyramid:
        first_row, last_row, first_col, last_col = level_range(level, extent)
        south, north = level.rows - 1 - last_row, level.rows - 1 - first_row
        available.append([{"startX": first_col, "startY": south, "endX": last_col, "endY": north}])
    return {
        "tilejson": "2.1.0",
        "format": "quantized-mesh-1.0",
        "version": "1.1.0",
        "scheme": "tms",
        "name": about.name,
        "attribution": about.credit,
        "tiles": ["{z}/{x}/{y}.terrain?v=" + about.version],
        "projection": "EPSG:4326",
        "bounds": [-180.0, -90.0, 180.0, 90.0],
        "minzoom": 0,
        "maxzoom": len(available) - 1,
        "available": available,
        "extensions": ["octvertexnormals"],
        "city_bounds": list(extent),
        "tile_version": about.version,
    }


@lru_cache(maxsize=2)
def _relief(stem: Path, frame: CityFrame) -> Relief:
    return Relief.of(HeightGrid.load(stem), frame)


def _write_block(stem: Path, frame: CityFrame, out: Path, block: Block) -> tuple[int, int, int]:
    """Write a block's tiles; numbers of tiles, vertices and triangles (of those written now)."""
    level = block.level
    if all(_tile_path(out, level, row, col).exists() for row, col in block.tiles):
        return len(block.tiles), 0, 0
    vertices = triangles = 0
    for row, col, mesh in block_meshes(_relief(stem, frame), block):
        write_whole(_tile_path(out, level, row, col), encode(mesh))
        vertices, triangles = vertices + len(mesh.u), triangles + len(mesh.triangles)
    return len(block.tiles), vertices, triangles


def _tile_path(out: Path, level: Level, row: int, col: int) -> Path:
    return out / str(level.zoom) / str(col) / f"{level.rows - 1 - row}.terrain"


def _block_ranges(ground: HeightGrid) -> tuple[Any, Any]:
    """Lowest and highest cell of blocks of 32 × 32 cells."""
    h = ground.heights_m
    rows, cols = np.arange(0, ground.rows, 32), np.arange(0, ground.cols, 32)
    low = np.minimum.reduceat(np.minimum.reduceat(h, rows, axis=0), cols, axis=1)
    return low, np.maximum.reduceat(np.maximum.reduceat(h, rows, axis=0), cols, axis=1)


def _height_step(ground: HeightGrid, zoom: int, low: Any, high: Any) -> float:
    """The finest power of two in which every tile of a level can code its heights."""
    across_m = 180 / 2**zoom * math.pi / 180 * EARTH_RADIUS_M
    span = math.ceil(across_m / (32 * ground.cell_m)) + 2
    if span >= max(low.shape):
        widest = max(float(high.max()), 0.0) - min(float(low.min()), 0.0)
    else:
        high, low = _running(np.maximum, high, span), _running(np.minimum, low, span)
        # Tiles over the edge also hold the mean height that the ground levels off to.
        widest = max(float((high - low).max()), _edge_range(ground))
    return max(FINEST_STEP_M, 2.0 ** math.ceil(math.log2(max(widest, 1e-3) / MAX_CODE)))


def _edge_range(ground: HeightGrid) -> float:
    h = ground.heights_m
    edge = np.concatenate([h[0], h[-1], h[:, 0], h[:, -1]])
    return float(edge.max() - edge.min())


def _running(choose: Any, values: Any, span: int) -> Any:
    """Maximum or minimum over windows of ``span`` × ``span`` that reach inside."""
    for axis in (0, 1):
        n = values.shape[axis]
        shifts = range(min(span, n))
        values = choose.reduce([np.take(values, np.minimum(np.arange(n) + s, n - 1), axis) for s in shifts])
    return values
