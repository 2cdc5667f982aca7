"""Everything that the search box finds by name: records, roads, junctions, buildings, areas, places."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from geoserver.town import Town
from layers.cameras.model import Camera
from layers.checkpoints import Checkpoint
from layers.record import Record
from layers.responsible import Unit
from layers.search import Entry, Index, Key
from layers.vehicles import Vehicle
from layers.zones import Zone
from tiles.vectors import read_layer


def search_index(town: Town, records: Iterable[Record]) -> Index:
    """The index over a town and its records of the kinds of ``NAMED``; the records apart, for they change."""
    return Index.build([*_areas(town), *_vectors(town), *_buildings(town)], _records(town, records))


def names_after(names: Index, town: Town, records: Iterable[Record], gone: Iterable[Key]) -> Index:
    """The index after some records have changed and some, by kind and id, are gone."""
    return names.changed(list(_records(town, records)), gone)


def _area_name(town: Town, code: str, english: bool = False) -> str:
    row = town.area_shapes.get(code)
    if row is None:
        return ""
    return row[0]["name_en" if english else "name"]


def _records(town: Town, records: Iterable[Record]) -> Iterator[Entry]:
    return (NAMED[record.kind](town, record) for record in records)


def _camera(town: Town, record: Record) -> Entry:
    camera = cast(Camera, record)
    own = camera.owner, camera.contractor, camera.id
    return _entry(town, camera, (camera.name or camera.id, camera.name_en), (camera.street, *own), camera.tier)


def _checkpoint(town: Town, record: Record) -> Entry:
    point = cast(Checkpoint, record)
    return _entry(town, point, (point.name, point.name_en), (point.street, point.road, point.id))


def _zone(town: Town, record: Record) -> Entry:
    zone = cast(Zone, record)
    return _entry(town, zone, (zone.name, ""), (zone.area, zone.purpose[:80]))


def _unit(town: Town, record: Record) -> Entry:
    unit = cast(Unit, record)
    return _entry(town, unit, (unit.name, unit.name_en), (unit.area, unit.address, unit.id))


def _vehicle(town: Town, record: Record) -> Entry:
    vehicle = cast(Vehicle, record)
    own = vehicle.plate, vehicle.call_sign, vehicle.id
    return _entry(town, vehicle, (vehicle.name, vehicle.name_en), (vehicle.street, *own))


NAMED: Mapping[str, Callable[[Town, Record], Entry]] = MappingProxyType(
    {"camera": _camera, "checkpoint": _checkpoint, "zone": _zone, "unit": _unit, "vehicle": _vehicle}
)
"""Kinds of records that are found by name. Incidents have none; see ``geoserver.incident_search``."""


def _entry(town: Town, record: Record, names: tuple[str, str], told: tuple[str, ...], tier: int | None = None) -> Entry:
    """``told`` : an area's code, then what else is known of the record; the last of it is said in English too."""
    code, *rest = told
    return Entry(
        kind=record.kind,
        id=record.id,
        name=names[0],
        name_en=names[1],
        detail=" ".join(filter(None, (_area_name(town, code), *rest))),
        detail_en=" ".join(filter(None, (_area_name(town, code, True), *rest[-1:]))),
        lon=record.lon,
        lat=record.lat,
        height_m=record.height_m,
        area=record.area,
        tier=tier,
    )


def _areas(town: Town) -> Iterator[Entry]:
    for row, shape in town.area_shapes.values():
        point = shape.representative_point()
        yield Entry(
            kind="area",
            id=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            detail=_area_name(town, row["parent"]),
            detail_en=_area_name(town, row["parent"], True),
            lon=point.x,
            lat=point.y,
            height_m=None,
            area=row["code"],
        )


def _vectors(town: Town) -> Iterator[Entry]:
    if town.vectors is None:
        return
    for layer, kind in (("roads", "road"), ("junctions", "junction"), ("places", "place")):
        frame = read_layer(town.vectors, layer)
        named = frame[frame["name"].notna() & (frame["name"] != "")]
        seen: set[str] = set()
        for id_, name, name_en, shape in zip(named["id"], named["name"], named["name_en"], named.geometry, strict=True):
            # A road is cut at every junction; it is one road to the one who looks for it.
            if kind == "road" and name in seen:
                continue
            seen.add(name)
            point = shape.representative_point() if shape.geom_type != "Point" else shape
            codes = town.areas.codes(point.x, point.y)
            code = codes.get("street") or codes.get("district") or ""
            yield Entry(
                kind=kind,
                id=str(id_),
                name=str(name),
                name_en=text_of(name_en),
                detail=_area_name(town, code),
                detail_en=_area_name(town, code, True),
                lon=point.x,
                lat=point.y,
                height_m=None,
                area=code,
            )


def _buildings(town: Town) -> Iterator[Entry]:
    footprints = town.scene.footprints
    if not len(footprints.ids):
        return
    centres = town.scene.centres_m
    lon, lat = town.scene.to_lonlat(centres[:, 0], centres[:, 1])
    columns = footprints.attributes
    for i, id_ in enumerate(footprints.ids):
        name, address = text_of(columns["name"][i]), text_of(columns["address"][i])
        area = text_of(columns["area"][i])
        if not (name or address):
            continue
        yield Entry(
            kind="building",
            id=id_,
            name=name or address,
            name_en=text_of(columns["name_en"][i]),
            detail=address or _area_name(town, area),
            detail_en=_area_name(town, area, True) or address,
            lon=float(lon[i]),
            lat=float(lat[i]),
            height_m=float(footprints.roof_m[i]),
            area=area,
        )


def _middle(shape: Any) -> Any:
    """A point on a shape, near its middle."""
    return shape.interpolate(0.5, normalized=True) if shape.geom_type == "LineString" else shape.representative_point()


def text_of(value: Any) -> str:
    """A cell of a table as text; empty for none and for NaN."""
    return "" if value is None or value != value else str(value)
