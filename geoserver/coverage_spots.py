"""Where coverage is thin, in the caller's words: blind spots, hexagons, and facades building by building."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geoserver.coverage_figures import stated
from geoserver.coverage_service import Known
from geoserver.derived import Derived
from geoserver.words import Lang
from layers.cameras.covering.footprint import BANDS
from layers.cameras.covering.steps import classes_of_steps
from layers.cameras.ladder import rungs
from layers.coverage.base import BUILT
from layers.coverage.blind import blind_spots
from layers.coverage.hexagons import hexagons_of, name_of, outline_of
from layers.coverage.layers import Shown, cells_of
from layers.coverage.runs import CELLS
from layers.coverage.sums import Sums
from tiles.facades import facades_of

MOST_SPOTS = 2_000
MOST_HEX_BLOCKS = {8: 10**9, 9: 10**9, 10: 4_000, 11: 1_000}
"""So many blocks at the most are put into hexagons at once; finer ones are asked for in a box."""
_LABELS = Derived(1_500)
"""Hexagons of the cells of blocks, which do not change with the cameras."""
Box = tuple[float, float, float, float]


def blind_answer(
    known: Known, shown: Shown, box: Box | None, area: str | None, limits: tuple[float, int], lang: Lang
) -> dict[str, Any]:
    """The largest blind spots as GeoJSON, each with its area and the nearest road."""
    least_m2, most = limits
    key = ("blind", shown, box, area, least_m2)
    spots = known.derived.get(key, lambda: _spots(known, shown, box, area, least_m2))
    features = [_spot(known, number, spot, lang) for number, spot in enumerate(spots[:most], 1)]
    whole = {"count": len(spots), "area_m2": round(sum(spot.area_m2 for spot in spots), 1)}
    return stated(known, shown.ladder, shown.step) | whole | {"type": "FeatureCollection", "features": features}


def blocks_in(known: Known, box: Box | None, outline: Any = None) -> list[int]:
    """Blocks of ground within a box in degrees, or a shape's bounds; all that are known without either."""
    if outline is not None:
        box = tuple(outline.bounds)
    if box is None:
        return sorted(known.tables)
    west, south, east, north = box
    x, y = known.ground.town.scene.to_metric([west, east, west, east], [south, south, north, north])
    chosen = known.ground.lattice.blocks_within(min(x), min(y), max(x), max(y))
    return [block for block in chosen.tolist() if block in known.tables]


def _spots(known: Known, shown: Shown, box: Box | None, area: str | None, least_m2: float) -> Any:
    outline = known.ground.town.area_shapes[area][1] if area else None
    found: dict[int, Any] = {}
    chosen = blocks_in(known, box, outline)
    for start in range(0, len(chosen), 500):
        part = chosen[start : start + 500]
        sums = dict(known.store.sums_of(part))
        for block, base in known.store.bases(part):
            if (base.flags & BUILT).any():
                found[block] = cells_of(shown, sums.get(block), base)
    spots = blind_spots(found, known.ground.lattice, least_m2)
    if outline is None:
        return spots
    places = np.array([spot.inside_m for spot in spots]).reshape(-1, 2)
    lon, lat = known.ground.town.scene.to_lonlat(places[:, 0], places[:, 1])
    inside = shapely.contains_xy(outline, lon, lat)
    return [spot for spot, held in zip(spots, inside, strict=True) if held]


def _spot(known: Known, number: int, spot: Any, lang: Lang) -> dict[str, Any]:
    town, plan = known.ground.town, known.ground.plan
    ring = shapely.transform(
        spot.outline, lambda p: np.round(np.stack(town.scene.to_lonlat(p[:, 0], p[:, 1]), axis=1), 7)
    )
    lon, lat = (float(v) for v in town.scene.to_lonlat(*spot.inside_m))
    codes = town.areas.codes(lon, lat)
    code = codes.get("community") or codes.get("street") or codes.get("district") or ""
    row = town.area_shapes[code][0] if code else {"name": "", "name_en": ""}
    road, away = None, None
    if len(plan.pieces):
        nearest = int(plan.road_tree.nearest(shapely.Point(spot.inside_m)))
        road, away = plan.roads[plan.road[nearest]], float(plan.pieces[nearest].distance(shapely.Point(spot.inside_m)))
    english = lang == "en"
    return {
        "type": "Feature",
        "id": number,
        "geometry": shapely.geometry.mapping(ring),
        "properties": {
            "area_m2": round(spot.area_m2, 1),
            "lon": round(lon, 7),
            "lat": round(lat, 7),
            "area": code,
            "area_name": (row["name_en"] if english else row["name"]) or row["name"],
            "road": road.id if road else None,
            "road_name": ((road.name_en if english else road.name) or road.name) if road else "",
            "road_m": round(away, 1) if away is not None else None,
        },
    }


