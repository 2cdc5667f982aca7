"""What a person may ask of a PTZ camera, and the aim that it comes to."""

from dataclasses import dataclass
from typing import Literal

from layers.cameras.model import Camera, PtzAim

Kind = Literal["absolute", "relative", "place", "preset", "home", "continuous", "stop"]


@dataclass(frozen=True, slots=True)
class Absolute:
    """Look there."""

    aim: PtzAim


@dataclass(frozen=True, slots=True)
class Relative:
    """Turn by so many degrees (right, up) and multiply the zoom."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Preset:
    """Go to a preset by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Home:
    """Go home."""


@dataclass(frozen=True, slots=True)
class Continuous:
    """Turn and zoom until told otherwise; parts of the highest speed, −1 to 1: right, up, closer."""

    pan: float
    tilt: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Stay."""


Move = Absolute | Relative | Preset | Home | Continuous | Stop


def goal(camera: Camera, move: Move, now: PtzAim | None) -> PtzAim | None:
    """Where a move is to end; None where nobody can know.

    Parameters
    ----------
    now : where the camera looks; None = not known
    """
    if isinstance(move, Absolute):
        return move.aim
    if isinstance(move, Relative):
        return turned(now, move) if now is not None else None
    if isinstance(move, Preset):
        kept = next((one for one in camera.presets if one.name == move.name), None)
        return PtzAim(pan=kept.pan, tilt=kept.tilt, zoom=kept.zoom) if kept is not None else None
    if isinstance(move, Home):
        return home(camera)
    return None


def home(camera: Camera) -> PtzAim | None:
    """Where a camera looks at home; None where its direction is not known."""
    return None if camera.heading_deg is None else PtzAim(pan=camera.heading_deg, tilt=camera.pitch_deg)


def turned(aim: PtzAim, by: Relative) -> PtzAim:
    """An aim turned on; the tilt ends straight up and down, the zoom at the wide end."""
    tilt = min(max(aim.tilt + by.tilt, -90.0), 90.0)
    return PtzAim(pan=(aim.pan + by.pan) % 360.0 % 360.0, tilt=tilt, zoom=min(max(aim.zoom * by.zoom, 1.0), 1_000.0))
