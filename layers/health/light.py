"""Measures of light and colour: black, over-exposed, colour cast."""

import numpy as np
from numpy.typing import NDArray

from layers.health.sample import COMPARED_PX, Grey, as_large, shrunk, tiles

MOST_FRAMES = 0.8
"""A fault is there when at least so many of the frames have it."""
LIT_LUMA = 110
"""A lamp in a dark picture is brighter than this."""
TILE_PX = 8
CLIPPED, DARK = 235.0, 12.0
"""Means of a tile from which a channel's ratio can't be told, or a least one only."""
LEAST_TILES, MOST_TILES = 0.05, 0.85
ONE_TINT = 0.1
"""Logarithms of gains that differ by less are the same gain."""
TINTED = 0.2
"""Logarithm of the gain from which a channel is another."""


def mean_luma(luma: Grey) -> float:
    """What the mean luma of four fifths of the frames (n, rows, cols) does not pass."""
    return float(np.quantile(luma.mean(axis=(1, 2)), MOST_FRAMES))


def lit_share(luma: Grey) -> float:
    """Share of the pixels that are lit in a dark picture, the middle of all frames."""
    return float(np.median((luma >= LIT_LUMA).mean(axis=(1, 2))))


def bright_share(luma: Grey, level: float) -> float:
    """What the share of pixels at ``level`` or more is not under in four fifths of the frames."""
    return float(np.quantile((luma >= level).mean(axis=(1, 2)), 1 - MOST_FRAMES))


def cast(now: NDArray[np.uint8], reference: NDArray[np.uint8]) -> float | None:
    """By how much one channel has grown (or shrunk) against the other two since the reference, as a factor ≥ 1.

    The middle of all parts of the picture that are neither dark nor were clipped; one channel may be clipped now, and
    has grown at least so much. None when there are hardly any, or when it has become black and white (a camera at
    night).
    """
    a = tiles(shrunk(now, COMPARED_PX).astype(np.float32), TILE_PX)
    b = tiles(as_large(reference, shrunk(now, COMPARED_PX)).astype(np.float32), TILE_PX)
    if _colourless(a) and not _colourless(b):
        return None
    usable = _usable(a, b)
    if usable.mean() < LEAST_TILES:
        return None
    grown = np.log(a[usable] / b[usable])
    against = [grown[:, k] - np.delete(grown, k, axis=1).mean(axis=1) for k in range(3)]
    if _colourless(b) and max(float(one.std()) for one in against) > ONE_TINT:
        return None
    return float(np.exp(max(abs(np.median(one)) for one in against)))


def tint(now: Grey, before: Grey) -> Grey | None:
    """The gains, (3,), of a picture that differs from another in the brightness of one channel alone; else None.

    Both are means of tiles, (rows, cols, 3), 0 to 255. A thing before the lens changes other channels too, or not all
    parts alike.
    """
    usable = _usable(now, before)
    if usable.mean() < LEAST_TILES:
        return None
    grown, clipped = np.log(now[usable] / before[usable]), now[usable] >= CLIPPED
    middle = np.array([_middle(grown[:, k], clipped[:, k]) for k in range(3)])
    # What is clipped has grown at least so much: only more than the others is another gain.
    astray = np.where(clipped, np.maximum(grown - middle, 0), np.abs(grown - middle))
    agreeing = (astray.max(axis=1) < ONE_TINT).mean()
    _, second, most = np.sort(np.abs(middle))
    alone = second < ONE_TINT and most >= TINTED
    return np.exp(middle).astype(np.float32) if alone and agreeing > MOST_TILES else None


def _usable(now: Grey, before: Grey) -> NDArray[np.bool_]:
    """Tiles whose channels can be compared: none is dark, none was clipped, and no more than one is clipped now."""
    lit = np.minimum(now, before).min(axis=2) > DARK
    return np.asarray(lit & (before.max(axis=2) < CLIPPED) & ((now >= CLIPPED).sum(axis=2) <= 1))


def _middle(grown: Grey, clipped: NDArray[np.bool_]) -> float:
    """By how much a channel has grown, a logarithm; from what is clipped only where hardly anything else is left."""
    free = grown[~clipped]
    return float(np.median(free) if len(free) >= LEAST_TILES * len(grown) else np.quantile(grown, 1 - LEAST_TILES))


def _colourless(means: Grey) -> bool:
    return bool(np.quantile(means.max(axis=2) - means.min(axis=2), 0.95) < 4)
