"""The visible mark: who watches, and when, burnt into what leaves the server as a file."""

import threading
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tiles.basemap.fonts import FontBook, Label, Stamp

OPACITY = 0.8
_GUARD = threading.Lock()
"""Fonts are not made for several threads."""


class Mark:
    """Draws a line of text at the lower left and the upper right of a picture; a ``frames.Paint``.

    Raises
    ------
    MissingFont
        The map's font is not there.
    """

    def __init__(self, text: str) -> None:
        book = _book()
        self._text = "".join(letter if book.can_draw(letter) else "?" for letter in text)
        self._book = book

    def __call__(self, rgb: NDArray[np.uint8]) -> None:
        """Draw it, as large as the picture allows it to be read."""
        height, width = rgb.shape[:2]
        with _GUARD:
            stamps = self._stamps(width, height)
        for stamp in stamps:
            _draw(rgb, stamp)

    def _stamps(self, width: int, height: int) -> list[Stamp]:
        size = max(min(height / 28, 40.0), 11.0)
        length = self._book.width_px(self._text, size)
        if length > width - 2 * size:
            size *= max((width - 2 * size) / length, 0.3)
            length = self._book.width_px(self._text, size)
        places = ((size + length / 2, height - 1.3 * size), (width - size - length / 2, 1.3 * size))
        return [self._book.stamp(Label(self._text, size, "#fff", round(x), round(y))) for x, y in places]


def _draw(rgb: NDArray[np.uint8], stamp: Stamp) -> None:
    """Black halo and white letters, as far as they lie in the picture."""
    height, width = rgb.shape[:2]
    rows, columns = stamp.letters.shape
    top, left = max(stamp.top, 0), max(stamp.left, 0)
    bottom, right = min(stamp.top + rows, height), min(stamp.left + columns, width)
    if top >= bottom or left >= right:
        return
    inside = (slice(top - stamp.top, bottom - stamp.top), slice(left - stamp.left, right - stamp.left))
    halo, letters = stamp.halo[inside][..., None] * OPACITY, stamp.letters[inside][..., None] * OPACITY
    part = rgb[top:bottom, left:right].astype(np.float32) * (1 - halo)
    rgb[top:bottom, left:right] = np.clip(part * (1 - letters) + 255 * letters, 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def _book() -> FontBook:
    return FontBook()
