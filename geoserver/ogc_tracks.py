"""OGC API - Moving Features (22-003r3) over the tracks of vehicles: what may be read.

Each vehicle is a moving feature; its temporal geometries are the stretches between gaps, none over midnight UTC. What
is told at once is limited, and ``next`` leads on. Tracks are written by ``POST /api/fixes`` and in no other way.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import numpy as np

from geoserver.boxes import Box
from geoserver.faults import BadParameter, UnknownId
from geoserver.fleet import in_box
from geoserver.live.positions import Board
from geoserver.ogc_crs import CRS84
from geoserver.ogc_documents import link
from geoserver.ogc_items import Interval, feature
from geoserver.series.fixes import FixSeries
from geoserver.town import Town
from geoserver.vehicles.garage import VEHICLE
from geoserver.words import Lang
from layers.tracks.pieces import DAY_MS, Piece, Query, pieces_of
from layers.tracks.track import Fixes, Track
from layers.tracks.written import mf_json
from layers.tracks.written.times import iso
from layers.vehicles import Vehicle

COLLECTION: Final = "tracks"
CLASSES: Final = ("http://www.opengis.net/spec/ogcapi-movingfeatures-1/1.0/conf/common",)
"""Those that ask for writing by other ways than ours are not met, and not claimed."""
UPDATE_MS: Final = 1_000
"""How often fixes usually come."""
FORMS: Final = {"distance": "MTR", "velocity": "MTS", "acceleration": "MSK"}
"""Units by UN/CEFACT Recommendation 20."""
PROPERTIES: Final = {
    "speed": ("speed_m_s", "MTS", "speed as the vehicle told it"),
    "heading": ("heading_deg", "http://qudt.org/vocab/unit/DEG", "heading as the vehicle told it, from true north"),
}
JSON, GEOJSON = "application/json", "application/geo+json"
MOST_AT_ONCE: Final = 200_000
Span = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """Which part of a track is asked for.

    Attributes
    ----------
    span : ms since 1970-01-01 UTC, both counted
    leaf : the times at which alone; None = at all
    cut : only what lies in the span, not the whole pieces that meet it
    """

    span: Span
    box: Box | None = None
    leaf: Sequence[int] | None = None
    cut: bool = False

    def shown(self, piece: Piece) -> Track:
        """What of a piece is asked for."""
        if self.leaf is not None:
            return piece.at(self.leaf)
        return piece.cut(*self.span) if self.cut else piece.track


def asked(when: Interval | None, box: Box | None, leaf: str | None, cut: bool, now_ms: int) -> Asked:
    """What the parameters ask for.

    Raises
    ------
    BadParameter
    """
    begin, end = when or (None, None)
    if cut and (begin is None or end is None or begin == end):
        raise _bad("datetime", "", "bounded", "has to be an interval with both its ends.")
    if cut and leaf is not None:
        raise _bad("leaf", leaf, "leaf-or-part", "does not go together with subTrajectory and subTemporalValue.")
    span = (0 if begin is None else _ms(begin), now_ms + DAY_MS if end is None else _ms(end))
    return Asked(span, box, None if leaf is None else _instants(leaf), cut)


def collection(base: str, town: Town, lang: Lang) -> dict[str, Any]:
    """The collection."""
    here = f"{base}/collections/{COLLECTION}"
    return {
        "id": COLLECTION,
        "title": "车辆轨迹" if lang == "zh" else "Tracks of vehicles",
        "itemType": "movingfeature",
        "updateFrequency": UPDATE_MS,
        "extent": {"spatial": {"bbox": [list(town.scene.extent)], "crs": CRS84}},
        "crs": [CRS84],
        "links": [
            link(f"{here}?f=json", "self", JSON, "JSON"),
            link(f"{here}/items?f=json", "items", GEOJSON, "Moving features"),
        ],
    }


def items(
    vehicles: Sequence[Vehicle], board: Board, series: FixSeries, box: Box | None, span: Span | None
) -> list[Vehicle]:
    """Those of some vehicles that are in a box now, and were heard of in a span."""
    heard = None if span is None else set(series.heard(*span))
    return [
        one
        for one in vehicles
        if (heard is None or one.id in heard) and (box is None or in_box(*_now(one, board), box))
    ]


def moving_feature(one: Vehicle, board: Board, series: FixSeries, base: str) -> dict[str, Any]:
    """A vehicle as a moving feature: where it is now, and from when to when it was heard of."""
    address = f"{base}/collections/{COLLECTION}/items/{quote(one.id, safe='')}"
    ends = series.ends(one.id)
    found = feature(one)
    return {
        "type": "Feature",
        "id": one.id,
        "geometry": {"type": "Point", "coordinates": list(_now(one, board))},
        "properties": found["properties"],
        "crs": mf_json.CRS84,
        "trs": mf_json.UTC_TRS,
        **({"time": [iso(ends[0]), iso(ends[1])]} if ends else {}),
        "links": [
            link(address, "self", GEOJSON, "GeoJSON"),
            link(f"{address}/tgsequence", "tgsequence", JSON, "Temporal geometries"),
            link(f"{address}/tproperties", "tproperties", JSON, "Temporal properties"),
        ],
    }


def pieces(series: FixSeries, vehicle: str, span: Span) -> Iterator[Piece]:
    """The pieces of a track that meet a span, whole."""
    for day in series.days():
        if span[0] < (day + 1) * DAY_MS and day * DAY_MS <= span[1]:
            fixes = _whole_day(series, vehicle, day)
            yield from (piece for piece in pieces_of(Track(vehicle, fixes)) if piece.meets(*span))


def _whole_day(series: FixSeries, vehicle: str, day: int) -> Fixes:
    """All fixes of a vehicle on a day, (n,)."""
    begin, end = day * DAY_MS, (day + 1) * DAY_MS - 1
    parts = [series.track(vehicle, begin, end, MOST_AT_ONCE)]
    while len(parts[-1]) == MOST_AT_ONCE:
        parts.append(series.track(vehicle, int(parts[-1]["time_ms"][-1]) + 1, end, MOST_AT_ONCE))
    return np.concatenate(parts)


def piece_named(series: FixSeries, vehicle: str, name: str) -> Piece:
    """One piece by its id.

    Raises
    ------
    UnknownId
    """
    number = name.removeprefix("tg-")
    if name.startswith("tg-") and number.isascii() and number.isdigit() and len(number) < 16:
        begin_ms = int(number)
        for piece in pieces(series, vehicle, (begin_ms, begin_ms)):
            if piece.begin_ms == begin_ms:
                return piece
    raise UnknownId(kind="tgeometry", id=name)


def geometry_told(piece: Piece, wanted: Asked) -> dict[str, Any] | None:
    """A temporal primitive geometry; None where nothing of it is asked for."""
    shown = wanted.shown(piece)
    if not len(shown) or (wanted.box is not None and not piece.enters(wanted.box)):
        return None
    told = mf_json.temporal_geometry(shown)
    told["interpolation"] = "Discrete" if wanted.leaf is not None else "Linear"
    crs = mf_json.CRS84H if mf_json.has_heights(shown) else mf_json.CRS84
    return {"id": f"tg-{piece.begin_ms}", **told, "crs": crs, "trs": mf_json.UTC_TRS}


def query_told(piece: Piece, what: Query, times_ms: Sequence[int] | None) -> dict[str, Any]:
    """Distance, velocity or acceleration along a piece; at some times, or at its fixes."""
    known, values = piece.track.fixes["time_ms"], piece.query(what)
    at: Sequence[int] = known.tolist()
    if times_ms is not None:
        at = [one for one in times_ms if piece.begin_ms <= one <= piece.end_ms]
        values = np.interp(at, known, values)
    sequence = {
        "datetimes": [iso(one) for one in at],
        "values": [round(float(one), 3) for one in values],
        "interpolation": "Linear" if what == "distance" else "Step",
    }
    return {"name": what, "type": "TReal", "form": FORMS[what], "valueSequence": [sequence]}


def property_told(name: str, some: Iterator[Track]) -> dict[str, Any]:
    """A temporal property with its values."""
    column, _, _ = PROPERTIES[name]
    sequences = []
    for track in some:
        known = [(int(row["time_ms"]), float(row[column])) for row in track.fixes if row[column] == row[column]]
        if known:
            sequences.append(
                {
                    "datetimes": [iso(time_ms) for time_ms, _ in known],
                    "values": [round(value, 2) for _, value in known],
                    "interpolation": mf_json.BETWEEN[name],
                }
            )
    return {**property_head(name), "valueSequence": sequences}


def property_head(name: str) -> dict[str, Any]:
    """What a temporal property is.

    Raises
    ------
    UnknownId
    """
    if name not in PROPERTIES:
        raise UnknownId(kind="tproperty", id=name)
    _, form, about = PROPERTIES[name]
    return {"name": name, "type": "TReal", "form": form, "description": about}


def stamp() -> str:
    """The time of an answer."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _now(one: Vehicle, board: Board) -> tuple[float, float]:
    latest = board.latest(VEHICLE, one.id)
    return (one.lon, one.lat) if latest is None else (round(latest.lon, 7), round(latest.lat, 7))


def _instants(text: str) -> list[int]:
    try:
        moments = [datetime.fromisoformat(part.strip()) for part in text.split(",")]
        times = [_ms(one if one.tzinfo else one.replace(tzinfo=UTC)) for one in moments]
    except ValueError:
        raise _bad("leaf", text, "leaf", "is no list of times as in RFC 3339, with commas.") from None
    if any(later <= earlier for earlier, later in itertools.pairwise(times)):
        raise _bad("leaf", text, "leaf-order", "does not name its times in their order, each once.")
    return times


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1e3)


def _bad(parameter: str, value: str, reason: str, detail: str) -> BadParameter:
    return BadParameter(parameter=parameter, value=value, reason=reason, detail=detail)
