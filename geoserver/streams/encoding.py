"""Rendered frames as an H.264 file that can be served as it is: a picture a packet, a group a second."""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

RENDERERS = 2
AHEAD = 4
"""Frames that are drawn before the encoder asks for them."""
OPTIONS = {"preset": "superfast", "tune": "zerolatency", "profile": "main", "crf": "22"}
BT709 = 1
"""Number of the standard in H.264's tables of primaries, transfer and matrix."""
Draw = Callable[[int], NDArray[Any]]


def write_clip(file: Path, draw: Draw, *, size: tuple[int, int], fps: int, frames: int) -> None:
    """Encode frames into an MP4, put in place in one step: nobody reads half a clip.

    Without B frames and with a key frame each second, whatever the picture does; the index first. Colours are
    stated as BT.709, limited range, so that no player has to guess.

    Parameters
    ----------
    draw : the picture (rows, cols, 3) uint8 sRGB of a frame's number; asked from several threads
    size : columns and rows, even
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    os.close(handle)
    try:
        _encode(name, draw, size, fps, frames)
        os.replace(name, file)
    finally:
        Path(name).unlink(missing_ok=True)


def _encode(name: str, draw: Draw, size: tuple[int, int], fps: int, frames: int) -> None:
    every = f"keyint={fps}:min-keyint={fps}:scenecut=0:bframes=0:open-gop=0"
    with av.open(name, "w", format="mp4", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=fps, options=OPTIONS | {"x264-params": every})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.gop_size, context.max_b_frames = fps, 0
        context.color_range, context.colorspace = ColorRange.MPEG, BT709
        context.color_primaries, context.color_trc = BT709, BT709
        for number, frame in enumerate(_drawn(draw, frames)):
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _drawn(draw: Draw, frames: int) -> Iterator[av.VideoFrame]:
    """Frames in order, some drawn ahead in other threads."""
    with ThreadPoolExecutor(RENDERERS, thread_name_prefix="draw") as pool:
        waiting: deque[Future[av.VideoFrame]] = deque()
        for number in range(frames):
            waiting.append(pool.submit(_video_frame, draw, number))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _video_frame(draw: Draw, number: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(draw(number), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
