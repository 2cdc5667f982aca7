"""CAP documents become alerts, or are refused with the element that is wrong. Entities and DTDs are never read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from pydantic import ValidationError

from layers.cameras.lists.report import TEXTS
from layers.errors import LayersError
from layers.incidents.cap.alert import Alert, Version

NAMESPACES: Final[dict[str, Version]] = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
FEEDS: Final = frozenset({"feed", "rss", "EDXLDistribution"})
"""What may hold several alerts: Atom, RSS, and the OASIS distribution element."""
MOST_BYTES: Final = 4 << 20
DEEPEST: Final = 32
MOST_ELEMENTS: Final = 200_000
MOST_ALERTS: Final = 500
_ELEMENTS: Final[Mapping[str, str]] = {
    "message_type": "msgType", "infos": "info", "categories": "category", "areas": "area", "polygons": "polygon",
    "circles": "circle", "geocodes": "geocode", "parameters": "parameter", "event_codes": "eventCode",
    "sender_name": "senderName",
}  # fmt: skip
"""Our name of a field → the standard's."""
_TIME: Final = re.compile(r"\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[-+]\d\d:\d\d|Z)")
"""The standard's, and two things that senders write all the same: parts of a second and Z."""


class BadAlert(LayersError):
    """A document is no CAP alert that can be taken; names the element and what is wrong with it.

    ``reason`` is a code of ``TEXTS``.
    """

    code = "bad-alert"
    text = "{element}: {detail}"

    def __init__(self, element: str, reason: str, **values: Any) -> None:
        detail = TEXTS[reason][0].format(**values)
        super().__init__(element=element, reason=reason, detail=detail, **values)

    @property
    def element(self) -> str:
        """The element that is wrong."""
        return str(self.values["element"])

    @property
    def reason(self) -> str:
        """What is wrong with it, as a code."""
        return str(self.values["reason"])


