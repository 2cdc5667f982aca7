"""Map text: which font file draws which character, widths, and masks of whole labels."""

import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tiles.errors import TilesError

_PACKED = Path(__file__).resolve().parent / "noto-sans-sc" / "files"
_CLIENTS = Path(__file__).resolve().parents[2] / "frontend/node_modules/@fontsource/noto-sans-sc/files"
FONT_FOLDER = _PACKED if _PACKED.is_dir() else _CLIENTS
"""Where Noto Sans SC is: in an installed package beside this file, in a source tree where the client's packages keep
it. FreeType reads its woff files as they are."""
_NAME = "noto-sans-sc-{}-500-normal.woff"
_MAIN = "chinese-simplified"
_OVER = 4
"""Turned text is drawn this many times larger, so that it can be placed between pixels."""

Mask = NDArray[np.float32]


class MissingFont(TilesError):
    """The map's font is not there; no label is drawn in a font without the characters."""

    code = "missing-font"
    text: ClassVar[str] = "{folder}: no map font ({file}). Run npm ci in frontend, or name a folder with Noto Sans SC."


@dataclass(frozen=True)
class Label:
    """One text on the map: its centre in the pixels of its block, and how it runs.

    ``angle_deg`` is counter-clockwise; ``steps`` (n, 2) are the glyphs' own centres where the text is
    stacked along a steep road, and empty otherwise.
    """

    text: str
    size_px: float
    colour: str
    x: float
    y: float
    angle_deg: float = 0.0
    spacing_px: float = 0.0
    steps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Stamp:
    """A label's opacities: of its halo and of its letters, with their north-west corner in the block."""

    left: int
    top: int
    halo: Mask
    letters: Mask


