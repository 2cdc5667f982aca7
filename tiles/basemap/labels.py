"""Which names stand where: laid out block by block (4 × 4 tiles), most important first, none overlapping.

A label lies wholly within its block, so every tile of the block draws the same one and no tile's border
cuts a word that the neighbour does not go on with. The layout depends on zoom, block and language only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from tiles.basemap.fonts import FontBook, Label
from tiles.basemap.lines import along
from tiles.basemap.mercator import BLOCK_PX, Window, world_px
from tiles.basemap.shapes import Layer
from tiles.basemap.style import AREA_LABEL, BUILDING_NAME_ZOOM, FAMILY, GREEN, LABEL_ZOOM, ORDER

_CELL_PX = 4
_GAP_PX = 5.0
_SAME_NAME_PX = {"water": 800.0, "road": 330.0}
"""How far from each other labels of the same name stay, by colour; others 500."""
_EDGE_PX = 2.0

_PLACE_ZOOM = {
    "city": (5, 17), "town": (9, 15), "district": (9, 14), "suburb": (11, 14), "village": (12, 13),
    "peak": (11, 12), "mountain": (10, 13), "reservoir": (10, 13), "island": (11, 12), "station": (13, 12.5),
    "railway_station": (12, 13), "airport": (11, 13), "aerodrome": (11, 13), "square": (14, 12.5),
    "hospital": (15, 12.0), "university": (14, 12.5), "government": (15, 12.5), "park": (15, 12.0),
    "lake": (11, 13), "dam": (12, 12),
    "neighbourhood": (14, 12.5), "locality": (13, 12.5), "desert": (9, 14), "region": (8, 14),
}  # fmt: skip
"""First zoom and size of text of a kind of place; others from zoom 15 in 12 px."""
_PLACE_COLOUR = {"park": "green", "lake": "water", "reservoir": "water"}
_AREA_SIZE = {"city": 19.0, "district": 17.0, "street": 14.0, "community": 12.5}


@dataclass
class _Board:
    """What is taken in a block: cells of a few pixels, and where each name already stands."""

    taken: Any = field(default_factory=lambda: np.zeros((BLOCK_PX // _CELL_PX, BLOCK_PX // _CELL_PX), dtype=bool))
    names: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def place(self, label: Label, width: float, height: float) -> bool:
        """Take the label's box if it is free, within the block and not too near its own namesake."""
        apart = _SAME_NAME_PX.get(label.colour, 500.0)
        for x, y in self.names.get(label.text, ()):
            if np.hypot(label.x - x, label.y - y) < apart:
                return False
        cells = _cells(label, width, height)
        if cells is None or self.taken[cells].any():
            return False
        self.taken[cells] = True
        self.names.setdefault(label.text, []).append((label.x, label.y))
        return True


def _cells(label: Label, width: float, height: float) -> Any:
    """Cells under a label's box and the gap around it; None where the box leaves the block."""
    angle = np.radians(label.angle_deg)
    c, s = np.cos(angle), np.sin(angle)
    half_w, half_h = width / 2, height / 2
    reach_x, reach_y = abs(c) * half_w + abs(s) * half_h, abs(s) * half_w + abs(c) * half_h
    low, high = _EDGE_PX, BLOCK_PX - _EDGE_PX
    if not (reach_x + low <= label.x <= high - reach_x and reach_y + low <= label.y <= high - reach_y):
        return None
    a = np.linspace(-half_w - _GAP_PX, half_w + _GAP_PX, int((width + 2 * _GAP_PX) / 3) + 2)
    b = np.linspace(-half_h - _GAP_PX, half_h + _GAP_PX, int((height + 2 * _GAP_PX) / 3) + 2)
    across, down = np.meshgrid(a, b)
    x = label.x + c * across + s * down
    y = label.y - s * across + c * down
    last = BLOCK_PX // _CELL_PX - 1
    return tuple(np.clip((v / _CELL_PX).astype(int), 0, last) for v in (y, x))


