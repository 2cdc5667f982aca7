"""A stream whose private pixels are blank: decoded, covered, encoded anew. It takes a part of a core."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from geoserver.streams.coded import Sorter, joined, split
from geoserver.streams.model import TICKS_S, Unit, Unplayable
from geoserver.streams.sources import Source
from geoserver.streams.stopping import Stop
from layers.cameras.pictures.masking import Mask, blanked

GROUP = 15
"""Frames from one key frame to the next."""
ENCODED = {"preset": "veryfast", "tune": "zerolatency", "crf": "26"}

MaskOf = Callable[[int, int], Mask | None]
"""Private pixels (rows, cols) of a picture so many columns wide and rows high."""


@dataclass(frozen=True, slots=True)
class MaskedSource:
    """A source with private pixels covered; it opens and fails as the one under it does.

    What browsers do not play (H.265) comes out as H.264, for it is encoded anew in any case.
    """

    inner: Source
    mask_of: MaskOf

    def units(self, stop: Stop) -> Iterator[Unit | Unplayable]:
        """Pictures of the covered stream.

        Raises
        ------
        SourceLost
        """
        decoder: VideoCodecContext | None = None
        cover = _Cover(self.mask_of)
        for one in self.inner.units(stop):
            if isinstance(one, Unplayable):
                yield one
                continue
            if decoder is None:
                if not one.key:
                    continue
                decoder = _decoder(one.codec)
            packet = av.Packet(joined([*one.sets, *one.nals]))
            packet.pts, packet.dts, packet.time_base = one.pts, one.dts, Fraction(1, TICKS_S)
            for frame in decoder.decode(packet):
                yield from cover.take(frame)


class _Cover:
    """Covers frames and encodes them; begins anew when their size changes."""

    def __init__(self, mask_of: MaskOf) -> None:
        self._mask_of = mask_of
        self._size = (0, 0)
        self._mask: Mask | None = None
        self._encoder: VideoCodecContext | None = None
        self._sorter = Sorter("h264")

    def take(self, frame: av.VideoFrame) -> Iterator[Unit]:
        if frame.pts is None:
            return
        if self._encoder is None or self._size != (frame.width, frame.height):
            self._size = frame.width, frame.height
            self._mask = self._mask_of(*self._size)
            self._encoder = _encoder(*self._size)
        picture = blanked(np.asarray(frame.to_ndarray(format="rgb24")), self._mask)
        covered = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        covered.pts, covered.time_base = frame.pts, Fraction(1, TICKS_S)
        for packet in self._encoder.encode(covered):
            unit = self._sorter.unit(split(bytes(packet)), packet.pts or 0, packet.dts)
            if unit is not None:
                yield unit


def _decoder(codec: str) -> VideoCodecContext:
    made = VideoCodecContext.create(codec, "r")
    assert isinstance(made, VideoCodecContext)
    made.flags |= av.codec.context.Flags.low_delay
    made.thread_count = 1
    return made


def _encoder(width: int, height: int) -> VideoCodecContext:
    made = VideoCodecContext.create("libx264", "w")
    assert isinstance(made, VideoCodecContext)
    made.width, made.height, made.pix_fmt = width - width % 2, height - height % 2, "yuv420p"
    made.time_base, made.framerate = Fraction(1, TICKS_S), Fraction(GROUP)
    made.gop_size, made.max_b_frames = GROUP, 0
    made.options = ENCODED
    return made
