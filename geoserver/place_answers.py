"""Answers about places: search, sight, heights, buildings. Asks the layers, and puts into words."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoserver.faults import UnknownId
from geoserver.services import Now
from geoserver.words import Lang, say
from layers.grants.permissions import Permissions, Reach
from layers.place import EYE_LEVEL_M, resolve_place
from layers.search import MaySee
from tiles.errors import OutsideCity
from tiles.scene import Scene
from tiles.sight import Lines

Floats = NDArray[np.float64]
Given = tuple[float, float, float | None]
KINDS = ("clear", "terrain", "surface", "building")
FOUND_AS = {"junction": "road", "place": "area"}
"""What the search finds → what a grant calls it, where the two differ."""


def search(now: Now, q: str, limit: int, lang: Lang, may: Permissions) -> dict[str, Any]:
    """Places of every kind that may be seen, best first."""
    hits = now.names.find(q, limit=limit, lang=lang, may_see=seen_by(may))
    results = [
        {
            "kind": hit.entry.kind,
            "id": hit.entry.id,
            "name": hit.name,
            "detail": hit.detail,
            "lon": hit.entry.lon,
            "lat": hit.entry.lat,
            "height": hit.entry.height_m,
            "area": hit.entry.area,
        }
        for hit in hits
    ]
    return {"query": q, "results": results}


def seen_by(may: Permissions) -> MaySee:
    """Whether what has a name, of a kind, area and tier, may be seen."""
    reaches: dict[str, Reach] = {}

    def may_see(kind: str, area: str, tier: int | None) -> bool:
        granted = FOUND_AS.get(kind, kind)
        if granted not in reaches:
            reaches[granted] = may.sees(granted)
        return reaches[granted].covers(area, tier)

    return may_see


def building_ref(scene: Scene, number: int) -> dict[str, str] | None:
    """A building by id and name; None for no building."""
    if number < 0:
        return None
    held, words = scene.footprints, scene.footprints.attributes
    return {"id": held.ids[number], "name": words["name"][number] or words["address"][number]}


def sight_answer(now: Now, start: Given, end: Given, lang: Lang) -> dict[str, Any]:
    """Whether a place sees another: somebody stands at the first, and looks at the second as cameras do."""
    scene = now.town.scene
    one, other = resolve_place(scene, *start), resolve_place(scene, *end)
    eye_height_m = one.height_m + (0.0 if one.kind == "facade" else EYE_LEVEL_M)
    eye, target = np.array([one.x_m, one.y_m, eye_height_m]), np.array(other.aim_m)
    own = np.array([other.building], dtype=np.int32)
    lines = scene.sight_lines(eye[None], target[None], target_building=own)
    distance = float(np.linalg.norm(target - eye))
    blocker = None if bool(lines.clear[0]) else _blocker(scene, lines, eye, target)
    values: dict[str, Any] = {"distance_m": distance}
    if blocker is not None:
        values |= {"blocker": _blocker_words(blocker, lang), "at_m": blocker["distance_m"]}
    return {
        "visible": blocker is None,
        "distance_m": round(distance, 2),
        "from": {"lon": one.lon, "lat": one.lat, "height": round(eye_height_m, 3)},
        "to": {"lon": other.lon, "lat": other.lat, "height": round(other.aim_height_m, 3)},
        "blocker": blocker,
        "text": say(lang, "reason", "sight-clear" if blocker is None else "sight-blocked", values),
    }


def _blocker(scene: Scene, lines: Lines, eye: Floats, target: Floats) -> dict[str, Any]:
    """What blocks the only line of ``lines``, and where on the line."""
    at, whole = float(lines.distance_m[0]), float(np.linalg.norm(target - eye))
    x, y, height = eye + (target - eye) * (at / whole)
    lon, lat = scene.to_lonlat(float(x), float(y))
    return {
        "kind": KINDS[int(lines.kind[0])],
        "building": building_ref(scene, int(lines.building[0])),
        "distance_m": round(at, 2),
        "lon": float(lon),
        "lat": float(lat),
        "height": round(float(height), 3),
    }


def _blocker_words(blocker: dict[str, Any], lang: Lang) -> str:
    building = blocker["building"]
    values = {"building": (building["name"] or building["id"]) if building else ""}
    return say(lang, "reason", f"blocker-{blocker['kind']}", values)


def height_answer(now: Now, lon: float, lat: float) -> dict[str, Any]:
    """Ground and top at a place."""
    scene = now.town.scene
    scene.require_inside(lon, lat)
    ground, top = float(scene.ground_m(lon, lat)), float(scene.top_m(lon, lat))
    if not math.isfinite(ground):
        raise OutsideCity(lon=lon, lat=lat)
    number = int(scene.building_at(lon, lat))
    return {"ground": round(ground, 3), "top": round(top, 3), "building": building_ref(scene, number)}


def heights_answer(now: Now, points: list[list[float]]) -> dict[str, Any]:
    """Ground and top at many places; null where the city has none."""
    scene = now.town.scene
    places = np.asarray(points, dtype=float)
    lon, lat = places[:, 0], places[:, 1]
    inside = scene.inside(lon, lat)
    ground, top = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
    if inside.any():
        ground[inside] = scene.ground_m(lon[inside], lat[inside])
        top[inside] = scene.top_m(lon[inside], lat[inside])
    return {"ground": np.round(ground, 3), "top": np.round(top, 3)}


def building_answer(now: Now, id_: str, seen: Reach) -> dict[str, Any]:
    """What is known of one building, if it is seen."""
    number = now.town.building_numbers.get(id_)
    if number is None:
        raise UnknownId(kind="building", id=id_)
    facts = now.town.scene.building(number)
    if not seen.covers(facts.area):
        raise UnknownId(kind="building", id=id_)
    return {
        "id": facts.id,
        "name": facts.name,
        "name_en": facts.name_en,
        "use": facts.use,
        "storeys": int(facts.storeys) or None,
        "address": facts.address,
        "area": facts.area,
        "height_m": round(facts.roof_m - facts.ground_m, 2),
        "base": round(facts.base_m, 3),
        "roof": round(facts.roof_m, 3),
        "ground": round(facts.ground_m, 3),
        "lon": float(facts.lon),
        "lat": float(facts.lat),
    }
