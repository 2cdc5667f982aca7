"""Administrative areas at four levels, cells around centres, cut to drawn outlines and to shores."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.recipe.plan import Division, Floats, Geometry, Plan, read_divisions
from data.recipe.water import Water

Faces = NDArray[np.object_]
_GRID_M = 0.01
_SHORE_M = 6.0
"""Shores are followed as closely as this."""
_GOLDEN = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True)
class Area:
    """One area; ``outline`` in metres. ``parent`` is the code of the area that holds it."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str
    outline: Geometry


def _districts(plan: Plan) -> dict[str, Geometry]:
    """The three districts: the drawn city outline, cut by drawn polygons; what is left is 海勃湾."""
    rest = shapely.make_valid(shapely.polygons(plan.metric(plan.outline)))
    cut = {}
    for code, ring in plan.inside.items():
        piece = shapely.intersection(rest, shapely.make_valid(shapely.polygons(plan.metric(ring))))
        cut[code] = piece
        rest = shapely.difference(rest, piece)
    return {"150302": rest, **cut}


def _centres(plan: Plan, communities: list[Division], streets: dict[str, Division]) -> Floats:
    """A centre for each community: as drawn, else on a spiral around its street's centre."""
    turn: dict[str, int] = {}
    sisters = {s: sum(c.parent == s for c in communities) for s in streets}
    centres = []
    for community in communities:
        street = streets[community.parent]
        if np.isfinite(community.lon):
            centres.append(plan.metric([community.lon, community.lat])[0])
            continue
        i = turn[street.code] = turn.get(street.code, -1) + 1
        radius = street.spread_m * np.sqrt((i + 0.4) / sisters[street.code]) * 0.8
        angle = i * _GOLDEN + int(street.code[-3:])
        centres.append(plan.metric([street.lon, street.lat])[0] + radius * np.array([np.cos(angle), np.sin(angle)]))
    return np.array(centres)


def make_areas(plan: Plan, water: Water) -> list[Area]:
    """Cut the city into districts, streets and communities; parts outside the extent are left out.

    All levels are put together from the same faces, so a border that two levels share is the same line in
    both. Districts and streets reach over water, communities do not.
    """
    divisions = read_divisions()
    communities = [d for d in divisions if d.level == "community"]
    streets = {d.code: d for d in divisions if d.level == "street"}
    window = _window(plan)
    districts = {
        code: piece
        for code, shape in _districts(plan).items()
        if not (piece := shapely.intersection(shape, window)).is_empty
    }
    homes = {
        code: np.array([i for i, c in enumerate(communities) if streets[c.parent].parent == code]) for code in districts
    }
    centres = _centres(plan, communities, streets)
    faces = _faces(districts, {code: centres[homes[code]] for code in districts}, water)
    points = shapely.point_on_surface(faces)
    pieces: dict[str, list[Geometry]] = {}
    for district, outline in districts.items():
        mine = np.flatnonzero(shapely.contains(outline, points))
        away = centres[homes[district]][None] - shapely.get_coordinates(points[mine])[:, None]
        nearest = homes[district][np.hypot(*away.T).T.argmin(axis=1)]
        home = np.array([communities[i].code for i in nearest])
        street = np.array([communities[i].parent for i in nearest])
        lake = shapely.contains(_filled(water.lake), points[mine])
        wet = lake | shapely.contains(water.river, points[mine])
        if lake.any():
            street[lake] = _lakeside(faces[mine], street, wet)
        for k, face in enumerate(faces[mine]):
            codes = ("150300", district, street[k]) + (() if wet[k] else (home[k],))
            for code in codes:
                pieces.setdefault(str(code), []).append(face)
    return [
        Area(d.code, d.name, d.name_en, d.level, d.parent, _polygonal(shapely.coverage_union_all(pieces[d.code])))
        for level in ("city", "district", "street", "community")
        for d in divisions
        if d.level == level and d.code in pieces
    ]


def _faces(districts: dict[str, Geometry], centres: dict[str, Floats], water: Water) -> Faces:
    """The smallest pieces: bounded by district borders, by the middles between centres, and by shores."""
    shores = shapely.boundary(shapely.simplify(np.array([_filled(water.lake), water.river]), _SHORE_M))
    whole = shapely.union_all(list(districts.values()))
    lines = [shapely.boundary(d) for d in districts.values()] + list(shapely.intersection(shores, whole))
    for code, outline in districts.items():
        cells = shapely.voronoi_polygons(shapely.multipoints(centres[code]), extend_to=outline, only_edges=True)
        lines.append(shapely.intersection(cells, outline))
    noded = shapely.union_all([line for line in lines if not shapely.is_empty(line)], grid_size=_GRID_M)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def _filled(shape: Geometry) -> Geometry:
    """A shape without its holes: islands count as lake."""
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(shape))))


def _lakeside(faces: Faces, street: NDArray[np.str_], wet: NDArray[np.bool_]) -> str:
    """The street that the lake is counted to: of the streets and towns on its shore the one with the widest land.

    Its name then stands on land, where its people live. Development zones (codes from 400 on) own no lakes.
    """
    shore = [s for s in np.unique(street[wet]) if s[-3:] < "400"]
    land = [shapely.union_all(faces[(street == s) & ~wet]) for s in shore]
    reach = shapely.length(shapely.maximum_inscribed_circle(land, tolerance=20.0))
    return str(shore[int(np.argmax(reach))])


def _window(plan: Plan) -> Geometry:
    west, south, east, north = plan.extent
    return shapely.polygons(plan.metric([[west, south], [east, south], [east, north], [west, north]]))


def _polygonal(shape: Geometry) -> Geometry:
    """Only the polygons of a shape: cutting may leave lines and points behind."""
    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_type_id(parts) == 3]
    return shapely.union_all(parts) if len(parts) else shapely.Polygon()


class AreaFinder:
    """Which area a place lies in."""

    def __init__(self, areas: list[Area]) -> None:
        self._areas = {level: [a for a in areas if a.level == level] for level in ("street", "community")}
        self._trees = {level: shapely.STRtree([a.outline for a in members]) for level, members in self._areas.items()}

    def communities(self, x_m: Floats, y_m: Floats) -> list[Area | None]:
        """The community of each place, None outside the city and on water."""
        return self._find("community", x_m, y_m)

    def streets(self, x_m: Floats, y_m: Floats) -> list[Area | None]:
        """The street or town of each place, None outside the city."""
        return self._find("street", x_m, y_m)

    def _find(self, level: str, x_m: Floats, y_m: Floats) -> list[Area | None]:
        found: list[Area | None] = [None] * len(x_m)
        points, cells = self._trees[level].query(shapely.points(x_m, y_m), predicate="intersects")
        for point, cell in zip(points[::-1], cells[::-1], strict=True):
            found[point] = self._areas[level][cell]
        return found
