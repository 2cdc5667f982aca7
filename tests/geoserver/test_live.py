"""The live feed over its WebSocket: what there is, every change, and what was missed."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from geoserver.editing import Ask, write
from geoserver.health.present import PresentHealth
from geoserver.live import following
from geoserver.live.audience import EVERYBODY
from geoserver.live.conditions import CameraNews
from geoserver.live.feed import Feed
from geoserver.live.positions import Board, Position
from geoserver.live.session import STALLED_S, Session
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Write
from layers.privacy import PrivacyVolume
from tests import door
from tests.geoserver.conftest import PASSWORD, SECRET, flat_services, serving

TOPIC = "privacy-volumes"
HERE = (106.79, 39.59, 106.81, 39.61)
NO_NEWS = CameraNews(PresentHealth(), lambda _: None)
Message = dict[str, Any]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with flat_services(tmp_path_factory.mktemp("live")) as services:
        yield services


@pytest.fixture(scope="module")
def served(city: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    with serving(Settings(folder=folder, client=folder), city) as address:
        yield address


def a_volume(id_: str, lon: float = 106.8, lat: float = 39.6, **more: Any) -> PrivacyVolume:
    d = 1e-4
    ring = ((lon - d, lat - d), (lon + d, lat - d), (lon + d, lat + d), (lon - d, lat + d), (lon - d, lat - d))
    return PrivacyVolume(id=id_, rings=(ring,), base_m=1040.0, top_m=1050.0, lon=lon, lat=lat, **more)


def put(city: Services, *volumes: PrivacyVolume) -> int:
    """Write volumes as they are now; the last row's number."""
    kept = {one.id: city.store.get("privacy-volume", one.id) for one in volumes}
    writes = [Write.put(one, kept[one.id].version if kept[one.id] else 0) for one in volumes]
    return write(city, writes, Ask(door.caller()))[-1].seq


def remove(city: Services, *ids: str) -> int:
    kept = [city.store.get("privacy-volume", id_) for id_ in ids]
    return write(city, [Write.remove(one) for one in kept if one], Ask(door.caller()))[-1].seq


@pytest.fixture(autouse=True)
def _nothing_left(city: Services) -> Iterator[None]:
    yield
    ids = [one.id for one in city.store.find(Query("privacy-volume"))]
    if ids:
        remove(city, *ids)


class Client:
    """A client of the feed."""

    def __init__(self, web: ClientConnection) -> None:
        self.web = web

    def say(self, type_: str, **more: Any) -> None:
        self.web.send(json.dumps({"type": type_} | more))

    def hear(self, timeout: float = 10.0) -> Message:
        return json.loads(self.web.recv(timeout))

    def follow(self, **more: Any) -> Message:
        """Subscribe; the first message, if it is the only part of a snapshot."""
        self.say("subscribe", topic=TOPIC, **more)
        message = self.hear()
        assert (message["type"], message["topic"], message["part"], message["last"]) == ("snapshot", TOPIC, 0, True)
        return message

    def silent(self) -> dict[str, int]:
        """Nothing was said; up to where everything was told."""
        self.say("ping")
        message = self.hear()
        assert message["type"] == "pong", message
        return message["topics"]


@contextmanager
def following_at(address: str, **headers: str) -> Iterator[Client]:
    sent = door.headers(address) | headers
    with connect(address.replace("http", "ws") + "/api/live", additional_headers=sent, max_size=None) as web:
        yield Client(web)


@pytest.fixture
def client(served: str) -> Iterator[Client]:
    with following_at(served) as client:
        yield client


def ids(snapshot: Message) -> list[str]:
    return [record["id"] for record in snapshot["records"]]


def test_what_there_is_and_every_change(city: Services, client: Client) -> None:
    put(city, a_volume("a"))
    snapshot = client.follow()
    assert ids(snapshot) == ["a"]
    assert snapshot["seq"] == city.store.head()
    assert snapshot["records"][0]["geometry"]["type"] == "Polygon"
    seq = put(city, a_volume("b", name="window"))
    message = client.hear()
    feature = message.pop("feature")
    assert message == {"type": "change", "topic": TOPIC, "seq": seq, "id": "b", "action": "create"}
    assert (feature["id"], feature["properties"]["name"], feature["properties"]["version"]) == ("b", "window", 1)
    seq = put(city, a_volume("b", name="courtyard"))
    message = client.hear()
    assert (message["action"], message["feature"]["properties"]["name"]) == ("change", "courtyard")
    seq = remove(city, "b")
    message = client.hear()
    assert (message["seq"], message["action"], message["feature"]) == (seq, "remove", None)


