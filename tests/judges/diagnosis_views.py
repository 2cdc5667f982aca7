"""What the diagnosis is judged on: a camera for a while, of the shared clips, of plain walls, and how they are halved.

Half of all cameras is for setting thresholds and half for judging them: no stretch of a clip, no shot and no simulated
camera is in both. Views of a city are in `diagnosis_city`.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.faulty import Frames, sensor_noise

WINDOW_S, LONG_S = 2.0, 6.0
SEED = 20261123
BIKES_SHOTS = ((0, 30), (30, 76), (76, 137), (137, 187), (187, 242))
"""First and last frame of the shots in bikes.mp4; each is one camera, played to and fro."""
TAKES = {"car-detection": 3, "one-by-one-person-detection": 1, "bikes": 4}
"""How often faults are put onto a stretch of a clip, each time drawn anew: the short clips more often."""

Kind: TypeAlias = Literal["clip", "day", "night", "plain"]


@dataclass(frozen=True, eq=False)
class View:
    """A camera for a while.

    ``frames`` 6 s of them, good; ``reference`` another picture of it; ``elsewhere`` it, turned by 5 % or more of the
    width (or none), and ``before`` what it showed before it was turned.
    """

    fps: float
    frames: Frames
    reference: NDArray[np.uint8]
    elsewhere: Frames
    before: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Subject:
    """A view before it is made, which may take long; ``rng`` gives the same draws whatever else is made."""

    name: str
    kind: Kind
    judging: bool
    make: Callable[[np.random.Generator], View]

    @property
    def rng(self) -> np.random.Generator:
        """The draws of this view and of its faults."""
        return np.random.default_rng([SEED, zlib.crc32(self.name.encode())])


def halved(names: Sequence[str], seed: int = SEED) -> frozenset[str]:
    """The names that are for judging: half of them, drawn by lot."""
    drawn = np.random.default_rng([seed, len(names)]).permutation(len(names))
    return frozenset(names[k] for k in drawn[: len(names) // 2])


def clips(folder: Path) -> Iterator[Subject]:
    """Stretches of 6 s of the fixed cameras' clips, none in both halves; and the shots of bikes.mp4."""
    for name, fps in (("car-detection", 12.5), ("one-by-one-person-detection", 10.0)):
        frames, length = _read(folder / f"{name}.mp4"), round(LONG_S * fps)
        stretches = {f"{name} {start}": start for start in range(0, len(frames) - length + 1, length)}
        judging = halved(list(stretches))
        for stretch, start in stretches.items():
            window = frames[start : start + length]
            for take in range(TAKES[name]):
                yield Subject(
                    f"{stretch} {take}", "clip", stretch in judging,
                    lambda rng, w=window, r=frames[2], f=fps: _clip(f, w, r, rng),
                )  # fmt: skip
    frames = _read(folder / "bikes.mp4")
    shots = {f"bikes {k}": frames[first:last] for k, (first, last) in enumerate(BIKES_SHOTS)}
    judging = halved(list(shots))
    for name, shot in shots.items():
        for take in range(TAKES["bikes"]):
            yield Subject(f"{name} {take}", "clip", name in judging, lambda rng, s=shot: _shot(s, rng))


def plain() -> Iterator[Subject]:
    """Walls and skies with next to nothing on them: none of them is a fault."""
    names = [f"plain {k}" for k in range(12)]
    judging = halved(names)
    for k, name in enumerate(names):
        yield Subject(name, "plain", name in judging, lambda rng, k=k: _plain(k, rng))


def _read(path: Path) -> Frames:
    with av.open(str(path)) as read:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in read.decode(video=0)])


def _shot(shot: Frames, rng: np.random.Generator, fps: float = 25.0) -> View:
    """A short shot, to and fro from somewhere in it; its reference is any frame of it."""
    lap = 2 * (len(shot) - 1)
    at = (np.arange(round(LONG_S * fps)) + int(rng.integers(lap))) % lap
    return _clip(fps, shot[np.where(at < len(shot), at, lap - at)], shot[int(rng.integers(len(shot)))], rng)


def _clip(fps: float, window: Frames, reference: NDArray[np.uint8], rng: np.random.Generator) -> View:
    """A window; turned means cut out elsewhere, so that no border is made up."""
    rows, cols = window.shape[1:3]
    wide, tall = cols * 4 // 5 // 2 * 2, rows * 4 // 5 // 2 * 2
    off = round(wide * rng.uniform(0.055, 0.2))
    start = int(rng.integers(0, cols - wide - off + 1))
    a, b = (start, start + off) if rng.random() < 0.5 else (start + off, start)
    top, top_b = rng.integers(0, rows - tall + 1, 2).tolist()
    elsewhere = window[: round(WINDOW_S * fps), top_b : top_b + tall, b : b + wide]
    return View(fps, window, reference, elsewhere, reference[top : top + tall, a : a + wide])


def _plain(k: int, rng: np.random.Generator) -> View:
    rows, cols, fps = 360, 640, 12.5
    down, across = np.mgrid[0:1:360j, 0:1:640j]
    colour = rng.uniform(90, 215, 3) if k % 3 else np.array([150, 185, 225]) * rng.uniform(0.8, 1.05)
    slope = 1 + rng.uniform(-0.15, 0.15) * down[..., None] + rng.uniform(-0.1, 0.1) * across[..., None]
    picture = np.clip(colour * slope, 0, 255).astype(np.uint8)
    if k % 2:
        cv2.line(picture, (int(rng.integers(cols)), rows - 1), (int(rng.integers(cols)), rows // 2), (70, 70, 72), 3)
    still = picture[None].repeat(round(LONG_S * fps), axis=0)
    frames = sensor_noise(still, rng, rng.uniform(1, 3))
    return View(fps, frames, frames[0], frames[:0], frames[0])
