"""Tracks as GPX 1.1: a segment for each stretch between gaps."""

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from layers.tracks.track import Track
from layers.tracks.written.times import iso
from layers.xml_text import xml_text

NAMESPACE: Final = "http://www.topografix.com/GPX/1/1"
MEDIA_TYPE: Final = "application/gpx+xml"
CREATOR: Final = "geoserver"


def as_gpx(tracks: Iterable[tuple[str, Track]], *, gap_s: float) -> bytes:
    """Tracks with their names. ``ele`` is the ellipsoidal height, which GPX leaves open (it says "metres")."""
    register_namespace("", NAMESPACE)
    root = Element(_name("gpx"), {"version": "1.1", "creator": CREATOR})
    for title, track in tracks:
        one = SubElement(root, _name("trk"))
        SubElement(one, _name("name")).text = xml_text(title)
        for piece in track.pieces(gap_s):
            segment = SubElement(one, _name("trkseg"))
            for time_ms, lon, lat, height, _, _ in piece.rows():
                point = SubElement(segment, _name("trkpt"), {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"})
                if height is not None:
                    SubElement(point, _name("ele")).text = f"{height:.2f}"
                SubElement(point, _name("time")).text = iso(time_ms)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
