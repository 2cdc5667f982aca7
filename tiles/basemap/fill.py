"""Filling shapes with exact area coverage: the share of each pixel that a shape covers is its opacity.

Signed areas of the edges are summed (as font rasterisers do), so nothing is supersampled and tiles meet
without a seam. Rings run one way for outsides and the other for holes; shapes of one call that overlap
count once.
"""

from typing import Any

import numba
import numpy as np
import shapely
from numpy.typing import NDArray

Pixels = NDArray[np.float32]


def _bayer() -> Pixels:
    """Bayer's 8 × 8 matrix of thresholds, 0 to 1."""
    matrix = np.zeros((1, 1))
    for _ in range(3):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return ((matrix + 0.5) / 64).astype(np.float32)


_PATTERN = _bayer()


class Canvas:
    """A picture under the brush: ``pixels`` (height, width, 3) float32, 0 to 255."""

    def __init__(self, width: int, height: int, colour: tuple[float, float, float]) -> None:
        self.pixels: Pixels = np.empty((height, width, 3), np.float32)
        self.pixels[:] = colour
        self._sums = np.zeros((height, width + 2), np.float32)

    def fill(self, polygons: Any, colour: tuple[float, float, float], alpha: float = 1.0) -> None:
        """Cover polygons (pixel coordinates, y down) with a colour; together they count once."""
        parts = shapely.get_parts(np.atleast_1d(np.asarray(polygons, dtype=object)))
        parts = parts[shapely.get_dimensions(parts) == 2]
        if not len(parts):
            return
        rings = shapely.get_rings(shapely.orient_polygons(parts))
        places, ring = shapely.get_coordinates(rings, return_index=True)
        _sum_edges(self._sums, places, ring)
        _blend(self.pixels, self._sums, np.array(colour, np.float32), np.float32(alpha))

    def light(self, gain: Pixels) -> None:
        """Multiply the picture by a (height, width) gain."""
        self.pixels *= gain[..., None]

    def fade_to(self, colour: tuple[float, float, float], weight: Pixels) -> None:
        """Keep the picture where ``weight`` (height, width) is 1 and the colour where it is 0."""
        ground = np.array(colour, np.float32)
        self.pixels = ground + (self.pixels - ground) * weight[..., None]

    def bytes_rgb(self) -> NDArray[np.uint8]:
        """The picture as 8-bit red, green, blue, rounded up or down by a fixed pattern of 8 × 8 pixels.

        The dark land has so few steps that plain rounding would show them as bands.
        """
        height, width, _ = self.pixels.shape
        pattern = np.tile(_PATTERN, (-(-height // 8), -(-width // 8)))[:height, :width, None]
        rounded: NDArray[np.uint8] = np.clip(self.pixels + pattern, 0, 255).astype(np.uint8)
        return rounded


@numba.njit(cache=True, nogil=True)
def _sum_edges(sums: Any, places: Any, ring: Any) -> None:
    height = sums.shape[0]
    width = sums.shape[1] - 2
    for i in range(len(places) - 1):
        if ring[i] == ring[i + 1]:
            _edge(sums, width, height, places[i, 0], places[i, 1], places[i + 1, 0], places[i + 1, 1])


@numba.njit(cache=True, nogil=True)
def _edge(sums: Any, width: int, height: int, x0: float, y0: float, x1: float, y1: float) -> None:
    if y0 == y1:
        return
    sign = 1.0
    if y0 > y1:
        sign = -1.0
        x0, y0, x1, y1 = x1, y1, x0, y0
    if y1 <= 0 or y0 >= height:
        return
    slope = (x1 - x0) / (y1 - y0)
    if y0 < 0:
        x0, y0 = x0 - y0 * slope, 0.0
    y1 = min(y1, float(height))
    row = int(y0)
    while row < y1:
        top = max(y0, float(row))
        bottom = min(y1, float(row + 1))
        xa = x0 + (top - y0) * slope
        xb = x0 + (bottom - y0) * slope
        _span(sums, row, width, min(xa, xb), max(xa, xb), (bottom - top) * sign)
        row += 1


@numba.njit(cache=True, nogil=True)
def _span(sums: Any, row: int, width: int, left: float, right: float, area: float) -> None:
    """Spread the signed height of an edge within one row over the columns that it crosses."""
    if left >= width:
        return
    if right <= 0:
        sums[row, 0] += area
        return
    if left < 0 or right > width:
        whole = right - left
        if left < 0:
            sums[row, 0] += area * (-left / whole)
        clipped_left, clipped_right = max(left, 0.0), min(right, float(width))
        area *= (clipped_right - clipped_left) / whole
        left, right = clipped_left, clipped_right
    first = int(left)
    if right <= first + 1:
        middle = 0.5 * (left + right) - first
        sums[row, first] += area * (1 - middle)
        sums[row, first + 1] += area * middle
        return
    density = area / (right - left)
    before = 0.0
    column = first
    while column < right:
        a = max(left, float(column))
        b = min(right, float(column + 1))
        # what this stretch has covered by the right border of its column, and of all columns after
        inside = density * (b - a) * (column + 1 - 0.5 * (a + b))
        passed = density * (a - left) + inside
        sums[row, column] += passed - before
        before = passed
        column += 1
    sums[row, column] += area - before


@numba.njit(cache=True, nogil=True)
def _blend(pixels: Any, sums: Any, colour: Any, alpha: Any) -> None:
    """Lay the colour over the picture by coverage, and clear the sums for the next shape."""
    height, width, _ = pixels.shape
    for row in range(height):
        total = np.float32(0.0)
        for column in range(width + 2):
            total += sums[row, column]
            sums[row, column] = 0.0
            if column >= width:
                continue
            cover = min(abs(total), np.float32(1.0)) * alpha
            if cover > np.float32(0.001):
                for band in range(3):
                    pixels[row, column, band] += (colour[band] - pixels[row, column, band]) * cover