def test_a_change_over_http_is_told(served: str, client: Client) -> None:
    client.say("subscribe", topic="cameras")
    snapshot = client.hear()
    north = next(one for one in snapshot["records"] if one["id"] == "north")
    version = north["properties"]["version"]
    web = door.patch(f"{served}/api/cameras/north", json={"name": "gate", "version": version})
    assert web.status_code == 200
    message = client.hear()
    assert (message["topic"], message["id"], message["action"]) == ("cameras", "north", "change")
    assert message["feature"]["properties"]["name"] == "gate"
    for text in (json.dumps(snapshot), json.dumps(message)):
        assert not any(secret in text for secret in (SECRET, PASSWORD, "rtsp://"))


def test_only_what_lies_in_the_box(city: Services, client: Client) -> None:
    put(city, a_volume("in"), a_volume("out", lon=107.5))
    assert ids(client.follow(bbox=HERE)) == ["in"]
    put(city, a_volume("out", lon=107.6))
    remove(city, "out")
    assert client.silent() == {TOPIC: city.store.head()}, "unseen, and yet up to date"
    put(city, a_volume("in", lon=107.5))
    message = client.hear()
    assert (message["id"], message["action"], message["feature"]) == ("in", "leave", None)
    put(city, a_volume("in", lon=106.8001))
    message = client.hear()
    assert (message["id"], message["action"], message["feature"]["id"]) == ("in", "change", "in")


def test_another_box_replaces_the_one_before(city: Services, client: Client) -> None:
    put(city, a_volume("here"), a_volume("there", lon=107.5))
    assert ids(client.follow(bbox=HERE)) == ["here"]
    assert ids(client.follow(bbox=(107.4, 39.5, 107.6, 39.7))) == ["there"]
    put(city, a_volume("here", name="x"))
    client.silent()


def test_no_more_after_unsubscribing(city: Services, client: Client) -> None:
    client.follow()
    client.say("unsubscribe", topic=TOPIC)
    assert client.silent() == {}
    put(city, a_volume("a"))
    client.silent()


def test_who_comes_back_gets_exactly_what_was_missed(city: Services, served: str) -> None:
    put(city, a_volume("a"), a_volume("far", lon=107.5))
    with following_at(served) as client:
        seq = client.follow(bbox=HERE)["seq"]
    put(city, a_volume("b"))
    put(city, a_volume("far", lon=107.6))
    put(city, a_volume("b", name="again"))
    last = remove(city, "a")
    with following_at(served) as client:
        client.say("subscribe", topic=TOPIC, bbox=HERE, since=seq)
        missed = [client.hear() for _ in range(3)]
        assert [(one["id"], one["action"]) for one in missed] == [("b", "create"), ("b", "change"), ("a", "remove")]
        assert client.hear() == {"type": "resumed", "topic": TOPIC, "seq": last, "missed": 3}
        put(city, a_volume("c"))
        assert client.hear()["id"] == "c"


def test_the_store_helps_where_the_process_has_forgotten(city: Services, tmp_path: Path) -> None:
    """A server that was started anew has told nobody anything yet."""
    seq = put(city, a_volume("a"))
    put(city, *(a_volume(f"v{i:04d}") for i in range(following.ROWS + 20)))
    put(city, a_volume("a", name="x"))
    with serving(Settings(folder=tmp_path, client=tmp_path), city) as address, following_at(address) as client:
        client.say("subscribe", topic=TOPIC, since=seq)
        missed = [client.hear() for _ in range(following.ROWS + 21)]
        assert [one["seq"] for one in missed] == list(range(seq + 1, city.store.head() + 1))
        assert client.hear()["missed"] == len(missed)


