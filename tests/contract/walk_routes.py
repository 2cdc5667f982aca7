"""Every route of the server: how it is asked, and which roles it serves where they are held.

``by`` names the roles that are answered; the same role held elsewhere never is. What a route is like:

* ``open``: answers nobody too
* ``known``: answers whoever has signed in, the same to all
* ``list``: answers whoever has signed in with what they see, which may be nothing
* ``thing``: one thing of a side; as unknown to those who do not see it
* ``own``: for some roles, which are told of their own side only
* ``deed``: changes or makes a thing of a side
* ``map``: the map itself, for all who see anything of it
* ``whole``: adds up the city; for those who see all of it
* ``accounts``: for administrators of everything
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from PIL import Image

from geoserver.editing import Ask
from geoserver.incident_pictures import add
from geoserver.picture_files import photo_of
from layers.grants.roles import ROLES
from tests import door
from tests.contract.walk_city import MARKS, SPOTS, World

Like = Literal["open", "known", "list", "own", "thing", "deed", "map", "whole", "accounts"]
ALL = frozenset(ROLES)
WRITERS = frozenset({"planner", "administrator"})
DUTY = frozenset({"operator", "commander"})
REPORTERS = DUTY | {"integrator"}
DRAWERS = frozenset({"planner", "commander", "administrator"})
SUPERVISORS = frozenset({"commander"})
KEEPERS = frozenset({"administrator"})
WATCHERS = ALL - {"integrator"}
TRACKERS = DUTY | KEEPERS | {"integrator"}
TRACKS = "/ogc/collections/tracks/items/{id}"
EXPORTERS = frozenset({"planner", "commander"})
Asked = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Route:
    """How a route is asked for something of a side, given a thing there where it needs one.

    Attributes
    ----------
    of : kind of the thing that must be there
    ask : path and the rest of the request
    by : roles that are served on their own side
    fine : statuses of those who are served
    """

    like: Like
    ask: Callable[[World, str, Any], Asked]
    of: str | None = None
    by: frozenset[str] = ALL
    fine: frozenset[int] = field(default_factory=lambda: frozenset({200, 201, 204}))


def at(path: str, **how: Any) -> Callable[[World, str, Any], Asked]:
    """A path without anything in it."""
    return lambda _world, _side, _thing: (path, how)


def of(path: str, **how: Any) -> Callable[[World, str, Any], Asked]:
    """A path with a thing's id."""
    return lambda _world, _side, thing: (path.format(id=thing.id), how)


def spot(side: str) -> dict[str, float]:
    """Where things of a side are."""
    lon, lat = SPOTS[side]
    return {"lon": lon, "lat": lat}


def ring(side: str) -> dict[str, Any]:
    """An outline on a side."""
    lon, lat = SPOTS[side]
    d = 1e-4
    return {"type": "Polygon", "coordinates": [[[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d],
                                                [lon - d, lat - d]]]}  # fmt: skip


def moving(_world: World, side: str, _thing: Any) -> Asked:
    """A car on a side."""
    return "/api/positions", {"json": {"positions": [{"id": "car", "at": "2026-05-01T04:00:00Z", **spot(side)}]}}


def fixed(_world: World, side: str, thing: Any) -> Asked:
    """A fix of a vehicle of a side."""
    fix = {"vehicle": thing.id, "at": datetime.now(UTC).isoformat(), **spot(side)}
    return "/api/fixes", {"json": {"fixes": [fix]}}


def made(path: str, **more: Any) -> Callable[[World, str, Any], Asked]:
    """A new thing at a side's place."""
    return lambda _world, side, _thing: (path, {"json": {**more, **spot(side)}})


def drawn(path: str, **more: Any) -> Callable[[World, str, Any], Asked]:
    """A new thing with an outline."""
    return lambda _world, side, _thing: (
        path, {"json": {"type": "Feature", "geometry": ring(side), "properties": more}}
    )  # fmt: skip


