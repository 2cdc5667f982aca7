"""Administrative areas at four levels, each covering its parent: cells around centres, cut to drawn outlines."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.recipe.plan import Division, Floats, Geometry, Plan, read_divisions

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


def make_areas(plan: Plan) -> list[Area]:
    """Cut the city into districts, streets and communities; parts outside the extent are left out."""
    divisions = read_divisions()
    by_level = {level: [d for d in divisions if d.level == level] for level in ("district", "street", "community")}
    streets = {s.code: s for s in by_level["street"]}
    window = _window(plan)
    areas: list[Area] = []
    whole: list[Geometry] = []
    for district_code, outline in _districts(plan).items():
        district = next(d for d in by_level["district"] if d.code == district_code)
        members = [c for c in by_level["community"] if streets[c.parent].parent == district_code]
        outline = shapely.intersection(outline, window)
        if outline.is_empty:
            continue
        cells = _cells(_centres(plan, members, streets), outline)
        found = [(c, cell) for c, cell in zip(members, cells, strict=True) if not cell.is_empty]
        lower = [Area(c.code, c.name, c.name_en, c.level, c.parent, cell) for c, cell in found]
        middle = [
            Area(code, streets[code].name, streets[code].name_en, "street", district_code,
                 shapely.union_all([a.outline for a in lower if a.parent == code]))
            for code in sorted({a.parent for a in lower})
        ]  # fmt: skip
        whole.append(outline)
        areas += [Area(district.code, district.name, district.name_en, "district", "150300",
                       shapely.union_all([a.outline for a in lower])), *middle, *lower]  # fmt: skip
    city = next(d for d in divisions if d.level == "city")
    return [Area(city.code, city.name, city.name_en, "city", "", shapely.union_all(whole)), *areas]


def _window(plan: Plan) -> Geometry:
    west, south, east, north = plan.extent
    return shapely.polygons(plan.metric([[west, south], [east, south], [east, north], [west, north]]))


def _cells(centres: Floats, outline: Geometry) -> list[Geometry]:
    """Voronoi cells of the centres, in their order, cut to the outline; borders a little bent, not ruled."""
    found = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=outline))
    tree = shapely.STRtree(found)
    point, cell = tree.query(shapely.points(centres), predicate="intersects")
    order = np.empty(len(centres), int)
    order[point] = cell
    cut = shapely.intersection(found[order], outline)
    return [_polygonal(c) for c in cut]


def _polygonal(shape: Geometry) -> Geometry:
    """Only the polygons of a shape: cutting may leave lines and points behind."""
    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_type_id(parts) == 3]
    return shapely.union_all(parts) if len(parts) else shapely.Polygon()


class AreaFinder:
    """Which community (and street, district) a place lies in."""

    def __init__(self, areas: list[Area]) -> None:
        self._communities = [a for a in areas if a.level == "community"]
        self._tree = shapely.STRtree([a.outline for a in self._communities])

    def communities(self, x_m: Floats, y_m: Floats) -> list[Area | None]:
        """The community of each place, None outside the city."""
        found: list[Area | None] = [None] * len(x_m)
        points, cells = self._tree.query(shapely.points(x_m, y_m), predicate="intersects")
        for point, cell in zip(points[::-1], cells[::-1], strict=True):
            found[point] = self._communities[cell]
        return found
