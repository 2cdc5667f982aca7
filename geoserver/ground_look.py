"""The look of the ground in rendered stills: the drawn map without its words, in daylight."""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tiles.basemap.draw import Drawer
from tiles.basemap.mercator import EQUATOR_M, TILE_PX, Window, to_lonlat
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

    def __call__(self, places: NDArray[np.float64], size_m: NDArray[np.float64]) -> NDArray[np.float32]:
        """Colours (n, 3; sRGB 0 to 1) at places (n, 2; unit square of the web map), each as wide as (n,) metres."""
        across, down = places.T
        _, lat = to_lonlat(0.5, float(np.median(down)))
        finest_m = EQUATOR_M * math.cos(math.radians(float(lat))) / TILE_PX
        zoom = np.floor(np.log2(finest_m / np.maximum(size_m, 1e-3))).astype(np.int64).clip(COARSEST, FINEST)
        which, named = pd.factorize(self._keys(across, down, zoom))
        while len(named) > MOST_TILES and zoom.max() > COARSEST:
            zoom = np.minimum(zoom, zoom.max() - 1)
            which, named = pd.factorize(self._keys(across, down, zoom))
        atlas = np.stack([self._tile(key >> 40, (key >> 20) & 0xFFFFF, key & 0xFFFFF) for key in named.tolist()])
        wide = np.exp2(zoom) * TILE_PX
        col, row = ((at * wide).astype(np.int64) % TILE_PX for at in (across, down))
        return np.asarray(atlas[which, row, col] * (np.array(DAYLIGHT) / 255), np.float32)

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
