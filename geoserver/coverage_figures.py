"""Figures of the city's coverage in the caller's words: areas, roads, hexagons, buildings, blind spots; tables too."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geoserver.coverage_answers import class_name
from geoserver.coverage_service import CityCoverage, Known
from geoserver.words import Lang, say
from layers.cameras.covering.steps import classes_of_steps
from layers.cameras.ladder import rungs
from layers.coverage.figures import ZONES, by_class, cameras, cells, reached, single
from layers.coverage.layers import LAYERS, legend


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


def stated(known: Known, ladder: str, step: int) -> dict[str, Any]:
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
