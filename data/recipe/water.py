"""Rivers and lakes as polygons, and the level of their surface."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from scipy.interpolate import CubicSpline, PchipInterpolator

from data.recipe.plan import Floats, Geometry, Plan


@dataclass(frozen=True)
class Water:
    """River, lake and islands in the plan's frame; ``line_m`` is the river's middle, downstream."""

    river: Geometry
    lake: Geometry
    line_m: Floats
    width_m: Floats

    @cached_property
    def all(self) -> Geometry:
        """Everything wet."""
        return shapely.union(self.river, self.lake)


def smooth_line(points_m: Floats, step_m: float) -> Floats:
    """A curve through the points (n, 2), with a vertex about every ``step_m``."""
    if len(points_m) < 3:
        length = float(np.hypot(*(points_m[-1] - points_m[0])))
        t = np.linspace(0, 1, max(2, int(length / step_m) + 1))[:, None]
        return np.asarray(points_m[0] * (1 - t) + points_m[-1] * t)
    # Centripetal parameters keep the curve from looping between points that lie close together.
    along = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(points_m, axis=0).T)))])
    length = float(np.hypot(*np.diff(points_m, axis=0).T).sum())
    return np.asarray(CubicSpline(along, points_m)(np.linspace(0, along[-1], int(length / step_m) + 2)))


def smooth_ring(points_m: Floats, step_m: float = 40.0) -> Geometry:
    """A closed smooth outline through the points."""
    closed = np.vstack([points_m, points_m[:1]])
    along = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(closed, axis=0).T)))])
    length = float(np.hypot(*np.diff(closed, axis=0).T).sum())
    curve = CubicSpline(along, closed, bc_type="periodic")(np.linspace(0, along[-1], int(length / step_m) + 2))
    return shapely.make_valid(shapely.polygons(curve))


def make_water(plan: Plan) -> Water:
    """Lay out the river with its varying width, the lake and the islands."""
    river = plan.river
    drawn = plan.metric(river["line"])
    line = smooth_line(drawn, 60.0)
    nearest = np.hypot(*(line[:, None] - drawn[None]).transpose(2, 0, 1)).argmin(axis=0)
    width = PchipInterpolator(nearest, river["width_m"])(np.arange(len(line)))
    wobble = plan.rng("river").standard_normal(len(line) // 12 + 3)
    width = width * (1 + 0.13 * np.interp(np.arange(len(line)) / 12, np.arange(wobble.size), wobble))
    heading = np.gradient(line, axis=0)
    normal = np.column_stack([-heading[:, 1], heading[:, 0]]) / np.hypot(*heading.T)[:, None]
    left, right = line + normal * width[:, None] / 2, line - normal * width[:, None] / 2
    quads = np.stack([left[:-1], left[1:], right[1:], right[:-1]], axis=1)
    pieces = np.concatenate([shapely.polygons(quads), shapely.buffer(shapely.points(line), width / 2)])
    bed = shapely.union_all(shapely.make_valid(pieces))
    islands = shapely.union_all([smooth_ring(plan.metric(i)) for i in river["islands"]])
    lake = smooth_ring(plan.metric(river["lake"])) if river["lake"] else shapely.Polygon()
    lake = shapely.difference(lake, islands)
    bed = shapely.simplify(shapely.difference(shapely.difference(bed, lake), islands), 2.0)
    return Water(bed, lake, line, width)


def water_level(plan: Plan, lat_deg: Floats) -> Floats:
    """Height of the water above the sea at a latitude: flat in the lake, falling with the river elsewhere."""
    at, level = np.asarray(plan.river["level"], float).T
    return np.asarray(np.interp(lat_deg, at, level))
