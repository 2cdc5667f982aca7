"""CAP documents and the city that takes them, for tests."""

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import shapely

from layers.areas import AreaIndex
from layers.incidents.cap.alert import Alert
from layers.incidents.cap.incidents import Town
from layers.incidents.cap.read import BadAlert, read_alerts

SENT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
NOW = SENT + timedelta(hours=1)
HEAD = {
    "identifier": "a-1",
    "sender": "hall@example.test",
    "sent": "2026-11-23T08:00:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}
INFO = {"category": "Fire", "event": "火灾", "urgency": "Immediate", "severity": "Severe", "certainty": "Observed"}
SPOT = "<area><areaDesc>人民路</areaDesc><circle>39.6,106.8 0</circle></area>"
DISTRICT = shapely.box(106.79, 39.59, 106.81, 39.61)
TOWN = Town(
    (106.7, 39.5, 106.9, 39.7),
    AreaIndex.build([("150302", "海勃湾区", "district", "", DISTRICT)]),
    ("zh", "en"),
    "here@example.test",
)


def info(area: str = SPOT, more: str = "", **change: str | None) -> str:
    """An info block; elements may be changed, or left out (None)."""
    told = {**INFO, **change}
    order = ("language", "category", "event", "urgency", "severity", "certainty", "onset", "expires", "senderName",
             "headline", "description", "instruction")  # fmt: skip
    tags = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag in order if (text := told.get(tag)) is not None)
    return f"<info>{tags}{more}{area}</info>"


def document(inner: str | None = None, before: str = "", version: str = "1.2", **change: str | None) -> bytes:
    """An alert; elements of its head may be changed, or left out (None)."""
    head = {**HEAD, **change}
    tags = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in head.items() if text is not None)
    body = info() if inner is None else inner
    whole = f'<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}">{tags}{body}</alert>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{whole}'.encode()


def read_alert(data: bytes) -> Alert:
    """The one alert of a document.

    Raises
    ------
    BadAlert
    """
    (found,) = read_alerts(data)
    if isinstance(found, BadAlert):
        raise found
    return found


def an_alert(inner: str | None = None, **change: str | None) -> Alert:
    """The same, read."""
    return read_alert(document(inner, **change))


def later(minutes: int) -> str:
    """A time so long after the first alert, as CAP writes it."""
    return (SENT + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def naming(*identifiers: str) -> str:
    """References to alerts that were sent with the first."""
    return " ".join(f"{HEAD['sender']},{one},{HEAD['sent']}" for one in identifiers)