def is_xml(data: bytes) -> bool:
    """Whether bytes begin as XML does, in any of its encodings."""
    return data[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def read_alerts(data: bytes) -> list[Alert | BadAlert]:
    """The alerts of a document, or of a feed that holds them; for each that cannot be taken, why.

    Raises
    ------
    BadAlert
        The document as a whole cannot be used.
    """
    root = _root(data)
    if root.tag.rpartition("}")[2] not in FEEDS:
        return [_alert_or_why(root)]
    inside = list(_inside(root))
    if not inside:
        raise BadAlert("feed", "cap-no-alerts")
    if len(inside) > MOST_ALERTS:
        raise BadAlert("feed", "cap-too-many", limit=MOST_ALERTS)
    return [_alert_or_why(one) for one in inside]


def _inside(root: Element) -> Iterator[Element]:
    return (one for namespace in NAMESPACES for one in root.iter(f"{{{namespace}}}alert"))


def _alert_or_why(root: Element) -> Alert | BadAlert:
    try:
        return _alert(root)
    except BadAlert as bad:
        return bad


def _alert(root: Element) -> Alert:
    namespace, _, tag = root.tag.removeprefix("{").rpartition("}")
    version = NAMESPACES.get(namespace)
    if tag != "alert" or version is None:
        raise BadAlert((tag or root.tag)[:80], "cap-not-cap")
    take = _Taker(namespace)
    given: dict[str, Any] = {
        "version": version,
        "identifier": take.text(root, "identifier"),
        "sender": take.text(root, "sender"),
        "sent": take.time(root, "sent"),
        "status": take.text(root, "status"),
        "message_type": take.text(root, "msgType"),
        "scope": take.text(root, "scope"),
        "restriction": take.text(root, "restriction"),
        "source": take.text(root, "source"),
        "note": take.text(root, "note"),
        "references": [_reference(one) for one in take.text(root, "references").split()],
        "infos": [_info(take, one) for one in take.all(root, "info")],
    }
    try:
        return Alert.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        element = "/".join(map(_element, first["loc"]))
        value = first.get("input")
        if value in ("", None, [], ()):
            raise BadAlert(element, "cap-missing") from None
        raise BadAlert(element, "cap-wrong", shown=str(value)[:80]) from None


def _root(data: bytes) -> Element:
    if len(data) > MOST_BYTES:
        raise BadAlert("alert", "cap-too-large", limit=MOST_BYTES >> 20)
    parser = DefusedXMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise BadAlert("DOCTYPE", "cap-doctype") from None
    except (ParseError, ValueError, LookupError) as error:
        raise BadAlert("alert", "cap-not-xml", shown=str(error)[:80]) from None
    return root


def _element(part: int | str) -> str:
    """A part of the path to a field, as the standard calls it; of several, from 1."""
    return str(part + 1) if isinstance(part, int) else _ELEMENTS.get(part, part)


class _Shallow(TreeBuilder):
    """Builds a tree that nobody's stack or memory suffers from."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: Any, /) -> Element:  # type: ignore[override]
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise BadAlert(tag.rpartition("}")[2][:80], "cap-too-deep", deepest=DEEPEST, most=MOST_ELEMENTS)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


class _Taker:
    """Takes what stands in elements of one namespace."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def all(self, parent: Element, tag: str) -> list[Element]:
        return parent.findall(f"{{{self._namespace}}}{tag}")

    def text(self, parent: Element, tag: str) -> str:
        """What stands in an element; "" where there is none. Of several the first counts."""
        found = parent.find(f"{{{self._namespace}}}{tag}")
        return (found.text or "").strip() if found is not None else ""

    def texts(self, parent: Element, tag: str) -> list[str]:
        return [text for one in self.all(parent, tag) if (text := (one.text or "").strip())]

    def time(self, parent: Element, tag: str) -> datetime | str | None:
        """A time; what is none is passed on and refused with the rest."""
        text = self.text(parent, tag)
        return _time(text) if text else None

    def pairs(self, parent: Element, tag: str) -> list[tuple[str, str]]:
        """Names with values. CAP 1.0's form, ``name=value`` in one text, is not taken."""
        return [(self.text(one, "valueName"), self.text(one, "value")) for one in self.all(parent, tag)]


def _time(text: str) -> datetime | str:
    if not _TIME.fullmatch(text):
        return text
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _reference(text: str) -> dict[str, Any]:
    sender, _, rest = text.partition(",")
    identifier, _, sent = rest.rpartition(",")
    return {"sender": sender, "identifier": identifier, "sent": _time(sent)}


def _info(take: _Taker, one: Element) -> dict[str, Any]:
    times = {name: take.time(one, name) for name in ("effective", "onset", "expires")}
    return {
        **({"language": language} if (language := take.text(one, "language")) else {}),
        "categories": take.texts(one, "category"),
        "event": take.text(one, "event"),
        "urgency": take.text(one, "urgency"),
        "severity": take.text(one, "severity"),
        "certainty": take.text(one, "certainty"),
        "event_codes": take.pairs(one, "eventCode"),
        **times,
        "sender_name": take.text(one, "senderName"),
        "headline": take.text(one, "headline"),
        "description": take.text(one, "description"),
        "instruction": take.text(one, "instruction"),
        "web": take.text(one, "web"),
        "contact": take.text(one, "contact"),
        "parameters": take.pairs(one, "parameter"),
        "areas": [_area(take, area) for area in take.all(one, "area")],
    }


def _area(take: _Taker, area: Element) -> dict[str, Any]:
    return {
        "description": take.text(area, "areaDesc"),
        "polygons": [_polygon(text) for text in take.texts(area, "polygon")],
        "circles": [_circle(text) for text in take.texts(area, "circle")],
        "geocodes": take.pairs(area, "geocode"),
    }


def _polygon(text: str) -> list[tuple[float, float]]:
    """Pairs of latitude and longitude; one that is not closed is closed."""
    ring = [_point(pair, "polygon") for pair in text.split()]
    if len(ring) < 3:
        raise BadAlert("polygon", "cap-few-points", count=len(ring))
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _circle(text: str) -> dict[str, Any]:
    """Latitude and longitude, and a radius in kilometres."""
    centre, _, radius = text.strip().partition(" ")
    return {"centre": _point(centre, "circle"), "radius_m": round(1_000 * _number(radius, "circle"), 6)}


def _point(text: str, element: str) -> tuple[float, float]:
    """Longitude and latitude."""
    parts: Iterable[str] = text.split(",")
    numbers = [_number(part, element) for part in parts]
    if len(numbers) != 2:
        raise BadAlert(element, "cap-wrong", shown=text[:80])
    return numbers[1], numbers[0]


def _number(text: str, element: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadAlert(element, "cap-wrong", shown=text[:80]) from None
