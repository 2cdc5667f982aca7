"""Painting a window of the map: ground, land use, light, water, buildings, roads, borders; then labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.basemap.fill import Canvas
from tiles.basemap.fonts import FontBook, Label
from tiles.basemap.lines import dashes
from tiles.basemap.mercator import Window, metres_per_px, to_unit
from tiles.basemap.relief import Relief
from tiles.basemap.shapes import Layer
from tiles.basemap.style import (
    BORDER_ZOOM,
    BUILDING_ZOOM,
    FAMILY,
    FIRST_ZOOM,
    LARGE,
    ORDER,
    Colour,
    Style,
    casing_px,
    mixed,
    road_width_px,
)

_MARGIN_PX = 24.0
_FADE_SHARE = 0.035
"""Width of the fade at the city's edge, as a share of its shorter side."""
_STREAM_PX = {"river": 3.0, "canal": 2.4, "stream": 1.4, "ditch": 1.0, "drain": 1.0}


@dataclass(frozen=True, eq=False)
class Painter:
    """Paints windows of one city from its layers and relief.

    Attributes
    ----------
    extent : tuple of float
        West, south, east, north of the city in degrees; beyond it the map fades to plain land.
    """

    layers: Mapping[str, Layer]
    relief: Relief
    extent: tuple[float, float, float, float]

    def covers(self, window: Window) -> bool:
        """Whether any of the city is in the window."""
        west, north, east, south = self._extent_px(window)
        return west < window.width and east > 0 and north < window.height and south > 0

    def paint(self, window: Window, style: Style) -> Canvas:
        """Everything but the labels."""
        canvas = Canvas(window.width, window.height, style.land)
        light, share = self.relief.sample(window)
        canvas.pixels += (np.array(style.high, np.float32) - canvas.pixels) * share[..., None] ** 1.3
        self._land(canvas, window, style)
        canvas.light(1 + style.relief * light)
        self._water(canvas, window, style)
        if window.zoom >= BUILDING_ZOOM:
            self._buildings(canvas, window, style)
        self._roads(canvas, window, style)
        self._borders(canvas, window, style)
        canvas.fade_to(style.land, self._weight(window))
        return canvas

    def _extent_px(self, window: Window) -> tuple[float, float, float, float]:
        west, south, east, north = self.extent
        u, v = to_unit(np.array([west, east]), np.array([north, south]))
        (x0, y0), (x1, y1) = window.to_px(np.column_stack([u, v]))
        return float(x0), float(y0), float(x1), float(y1)

    def _weight(self, window: Window) -> NDArray[np.float32]:
        """1 within the city, falling smoothly to 0 at its edge and beyond."""
        west, north, east, south = self._extent_px(window)
        fade = max(_FADE_SHARE * min(east - west, south - north), 1.0)
        x, y = np.arange(window.width) + 0.5, np.arange(window.height) + 0.5
        across = _smooth(np.minimum(x - west, east - x) / fade)
        down = _smooth(np.minimum(y - north, south - y) / fade)
        weight: NDArray[np.float32] = (down[:, None] * across[None, :]).astype(np.float32)
        return weight

    def _land(self, canvas: Canvas, window: Window, style: Style) -> None:
        """Land use, wide backgrounds first; each family in one go."""
        layer = self.layers["landuse"]
        shapes, rows = layer.within(window, _MARGIN_PX)
        families = np.array([FAMILY.get(kind, "other") for kind in layer.values("kind", rows)])
        for wide in (True, False):
            for family in sorted({str(f) for f in families if (f in LARGE) == wide}):
                canvas.fill(shapes[families == family], style.kinds[family], style.kind_alpha)

    def _water(self, canvas: Canvas, window: Window, style: Style) -> None:
        layer = self.layers["water"]
        shapes, rows = layer.within(window, _MARGIN_PX)
        flat = shapely.get_dimensions(shapes) == 2
        grow = float(np.interp(window.zoom, [10, 14, 18], [0.25, 0.6, 1.0]))
        widths = [_STREAM_PX.get(kind, 1.4) * grow for kind in layer.values("kind", rows[~flat])]
        if len(widths):
            canvas.fill(_strokes(shapes[~flat], widths), style.water, 1.0)
        canvas.fill(shapes[flat], style.water)
        if window.zoom >= 9:
            edges = shapely.boundary(shapes[flat])
            canvas.fill(_strokes(edges, [1.1] * len(edges)), style.water_edge, 0.7)

    def _buildings(self, canvas: Canvas, window: Window, style: Style) -> None:
        shapes, _ = self.layers["buildings"].within(window, _MARGIN_PX)
        canvas.fill(shapes, style.building, 0.6 if window.zoom == BUILDING_ZOOM else 0.95)
        if window.zoom >= BUILDING_ZOOM + 2:
            edges = shapely.boundary(shapes)
            canvas.fill(_strokes(edges, [0.9] * len(edges)), style.building_edge, 0.9)

    def _roads(self, canvas: Canvas, window: Window, style: Style) -> None:
        """All casings below all carriageways, so that crossings are open."""
        layer = self.layers["roads"]
        shapes, rows = layer.within(window, _MARGIN_PX)
        px_m = metres_per_px(window.zoom, self.relief.frame.lat0)
        names = np.array(layer.values("class", rows), dtype=object)
        shown = np.array([window.zoom >= FIRST_ZOOM[name] for name in names], dtype=bool)
        shapes, names, rows = shapes[shown], names[shown], rows[shown]
        widths = np.array(
            [
                road_width_px(name, window.zoom, width, px_m)
                for name, width in zip(names, layer.values("width_m", rows), strict=True)
            ]
        )
        cased = widths + 2 * np.array([casing_px(width) for width in widths])
        for name in (n for n in ORDER if (names == n).any()):
            own = (names == name) & (cased > widths)
            canvas.fill(_strokes(shapes[own], cased[own]), style.casing[name], 0.9)
        for name in (n for n in ORDER if (names == n).any()):
            own = names == name
            middle = float(widths[own].mean())
            thin = float(np.clip(middle / 1.2, 0.55, 1.0))
            wide = style.wide_mix * float(np.clip((middle - 5) / 15, 0, 1))
            colour = mixed(style.road[name], style.land, wide)
            canvas.fill(_strokes(shapes[own], widths[own]), colour, thin)
            if name == "rail":
                self._sleepers(canvas, window, style, rows[own])

    def _sleepers(self, canvas: Canvas, window: Window, style: Style, rows: Any) -> None:
        """A railway is a dashed line in its casing's colour upon the plain one."""
        if window.zoom < 13:
            return
        whole = shapely.transform(self.layers["roads"].shapes[rows], window.to_px)
        pieces = dashes(whole, window.width, window.height, 7.0, 7.0)
        width = 0.5 * float(np.interp(window.zoom, [13, 16, 18], [1.2, 2.6, 4.0]))
        canvas.fill(_strokes(pieces, [width] * len(pieces), cap="flat"), style.casing["rail"])

    def _borders(self, canvas: Canvas, window: Window, style: Style) -> None:
        layer = self.layers["borders"]
        if not len(layer):
            return
        shapes, rows = layer.whole(window, _MARGIN_PX)
        levels = np.array(layer.values("level", rows), dtype=object)
        for level, (width, on, off) in _BORDERS.items():
            own = shapes[levels == level]
            if len(own) and window.zoom >= BORDER_ZOOM[level]:
                pieces = dashes(own, window.width, window.height, on, off)
                canvas.fill(_strokes(pieces, [width] * len(pieces), cap="flat"), style.border, style.border_alpha)