@dataclass(frozen=True)
class Layout:
    """Lays out the labels of blocks from the map's layers, in one language."""

    layers: Mapping[str, Layer]
    book: FontBook
    language: str

    def block(self, zoom: int, x: int, y: int) -> tuple[Label, ...]:
        """Labels of block x, y at a zoom."""
        window = Window(zoom, x * BLOCK_PX, y * BLOCK_PX, BLOCK_PX, BLOCK_PX)
        board = _Board()
        done: list[Label] = []
        for attempts in self._wishes(window):
            for label, width, height in attempts:
                if board.place(label, width, height):
                    done.append(label)
        return tuple(done)

    def _wishes(self, window: Window) -> Iterator[Iterable[tuple[Label, float, float]]]:
        """Labels wished for, most important first."""
        spots = self._spots(window)
        yield [wish for weight, wish in spots if weight < 10]
        yield self._water(window)
        yield from self._roads(window, ("motorway", "trunk", "primary"))
        yield [wish for weight, wish in spots if 10 <= weight < 20]
        yield from self._roads(window, tuple(n for n in ORDER if n not in ("motorway", "trunk", "primary")))
        yield [wish for weight, wish in spots if weight >= 20]

    def _text(self, name: str, name_en: str) -> str:
        first, second = (name, name_en) if self.language == "zh" else (name_en, name)
        return next((text for text in (first, second) if text and self.book.can_draw(text)), "")

    def _spots(self, window: Window) -> list[tuple[float, tuple[Label, float, float]]]:
        layer = self.layers["spots"]
        shapes, rows = layer.within(window, 0)
        found = []
        for shape, row in zip(shapes, rows, strict=True):
            name, name_en, group, kind, size = (layer.columns[c][row] for c in _SPOT)
            look = _spot_look(group, kind, window.zoom)
            text = self._text(name, name_en) if look else ""
            if look is None or not text:
                continue
            weight, size_px, _, spacing = look
            width = self.book.width_px(text, size_px, spacing)
            side = size * world_px(window.zoom)
            if group != "place" and side < width * _ROOM.get(group, 0.9):
                continue
            found.append((weight - min(side, 4000) / 1e5, row, _nudged(text, shape, look, width)))
        found.sort(key=lambda item: item[:2])
        return [(weight, wish) for weight, _, wish in found]

    def _roads(self, window: Window, classes: tuple[str, ...]) -> Iterator[Iterable[tuple[Label, float, float]]]:
        layer = self.layers["names"]
        if not len(layer):
            return
        shapes, rows = layer.within(window, -_EDGE_PX)
        lengths = shapely.length(shapes)
        order = sorted(range(len(rows)), key=lambda i: (_rank(layer.columns["class"][rows[i]]), -lengths[i]))
        for i in order:
            row = rows[i]
            name = layer.columns["class"][row]
            if name not in classes or window.zoom < LABEL_ZOOM[name]:
                continue
            text = self._text(layer.columns["name"][row], layer.columns["name_en"][row])
            if text:
                size = 13.0 if name in ("motorway", "trunk", "primary") and window.zoom >= 13 else 12.0
                yield self._along(text, size, "road", shapes[i])

    def _along(self, text: str, size: float, colour: str, line: Any) -> Iterator[tuple[Label, float, float]]:
        spacing = 2.0 if self.language == "zh" else 0.4
        width = self.book.width_px(text, size, spacing)
        glyphs = len(text) if _is_han(text) else 0
        for run in along(line, width, glyphs):
            yield (
                Label(text, size, colour, run.x, run.y, run.angle_deg, spacing, run.steps),
                width + (6 if run.steps else 0),
                size * 1.25,
            )

    def _water(self, window: Window) -> Iterator[tuple[Label, float, float]]:
        layer = self.layers["water"]
        shapes, rows = layer.within(window, -_EDGE_PX)
        size = 14.0 if window.zoom >= 11 else 12.0
        for i in np.argsort(-shapely.area(shapes), kind="stable"):
            text = self._text(layer.columns["name"][rows[i]], layer.columns["name_en"][rows[i]])
            if not text:
                continue
            if shapely.get_dimensions(shapes[i]) == 1:
                if window.zoom >= 13:
                    yield from self._along(text, 12.0, "water", shapes[i])
                continue
            wish = self._in_water(text, size, shapes[i])
            if wish:
                yield wish

    def _in_water(self, text: str, size: float, shape: Any) -> tuple[Label, float, float] | None:
        """A name in the widest place of a piece of water, turned along it."""
        parts = shapely.get_parts(shape)
        largest = parts[int(np.argmax(shapely.area(parts)))]
        if shapely.area(largest) < 400 or not largest.is_valid:
            return None
        circle = shapely.maximum_inscribed_circle(largest, tolerance=2.0)
        radius = shapely.length(circle)
        if radius < size * 0.62:
            return None
        spacing = 6.0 if self.language == "zh" else 1.5
        width = self.book.width_px(text, size, spacing)
        (x, y), *_ = shapely.get_coordinates(circle)
        angle = 0.0 if radius > width / 2 else _bearing_of(largest, x, y, width)
        steps: tuple[tuple[float, float], ...] = ()
        if abs(angle) > 50 and _is_han(text):
            pace = np.arange(len(text)) - (len(text) - 1) / 2
            along_y = pace * (size + spacing)
            steps = tuple((float(x + t / np.tan(np.radians(-angle))), float(y + t)) for t in along_y)
        return Label(text, size, "water", float(x), float(y), angle, spacing, steps), width, size * 1.25


