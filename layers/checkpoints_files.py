"""Checkpoints and units from files: tables and GeoJSON points, with headings in two languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras.lists.cells import BadCell, document, number, status, usable_id
from layers.cameras.lists.grid import Reading
from layers.cameras.lists.report import Remarks
from layers.cameras.lists.tables import Row
from layers.checkpoints import Checkpoint, read_direction
from layers.listed import Headings, ListReport, concluded, detail_of, read_listing
from layers.listed_places import places
from layers.record import Record
from layers.responsible import Unit
from tiles.scene import Scene

PLACE = {
    "id": ("id", "code", "编号", "编码", "卡口编号", "设备编号", "单位编号", "机构代码", "车辆编号"),
    "name": ("name", "title", "名称", "卡口名称", "单位名称", "机构名称", "车辆名称"),
    "name_en": ("name_en", "英文名称"),
    "lon": ("lon", "longitude", "lng", "经度", "东经"),
    "lat": ("lat", "latitude", "纬度", "北纬"),
    "location": ("location", "coordinates", "坐标", "经纬度"),
}
CHECKPOINT_HEADINGS: Headings = {
    **PLACE,
    "road": ("road", "street_name", "道路", "所在道路", "道路名称", "路名"),
    "lanes": ("lanes", "lane_count", "车道数", "车道", "车道数量"),
    "directions": ("directions", "direction", "方向", "行驶方向", "抓拍方向", "监控方向"),
    "status": ("status", "state", "状态", "使用状态"),
    "owner": ("owner", "operator", "权属单位", "所属单位", "管理单位"),
    "remarks": ("remarks", "remark", "note", "备注", "说明"),
}
UNIT_HEADINGS: Headings = {
    **PLACE,
    "address": ("address", "地址"),
    "phone": ("phone", "telephone", "电话", "值班电话", "联系电话"),
    "sources": ("sources", "接警种类", "警种"),
    "people": ("people", "责任人"),
}
_NEEDED = (("id",), ("lon", "location"), ("lat", "location"))
Make = Callable[[Row, Remarks], dict[str, Any]]


@dataclass(frozen=True)
class PlaceLoading:
    """How a list is to be read: coordinate system, columns by field, whether there are headings, which sheet."""

    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    header: str = "auto"
    sheet: str | None = None


@dataclass(frozen=True)
class PointKind:
    """What is made of a row: by which headings, by which function; ``levels``: with the areas it lies in."""

    model: type[Record]
    headings: Headings
    fields: Make
    levels: bool


def load_checkpoints(
    data: bytes,
    *,
    file: str,
    scene: Scene,
    areas: AreaIndex,
    how: PlaceLoading,
    known: Mapping[str, Record] | None = None,
) -> ListReport:
    """Read a list of checkpoints. The same file loaded twice changes nothing the second time.

    Raises
    ------
    UnreadableList
    """
    kind = PointKind(Checkpoint, CHECKPOINT_HEADINGS, _checkpoint, levels=True)
    return load_points(kind, data, file, (scene, areas), how, known or {})


def load_units(
    data: bytes,
    *,
    file: str,
    scene: Scene,
    areas: AreaIndex,
    how: PlaceLoading,
    known: Mapping[str, Record] | None = None,
) -> ListReport:
    """Read a list of units; people are JSON as a dump writes it.

    Raises
    ------
    UnreadableList
    """
    kind = PointKind(Unit, UNIT_HEADINGS, _unit, levels=False)
    return load_points(kind, data, file, (scene, areas), how, known or {})


def load_points(
    kind: PointKind,
    data: bytes,
    file: str,
    city: tuple[Scene, AreaIndex],
    how: PlaceLoading,
    known: Mapping[str, Record],
) -> ListReport:
    """Read a list of things that each stand at a place.

    Raises
    ------
    UnreadableList
    """
    scene, areas = city
    listing = read_listing(data, file, kind.headings, Reading(how.header, how.sheet, how.columns), _NEEDED)
    remarks = Remarks()
    rows = []
    for row in listing.rows:
        if row.broken:
            remarks.add(row, "id", row.broken, "refused")
        else:
            rows.append(row)
    spots = places(rows, scene, how.crs or listing.crs or "EPSG:4326", None, file, remarks)
    first: dict[str, int] = {}
    made: list[Record] = []
    for row, spot in zip(rows, spots, strict=True):
        id_ = usable_id(row.cells.get("id", ""))
        if spot is None:
            continue
        if not id_ or id_ in first:
            remarks.add(row, "id", "duplicate-id" if id_ else "no-id", "refused", first=first.get(id_, 0))
            continue
        first[id_] = row.number
        codes = areas.codes(spot.lon, spot.lat)
        fields = {"id": id_, "lon": spot.lon, "lat": spot.lat, "area": smallest(codes)}
        if kind.levels:
            fields |= {level: codes.get(level, "") for level in ("district", "street", "community")}
        record = _record(kind, row, fields, remarks)
        if record is not None:
            made.append(record)
    return concluded(made, known, remarks.problems, listing)


def _record(kind: PointKind, row: Row, fields: dict[str, Any], remarks: Remarks) -> Record | None:
    try:
        told = kind.fields(row, remarks)
        return kind.model(**{"name": fields["id"], **told, **fields})
    except BadCell as bad:
        remarks.add(row, "people" if "people" in row.cells else "directions", bad.code, "refused")
    except ValidationError as bad_value:
        error = bad_value.errors(include_url=False, include_context=False, include_input=False)[0]
        remarks.add(row, str(error["loc"][0]), "bad-value", "refused", detail=detail_of(error))
    return None


def _checkpoint(row: Row, remarks: Remarks) -> dict[str, Any]:
    fields = texts(row, ("name", "name_en", "road", "owner", "remarks"))
    if row.cells.get("lanes"):
        try:
            fields["lanes"] = round(number(row.cells["lanes"].removesuffix("车道")))
        except BadCell as bad:
            remarks.add(row, "lanes", bad.code, "assumed", used="-")
    if row.cells.get("status"):
        try:
            fields["status"] = status(row.cells["status"])
        except BadCell as bad:
            remarks.add(row, "status", bad.code, "assumed")
    if row.cells.get("directions"):
        fields["directions"] = _directions(row, remarks)
    return fields


def _directions(row: Row, remarks: Remarks) -> Any:
    text = row.cells["directions"]
    if text.startswith("["):
        return document(text)
    words = [word for word in text.replace("、", ";").replace("；", ";").replace("/", ";").split(";") if word.strip()]
    found = [read_direction(word) for word in words]
    if any(direction.heading_deg is None for direction in found):
        remarks.add(row, "directions", "unknown-direction", "incomplete")
    return tuple(found)


def _unit(row: Row, _: Remarks) -> dict[str, Any]:
    fields = texts(row, ("name", "name_en", "address", "phone"))
    if row.cells.get("sources"):
        fields["sources"] = tuple(part.strip() for part in row.cells["sources"].split(";") if part.strip())
    if row.cells.get("people"):
        fields["people"] = document(row.cells["people"])
    return fields


def texts(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    """Those cells of a row that hold anything."""
    return {name: row.cells[name] for name in names if row.cells.get(name)}
