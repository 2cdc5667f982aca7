"""Bytes as text, in the encodings that camera lists come in; which one is found out and said."""

import codecs
import re

from layers.cameras.lists.grid import Note, UnreadableList
from layers.cameras.lists.headings import field_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPLIT = re.compile(r"[,;\t|\n\r]")
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "法所民得经监控摄像机设备路口名称编号经度纬度高類型監設備號稱經緯點機"
)
"""Characters that Chinese text is full of, and that wrongly read bytes are not."""
HEAD_CHARACTERS = 20_000


def decoded(data: bytes, file: str) -> tuple[str, tuple[Note, ...]]:
    """The text, and a note where it is not plain UTF-8.

    UTF-8 that holds is UTF-8; else GB 18030 (which GB 2312 and GBK are part of) or Big5, whichever gives
    more headings that are known and more common characters.

    Raises
    ------
    UnreadableList
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _try(data, encoding)
            if text is not None:
                return text, () if encoding == "utf-8-sig" else (Note("encoding", {"encoding": encoding.upper()}),)
    zeros = data[:400].count(0)
    if zeros > len(data[:400]) // 4:
        order = ("utf-16-le", "utf-16-be") if data[1:400:2].count(0) >= data[0:400:2].count(0) else ("utf-16-be",)
        text = next((found for name in order if (found := _try(data, name)) is not None), None)
        if text is not None and "\0" not in text[:200]:
            return text, (Note("encoding", {"encoding": "UTF-16"}),)
    text = _try(data, "utf-8")
    if text is not None:
        return text, ()
    texts = {name: found for name in ("gb18030", "big5") if (found := _try(data, name)) is not None}
    if not texts:
        raise UnreadableList(file, "no-text")
    best = max(texts, key=lambda name: _sense(texts[name]))
    return texts[best], (Note("encoding", {"encoding": "GB 18030" if best == "gb18030" else "Big5"}),)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sense(text: str) -> tuple[int, int]:
    head = text[:HEAD_CHARACTERS]
    known = sum(1 for cell in _SPLIT.split(head)[:400] if field_of(cell))
    return known, sum(1 for letter in head if letter in _COMMON)