def listed(kind: str) -> Callable[[World, str, Any], Asked]:
    """A list with one row, taken in."""

    def ask(_world: World, side: str, _thing: Any) -> Asked:
        lon, lat = SPOTS[side]
        body = f"id,name,lon,lat\n{kind}-{MARKS[side]}-0,x,{lon},{lat}\n"
        headers = {"Content-Type": "application/octet-stream"}
        return f"/api/{kind}/import", {"content": body, "params": {"mode": "commit"}, "headers": headers}

    return ask


def undone(world: World, _side: str, thing: Any) -> Asked:
    """The row that made a thing."""
    rows = world.services.store.changes(max(0, world.services.store.head() - 50))
    seq = next(row.seq for row in rows if row.id == thing.id)
    return "/api/undo", {"json": {"seq": seq}}


def alerted(_world: World, side: str, _thing: Any) -> Asked:
    """An alert on a side."""
    lon, lat = SPOTS[side]
    area = f"<area><areaDesc>{MARKS[side]}</areaDesc><circle>{lat},{lon} 0</circle></area>"
    event = "<category>Fire</category><event>fire</event><urgency>Past</urgency>"
    told = f"<info>{event}<severity>Minor</severity><certainty>Likely</certainty>{area}</info>"
    head = f"<identifier>{MARKS[side]}</identifier><sender>walk</sender><sent>2026-05-01T04:00:00-00:00</sent>"
    head += "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
    body = f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{head}{told}</alert>'
    return "/api/incidents/cap", {"content": body}


def past(path: str, *names: str) -> Callable[[World, str, Any], Asked]:
    """The last minute: parameters that are times, the first of them the earliest."""

    def ask(_world: World, _side: str, _thing: Any) -> Asked:
        now = datetime.now(UTC)
        times = [now - timedelta(seconds=30 * (len(names) - i - 1)) for i in range(len(names))]
        return path, {"params": {name: time.isoformat() for name, time in zip(names, times, strict=True)}}

    return ask


def linked(_world: World, side: str, _thing: Any) -> Asked:
    """The middle, which cameras of both sides see."""
    return "/api/link", {"params": {"lon": 106.8, "lat": 39.6003, "limit": 100}}


def along(_world: World, _side: str, _thing: Any) -> Asked:
    """A line through the middle, which cameras of both sides see."""
    return "/api/routes/cameras", {"json": {"line": [[106.7995, 39.6003], [106.8005, 39.6003]]}}


def file(path: str) -> Route:
    """A file with figures of the whole city."""
    return Route("whole", at(path), fine=frozenset({200, 503}))


def figures(path: str) -> Route:
    """Figures of the whole city."""
    return Route("whole", at(path), fine=frozenset({200, 503}))


def photograph() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(out, "PNG")
    return out.getvalue()


def pictured(world: World, _side: str, thing: Any) -> Asked:
    """A picture of an incident, which has been given one by itself."""
    photo = photo_of(photograph())
    add(world.services, thing.id, photo, Ask(door.caller()))
    return f"/api/incidents/{thing.id}/pictures/{photo.kept.id}", {}


def sent(path: str) -> Callable[[World, str, Any], Asked]:
    """A feature at a side's place."""

    def ask(_world: World, side: str, _thing: Any) -> Asked:
        geometry = {"type": "Point", "coordinates": list(SPOTS[side])}
        return path, {"json": {"type": "Feature", "geometry": geometry, "properties": {"name": "x"}}}

    return ask


def put(_world: World, _side: str, thing: Any) -> Asked:
    """A thing as it is, but for its name."""
    body = {"type": "Feature", "geometry": thing.geometry, "properties": {"name": "x"}}
    return ITEM.format(id=thing.id), {"json": body, "headers": IF_1}


V1 = {"params": {"version": 1}}
ITEM = "/ogc/collections/checkpoints/items/{id}"
IF_1, MERGE = {"If-Match": '"1"'}, "application/merge-patch+json"
CAMERA = "/api/cameras/{id}"
PTZ = "/api/streams/{id}/ptz"
SEEN_OR_BUSY = frozenset({200, 409, 503})
TILE = frozenset({200, 404})
UNMASK = {"action": "unmask", "kind": "camera", "purpose": "a missing child"}
OCTETS = {"Content-Type": "application/octet-stream"}
CALIBRATION = {"json": {"pairs": []}}

