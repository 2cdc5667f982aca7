"""The cameras along a route, in the caller's words: what was asked, what is seen, what nobody sees."""

from typing import Any

import numpy as np
import shapely

from geoserver.faults import BadParameter, UnknownId
from geoserver.place_answers import seen_by
from geoserver.services import Now, Services
from geoserver.town import Town
from geoserver.town_roads import road_of_piece
from layers.grants.permissions import Permissions, Reach
from layers.roads import NamedRoad
from layers.routes.road import chained
from layers.routes.route import LONGEST_M, SHORTEST_M, Route
from layers.routes.watched import Watched, Watcher, Wish, watched
from tiles.geodesy import Floats


def road_asked(town: Town, id_: str, may: Permissions) -> tuple[NamedRoad, Route]:
    """A road by the id of one of its pieces, if it is seen, and the route along it.

    Raises
    ------
    UnknownId, BadParameter
    """
    road, piece = road_of_piece(town).get(id_, (None, -1))
    if road is None or not seen_by(may)("road", _area(town, road.pieces[piece]), None):
        raise UnknownId(kind="road", id=id_)
    return road, route_checked([*chained([_metric(town, one) for one in road.pieces], piece)], "road", id_)


def line_asked(town: Town, points: list[list[float]]) -> Route:
    """The route along a line of places in degrees.

    Raises
    ------
    BadParameter
    """
    lonlat = np.asarray(points, float)
    x, y = town.scene.to_metric(lonlat[:, 0], lonlat[:, 1])
    return route_checked([np.stack([x, y], axis=1)], "line", f"{len(points)} points")


def route_checked(lines: list[Floats], parameter: str, value: str) -> Route:
    """The route along lines in the metric frame, if it is neither too short nor too long.

    Raises
    ------
    BadParameter
    """
    made = Route.of(lines)
    if not SHORTEST_M <= made.length_m <= LONGEST_M:
        long = made.length_m > LONGEST_M
        detail = f"is {made.length_m:.0f} m long. Give between {SHORTEST_M:g} and {LONGEST_M:g} m."
        reason = "route-too-long" if long else "route-too-short"
        raise BadParameter(
            parameter=parameter, value=value, reason=reason, detail=detail, km=f"{made.length_m / 1000:.1f}"
        )
    return made


def _metric(town: Town, shape: Any) -> Any:
    return shapely.transform(shape, lambda p: np.stack(town.scene.to_metric(p[:, 0], p[:, 1]), axis=1))


def _area(town: Town, shape: Any) -> str:
    """Where a piece lies, as the search says it of a road."""
    point = shape.representative_point()
    codes = town.areas.codes(point.x, point.y)
    return codes.get("street") or codes.get("district") or ""


def route_answer(services: Services, now: Now, route: Route, wish: Wish, seen: Reach) -> dict[str, Any]:
    """The cameras that see a route, in the order along it, and what of it nobody sees.

    Raises
    ------
    OutsideCity
    """
    online = services.health.online
    found = watched(now.fleet.index, route, wish, seen=seen, looking=services.aims.looking, online=online)
    seen_m = route.metres(found.seen)
    return {
        "length_m": round(route.length_m, 1),
        "step_m": round(float((route.ends_m - route.begins_m).mean()), 2),
        "seen_m": round(seen_m, 1),
        "share": round(seen_m / route.length_m, 4),
        "lines": [_lonlat(now.town, line) for line in route.lines],
        "gaps": [_span(one) for one in route.spans(~found.seen)],
        "cameras": [_camera(found, one, online.get(one.camera.id)) for one in found.watchers],
    }


def _camera(found: Watched, one: Watcher, online: bool | None) -> dict[str, Any]:
    camera, place = one.camera, found.targets[one.best]
    at_m = (found.route.begins_m[one.best] + found.route.ends_m[one.best]) / 2
    return {
        "camera": camera.id,
        "name": camera.name,
        "name_en": camera.name_en,
        "tier": camera.tier,
        "type": camera.type,
        "online": online,
        **_span(one.stretch),
        "stretches": [_span(span) for span in found.route.spans(one.steps)],
        "seen_m": round(found.route.metres(one.steps), 1),
        "best": {
            "at_m": round(float(at_m), 1),
            "lon": round(place.lon, 8),
            "lat": round(place.lat, 8),
            "height": round(place.height_m, 3),
            "distance_m": round(one.distance_m, 1),
            "density_px_m": round(one.density_px_m, 2),
        },
        "turns": one.turns,
        "chosen": one.chosen,
    }


def _span(span: tuple[float, float]) -> dict[str, float]:
    return {"from_m": round(span[0], 1), "to_m": round(span[1], 1)}


def _lonlat(town: Town, line: Floats) -> list[list[float]]:
    lon, lat = town.scene.to_lonlat(line[:, 0], line[:, 1])
    return [[round(a, 7), round(b, 7)] for a, b in zip(np.asarray(lon).tolist(), np.asarray(lat).tolist(), strict=True)]
