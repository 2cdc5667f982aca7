"""Figures of the city's coverage in the caller's words: areas, roads, hexagons, buildings, blind spots; tables too."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geoserver.coverage_answers import class_name
from geoserver.coverage_service import CityCoverage, Known
from geoserver.derived import Derived
from geoserver.words import Lang, say
from layers.cameras.footprint import BANDS
from layers.cameras.ladder import rungs
from layers.cameras.steps import classes_of_steps
from layers.coverage.base import BUILT
from layers.coverage.blind import blind_spots
from layers.coverage.figures import ZONES, by_class, cameras, cells, reached, single
from layers.coverage.hexagons import hexagons_of, name_of, outline_of
from layers.coverage.layers import LAYERS, Shown, cells_of, legend
from layers.coverage.runs import CELLS
from layers.coverage.sums import Sums
from tiles.facades import facades_of

MOST_SPOTS = 2_000
MOST_HEX_BLOCKS = {8: 10**9, 9: 10**9, 10: 4_000, 11: 1_000}
"""So many blocks at the most are put into hexagons at once; finer ones are asked for in a box."""
_LABELS = Derived(1_500)
"""Hexagons of the cells of blocks, which do not change with the cameras."""
Box = tuple[float, float, float, float]


def state_answer(coverage: CityCoverage, ladder: str, step: int, lang: Lang) -> dict[str, Any]:
    """How far it is, what it counts, the city's figures, and what the map's colours mean."""
    at = coverage.progress
    progress = {
        "state": at.state,
        "text": say(lang, "command", f"coverage-{at.state}", {}),
        "done": at.done,
        "total": at.total,
    }
    found: dict[str, Any] = {
        "current": coverage.is_current,
        "progress": progress,
        "ladder": ladder,
        "min_class": _rung(ladder, step).id,
        "legend": {layer: _legend(layer, ladder, lang) for layer in LAYERS},
        "version": None,
        "city_version": None,
        "cell_m": None,
        "cameras": None,
        "figures": None,
        "bytes": None,
    }
    if not coverage.is_known:
        return found
    known = coverage.known
    left = [
        {"reason": reason, "text": say(lang, "reason", f"coverage-{reason}", {}), "count": count}
        for reason, count in known.left_out.items()
    ]
    whole = known.totals.by_area.sum(axis=0)
    return found | {
        "version": known.version,
        "city_version": known.ground.town.scene.version,
        "cell_m": known.ground.lattice.cell_m,
        "cameras": {"included": known.included, "faulty": known.faulty, "left_out": left},
        "figures": {zone: _figures(known, whole[k], ladder, step) for k, zone in enumerate(ZONES)},
        "bytes": known.store.nbytes,
    }


def _legend(layer: Any, ladder: str, lang: Lang) -> list[dict[str, Any]]:
    found = []
    for one in legend(layer, ladder):
        entry: dict[str, Any] = {
            "value": one.value,
            "colour": one.colour,
            "class": None,
            "from": None,
            "to": None,
            "tiers": None,
        }
        if layer == "count":
            low, high = one.meaning
            entry |= {
                "from": low,
                "to": high,
                "label": f"{low}" if low == high else f"{low}–{high}" if high else f"≥ {low}",
            }
        elif layer == "class":
            entry |= {"class": one.meaning.id, "label": class_name(one.meaning, lang), "from": one.meaning.px_m}
        elif layer == "tier":
            entry |= {"tiers": list(one.meaning), "label": " + ".join(map(str, one.meaning))}
        else:
            entry |= {"label": say(lang, "command", f"coverage-{layer}", {})}
        found.append(entry)
    return found


def _rung(ladder: str, step: int) -> Any:
    return rungs(ladder)[int(classes_of_steps(ladder)[step]) - 1]


def _figures(known: Known, row: Any, ladder: str, step: int) -> dict[str, Any]:
    """Figures of one sum over cells; areas in square metres, shares of 1."""
    m2, whole = known.ground.lattice.cell_m2, cells(row)
    seen, alone = reached(row, step), single(row, step)
    names = [rung.id for rung in rungs(ladder)]
    counts = by_class(row, classes_of_steps(ladder), len(names))
    return {
        "area_m2": whole * m2,
        "covered_m2": seen * m2,
        "covered_share": round(seen / whole, 4) if whole else None,
        "blind_m2": (whole - seen) * m2,
        "single_m2": alone * m2,
        "mean_cameras": round(cameras(row, step) / whole, 3) if whole else None,
        "tiers_m2": {str(tier): reached(row, step, tier) * m2 for tier in (1, 2, 3)},
        "classes_m2": {name: count * m2 for name, count in zip(names, counts, strict=True)},
    }


def area_rows(known: Known, level: str, ladder: str, step: int) -> list[dict[str, Any]]:
    """Figures of the areas of a level: all that lies in smaller areas of theirs included."""
    shapes, plan = known.ground.town.area_shapes, known.ground.plan
    sums: dict[str, Any] = {}
    for number, code in enumerate(plan.areas):
        own: str | None = code
        while own and shapes[own][0]["level"] != level:
            parent = shapes[own][0]["parent"]
            own = parent if parent in shapes else None
        if own:
            sums[own] = sums.get(own, 0) + known.totals.by_area[number]
    found = []
    for code, by_zone in sums.items():
        row = shapes[code][0]
        zones = {zone: _figures(known, by_zone[k], ladder, step) for k, zone in enumerate(ZONES)}
        found.append(
            {
                "code": code,
                "name": row["name"],
                "name_en": row["name_en"],
                "level": level,
                "parent": row["parent"],
                **zones,
            }
        )
    return sorted(found, key=lambda one: str(one["code"]))


def road_rows(known: Known, ladder: str, step: int) -> list[dict[str, Any]]:
    """Figures of the roads, each under its name: area of the carriageway, and length by the share of its cells."""
    found = []
    for road, row in zip(known.ground.plan.roads, known.totals.by_road, strict=True):
        if cells(row):
            figures = _figures(known, row, ladder, step)
            share = figures["covered_m2"] / figures["area_m2"]
            lone = figures["single_m2"] / figures["area_m2"]
            lengths = {"length_m": road.length_m, "covered_m": road.length_m * share, "single_m": road.length_m * lone}
            names = {"id": road.id, "name": road.name, "name_en": road.name_en, "class": road.kind}
            rounded = {name: round(value, 1) for name, value in lengths.items()}
            found.append(names | rounded | {"blind_m": round(road.length_m * (1 - share), 1)} | figures)
    return found


def flat_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as a table has them: what is nested becomes columns of its own."""
    flat = []
    for row in rows:
        one: dict[str, Any] = {}
        _flatten(row, "", one)
        flat.append(one)
    return flat


