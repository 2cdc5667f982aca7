"""Places along a line: where a name fits on it, and the dashes of a border."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_EVERY_PX = 420.0
_TRIES = (0.5, 0.35, 0.65, 0.2, 0.8)
_STEEP_DEG = 60.0
_BOW_PX = 4.0
"""How far a line may bow away under a straight name."""


@dataclass(frozen=True)
class Run:
    """Where one name stands on a line; ``steps`` are the glyphs' centres on a steep one."""

    x: float
    y: float
    angle_deg: float
    steps: tuple[tuple[float, float], ...] = ()


def along(line: Any, width: float, glyphs: int) -> Iterator[Run]:
    """Places on a line (or several) where a text of a width fits, in order of preference.

    ``glyphs`` is the number of upright characters (Chinese), which are stacked where the line is steep;
    0 for text that is always turned. Each stretch of some hundred pixels offers its straightest places.
    """
    parts = shapely.get_parts(line)
    for part in parts[np.argsort(-shapely.length(parts), kind="stable")]:
        length = shapely.length(part)
        if shapely.get_dimensions(part) != 1 or length < width + 12:
            continue
        stretches = max(1, int(length // _EVERY_PX))
        for stretch in range(stretches):
            for share in _TRIES:
                middle = length * (stretch + share) / stretches
                if middle - width / 2 < 4 or middle + width / 2 > length - 4:
                    continue
                run = _run(part, middle, width, glyphs)
                if run is not None:
                    yield run


def _run(part: Any, middle: float, width: float, glyphs: int) -> Run | None:
    at = middle + np.linspace(-width / 2, width / 2, 7)
    points = shapely.get_coordinates(shapely.line_interpolate_point(part, at))
    chord = points[-1] - points[0]
    reach = float(np.hypot(*chord))
    if reach < 0.9 * width:
        return None
    off = ((points - points[0]) @ np.array([-chord[1], chord[0]])) / reach
    if np.ptp(off) > _BOW_PX:
        return None
    centre = points[0] + chord / 2 + np.array([-chord[1], chord[0]]) / reach * (off.max() + off.min()) / 2
    angle = float(np.degrees(np.arctan2(-chord[1], chord[0])))
    angle = (angle + 90.0) % 180.0 - 90.0
    steps: tuple[tuple[float, float], ...] = ()
    if glyphs and abs(angle) > _STEEP_DEG:
        down = chord if chord[1] > 0 else -chord
        shares = (np.arange(glyphs) + 0.5) / glyphs - 0.5
        steps = tuple((float(x), float(y)) for x, y in centre + shares[:, None] * down)
    return Run(float(centre[0]), float(centre[1]), angle, steps)


def dashes(lines: Any, width: int, height: int, on_px: float, off_px: float) -> NDArray[Any]:
    """Dashes of lines within 0..width, 0..height; their phase runs from each line's start.

    So neighbouring tiles, which get the same whole lines, dash alike.
    """
    places, line = shapely.get_coordinates(lines, return_index=True)
    if len(places) < 2:
        return np.zeros(0, dtype=object)
    same = line[1:] == line[:-1]
    a, b = places[:-1][same], places[1:][same]
    long = np.hypot(*(b - a).T)
    whole = np.concatenate([[0.0], np.cumsum(long)])[:-1]
    first = np.flatnonzero(np.diff(line[:-1][same], prepend=-1))
    start = whole - np.repeat(whole[first], np.diff(np.append(first, len(long))))
    enter, leave = _clip(a, b, width, height)
    period = on_px + off_px
    pieces = []
    for i in np.flatnonzero(leave > enter):
        s0, s1 = start[i] + enter[i] * long[i], start[i] + leave[i] * long[i]
        begin = np.arange(np.floor(s0 / period), np.floor(s1 / period) + 1) * period
        low, high = np.maximum(begin, s0), np.minimum(begin + on_px, s1)
        keep = high > low
        share = (np.stack([low[keep], high[keep]], axis=1) - start[i]) / long[i]
        pieces.append(a[i] + share[..., None] * (b[i] - a[i]))
    if not pieces:
        return np.zeros(0, dtype=object)
    drawn: NDArray[Any] = shapely.linestrings(np.concatenate(pieces))
    return drawn


def _clip(a: Any, b: Any, width: int, height: int, margin: float = 4.0) -> tuple[Any, Any]:
    """Shares of each segment a→b at which it enters and leaves a rectangle (Liang and Barsky)."""
    step = b - a
    low = np.array([-margin, -margin])
    high = np.array([width + margin, height + margin])
    with np.errstate(divide="ignore", invalid="ignore"):
        t0, t1 = (low - a) / step, (high - a) / step
    near, far = np.fmin(t0, t1), np.fmax(t0, t1)
    outside = (step == 0) & ((a < low) | (a > high))
    near = np.where(step == 0, -np.inf, near)
    far = np.where(step == 0, np.inf, far)
    enter = np.clip(near.max(axis=1), 0, 1)
    leave = np.clip(far.min(axis=1), 0, 1)
    gone = outside.any(axis=1) | (np.hypot(*step.T) == 0)
    return enter, np.where(gone, -1.0, leave)
