"""Faults put onto good frames, as strong as the acceptance asks or stronger, and the way of frames through H.264."""

import io
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Frames: TypeAlias = NDArray[np.uint8]
"""(n, rows, cols, 3)."""

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


def frozen(frames: Frames, rng: np.random.Generator, fps: float) -> Frames:
    """One picture for 5 s or more of a window of 6 s."""
    count = min(len(frames), int(np.ceil(rng.uniform(5.0, 6.0) * fps)) + 1)
    start = int(rng.integers(0, len(frames) - count + 1))
    out = frames.copy()
    out[start : start + count] = frames[start]
    return out


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
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
