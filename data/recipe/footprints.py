"""Footprint polygons from shapes, and which of them may stand: on their land, apart, off roads and water."""

import numpy as np
import shapely
from numpy.typing import NDArray

from data.recipe.blocks import Block
from data.recipe.layouts import LAYOUTS, Shape
from data.recipe.plan import Floats, Plan

Ints = NDArray[np.int64]
_GAP_M = 1.4
_UNIT: dict[str, list[tuple[float, float]]] = {
    "rect": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "ell": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.1), (-0.08, 0.1), (-0.08, 0.5), (-0.5, 0.5)],
    "you": [(-0.5, -0.5), (-0.26, -0.5), (-0.26, 0.08), (0.26, 0.08), (0.26, -0.5), (0.5, -0.5), (0.5, 0.5),
            (-0.5, 0.5)],
    "tee": [(-0.5, -0.1), (-0.22, -0.1), (-0.22, -0.5), (0.22, -0.5), (0.22, -0.1), (0.5, -0.1), (0.5, 0.5),
            (-0.5, 0.5)],
    "notch": [(-0.5, -0.38), (-0.16, -0.38), (-0.16, -0.5), (0.16, -0.5), (0.16, -0.38), (0.5, -0.38), (0.5, 0.42),
              (0.12, 0.42), (0.12, 0.5), (-0.12, 0.5), (-0.12, 0.42), (-0.5, 0.42)],
    "comb": [(-0.5, -0.4), (0.5, -0.4), (0.5, 0.4), (0.36, 0.4), (0.36, 0.5), (0.24, 0.5), (0.24, 0.4), (-0.24, 0.4),
             (-0.24, 0.5), (-0.36, 0.5), (-0.36, 0.4), (-0.5, 0.4)],
    "court": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "round": [(float(0.5 * np.cos(a)), float(0.5 * np.sin(a))) for a in np.linspace(0, 2 * np.pi, 20, endpoint=False)],
}  # fmt: skip
_HOLE = [(-0.24, -0.2), (-0.24, 0.2), (0.24, 0.2), (0.24, -0.2)]


def lay_out(plan: Plan, blocks: list[Block]) -> tuple[list[Shape], Ints, Floats]:
    """Fill all blocks: shapes, the block of each, and (n, 3) the block's centre (m) and angle (radians)."""
    shapes: list[Shape] = []
    owner: list[int] = []
    places: list[tuple[float, float, float]] = []
    for number, block in enumerate(blocks):
        if block.land.is_empty:
            continue
        rng = plan.rng(f"layout {block.town} {number}")
        turn = np.radians(block.angle_deg)
        ring = shapely.get_coordinates(block.land)
        back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        local = ring @ back
        # Two corners in from the farthest: the block's box must not follow one pointed corner.
        ordered = np.sort(local[:-1], axis=0)
        low, high = ordered[1], ordered[-2]
        size = high - low
        if size.min() < 24:
            continue
        centre = ((low + high) / 2) @ back.T
        made = LAYOUTS[block.kind](float(size[0]), float(size[1]), rng)
        shapes += made
        owner += [number] * len(made)
        places += [(float(centre[0]), float(centre[1]), float(turn))] * len(made)
    return shapes, np.array(owner), np.array(places).reshape(-1, 3)


def outlines(shapes: list[Shape], places: Floats) -> NDArray[np.object_]:
    """The polygons of the shapes at their places."""
    polygons = np.empty(len(shapes), object)
    box = np.array([(s.x, s.y, s.w, s.d, -1.0 if s.flip else 1.0) for s in shapes]).reshape(-1, 5)
    forms = np.array([s.form for s in shapes])
    for form, unit in _UNIT.items():
        at = np.flatnonzero(forms == form)
        if at.size:
            holes = None
            if form == "court":
                holes = np.asarray(shapely.linearrings(_placed(_HOLE, box[at], places[at])))[:, None]
            polygons[at] = shapely.polygons(shapely.linearrings(_placed(unit, box[at], places[at])), holes=holes)
    return polygons


def _placed(unit: list[tuple[float, float]], box: Floats, places: Floats) -> Floats:
    """Unit-box points (k, 2) scaled, moved and turned into (n, k, 2) metres."""
    points = np.array(unit)[None] * np.stack([box[:, 2] * box[:, 4], box[:, 3]], axis=1)[:, None]
    points = points + box[:, None, :2]
    cos, sin = np.cos(places[:, 2])[:, None], np.sin(places[:, 2])[:, None]
    x = points[..., 0] * cos - points[..., 1] * sin + places[:, None, 0]
    y = points[..., 0] * sin + points[..., 1] * cos + places[:, None, 1]
    return np.stack([x, y], axis=2)


def standing(
    polygons: NDArray[np.object_], owner: Ints, lands: NDArray[np.object_], barred: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Which polygons may stand: wholly on their block's land, off ``barred`` ground, and apart from earlier ones."""
    shapely.prepare(lands)
    good = shapely.contains_properly(lands[owner], polygons)
    if len(barred):
        _, hit = shapely.STRtree(polygons).query(barred, predicate="intersects")
        good[hit] = False
    kept = np.flatnonzero(good)
    first, second = shapely.STRtree(polygons[kept]).query(polygons[kept], predicate="dwithin", distance=_GAP_M)
    pairs = first < second
    order = np.lexsort((second[pairs], first[pairs]))
    gone = np.zeros(len(kept), bool)
    for a, b in zip(first[pairs][order], second[pairs][order], strict=True):
        if not gone[a]:
            gone[b] = True
    good[kept[gone]] = False
    return np.asarray(good)
