"""The look of the ground in rendered stills: the drawn map without its words, in daylight."""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.basemap.draw import Drawer
from tiles.basemap.mercator import EQUATOR_M, TILE_PX, Window, to_unit
from tiles.basemap.style import LIGHT, Style, hex_colour

FINEST, COARSEST = 18, 9
KEPT_TILES = 600
MOST_TILES = 160
"""Of a picture that needs more tiles the finest are left to the next coarser zoom."""
DAYLIGHT = (0.80, 0.79, 0.75)
"""The light map is paper; this brings it to the brightness of ground."""


def _day() -> Style:
    """The light map with asphalt for roads, kerbs for their casings, and darker greens."""
    asphalt, kerb = hex_colour("#a6a5a4"), hex_colour("#d9d6d0")
    road = {name: hex_colour("#c9b797") if name in ("track", "path") else asphalt for name in LIGHT.road}
    return replace(LIGHT, road=road, casing=dict.fromkeys(LIGHT.casing, kerb), border_alpha=0.0)


DAY = _day()


@dataclass(eq=False)
class GroundLook:
    """Colours of a drawn map at places; tiles are drawn when first needed and kept."""

    drawer: Drawer
    _kept: "OrderedDict[tuple[int, int, int], NDArray[np.uint8]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, lonlat: NDArray[np.float64], size_m: NDArray[np.float64]) -> NDArray[np.float32]:
        """Colours (n, 3; sRGB 0 to 1) at places (n, 2), each as wide as (n,) metres on the ground."""
        across, down = to_unit(lonlat[:, 0], lonlat[:, 1])
        lat = float(np.median(lonlat[:, 1]))
        finest_m = EQUATOR_M * math.cos(math.radians(lat)) / TILE_PX
        zoom = np.floor(np.log2(finest_m / np.maximum(size_m, 1e-3))).astype(np.int64).clip(COARSEST, FINEST)
        keys = self._keys(across, down, zoom)
        while len(np.unique(keys)) > MOST_TILES and zoom.max() > COARSEST:
            zoom = np.minimum(zoom, zoom.max() - 1)
            keys = self._keys(across, down, zoom)
        colours = np.empty((len(keys), 3), np.float32)
        named, which = np.unique(keys, return_inverse=True)
        order = np.argsort(which, kind="stable")
        cuts = np.searchsorted(which[order], np.arange(len(named) + 1))
        for number, key in enumerate(named.tolist()):
            rows = order[cuts[number] : cuts[number + 1]]
            z, x, y = key >> 40, (key >> 20) & 0xFFFFF, key & 0xFFFFF
            tile = self._tile(z, x, y)
            col = ((across[rows] * 2.0**z - x) * TILE_PX).astype(np.int64).clip(0, TILE_PX - 1)
            row = ((down[rows] * 2.0**z - y) * TILE_PX).astype(np.int64).clip(0, TILE_PX - 1)
            colours[rows] = tile[row, col]
        return np.asarray(colours * (np.array(DAYLIGHT) / 255), np.float32)

    @staticmethod
    def _keys(across: Any, down: Any, zoom: NDArray[np.int64]) -> NDArray[np.int64]:
        """Zoom, column and row of the tile of each place, in one number."""
        wide = np.exp2(zoom)
        x, y = (np.clip(at * wide, 0, wide - 1).astype(np.int64) for at in (across, down))
        return np.asarray((zoom << 40) | (x << 20) | y)

    def _tile(self, z: int, x: int, y: int) -> NDArray[np.uint8]:
        with self._lock:
            held = self._kept.get((z, x, y))
            if held is not None:
                self._kept.move_to_end((z, x, y))
                return held
        window = Window.tile(z, x, y)
        painter = self.drawer.painter
        if painter.covers(window):
            made = np.ascontiguousarray(painter.paint(window, DAY).bytes_rgb())
        else:
            made = np.broadcast_to(np.array(DAY.land, np.uint8), (TILE_PX, TILE_PX, 3))
        with self._lock:
            self._kept[z, x, y] = made
            while len(self._kept) > KEPT_TILES:
                self._kept.popitem(last=False)
        return made
