"""Zones that people would have drawn: rings around the seat of government, fences at stations, a school."""

from typing import Any

import shapely

from data.recipe.sources import Sources, Spot

_RINGS = (
    ("core", "核心区", 150.0, "both"),
    ("control", "管控区", 350.0, "enter"),
    ("outer", "外围区", 700.0, "none"),
)
_STATIONS = 2


def make_zones(sources: Sources) -> dict[str, Any]:
    """A GeoJSON collection."""
    of = {use: [one for one in sources.places if one.use == use] for use in ("government", "station", "school", "park")}
    features = []
    seats = [one for one in of["government"] if one.name.endswith("人民政府")] or of["government"]
    for seat in seats[:1]:
        for key, name, radius, watch in _RINGS:
            purpose = f"重大活动安保：{name}"
            features.append(_feature(sources, seat, f"event-{key}", (f"{seat.name}{name}", purpose, watch), radius))
    for number, one in enumerate(of["station"][:_STATIONS], 1):
        words = (f"{one.name}周界", "车站广场电子围栏", "both")
        features.append(_feature(sources, one, f"station-{number}", words, 180.0))
    for one in of["school"][:1]:
        features.append(_feature(sources, one, "school-1", (f"{one.name}护学区", "上下学时段护学", "enter"), 160.0))
    for one in of["park"][:1]:
        features.append(_feature(sources, one, "park-1", (f"{one.name}活动场地", "临时活动场地", "none"), 140.0))
    return {"type": "FeatureCollection", "features": features}


def _feature(sources: Sources, around: Spot, id_: str, words: tuple[str, str, str], radius_m: float) -> dict[str, Any]:
    name, purpose, watch = words
    ring = shapely.get_coordinates(shapely.buffer(shapely.Point(around.at_m), radius_m, quad_segs=3))
    corners = [list(sources.degrees((float(x), float(y)))) for x, y in ring]
    corners[-1] = corners[0]
    return {
        "type": "Feature",
        "id": id_,
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": {"name": name, "purpose": purpose, "watch": watch},
    }