_SPOT = ("name", "name_en", "group", "kind", "size")
_ROOM = {"city": 0.0, "district": 0.8, "street": 0.9, "community": 1.0, "landuse": 1.0, "building": 0.9}
"""Share of a label's width that its shape must at least be wide."""


def _spot_look(group: str, kind: str, zoom: int) -> tuple[float, float, str, float] | None:
    """Weight (small is important), size of text, colour and spacing of a spot; None where not shown."""
    if group in AREA_LABEL:
        first, last = AREA_LABEL[group]
        if not first <= zoom <= last:
            return None
        weight = {"city": 0, "district": 1, "street": 11, "community": 21}[group]
        return weight, _AREA_SIZE[group], group, {"city": 4.0, "district": 4.0}.get(group, 2.0)
    if group == "place":
        first, size = _PLACE_ZOOM.get(kind, (15, 12.0))
        weight = 2 if first <= 11 else 12 if first <= 13 else 22
        return (weight, float(size), _PLACE_COLOUR.get(kind, "place"), 0.5) if zoom >= first else None
    if group == "landuse":
        colour = "green" if FAMILY.get(kind, "other") in GREEN else "zone"
        return (23, 12.0, colour, 0.5) if zoom >= 12 else None
    return (25, 11.5, "building", 0.0) if zoom >= BUILDING_NAME_ZOOM else None


def _nudged(text: str, shape: Any, look: tuple[float, float, str, float], width: float) -> tuple[Label, float, float]:
    """A level label at a point, moved inward by at most half its size where the block ends."""
    _, size, colour, spacing = look
    height = size * 1.3
    half_w, half_h = width / 2 + _EDGE_PX + 1, height / 2 + _EDGE_PX + 1
    x = float(np.clip(shape.x, half_w, BLOCK_PX - half_w))
    y = float(np.clip(shape.y, half_h, BLOCK_PX - half_h))
    return Label(text, size, colour, x, y, 0.0, spacing), width, height


def _bearing_of(shape: Any, x: float, y: float, width: float) -> float:
    """Direction in which a shape runs near a place, degrees counter-clockwise, −90 to 90."""
    near = shapely.intersection(shape, shapely.Point(x, y).buffer(max(width * 0.75, 40.0)))
    corners = shapely.get_coordinates(shapely.oriented_envelope(near))
    sides = np.diff(corners[:3], axis=0)
    dx, dy = sides[int(np.argmax(np.hypot(*sides.T)))]
    angle = float(np.degrees(np.arctan2(-dy, dx)))
    return (angle + 90.0) % 180.0 - 90.0


def _rank(name: str) -> int:
    return -ORDER.index(name)


def _is_han(text: str) -> bool:
    return all("㐀" <= character <= "鿿" for character in text)
