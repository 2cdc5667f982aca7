"""Faults put onto good pictures, as strong as a fault is or stronger: on simulated cameras, and before judges.

Frames are (n, rows, cols, 3) uint8 sRGB. How strong a fault is and where it lies is drawn from ``rng``.
"""

from collections.abc import Callable, Mapping
from math import atan, cos, degrees, radians, tan
from types import MappingProxyType
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.cameras.model import Camera
from layers.health.orders import Trouble
from layers.health.thresholds import FAULTS

Frames: TypeAlias = NDArray[np.uint8]


def black(frames: Frames, rng: np.random.Generator) -> Frames:
    """Mean luma 0 to 16: less light, or none at all."""
    wanted = rng.uniform(0, 16)
    return _scaled(frames, wanted / max(float(_luma(frames).mean()), 1.0))


def over_exposed(frames: Frames, rng: np.random.Generator) -> Frames:
    """60 to 100 % of the pixels at 250 or more: more light."""
    wanted = rng.uniform(0.61, 1.0)
    level = float(np.quantile(frames.min(axis=3), 1 - wanted))
    return _scaled(frames, 253 / max(level, 1.0))


def blurred(frames: Frames, rng: np.random.Generator) -> Frames:
    """A Gaussian of 4 to 8 pixels."""
    sigma = rng.uniform(4, 8)
    return np.stack([cv2.GaussianBlur(frame, (0, 0), sigma) for frame in frames])


def covered(frames: Frames, rng: np.random.Generator) -> Frames:
    """Something near the lens over 60 to 100 % of the picture, from one side, soft at its edge, lit unevenly."""
    rows, cols = frames.shape[1:3]
    share, angle = rng.uniform(0.61, 1.0), rng.uniform(0, 2 * np.pi)
    across, down = np.meshgrid(np.linspace(-1, 1, cols), np.linspace(-1, 1, rows))
    along = across * np.cos(angle) + down * np.sin(angle)
    mask = (along <= np.quantile(along, share)).astype(np.float32)
    mask = cv2.GaussianBlur(mask, (0, 0), cols / 200)[..., None]
    colour = rng.uniform(20, 200, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(20, 200))
    shade = 1 + rng.uniform(0, 0.3) * np.sin(across * rng.uniform(0, 2) + down * rng.uniform(0, 2))[..., None]
    thing = colour * shade
    laid = (thing * mask).astype(np.float32)
    return np.stack([_uint8(frame * (1 - mask) + laid) for frame in frames])


def colour_cast(frames: Frames, rng: np.random.Generator) -> Frames:
    """One channel 1.5 to 2 times as bright."""
    gains = np.ones(3, np.float32)
    gains[rng.integers(3)] = rng.uniform(1.5, 2.0)
    return np.stack([_uint8(frame * gains) for frame in frames])


def snow(frames: Frames, rng: np.random.Generator) -> Frames:
    """Noise with a standard deviation of 40 to 70 on every pixel of every frame."""
    sigma = rng.uniform(40, 70)
    return _noisy(frames, rng, sigma, 1 if rng.random() < 0.5 else 3)


def sensor_noise(frames: Frames, rng: np.random.Generator, sigma: float) -> Frames:
    """The noise of a sensor."""
    return _noisy(frames, rng, sigma, 3)


ON_FRAMES: Mapping[str, Callable[[Frames, np.random.Generator], Frames]] = MappingProxyType(
    {
        "black": black,
        "over-exposed": over_exposed,
        "blurred": blurred,
        "covered": covered,
        "colour-cast": colour_cast,
        "snow": snow,
    }
)
"""Faults that are put onto frames whatever these show; a move needs another view, a freeze the time."""


SIMULATED: tuple[Trouble, ...] = ("offline", *(one for one in FAULTS if one in ON_FRAMES), "frozen", "moved")
"""What a simulated camera can have. One whose signal is lost is the same as one that is offline."""


def faulted(frame: NDArray[np.uint8], fault: Trouble | None, seed: int, number: int) -> NDArray[np.uint8]:
    """A frame (rows, cols, 3) with what a fault does to every frame; ``seed`` is the camera's, ``number`` the frame's.

    A freeze, a move and being offline do nothing to a frame.
    """
    put_on = ON_FRAMES.get(fault or "")
    if put_on is None:
        return frame
    rng = np.random.default_rng([seed, number] if fault == "snow" else seed)
    return np.asarray(put_on(frame[None], rng)[0], np.uint8)


def seen_with(camera: Camera, fault: Trouble | None, seed: int) -> Camera:
    """A camera as it stands: turned away where that is its fault and it is known from where to where."""
    if fault != "moved" or camera.is_ptz or camera.heading_deg is None or camera.lens != "rectilinear":
        return camera
    rng = np.random.default_rng(seed)
    return turned(camera, float(rng.uniform(0.08, 0.2) * rng.choice([-1, 1])))


def turned(camera: Camera, share: float) -> Camera:
    """Turned so far that what was in the middle of its picture is that share of the width beside it.

    The heading must be known, the lens rectilinear.
    """
    across = tan(radians(camera.hfov_deg) / 2)
    turn = degrees(atan(2 * across * share)) / cos(radians(camera.pitch_deg))
    return camera.model_copy(update={"heading_deg": ((camera.heading_deg or 0) + turn) % 360})


def _luma(frames: Frames) -> NDArray[np.uint8]:
    return np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames])


def _scaled(frames: Frames, gain: float) -> Frames:
    return np.stack([_uint8(frame * np.float32(gain)) for frame in frames])


def _noisy(frames: Frames, rng: np.random.Generator, sigma: float, channels: int) -> Frames:
    """White noise on each frame: somewhere else in one large field of it."""
    rows, cols = frames.shape[1:3]
    field = rng.standard_normal((rows + 160, cols + 160, channels), np.float32) * np.float32(sigma)
    corners = rng.integers(0, 160, (len(frames), 2)).tolist()
    return np.stack(
        [_uint8(frame + field[y : y + rows, x : x + cols]) for frame, (y, x) in zip(frames, corners, strict=True)]
    )


def _uint8(values: NDArray[Any]) -> Frames:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
