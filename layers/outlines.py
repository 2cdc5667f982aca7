"""Which buildings stand at or near a place: footprints in a tree, in the city's metric frame."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.geodesy import Floats
from tiles.scene import Scene

Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Footprints as polygons (None for one without an outline) and a tree over them."""

    polygons: NDArray[np.object_]
    tree: shapely.STRtree

    def near(self, x_m: float, y_m: float, within_m: float) -> Integers:
        """Buildings whose footprint is no farther than that from a place, ascending."""
        found = self.tree.query(shapely.Point(x_m, y_m), predicate="dwithin", distance=within_m)
        return np.sort(np.asarray(found, np.intp))

    def pairs(self, places_m: Floats, within_m: float) -> tuple[Integers, Integers]:
        """All (place, building) pairs no farther than that from each other; places (n, 2)."""
        points: Any = shapely.points(places_m)
        found = self.tree.query(points, predicate="dwithin", distance=within_m)
        return np.asarray(found[0], np.intp), np.asarray(found[1], np.intp)

    def outside_m(self, places_m: Floats, building: Integers) -> Floats:
        """Distance from places (n, 2) to a footprint each; 0 inside."""
        points: Any = shapely.points(places_m)
        return np.asarray(shapely.distance(points, self.polygons[building]))

    def stands_on(self, x_m: float, y_m: float, building: int) -> bool:
        """Whether a place lies in a footprint, its edge included."""
        return bool(shapely.intersects_xy(self.polygons[building], x_m, y_m))


@lru_cache(maxsize=2)
def outlines_of(scene: Scene) -> Outlines:
    """The outlines of a scene's buildings; made once for each scene."""
    prisms = scene.prisms
    rings: list[list[Floats]] = [[] for _ in range(prisms.count)]
    for i, building in enumerate(prisms.ring_building):
        ring = prisms.vertices_m[prisms.ring_offsets[i] : prisms.ring_offsets[i + 1]]
        if len(ring) >= 3:
            rings[building].append(ring)
    polygons = np.array([_even_odd(some) for some in rings] or [None], dtype=object)[: len(rings)]
    return Outlines(polygons, shapely.STRtree(polygons))


def _even_odd(rings: list[Floats]) -> Any:
    """The area inside an odd number of rings."""
    if not rings:
        return None
    area: Any = shapely.Polygon(rings[0])
    for ring in rings[1:]:
        area = area.symmetric_difference(shapely.Polygon(ring))
    return area if area.is_valid else shapely.make_valid(area)
