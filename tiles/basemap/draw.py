"""Drawing tiles of the map, and drawing the first zooms ahead when a city is built."""

import io
import json
import os
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tiles.basemap.fonts import FONT_FOLDER, FontBook, Label
from tiles.basemap.labels import Layout
from tiles.basemap.mercator import BLOCK_PX, BLOCK_TILES, TILE_PX, Window, to_unit
from tiles.basemap.paint import Painter, letter
from tiles.basemap.prepare import make_layers
from tiles.basemap.relief import Relief, make_levels
from tiles.basemap.shapes import load_layers, save_layers
from tiles.basemap.style import LANGUAGES, STYLES, Style
from tiles.city import City
from tiles.errors import NotBuilt, TilesError
from tiles.footprints import Footprints
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.work import run

MIN_ZOOM, MAX_ZOOM = 5, 18
AHEAD_ZOOM = 13
"""Dark tiles with Chinese labels are drawn ahead from ``MIN_ZOOM`` to here; the rest on request."""
AHEAD = ("dark", "zh")
_FILE = "basemap.json"


class BadTile(TilesError):
    """A tile was asked for that cannot be: zoom, place, style or language outside what there is."""

    code = "bad-tile"
    text = "No map tile {z}/{x}/{y} in style {style!r} and language {lang!r}. {remedy}"


class Drawer:
    """Draws any tile of one city's map; holds its layers, fonts and label layouts.

    May be shared by threads: it only ever adds to caches.
    """

    def __init__(self, painter: Painter, book: FontBook) -> None:
        self.painter = painter
        self.book = book
        self._layouts = {lang: Layout(painter.layers, book, lang) for lang in LANGUAGES}
        self._labels = lru_cache(maxsize=256)(self._block_labels)

    @classmethod
    def open(cls, folder: Path, ground: HeightGrid, *, fonts: Path = FONT_FOLDER) -> "Drawer":
        """Open a basemap that ``make_basemap`` wrote, over the ground that it was made from."""
        try:
            words = json.loads((folder / _FILE).read_text())
        except OSError as missing:
            raise NotBuilt(folder=str(folder)) from missing
        frame = CityFrame(*words["frame"])
        relief = Relief.open(folder, ground, frame, words["relief"])
        return cls(Painter(load_layers(folder), relief, tuple(words["extent"])), FontBook(fonts))

    def tile(self, z: int, x: int, y: int, style: str = "dark", lang: str = "zh") -> bytes:
        """One tile as PNG; tiles without any of the city are plain.

        Raises
        ------
        BadTile
            Zoom outside 0..18, x or y outside the zoom, or an unknown style or language.
        """
        look = _checked(z, x, y, style, lang)
        window = Window.tile(z, x, y)
        if not self.painter.covers(window):
            return _plain(style)
        canvas = self.painter.paint(window, look)
        bx, by = x // BLOCK_TILES, y // BLOCK_TILES
        letter(canvas, window, self._labels(z, bx, by, lang), self.book, look, (bx * BLOCK_PX, by * BLOCK_PX))
        return encode(canvas.bytes_rgb())

    def _block_labels(self, z: int, bx: int, by: int, lang: str) -> tuple[Label, ...]:
        return self._layouts[lang].block(z, bx, by)


def _checked(z: int, x: int, y: int, style: str, lang: str) -> Style:
    remedy = ""
    if not 0 <= z <= MAX_ZOOM:
        remedy = f"Zooms are 0 to {MAX_ZOOM}."
    elif not (0 <= x < 1 << z and 0 <= y < 1 << z):
        remedy = f"x and y are 0 to {(1 << z) - 1} at this zoom."
    elif style not in STYLES:
        remedy = f"Styles are {', '.join(STYLES)}."
    elif lang not in LANGUAGES:
        remedy = f"Languages are {', '.join(LANGUAGES)}."
    if remedy:
        raise BadTile(z=z, x=x, y=y, style=style, lang=lang, remedy=remedy)
    return STYLES[style]


@lru_cache(maxsize=4)
def _plain(style: str) -> bytes:
    land = np.array(STYLES[style].land, np.uint8)
    return encode(np.broadcast_to(land, (TILE_PX, TILE_PX, 3)))