_BORDERS = {
    "city": (2.0, 14.0, 5.0),
    "district": (1.6, 10.0, 5.0),
    "street": (1.1, 6.0, 5.0),
    "community": (0.8, 2.5, 4.5),
}
"""Width, dash and gap of each level's border in pixels."""


def _smooth(share: Any) -> Any:
    t = np.clip(share, 0.0, 1.0)
    return t * t * (3 - 2 * t)


def _strokes(lines: Any, widths_px: Any, cap: Any = "round") -> NDArray[Any]:
    """Lines as polygons of a width each."""
    if not len(lines):
        return np.zeros(0, dtype=object)
    return np.asarray(
        shapely.buffer(lines, np.asarray(widths_px, float) / 2, quad_segs=4, cap_style=cap, join_style="round"),
        dtype=object,
    )


def letter(
    canvas: Canvas, window: Window, labels: Iterable[Label], book: FontBook, style: Style, block: tuple[int, int]
) -> None:
    """Lay the labels of a block (its north-west pixel given) over a window of it."""
    dx, dy = block[0] - window.left, block[1] - window.top
    halo = np.array(style.halo, np.float32)
    for label in labels:
        if not _near(label, window, dx, dy):
            continue
        stamp = book.stamp(label)
        colour: Colour = style.text[label.colour]
        _press(
            canvas.pixels, stamp.halo, stamp.letters, stamp.left + dx, stamp.top + dy, halo,
            np.array(colour, np.float32),
        )  # fmt: skip


def _near(label: Label, window: Window, dx: int, dy: int) -> bool:
    reach = (len(label.text) + 1) * (label.size_px + label.spacing_px)
    x, y = label.x + dx, label.y + dy
    return -reach < x < window.width + reach and -reach < y < window.height + reach


@numba.njit(cache=True, nogil=True)
def _press(pixels: Any, halo: Any, letters: Any, left: int, top: int, ground: Any, colour: Any) -> None:
    height, width, _ = pixels.shape
    for i in range(max(0, -top), min(halo.shape[0], height - top)):
        for j in range(max(0, -left), min(halo.shape[1], width - left)):
            under, over = halo[i, j] * np.float32(0.82), letters[i, j]
            if under == 0 and over == 0:
                continue
            for band in range(3):
                value = pixels[top + i, left + j, band]
                value += (ground[band] - value) * under
                pixels[top + i, left + j, band] = value + (colour[band] - value) * over
