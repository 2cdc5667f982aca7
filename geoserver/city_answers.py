"""The answer that a client asks for first: the city, its assumptions, its counts, the ladders."""

from collections.abc import Mapping, Sequence
from typing import Any

from geoserver.services import Now
from geoserver.words import Lang, say
from layers.cameras.ladder import LADDERS, Rung
from tiles.basemap.draw import MAX_ZOOM


def city_answer(now: Now, cameras: int, lang: Lang) -> dict[str, Any]:
    """The city as ``/api/city`` tells it, with so many cameras."""
    town = now.town
    city = town.build["city"]
    west, south, east, north = city["extent"]
    center = [round((west + east) / 2, 6), round((south + north) / 2, 6)]
    return {
        "name": city["name"],
        "name_en": city["name_en"],
        "generated": city["generated"],
        "version": town.scene.version,
        "time_zone": city["time_zone"],
        "extent": city["extent"],
        "center": center,
        "home": _home(now, center, city.get("home")),
        "credits": city["credits"],
        "assumptions": [_assumption(one, lang) for one in town.build["assumptions"]],
        "counts": {**town.build["counts"], "cameras": cameras},
        "ladders": {name: _ladder(steps, lang) for name, steps in LADDERS.items()},
        "basemap": {"min_zoom": 0, "max_zoom": MAX_ZOOM},
        "tile_version": town.scene.version,
    }


def _home(now: Now, center: list[float], home: Any) -> dict[str, float]:
    """The first view; its height is ellipsoidal, the city file's is above ground."""
    lon, lat, above_m, heading, pitch = home or (*center, 3000.0, 0.0, -45.0)
    ground_m = float(now.town.scene.ground_m(lon, lat))
    height = above_m + (ground_m if ground_m == ground_m else 0.0)
    return {"lon": lon, "lat": lat, "height": height, "heading": heading, "pitch": pitch}


def _assumption(one: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    text = say(lang, "assumption", one["code"], one.get("values", {}), default=str(one.get("text", "")))
    return {"code": one["code"], "text": text}


def _ladder(steps: Sequence[Rung], lang: Lang) -> list[dict[str, Any]]:
    return [{"id": step.id, "name": step.name_zh if lang == "zh" else step.name, "px_m": step.px_m} for step in steps]
