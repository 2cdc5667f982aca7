"""Web Mercator: the unit square of the whole world, pixels at a zoom, and windows of pixels.

``u`` runs east and ``v`` runs south, both from 0 to 1; a pixel place at zoom z is ``u · 256 · 2^z``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

TILE_PX = 256
BLOCK_TILES = 4
BLOCK_PX = TILE_PX * BLOCK_TILES
"""Labels are laid out in blocks of 4 × 4 tiles, and never cross a block's border."""
MAX_LAT_DEG = 85.0511287798066
EQUATOR_M = 40075016.685578488


def to_unit(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Longitude and latitude in degrees to the unit square."""
    phi = np.radians(np.clip(np.asarray(lat, float), -MAX_LAT_DEG, MAX_LAT_DEG))
    return (np.asarray(lon, float) + 180.0) / 360.0, 0.5 - np.arcsinh(np.tan(phi)) / (2 * np.pi)


def to_lonlat(u: ArrayLike, v: ArrayLike) -> tuple[Any, Any]:
    """The unit square back to degrees."""
    phi = np.arctan(np.sinh((0.5 - np.asarray(v, float)) * 2 * np.pi))
    return np.asarray(u, float) * 360.0 - 180.0, np.degrees(phi)


def world_px(zoom: int) -> float:
    """Width of the world at a zoom, in pixels."""
    return float(TILE_PX << zoom)


def metres_per_px(zoom: int, lat: float) -> float:
    """Ground size of a pixel at a latitude."""
    return float(EQUATOR_M * np.cos(np.radians(lat)) / world_px(zoom))


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels of the world at a zoom; ``left, top`` is its north-west corner."""

    zoom: int
    left: int
    top: int
    width: int
    height: int

    @classmethod
    def tile(cls, zoom: int, x: int, y: int, tiles: int = 1) -> "Window":
        """The window of ``tiles × tiles`` tiles from tile x, y on."""
        size = TILE_PX * tiles
        return cls(zoom, x * TILE_PX, y * TILE_PX, size, size)

    def bounds(self, margin_px: float = 0.0) -> tuple[float, float, float, float]:
        """Least u, v and greatest u, v, widened by a margin."""
        world = world_px(self.zoom)
        return (
            (self.left - margin_px) / world,
            (self.top - margin_px) / world,
            (self.left + self.width + margin_px) / world,
            (self.top + self.height + margin_px) / world,
        )

    def to_px(self, places: Any) -> Any:
        """Unit-square places (n, 2) to pixels from the window's corner."""
        return places * world_px(self.zoom) - np.array([self.left, self.top], float)
