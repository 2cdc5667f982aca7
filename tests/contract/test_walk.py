"""Every route and every live topic, asked as nobody, as each role, and as the same roles of a neighbour area.

Everything of a side has that side's mark in its id and name; nothing with the other side's mark may be told.
"""

import contextlib
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from geoserver.fleet import Fleet
from geoserver.link_answers import link_answer
from geoserver.live.asks import POSITIONS
from geoserver.live.positions import Position
from geoserver.services import Now
from geoserver.storage.store import Write
from layers.catalogue import COLLECTIONS, KINDS
from layers.grants.permissions import everywhere
from tests import door
from tests.contract.conftest import ENGINES, Place
from tests.contract.walk_city import CHIEF, EAST, MARKS, NO_ROLE, NOBODY, PEOPLE, WEST, World, a_record, world_at
from tests.contract.walk_routes import ROUTES, Route

TOPICS = {*COLLECTIONS, POSITIONS}
OTHER = {WEST: EAST, EAST: WEST}


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The city at one engine after the other."""
    folder = tmp_path_factory.mktemp("walk")
    if request.param == "sqlite":
        with world_at(Place("sqlite", folder / "city.sqlite"), folder) as world:
            yield world
        return
    cluster = request.getfixturevalue("cluster")
    with world_at(Place("postgres", cluster.database("walk")), folder) as world:
        yield world
    cluster.drop("walk")


def side_of(who: str) -> str | None:
    return {"west": WEST, "east": EAST}.get(who.rpartition(" ")[2])


def role_of(who: str) -> str:
    return who.rpartition(" ")[0]


def asked(world: World, name: str, who: str, side: str = WEST) -> tuple[httpx.Response, str]:
    """What somebody is answered at a route about something of a side, and the path."""
    route = ROUTES[name]
    thing = world.fresh(route.of, side) if route.of else None
    path, how = route.ask(world, side, thing)
    return world.ask(who, name.split(" ")[0], path, **how), path


def expected(route: Route, who: str) -> frozenset[int]:
    """Statuses for somebody who asks about the west."""
    if route.like == "open" or who == CHIEF:
        return route.fine
    if who == NOBODY:
        return frozenset({401})
    if route.like == "known" or (route.like == "list" and who != NO_ROLE):
        return route.fine
    if route.like == "list":
        return frozenset({200, 403})
    if route.like == "own":
        return route.fine if role_of(who) in route.by else frozenset({403})
    if route.like == "map":
        return route.fine if who != NO_ROLE else frozenset({403, 404})
    if route.like in ("whole", "accounts"):
        return frozenset({403})
    if side_of(who) == WEST and role_of(who) in route.by:
        return route.fine
    if side_of(who) == WEST:
        return frozenset({403})
    return frozenset({404, 403, 409} if route.like == "deed" else {404})


def test_every_route_is_known(world: World) -> None:
    paths = world.ask(CHIEF, "GET", "/openapi.json").json()["paths"]
    served = {f"{method.upper()} {path}" for path, ways in paths.items() for method in ways}
    assert served == set(ROUTES), "a route came or went: say in walk_routes.py who may have it"


@pytest.mark.parametrize("name", ROUTES)
def test_everyone_is_answered_by_their_grants(world: World, name: str) -> None:
    route, wrong = ROUTES[name], []
    for who in (NOBODY, *PEOPLE):
        answer, _ = asked(world, name, who)
        if answer.status_code not in expected(route, who):
            wrong.append((who, answer.status_code, answer.text[:200]))
    assert not wrong


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.like != "whole"])
def test_no_answer_tells_of_the_other_side(world: World, name: str) -> None:
    for who in PEOPLE:
        side = side_of(who)
        if side is None and who != NO_ROLE:
            continue
        for about in (WEST, EAST):
            answer, path = asked(world, name, who, about)
            # What was asked for by its id stands in the refusal.
            text = answer.text.replace(path.rsplit("/", 1)[-1], "")
            told = re.sub(r"[a-z-]+-(west|east)mark-\d+", "", text) if answer.status_code in (404, 409) else text
            for other in (WEST, EAST):
                assert other == side or MARKS[other] not in told, (who, about, answer.status_code, told[:300])


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.of and route.like != "known"])
def test_what_is_beyond_ones_reach_is_as_if_it_were_not(world: World, name: str) -> None:
    method, route = name.split(" ")[0], ROUTES[name]
    assert route.of is not None
    for who in (*(who for who in PEOPLE if side_of(who) == EAST), NO_ROLE):
        thing = world.fresh(route.of, WEST)
        path, how = route.ask(world, WEST, thing)
        if thing.id not in path:
            continue
        before = world.services.store.get(route.of, thing.id)
        there = world.ask(who, method, path, **how)
        none = world.ask(who, method, path.replace(thing.id, "none-at-all"), **how)
        assert (there.status_code, there.text.replace(thing.id, "none-at-all")) == (none.status_code, none.text)
        kept = world.services.store.get(route.of, thing.id)
        assert kept is not None
        assert kept == before, "nothing was done to it"


LISTS = {
    "/ogc/collections/incidents/items?filter=NOT id='x'": "numberMatched",
    "/ogc/collections/checkpoints/items?filter=CASEI(name) LIKE casei('%25')": "numberMatched",
    "/ogc/collections/zones/items?filter=S_INTERSECTS(geometry,BBOX(106,39,107,40))": "numberMatched",
    "/api/cameras": "count",
    "/api/incidents": "matched",
    "/api/checkpoints": "matched",
    "/api/zones": "matched",
    "/api/units": "matched",
    "/api/vehicles": "matched",
    **{f"/ogc/collections/{kind.plural}/items": "numberMatched" for kind in KINDS.values()},
}


@pytest.mark.parametrize("path", LISTS)
def test_counts_and_pages_are_of_what_is_seen(world: World, path: str) -> None:
    name, path = LISTS[path], path + ("&" if "?" in path else "?")
    for who, side in (("operator west", WEST), ("operator east", EAST)):
        told = world.ask(who, "GET", f"{path}limit=1000").json()
        rows = told.get("features", told.get("cameras"))
        assert rows
        assert told[name] == len(rows)
        first = world.ask(who, "GET", f"{path}limit=1").json()
        assert first[name] == told[name]
        assert MARKS[side] in json.dumps(rows)
        assert MARKS[OTHER[side]] not in json.dumps(rows)
    assert not world.ask(NO_ROLE, "GET", f"{path}limit=1").json()[name]


def test_the_city_counts_the_cameras_that_are_seen(world: World) -> None:
    counts = {who: world.ask(who, "GET", "/api/city").json()["counts"]["cameras"] for who in PEOPLE}
    seen = {who: world.ask(who, "GET", "/api/cameras").json()["count"] for who in PEOPLE}
    assert counts == seen
    assert counts[NO_ROLE] == 0 < counts["operator west"] < counts[CHIEF]


def test_a_link_is_what_it_would_be_without_the_others_cameras(world: World) -> None:
    now = world.services.now
    for who, side in (("operator west", WEST), ("commander east", EAST)):
        own = [camera for camera in now.fleet.cameras.values() if camera.area.startswith(side)]
        alone = Now(now.town, Fleet.make(own, now.town.scene, now.fleet.seq), now.names)
        for lon in (106.7995, 106.8, 106.8004, 106.802):
            asked = {"lon": lon, "lat": 39.6003, "limit": 1_000}
            told = world.ask(who, "GET", "/api/link", params=asked, headers={"Accept-Language": "en"}).json()
            place = (lon, 39.6003, None)
            online = world.services.health.online
            expected = link_answer(alone, place, 12.5, None, 1_000, "en", seen=everywhere("camera"), online=online)
            # Equals may stand in any order; who is online is no matter of who else there is.
            for answer in (told, expected):
                answer["cameras"].sort(key=lambda one: one["camera"])
            assert told["cameras"] == json.loads(json.dumps(expected["cameras"]))
            assert all(name is None or name in alone.fleet.cameras for name in told["recommended"].values())
            assert told["cameras"]


def test_a_moved_thing_needs_leave_on_both_sides(world: World) -> None:
    lon, lat = a_record("unit", EAST).lon, a_record("unit", EAST).lat
    for kind, path in (("checkpoint", "checkpoints"), ("camera", "cameras"), ("unit", "units")):
        thing = world.fresh(kind, WEST, "moving")
        move = {"lon": lon, "lat": lat, "version": 1}
        answer = world.ask("administrator west", "PATCH", f"/api/{path}/{thing.id}", json=move)
        assert answer.status_code == 403
        assert world.ask(CHIEF, "PATCH", f"/api/{path}/{thing.id}", json=move).status_code == 200
        assert world.ask("administrator west", "GET", f"/api/{path}/{thing.id}").status_code == 404


def test_an_id_that_another_side_has_is_not_given_twice_and_not_told(world: World) -> None:
    thing = world.fresh("checkpoint", WEST)
    spot = {"lon": a_record("unit", EAST).lon, "lat": thing.lat}
    answer = world.ask("administrator east", "POST", "/api/checkpoints", json={"id": thing.id, "name": "x", **spot})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/id-taken")
    assert "kept" not in answer.json()


def test_one_tier_everywhere_shows_that_tier_and_no_sum_of_others(world: World) -> None:
    accounts = door.KeptAccounts.open(world.database)
    posts = (door.Post(role="operator", areas=frozenset({"*"}), tiers=frozenset({3})),)
    try:
        key, _ = door.keys_of(accounts, "third-tier", posts)
    finally:
        accounts.close()
    with httpx.Client(base_url=world.address, headers={"Authorization": f"Bearer {key}"}, timeout=60) as web:
        assert {row["tier"] for row in web.get("/api/cameras").json()["cameras"]} == {3}
        tile = "/tiles/coverage/14/13052/6260.png"
        assert web.get(tile, params={"tier": 3}).status_code in (200, 503)
        assert web.get(tile, params={"tier": 1}).status_code == 403
        assert web.get("/api/coverage/areas").status_code == 403


def test_looks_are_noted_with_who_looked(world: World) -> None:
    camera = world.fresh("camera", WEST)
    head = world.services.store.head()
    assert world.ask("operator west", "GET", f"/api/cameras/{camera.id}/still.jpg", params={"width": 64}).is_success
    world.ask("operator west", "GET", "/api/link", params={"lon": 106.7995, "lat": 39.6})
    assert world.ask("commander west", "GET", "/api/incidents/export").is_success
    world.services.looks.flush()
    looks = {(row.actor, row.kind, (row.detail or {}).get("deed")) for row in world.services.store.looks(head)}
    assert {("operator-west", "camera", "still"), ("operator-west", "place", "link"),
            ("commander-west", "incident", "export")} <= looks  # fmt: skip


def live(world: World, who: str) -> ClientConnection:
    headers = {"Authorization": f"Bearer {world.keys[who]}"} if who != NOBODY else {}
    return connect(world.address.replace("http", "ws") + "/api/live", additional_headers=headers, max_size=None)


def heard(web: ClientConnection, type_: str) -> Any:
    while True:
        message = json.loads(web.recv(timeout=20))
        if message["type"] == type_:
            return message


def snapshot(web: ClientConnection) -> list[Any]:
    """All parts of what there is."""
    parts = [heard(web, "snapshot")]
    while not parts[-1]["last"]:
        parts.append(heard(web, "snapshot"))
    return parts


def until(web: ClientConnection, topic: str, head: int) -> list[Any]:
    """What is told up to a row of the journal."""
    found: list[Any] = []
    while True:
        web.send(json.dumps({"type": "ping"}))
        while (message := json.loads(web.recv(timeout=20)))["type"] != "pong":
            found.append(message)
        if message["topics"][topic] >= head:
            return found


def test_nobody_is_told_anything_live(world: World) -> None:
    with pytest.raises(InvalidStatus, match="401"):
        live(world, NOBODY)


@pytest.mark.parametrize("topic", sorted(TOPICS - {POSITIONS}))
def test_a_topic_tells_of_ones_own_side(world: World, topic: str) -> None:
    kind = COLLECTIONS[topic].name
    store = world.services.store
    for who in PEOPLE:
        side = side_of(who)
        with live(world, who) as web:
            web.send(json.dumps({"type": "subscribe", "topic": topic}))
            told = json.dumps(snapshot(web))
            shown = {mark for mark in MARKS.values() if mark in told}
            everything = set(MARKS.values())
            assert shown == (everything if who == CHIEF else {MARKS[side]} if side else set()), who
            if who not in ("operator west", "operator east", NO_ROLE):
                continue
            # Made in the west, moved east, removed there: each hears what happens on their side.
            moving = world.fresh(kind, WEST, "moving")
            there = a_record(kind, EAST, mark="moving").model_copy(update={"id": moving.id})
            store.commit([Write.put(there, 1)])
            store.commit([Write(kind, moving.id, 2, None)])
            world.services.apply_now()
            acts = [message["action"] for message in until(web, topic, store.head())]
            assert acts == {WEST: ["create", "leave"], EAST: ["change", "remove"], None: []}[side]


def test_positions_are_told_to_those_who_see_them_all(world: World) -> None:
    for who in ("operator west", NO_ROLE, CHIEF):
        with live(world, who) as web:
            web.send(json.dumps({"type": "subscribe", "topic": POSITIONS}))
            world.services.positions.put([Position("unit", "car-1", 106.799, 39.6003, time.time())])
            if who == CHIEF:
                assert "car-1" in str(web.recv(timeout=20))
            else:
                assert "car-1" not in heard_for(web, 1.0)


def test_a_vehicle_is_followed_by_who_sees_its_record(world: World) -> None:
    vehicle = world.fresh("vehicle", WEST)
    for who in ("operator west", "operator east", NO_ROLE, CHIEF):
        with live(world, who) as web:
            web.send(json.dumps({"type": "subscribe", "topic": POSITIONS}))
            world.services.positions.put([Position("vehicle", vehicle.id, 106.799, 39.6003, time.time())])
            told = heard_for(web, 1.5)
            assert (vehicle.id in told) == (who in ("operator west", CHIEF)), who


def heard_for(web: ClientConnection, seconds: float) -> str:
    """All that is told in a while."""
    told, until = [], time.monotonic() + seconds
    with contextlib.suppress(TimeoutError):
        while (left := until - time.monotonic()) > 0:
            told.append(str(web.recv(timeout=left)))
    return " ".join(told)


def test_who_has_been_signed_out_is_cut_off(world: World) -> None:
    accounts = door.KeptAccounts.open(world.database)
    try:
        key, _ = door.keys_of(accounts, "leaving", (door.Post(role="operator", areas=frozenset({WEST})),))
        headers = {"Authorization": f"Bearer {key}"}
        with connect(world.address.replace("http", "ws") + "/api/live", additional_headers=headers) as web:
            web.send(json.dumps({"type": "subscribe", "topic": "units"}))
            heard(web, "snapshot")
            accounts.set_held("leaving", (door.Post(role="operator", areas=frozenset({EAST})),), ())
            told = json.dumps(heard(web, "snapshot"))
            assert MARKS[EAST] in told
            assert MARKS[WEST] not in told
            accounts.set_disabled("leaving", True)
            with pytest.raises(ConnectionClosed) as ended:
                web.recv(timeout=20)
            assert ended.value.rcvd is not None
            assert ended.value.rcvd.code == 4401
    finally:
        accounts.close()


def test_the_walk_has_been_thought_of_for_every_topic() -> None:
    known = {
        "cameras",
        "privacy-volumes",
        "incidents",
        "checkpoints",
        "zones",
        "units",
        "crossings",
        "repair-orders",
        "vehicles",
        POSITIONS,
    }
    assert TOPICS == known, "a topic came or went: say here who hears it"
