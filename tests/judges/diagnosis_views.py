"""What the diagnosis is judged on: real clips, views of a demo city by day and by night, and plain walls and skies."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tests.judges.diagnosis_faults import Frames, sensor_noise

WINDOW_S, LONG_S = 2.0, 6.0
BIKES_SHOTS = ((0, 30), (30, 76), (76, 137), (137, 187), (187, 242))
"""First and last frame of the fixed shots in bikes.mp4; each is one camera, played to and fro."""


@dataclass(frozen=True, eq=False)
class View:
    """A camera for a while.

    ``frames`` 6 s of them, good; ``reference`` another picture of it; ``elsewhere`` it, turned by 5 % or more of the
    width, and ``before`` what it showed before it was turned.
    """

    name: str
    fps: float
    frames: Frames
    reference: NDArray[np.uint8]
    elsewhere: Frames
    before: NDArray[np.uint8]
    judging: bool


def clips(folder: Path, rng: np.random.Generator) -> Iterator[View]:
    """Windows of the clips: the first half of each for setting, the second for judging; of bikes every other shot."""
    for name, fps, every_s in (("car-detection", 12.5, 3.0), ("one-by-one-person-detection", 10.0, 6.0)):
        frames = _read(folder / f"{name}.mp4")
        reference, length = frames[2], round(LONG_S * fps)
        starts = range(0, len(frames) - length + 1, round(every_s * fps))
        for start in starts:
            window = frames[start : start + length]
            yield _clip(f"{name} {start}", fps, window, reference, start + length / 2 > len(frames) / 2, rng)
    bikes = _read(folder / "bikes.mp4")
    for k, (first, last) in enumerate(BIKES_SHOTS):
        shot = bikes[first:last]
        for shift in (0.0, 1.0):
            yield _clip(f"bikes {k} {shift}", 25.0, _to_and_fro(shot, shift), shot[-3], k % 2 == 1, rng)


def _read(path: Path) -> Frames:
    with av.open(str(path)) as read:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in read.decode(video=0)])


def _to_and_fro(shot: Frames, shift_s: float, fps: float = 25.0) -> Frames:
    at = np.arange(round(LONG_S * fps)) + round(shift_s * fps)
    lap = 2 * (len(shot) - 1)
    at = at % lap
    return shot[np.where(at < len(shot), at, lap - at)]


def _clip(
    name: str, fps: float, window: Frames, reference: NDArray[np.uint8], judging: bool, rng: np.random.Generator
) -> View:
    """A window; turned means cut out elsewhere, so that no border is made up."""
    rows, cols = window.shape[1:3]
    wide, tall = cols * 4 // 5 // 2 * 2, rows * 4 // 5 // 2 * 2
    off = round(wide * rng.uniform(0.055, 0.2))
    start = int(rng.integers(0, cols - wide - off + 1))
    a, b = (start, start + off) if rng.random() < 0.5 else (start + off, start)
    top, top_b = rng.integers(0, rows - tall + 1, 2).tolist()
    elsewhere = window[: round(WINDOW_S * fps), top_b : top_b + tall, b : b + wide]
    return View(name, fps, window, reference, elsewhere, reference[top : top + tall, a : a + wide], judging)


def simulated(
    stills: list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]], rng: np.random.Generator
) -> Iterator[View]:
    """Views of a city (name, still, still when turned), by day and by night, with vehicles and a sensor's noise."""
    for k, (name, still, turned) in enumerate(stills):
        yield _seen(f"{name} day", still, turned, rng, k % 2 == 1, noise=rng.uniform(1, 2.5))
        if k % 4 < 2:
            lamps = rng.uniform(0, 1, (30, 3))
            night, night_turned = (_night(picture, lamps, shift) for picture, shift in ((still, 0.0), (turned, 0.12)))
            yield _seen(f"{name} night", night, night_turned, rng, k % 2 == 1, noise=rng.uniform(3, 6))


def _seen(
    name: str,
    still: NDArray[np.uint8],
    turned: NDArray[np.uint8],
    rng: np.random.Generator,
    judging: bool,
    noise: float,
) -> View:
    fps = 12.5
    frames = sensor_noise(with_boxes(still, round(LONG_S * fps), rng), rng, noise)
    elsewhere = sensor_noise(with_boxes(turned, round(WINDOW_S * fps), rng), rng, noise)
    reference = sensor_noise(with_boxes(still, 1, rng), rng, noise)[0]
    return View(name, fps, frames, reference, elsewhere, reference, judging)


def with_boxes(still: NDArray[np.uint8], count: int, rng: np.random.Generator) -> Frames:
    """A still with a few boxes that drive across its lower part."""
    rows, cols = still.shape[:2]
    out = np.repeat(still[None], count, axis=0)
    for _ in range(int(rng.integers(0, 5))):
        tall = int(rng.uniform(0.03, 0.1) * rows)
        wide, row = tall * 2, int(rng.uniform(0.5, 0.88) * rows)
        at, step, colour = rng.uniform(0, cols), rng.uniform(-6, 6), rng.integers(10, 240, 3)
        bright = float(still.mean()) / 128
        for k in range(count):
            col = int(at + k * step) % (cols + wide) - wide
            out[k, row : row + tall, max(col, 0) : max(col + wide, 0)] = colour * min(bright, 1.0)
    return out


def _night(still: NDArray[np.uint8], lamps: NDArray[np.float64], shift: float) -> NDArray[np.uint8]:
    """A picture at night: little light, warm lamps."""
    rows, cols = still.shape[:2]
    dark = 70 * (still / 255.0) ** 1.6 + 4
    glow = np.zeros((rows, cols), np.float32)
    for x, y, size in lamps:
        cv2.circle(glow, (int((x + shift) * cols), int((0.3 + 0.6 * y) * rows)), 1 + int(3 * size), 1.0, -1)
    halo = cv2.GaussianBlur(glow, (0, 0), cols / 60) * 3 + glow
    return np.clip(dark + halo[..., None] * np.array([255, 215, 150]), 0, 255).astype(np.uint8)


def plain(rng: np.random.Generator) -> Iterator[View]:
    """Walls and skies with next to nothing on them: none of them is a fault."""
    rows, cols, fps = 360, 640, 12.5
    down, across = np.mgrid[0:1:360j, 0:1:640j]
    for k in range(12):
        colour = rng.uniform(90, 215, 3) if k % 3 else np.array([150, 185, 225]) * rng.uniform(0.8, 1.05)
        slope = 1 + rng.uniform(-0.15, 0.15) * down[..., None] + rng.uniform(-0.1, 0.1) * across[..., None]
        picture = np.clip(colour * slope, 0, 255).astype(np.uint8)
        if k % 2:
            cv2.line(
                picture, (int(rng.integers(cols)), rows - 1), (int(rng.integers(cols)), rows // 2), (70, 70, 72), 3
            )
        noise = rng.uniform(1, 3)
        still = picture[None].repeat(round(LONG_S * fps), axis=0)
        frames = sensor_noise(still, rng, noise)
        yield View(f"plain {k}", fps, frames, frames[0], frames[:0], frames[0], k % 4 >= 2)
