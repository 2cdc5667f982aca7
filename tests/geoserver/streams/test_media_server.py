"""A media server that is linked by a template: where viewers are sent, and who it is told to let in."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.editing import Ask, write
from geoserver.faults import BadParameter
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from geoserver.streams.media_server import MediaServer, entry_of
from geoserver.streams.model import StreamKey
from layers.grants.model import Grant
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.geoserver.streams.test_stream_routes import Person, window

TEMPLATE = "/media/{camera}/{stream}/index.m3u8?token={token}"
KEY = StreamKey("camera 1/左", "main")
ACCESS = "/api/media/access"
WATCH = (Grant(id="w", actions=frozenset({"see", "watch"}), kinds=frozenset({"camera"}), areas=frozenset({"*"})),)


@pytest.mark.parametrize(
    "bad",
    [
        "media/{camera}/{stream}?token={token}",
        "//elsewhere/{camera}/{stream}?token={token}",
        "https://elsewhere/{camera}/{stream}?token={token}",
        "/media/{camera}/index.m3u8?token={token}",
        "/media/{camera}/{stream}/index.m3u8",
        "/media/index.m3u8?camera={camera}&stream={stream}&token={token}",
        "/media/{camera}/{stream}/{other}?token={token}",
        "/media/{camera}/{stream}/{?token={token}",
    ],
)
def test_a_template_that_cannot_be_used_is_refused_at_the_start(bad: str) -> None:
    with pytest.raises(BadParameter, match="GEOSERVER_MEDIA_URL"):
        MediaServer.of(bad)


def test_an_address_names_camera_stream_and_token() -> None:
    server = MediaServer.of(TEMPLATE)
    assert server is not None
    assert server.address(KEY, "a.b-c") == "/media/camera%201%2F%E5%B7%A6/main/index.m3u8?token=a.b-c"
    assert MediaServer.of(None) is None


@pytest.mark.parametrize(
    ("path", "is_part"),
    [
        ("/media/camera%201%2F%E5%B7%A6/main/index.m3u8?token=x", True),
        ("/media/camera%201%2F%E5%B7%A6/main/part1.mp4", True),
        ("camera 1/左/main", True),  # as MediaMTX names it
        ("/media/camera%201%2F%E5%B7%A6/sub/index.m3u8", False),
        ("/media/camera%202/main/index.m3u8", False),
        ("/media/camera%201%2F%E5%B7%A6/main/../sub/index.m3u8", False),
        ("/media/camera%201%2F%E5%B7%A6/main2/index.m3u8", False),
        ("main", False),
        ("", False),
    ],
)
def test_a_path_is_a_part_of_its_stream_alone(path: str, is_part: bool) -> None:
    server = MediaServer.of(TEMPLATE)
    assert server is not None
    assert server.is_part(path, KEY) is is_part


def mediamtx(path: str, token: str, action: str = "read") -> dict[str, Any]:
    """What MediaMTX asks (``authMethod: http``)."""
    told = {"user": "", "password": "", "token": "", "ip": "10.0.0.9", "action": action, "path": path}
    return {"json": told | {"protocol": "hls", "id": None, "query": f"token={token}"}}


def zlmediakit(app: str, stream: str, token: str) -> dict[str, Any]:
    """What ZLMediaKit asks (``hook.on_play``)."""
    told = {"mediaServerId": "m", "app": app, "stream": stream, "params": f"token={token}", "schema": "hls"}
    return {"json": told | {"vhost": "__defaultVhost__", "ip": "10.0.0.9", "port": 40_000, "id": "1"}}


def nginx(path: str, token: str) -> dict[str, Any]:
    """What nginx asks (``auth_request``)."""
    return {"headers": {"X-Original-URI": f"{path}?token={token}"}}


def test_each_server_asks_in_its_own_way() -> None:
    def found(asked: dict[str, Any]) -> tuple[str, str] | None:
        headers = {name.lower(): value for name, value in asked.get("headers", {}).items()}
        entry = entry_of(headers, orjson.dumps(asked["json"]) if "json" in asked else b"")
        return (entry.token, entry.path) if entry else None

    assert found(mediamtx("north/main", "t")) == ("t", "north/main")
    assert found(mediamtx("north/main", "t", "publish")) is None
    assert found(zlmediakit("north", "main", "t")) == ("t", "north/main")
    assert found(nginx("/media/north/main/1.ts", "t")) == ("t", "/media/north/main/1.ts?token=t")
    shown = {"headers": {"X-Original-URI": "/media/north/main/1.ts", "Authorization": "Bearer t"}}
    assert found(shown) == ("t", "/media/north/main/1.ts")
    assert found(mediamtx("north/main", "")) is None
    assert found({}) is None
    assert entry_of({}, b"{") is None
    assert entry_of({}, b"[1]") is None


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with flat_services(tmp_path_factory.mktemp("media")) as services:
        yield services


@pytest.fixture
def served(city: Services, tmp_path: Path) -> Iterator[Any]:
    settings = Settings(folder=tmp_path, client=tmp_path, media_url=TEMPLATE)
    with serving(settings, city) as address, contextlib.ExitStack() as stack:
        accounts = stack.enter_context(contextlib.closing(KeptAccounts.open(settings.database)))

        def person(name: str) -> Person:
            key, _ = door.keys_of(accounts, name, ())
            accounts.set_held(name, (), WATCH)
            made = Person(address, key)
            stack.callback(made.web.close)
            return made

        yield person


def asks(person: Person, asked: dict[str, Any]) -> int:
    """What a media server is answered, who has no log-in here."""
    method = "POST" if "json" in asked else "GET"
    return httpx.request(method, f"{person.served}{ACCESS}", **asked).status_code


def test_a_token_opens_its_stream_as_long_as_it_is_watched(served: Any) -> None:
    person = served("mo")
    session = person.session("north")
    with person.live(session) as live:
        told = orjson.loads(live.recv(timeout=10))
        assert (told["type"], told["kind"]) == ("elsewhere", "hls")
        address, _, token = told["url"].partition("?token=")
        assert address == "/media/north/main/index.m3u8"
        assert session not in told["url"]
        for good in (mediamtx("north/main", token), zlmediakit("north", "main", token), nginx(address, token)):
            assert asks(person, good) == 200
        for bad in (
            mediamtx("south/main", token),
            mediamtx("north/main", token, "publish"),
            mediamtx("north/main", session),
            nginx(address, token[:-1]),
            {},
        ):
            assert asks(person, bad) == 403
        ask = {"params": {"session": session}}
        assert person.web.delete(f"/api/streams/sessions/{session}", **ask).status_code == 204
    assert asks(person, nginx(address, token)) == 403


def test_who_sees_a_stream_covered_or_asks_for_it_here_is_sent_it_from_here(served: Any, city: Services) -> None:
    person = served("an")
    with person.live(person.session("north", direct=True)) as live:
        assert orjson.loads(live.recv(timeout=30))["type"] != "elsewhere"
    one = window(city)
    write(city, [Write.put(one, 0)], Ask(door.caller()))
    try:
        with person.live(person.session("north")) as live:
            assert orjson.loads(live.recv(timeout=30))["type"] != "elsewhere"
    finally:
        kept = city.store.get("privacy-volume", one.id)
        assert kept is not None
        write(city, [Write.remove(kept)], Ask(door.caller()))
