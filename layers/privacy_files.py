"""Privacy volumes from files: GeoJSON features, and the CSV that a dump writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from layers.areas import AreaIndex, smallest
from layers.cameras.lists import cells
from layers.cameras.lists.report import Problem
from layers.polygon_files import lacking, read_polygons, refused
from layers.privacy import PrivacyVolume
from tiles.scene import Scene


@dataclass(frozen=True, slots=True)
class VolumeReport:
    """Volumes that were understood, and what is wrong with the others."""

    records: tuple[PrivacyVolume, ...]
    problems: tuple[Problem, ...]


def read_volumes(data: bytes, file: str, scene: Scene, areas: AreaIndex) -> VolumeReport:
    """Volumes of a file, each id once.

    Raises
    ------
    UnreadableList
    """
    records: dict[str, PrivacyVolume] = {}
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, given in read_polygons(data, file):
        fields = {**_named(given), "rings": given["rings"]}
        id_ = cells.usable_id(str(fields.get("id") or ""))
        problem = lacking(number, id_, fields, first)
        if problem is None:
            first[id_] = number
            try:
                volume = PrivacyVolume(**{**fields, "id": id_})
            except ValidationError as bad:
                problem = refused(number, id_, bad)
            else:
                if bool(scene.inside(volume.lon, volume.lat)):
                    area = smallest(areas.codes(volume.lon, volume.lat))
                    records[id_] = volume.model_copy(update={"area": area})
                else:
                    problem = Problem(number, id_, "geometry", "", "outside-city", "refused")
        if problem is not None:
            problems.append(problem)
    return VolumeReport(tuple(records.values()), tuple(problems))


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a volume, by the names of a dump or of the API."""
    pairs = {"name": "name", "reason": "reason", "base_m": "base_m", "base": "base_m", "top_m": "top_m", "top": "top_m"}
    fields = {ours: given[name] for name, ours in pairs.items() if given.get(name) not in (None, "")}
    return {"id": given.get("id"), **fields}
