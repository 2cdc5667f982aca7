"""Texts in one long row of characters, and the places of each character in it: what a search compares with.

A query goes to the places of its rarest character and compares there.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.pinyin import full_and_initials

_NAME, _NAME_EN, _INITIALS, _PINYIN, _DETAIL, _DETAIL_EN, _DETAIL_PINYIN, _CODE = range(8)
_EXACT, _PREFIX, _WORD, _INNER = range(4)
_SCORE = np.array(
    [
        # exact, prefix, at a word's start, within a word
        [100, 90, 72, 70],  # name
        [98, 88, 74, 42],  # English name
        [84, 80, 46, 0],  # initials
        [68, 64, 44, 0],  # full pinyin
        [60, 56, 52, 50],  # detail, such as an address
        [58, 54, 48, 30],  # English detail
        [40, 38, 34, 0],  # detail in pinyin
        [99, 66, 0, 0],  # id
    ],
    dtype=np.int16,
)
"""Exact before prefix before initials before a part of the name before pinyin; the name before its detail."""
_BROKEN_NUMBER = 12
"""What a number is worth that was found within a longer one (12 in 112)."""

_SPACE_BY_HAN = re.compile(r"(?<=[㐀-鿿])\s+(?=[0-9㐀-鿿])|(?<=[0-9])\s+(?=[㐀-鿿])")

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found. ``detail`` says more: an address, an owner, an area's level."""

    kind: str
    id: str
    name: str
    name_en: str = ""
    detail: str = ""
    detail_en: str = ""
    lon: float = 0.0
    lat: float = 0.0
    height_m: float | None = None
    area: str = ""
    tier: int | None = None


def folded(text: str) -> str:
    """Text as it is compared: full-width forms made plain, case folded, blanks by Chinese removed."""
    return _SPACE_BY_HAN.sub("", plain(text))


def plain(text: str) -> str:
    """Full-width forms made plain, case folded, blanks single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Row:
    """All texts in one row of characters.

    Attributes
    ----------
    codes : (c,) uint16
        Characters; texts are parted by a line feed. Those beyond the first plane are one same code.
    text : (c,) int32
        Text that each character belongs to.
    begins : (c,) bool
        Where a word, syllable or Chinese character begins.
    starts, ends : (t,) int32
        First and last-but-one place of each text.
    entry, field : (t,) int32, uint8
        Entry of each text, and which of its fields it is.
    places, first : int32
        Places sorted by character, and where each character's begin.
    """

    codes: NDArray[np.uint16]
    text: Ints
    begins: NDArray[np.bool_]
    starts: Ints
    ends: Ints
    entry: Ints
    field: NDArray[np.uint8]
    places: Ints
    first: NDArray[np.int64]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Row":
        """All texts of some entries, in their order."""
        texts: list[str] = []
        masks: list[str] = []
        owners: list[int] = []
        fields: list[int] = []
        for number, entry in enumerate(entries):
            for kind, text, mask in _texts(entry):
                texts.append(text)
                masks.append(mask)
                owners.append(number)
                fields.append(kind)
        codes = _codes("\n".join([*texts, ""]))
        lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        ends = np.cumsum(lengths).astype(np.int32) - 1
        starts = (ends - lengths + 1).astype(np.int32)
        places = np.argsort(codes, kind="stable").astype(np.int32)
        counts = np.bincount(codes, minlength=65536)
        return cls(
            codes,
            np.repeat(np.arange(len(texts), dtype=np.int32), lengths),
            _begins(codes, "\n".join([*(mask or " " * len(t) for mask, t in zip(masks, texts, strict=True)), ""])),
            starts,
            ends,
            np.array(owners, np.int32),
            np.array(fields, np.uint8),
            places,
            np.concatenate([[0], np.cumsum(counts)]),
        )

    def scores(self, word: str, entries: int) -> NDArray[np.int16]:
        """Best score of a word in each entry; 0 where it is not found."""
        codes = _codes(word)
        at = self._found(codes)
        text = self.text[at]
        place = np.where(self.begins[at], _WORD, _INNER)
        front = at == self.starts[text]
        place[front] = _PREFIX
        place[front & (at + len(codes) == self.ends[text])] = _EXACT
        score = _SCORE[self.field[text], place]
        score[(score > 0) & self._breaks_number(at, codes)] = _BROKEN_NUMBER
        best = np.zeros(entries, np.int16)
        np.maximum.at(best, self.entry[text], score)
        return best

    def _found(self, codes: NDArray[np.uint16]) -> NDArray[np.intp]:
        """Places where the characters stand in a row: looked for from the rarest one."""
        counts = self.first[codes.astype(np.int64) + 1] - self.first[codes]
        rarest = int(np.argmin(counts))
        begin = self.first[codes[rarest]]
        at = self.places[begin : begin + counts[rarest]].astype(np.intp) - rarest
        at = at[(at >= 0) & (at + len(codes) <= len(self.codes))]
        for step in sorted(range(len(codes)), key=lambda i: int(counts[i])):
            if step != rarest:
                at = at[self.codes[at + step] == codes[step]]
        return at

    def _breaks_number(self, at: NDArray[np.intp], codes: NDArray[np.uint16]) -> NDArray[np.bool_]:
        """Where a digit at the word's edge goes on beyond it: found 12 in 112 or 123."""
        broken = np.zeros(len(at), dtype=bool)
        if _is_digit(codes[:1]).all():
            broken |= _is_digit(self.codes[at - 1]) & (at > 0)
        if _is_digit(codes[-1:]).all():
            broken |= _is_digit(self.codes[np.minimum(at + len(codes), len(self.codes) - 1)])
        return broken


def _is_digit(codes: NDArray[np.uint16]) -> NDArray[np.bool_]:
    digits: NDArray[np.bool_] = (codes >= 48) & (codes <= 57)
    return digits


def _codes(text: str) -> NDArray[np.uint16]:
    wide = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    return np.minimum(wide, 0xFFFD).astype(np.uint16)


def _begins(codes: NDArray[np.uint16], masks: str) -> NDArray[np.bool_]:
    """Begins of words, from the masks where there are any, else from the characters themselves."""
    mask = np.frombuffer(masks.encode("ascii"), np.uint8)
    letter = ((codes >= 97) & (codes <= 122)) | (codes >= 0xC0) & (codes < 0x3400)
    same_word = np.zeros(len(codes), dtype=bool)
    same_word[1:] = (letter[1:] & letter[:-1]) | (_is_digit(codes[1:]) & _is_digit(codes[:-1]))
    return np.where(mask == ord(" "), ~same_word, mask == ord("1"))


def _texts(entry: Entry) -> Iterable[tuple[int, str, str]]:
    """The texts that an entry is found by: field, text, and mask of syllables (empty for none)."""
    name, detail = folded(entry.name), folded(entry.detail)
    if name:
        yield _NAME, name, ""
    yield from _spoken(name, _PINYIN, _INITIALS)
    english = folded(entry.name_en)
    if english and english != name:
        yield _NAME_EN, english, ""
    if detail and detail != name:
        yield _DETAIL, detail, ""
        yield from _spoken(detail, _DETAIL_PINYIN, None)
    more = folded(entry.detail_en)
    if more and more != detail:
        yield _DETAIL_EN, more, ""
    if entry.id:
        yield _CODE, folded(entry.id), ""


def _spoken(text: str, full_field: int, initials_field: int | None) -> Iterable[tuple[int, str, str]]:
    full, mask, initials = full_and_initials(text)
    if full:
        yield full_field, full, mask
    if initials and initials_field is not None:
        yield initials_field, initials, ""
