"""Alerts become CAP 1.2 documents."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from layers.incidents.cap.alert import Alert, Area, Info, Pair, Point
from layers.xml_text import xml_text

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE: Final = "application/cap+xml"


def as_cap(alert: Alert) -> bytes:
    """A document, its elements in the order of the standard's schema (Appendix A)."""
    register_namespace("", NAMESPACE)
    root = Element(_name("alert"))
    references = " ".join(f"{one.sender},{one.identifier},{_time(one.sent)}" for one in alert.references)
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", _time(alert.sent))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.message_type)
    _put(root, "source", alert.source)
    _put(root, "scope", alert.scope)
    _put(root, "restriction", alert.restriction)
    _put(root, "note", alert.note)
    _put(root, "references", references)
    for info in alert.infos:
        _info(SubElement(root, _name("info")), info)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _info(into: Element, info: Info) -> None:
    _put(into, "language", info.language)
    for category in info.categories:
        _put(into, "category", category)
    for tag in ("event", "urgency", "severity", "certainty"):
        _put(into, tag, getattr(info, tag))
    _pairs(into, "eventCode", info.event_codes)
    for tag in ("effective", "onset", "expires"):
        _put(into, tag, _time(getattr(info, tag)))
    _put(into, "senderName", info.sender_name)
    for tag in ("headline", "description", "instruction", "web", "contact"):
        _put(into, tag, getattr(info, tag))
    _pairs(into, "parameter", info.parameters)
    for area in info.areas:
        _area(SubElement(into, _name("area")), area)


def _area(into: Element, area: Area) -> None:
    SubElement(into, _name("areaDesc")).text = xml_text(area.description)
    for ring in area.polygons:
        _put(into, "polygon", " ".join(_point(place) for place in ring))
    for circle in area.circles:
        _put(into, "circle", f"{_point(circle.centre)} {_plain(circle.radius_m / 1_000)}")
    _pairs(into, "geocode", area.geocodes)


def _pairs(into: Element, tag: str, pairs: Iterable[Pair]) -> None:
    for name, value in pairs:
        one = SubElement(into, _name(tag))
        SubElement(one, _name("valueName")).text = name
        SubElement(one, _name("value")).text = xml_text(value)


def _put(into: Element, tag: str, text: str) -> None:
    """What is not said is left out."""
    if text:
        SubElement(into, _name(tag)).text = xml_text(text)


def _point(place: Point) -> str:
    lon, lat = place
    return f"{_plain(lat)},{_plain(lon)}"


def _plain(number: float) -> str:
    """A number without an exponent, of degrees to a tenth of a millimetre."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def _time(moment: datetime | None) -> str:
    """To the second, with an offset; UTC is written -00:00 (§3.3.2)."""
    if moment is None:
        return ""
    text = moment.replace(microsecond=0).isoformat()
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
