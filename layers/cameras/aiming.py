"""Which view of a camera is meant: all that it can reach, where it looks now, or one of its presets."""

from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.view import View
from layers.errors import BadInput

REACH, NOW, PRESET = "reach", "now", "preset:"


def aimed_as(camera: Camera, aim: str = REACH) -> Camera:
    """The camera for which coverage is asked: itself, or a PTZ camera held still at one aim.

    Parameters
    ----------
    aim : "reach" (all that a PTZ camera can turn and zoom to), "now" (as it looks, at home if that is not
        known), "preset:NAME"

    Raises
    ------
    BadInput
        No such aim, or no preset of that name.
    NoDirection
    """
    if aim == REACH or not camera.is_ptz:
        if aim not in (REACH, NOW):
            _refuse(camera, aim)
        return camera
    view = View.of(camera, _wanted(camera, aim))
    return held_still(camera, view)


def held_still(camera: Camera, view: View) -> Camera:
    """A PTZ camera as a fixed one that shows a view of it."""
    pose, optics = view.pose, view.optics
    changed = {"type": "fixed", "heading_deg": pose.heading_deg % 360.0, "pitch_deg": pose.pitch_deg}
    changed |= {"roll_deg": pose.roll_deg, "hfov_deg": optics.hfov_deg, "hfov_tele_deg": None}
    return camera.model_copy(update=changed)


def _wanted(camera: Camera, aim: str) -> PtzAim | Preset | None:
    if aim == NOW:
        return camera.aim
    for preset in camera.presets:
        if aim == PRESET + preset.name:
            return preset
    _refuse(camera, aim)
    return None


def _refuse(camera: Camera, aim: str) -> None:
    names = "".join(f", {PRESET}{preset.name}" for preset in camera.presets)
    remedy = f"Give one of: {REACH}, {NOW}{names}."
    raise BadInput(field="aim", value=aim, detail="is no aim of this camera.", remedy=remedy)
