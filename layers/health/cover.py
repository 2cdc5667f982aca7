"""How much of a picture is covered: plain where the reference was not, or plain and of another colour.

Another colour is one that the light does not explain. Where enough of the scene is still seen, it says how the light
has changed and how well that is known: then a grey sheet before grey asphalt is another colour too.
"""

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
OTHER_COLOUR, LEAST_OTHER = 18.0, 6.0
"""Luma by which a tile has another colour than the light explains: at most, and where the light is known well."""
KNOWN = 0.04
"""Share of the tiles that have to show the same for the light to be known well."""
WELL = 3.0
"""How many times the upper quartile of what light leaves unexplained there is another colour."""
NO_LIGHT, CLIPPED = 12, 235
"""From pixels darker or brighter than these no gain can be told."""
FEW_PIXELS, GUESSES = 0.05, 4
"""Where less of them is between, a guess is not bettered; how many guesses there are at most."""
TELLING, LEFT, COME = 0.15, 0.05, 0.3
"""Share of the tiles that must have had structure; shares of them where it is still, and where there is any now."""
ALIKE = 0.5
"""Coarse pictures that correlate at least so well show the same: a blurred camera is not a covered one."""


def covered_share(now: NDArray[np.uint8], reference: NDArray[np.uint8]) -> float:
    """Share of the picture, 0 to 1, that something plain covers; both (rows, cols, 3), of any sizes."""
    before = as_large(reference, now)
    band_now, band_before = _band(grey(now)), _band(grey(before))
    fine_now, fine_before = (np.sqrt(tiles(band * band, TILE_PX)) for band in (band_now, band_before))
    plain, textured, was_textured = fine_now < PLAIN, fine_now > TEXTURE, fine_before > TEXTURE
    same = tiles(band_now * band_before, TILE_PX) / np.maximum(fine_now * fine_before, 1e-6)
    kept = textured & was_textured & (same > SAME)
    other = _other(now, before, kept)
    gone = was_textured & (fine_now < KEPT * fine_before) & plain & ~other
    if gone.any() and _alike(grey(now), grey(before), gone):
        gone[:] = False
    elif _nothing_left(was_textured, kept, textured) and not _alike(grey(now), grey(before), was_textured):
        return float(plain.mean())
    return float(((plain & other) | gone).mean())


def _nothing_left(was_textured: NDArray[np.bool_], kept: NDArray[np.bool_], textured: NDArray[np.bool_]) -> bool:
    """Whether all structure there was has gone, and no other has come: then all that is plain is the cover."""
    was = np.count_nonzero(was_textured)
    few = np.count_nonzero(kept) <= LEFT * was and np.count_nonzero(textured) <= COME * was
    return bool(was >= TELLING * was_textured.size and few)


def _other(now: NDArray[np.uint8], before: NDArray[np.uint8], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which tiles have another colour than light or tint explains."""
    astray, limit = _astray(now, before, _gain(now, before, kept)), OTHER_COLOUR
    if kept.mean() >= KNOWN:
        limit = float(np.clip(WELL * np.quantile(astray[kept], 0.75), LEAST_OTHER, OTHER_COLOUR))
    tinted = tint(*(tiles(picture.astype(np.float32), TILE_PX) for picture in (now, before)))
    if tinted is None:
        return np.asarray(astray > limit)
    return np.asarray((astray > limit) & (_astray(now, before, tinted) > OTHER_COLOUR))


def _astray(now: NDArray[np.uint8], before: NDArray[np.uint8], gain: Grey) -> Grey:
    """By how much the colour of each tile differs from what a gain, (3,), makes of it."""
    expected = np.minimum(before * gain, 255)
    return np.asarray(np.abs(tiles(np.asarray(now - expected, np.float32), TILE_PX)).max(axis=2))


def _band(luma: Grey) -> Grey:
    """The fine structure: neither noise nor slopes."""
    return smoothed(luma, 0.8) - smoothed(luma, 4.0)


def _gain(now: NDArray[np.uint8], before: NDArray[np.uint8], kept: NDArray[np.bool_]) -> Grey:
    """How much brighter each channel has become where the picture still shows something, (3,)."""
    if np.count_nonzero(kept) < LEAST_KEPT:
        return np.ones(3, np.float32)
    where = np.repeat(np.repeat(kept, TILE_PX, axis=0), TILE_PX, axis=1)
    rows, cols = where.shape
    a, b = (picture[:rows, :cols][where].astype(np.float32) for picture in (now, before))
    return np.array([_grown(a[:, k], b[:, k]) for k in range(3)], np.float32)


def _grown(now: Grey, before: Grey) -> float:
    """The middle ratio of pixels, (n,), that were not dark and that it does not clip.

    Which these are is told from what they were: left out for what they are now, all that has grown most would be.
    """
    gain = 1.0
    for _ in range(GUESSES):
        usable = (before >= NO_LIGHT) & (before * max(gain, 1.0) <= CLIPPED)
        if usable.mean() < FEW_PIXELS:
            break
        gain = float(np.median(now[usable] / before[usable]))
    return gain


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
