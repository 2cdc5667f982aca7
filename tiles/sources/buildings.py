"""Building footprints with heights, names and use from any vector file that GDAL reads.

A row that cannot be used is told (file, row, value, remedy) and the reading goes on; what had to be
repaired or assumed is counted. Ground under a footprint is sampled at its corners and its centroid.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.city import Source
from tiles.datum import to_ellipsoidal
from tiles.footprints import ATTRIBUTES, Footprints
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.sources.columns import find_column, numbers, texts
from tiles.sources.features import Features, read_features
from tiles.sources.heights import LEAST_M, MOST_STOREYS, TALLEST_M, Known, Prism, heights, prisms
from tiles.sources.outlines import Flaw, doubles, mend, rings, to_metric
from tiles.sources.positions import metric_positions
from tiles.sources.report import MOST_NOTICES, Report

LAYER_NAMES = re.compile(r"building|bldg|footprint|^multipolygons$|建筑|房屋|楼栋", re.IGNORECASE)
USUAL: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "building_id", "bldg_id", "osm_id", "osm_way_id", "gml_id", "uid", "uuid", "编号", "建筑编号", "编码"),
    "name": ("name", "name:zh", "name_zh", "名称", "建筑名称", "楼名", "mc"),
    "name_en": ("name_en", "name:en", "英文名称", "英文名"),
    "use": (
        "use",
        "building:use",
        "usage",
        "building",
        "function",
        "class",
        "type",
        "用途",
        "建筑用途",
        "使用性质",
        "类型",
    ),
    "storeys": (
        "storeys",
        "stories",
        "building:levels",
        "building_l",
        "levels",
        "num_floors",
        "floors",
        "层数",
        "楼层数",
        "楼层",
        "地上层数",
    ),
    "address": ("address", "addr:full", "addr", "addr:street", "地址", "门牌", "门牌地址"),
    "area": ("area_code", "community", "community_code", "社区代码", "社区", "社区编码"),
    "height_m": (
        "height_m",
        "height",
        "building:height",
        "bldg_height",
        "measuredheight",
        "hgt",
        "高度",
        "建筑高度",
        "楼高",
    ),
    "roof_m": ("roof_m",),
    "base_m": ("base_m",),
}
"""Column names tried when the city file names none, case aside, first match first."""

_REMEDY = {
    Flaw.NO_GEOMETRY: "Give the row a polygon, or leave it out.",
    Flaw.NOT_A_POLYGON: "Give polygons; points and lines carry no footprint.",
    Flaw.NO_POSITION: "Check the coordinates of the row and the file's crs.",
    Flaw.SLIVER: "Leave out outlines below 1 m².",
    Flaw.DOUBLE: "Leave out one of the two outlines.",
}


@dataclass(frozen=True, eq=False)
class _Batch:
    """The buildings of one file."""

    outlines: NDArray[np.object_]
    ids: list[str]
    spare_ids: list[str]
    base_m: NDArray[np.float64]
    roof_m: NDArray[np.float64]
    attributes: dict[str, list[Any]]


@dataclass(frozen=True, eq=False)
class _Reading:
    """One file being read: where it lies, what it holds, and the report it writes to."""

    source: Source
    features: Features
    frame: CityFrame
    ground: HeightGrid
    report: Report

    def refuse(self, code: str, rows: NDArray[Any], values: Sequence[Any], remedy: str) -> None:
        self.report.rows(code, self.features.file, rows, values, remedy)

    def column(self, name: str, rows: NDArray[np.intp]) -> NDArray[Any] | None:
        given = self.source.columns.get(name)
        values = find_column(self.features.columns, given, USUAL[name], file=self.features.file)
        if values is None and name in self.source.values:
            return np.full(len(rows), self.source.values[name], dtype=object)
        return None if values is None else values[rows]


def read_footprints(sources: Sequence[Source], frame: CityFrame, ground: HeightGrid) -> Footprints:
    """Read all building files of a city.

    Parameters
    ----------
    sources : sequence of Source
        ``[[buildings]]`` of the city file.
    frame : CityFrame
        Metric frame of the result.
    ground : HeightGrid
        Ellipsoidal ground; buildings whose centroid lies outside it are left out, counted.

    Raises
    ------
    BadSource, MissingCRS, MissingDatum
        A file cannot be used at all.
    """
    report = Report()
    batches = [_read_one(source, frame, ground, report) for source in sources]
    made = _joined([batch for batch in batches if len(batch.outlines)], report)
    report.count("buildings", len(made))
    return replace(made, counts=report.counts, notices=tuple(report.notices))


def _joined(batches: list[_Batch], report: Report) -> Footprints:
    if not batches:
        return Footprints.empty()
    cut = rings(np.concatenate([batch.outlines for batch in batches]))
    return Footprints(
        cut.vertices_m,
        cut.ring_offsets,
        cut.ring_building,
        np.concatenate([batch.base_m for batch in batches]),
        np.concatenate([batch.roof_m for batch in batches]),
        _unique([i for b in batches for i in b.ids], [i for b in batches for i in b.spare_ids], report),
        {name: tuple(v for batch in batches for v in batch.attributes[name]) for name in (*ATTRIBUTES, "height_m")},
    )


def _unique(ids: list[str], spare: list[str], report: Report) -> tuple[str, ...]:
    """Ids as given; a repeated one is told apart by the stamp of its row."""
    seen: set[str] = set()
    made = []
    for given, stamp in zip(ids, spare, strict=True):
        one = given if given not in seen else f"{given}~{stamp}"
        report.count("repeated_ids", given in seen)
        seen.add(one)
        made.append(one)
    return tuple(made)


def _read_one(source: Source, frame: CityFrame, ground: HeightGrid, report: Report) -> _Batch:
    features = read_features(source.file, source.layer, LAYER_NAMES)
    reading = _Reading(source, features, frame, ground, report)
    report.count("rows", len(features))
    convert = metric_positions(source.file, source.crs or features.crs, frame)
    outlines, flaw = mend(*to_metric(features.geometry, convert))
    usable = np.flatnonzero(flaw <= Flaw.REPAIRED)
    flaw[usable[doubles(outlines[usable])]] = Flaw.DOUBLE
    _tell_flaws(reading, flaw)
    rows = _inside(reading, outlines, np.flatnonzero(flaw <= Flaw.REPAIRED))
    if len(features) and not len(rows):
        value = f"{len(features)} rows, no building within the city"
        reading.refuse("none-inside", np.zeros(1, np.intp), [value], "Check the file's crs, layer and extent.")
    return _batch(reading, outlines[rows], rows)


def _tell_flaws(reading: _Reading, flaw: NDArray[np.int8]) -> None:
    reading.report.count("repaired", (flaw == Flaw.REPAIRED).sum())
    for kind, remedy in _REMEDY.items():
        rows = np.flatnonzero(flaw == kind)
        values = [_word(geometry) for geometry in reading.features.geometry[rows[:MOST_NOTICES]]]
        reading.refuse(kind.name.lower().replace("_", "-"), rows, values, remedy)


def _word(geometry: Any) -> str:
    return "" if geometry is None else str(shapely.to_wkt(geometry, rounding_precision=5, trim=True))


def _inside(reading: _Reading, outlines: NDArray[np.object_], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    centre = shapely.get_coordinates(shapely.centroid(outlines[rows]))
    inside: NDArray[np.bool_] = np.isfinite(reading.ground.sample(centre[:, 0], centre[:, 1]))
    reading.report.count("outside", (~inside).sum())
    kept: NDArray[np.intp] = rows[inside]
    return kept


def _batch(reading: _Reading, outlines: NDArray[np.object_], rows: NDArray[np.intp]) -> _Batch:
    texts_of = ("id", "name", "name_en", "use", "address", "area")
    words = {name: texts(reading.column(name, rows), len(rows)) for name in texts_of}
    words["use"] = ["" if use.lower() == "yes" else use for use in words["use"]]  # OpenStreetMap: "a building"
    prism = _prisms(reading, outlines, rows, words["use"])
    stem = f"{reading.features.file.name}/{reading.features.layer}"
    spare = [hashlib.blake2s(f"{stem}/{row}".encode(), digest_size=6).hexdigest() for row in rows.tolist()]
    attributes: dict[str, list[Any]] = {name: words.get(name, []) for name in ATTRIBUTES}
    attributes |= {"storeys": prism.storeys.tolist(), "height_m": prism.height_m.round(3).tolist()}
    ids = [given or stamp for given, stamp in zip(words["id"], spare, strict=True)]
    return _Batch(outlines, ids, spare, prism.base_m, prism.roof_m, attributes)


def _prisms(reading: _Reading, outlines: NDArray[np.object_], rows: NDArray[np.intp], uses: list[str]) -> Prism:
    read = {name: numbers(reading.column(name, rows), len(rows)) for name in ("height_m", "storeys")}
    unit_m = reading.source.vertical_unit_m
    chosen = heights(read["height_m"][0] * unit_m, read["storeys"][0], uses)
    for name, code, limits in _LIMITS:
        bad = read[name][1] | getattr(chosen, f"bad_{code}")
        column = reading.column(name, rows)
        values = [] if column is None else column[bad][:MOST_NOTICES].tolist()
        reading.refuse(f"{code}-refused", rows[bad], values, limits)
    given = {name: _elevations(reading, name, outlines, rows) for name in ("roof_m", "base_m")}
    prism = prisms(outlines, chosen, reading.ground, roof_m=given["roof_m"], base_m=given["base_m"])
    remedy = "Give a roof above the ground, in the stated vertical datum."
    reading.refuse("roof-refused", rows[prism.bad_roof], given["roof_m"][prism.bad_roof].tolist(), remedy)
    for known in Known:
        reading.report.count(known.name.lower(), (prism.known == known).sum())
    return prism


_LIMITS = (
    ("height_m", "height", f"Give metres above ground, {LEAST_M:g} to {TALLEST_M:g}; assumed meanwhile."),
    ("storeys", "storeys", f"Give a number of storeys, 1 to {MOST_STOREYS}; assumed meanwhile."),
)


def _elevations(
    reading: _Reading, name: str, outlines: NDArray[np.object_], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Given roof or base, ellipsoidal; NaN where none. Their datum must be named."""
    column = reading.column(name, rows)
    values, bad = numbers(column, len(rows))
    if column is None:
        return values
    datum = reading.source.datum
    reading.refuse(f"{name[:-2]}-refused", rows[bad], column[bad][:MOST_NOTICES].tolist(), "Give a number.")
    centre = shapely.get_coordinates(shapely.centroid(outlines))
    lon, lat = reading.frame.to_lonlat(centre[:, 0], centre[:, 1])
    return np.asarray(to_ellipsoidal(lon, lat, values * reading.source.vertical_unit_m, datum))
