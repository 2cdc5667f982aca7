"""A camera that shows the time: each picture carries the millisecond at which it was drawn as black and white blocks.

The blocks fill the upper half, eight in a row and four rows, the lowest bit first. A page reads them out of a playing
video (``READ``), Python out of a decoded picture (``shown_ms``).
"""

import threading
import time
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from tests.geoserver.streams.rtsp import FED, RtspServer

SIZE, FPS = (640, 360), 25
COLUMNS, ROWS = 8, 4
WRAP = 1 << (COLUMNS * ROWS)

READ = """
(video) => {
  const canvas = new OffscreenCanvas(64, 32);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const found = [];
  let running = true;
  const read = () => {
    if (!running) return;
    const now = Date.now();
    pen.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 2, 0, 0, 64, 32);
    const { data } = pen.getImageData(0, 0, 64, 32);
    let ms = 0;
    for (let i = 0; i < 32; i++) {
      const at = ((Math.floor(i / 8) * 8 + 4) * 64 + (i % 8) * 8 + 4) * 4;
      if (data[at] > 128) ms += 2 ** i;
    }
    const late = (((now % 2 ** 32) - ms) % 2 ** 32 + 2 ** 32) % 2 ** 32;
    if (late < 60_000) found.push(late);
    video.requestVideoFrameCallback(read);
  };
  video.requestVideoFrameCallback(read);
  return () => { running = false; return found; };
}
"""
"""Given a video element, begins to read how late its pictures are (ms); what it returns ends that, and tells them."""


def drawn(now_ms: int, ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture of a millisecond, over a ground (height, width, 3)."""
    picture = ground.copy()
    height, width = picture.shape[:2]
    bits = np.array([now_ms >> i & 1 for i in range(COLUMNS * ROWS)], np.uint8).reshape(ROWS, COLUMNS)
    blocks = np.repeat(np.repeat(bits, height // 2 // ROWS, 0), width // COLUMNS, 1)
    picture[: blocks.shape[0], : blocks.shape[1]] = (16 + blocks * 219)[..., None]
    return picture


def shown_ms(rgb: NDArray[np.uint8]) -> int:
    """The millisecond that a picture shows, modulo ``WRAP``."""
    height, width = rgb.shape[:2]
    rows = (np.arange(ROWS) * 2 + 1) * (height // 2) // (2 * ROWS)
    columns = (np.arange(COLUMNS) * 2 + 1) * width // (2 * COLUMNS)
    bits = (rgb[np.ix_(rows, columns)].mean(axis=2) > 128).ravel()
    return sum(1 << int(i) for i in np.flatnonzero(bits))


class Clock:
    """An RTSP server all of whose mounts show the time, in groups of a second."""

    def __init__(self, mounts: int) -> None:
        self.server = RtspServer([FED], mounts=mounts, fps=FPS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        width, height = SIZE
        rng = np.random.default_rng(1)
        ground = np.repeat(np.repeat(rng.integers(40, 200, (height // 8, width // 8, 3), np.uint8), 8, 0), 8, 1)
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
        encoder.framerate, encoder.time_base, encoder.gop_size = Fraction(FPS), Fraction(1, FPS), FPS
        encoder.options = {"preset": "veryfast", "tune": "zerolatency", "bf": "0", "sc_threshold": "0", "aud": "1"}
        started, count = time.monotonic(), 0
        while not self._stop.wait(max(0.0, started + count / FPS - time.monotonic())):
            now_ms = int(time.time() * 1000) % WRAP
            frame = av.VideoFrame.from_ndarray(drawn(now_ms, np.roll(ground, count, 1)), format="rgb24")
            frame.pts = count
            for packet in encoder.encode(frame):
                try:
                    self.server.push(bytes(packet))
                except (OSError, ValueError):  # it has ended
                    return
            count += 1

    def __enter__(self) -> "Clock":
        self.server.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self.server.kill()
