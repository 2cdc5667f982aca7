"""Answers about one camera: facts, coverage, cone. Fetches, asks the layers, and puts into words."""

from typing import Any

from geoserver.services import Now
from geoserver.words import Lang, say
from layers.cameras.model import Camera

Toward = tuple[float, float, float | None]


def camera_facts(now: Now, id_: str, lang: Lang) -> dict[str, Any]:
    """All that is known of a camera; its streams by id only."""
    camera = now.fleet.cameras[id_]
    return now.fleet.summary(id_) | {
        "mount_height": camera.mount_height_m,
        "image_width": camera.image_width_px,
        "image_height": camera.image_height_px,
        "hfov_tele": camera.hfov_tele_deg,
        "roll": camera.roll_deg,
        "purpose": camera.purpose,
        "address": camera.address,
        "status": camera.status,
        "remarks": camera.remarks,
        "streams": list(camera.streams),
        "assumed": [{"field": name, "text": _assumed(camera, name, lang)} for name in camera.assumed],
        "version": camera.version,
        "online": None,
    }


def _assumed(camera: Camera, name: str, lang: Lang) -> str:
    value = getattr(camera, name, None)
    if isinstance(value, float):
        value = round(value, 2)
    return say(lang, "assumed", name, {"value": value, "field": name}, default=f"{name}: {value}")
