"""Decoded pictures of a stream: the last one, or those of its last seconds drawn on and encoded again."""

import io
import tempfile
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from geoserver.streams.model import TICKS_S, Picture, Piece, SourceLost

Paint = Callable[[NDArray[np.uint8]], None]
"""Draws on a picture (height, width, 3) of 8-bit RGB in place: a mark, a mask."""

JPEG_QUALITY: Final = 88
LONGEST_GAP_S: Final = 5.0
"""A break in a clip is shown for no longer."""
ENCODING: Final = {"preset": "veryfast", "crf": "23", "bf": "0"}


@dataclass(frozen=True)
class Shown:
    """A decoded picture with its time in the stream (s), and when it came in (Unix time)."""

    rgb: NDArray[np.uint8]
    time_s: float
    at_s: float


def decode(pieces: Iterable[Piece]) -> Iterator[Shown]:
    """The pictures of pieces; what cannot be decoded is left out."""
    for piece in pieces:
        times = [one.dts for one in piece.fragments]
        for frame in _frames(piece):
            ticks = _ticks(frame)
            at_s = piece.fragments[max(bisect_right(times, ticks) - 1, 0)].at_s
            yield Shown(_rgb(frame), ticks / TICKS_S, at_s)


def last_picture(piece: Piece) -> Picture | None:
    """The last picture of a group; None where nothing in it can be decoded. Only this one is made RGB."""
    last = deque(_frames(piece), maxlen=1)
    return Picture(_rgb(last[0]), piece.fragments[-1].at_s) if last else None


def snapshot(picture: Picture, paints: Sequence[Paint] = ()) -> bytes:
    """A picture as JPEG, drawn on."""
    rgb = picture.rgb.copy()
    for paint in paints:
        paint(rgb)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=JPEG_QUALITY, subsampling="4:2:0")
    return out.getvalue()


def clip(pieces: Sequence[Piece], seconds: float, paints: Sequence[Paint] = ()) -> bytes:
    """The pictures of the last so many seconds of pieces, drawn on, as MP4 (H.264) that plays before it is whole.

    Raises
    ------
    SourceLost
        ``not-readable``: there is nothing in them to be decoded.
    """
    return encode(_drawn(pieces, seconds, paints))


def encode(pictures: Iterator[Shown]) -> bytes:
    """Pictures as MP4 (H.264), with the times they have; a picture of another size than the first is made to fit.

    Raises
    ------
    SourceLost
        ``not-readable``: there are none.
    """
    first = next(pictures, None)
    if first is None:
        raise SourceLost("not-readable")
    height, width = (side - side % 2 for side in first.rgb.shape[:2])
    with tempfile.TemporaryDirectory() as folder:  # the head is put first in a second go, which needs a file
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as out:
            stream = out.add_stream("libx264", rate=25, options=ENCODING)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.time_base = Fraction(1, TICKS_S)
            stream.codec_context.gop_size = 50
            ticks, before = -1, first
            for one in _with_first(first, pictures):
                step_s = min(max(one.time_s - before.time_s, 0.0), LONGEST_GAP_S)
                ticks, before = ticks + max(round(step_s * TICKS_S), 1), one
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(one.rgb), format="rgb24")
                frame = frame.reformat(width=width, height=height, format="yuv420p")
                frame.pts, frame.time_base = ticks, Fraction(1, TICKS_S)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return path.read_bytes()


def _with_first(first: Shown, rest: Iterator[Shown]) -> Iterator[Shown]:
    yield first
    yield from rest


def _drawn(pieces: Sequence[Piece], seconds: float, paints: Sequence[Paint]) -> Iterator[Shown]:
    newest_s = max((one.at_s for piece in pieces for one in piece.fragments), default=0.0)
    for shown in decode(pieces):
        if shown.at_s < newest_s - seconds:
            continue
        for paint in paints:
            paint(shown.rgb)
        yield shown


def _frames(piece: Piece) -> Iterator[av.VideoFrame]:
    """The decoded pictures of a piece, up to where it breaks."""
    whole = io.BytesIO(b"".join([piece.init.data, *(one.data for one in piece.fragments)]))
    try:
        with av.open(whole, "r", format="mp4") as container:
            context = container.streams.video[0].codec_context
            for packet in container.demux(video=0):
                try:
                    yield from context.decode(packet if packet.size else None)
                except av.FFmpegError:
                    continue
    except (av.FFmpegError, IndexError):
        return


def _ticks(frame: av.VideoFrame) -> int:
    return round((frame.pts or 0) * (frame.time_base or Fraction(1, TICKS_S)) * TICKS_S)


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return np.ascontiguousarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
