"""Everything that the search box finds: cameras, roads, junctions, buildings, areas, places."""

from collections.abc import Iterable, Iterator
from typing import Any

from geoserver.town import Town
from layers.cameras.model import Camera
from layers.search import Entry, Index
from tiles.vectors import read_layer


def search_index(town: Town, cameras: Iterable[Camera]) -> Index:
    """The index over a town and its cameras; the cameras apart, for they change."""
    return Index.build([*_areas(town), *_vectors(town), *_buildings(town)], _cameras(town, cameras))


def names_after(names: Index, town: Town, cameras: Iterable[Camera], gone: Iterable[str]) -> Index:
    """The index after some cameras have changed and some are gone."""
    return names.changed(list(_cameras(town, cameras)), [("camera", id_) for id_ in gone])


def _area_name(town: Town, code: str, english: bool = False) -> str:
    row = town.area_shapes.get(code)
    if row is None:
        return ""
    return row[0]["name_en" if english else "name"]


def _cameras(town: Town, cameras: Iterable[Camera]) -> Iterator[Entry]:
    for camera in cameras:
        yield Entry(
            kind="camera",
            id=camera.id,
            name=camera.name or camera.id,
            name_en=camera.name_en,
            detail=" ".join(filter(None, (_area_name(town, camera.street), camera.owner, camera.id))),
            detail_en=" ".join(filter(None, (_area_name(town, camera.street, True), camera.id))),
            lon=camera.lon,
            lat=camera.lat,
            height_m=camera.height_m,
            area=camera.area,
            tier=camera.tier,
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
                name_en=_text(name_en),
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
        name, address = _text(columns["name"][i]), _text(columns["address"][i])
        area = _text(columns["area"][i])
        if not (name or address):
            continue
        yield Entry(
            kind="building",
            id=id_,
            name=name or address,
            name_en=_text(columns["name_en"][i]),
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


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
