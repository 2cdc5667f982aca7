"""Junctions: where two differently named roads meet, named after both."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from tiles.geodesy import CityFrame

NEAR_M = 1.5
"""Roads whose drawn ends miss each other by less than this still meet."""
SAME_M = 80.0
"""Meetings of the same two names closer than this are one junction (dual carriageways cross four times)."""

RANK = {
    name: rank
    for rank, name in enumerate(
        ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "service", "track", "path")
    )
}
_NO_JUNCTION = frozenset({"rail", "path"})
_SHORT = {
    "road": "Rd", "street": "St", "avenue": "Ave", "boulevard": "Blvd", "lane": "Ln", "drive": "Dr",
    "highway": "Hwy", "expressway": "Expy",
}  # fmt: skip
_HAN = re.compile(r"[㐀-鿿]")


def junctions(roads: gpd.GeoDataFrame, frame: CityFrame) -> gpd.GeoDataFrame:
    """Junctions of the canonical roads, as WGS 84 points with id, name, name_en.

    Roads at different grades (a bridge over a street) do not meet; roads of the same name neither.
    """
    usable = roads[(roads["name"] != "") & ~roads["class"].isin(_NO_JUNCTION)].reset_index(drop=True)
    lines = shapely.transform(usable.geometry.to_numpy(), _metric(frame))
    pairs = _meeting_pairs(usable, lines)
    meetings = _places(lines, pairs)
    rows = sorted(_named(usable, pairs, meetings))
    points = np.array([row[2:] for row in rows], dtype=float).reshape(-1, 2)
    lon, lat = frame.to_lonlat(points[:, 0], points[:, 1])
    return gpd.GeoDataFrame(
        {
            "id": _ids([row[0] for row in rows], points),
            "name": [row[0] for row in rows],
            "name_en": [row[1] for row in rows],
        },
        geometry=shapely.points(np.asarray(lon), np.asarray(lat)),
        crs="EPSG:4326",
    )


def _metric(frame: CityFrame) -> Any:
    def forward(places: Any) -> Any:
        return np.column_stack(frame.to_metric(places[:, 0], places[:, 1]))

    return forward


def _meeting_pairs(roads: gpd.GeoDataFrame, lines: Any) -> Any:
    """Pairs (m, 2) of rows that touch, have different names and lie at the same grade."""
    first, second = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=NEAR_M)
    names, grades = roads["name"].to_numpy(), roads["grade"].to_numpy()
    keep = (first < second) & (names[first] != names[second]) & (grades[first] == grades[second])
    return np.column_stack([first[keep], second[keep]])


def _places(lines: Any, pairs: Any) -> list[Any]:
    """For each pair the places where its two lines meet, (k, 2) metres."""
    a, b = lines[pairs[:, 0]], lines[pairs[:, 1]]
    meet = shapely.intersection(a, b)
    apart = shapely.is_empty(meet)
    meet[apart] = shapely.centroid(shapely.shortest_line(a[apart], b[apart]))
    parts, owner = shapely.get_parts(meet, return_index=True)
    middles = shapely.get_coordinates(shapely.centroid(parts))
    edges = np.searchsorted(owner, np.arange(len(pairs) + 1))
    return [middles[edges[i] : edges[i + 1]] for i in range(len(pairs))]


def _named(roads: gpd.GeoDataFrame, pairs: Any, meetings: list[Any]) -> Iterator[tuple[str, str, float, float]]:
    names, english = roads["name"].to_numpy(), roads["name_en"].to_numpy()
    ranks = roads["class"].map(lambda name: RANK.get(name, len(RANK))).to_numpy()
    groups: dict[tuple[str, str], list[Any]] = {}
    first_english: dict[str, str] = {}
    order: dict[str, int] = {}
    for row in range(len(roads)):
        order[names[row]] = min(order.get(names[row], 99), int(ranks[row]))
        if english[row]:
            first_english.setdefault(names[row], english[row])
    for (i, j), places in zip(pairs, meetings, strict=True):
        one, two = sorted((names[i], names[j]), key=lambda name: (order[name], name))
        groups.setdefault((one, two), []).extend(places)
    for (one, two), places in groups.items():
        for x, y in _merged(np.array(places)):
            yield (
                _chinese(one, two),
                f"{short(first_english.get(one, one))} & {short(first_english.get(two, two))}",
                float(x),
                float(y),
            )


def _merged(places: Any) -> Iterator[Any]:
    """Means of clusters of places, each within ``SAME_M`` of the cluster's first (west to east)."""
    left = places[np.lexsort((places[:, 1], places[:, 0]))]
    while len(left):
        near = np.hypot(*(left - left[0]).T) <= SAME_M
        yield left[near].mean(axis=0)
        left = left[~near]


def _chinese(one: str, two: str) -> str:
    return f"{one}与{two}交叉口" if _HAN.search(one + two) else f"{one} & {two}"


def short(name: str) -> str:
    """``Renmin Road`` as ``Renmin Rd``: the last word of a road's English name, abbreviated."""
    *front, last = name.split(" ")
    return " ".join([*front, _SHORT.get(last.casefold(), last)])


def _ids(names: list[str], points_m: Any) -> list[str]:
    """Ids that stay the same from build to build: of the name and the place to 100 m."""
    seen: dict[str, int] = {}
    ids = []
    for name, (x, y) in zip(names, points_m, strict=True):
        key = f"{name}|{round(x / 100)}|{round(y / 100)}"
        base = "j" + hashlib.sha256(key.encode()).hexdigest()[:10]
        seen[base] = seen.get(base, 0) + 1
        ids.append(base if seen[base] == 1 else f"{base}-{seen[base]}")
    return ids
