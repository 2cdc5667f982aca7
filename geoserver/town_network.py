"""The roads of a build as a network to drive on, made once a build and kept with it."""

from typing import Any

import numpy as np
import shapely

from geoserver.town import Town
from layers.routing.network import Network, Street
from layers.routing.speeds import speed_m_s
from layers.routing.ways import Path, Router
from tiles.geodesy import Floats
from tiles.vectors import read_layer


def router_of(town: Town) -> Router:
    """What finds ways over the town's roads."""
    made: Router = town.derived.get("router", lambda: Router(Network.of(_streets(town))))
    return made


def metric(town: Town, lon: Any, lat: Any) -> Floats:
    """Places in the metric frame, (n, 2), from degrees."""
    x, y = town.scene.to_metric(np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float)))
    return np.stack([x, y], axis=1)


def line_told(town: Town, path: Path) -> list[list[float]]:
    """A way in degrees, to about a centimetre."""
    lon, lat = town.scene.to_lonlat(*path.line_m.T)
    return np.stack([np.round(lon, 7), np.round(lat, 7)], axis=1).tolist()  # type: ignore[no-any-return]


def _streets(town: Town) -> list[Street]:
    if town.vectors is None:
        return []
    table = read_layer(town.vectors, "roads")
    made = []
    for shape, road_class, way in zip(table.geometry, table["class"], table["oneway"], strict=True):
        speed = speed_m_s(road_class)
        if speed is None:
            continue
        for piece in shapely.get_parts(shape):
            points = metric(town, *shapely.get_coordinates(piece).T)
            made.append(Street(points, speed, way != "backward", way != "forward"))
    return made