ROUTES: Mapping[str, Route] = {
    "GET /api/session": Route("open", at("/api/session")),
    "POST /api/session": Route("open", at("/api/session", json={}), fine=frozenset({400})),
    "DELETE /api/session": Route("open", at("/api/session")),
    "GET /api/session/openid": Route("open", at("/api/session/openid"), fine=frozenset({404})),
    "GET /api/session/openid/back": Route("open", at("/api/session/openid/back"), fine=frozenset({404})),
    "POST /api/session/openid/logout": Route("open", at("/api/session/openid/logout"), fine=frozenset({404})),
    "GET /api/media/access": Route("open", at("/api/media/access"), fine=frozenset({403})),
    "POST /api/media/access": Route("open", at("/api/media/access", json={}), fine=frozenset({403})),
    "GET /health": Route("open", at("/health")),
    "GET /health/ready": Route("open", at("/health/ready")),
    "PUT /api/session/password": Route("known", at("/api/session/password", json={}), fine=frozenset({400})),
    "GET /docs": Route("known", at("/docs")),
    "GET /problems/{code}": Route("known", at("/problems/internal")),
    "GET /api/city": Route("list", at("/api/city")),
    "GET /metrics": figures("/metrics"),
    "GET /api/users": Route("accounts", at("/api/users")),
    "POST /api/users": Route("accounts", at("/api/users", json={"name": "walker"}), fine=frozenset({201, 409})),
    "PATCH /api/users/{name}": Route("accounts", at("/api/users/no-role", json={"title": "x"})),
    "POST /api/users/{name}/password": Route("accounts", at("/api/users/spare/password")),
    "GET /api/users/{name}/sessions": Route("accounts", at("/api/users/no-role/sessions")),
    "DELETE /api/users/{name}/sessions": Route("accounts", at("/api/users/spare/sessions")),
    "GET /api/users/{name}/tokens": Route("accounts", at("/api/users/no-role/tokens")),
    "POST /api/users/{name}/tokens": Route("accounts", at("/api/users/spare/tokens", json={"scopes": ["see:unit"]})),
    "DELETE /api/tokens/{id}": Route("accounts", at("/api/tokens/0"), fine=frozenset({404})),
    "GET /api/roles": Route("accounts", at("/api/roles")),
    "GET /api/agreements": Route("list", at("/api/agreements")),
    "POST /api/agreements": Route("own", at("/api/agreements", json=UNMASK), by=SUPERVISORS),
    "POST /api/agreements/{id}/{step}": Route(
        "known", at("/api/agreements/agreement-none/agree"), fine=frozenset({404})
    ),
    "GET /api/coverage": figures("/api/coverage"),
    "GET /tiles/coverage/{z}/{x}/{y}.png": figures("/tiles/coverage/14/13052/6260.png"),
    "GET /api/coverage/areas": figures("/api/coverage/areas"),
    "GET /api/coverage/areas.csv": file("/api/coverage/areas.csv"),
    "GET /api/coverage/roads": figures("/api/coverage/roads"),
    "GET /api/coverage/roads.csv": file("/api/coverage/roads.csv"),
    "GET /api/coverage/blind": figures("/api/coverage/blind"),
    "GET /api/coverage/h3": figures("/api/coverage/h3"),
    "GET /api/coverage/h3.csv": file("/api/coverage/h3.csv"),
    "GET /api/coverage/buildings": figures("/api/coverage/buildings"),
    "GET /api/coverage/buildings.csv": file("/api/coverage/buildings.csv"),
    "GET /api/coverage/raster.tif": file("/api/coverage/raster.tif"),
    "GET /api/cameras/{id}/sees": Route("thing", of(f"{CAMERA}/sees"), "camera", fine=SEEN_OR_BUSY),
    "POST /api/cameras": Route("deed", made("/api/cameras", tier=3), by=WRITERS),
    "GET /api/cameras": Route("list", at("/api/cameras")),
    "PATCH /api/cameras/{id}": Route("deed", of(CAMERA, json={"name": "x", "version": 1}), "camera", WRITERS),
    "DELETE /api/cameras/{id}": Route("deed", of(CAMERA, **V1), "camera", WRITERS),
    "GET /api/cameras/{id}": Route("thing", of(CAMERA), "camera"),
    "POST /api/undo": Route("deed", undone, "checkpoint", KEEPERS),
    "GET /api/journal": Route("own", at("/api/journal", params={"limit": 1_000}), by=KEEPERS),
    "GET /api/journal/export": Route("own", at("/api/journal/export"), by=KEEPERS),
    "GET /api/changes": Route("list", at("/api/changes", params={"limit": 1_000})),
    "POST /api/cameras/import": Route("deed", listed("cameras"), by=WRITERS),
    "GET /api/cameras/conflicts": Route("list", at("/api/cameras/conflicts")),
    "GET /api/privacy-volumes": Route("list", at("/api/privacy-volumes")),
    "POST /api/privacy-volumes": Route("deed", drawn("/api/privacy-volumes"), by=KEEPERS),
    "GET /api/privacy-volumes/{id}": Route("thing", of("/api/privacy-volumes/{id}"), "privacy-volume"),
    "PATCH /api/privacy-volumes/{id}": Route(
        "deed", of("/api/privacy-volumes/{id}", json={"properties": {"name": "x"}, "version": 1}),
        "privacy-volume", KEEPERS,
    ),
    "DELETE /api/privacy-volumes/{id}": Route("deed", of("/api/privacy-volumes/{id}", **V1), "privacy-volume", KEEPERS),
    "GET /api/incidents": Route("list", at("/api/incidents")),
    "POST /api/incidents": Route("deed", made("/api/incidents", category="fire"), by=REPORTERS),
    "GET /api/incidents/statistics": Route("list", at("/api/incidents/statistics", params={"level": "street"})),
    "GET /api/incidents/heat": Route("list", at("/api/incidents/heat")),
    "GET /api/incidents/export": Route("own", at("/api/incidents/export"), by=EXPORTERS),
    "POST /api/incidents/cap": Route("deed", alerted, by=REPORTERS),
    "GET /api/incidents/{id}/cap": Route("thing", of("/api/incidents/{id}/cap"), "incident"),
    "GET /api/incidents/{id}": Route("thing", of("/api/incidents/{id}"), "incident"),
    "PATCH /api/incidents/{id}": Route(
        "deed", of("/api/incidents/{id}", json={"severity": 1, "version": 1}), "incident", REPORTERS
    ),
    "POST /api/incidents/{id}/note": Route(
        "deed", of("/api/incidents/{id}/note", json={"text": "x"}), "incident", DUTY
    ),
    "GET /api/incidents/{id}/pictures": Route("thing", of("/api/incidents/{id}/pictures"), "incident"),
    "POST /api/incidents/{id}/pictures": Route(
        "deed", of("/api/incidents/{id}/pictures", content=photograph(), headers=OCTETS), "incident", DUTY
    ),
    "GET /api/incidents/{id}/pictures/{picture}": Route("thing", pictured, "incident"),
    "DELETE /api/incidents/{id}/pictures/{picture}": Route("deed", pictured, "incident", SUPERVISORS),
    "POST /api/incidents/{id}/supervise": Route(
        "deed", of("/api/incidents/{id}/supervise", json={"on": True, "version": 1}), "incident", SUPERVISORS
    ),
    "POST /api/incidents/{id}/{action}": Route(
        "deed", of("/api/incidents/{id}/accept", json={"version": 1}), "incident", DUTY
    ),
    "GET /api/checkpoints": Route("list", at("/api/checkpoints")),
    "POST /api/checkpoints": Route("deed", made("/api/checkpoints", name="x"), by=KEEPERS | {"integrator"}),
    "GET /api/checkpoints/{id}": Route("thing", of("/api/checkpoints/{id}"), "checkpoint"),
    "PATCH /api/checkpoints/{id}": Route(
        "deed", of("/api/checkpoints/{id}", json={"name": "x", "version": 1}), "checkpoint", KEEPERS | {"integrator"}
    ),
    "DELETE /api/checkpoints/{id}": Route("deed", of("/api/checkpoints/{id}", **V1), "checkpoint", KEEPERS),
    "GET /api/zones": Route("list", at("/api/zones")),
    "POST /api/zones": Route("deed", drawn("/api/zones", name="x"), by=DRAWERS),
    "GET /api/zones/{id}": Route("thing", of("/api/zones/{id}"), "zone"),
    "PATCH /api/zones/{id}": Route(
        "deed", of("/api/zones/{id}", json={"properties": {"name": "x"}, "version": 1}), "zone", DRAWERS
    ),
    "DELETE /api/zones/{id}": Route("deed", of("/api/zones/{id}", **V1), "zone", DRAWERS),
    "GET /api/units": Route("list", at("/api/units")),
    "POST /api/units": Route("deed", made("/api/units", name="x"), by=KEEPERS),
    "GET /api/units/{id}": Route("thing", of("/api/units/{id}"), "unit"),
    "PATCH /api/units/{id}": Route("deed", of("/api/units/{id}", json={"name": "x", "version": 1}), "unit", KEEPERS),
    "DELETE /api/units/{id}": Route("deed", of("/api/units/{id}", **V1), "unit", KEEPERS),
    "GET /api/vehicles": Route("list", at("/api/vehicles")),
    "POST /api/vehicles": Route("deed", made("/api/vehicles", name="x"), by=KEEPERS | {"integrator"}),
    "GET /api/vehicles/{id}": Route("thing", of("/api/vehicles/{id}"), "vehicle"),
    "GET /api/vehicles/{id}/track": Route(
        "thing", of("/api/vehicles/{id}/track"), "vehicle", TRACKERS
    ),
    "GET /api/vehicles/{id}/cameras": Route(
        "thing", of("/api/vehicles/{id}/cameras"), "vehicle", DUTY | KEEPERS | {"integrator"}, frozenset({400})
    ),
    "GET /api/incidents/{id}/vehicles": Route("thing", of("/api/incidents/{id}/vehicles"), "incident"),
    "PATCH /api/vehicles/{id}": Route(
        "deed", of("/api/vehicles/{id}", json={"name": "x", "version": 1}), "vehicle", KEEPERS | {"integrator"}
    ),
    "DELETE /api/vehicles/{id}": Route("deed", of("/api/vehicles/{id}", **V1), "vehicle", KEEPERS),
    "GET /ogc/collections/tracks": Route("known", at("/ogc/collections/tracks")),
    "GET /ogc/collections/tracks/items": Route("list", at("/ogc/collections/tracks/items")),
    "GET /ogc/collections/tracks/items/{id}": Route("thing", of(f"{TRACKS}"), "vehicle", TRACKERS),
    "GET /ogc/collections/tracks/items/{id}/tgsequence": Route(
        "thing", of(f"{TRACKS}/tgsequence"), "vehicle", TRACKERS
    ),
    "GET /ogc/collections/tracks/items/{id}/tgsequence/{geometry}/{query}": Route(
        "thing", of(f"{TRACKS}/tgsequence/tg-1/distance"), "vehicle", TRACKERS, frozenset({404})
    ),
    "GET /ogc/collections/tracks/items/{id}/tproperties": Route(
        "thing", of(f"{TRACKS}/tproperties"), "vehicle", TRACKERS
    ),
    "GET /ogc/collections/tracks/items/{id}/tproperties/{name}": Route(
        "thing", of(f"{TRACKS}/tproperties/speed"), "vehicle", TRACKERS
    ),
    "POST /api/fixes": Route("own", fixed, "vehicle", frozenset({"integrator"})),
    "POST /api/{kind}/import": Route("deed", listed("units"), by=KEEPERS),
    "GET /api/cameras/{id}/coverage": Route("thing", of(f"{CAMERA}/coverage"), "camera"),
    "GET /api/cameras/{id}/cone": Route("thing", of(f"{CAMERA}/cone"), "camera"),
    "POST /api/cameras/{id}/calibrate": Route(
        "thing", of(f"{CAMERA}/calibrate", **CALIBRATION), "camera", fine=frozenset({422})
    ),
    "GET /api/cameras/{id}/still.jpg": Route("thing", of(f"{CAMERA}/still.jpg", params={"width": 64}), "camera"),
    "GET /api/cameras/{id}/view.glb": Route("thing", of(f"{CAMERA}/view.glb"), "camera"),
    "GET /api/cameras/{id}/locate": Route("thing", of(f"{CAMERA}/locate", params={"u": 1, "v": 1}), "camera"),
    "GET /api/cameras/{id}/project": Route(
        "thing", of(f"{CAMERA}/project", params={"lon": 106.8, "lat": 39.6003}), "camera"
    ),
    "GET /api/cameras/{id}/names": Route("thing", of(f"{CAMERA}/names"), "camera"),
    "POST /api/routes/cameras": Route("list", along, fine=frozenset({200, 403})),
    "GET /api/streams/{camera}": Route("thing", of("/api/streams/{id}"), "camera"),
    "POST /api/streams/{camera}/ticket": Route(
        "thing", of("/api/streams/{id}/ticket", json={}), "camera", ALL - {"integrator"}
    ),
    "POST /api/streams/sessions": Route(
        "known", at("/api/streams/sessions", json={"ticket": "none"}), fine=frozenset({403})
    ),
    "DELETE /api/streams/sessions/{session}": Route(
        "known", at("/api/streams/sessions/none"), fine=frozenset({404})
    ),
    **{
        f"GET /api/streams/{{camera}}/{part}": Route(
            "known", at(f"/api/streams/none/{part}", params={"session": "none"}), fine=frozenset({404})
        )
        for part in ("snapshot.jpg", "frame.jpg", "last.jpg", "clip.mp4", "index.m3u8", "{name}")
    },
    "GET /api/streams/{camera}/ptz": Route("thing", of(PTZ), "camera", by=WATCHERS),
    "POST /api/streams/{camera}/ptz": Route(
        "thing", of(PTZ, json={"move": "home"}), "camera", by=DUTY, fine=frozenset({409})
    ),
    "GET /api/health/board": Route("list", at("/api/health/board")),
    "GET /api/health/cameras": Route("list", at("/api/health/cameras")),
    "GET /api/health/cameras/{id}": Route("thing", of("/api/health/cameras/{id}"), "camera"),
    "POST /api/health/cameras/{id}/check": Route(
        "thing", of("/api/health/cameras/{id}/check"), "camera", by=KEEPERS, fine=frozenset({200, 409})
    ),
    "PUT /api/health/cameras/{id}/reference": Route(
        "thing", of("/api/health/cameras/{id}/reference", json={}), "camera", by=KEEPERS, fine=frozenset({200, 503})
    ),
    "DELETE /api/health/cameras/{id}/reference": Route(
        "thing", of("/api/health/cameras/{id}/reference"), "camera", by=KEEPERS
    ),
    "GET /api/health/cameras/{id}/pictures/{name}": Route(
        "thing", of("/api/health/cameras/{id}/pictures/none"), "camera", by=WATCHERS, fine=frozenset({404})
    ),
    "GET /api/health/settings": Route("list", at("/api/health/settings")),
    "PUT /api/health/settings": Route("accounts", at("/api/health/settings", json={"version": 10**6}),
                                      fine=frozenset({409})),
    "GET /api/health/assessment": Route("list", at("/api/health/assessment", params={"month": "2026-05"})),
    "GET /api/repair-orders": Route("list", at("/api/repair-orders")),
    "POST /api/repair-orders": Route(
        "deed",
        lambda _w, _side, thing: ("/api/repair-orders", {"json": {"camera": thing.id, "faults": ["black"]}}),
        "camera", KEEPERS,
    ),
    "GET /api/repair-orders/{id}": Route("thing", of("/api/repair-orders/{id}"), "repair-order"),
    "PATCH /api/repair-orders/{id}": Route(
        "deed", of("/api/repair-orders/{id}", json={"note": "x", "version": 1}), "repair-order", KEEPERS
    ),
    "POST /api/repair-orders/{id}/{action}": Route(
        "deed", of("/api/repair-orders/{id}/accept", json={"version": 1}), "repair-order", KEEPERS
    ),
    "GET /api/situation": Route("list", at("/api/situation")),
    "GET /api/situation/at": Route("list", past("/api/situation/at", "time")),
    "GET /api/situation/changes": Route("list", past("/api/situation/changes", "begin", "end")),
    "GET /api/fixes/moving": Route("list", past("/api/fixes/moving", "begin", "end"), fine=frozenset({200, 403})),
    "GET /api/export/{collection}": Route("own", at("/api/export/incidents"), by=EXPORTERS),
    "POST /api/positions": Route("deed", moving, by=frozenset({"integrator"})),
    "GET /api/areas": Route("list", at("/api/areas")),
    "GET /api/areas/{code}": Route("thing", lambda _w, side, _t: (f"/api/areas/{side}", {})),
    "GET /api/search": Route("list", at("/api/search", params={"q": "mark", "limit": 1_000})),
    "GET /api/link": Route("list", linked, fine=frozenset({200, 403})),
    "GET /api/sight": Route(
        "map", at("/api/sight", params={"from_lon": 106.8, "from_lat": 39.6, "to_lon": 106.801, "to_lat": 39.6})
    ),
    "GET /api/height": Route("map", at("/api/height", params={"lon": 106.8, "lat": 39.6})),
    "POST /api/heights": Route("map", at("/api/heights", json={"points": [[106.8, 39.6]]})),
    "GET /api/buildings/{id}": Route("map", at("/api/buildings/none"), fine=frozenset({404})),
    "GET /tiles/terrain/layer.json": Route("map", at("/tiles/terrain/layer.json"), fine=TILE),
    "GET /tiles/terrain/{z}/{x}/{y}.terrain": Route("map", at("/tiles/terrain/0/0/0.terrain"), fine=TILE),
    "GET /tiles/buildings/{path}": Route("map", at("/tiles/buildings/tileset.json"), fine=TILE),
    "GET /tiles/basemap/{z}/{x}/{y}.png": Route("map", at("/tiles/basemap/0/0/0.png"), fine=TILE),
    "GET /ogc/": Route("known", at("/ogc/")),
    "GET /ogc/conformance": Route("known", at("/ogc/conformance")),
    "GET /ogc/api": Route("known", at("/ogc/api")),
    "GET /ogc/collections": Route("known", at("/ogc/collections")),
    "GET /ogc/collections/{collection}": Route("known", at("/ogc/collections/cameras")),
    "GET /ogc/collections/{collection}/queryables": Route("known", at("/ogc/collections/cameras/queryables")),
    "GET /ogc/collections/{collection}/items": Route("list", at("/ogc/collections/incidents/items")),
    "POST /ogc/collections/{collection}/items": Route(
        "deed", sent("/ogc/collections/checkpoints/items"), by=KEEPERS | {"integrator"}
    ),
    "PUT /ogc/collections/{collection}/items/{id}": Route("deed", put, "checkpoint", KEEPERS | {"integrator"}),
    "PATCH /ogc/collections/{collection}/items/{id}": Route(
        "deed", of(ITEM, content=b'{"properties":{"name":"x"}}', headers={**IF_1, "Content-Type": MERGE}),
        "checkpoint", KEEPERS | {"integrator"},
    ),
    "DELETE /ogc/collections/{collection}/items/{id}": Route("deed", of(ITEM, headers=IF_1), "checkpoint", KEEPERS),
    "GET /ogc/collections/{collection}/items/{id}": Route(
        "thing", of("/ogc/collections/zones/items/{id}"), "zone"
    ),
}  # fmt: skip
