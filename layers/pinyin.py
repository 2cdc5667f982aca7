"""Chinese text as it is typed on a Latin keyboard: full pinyin and initials."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

_RUN = re.compile(r"[㐀-鿿]+")
HAN = re.compile(r"[㐀-鿿]")


def full_and_initials(text: str) -> tuple[str, str, str]:
    """Full pinyin, a mask of the same length with ``1`` where a syllable or word begins, and initials.

    ``"人民路12"`` gives ``"renminlu12"``, ``"1001001010"`` and ``"rml12"``; text without Chinese gives
    three empty strings. Runs of characters are read as wholes, so 长江 begins with c and 校长 ends in zhang.
    """
    if not HAN.search(text):
        return "", "", ""
    full: list[str] = []
    mask: list[str] = []
    initials: list[str] = []
    end = 0
    for run in _RUN.finditer(text):
        _plain(text[end : run.start()], full, mask, initials)
        syllables, marks, first = _read(run.group())
        full.append(syllables)
        mask.append(marks)
        initials.append(first)
        end = run.end()
    _plain(text[end:], full, mask, initials)
    return "".join(full), "".join(mask), "".join(initials)


def _plain(text: str, full: list[str], mask: list[str], initials: list[str]) -> None:
    if text:
        full.append(text)
        mask.append("1" + "0" * (len(text) - 1))
        initials.append(text)


@lru_cache(maxsize=200_000)
def _read(run: str) -> tuple[str, str, str]:
    """Names of a city repeat the same runs, so each is read once."""
    syllables = lazy_pinyin(run)
    marks = "".join("1" + "0" * (len(syllable) - 1) for syllable in syllables)
    return "".join(syllables), marks, "".join(syllable[0] for syllable in syllables)