def encode(picture: Any) -> bytes:
    """A picture (height, width, 3) uint8 as PNG."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(out, "PNG", compress_level=6)
    return out.getvalue()


def make_basemap(  # noqa: PLR0913  (the build's contract)
    city: City,
    frame: CityFrame,
    ground: HeightGrid,
    vectors_dir: Path,
    footprints: Footprints,
    out: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None],
    fonts: Path = FONT_FOLDER,
) -> int:
    """Write the map's layers into ``out`` and draw the first zooms to ``out/dark/zh/{z}/{x}/{y}.png``.

    Returns the number of tiles drawn ahead. Tiles that are there already are kept, so a stopped build
    goes on where it was.
    """
    FontBook(fonts)
    out.mkdir(parents=True, exist_ok=True)
    if not (out / _FILE).exists():
        save_layers(out, make_layers(vectors_dir, footprints, frame))
        words = {
            "extent": list(city.extent),
            "frame": [frame.lon0, frame.lat0],
            "relief": make_levels(ground, out),
        }
        _write(out / _FILE, json.dumps(words).encode())
    blocks = [block for zoom in range(MIN_ZOOM, AHEAD_ZOOM + 1) for block in blocks_of(city.extent, zoom)]
    task = partial(draw_block, out, _opener(out, ground, fonts))
    run(task, blocks, workers=workers, progress=progress)
    return sum(len(tiles_of(block, city.extent)) for block in blocks)


Block = tuple[int, int, int]


def blocks_of(extent: tuple[float, float, float, float], zoom: int) -> list[Block]:
    """Blocks (zoom, x, y) that any of the extent is in."""
    west, south, east, north = extent
    u, v = to_unit(np.array([west, east]), np.array([north, south]))
    blocks = (1 << zoom) / BLOCK_TILES
    columns, rows = (u * blocks).astype(int), (v * blocks).astype(int)
    return [(zoom, bx, by) for by in range(rows[0], rows[1] + 1) for bx in range(columns[0], columns[1] + 1)]


def tiles_of(block: Block, extent: tuple[float, float, float, float]) -> list[tuple[int, int]]:
    """Tiles x, y of a block that any of the extent is in."""
    zoom, bx, by = block
    west, south, east, north = extent
    u, v = to_unit(np.array([west, east]), np.array([north, south]))
    columns, rows = (u * (1 << zoom)).astype(int), (v * (1 << zoom)).astype(int)
    return [
        (x, y)
        for y in range(max(by * BLOCK_TILES, rows[0]), min((by + 1) * BLOCK_TILES, rows[1] + 1))
        for x in range(max(bx * BLOCK_TILES, columns[0]), min((bx + 1) * BLOCK_TILES, columns[1] + 1))
    ]


def _opener(out: Path, ground: HeightGrid, fonts: Path) -> Callable[[], Drawer]:
    """How a worker process opens its own drawer: the ground goes by its file's name where it has one."""
    file = getattr(ground.heights_m, "filename", None)
    stem = Path(file).with_suffix("") if file else None
    if stem is not None and stem.with_suffix(".json").exists():
        return partial(_opened, out, stem, fonts)
    return partial(Drawer.open, out, ground, fonts=fonts)


@lru_cache(maxsize=1)
def _opened(out: Path, stem: Path, fonts: Path) -> Drawer:
    return Drawer.open(out, HeightGrid.load(stem), fonts=fonts)


def draw_block(out: Path, opener: Callable[[], Drawer], block: Block) -> None:
    """Draw the tiles of a block that are not there yet."""
    drawer = opener()
    style, lang = AHEAD
    zoom = block[0]
    folder = out / style / lang / str(zoom)
    wanted = {(x, y): folder / str(x) / f"{y}.png" for x, y in tiles_of(block, drawer.painter.extent)}
    wanted = {place: file for place, file in wanted.items() if not file.exists()}
    for (x, y), file in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, drawer.tile(zoom, x, y, style, lang))


def _write(file: Path, content: bytes) -> None:
    """Write beside and rename: a reader never sees half a file."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(file)
