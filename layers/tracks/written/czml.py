"""Tracks as CZML for CesiumJS: a moving point with its trail, shown at the times at which it was heard of."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from layers.tracks.track import Track
from layers.tracks.written.times import iso

TRAIL_S: Final = 300
COLOUR: Final = {"rgba": [64, 196, 255, 255]}
ON_GROUND: Final = "CLAMP_TO_GROUND"


def as_czml(tracks: Iterable[tuple[str, Track]], title: str, *, gap_s: float) -> list[dict[str, Any]]:
    """A CZML document of tracks with their names; its clock runs over all of them."""
    packets = [_packet(name, track, gap_s) for name, track in tracks if len(track)]
    first: dict[str, Any] = {"id": "document", "name": title, "version": "1.0"}
    ends = [packet["availability"] for packet in packets]
    if ends:
        spans = [span.split("/") for end in ends for span in ([end] if isinstance(end, str) else end)]
        begin, end = min(one[0] for one in spans), max(one[1] for one in spans)
        first["clock"] = {"interval": f"{begin}/{end}", "currentTime": begin, "multiplier": 10}
    return [first, *packets]


def _packet(name: str, track: Track, gap_s: float) -> dict[str, Any]:
    pieces = track.pieces(gap_s)
    spans = [f"{iso(int(one.fixes['time_ms'][0]))}/{iso(int(one.fixes['time_ms'][-1]))}" for one in pieces]
    grounded = any(row[3] is None for row in track.rows())
    return {
        "id": f"track/{track.unit}",
        "name": name,
        "availability": spans[0] if len(spans) == 1 else spans,
        "position": [_stretch(piece, span) for piece, span in zip(pieces, spans, strict=True)],
        "point": {"pixelSize": 9, "color": COLOUR, "heightReference": ON_GROUND if grounded else "NONE"},
        "path": {"leadTime": 0, "trailTime": TRAIL_S, "width": 3, "material": {"solidColor": {"color": COLOUR}}},
    }


def _stretch(piece: Track, span: str) -> dict[str, Any]:
    """Places of a stretch, by seconds from its beginning."""
    epoch = int(piece.fixes["time_ms"][0])
    places: Sequence[float] = [
        value
        for time_ms, lon, lat, height, _, _ in piece.rows()
        for value in ((time_ms - epoch) / 1e3, lon, lat, height or 0.0)
    ]
    return {
        "interval": span,
        "epoch": iso(epoch),
        "interpolationAlgorithm": "LINEAR",
        "cartographicDegrees": list(places),
    }
