"""The routes over a small city with simulated heads: grants, moves, holds, journal, and what the pictures then show."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from geoserver.services import Services
from geoserver.settings import Settings
from layers.grants.roles import Post
from tests import door
from tests.geoserver.conftest import flat_services, serving

LOOKOUT, TURNING, FIXED = "lookout", "turning", "north"
ANYWHERE = frozenset({"*"})


@dataclass(frozen=True)
class Simulated(Settings):
    """Of a server that was started with simulated cameras."""

    simulated: bool = True


@dataclass
class World:
    """A server, and clients of several people."""

    services: Services
    address: str
    keys: dict[str, str]

    def ask(self, who: str, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[who]}", **how.pop("headers", {})}
        return httpx.request(method, self.address + path, headers=headers, timeout=120, **how)

    def move(self, who: str, camera: str, **body: Any) -> httpx.Response:
        return self.ask(who, "POST", f"/api/streams/{camera}/ptz", json=body)

    def look(self, who: str, camera: str) -> Any:
        return self.ask(who, "GET", f"/api/streams/{camera}/ptz").json()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("steered")
    settings = Simulated(folder=folder, client=folder)
    with flat_services(folder) as services, serving(settings, services) as address:
        accounts = door.KeptAccounts.open(settings.database)
        try:
            people = {"anne": "operator", "bo": "operator", "chief": "commander", "plan": "planner"}
            keys = {
                name: door.keys_of(accounts, name, (Post(role=role, areas=ANYWHERE),))[0]
                for name, role in people.items()
            }
        finally:
            accounts.close()
        yield World(services, address, keys)


@pytest.fixture(autouse=True)
def _free(world: World) -> None:
    """Each test with a camera that nobody holds: the commander may always take it, and holds it no longer."""
    world.services.aims._known.clear()


def released(world: World, camera: str) -> None:
    """Wait until nobody holds a camera."""
    while world.look("anne", camera)["held"] is not None:
        time.sleep(0.5)


def test_an_absolute_move_is_read_back_and_the_pictures_follow(world: World) -> None:
    before = world.ask("chief", "GET", f"/api/cameras/{LOOKOUT}/still.jpg", params={"width": 160})
    made = world.move("chief", LOOKOUT, move="absolute", pan=120, tilt=-20, zoom=3)
    assert made.status_code == 200
    told = made.json()
    assert told["reached"] is True
    assert told["wanted"] == {"pan": 120.0, "tilt": -20.0, "zoom": 3.0}
    assert told["off_deg"] < 0.05
    assert told["limited"] == []
    looked = world.look("chief", LOOKOUT)
    assert looked["source"] == "simulated"
    assert looked["aim"] == pytest.approx({"pan": 120, "tilt": -20, "zoom": 3}, abs=0.05)
    assert looked["held"]["by"] == "chief"
    assert looked["held"]["mine"] is True
    after = world.ask("chief", "GET", f"/api/cameras/{LOOKOUT}/still.jpg", params={"width": 160})
    assert after.headers["etag"] != before.headers["etag"]
    assert after.content != before.content
    # The very picture that was asked for by hand.
    aimed = {"width": 160, **looked["aim"]}
    assert world.ask("chief", "GET", f"/api/cameras/{LOOKOUT}/still.jpg", params=aimed).content == after.content


def test_a_place_comes_into_the_middle_of_the_picture(world: World) -> None:
    for lon, lat, height in ((106.8012, 39.6006, None), (106.7985, 39.602, None), (106.8, 39.60092, 1055.0)):
        told = world.move("chief", LOOKOUT, move="place", lon=lon, lat=lat, height=height).json()
        assert told["reached"] is True, told
        asked = {"lon": lon, "lat": lat} | ({"height": height} if height else {})
        shown = world.ask("chief", "GET", f"/api/cameras/{LOOKOUT}/project", params=asked).json()
        u, v = shown["pixel"]
        assert abs(u - 960) < 0.01 * 1920
        assert abs(v - 540) < 0.01 * 1080
        assert told["visible"] is shown["visible"]


def test_a_place_that_is_hidden_is_looked_at_all_the_same(world: World) -> None:
    # Ground just behind the tower east of the middle, from a street camera before it.
    told = world.move("chief", TURNING, move="place", lon=106.80285, lat=39.6).json()
    assert told["visible"] is False
    assert told["reached"] is True


def test_relative_home_continuous_and_stop(world: World) -> None:
    assert world.move("chief", TURNING, move="absolute", pan=90, tilt=-10, zoom=2).json()["reached"]
    turned = world.move("chief", TURNING, move="relative", pan=-30, zoom=2).json()
    assert turned["aim"] == pytest.approx({"pan": 60, "tilt": -10, "zoom": 4}, abs=0.05)
    going = world.move("chief", TURNING, move="continuous", pan=0.5, tilt=0, zoom=0).json()
    assert (going["reached"], going["wanted"]) == (None, None)
    time.sleep(0.4)
    stopped = world.move("chief", TURNING, move="stop").json()
    assert stopped["reached"] is True
    assert stopped["aim"]["pan"] > 65
    home = world.move("chief", TURNING, move="home").json()
    assert home["reached"] is True
    assert home["aim"] == pytest.approx({"pan": 90, "tilt": -10, "zoom": 1}, abs=0.05)


def test_what_lies_beyond_reach_is_told(world: World) -> None:
    told = world.move("chief", TURNING, move="absolute", pan=0, tilt=80, zoom=900).json()
    assert told["limited"] == ["tilt", "zoom"]
    assert told["reached"] is False
    assert told["off_deg"] == pytest.approx(50, abs=0.5)


def test_two_people_and_the_one_above_them(world: World) -> None:
    released(world, "lookout")
    assert world.move("anne", LOOKOUT, move="absolute", pan=10, tilt=-10).json()["reached"]
    refused = world.move("bo", LOOKOUT, move="home")
    assert refused.status_code == 409
    told = refused.json()
    assert told["type"] == "/problems/steering-held"
    assert told["by"] == "anne"
    assert told["priority"] == world.look("bo", LOOKOUT)["held"]["priority"]
    assert told["until"] > "2020"
    assert "anne" in told["detail"]
    chinese = world.ask(
        "bo", "POST", f"/api/streams/{LOOKOUT}/ptz", json={"move": "home"}, headers={"Accept-Language": "zh"}
    )
    assert "正在控制" in chinese.json()["detail"]
    assert world.move("chief", LOOKOUT, move="home").status_code == 200
    assert world.move("anne", LOOKOUT, move="home").status_code == 409


def test_grants(world: World) -> None:
    assert world.move("plan", LOOKOUT, move="home").status_code == 403
    assert world.look("plan", LOOKOUT)["source"] == "simulated"
    assert httpx.get(f"{world.address}/api/streams/{LOOKOUT}/ptz").status_code == 401
    assert world.move("anne", "nothing", move="home").status_code == 404
    foreign = world.ask(
        "anne", "POST", f"/api/streams/{LOOKOUT}/ptz", json={"move": "home"}, headers={"Origin": "http://elsewhere"}
    )
    assert foreign.status_code == 403


def test_what_cannot_be_steered_says_so(world: World) -> None:
    told = world.move("chief", FIXED, move="home")
    assert (told.status_code, told.json()["type"], told.json()["reason"]) == (409, "/problems/cannot-steer", "fixed")
    assert world.look("chief", FIXED) == {"camera": FIXED, "aim": None, "presets": [], "held": None, "source": "none"}
    lost = world.move("chief", LOOKOUT, move="preset", name="nowhere")
    assert (lost.status_code, lost.json()["reason"]) == (502, "no-preset")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"move": "fly"},
        {"move": "absolute"},
        {"move": "absolute", "pan": "east", "tilt": 0},
        {"move": "absolute", "pan": 0, "tilt": -91},
        {"move": "continuous", "pan": 2},
        {"move": "place", "lon": 1000, "lat": 0},
        {"move": "preset", "name": ""},
        {"move": "home", "more": 1},
    ],
)
def test_a_bad_request_is_named(world: World, body: dict[str, Any]) -> None:
    told = world.ask("chief", "POST", f"/api/streams/{LOOKOUT}/ptz", json=body)
    assert told.status_code == 400
    assert told.json()["type"] == "/problems/bad-parameter"


def test_a_place_outside_the_city_is_refused(world: World) -> None:
    assert world.move("chief", LOOKOUT, move="place", lon=0, lat=0).status_code == 422


def test_every_move_is_in_the_journal(world: World) -> None:
    world.services.looks.flush()
    head = world.services.store.head()
    for _ in range(2):
        world.move("chief", TURNING, move="relative", pan=1)
    world.move("chief", TURNING, move="place", lon=106.8012, lat=39.6006)
    world.move("chief", TURNING, move="preset", name="nowhere")
    world.services.looks.flush()
    rows = [row for row in world.services.store.looks(head) if (row.detail or {}).get("deed") == "aim"]
    told = [dict(row.detail or {}) for row in rows]
    assert [row["move"] for row in told] == ["relative", "relative", "place", "preset"]
    assert all((row.actor, row.kind, row.id) == ("chief", "camera", TURNING) for row in rows)
    assert told[2]["lon"] == 106.8012
    assert told[2]["reached"] is True
    assert told[3]["failed"] == "no-preset"
