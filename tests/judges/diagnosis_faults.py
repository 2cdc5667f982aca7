"""The way of frames through H.264, and a freeze, which needs the time; other faults are in `layers.health.faulty`."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from layers.health.faulty import Frames

KBIT_S = (512, 768, 1024)
"""What sub-streams of about 640 pixels are sent at."""


def h264(frames: Frames, fps: float, kbit_s: int) -> bytes:
    """Frames as a camera at a steady rate sends them: groups of 1 s, no B frames, in MP4."""
    rows, cols = (side // 2 * 2 for side in frames.shape[1:3])
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as out:
        stream: Any = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = cols, rows, "yuv420p"
        stream.bit_rate = kbit_s * 1000
        rate = f"{kbit_s}k"
        stream.options = {"preset": "veryfast", "g": str(round(fps)), "bf": "0", "maxrate": rate, "bufsize": rate}
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:rows, :cols]), "rgb24")))
        out.mux(stream.encode(None))
    return held.getvalue()


def decoded(video: bytes, sample_fps: float = 5.0) -> tuple[Frames, NDArray[np.float64]]:
    """Some frames a second of a video, (n, rows, cols, 3), and their times, s."""
    with av.open(io.BytesIO(video)) as read:
        fps = float(read.streams.video[0].average_rate or sample_fps)
        step = max(1, round(fps / sample_fps))
        some = [one.to_ndarray(format="rgb24") for k, one in enumerate(read.decode(video=0)) if k % step == 0]
    return np.stack(some), np.arange(len(some)) * step / fps


def frozen(frames: Frames, rng: np.random.Generator, fps: float) -> Frames:
    """One picture for 5 s or more of a window of 6 s."""
    count = min(len(frames), int(np.ceil(rng.uniform(5.0, 6.0) * fps)) + 1)
    start = int(rng.integers(0, len(frames) - count + 1))
    out = frames.copy()
    out[start : start + count] = frames[start]
    return out