class FontBook:
    """The files of Noto Sans SC in a folder, opened as needed."""

    def __init__(self, folder: Path = FONT_FOLDER) -> None:
        self.folder = folder
        if not (folder / _NAME.format(_MAIN)).exists():
            raise MissingFont(folder=str(folder), file=_NAME.format(_MAIN))
        self._fonts: dict[tuple[str, float], Any] = {}
        self._files: dict[str, str | None] = {}

    def can_draw(self, text: str) -> bool:
        """Whether every character has a glyph: a label with boxes in it is never drawn."""
        return bool(text) and all(self._file(character) is not None for character in text)

    def width_px(self, text: str, size_px: float, spacing_px: float = 0.0) -> float:
        """Advance of a text, with extra space between its characters."""
        advance = sum(self._advance(character, size_px) for character in text)
        return advance + spacing_px * max(len(text) - 1, 0)

    @lru_cache(maxsize=20000)  # noqa: B019  (a book lives as long as its drawer)
    def _advance(self, character: str, size_px: float) -> float:
        return float(self._font(self._file(character) or _MAIN, size_px).getlength(character))

    @lru_cache(maxsize=4000)  # noqa: B019
    def stamp(self, label: Label) -> Stamp:
        """Masks of a label, at the pixels where it lies."""
        if label.steps:
            return _joined([self._upright(c, label.size_px, x, y, 0.0) for c, (x, y) in _stacked(label)])
        if abs(label.angle_deg) < 0.5:
            return self._upright(label.text, label.size_px, label.x, label.y, label.spacing_px)
        return self._turned(label)

    def _upright(self, text: str, size: float, x: float, y: float, spacing: float) -> Stamp:
        halo, letters = self._draw(text, size, spacing)
        height, width = letters.shape
        return Stamp(round(x - width / 2), round(y - height / 2), _mask(halo), _mask(letters))

    def _turned(self, label: Label) -> Stamp:
        halo, letters = self._draw(label.text, label.size_px * _OVER, label.spacing_px * _OVER)
        reach = int(np.ceil(np.hypot(*letters.shape) / 2 / _OVER)) + 2
        left, top = int(np.floor(label.x)) - reach, int(np.floor(label.y)) - reach
        side = (2 * reach + 1) * _OVER
        centre = (label.x - left) * _OVER, (label.y - top) * _OVER
        turned = [_turn(mask, label.angle_deg, centre, side) for mask in (halo, letters)]
        return Stamp(left, top, turned[0], turned[1])

    def _draw(self, text: str, size: float, spacing: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Halo and letters as 8-bit masks, the text's middle at the masks' middle."""
        stroke = max(1.4, size * 0.115)
        pad = int(np.ceil(stroke)) + 1
        width = int(np.ceil(self.width_px(text, size, spacing))) + 2 * pad
        height = int(np.ceil(size * 1.5)) + 2 * pad
        halo, letters = Image.new("L", (width, height)), Image.new("L", (width, height))
        on_halo, on_letters = ImageDraw.Draw(halo), ImageDraw.Draw(letters)
        x, base = float(pad), height / 2 + 0.37 * size
        for character in text:
            font = self._font(self._file(character) or _MAIN, size)
            on_halo.text((x, base), character, 255, font, anchor="ls", stroke_width=stroke)
            on_letters.text((x, base), character, 255, font, anchor="ls")
            x += self._advance(character, size) + spacing
        return np.asarray(halo), np.asarray(letters)

    def _font(self, file: str, size: float) -> Any:
        key = (file, round(size, 2))
        if key not in self._fonts:
            path = str(self.folder / _NAME.format(file))
            self._fonts[key] = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
        return self._fonts[key]

    def _file(self, character: str) -> str | None:
        """The file that has a glyph for a character: the main one, Latin, or the part that lists it."""
        if character not in self._files:
            candidates = [_MAIN, "latin", "latin-ext", *self._parts(ord(character))]
            self._files[character] = next((f for f in candidates if self._has(f, character)), None)
        return self._files[character]

    def _has(self, file: str, character: str) -> bool:
        if not (self.folder / _NAME.format(file)).exists():
            return False
        if character.isspace():
            return True
        font = self._font(file, 20)
        drawn, box = font.getmask(character), font.getmask("\U0010ffff")
        return bool(drawn.size != box.size or bytes(drawn) != bytes(box))

    def _parts(self, code: int) -> list[str]:
        return [name for name, spans in self._spans if any(low <= code <= high for low, high in spans)]

    @cached_property
    def _spans(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """Code points of the package's numbered files."""
        listing = self.folder.parent / "unicode.json"
        if not listing.exists():
            return []
        words: dict[str, str] = json.loads(listing.read_text())
        return [(name.strip("[]"), _ranges(spans)) for name, spans in words.items()]


def _ranges(spans: str) -> list[tuple[int, int]]:
    found = re.findall(r"U\+([0-9A-Fa-f]+)(?:-([0-9A-Fa-f]+))?", spans)
    return [(int(low, 16), int(high or low, 16)) for low, high in found]


def _stacked(label: Label) -> list[tuple[str, tuple[float, float]]]:
    return list(zip(label.text, label.steps, strict=True))


def _mask(eight_bit: NDArray[np.uint8]) -> Mask:
    return eight_bit.astype(np.float32) * np.float32(1 / 255)


def _turn(mask: NDArray[np.uint8], angle_deg: float, centre: tuple[float, float], side: int) -> Mask:
    """Turn a large mask about its middle, put the middle at ``centre`` of a square, and make it small."""
    height, width = mask.shape
    c, s = float(np.cos(np.radians(angle_deg))), float(np.sin(np.radians(angle_deg)))
    x, y = centre
    inverse = (c, -s, width / 2 - c * x + s * y, s, c, height / 2 - s * x - c * y)
    whole = Image.fromarray(mask).transform((side, side), Image.Transform.AFFINE, inverse, Image.Resampling.BILINEAR)
    return _mask(np.asarray(whole.reduce(_OVER)))


def _joined(stamps: list[Stamp]) -> Stamp:
    """Several stamps as one."""
    left, top = min(s.left for s in stamps), min(s.top for s in stamps)
    right = max(s.left + s.halo.shape[1] for s in stamps)
    bottom = max(s.top + s.halo.shape[0] for s in stamps)
    halo, letters = (np.zeros((bottom - top, right - left), np.float32) for _ in range(2))
    for stamp in stamps:
        rows = slice(stamp.top - top, stamp.top - top + stamp.halo.shape[0])
        cols = slice(stamp.left - left, stamp.left - left + stamp.halo.shape[1])
        halo[rows, cols] = np.maximum(halo[rows, cols], stamp.halo)
        letters[rows, cols] = np.maximum(letters[rows, cols], stamp.letters)
    return Stamp(left, top, halo, letters)
