"""Records as GeoJSON features, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from geoserver.accounts.seen import Seen
from geoserver.boxes import Box
from geoserver.faults import BadParameter, UnknownId
from geoserver.ogc_documents import HIDDEN, link
from geoserver.ogc_queryables import equal, parameters
from geoserver.storage.store import Query
from layers.catalogue import Kind
from layers.filters.terms import Both, Condition
from layers.record import Record

GEOJSON = "application/geo+json"
Interval = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Wanted:
    """Which items are asked for."""

    bbox: Box | None = None
    when: Interval | None = None
    limit: int = 100
    offset: int = 0
    equal: Mapping[str, str] = field(default_factory=dict)
    matching: Condition | None = None

    @property
    def is_box(self) -> bool:
        """Whether a box is all that is asked for, and one that is not over the date line."""
        if self.bbox is None or self.bbox[0] > self.bbox[2]:
            return False
        return self.when is None and not self.equal and self.matching is None


def filters(kind: Kind) -> frozenset[str]:
    """Names of the parameters that filter by a field."""
    return frozenset(parameters(kind))


def read_datetime(text: str | None) -> Interval | None:
    """An instant, or an interval whose open ends are .. or nothing."""
    if text is None:
        return None
    ends = text.split("/")
    try:
        moments = [None if end in ("", "..") else _moment(end) for end in ends]
    except ValueError:
        moments = []
    if len(ends) > 2 or len(moments) != len(ends) or (len(moments) == 1 and moments[0] is None):
        raise _bad(text, "datetime-form", "is not a time or an interval as in RFC 3339.")
    start, end = moments[0], moments[-1]
    if start and end and start > end:
        raise _bad(text, "datetime-order", "ends before it starts.")
    return start, end


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError from None


def _bad(text: str, reason: str, detail: str) -> BadParameter:
    return BadParameter(parameter="datetime", value=text, reason=reason, detail=detail)


def question(kind: Kind, wanted: Wanted) -> Query:
    """What is asked for as a query of a store.

    Raises
    ------
    BadParameter
    """
    indexed, others = equal(kind, wanted.equal)
    asked = tuple(others if wanted.matching is None else (*others, wanted.matching))
    matching = Both(asked) if len(asked) > 1 else asked[0] if asked else None
    return Query(
        kind.name, wanted.bbox, indexed, wanted.when, limit=wanted.limit, offset=wanted.offset, matching=matching
    )


def page(store: Seen, kind: Kind, wanted: Wanted, here: str, query: str) -> dict[str, Any]:
    """One page of items, with links to the next and the one before."""
    some = question(kind, wanted)
    matched = store.count(some)
    features = [feature(record) for record in store.find(some)]
    return head(kind, wanted, (matched, len(features)), here, query) | {"features": features}


def head(kind: Kind, wanted: Wanted, counts: tuple[int, int], here: str, query: str) -> dict[str, Any]:
    """What a page says besides its features; ``counts`` are those that matched, and those on it."""
    matched, returned = counts
    rest = [(name, value) for name, value in parse_qsl(query) if name not in ("offset", "f")]
    pages = f"{here}/items?{urlencode(rest)}{'&' if rest else ''}"
    links = [
        link(_page(pages, wanted.offset, "json"), "self", GEOJSON, "JSON"),
        link(_page(pages, wanted.offset, "html"), "alternate", "text/html", "HTML"),
        link(here, "collection", "application/json", kind.title),
    ]
    if wanted.offset + returned < matched:
        address = _page(pages, wanted.offset + wanted.limit, "json")
        links.append(link(address, "next", GEOJSON, "Next page"))
    if wanted.offset > 0:
        address = _page(pages, max(0, wanted.offset - wanted.limit), "json")
        links.append(link(address, "prev", GEOJSON, "Previous page"))
    return {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": matched,
        "numberReturned": returned,
        "links": links,
    }


def one(store: Seen, kind: Kind, id_: str, here: str) -> dict[str, Any]:
    """One item, with its links."""
    record = store.get(kind.name, id_)
    if record is None:
        raise UnknownId(kind=kind.name, id=id_)
    address = f"{here}/items/{quote(id_, safe='')}"
    return feature(record) | {
        "links": [
            link(f"{address}?f=json", "self", GEOJSON, "JSON"),
            link(f"{address}?f=html", "alternate", "text/html", "HTML"),
            link(here, "collection", "application/json", kind.title),
        ]
    }


def feature(record: Record) -> dict[str, Any]:
    """A record as a GeoJSON feature; coordinates are lon, lat and ellipsoidal height (CRS84h)."""
    document = record.model_dump(mode="json", exclude=set(HIDDEN))
    return {"type": "Feature", "id": record.id, "geometry": record.geometry, "properties": document}


def _page(pages: str, offset: int, form: str) -> str:
    return f"{pages}{f'offset={offset}&' if offset else ''}f={form}"
