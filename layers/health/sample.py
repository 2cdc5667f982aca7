"""Frames of one camera over a few seconds, and the picture it gave when it was good, brought to one small size."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.errors import BadInput

JUDGED_PX = 640
"""Frames are judged no wider than this; sizes in pixels mean pixels of a picture so wide, or of a smaller one."""
COMPARED_PX = 320
"""What is compared with the reference is so wide."""

Grey = NDArray[np.float32]
"""Luma, 0 to 255: (rows, cols), or with the frames in front."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Frames (n, rows, cols, 3) uint8 sRGB and when they were taken, (n,) s, rising; n may be 0.

    Raises
    ------
    BadInput
    """

    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        shape = self.frames.shape
        if self.frames.dtype != np.uint8 or len(shape) != 4 or shape[3] != 3 or (shape[0] and min(shape[1:3]) < 64):
            raise _bad("frames", shape, "are no pictures (n, rows, cols, 3) of bytes, 64 pixels wide and high or more.")
        if self.times_s.shape != shape[:1] or not np.all(np.diff(self.times_s) > 0):
            raise _bad("times_s", self.times_s.shape, "are not as many as the frames, or do not rise.")

    def __len__(self) -> int:
        return len(self.frames)

    @cached_property
    def colour(self) -> NDArray[np.uint8]:
        """Frames no wider than ``JUDGED_PX``."""
        return np.stack([shrunk(frame, JUDGED_PX) for frame in self.frames])

    @cached_property
    def luma(self) -> Grey:
        """Luma (BT.601) of these, (n, rows, cols)."""
        return np.stack([grey(frame) for frame in self.colour])

    @cached_property
    def steady(self) -> NDArray[np.uint8]:
        """What stands still in the frames, (rows, cols, 3): their median, ``COMPARED_PX`` wide."""
        some = self.colour[:: max(1, len(self) // 9)]
        return np.asarray(np.median(np.stack([shrunk(frame, COMPARED_PX) for frame in some]), axis=0), np.uint8)


def grey(picture: NDArray[np.uint8]) -> Grey:
    """Luma (BT.601, 0 to 255) of a picture."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def shrunk(picture: NDArray[np.uint8], width_px: int) -> NDArray[np.uint8]:
    """A picture no wider than that."""
    rows, cols = picture.shape[:2]
    if cols <= width_px:
        return picture
    size = (width_px, max(1, round(rows * width_px / cols)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def as_large(picture: NDArray[np.uint8], like: NDArray[Any]) -> NDArray[np.uint8]:
    """A picture brought to the size of another."""
    rows, cols = like.shape[:2]
    return np.asarray(cv2.resize(picture, (cols, rows), interpolation=cv2.INTER_AREA), np.uint8)


def tiles(values: Grey, size_px: int) -> Grey:
    """Means over square tiles of (rows, cols), from the upper left; what is left over at the edges is dropped."""
    down, across = (side // size_px for side in values.shape[:2])
    cut = values[: down * size_px, : across * size_px]
    shape = (down, size_px, across, size_px, *values.shape[2:])
    return np.asarray(cut.reshape(shape).mean(axis=(1, 3)), np.float32)


def smoothed(values: Grey, sigma_px: float) -> Grey:
    """A Gaussian over it."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float32)


def _bad(field: str, value: object, detail: str) -> BadInput:
    return BadInput(field=field, value=value, detail=detail, remedy="Give decoded frames in the order of their times.")
