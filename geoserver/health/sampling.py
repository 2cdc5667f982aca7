"""Frames of a stream over some seconds, decoded for the diagnosis: from an open stream, or read once."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from geoserver.streams.coded import joined
from geoserver.streams.frames import decode
from geoserver.streams.model import TICKS_S, Piece, SourceLost, Unit
from geoserver.streams.sources import Source
from geoserver.streams.stopping import Stop
from layers.health.sample import JUDGED_PX, Sample, shrunk

EVERY_S = 0.2
SLACK_S = 8.0
"""So much longer than the window a stream may take to open and to come."""
Timed = tuple[float, NDArray[np.uint8]]


@dataclass(frozen=True)
class Taken:
    """A sample, and how many frames should have come at the stream's own pace."""

    sample: Sample
    asked: int


def of_pieces(pieces: Sequence[Piece], window_s: float) -> Taken:
    """From what is at hand of an open stream."""
    return _taken(((one.time_s, one.rgb) for one in decode(pieces)), window_s)


def of_source(source: Source, window_s: float) -> Taken:
    """Read once. Blocks for the window and what opening takes.

    Raises
    ------
    SourceLost
    """
    stop = Stop()
    timer = threading.Timer(window_s + SLACK_S, stop.set)
    timer.start()
    try:
        return _taken(_frames(source, stop, window_s), window_s)
    finally:
        timer.cancel()
        stop.set()


def _frames(source: Source, stop: Stop, window_s: float) -> Iterator[Timed]:
    decoder: VideoCodecContext | None = None
    began: float | None = None
    units = cast("Iterator[object]", source.units(stop))
    with closing(units):  # type: ignore[type-var]
        try:
            for one in units:
                if not isinstance(one, Unit):
                    raise SourceLost("not-readable")
                if decoder is None:
                    if not one.key:
                        continue
                    decoder = VideoCodecContext.create(one.codec, "r")
                    decoder.thread_count = 1
                packet = av.Packet(joined([*one.sets, *one.nals]))
                packet.pts, packet.time_base = one.pts, Fraction(1, TICKS_S)
                try:
                    frames = decoder.decode(packet)
                except av.FFmpegError:
                    continue
                for frame in frames:
                    at = (frame.pts or 0) / TICKS_S
                    began = at if began is None else began
                    yield at, np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                    if at - began >= window_s:
                        stop.set()
                        return
        except SourceLost as lost:
            if began is None or lost.reason not in ("silent", "ended"):
                raise


def _taken(frames: Iterator[Timed], window_s: float) -> Taken:
    kept: list[NDArray[np.uint8]] = []
    times: list[float] = []
    began = time.monotonic()
    for at, rgb in frames:
        if times and at - times[-1] < EVERY_S * 0.9:
            continue
        kept.append(np.ascontiguousarray(shrunk(rgb, JUDGED_PX)))
        times.append(at)
    if not kept:
        raise SourceLost("silent")
    same = [number for number, one in enumerate(kept) if one.shape == kept[0].shape]
    sample = Sample(np.stack([kept[n] for n in same]), np.array([times[n] for n in same], float))
    lasted = times[-1] - times[0]
    pace = (len(times) - 1) / lasted if lasted > 0 else 1 / EVERY_S
    short = lasted < window_s - 1.5 and time.monotonic() - began > window_s
    return Taken(sample, max(len(sample), round(pace * window_s)) if short else len(sample))
