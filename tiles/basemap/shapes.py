"""The map's shapes as stored in a basemap: one file of layers in the unit square of web Mercator.

Made once from the vectors and the footprints, opened by every drawer; per zoom, a layer is simplified
to a third of a pixel and indexed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from tiles.basemap.mercator import Window, to_unit, world_px
from tiles.errors import NotBuilt

FILE = "shapes.npz"
FULL_ZOOM = 14
"""From this zoom on shapes are drawn as they are."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Shapes of one kind with their text columns.

    Attributes
    ----------
    shapes : (n,) object
        shapely geometries in the unit square.
    columns : mapping of str to tuple
        One value a shape.
    """

    shapes: NDArray[Any] = field(repr=False)
    columns: Mapping[str, tuple[Any, ...]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.shapes)

    @lru_cache(maxsize=16)  # noqa: B019  (layers live as long as their drawer)
    def _at(self, zoom: int) -> tuple[NDArray[Any], STRtree]:
        if zoom >= FULL_ZOOM or not len(self):
            return self.shapes, STRtree(self.shapes)
        simple = shapely.simplify(self.shapes, 0.33 / world_px(zoom), preserve_topology=False)
        spoilt = ~shapely.is_valid(simple)
        simple[spoilt] = self.shapes[spoilt]
        return simple, STRtree(simple)

    def within(self, window: Window, margin_px: float) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Shapes that come near a window, cut to it, in its pixels; and their rows (repeated never)."""
        shapes, tree = self._at(min(window.zoom, FULL_ZOOM))
        bounds = window.bounds(margin_px)
        rows = np.sort(tree.query(shapely.box(*bounds)))
        cut = shapely.clip_by_rect(shapes[rows], *bounds)
        kept = ~shapely.is_empty(cut)
        return shapely.transform(cut[kept], window.to_px), rows[kept]

    def whole(self, window: Window, margin_px: float) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """As ``within``, but uncut, in the window's pixels: for what is measured from its start."""
        shapes, tree = self._at(min(window.zoom, FULL_ZOOM))
        rows = np.sort(tree.query(shapely.box(*window.bounds(margin_px))))
        return shapely.transform(shapes[rows], window.to_px), rows

    def values(self, column: str, rows: NDArray[np.int64]) -> list[Any]:
        """One column of some rows."""
        words = self.columns[column]
        return [words[row] for row in rows]


EMPTY = Layer(np.zeros(0, dtype=object), {})


def in_unit(shapes: Any) -> Any:
    """WGS 84 shapes to the unit square."""

    def forward(places: Any) -> Any:
        return np.column_stack(to_unit(places[:, 0], places[:, 1]))

    return shapely.transform(np.asarray(shapes, dtype=object), forward)


def save_layers(folder: Path, layers: Mapping[str, Layer]) -> None:
    """Write all layers into ``folder/shapes.npz``."""
    arrays: dict[str, Any] = {}
    for name, layer in layers.items():
        blobs: Any = shapely.to_wkb(layer.shapes) if len(layer) else []
        arrays[f"{name}.wkb"] = np.frombuffer(b"".join(blobs), np.uint8)
        arrays[f"{name}.ends"] = np.cumsum([len(blob) for blob in blobs], dtype=np.int64)
        words = json.dumps(dict(layer.columns), ensure_ascii=False).encode()
        arrays[f"{name}.columns"] = np.frombuffer(words, np.uint8)
    with (folder / FILE).open("wb") as file:
        np.savez(file, **arrays)


def load_layers(folder: Path) -> dict[str, Layer]:
    """All layers of a basemap, by name."""
    try:
        with np.load(folder / FILE) as arrays:
            names = {key.rsplit(".", 1)[0] for key in arrays.files}
            return {name: _layer(arrays, name) for name in sorted(names)}
    except OSError as missing:
        raise NotBuilt(folder=str(folder)) from missing


def _layer(arrays: Any, name: str) -> Layer:
    blob, ends = arrays[f"{name}.wkb"].tobytes(), arrays[f"{name}.ends"].tolist()
    pieces = [blob[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)] if ends else []
    shapes = np.array(shapely.from_wkb(pieces), dtype=object) if pieces else np.zeros(0, dtype=object)
    columns = json.loads(arrays[f"{name}.columns"].tobytes().decode())
    return Layer(shapes, {key: tuple(values) for key, values in columns.items()})
