"""XML as it comes from devices: bytes in another encoding than declared, several documents in one file, odd characters.

Parsed without entities, DTDs or anything from elsewhere.
"""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from layers.cameras.lists.grid import Note, UnreadableList

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.\-]{1,40})[\"']")
_PROLOGUE = re.compile(r"<\?xml.*?\?>", re.DOTALL)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONE_AND = re.compile(r"&(?!(?:\w{1,30}|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "utf8": "utf-8"}


def text_of(data: bytes) -> tuple[str, tuple[Note, ...]]:
    """XML bytes as text. UTF-8 that holds is UTF-8, whatever is declared; else what is declared, or GB 18030."""
    found = _DECLARED.search(data[:2_000])
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    own = _ALIASES.get(declared, declared)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), (Note("encoding", {"encoding": "UTF-16"}),)
    data = data.removeprefix(b"\xef\xbb\xbf")
    for encoding in dict.fromkeys(("utf-8", own, "gb18030")):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return text, _remarks(declared, own, encoding, text)
    text = data.decode("gb18030", "replace")
    broken = Note("bytes-replaced", {"count": text.count("\ufffd")})
    return text, (*_remarks(declared, own, "gb18030", text), broken)


def _remarks(declared: str, own: str, actual: str, text: str) -> tuple[Note, ...]:
    if text.isascii() or own == actual:
        plain = text.isascii() or actual == "utf-8"
        return () if plain else (Note("encoding", {"encoding": declared.upper()}),)
    return (Note("declared-encoding", {"declared": declared.upper(), "actual": actual.upper()}),)


def documents(text: str, roots: Sequence[str], file: str) -> tuple[list[Element], tuple[Note, ...]]:
    """All documents of a file, by the names their roots may have; text between them does not count.

    Raises
    ------
    UnreadableList
    """
    text, bad = _FORBIDDEN.subn(" ", _PROLOGUE.sub("", text))
    text, lone = _LONE_AND.subn("&amp;", text)
    notes = (Note("repaired-xml", {"count": bad + lone}),) if bad + lone else ()
    names = "|".join(map(re.escape, roots))
    starts = list(re.finditer(rf"<({names})[\s>]", text))
    parsed: list[Element] = []
    end = 0
    for start in starts:
        if start.start() < end:
            continue
        close = text.find(f"</{start[1]}>", start.end())
        end = close + len(start[1]) + 3 if close >= 0 else len(text)
        parsed.append(parse(text[start.start() : end], file, text.count("\n", 0, start.start())))
    return parsed, notes


def parse(text: str, file: str, above: int = 0) -> Any:
    """One document; ``above`` lines stand before it in the file.

    Raises
    ------
    UnreadableList
    """
    try:
        return fromstring(text, forbid_dtd=True)
    except ParseError as problem:
        line = problem.position[0] + above
        raise UnreadableList(file, "bad-xml", line=line, what=str(problem).split(":")[0]) from None
    except (DefusedXmlException, ValueError, RecursionError) as problem:
        raise UnreadableList(file, "bad-xml", line=above + 1, what=type(problem).__name__) from None