@pytest.mark.parametrize("since", [lambda head: head + 5, lambda head: 1], ids=["never written", "too old"])
def test_who_is_too_far_behind_is_told_and_gets_all(
    city: Services, client: Client, since: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MISSED", 3)
    put(city, a_volume("a"))
    for name in "abcdef":
        head = put(city, a_volume("a", name=name))
    client.say("subscribe", topic=TOPIC, since=since(head))
    assert client.hear() == {"type": "behind", "topic": TOPIC, "seq": since(head)}
    snapshot = client.hear()
    assert (snapshot["type"], snapshot["seq"], ids(snapshot)) == ("snapshot", head, ["a"])
    put(city, a_volume("b"))
    assert client.hear()["id"] == "b"


def test_a_large_snapshot_comes_in_parts_and_loses_no_change(
    city: Services, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "RECORDS", 7)
    put(city, *(a_volume(f"v{i:02d}") for i in range(30)))
    client.say("subscribe", topic=TOPIC)
    kept: dict[str, str] = {}
    for part in range(5):
        message = client.hear()
        assert (message["type"], message["part"], message["last"]) == ("snapshot", part, part == 4)
        kept |= {record["id"]: record["properties"]["name"] for record in message["records"]}
        if part == 0:
            put(city, a_volume("v00", name="moved on"))
            put(city, a_volume("v99"))
            last = remove(city, "v29")
    while True:
        client.say("ping")
        message = client.hear()
        while message["type"] == "change":
            if message["feature"]:
                kept[message["id"]] = message["feature"]["properties"]["name"]
            else:
                kept.pop(message["id"], None)
            message = client.hear()
        if message["topics"][TOPIC] is not None and message["topics"][TOPIC] >= last:
            break
    assert kept == {one.id: one.name for one in city.store.find(Query("privacy-volume"))}


@pytest.mark.parametrize(
    ("said", "parameter"),
    [
        ("no json", "message"),
        ('"ping"', "message"),
        ("{}", "type"),
        ('{"type": "shout"}', "type"),
        ('{"type": "subscribe"}', "topic"),
        ('{"type": "subscribe", "topic": "camera"}', "topic"),
        ('{"type": "subscribe", "topic": "cameras", "bbox": [1, 2, 3]}', "bbox"),
        ('{"type": "subscribe", "topic": "cameras", "bbox": [1, 2, 3, 1]}', "bbox"),
        ('{"type": "subscribe", "topic": "cameras", "bbox": [1, 2, 3, NaN]}', "bbox"),
        ('{"type": "subscribe", "topic": "cameras", "bbox": "everywhere"}', "bbox"),
        ('{"type": "subscribe", "topic": "cameras", "since": -1}', "since"),
        ('{"type": "subscribe", "topic": "cameras", "since": "7"}', "since"),
        ('{"type": "subscribe", "topic": "cameras", "colour": "red"}', "colour"),
        ('{"type": "unsubscribe", "topic": "nothing"}', "topic"),
    ],
)
def test_what_is_not_understood_is_told_and_harms_nothing(client: Client, said: str, parameter: str) -> None:
    client.web.send(said)
    message = client.hear()
    assert message["type"] == "error"
    assert message["problem"]["type"] == "/problems/bad-parameter"
    assert message["problem"]["parameter"] == parameter
    assert client.silent() == {}


def test_faults_are_told_in_the_callers_language(served: str) -> None:
    with following_at(served, **{"Accept-Language": "zh-CN"}) as client:
        client.say("subscribe", topic="nothing")
        assert "请选择其一" in client.hear()["problem"]["detail"]


@pytest.mark.parametrize(
    ("headers", "type_"),
    [
        ({"Origin": "https://evil.example"}, "foreign-page"),
        ({"Origin": "null"}, "foreign-page"),
        ({"Sec-Fetch-Site": "cross-site"}, "foreign-page"),
        ({"Host": "evil.example"}, "unknown-host"),
    ],
)
def test_pages_of_other_sites_are_refused(served: str, headers: dict[str, str], type_: str) -> None:
    if "Host" in headers:
        with socket.create_connection(("127.0.0.1", int(served.rsplit(":", 1)[1]))) as raw:
            raw.sendall(
                b"GET /api/live HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            assert b"421" in raw.makefile("rb").readline()
        return
    with pytest.raises(InvalidStatus) as refused, following_at(served, **headers):
        pass
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body)["type"] == f"/problems/{type_}"


def test_a_page_of_our_own_is_let_in(served: str) -> None:
    with following_at(served, Origin=served) as client:
        assert client.silent() == {}


def test_as_many_as_are_taken(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoserver.api.live.MOST", 0)
    with pytest.raises(InvalidStatus) as refused, following_at(served):
        pass
    assert refused.value.response.status_code == 503
    assert json.loads(refused.value.response.body)["type"] == "/problems/live-full"


def test_one_who_reads_nothing_harms_no_other(city: Services, served: str) -> None:
    """The stalled client holds one unsent message, not a queue; it is told the rest when it reads again."""
    put(city, *(a_volume(f"v{i:03d}", reason="x" * 2000) for i in range(200)))
    with following_at(served) as stalled, following_at(served) as client:
        seq = client.follow()["seq"]
        stalled.web.protocol.max_size = None
        stalled.say("subscribe", topic=TOPIC, since=seq)
        assert stalled.hear()["type"] == "resumed"
        for name in "abcd":
            put(city, *(a_volume(f"v{i:03d}", reason=name * 2000) for i in range(200)))
        heard = [client.hear()["seq"] for _ in range(800)]
        assert heard == list(range(seq + 1, seq + 801))
        assert [stalled.hear()["seq"] for _ in range(800)] == heard


def test_who_lags_more_than_the_process_keeps_is_told_from_the_store(
    city: Services, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoserver.live.ring.KEPT", 20)
    with following_at(served) as client:
        seq = client.follow()["seq"]
        for _ in range(3):
            put(city, *(a_volume(f"v{i:03d}") for i in range(50)))
            remove(city, *(f"v{i:03d}" for i in range(50)))
        assert [client.hear()["seq"] for _ in range(300)] == list(range(seq + 1, seq + 301))


def test_what_another_process_writes_is_told(tmp_path: Path) -> None:
    with flat_services(tmp_path) as services, serving(Settings(folder=tmp_path, client=tmp_path), services) as address:
        services.watch(0.05)
        with contextlib.closing(SqliteStore.open(tmp_path / "city.sqlite")) as other, following_at(address) as client:
            client.follow()
            seq = other.commit([Write.put(a_volume("a"), 0)])
            message = client.hear()
            assert (message["seq"], message["id"], message["action"]) == (seq, "a", "create")


def test_who_takes_nothing_for_long_is_given_up() -> None:
    async def scenario() -> bool:
        session = Session(Mute(), Feed(None, Board(), 0, NO_NEWS), EVERYBODY, "en")  # type: ignore[arg-type]
        serving = asyncio.create_task(session.serve())
        await asyncio.sleep(0.05)
        session.turn(time.monotonic() + 1)
        await asyncio.sleep(0.05)
        assert not serving.done()
        session.turn(time.monotonic() + STALLED_S + 1)
        await asyncio.wait_for(serving, 5)
        return True

    assert asyncio.run(scenario())


class Mute:
    """A socket that says one thing and takes nothing."""

    said = False

    async def receive(self) -> dict[str, str]:
        if self.said:
            await asyncio.Event().wait()
        self.said = True
        return {"type": "websocket.receive", "text": '{"type": "ping"}'}

    async def send_text(self, text: str) -> None:
        await asyncio.Event().wait()


def test_who_went_a_moment_ago_is_no_error() -> None:
    session = Session(Closed(), Feed(None, Board(), 0, NO_NEWS), EVERYBODY, "en")  # type: ignore[arg-type]
    asyncio.run(asyncio.wait_for(session.serve(), 5))


class Closed(Mute):
    """A socket that was closed before what is sent."""

    async def send_text(self, text: str) -> None:
        raise RuntimeError("after sending 'websocket.close'")


def test_positions_are_told_as_they_move(city: Services, client: Client) -> None:
    board = city.positions
    client.say("subscribe", topic="positions", bbox=HERE)
    board.put([Position("unit", "u1", 106.8, 39.6, 4e9), Position("unit", "u2", 107.8, 39.6, 4e9)])
    assert client.hear()["names"] == {"1": {"kind": "unit", "id": "u1"}}
    batch = client.web.recv(10)
    assert isinstance(batch, bytes)
    assert len(batch) == 16 + 24
    client.say("unsubscribe", topic="positions")
    client.silent()
    board.put([Position("unit", "u1", 106.8, 39.6, 5e9)])
    client.silent()
