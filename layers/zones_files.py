"""Zones from files: GeoJSON features, and the CSV that a dump writes."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras.lists import cells
from layers.cameras.lists.report import Problem
from layers.listed import ListReport, concluded_rows
from layers.polygon_files import lacking, read_polygons, refused
from layers.zones import Zone
from tiles.scene import Scene


def load_zones(
    data: bytes, *, file: str, scene: Scene, areas: AreaIndex, known: Mapping[str, Zone] | None = None
) -> ListReport:
    """Zones of a file, each id once.

    Raises
    ------
    UnreadableList
    """
    rows = read_polygons(data, file)
    records: list[Zone] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, given in rows:
        id_ = cells.usable_id(str(given.get("id") or ""))
        problem = lacking(number, id_, given, first)
        if problem is None:
            first[id_] = number
            made = _made(number, id_, given, scene, areas)
            if isinstance(made, Zone):
                records.append(made)
                continue
            problem = made
        problems.append(problem)
    return concluded_rows(records, known or {}, problems, len(rows))


def _made(number: int, id_: str, given: Mapping[str, Any], scene: Scene, areas: AreaIndex) -> Zone | Problem:
    fields = {name: given[name] for name in ("name", "purpose", "watch") if given.get(name) not in (None, "")}
    try:
        zone = Zone(**{"name": id_, **fields, "id": id_, "rings": given["rings"]})
    except ValidationError as bad:
        return refused(number, id_, bad)
    if not bool(scene.inside(zone.lon, zone.lat)):
        return Problem(number, id_, "geometry", "", "outside-city", "refused")
    return zone.model_copy(update={"area": smallest(areas.codes(zone.lon, zone.lat))})
