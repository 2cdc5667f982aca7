"""Footprint polygons made sound: repaired, freed of slivers and doubles, and cut into rings.

Everything works on whole columns of shapely geometries in the metric frame.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]

LEAST_AREA_M2 = 1.0
"""A footprint smaller than this carries no building."""
LEAST_PART_M2 = 0.05
"""Crumbs that a repair leaves beside the footprint are dropped below this."""
STEP_M = 0.002
"""Corners closer than this are one corner."""
SAME_OVERLAP = 0.9
"""Two footprints that share this part of their union are the same building drawn twice."""


class Flaw(IntEnum):
    """Why an outline is not used as it came; ``REPAIRED`` ones are used."""

    NONE = 0
    REPAIRED = 1
    NO_GEOMETRY = 2
    NOT_A_POLYGON = 3
    NO_POSITION = 4
    SLIVER = 5
    DOUBLE = 6


@dataclass(frozen=True, eq=False)
class Rings:
    """Open rings of many polygons: outer counter-clockwise, each followed by its holes, clockwise."""

    vertices_m: NDArray[np.float64]
    ring_offsets: NDArray[np.int64]
    ring_building: NDArray[np.int32]


def to_metric(
    geometry: Geometries, convert: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> tuple[Geometries, NDArray[np.bool_]]:
    """Outlines in the metric frame, and which of them have a corner without a position (left empty)."""
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    moved = convert(coordinates) if len(coordinates) else coordinates
    lost = np.zeros(len(geometry), dtype=bool)
    lost[owner[np.isnan(moved).any(axis=1)]] = True
    metric = shapely.set_coordinates(geometry.copy(), np.nan_to_num(moved))
    metric[lost] = None
    return metric, lost


def mend(geometry: Geometries, lost: NDArray[np.bool_]) -> tuple[Geometries, NDArray[np.int8]]:
    """Sound polygons or multipolygons (None where there are none) and each row's ``Flaw``."""
    flaw = np.zeros(len(geometry), dtype=np.int8)
    kind = shapely.get_type_id(geometry)
    flaw[(kind == -1) | shapely.is_empty(geometry)] = Flaw.NO_GEOMETRY
    flaw[(kind >= 0) & ~np.isin(kind, (3, 6, 7)) & (flaw == 0)] = Flaw.NOT_A_POLYGON
    flaw[lost] = Flaw.NO_POSITION
    sound = _only(flaw == 0, geometry)
    broken = (flaw == 0) & ~(shapely.is_valid(sound) & np.isin(shapely.get_type_id(sound), (3, 6)))
    sound[broken] = _polygons_only(shapely.make_valid(sound[broken], method="structure"))
    sound[flaw == 0] = _without_crumbs(sound[flaw == 0])
    flaw[broken] = Flaw.REPAIRED
    thin = (flaw <= Flaw.REPAIRED) & (shapely.area(sound) < LEAST_AREA_M2)
    was_area = np.isin(kind, (3, 6))
    flaw[thin] = np.where(was_area[thin], Flaw.SLIVER, Flaw.NOT_A_POLYGON)
    sound[flaw > Flaw.REPAIRED] = None
    return sound, flaw


def _only(mask: NDArray[np.bool_], geometry: Geometries) -> Geometries:
    kept: Geometries = np.full(len(geometry), None, dtype=object)
    kept[mask] = geometry[mask]
    return kept


def _polygons_only(geometry: Geometries) -> Geometries:
    """The areal part of each geometry; a collection keeps its polygons, a line nothing."""
    areal = np.isin(shapely.get_type_id(geometry), (3, 6))
    kept = _only(areal, geometry)
    for i in np.flatnonzero(~areal & (shapely.get_type_id(geometry) >= 0)):
        parts = shapely.get_parts(shapely.get_parts(geometry[i]))
        kept[i] = shapely.union_all(parts[shapely.get_type_id(parts) == 3])
    return kept


def _without_crumbs(geometry: Geometries) -> Geometries:
    """Multipolygons without parts below ``LEAST_PART_M2``; single parts as polygons."""
    several = np.flatnonzero(shapely.get_num_geometries(geometry) > 1)
    for i in several:
        parts = shapely.get_parts(geometry[i])
        large = parts[shapely.area(parts) >= LEAST_PART_M2]
        geometry[i] = shapely.multipolygons(large) if len(large) > 1 else large[0] if len(large) else None
    return geometry


def doubles(geometry: Geometries) -> NDArray[np.bool_]:
    """Mask of outlines that draw the same building as an earlier row (``SAME_OVERLAP`` of the union)."""
    tree = shapely.STRtree(geometry)
    first, second = tree.query(geometry, predicate=None)
    later = first < second
    first, second = first[later], second[later]
    area = shapely.area(geometry)
    alike = np.minimum(area[first], area[second]) >= SAME_OVERLAP * np.maximum(area[first], area[second])
    first, second = first[alike], second[alike]
    bounds = shapely.bounds(geometry)
    low = np.maximum(bounds[first, :2], bounds[second, :2])
    high = np.maximum(np.minimum(bounds[first, 2:], bounds[second, 2:]), low)
    common = np.prod(high - low, axis=1)
    near = common >= SAME_OVERLAP * np.maximum(area[first], area[second])
    first, second = first[near], second[near]
    shared = shapely.area(shapely.intersection(geometry[first], geometry[second]))
    same = shared >= SAME_OVERLAP * (area[first] + area[second] - shared)
    mask = np.zeros(len(geometry), dtype=bool)
    mask[second[same]] = True
    return mask


def rings(geometry: Geometries) -> Rings:
    """Cut sound polygons and multipolygons into rings."""
    polygons, building = shapely.get_parts(geometry, return_index=True)
    polygons = shapely.orient_polygons(polygons, exterior_cw=False)
    closed, polygon = shapely.get_rings(polygons, return_index=True)
    vertices, ring = shapely.get_coordinates(closed, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, dtype=bool)
    vertices, ring = vertices[~last], ring[~last]
    kept = _apart(vertices, ring, len(closed))
    lengths = np.bincount(ring[kept], minlength=len(closed))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Rings(vertices[kept], offsets, building[polygon].astype(np.int32))


def _apart(vertices: NDArray[np.float64], ring: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Corners at least ``STEP_M`` from the one before; rings that this would destroy keep all of theirs."""
    lengths = np.bincount(ring, minlength=count)
    before = np.arange(len(ring)) - 1
    starts = np.cumsum(lengths) - lengths
    before[starts] = starts + lengths - 1
    apart: NDArray[np.bool_] = np.linalg.norm(vertices - vertices[before], axis=1) >= STEP_M
    spared = np.bincount(ring[apart], minlength=count) < 3
    return apart | spared[ring]
