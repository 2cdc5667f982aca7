"""CAP documents become alerts, or are refused with the element that is wrong. Entities and DTDs are never read."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from layers.errors import LayersError
from layers.incidents.cap.alert import Alert, Version

NAMESPACES: Final[dict[str, Version]] = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
MOST_BYTES: Final = 4 << 20
_TIME: Final = re.compile(r"\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[-+]\d\d:\d\d|Z)")
"""The standard's, and two things that senders write all the same: parts of a second and Z."""


class BadAlert(LayersError):
    """A document is no CAP alert that can be taken; names the element and what is wrong with it."""

    code = "bad-alert"
    text = "{element}: {detail}"


def read_alert(data: bytes) -> Alert:
    """A CAP 1.1 or 1.2 document.

    Raises
    ------
    BadAlert
    """
    root = _root(data)
    namespace, _, tag = root.tag.removeprefix("{").rpartition("}")
    version = NAMESPACES.get(namespace)
    if tag != "alert" or version is None:
        raise BadAlert(element=tag or root.tag, detail=f"is no alert of {', '.join(NAMESPACES)}.")
    take = _Taker(namespace)
    given: dict[str, Any] = {
        "version": version,
        "identifier": take.text(root, "identifier"),
        "sender": take.text(root, "sender"),
        "sent": take.time(root, "sent"),
        "status": take.text(root, "status"),
        "message_type": take.text(root, "msgType"),
        "scope": take.text(root, "scope"),
        "source": take.text(root, "source"),
        "note": take.text(root, "note"),
        "references": [_reference(one) for one in take.text(root, "references").split()],
        "infos": [_info(take, one) for one in take.all(root, "info")],
    }
    try:
        return Alert.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        element = "/".join(str(part) for part in first["loc"])
        value = first.get("input")
        shown = "is missing." if value == "" else f"{str(value)[:80]!r} {first['msg'][:1].lower()}{first['msg'][1:]}."
        raise BadAlert(element=element, detail=shown) from None


def _root(data: bytes) -> Element:
    if len(data) > MOST_BYTES:
        raise BadAlert(element="alert", detail=f"is larger than {MOST_BYTES >> 20} MiB.")
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise BadAlert(element="DOCTYPE", detail="is not read: it could name files and addresses.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise BadAlert(element="alert", detail=f"is no XML ({error}).") from None
    return root


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
        raise BadAlert(element="polygon", detail=f"has {len(ring)} points; it needs four, the last as the first.")
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _circle(text: str) -> dict[str, Any]:
    """Latitude and longitude, and a radius in kilometres."""
    centre, _, radius = text.strip().partition(" ")
    return {"centre": _point(centre, "circle"), "radius_m": 1_000 * _number(radius, "circle")}


def _point(text: str, element: str) -> tuple[float, float]:
    """Longitude and latitude."""
    parts: Iterable[str] = text.split(",")
    numbers = [_number(part, element) for part in parts]
    if len(numbers) != 2:
        raise BadAlert(element=element, detail=f"{text[:40]!r} is no pair of latitude and longitude.")
    return numbers[1], numbers[0]


def _number(text: str, element: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadAlert(element=element, detail=f"{text[:40]!r} is no number.") from None
