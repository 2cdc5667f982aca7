"""Records as CZML for CesiumJS: a packet each, with its place or polygon and the time for which it is valid."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import orjson

from layers.record import Record

_FOR_EVER = ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z")
_LINE = {"rgba": [64, 196, 255, 255]}
_FILL = {"solidColor": {"color": {"rgba": [64, 196, 255, 64]}}}


def as_czml(records: Sequence[Record], layer: str) -> bytes:
    """A CZML document. Texts are shown as they are, whatever markup is in them."""
    first = {"id": "document", "name": layer, "version": "1.0"}
    return orjson.dumps([first, *(_packet(record) for record in records)])


def _packet(record: Record) -> dict[str, Any]:
    document = record.model_dump(mode="json", exclude={"rings"})
    packet: dict[str, Any] = {
        "id": f"{record.kind}/{record.id}",
        "name": str(document.get("name") or record.id),
        "description": _table(document),
        "properties": {name: value for name, value in document.items() if isinstance(value, str | int | float)},
    }
    if record.valid_from or record.valid_to:
        ends = document["valid_from"] or _FOR_EVER[0], document["valid_to"] or _FOR_EVER[1]
        packet["availability"] = "/".join(ends)
    return packet | _drawn(record)


def _drawn(record: Record) -> dict[str, Any]:
    geometry = record.geometry
    if geometry["type"] == "Polygon":
        return {"polygon": _polygon(record, geometry["coordinates"])}
    ground = record.height_m is None
    point = {"pixelSize": 8, "color": _LINE, "heightReference": "CLAMP_TO_GROUND" if ground else "NONE"}
    return {"position": {"cartographicDegrees": [record.lon, record.lat, record.height_m or 0.0]}, "point": point}


def _polygon(record: Record, rings: Sequence[Any]) -> dict[str, Any]:
    """On the ground, or standing on its floor where it is a volume."""
    outline, *holes = [_flat(ring) for ring in rings]
    drawn: dict[str, Any] = {"positions": {"cartographicDegrees": outline}, "material": _FILL}
    if holes:
        drawn["holes"] = {"cartographicDegrees": holes}
    base, top = getattr(record, "base_m", None), getattr(record, "top_m", None)
    if base is not None and top is not None:
        drawn |= {"height": base, "extrudedHeight": top}
    return drawn


def _flat(ring: Sequence[Sequence[float]]) -> list[float]:
    """Corners as CZML lists them: the first is not repeated."""
    return [value for corner in ring[:-1] for value in (*corner[:2], corner[2] if len(corner) > 2 else 0.0)]


def _table(document: Mapping[str, Any]) -> str:
    rows = (
        f"<tr><th>{escape(name)}</th><td>{escape(_text(value))}</td></tr>"
        for name, value in document.items()
        if value not in (None, "", [])
    )
    return f"<table>{''.join(rows)}</table>"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
