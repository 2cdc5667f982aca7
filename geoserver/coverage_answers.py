"""What one camera covers, in the caller's words: ground and facades by class, as GeoJSON."""

from typing import Any

import orjson
import shapely

from geoserver.derived import Derived
from geoserver.services import Now
from geoserver.words import Lang
from layers.cameras.aiming import REACH
from layers.cameras.covering.coverage import Coverage, CoveredArea, CoveredWalls, coverage
from layers.cameras.covering.parts import Stretch
from layers.cameras.ladder import Rung
from layers.cameras.model import Camera

TRIALS = Derived(64)
"""Trials come by the dozen while somebody drags, and must not push out what is asked again."""


def coverage_answer(
    now: Now, camera: Camera, ladder: str, lang: Lang, *, aim: str = REACH, preview: bool = False
) -> dict[str, Any]:
    """Ground first, then facades; one feature a class of each.

    A camera that differs from its record is a trial.
    """
    town = now.town
    trial = preview or now.fleet.cameras.get(camera.id) is not camera
    kept = TRIALS if trial else town.derived
    key = ("coverage", camera, ladder, aim, preview, town.scene.version)
    seen: Coverage = kept.get(key, lambda: coverage(camera, town.scene, ladder, aim=aim, preview=preview))
    common = {
        "ladder": seen.ladder,
        "aim": seen.aim,
        "cell_m": round(seen.cell_m, 3),
        "radius_m": round(seen.radius_m, 1),
        "city_version": seen.city_version,
        "assumed": list(seen.assumed),
        "blocked_by_surface_m2": seen.blocked_by_surface_m2,
    }
    features = [_ground(area, lang) for area in seen.areas]
    features += [_facade(walls, now, lang) for walls in seen.walls if walls.stretches]
    for feature in features:
        feature["properties"] |= common
    return {"type": "FeatureCollection", "camera": camera.id, "features": features}


def class_name(rung: Rung, lang: Lang) -> str:
    """A class in a language."""
    return rung.name_zh if lang == "zh" else rung.name


def _ground(area: CoveredArea, lang: Lang) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": orjson.Fragment(shapely.to_geojson(area.geometry)),
        "properties": {
            "surface": "ground",
            "class": area.rung.id,
            "name": class_name(area.rung, lang),
            "min_px_m": area.rung.px_m,
            "max_px_m": area.max_px_m,
            "area_m2": round(area.area_m2, 1),
            "length_m": None,
            "buildings": None,
        },
    }


def _facade(walls: CoveredWalls, now: Now, lang: Lang) -> dict[str, Any]:
    ids = now.town.scene.footprints.ids
    return {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": [[_upright(one)] for one in walls.stretches]},
        "properties": {
            "surface": "facade",
            "class": walls.rung.id,
            "name": class_name(walls.rung, lang),
            "min_px_m": walls.rung.px_m,
            "max_px_m": walls.max_px_m,
            "area_m2": round(walls.area_m2, 1),
            "length_m": round(walls.length_m, 1),
            "buildings": [ids[one.building] for one in walls.stretches],
        },
    }


def _upright(one: Stretch) -> list[list[float]]:
    """A stretch of wall as a ring: left to right at its foot, and back at its top."""
    (a, b), low, high = one.ends, round(one.low_m, 2), round(one.high_m, 2)
    return [[*a, low], [*b, low], [*b, high], [*a, high], [*a, low]]