def _flatten(row: Mapping[str, Any], before: str, into: dict[str, Any]) -> None:
    for name, value in row.items():
        if isinstance(value, Mapping):
            _flatten(value, f"{before}{name}.", into)
        else:
            into[before + name] = value


def table(rows: Sequence[Mapping[str, Any]], ladder: str, lang: Lang) -> bytes:
    """A CSV with headings in a language; a byte order mark, so that spreadsheets see that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    flat = flat_rows(rows)
    names = list(flat[0]) if flat else []
    writer.writerow([heading(name, ladder, lang) for name in names])
    # A cell that begins like a formula must not be one where the table is opened.
    writer.writerows([[_harmless(row[name]) for name in names] for row in flat])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def heading(name: str, ladder: str, lang: Lang) -> str:
    """The heading of a column: the words of its parts."""
    classes = {rung.id: class_name(rung, lang) for rung in rungs(ladder)}
    parts = [classes.get(part) or say(lang, "column", part, {}, default=part) for part in name.split(".")]
    return " · ".join(parts)


def blind_answer(
    known: Known, shown: Shown, box: Box | None, area: str | None, limits: tuple[float, int], lang: Lang
) -> dict[str, Any]:
    """The largest blind spots as GeoJSON, each with its area and the nearest road."""
    least_m2, most = limits
    key = ("blind", shown, box, area, least_m2)
    spots = known.derived.get(key, lambda: _spots(known, shown, box, area, least_m2))
    features = [_spot(known, number, spot, lang) for number, spot in enumerate(spots[:most], 1)]
    whole = {"count": len(spots), "area_m2": round(sum(spot.area_m2 for spot in spots), 1)}
    return _stated(known, shown.ladder, shown.step) | whole | {"type": "FeatureCollection", "features": features}


def _stated(known: Known, ladder: str, step: int) -> dict[str, Any]:
    """What every answer says of what it counts."""
    return {
        "ladder": ladder,
        "min_class": _rung(ladder, step).id,
        "version": known.version,
        "city_version": known.ground.town.scene.version,
        "cell_m": known.ground.lattice.cell_m,
        "included": known.included,
        "left_out": sum(known.left_out.values()),
    }


stated = _stated


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
