"""Decoded frames made ready to be sent: no wider than need be, with private pixels blank."""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Final

import av
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from geoserver.streams.model import TICKS_S
from layers.cameras.pictures.masking import BLANK, Mask

MOST_PX: Final = 1920
MaskOf = Callable[[int, int], Mask | None]
"""Private pixels (rows, cols) of a picture so many columns wide and rows high, as they are now."""


class Cover:
    """Fits and covers frames of one stream."""

    def __init__(self, mask_of: MaskOf | None) -> None:
        self._mask_of = mask_of
        self._mask: Mask | None = None
        self._planes: Mask | None = None

    def covered(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A frame as YUV 4:2:0 of limited range, of even size; what is private is blank in all planes."""
        width, height = fitted(frame.width, frame.height)
        plain = frame.reformat(width=width, height=height, format="yuv420p", dst_color_range=ColorRange.MPEG)
        mask = None if self._mask_of is None else self._mask_of(width, height)
        made = plain if mask is None else self._blanked(plain, mask)
        made.pts, made.time_base = frame.pts, Fraction(1, TICKS_S)
        return made

    def rgb(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """A frame (rows, cols, 3) as sRGB, fitted and covered."""
        return np.ascontiguousarray(self.covered(frame).to_ndarray(format="rgb24"), dtype=np.uint8)

    def _blanked(self, plain: av.VideoFrame, mask: Mask) -> av.VideoFrame:
        if self._planes is None or mask is not self._mask:
            self._mask, self._planes = mask, planes_of(mask)
        data = plain.to_ndarray()
        np.copyto(data, _blank(*mask.shape), where=self._planes)
        made = av.VideoFrame.from_ndarray(data, format="yuv420p")
        made.color_range, made.colorspace = plain.color_range, plain.colorspace
        made.color_primaries, made.color_trc = plain.color_primaries, plain.color_trc
        return made


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size that a picture is sent in: even, and no wider than ``MOST_PX``."""
    scale = min(1.0, MOST_PX / width)
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)


def planes_of(mask: Mask) -> Mask:
    """A mask (rows, cols) for planar YUV 4:2:0, (rows · 3 / 2, cols): colour goes with any of its four pixels."""
    rows, cols = mask.shape
    colour = mask.reshape(rows // 2, 2, cols // 2, 2).any(axis=(1, 3)).reshape(-1)
    return np.concatenate([mask.reshape(-1), colour, colour]).reshape(rows * 3 // 2, cols)


@lru_cache(maxsize=16)
def _blank(rows: int, cols: int) -> NDArray[np.uint8]:
    """A blank picture, as planar YUV 4:2:0."""
    one = av.VideoFrame.from_ndarray(np.full((2, 2, 3), BLANK, np.uint8), format="rgb24")
    luma, _, blue_red = one.reformat(format="yuv420p", dst_color_range=ColorRange.MPEG).to_ndarray()
    sizes = rows * cols, rows * cols // 4, rows * cols // 4
    return np.repeat(np.array([luma[0], *blue_red], np.uint8), sizes).reshape(rows * 3 // 2, cols)
