"""Clips made here: each picture carries its number as bars, so that what a viewer got can be told apart."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np

from geoserver.streams.containers import file_units
from geoserver.streams.model import Fragment, Init, Unit

BITS = 12


def picture(number: int, size: tuple[int, int]) -> np.ndarray:
    """A grey picture with the bits of a number as bars, black and white."""
    width, height = size
    rgb = np.full((height, width, 3), 90 + number % 50, np.uint8)
    step = width // BITS
    for bit in range(BITS):
        rgb[: height // 2, bit * step : (bit + 1) * step] = 235 if number >> bit & 1 else 16
    return rgb


def number(rgb: np.ndarray) -> int:
    """The number of a picture."""
    height, width = rgb.shape[:2]
    step = width // BITS
    row = rgb[height // 8 : height // 3]
    return sum(1 << bit for bit in range(BITS) if row[:, bit * step + 3 : (bit + 1) * step - 3].mean() > 128)


def make(
    path: Path, *, seconds: float = 4, fps: int = 25, size: tuple[int, int] = (320, 180), first: int = 0, **options: str
) -> Path:
    """A clip with 1 s groups, its pictures numbered from ``first``; ``codec`` and ``format`` are libav's."""
    codec, form = options.pop("codec", "libx264"), options.pop("format", "mp4")
    with av.open(str(path), "w", format=form, options={"movflags": "faststart"} if form == "mp4" else {}) as out:
        stream = out.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.gop_size = fps
        own = {"x265-params": f"log-level=none:bframes=0:keyint={fps}:min-keyint={fps}:scenecut=0:open-gop=0:aud=1"}
        mine = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "profile": "main",
            "bf": "0",
            "sc_threshold": "0",
            "aud": "1",
        }
        stream.options = {"libx264": mine, "libx265": own | {"preset": "ultrafast"}}.get(codec, {}) | options
        for i in range(int(seconds * fps)):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture(first + i, size), format="rgb24")))
        out.mux(stream.encode(None))
    return path


def units(path: Path) -> list[Unit]:
    """The coded pictures of a clip."""
    return [one for one in file_units(path) if isinstance(one, Unit)]


def decoded(init: Init, fragments: Sequence[Fragment]) -> Iterator[tuple[int, int]]:
    """Time in ticks and number of each picture that another reader finds in what a viewer got."""
    whole = io.BytesIO(init.data + b"".join(one.data for one in fragments))
    with av.open(whole, "r", format="mp4") as container:
        for frame in container.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            yield int(frame.pts * frame.time_base * 90_000), number(frame.to_ndarray(format="rgb24"))


def read(data: bytes) -> list[tuple[int, int, np.ndarray]]:
    """Time in ticks, number and pixels of each picture of a file."""
    with av.open(io.BytesIO(data), "r") as container:
        found = [(frame.pts, frame.time_base, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    return [(int((pts or 0) * (base or 0) * 90_000), number(rgb), rgb) for pts, base, rgb in found]
