"""The parameters ``filter``, ``filter-lang`` and ``filter-crs``: CQL2 as text or JSON, read into conditions.

Text is parsed by cql2 (docs/decisions/0030-cql2.md) into the tree that JSON is written in; one reader takes both.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import cql2
import orjson
import shapely

from geoserver.boxes import Box
from geoserver.faults import BadParameter
from geoserver.ogc_crs import Frame, read_box
from layers.filters.faults import BadFilter, refused
from layers.filters.reading import read_filter
from layers.filters.terms import Condition

Language = Literal["cql2-text", "cql2-json"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
MOST_LETTERS = 32_000
MOST_WORK = 400_000
"""Letters, doubled for each level of parentheses: the parser goes back where it was wrong, so that is what it costs."""
MOST_SIGNS = 30
"""Signs that may nest between two commas, parentheses, ANDs or ORs: the parser calls itself for each, without end."""
MOST_NEAR = 120
"""Letters of the part that a fault names."""
_PARTS = re.compile(r"[(),]|\b(?:and|or)\b", re.IGNORECASE)
_NESTING = re.compile(r"[-+*/^%]|[<>=!]+|\b(?:not|like|between|in|is|div)\b", re.IGNORECASE)
_PLACE = re.compile(r"--> (\d+):(\d+)")
_EXPECTED = re.compile(r"= (?:unexpected .*; )?expected (.*)", re.DOTALL)
_SIGNS = {
    "EOI": "", "Null": "", "And": "AND", "Or": "OR", "NotFlag": "NOT", "UnaryNot": "NOT", "IsNullPostfix": "IS NULL",
    "Eq": "=", "NotEq": "<>", "Gt": ">", "GtEq": ">=", "Lt": "<", "LtEq": "<=", "Add": "+", "Subtract": "-",
    "Multiply": "*", "Divide": "/", "Modulo": "%", "Power": "^", "Negative": "-", "Identifier": "name",
    "SingleQuotedString": "'text'", "DECIMAL": "1.5", "Double": "", "True": "TRUE", "False": "FALSE",
    "GEOMETRY": "POINT(…)", "ExpressionInParentheses": "(…)", "Array": "(…, …)", "Expr": "name, 'text', 1.5, (…)",
}  # fmt: skip
"""The parser's own words → what a person writes."""


@dataclass(frozen=True, slots=True)
class InFrame:
    """Brings the geometries of a filter from its reference system to longitude and latitude."""

    frame: Frame

    def shape(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """A geometry, without heights."""
        return self.frame.back(geometry)

    def box(self, numbers: Sequence[float]) -> Box | None:
        """Four or six numbers as west, south, east, north."""
        try:
            return read_box(",".join(map(repr, numbers)), self.frame)
        except BadParameter:
            return None


def conditions(text: str, language: str | None, frame: Frame, kind: str) -> Condition:
    """What a filter over the records of a kind asks for.

    Raises
    ------
    BadFilter
    """
    try:
        tree = _json(text) if read_language(language) == "cql2-json" else _text(text)
        return read_filter(tree, kind, InFrame(frame))
    except BadFilter as bad:
        values = {name: value for name, value in bad.values.items() if name != "node"}
        raise BadFilter(parameter="filter", near=_near(bad.values.get("node")), **values) from None


def read_language(given: str | None) -> Language:
    """The language of a filter; text where none is named.

    Raises
    ------
    BadParameter
    """
    for language in LANGUAGES:
        if language == (given or LANGUAGES[0]):
            return language
    known = ", ".join(LANGUAGES)
    raise BadParameter(
        parameter="filter-lang", value=given, reason="choice", detail=f"is none of {known}.", expected=known
    )


def _json(text: str) -> Any:
    _demand_length(text)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as bad:
        raise refused("json", f"{bad.lineno}:{bad.colno}") from None


def _text(text: str) -> Any:
    _demand_length(text)
    depth, plain = _unquoted(text)
    if any(len(_NESTING.findall(part)) > MOST_SIGNS for part in _PARTS.split(plain)):
        raise refused("too-deep", "1:1", most=MOST_SIGNS)
    if len(text) << min(depth, 40) > MOST_WORK:
        raise refused("too-nested", "1:1", depth=depth)
    try:
        return cql2.parse_text(text).to_json()
    except cql2.ParseError as bad:
        told = str(bad)
    except Exception:  # the parser's own classes are not all exported
        raise refused("geometry", "1:1") from None
    place, expected = _PLACE.search(told), _EXPECTED.search(told)
    names = re.split(r", or |, | or ", expected[1].strip()) if expected else []
    signs = dict.fromkeys(sign for name in names if (sign := _SIGNS.get(name, "")))
    raise refused("syntax", f"{place[1]}:{place[2]}" if place else "1:1", expected="  ".join(signs) or "-")


def _demand_length(text: str) -> None:
    if len(text) > MOST_LETTERS:
        raise refused("too-long", "1:1", most=MOST_LETTERS)
    if "\0" in text:
        raise refused("nul", f"1:{text.index(chr(0)) + 1}")


def _unquoted(text: str) -> tuple[int, str]:
    """How deep parentheses nest, and the text without what stands in quotes.

    Raises
    ------
    BadFilter
        A parenthesis without its other: a parser takes long to find that out.
    """
    deepest, opened, quote, plain = 0, list[int](), "", list[str]()
    for i, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
            continue
        plain.append(letter)
        if letter in "'\"":
            quote = letter
        elif letter == "(":
            opened.append(i)
            deepest = max(deepest, len(opened))
        elif letter == ")":
            if not opened:
                raise refused("parenthesis", _position(text, i))
            opened.pop()
    if opened:
        raise refused("parenthesis", _position(text, opened[-1]))
    return deepest, "".join(plain)


def _position(text: str, i: int) -> str:
    line = text.count("\n", 0, i)
    return f"{line + 1}:{i - text.rfind(chr(10), 0, i)}"


def _near(node: Any) -> str:
    """A part of a filter as one would write it."""
    if node is None:
        return ""
    try:
        text = orjson.dumps(node).decode()
        if isinstance(node, dict) and len(text) <= 10 * MOST_NEAR:
            text = str(cql2.Expr(node).to_text())
    except Exception:  # it nests too deep, or is nothing that there is in text
        text = json.dumps(node, ensure_ascii=False) if isinstance(node, str) else "…"
    return text if len(text) <= MOST_NEAR else f"{text[:MOST_NEAR]}…"