def hexagon_rows(known: Known, resolution: int, box: Box | None, step: int) -> list[dict[str, Any]]:
    """Built-up ground by H3 cell: area, what is covered, blind, seen by one camera only, and cameras on average."""
    key = ("hexagons", resolution, box, step)
    return list(known.derived.get(key, lambda: _hexagons(known, resolution, box, step)))


def _hexagons(known: Known, resolution: int, box: Box | None, step: int) -> list[dict[str, Any]]:
    sums: dict[int, Any] = {}
    chosen = blocks_in(known, box)
    for start in range(0, len(chosen), 500):
        part = chosen[start : start + 500]
        counted = dict(known.store.sums_of(part))
        for block, base in known.store.bases(part):
            built = (base.flags & BUILT) > 0
            if built.any():
                _add_hexagons(known, resolution, (block, built, counted.get(block)), step, sums)
    m2 = known.ground.lattice.cell_m2
    return [
        {
            "h3": name_of(cell),
            "area_m2": float(row[0] * m2),
            "covered_m2": float(row[1] * m2),
            "blind_m2": float((row[0] - row[1]) * m2),
            "single_m2": float(row[2] * m2),
            "covered_share": round(float(row[1] / row[0]), 4),
            "mean_cameras": round(float(row[3] / row[0]), 3),
            "outline": outline_of(cell),
        }
        for cell, row in sorted(sums.items())
    ]


def _add_hexagons(
    known: Known, resolution: int, given: tuple[int, Any, Sums | None], step: int, sums: dict[int, Any]
) -> None:
    block, built, counted = given
    lattice, scene = known.ground.lattice, known.ground.town.scene
    key = (scene.version, lattice, block, resolution)
    held = _LABELS.get(key, lambda: hexagons_of(block, lattice, scene, resolution))
    count = counted.at_least(step) if counted is not None else np.zeros(CELLS, np.uint16)
    different, place = np.unique(held[built], return_inverse=True)
    own = count[built]
    columns = (np.ones(len(own)), own > 0, own == 1, own)
    rows = np.stack([np.bincount(place, weights=column, minlength=len(different)) for column in columns], axis=1)
    for cell, row in zip(different.tolist(), rows, strict=True):
        sums[cell] = sums.get(cell, 0.0) + row


def hexagon_features(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Hexagons as GeoJSON."""
    return [
        {
            "type": "Feature",
            "id": row["h3"],
            "geometry": {"type": "Polygon", "coordinates": [row["outline"]]},
            "properties": {name: value for name, value in row.items() if name != "outline"},
        }
        for row in rows
    ]


def building_rows(known: Known, ladder: str, step: int) -> list[dict[str, Any]]:
    """Facades building by building: how much of their length and area is seen, best class, most cameras on a piece.

    State: blind, single (whatever is seen of it, one camera sees), seen.
    """
    return list(known.derived.get(("buildings", ladder, step), lambda: _buildings(known, ladder, step)))


def _buildings(known: Known, ladder: str, step: int) -> list[dict[str, Any]]:
    scene, lattice = known.ground.town.scene, known.ground.lattice
    held = facades_of(scene)
    many = np.zeros(lattice.columns * BANDS + CELLS, np.uint16)
    best = np.zeros(len(many), np.uint8)
    for block, sums in known.store.sums_of(list(range(lattice.ground_blocks, lattice.blocks))):
        at = (block - lattice.ground_blocks) * CELLS
        stop = min(at + CELLS, len(many))
        many[at:stop], best[at:stop] = sums.at_least(step)[: stop - at], sums.best()[: stop - at]
    many_of, best_of = (array[: lattice.columns * BANDS].reshape(-1, BANDS) for array in (many, best))
    count = len(scene.footprints)
    owner, width, tall = held.building, held.width_m.astype(float), held.roof_m - held.foot_m
    seen = many_of > 0

    def summed(values: Any) -> Any:
        return np.bincount(owner, weights=values, minlength=count)

    length, area = summed(width), summed(width * tall)
    seen_length, seen_area = summed(width * seen.any(axis=1)), summed(width * tall * seen.mean(axis=1))
    most, top = np.zeros(count, int), np.zeros(count, int)
    np.maximum.at(most, owner, many_of.max(axis=1))
    np.maximum.at(top, owner, best_of.max(axis=1))
    names = [None, *(rung.id for rung in rungs(ladder))]
    number = classes_of_steps(ladder)
    return [
        {
            "building": scene.footprints.ids[b],
            "state": "blind" if most[b] == 0 else "single" if most[b] == 1 else "seen",
            "length_share": round(float(seen_length[b] / length[b]), 4),
            "area_share": round(float(seen_area[b] / area[b]), 4),
            "class": names[number[top[b]]] if top[b] >= step else None,
            "cameras": int(most[b]),
        }
        for b in np.flatnonzero(length > 0).tolist()
    ]
