"""A calibration asked over HTTP: places from the city, the rules of the layers, the answer in words."""

import math
from collections.abc import Sequence
from typing import Any

from geoserver.api.calibration_models import CalibrationPair, CalibrationQuestion
from geoserver.faults import BadParameter
from geoserver.services import Now
from geoserver.words import Lang, say
from layers.cameras.calibration.calibrate import Calibration, Pair, Wish, calibrate
from layers.cameras.calibration.drift import Drift, drift
from layers.cameras.model import Camera
from layers.place import resolve_place
from tiles.scene import Scene

SAME_SHAPE = 0.005
"""Pictures whose width to height differs by no more than this share are the same picture at another size."""


def calibrated(now: Now, camera: Camera, question: CalibrationQuestion, lang: Lang) -> dict[str, Any]:
    """The answer for a camera; the solution starts at its pose and lens.

    Raises
    ------
    BadPairs, BadParameter, OutsideCity
    """
    scale = _scale(camera, question)
    pairs = [_pair(now.town.scene, pair, scale) for pair in question.pairs]
    wish = question.solve
    solved = calibrate(camera, pairs, Wish(wish.place, wish.focal, wish.distortion, wish.click_px * max(scale)))
    return _answer(now.town.scene, camera, solved, scale, lang)


def _scale(camera: Camera, question: CalibrationQuestion) -> tuple[float, float]:
    """Pixels of the record's picture for one of the picture that was clicked in."""
    picture = question.picture
    if picture is None:
        return 1.0, 1.0
    across, down = camera.image_width_px / picture.width, camera.image_height_px / picture.height
    if abs(across / down - 1) > SAME_SHAPE:
        raise BadParameter(
            parameter="picture",
            value=f"{picture.width} x {picture.height}",
            reason="picture-shape",
            detail=f"is of another shape than {camera.image_width_px} x {camera.image_height_px} on record.",
            width=camera.image_width_px,
            height=camera.image_height_px,
        )
    return across, down


def _pair(scene: Scene, given: CalibrationPair, scale: tuple[float, float]) -> Pair:
    height = given.height
    if height is None:
        height = resolve_place(scene, given.lon, given.lat).height_m
    u, v = given.pixel
    return Pair(u * scale[0], v * scale[1], given.lon, given.lat, height, given.name)


def _answer(
    scene: Scene, camera: Camera, solved: Calibration, scale: tuple[float, float], lang: Lang
) -> dict[str, Any]:
    pose, optics = solved.pose, solved.optics
    ground = float(scene.ground_m(pose.lon, pose.lat))
    turned = {
        "lon": pose.lon,
        "lat": pose.lat,
        "height": pose.height_m,
        "heading": pose.heading_deg,
        "pitch": pose.pitch_deg,
        "roll": pose.roll_deg,
    }
    lens = {
        "lens": optics.model,
        "hfov": optics.hfov_deg,
        "distortion": list(optics.distortion),
        "principal": optics.principal_px,
    }
    calibration = solved.uncertainty.model_dump()
    return {
        "camera": camera.id,
        "version": camera.version,
        "pose": turned | {"mount_height": pose.height_m - ground if math.isfinite(ground) else None},
        "lens": lens,
        "calibration": calibration,
        "noise_px": solved.noise_px / max(scale),
        "residuals": _residuals(solved, scale),
        "tried": [
            {
                "terms": list(one.terms),
                "rms_px": one.rms_px / max(scale),
                "loo_px": None if one.loo_px is None else one.loo_px / max(scale),
                "chosen": one.chosen,
            }
            for one in solved.tried
        ],
        "drift": _drift(drift(camera, solved)),
        "verdict": solved.verdict,
        "text": _said(solved, lang),
        "patch": turned | lens | {"calibration": calibration},
    }


def _residuals(solved: Calibration, scale: tuple[float, float]) -> list[dict[str, Any]]:
    across, down = scale
    return [
        {
            "number": one.number,
            "name": one.pair.name,
            "pixel": [one.pair.u_px / across, one.pair.v_px / down],
            "projected": [one.projected[0] / across, one.projected[1] / down],
            "lon": one.pair.lon,
            "lat": one.pair.lat,
            "height": one.pair.height_m,
            "error_px": one.error_px / max(scale),
            "loo_px": None if one.loo_px is None else one.loo_px / max(scale),
            "loo_m": one.loo_m,
        }
        for one in solved.residuals
    ]


def _drift(found: Drift | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "heading": found.heading_deg,
        "pitch": found.pitch_deg,
        "roll": found.roll_deg,
        "hfov": found.hfov_deg,
        "east_m": found.east_m,
        "north_m": found.north_m,
        "up_m": found.up_m,
        "shift_px": found.shift_px,
        "moved": found.moved,
    }


def _said(solved: Calibration, lang: Lang) -> str:
    sigma = solved.uncertainty
    worst = max(solved.residuals, key=lambda one: one.loo_px or one.error_px)
    values = {
        "pairs": sigma.pairs,
        "rms_px": sigma.rms_px,
        "heading": 2 * sigma.heading_deg,
        "place_m": 2 * sigma.place_m,
        "loo_m": _median_text(solved.residuals),
        "worst": worst.number,
    }
    return say(lang, "calibration", solved.verdict, values)


def _median_text(residuals: Sequence[Any]) -> str:
    known = sorted(one.loo_m for one in residuals if one.loo_m is not None)
    return f"{known[len(known) // 2]:.2f}" if known else "-"
