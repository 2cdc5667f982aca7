"""How much of a picture is covered: plain where the reference was not, or plain and of another colour."""

import numpy as np
from numpy.typing import NDArray

from layers.health.light import tint
from layers.health.sample import Grey, as_large, grey, smoothed, tiles

TILE_PX = 16
PLAIN = 2.5
"""RMS of the fine structure of a tile that shows nothing."""
TEXTURE = 1.2
KEPT = 0.45
"""A tile that has lost its structure keeps less of it than this."""
SAME, LEAST_KEPT = 0.6, 4
"""Tiles whose structures correlate so well show the same; so many of them tell how the light has changed."""
OTHER_COLOUR = 18.0
ALIKE = 0.5
"""Coarse pictures that correlate at least so well show the same: a blurred camera is not a covered one."""


def covered_share(now: NDArray[np.uint8], reference: NDArray[np.uint8]) -> float:
    """Share of the picture, 0 to 1, that something plain covers; both (rows, cols, 3), of any sizes."""
    before = as_large(reference, now)
    band_now, band_before = _band(grey(now)), _band(grey(before))
    fine_now, fine_before = (np.sqrt(tiles(band * band, TILE_PX)) for band in (band_now, band_before))
    means_now, means_before = (tiles(picture.astype(np.float32), TILE_PX) for picture in (now, before))
    lost = (fine_before > TEXTURE) & (fine_now < KEPT * fine_before)
    same = tiles(band_now * band_before, TILE_PX) / np.maximum(fine_now * fine_before, 1e-6)
    kept = (np.minimum(fine_before, fine_now) > TEXTURE) & (same > SAME)
    other = _differs(means_now, means_before, _gain(means_now, means_before, kept))
    tinted = tint(means_now, means_before)
    if tinted is not None:
        other &= _differs(means_now, means_before, tinted)
    plain = fine_now < PLAIN
    gone = lost & plain & ~other
    if gone.any() and _alike(grey(now), grey(before), gone):
        gone[:] = False
    return float(((plain & other) | gone).mean())


def _differs(now: Grey, before: Grey, gain: Grey) -> NDArray[np.bool_]:
    """Which tiles have another colour than the light's change explains."""
    return np.asarray(np.abs(now - np.minimum(gain * before, 255)).max(axis=2) > OTHER_COLOUR)


def _band(luma: Grey) -> Grey:
    """The fine structure: neither noise nor slopes."""
    return smoothed(luma, 0.8) - smoothed(luma, 4.0)


def _gain(now: Grey, before: Grey, kept: NDArray[np.bool_]) -> Grey:
    """How much brighter each channel has become where the picture still shows something, (3,)."""
    if np.count_nonzero(kept) < LEAST_KEPT:
        return np.ones(3, np.float32)
    return np.asarray(np.median(now[kept] / np.maximum(before[kept], 1.0), axis=0), np.float32)


def _alike(now: Grey, before: Grey, where: NDArray[np.bool_]) -> bool:
    """Whether two pictures, seen coarsely and without slopes, show the same in some tiles."""
    coarse = [tiles(smoothed(one, 6.0), TILE_PX // 2) for one in (now, before)]
    rows, cols = where.shape
    some = np.repeat(np.repeat(where, 2, axis=0), 2, axis=1)[: coarse[0].shape[0], : coarse[0].shape[1]]
    down, across = np.nonzero(some)
    slopes = np.stack([np.ones(len(down)), down, across], axis=1).astype(float)
    a, b = (values[: rows * 2, : cols * 2][some].astype(float) for values in coarse)
    a, b = (values - slopes @ np.linalg.lstsq(slopes, values, rcond=None)[0] for values in (a, b))
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return spread > 0 and float(a @ b) / spread >= ALIKE
