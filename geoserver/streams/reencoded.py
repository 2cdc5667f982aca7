"""A stream encoded anew as H.264: to cover private pixels, or because browsers do not play it as it comes.

As many streams are as there are places; the others, and who wants no motion, get a picture every few seconds.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange

from geoserver.streams.coded import Sorter, joined, split
from geoserver.streams.covered import Cover, MaskOf
from geoserver.streams.model import PLAYED, TICKS_S, Coming, Picture, Stills, Unit
from geoserver.streams.pace import Pace
from geoserver.streams.reencoders import Place, Reencoders
from geoserver.streams.sources import Source
from geoserver.streams.stopping import Stop

GROUP: Final = 15
"""Frames from one key frame to the next."""
ENCODED: Final = {"preset": "veryfast", "tune": "zerolatency", "crf": "26"}
STILL_S: Final = 1.5
"""Least time between two pictures that stand for motion."""


@dataclass(frozen=True, slots=True)
class Reencoded:
    """A source as H.264, no wider than ``covered.MOST_PX``; it opens and fails as the one under it does.

    What browsers play, and nothing is covered in, is passed on as it comes.

    Attributes
    ----------
    reencoders : where its place is
    mask_of : private pixels; None: nothing is covered
    motion : False: pictures are enough, and no place is taken
    """

    inner: Source
    reencoders: Reencoders
    mask_of: MaskOf | None = None
    motion: bool = True

    def units(self, stop: Stop) -> Iterator[Coming]:
        """Pictures of the stream encoded anew, or ``Stills`` of it.

        Raises
        ------
        SourceLost
        """
        as_it_is = PLAYED if self.motion and self.mask_of is None else frozenset()
        with self.reencoders.place() as place:
            work = _Work(place if self.motion else None, Cover(self.mask_of))
            for one in self.inner.units(stop):
                if isinstance(one, Unit) and one.codec not in as_it_is:
                    yield from work.take(one)
                else:
                    yield one


class _Work:
    """Decodes, covers and encodes pictures that come live."""

    def __init__(self, place: Place | None, cover: Cover) -> None:
        self._place, self._cover = place, cover
        self._pace = Pace()
        self._decoder: VideoCodecContext | None = None
        self._encoder: VideoCodecContext | None = None
        self._sorter = Sorter("h264")
        self._moves = False
        self._pts = -1
        self._still_s: float | None = None

    def take(self, unit: Unit) -> Iterator[Unit | Stills]:
        """What comes of one more picture."""
        if self._place is not None and not self._moves:
            self._moves = unit.key and self._place.take()
        if self._moves:
            yield from self._moved(unit)
        elif unit.key and (self._still_s is None or time.monotonic() - self._still_s >= STILL_S):
            self._still_s = time.monotonic()
            yield Stills("busy" if self._place is not None else "asked", self._still(unit))

    def _still(self, unit: Unit) -> Picture | None:
        at_s = time.time()
        frames = _decoded(_decoder(unit.codec), unit, last=True)
        return Picture(self._cover.rgb(frames[-1]), at_s) if frames else None

    def _moved(self, unit: Unit) -> Iterator[Unit]:
        if not self._pace.takes(unit.pts if unit.dts is None else unit.dts, key=unit.key):
            self._decoder = None
            return
        if self._decoder is None or (unit.key and self._decoder.name != unit.codec):
            if not unit.key:
                return
            self._decoder = _decoder(unit.codec)
        frames = _decoded(self._decoder, unit)
        if frames is None:
            self._decoder = None
        for frame in frames or ():
            if frame.pts is not None and frame.pts > self._pts:
                self._pts = frame.pts
                yield from self._encoded(self._cover.covered(frame))

    def _encoded(self, frame: av.VideoFrame) -> Iterator[Unit]:
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (frame.width, frame.height):
            self._encoder = _encoder(frame)
        for packet in self._encoder.encode(frame):
            unit = self._sorter.unit(split(bytes(packet)), packet.pts or 0, packet.dts)
            if unit is not None:
                yield unit


def _decoded(decoder: VideoCodecContext, unit: Unit, *, last: bool = False) -> Sequence[av.VideoFrame] | None:
    """The frames that a picture completes, all that is left with the ``last``; None where it cannot be decoded."""
    packet = av.Packet(joined([*unit.sets, *unit.nals]))
    packet.pts, packet.dts, packet.time_base = unit.pts, unit.dts, Fraction(1, TICKS_S)
    try:
        return [*decoder.decode(packet), *(decoder.decode(None) if last else ())]
    except av.FFmpegError:
        return None


def _decoder(codec: str) -> VideoCodecContext:
    made = VideoCodecContext.create(codec, "r")
    assert isinstance(made, VideoCodecContext)
    made.flags |= av.codec.context.Flags.low_delay
    made.thread_count = 1
    return made


def _encoder(frame: av.VideoFrame) -> VideoCodecContext:
    """An encoder of frames such as this one; colours are told as the frame tells them."""
    made = VideoCodecContext.create("libx264", "w")
    assert isinstance(made, VideoCodecContext)
    made.width, made.height, made.pix_fmt = frame.width, frame.height, "yuv420p"
    made.color_range, made.colorspace = ColorRange.MPEG, frame.colorspace
    made.color_primaries, made.color_trc = frame.color_primaries, frame.color_trc
    made.time_base, made.framerate = Fraction(1, TICKS_S), Fraction(GROUP)
    made.gop_size, made.max_b_frames, made.thread_count = GROUP, 0, 1
    made.options = ENCODED
    return made
