"""Names over a camera's picture: what of the city has one, read once for a build, and the answer by pose."""

from collections.abc import Iterator, Mapping
from typing import Any

from geoserver.derived import Derived
from geoserver.place_answers import seen_by
from geoserver.search_entries import text_of
from geoserver.services import Now
from geoserver.town import Town
from geoserver.town_roads import named_roads
from layers.cameras.model import Camera, PtzAim
from layers.cameras.naming.gazetteer import Gazetteer, NamedLine, NamedSpot, Title
from layers.cameras.naming.names import names_in
from layers.cameras.naming.sighted import Sighted
from layers.grants.permissions import Permissions
from tiles.vectors import read_layer

KEPT = 256
"""Pictures whose names are kept."""
MOST = 200
"""So many names are worked out; of these everyone is told what they may see."""


def names_answer(now: Now, camera: Camera, aim: PtzAim | None, limit: int, may: Permissions) -> dict[str, Any]:
    """What is seen by name as a camera looks, of what may be seen, the largest in the picture first.

    Raises
    ------
    NoDirection
    """
    town = now.town
    kept: Derived = town.derived.get("names-in-pictures", lambda: Derived(KEPT))
    found: list[tuple[Sighted, str]] = kept.get((camera, aim), lambda: _found(now, camera, aim))
    sees = seen_by(may)
    told = [_told(town, one) for one, area in found if sees(one.title.kind, area, None)]
    return {"camera": camera.id, "names": told[:limit]}


def _found(now: Now, camera: Camera, aim: PtzAim | None) -> list[tuple[Sighted, str]]:
    """Names, and the area that each lies in."""
    found = names_in(camera, gazetteer(now.town), now.fleet.index.obstacles, aim, MOST)
    return [(one, _area(now.town, one)) for one in found]


def _area(town: Town, one: Sighted) -> str:
    return one.title.id if one.title.kind == "area" else town.areas.smallest(one.lon, one.lat)


def _told(town: Town, one: Sighted) -> dict[str, Any]:
    return {
        "kind": one.title.kind,
        "id": one.title.id,
        "name": one.title.name,
        "name_en": one.title.name_en,
        "u": round(one.u, 6),
        "v": round(one.v, 6),
        "angle_deg": None if one.angle_deg is None else round(one.angle_deg, 1),
        "size": round(one.size, 4),
        "distance_m": round(one.distance_m, 1),
        "lon": round(one.lon, 8),
        "lat": round(one.lat, 8),
        "height": round(one.height_m, 3),
        "building": town.scene.footprints.ids[one.building] if one.building >= 0 else None,
    }


def gazetteer(town: Town) -> Gazetteer:
    """All that has a name in a build; read when it is first asked for."""
    made: Gazetteer = town.derived.get("gazetteer", lambda: _read(town))
    return made


def _read(town: Town) -> Gazetteer:
    spots = list(_places(town))
    areas = {code: Title("area", code, row["name"], row["name_en"] or row["name"]) for code, (row, _) in _areas(town)}
    return Gazetteer.of(town.scene, list(_roads(town)), spots, _buildings(town, spots), (town.areas, areas))


def _areas(town: Town) -> Iterator[tuple[str, tuple[Mapping[str, str], Any]]]:
    return ((code, held) for code, held in town.area_shapes.items() if held[0]["name"])


def _roads(town: Town) -> Iterator[NamedLine]:
    for road in named_roads(town):
        yield NamedLine(Title("road", road.ids[0], road.name, road.name_en or road.name), road.shape)


def _places(town: Town) -> Iterator[NamedSpot]:
    if town.vectors is None:
        return
    frame = read_layer(town.vectors, "places")
    for id_, name, name_en, shape in zip(frame["id"], frame["name"], frame["name_en"], frame.geometry, strict=True):
        if name:
            yield NamedSpot(Title("place", str(id_), str(name), str(name_en or name)), shape.x, shape.y)


def _buildings(town: Town, spots: list[NamedSpot]) -> dict[int, Title]:
    """Buildings by their own name, else by a place that stands in them, else by their address."""
    held = town.scene.footprints
    named: dict[int, Title] = {}
    words = held.attributes
    for number, id_ in enumerate(held.ids):
        name, address = text_of(words["name"][number]), text_of(words["address"][number])
        if name or address:
            called = name or address
            named[number] = Title("building", id_, called, text_of(words["name_en"][number]) or called)
    for spot in spots:
        number = int(town.scene.building_at(spot.lon, spot.lat))
        if number >= 0 and not text_of(words["name"][number]):
            named[number] = Title("building", held.ids[number], spot.title.name, spot.title.name_en)
    return named
