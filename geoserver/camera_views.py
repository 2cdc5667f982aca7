"""Answers about one camera: facts, coverage, cone. Fetches, asks the layers, and puts into words."""

from typing import Any

import numpy as np

from geoserver.coverage_answers import TRIALS, coverage_answer
from geoserver.services import Now
from geoserver.words import Lang, say
from layers.cameras.model import Camera
from layers.cameras.pictures.cone import Cone, cone
from layers.place import resolve_place

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
        **lens_facts(camera),
    }


def lens_facts(camera: Camera) -> dict[str, Any]:
    """Lens, aims and calibration of a camera, under the names that a change of them uses."""
    return {
        "lens": camera.lens,
        "distortion": list(camera.distortion),
        "principal": camera.principal_px,
        "pan_range": camera.pan_range_deg,
        "tilt_min": camera.tilt_min_deg,
        "tilt_max": camera.tilt_max_deg,
        "presets": [preset.model_dump() for preset in camera.presets],
        "aim": camera.aim.model_dump() if camera.aim else None,
        "calibration": camera.calibration.model_dump() if camera.calibration else None,
    }


def _assumed(camera: Camera, name: str, lang: Lang) -> str:
    value = getattr(camera, name, None)
    if isinstance(value, float):
        value = round(value, 2)
    return say(lang, "assumed", name, {"value": value, "field": name}, default=f"{name}: {value}")


def coverage_of(now: Now, id_: str, ladder: str, lang: Lang) -> dict[str, Any]:
    """What a camera sees of ground and facades, by class, as GeoJSON."""
    return coverage_answer(now, now.fleet.cameras[id_], ladder, lang)


def cone_of(now: Now, id_: str, toward: Toward | None, trial: Camera | None = None) -> dict[str, Any]:
    """The view cone of a camera, or of one as it is tried out, cut by what it meets; a PTZ camera may be
    turned to a place."""
    own, scene = now.fleet.cameras[id_], now.town.scene
    camera = trial or own
    target = resolve_place(scene, *toward) if toward else None
    kept = now.town.derived if camera is own else TRIALS
    seen: Cone = kept.get(("cone", camera, target, scene.version), lambda: cone(camera, scene, target))
    return {
        "camera": id_,
        "eye": list(seen.eye),
        "rows": seen.rows,
        "cols": seen.cols,
        "points": _rounded(seen),
        "kinds": seen.kinds,
        "aim": seen.aim,
        "reach_m": round(seen.reach_m, 1),
    }


def _rounded(seen: Cone) -> Any:
    """Points with a centimetre's worth of digits: lon and lat with seven, heights with two."""
    lonlat = np.round(seen.points[:, :2], 7)
    return np.ascontiguousarray(np.column_stack([lonlat, np.round(seen.points[:, 2], 2)]))
