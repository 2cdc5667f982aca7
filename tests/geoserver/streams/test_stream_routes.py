"""Watching over HTTP and WebSocket: no part of a picture without a session, and nothing private in any of them."""

import contextlib
import io
import json
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from geoserver.accounts.kept import KeptAccounts
from geoserver.editing import Ask, write
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import JournalQuery, Write
from layers.cameras.pictures.masking import BLANK, privacy_mask
from layers.cameras.pictures.sighting import Sighting
from layers.grants.model import Grant
from layers.grants.roles import Post
from layers.privacy import PrivacyVolume
from tests import door
from tests.geoserver.conftest import PASSWORD, SECRET, flat_services, serving

NORTH = "/api/streams/north"
PARTS = ("snapshot.jpg", "frame.jpg", "last.jpg", "clip.mp4", "index.m3u8", "init-0.mp4", "0.m4s", "0.0.m4s")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with flat_services(tmp_path_factory.mktemp("watched")) as services:
        yield services


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("served")
    return Settings(folder=folder, client=folder, simulated=True)


@pytest.fixture(scope="module")
def served(city: Services, settings: Settings) -> Iterator[str]:
    with serving(settings, city) as address:
        yield address


@pytest.fixture
def web(served: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=served, timeout=180) as client:  # in a fresh clone kernels are compiled first
        yield client


@pytest.fixture
def accounts(settings: Settings) -> Iterator[KeptAccounts]:
    kept = KeptAccounts.open(settings.database)
    yield kept
    kept.close()


class Person:
    """Somebody with a token, a client, and what they watch."""

    def __init__(self, served: str, key: str) -> None:
        self.headers = {"Authorization": f"Bearer {key}"}
        self.web = httpx.Client(base_url=served, headers=self.headers, timeout=180)
        self.served = served

    def ticket(self, camera: str = "north", **asked: Any) -> httpx.Response:
        return self.web.post(f"/api/streams/{camera}/ticket", json=asked)

    def session(self, camera: str = "north", **asked: Any) -> str:
        ticket = self.ticket(camera, **asked).raise_for_status().json()["ticket"]
        made = self.web.post("/api/streams/sessions", json={"ticket": ticket})
        return str(made.raise_for_status().json()["session"])

    def live(self, session: str, camera: str = "north") -> ClientConnection:
        url = f"{self.served.replace('http', 'ws')}/api/streams/{camera}/live?session={session}"
        # Who stops reading, and leaves, does not wait for what is still under way.
        return connect(url, additional_headers=self.headers, origin=self.served, max_size=None, close_timeout=1)  # type: ignore[arg-type]


@pytest.fixture
def somebody(served: str, accounts: KeptAccounts) -> Iterator[Any]:
    made: list[Person] = []

    def make(name: str, *roles: str, grants: tuple[Grant, ...] = ()) -> Person:
        posts = tuple(Post(role=role, areas=frozenset({"*"})) for role in roles)
        key, _ = door.keys_of(accounts, name, posts)
        if grants:
            accounts.set_held(name, posts, grants)
        made.append(Person(served, key))
        return made[-1]

    yield make
    for one in made:
        one.web.close()


def received(live: ClientConnection, fragments: int) -> tuple[list[dict[str, Any]], bytes]:
    """What is said, and the bytes of an initialisation segment and so many fragments."""
    said, data, count = [], b"", -1
    while count < fragments:
        message = live.recv(timeout=120)
        if isinstance(message, str):
            said.append(json.loads(message))
        else:
            data, count = data + message, count + 1
    return said, data


def ended(live: ClientConnection) -> int:
    """The code with which the server ends a picture."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            live.recv(timeout=30)
    return live.close_code or 0


def frames(data: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def window(city: Services) -> PrivacyVolume:
    """The middle of the house's front."""
    scene = city.now.town.scene
    ring = [tuple(float(v) for v in scene.to_lonlat(x, y)) for x, y in ((-6, 98), (6, 98), (6, 102), (-6, 102))]
    return PrivacyVolume(id="window", rings=((*ring, ring[0]),), base_m=1046.0, top_m=1054.0)  # type: ignore[arg-type]


@pytest.fixture
def private(city: Services) -> Iterator[PrivacyVolume]:
    one = window(city)
    write(city, [Write.put(one, 0)], Ask(door.caller()))
    yield one
    kept = city.store.get("privacy-volume", one.id)
    assert kept is not None
    write(city, [Write.remove(kept)], Ask(door.caller()))


def test_what_may_be_watched_is_told_without_where_it_is_fetched(web: httpx.Client) -> None:
    told = web.get(NORTH)
    assert [(one["id"], one["role"]) for one in told.json()["streams"]] == [("main", "main"), ("sub", "sub")]
    assert told.json()["simulated"] is True
    assert SECRET not in told.text
    assert PASSWORD not in told.text
    assert web.get("/api/streams/none").status_code == 404


def test_a_picture_is_opened_and_can_be_decoded(web: httpx.Client, somebody: Any, city: Services) -> None:
    operator = somebody("watches", "operator")
    session = operator.session(stream="sub", purpose="patrol")
    with operator.live(session) as live:
        said, data = received(live, 20)
        known = operator.web.get(NORTH).json()["streams"][1]
        assert known["playable"] is True
        assert (known["width"], known["height"]) == (640, 360)
    init = next(one for one in said if one["type"] == "init")
    assert init["codec"].startswith("avc1.")
    found = frames(data)
    assert len(found) >= 19
    assert found[0].shape == (360, 640, 3)
    assert float(np.std(found[0])) > 10, "it shows something"
    # Leaving the picture ends the session, and both ends are in the journal.
    assert operator.web.get(f"{NORTH}/snapshot.jpg", params={"session": session}).status_code == 404
    city.looks.flush()
    rows = city.store.search(JournalQuery(person="watches", kind="camera", id="north"))
    deeds = [(row.actor, row.detail["deed"], row.detail.get("purpose")) for row in rows if row.detail]
    assert ("watches", "watch", "patrol") in deeds
    assert ("watches", "watched", "patrol") in deeds


def test_no_part_of_a_picture_without_a_session(somebody: Any) -> None:
    operator, other = somebody("op-a", "operator"), somebody("op-b", "operator")
    session = operator.session()
    strangers = (("none", operator, "north"), (session, other, "north"), (session, operator, "south"))
    for part in PARTS:
        assert operator.web.get(f"{NORTH}/{part}").status_code == 400, "no session named"
        for wrong, who, camera in (
            ("none", operator, "north"),
            (session, other, "north"),
            (session, operator, "south"),
        ):
            answer = who.web.get(f"/api/streams/{camera}/{part}", params={"session": wrong})
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-viewing"), (part, wrong)
    for wrong, who, camera in strangers:
        with pytest.raises(InvalidStatus) as refused:
            who.live(wrong, camera)
        assert refused.value.response.status_code == 404
    nobody = httpx.get(f"{operator.served}{NORTH}/snapshot.jpg", params={"session": session})
    assert nobody.status_code == 401


def test_a_ticket_is_good_once_and_for_its_own(somebody: Any) -> None:
    operator, other = somebody("op-c", "operator"), somebody("op-d", "operator")
    ticket = operator.ticket().json()["ticket"]
    assert other.web.post("/api/streams/sessions", json={"ticket": ticket}).status_code == 403
    again = operator.web.post("/api/streams/sessions", json={"ticket": ticket})
    assert (again.status_code, again.json()["type"]) == (403, "/problems/no-ticket"), "a thief has spent it"
    ticket = operator.ticket().json()["ticket"]
    assert operator.web.post("/api/streams/sessions", json={"ticket": ticket}).status_code == 201
    assert operator.web.post("/api/streams/sessions", json={"ticket": ticket}).status_code == 403


def test_without_the_grant_there_is_no_ticket(somebody: Any) -> None:
    refused = somebody("system", "integrator").ticket()
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    assert somebody("stranger").ticket().status_code == 404, "a camera that one does not see is not there"
    wrong = somebody("op-e", "operator").ticket(stream="third")
    assert (wrong.status_code, wrong.json()["type"]) == (404, "/problems/no-stream")


def test_a_grant_may_ask_for_a_purpose(somebody: Any) -> None:
    where = {"kinds": frozenset({"camera"}), "areas": frozenset({"*"})}
    grants = (
        Grant(id="see", actions=frozenset({"see"}), **where),
        Grant(id="asked", actions=frozenset({"watch"}), purpose=True, **where),
    )
    guest = somebody("guest", grants=grants)
    assert guest.web.get(NORTH).json()["purpose_needed"] is True
    for purpose in ({}, {"purpose": "  "}):
        refused = guest.ticket(**purpose)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/purpose-needed")
    assert guest.ticket(purpose="call 17").status_code == 201


@pytest.mark.parametrize("how", ["role", "log-in", "closed"])
def test_what_is_taken_ends_the_picture_within_two_seconds(how: str, somebody: Any, accounts: KeptAccounts) -> None:
    name = f"leaver-{how}"
    operator = somebody(name, "operator")
    session = operator.session(stream="sub")
    with operator.live(session) as live:
        received(live, 3)
        began = time.monotonic()
        if how == "role":
            accounts.set_held(name, (), ())
        elif how == "log-in":
            for token in accounts.tokens(name):
                accounts.end_token(token.id)
        else:
            assert operator.web.delete(f"/api/streams/sessions/{session}").status_code == 204
        code = ended(live)
        took = time.monotonic() - began
    assert code == {"role": 4403, "log-in": 4401, "closed": 4404}[how]
    print(f"{how}: the picture ended after {took:.2f} s")


def test_hls_plays_and_every_name_carries_the_session(somebody: Any) -> None:
    operator = somebody("op-hls", "operator")
    session = operator.session(stream="sub")
    head, parts = "", []
    deadline = time.monotonic() + 30
    while len(parts) < 4 and time.monotonic() < deadline:
        listed = operator.web.get(f"{NORTH}/index.m3u8", params={"session": session}).raise_for_status()
        assert listed.headers["content-type"].startswith("application/vnd.apple.mpegurl")
        lines = listed.text.splitlines()
        head = next(line.split('"')[1] for line in lines if line.startswith("#EXT-X-MAP"))
        parts = [line.split('"')[1] for line in lines if line.startswith("#EXT-X-PART:")]
        time.sleep(0.1)
    assert all(f"session={session}" in name for name in (head, *parts))
    data = b"".join(operator.web.get(f"{NORTH}/{name}").raise_for_status().content for name in (head, *parts[:3]))
    assert len(frames(data)) >= 5
    assert operator.web.get(f"{NORTH}/9999.m4s", params={"session": session}).status_code == 404


def test_snapshot_and_clip_carry_the_mark(somebody: Any) -> None:
    operator = somebody("op-mark", "operator")
    session = operator.session(stream="sub")
    with operator.live(session) as live:
        _, data = received(live, 30)
        shot = operator.web.get(f"{NORTH}/snapshot.jpg", params={"session": session}).raise_for_status()
        film = operator.web.get(f"{NORTH}/clip.mp4", params={"session": session, "seconds": 5}).raise_for_status()
    plain = frames(data)
    for marked in (cv2.imdecode(np.frombuffer(shot.content, np.uint8), 1)[..., ::-1], frames(film.content)[-1]):
        assert marked.shape == plain[-1].shape
        changed = np.min([(np.abs(marked.astype(int) - one).max(axis=2) > 60).sum() for one in plain])
        assert changed > 100, "letters stand in it"


def worst(picture: np.ndarray, mask: np.ndarray) -> float:
    """How far the private pixels of a picture are from blank, those at the border of the mask apart."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    assert inner.sum() > 50
    return float(np.abs(picture[inner].astype(int) - BLANK).max())


def test_the_last_picture_is_there_before_there_is_motion(somebody: Any, city: Services) -> None:
    operator = somebody("op-last", "operator")
    with operator.live(operator.session()) as live:
        received(live, 3)
    time.sleep(5)  # it is closed a few seconds after the last has gone
    ask = {"params": {"session": operator.session()}}
    told = operator.web.get(f"{NORTH}/last.jpg", **ask)
    assert told.status_code == 200, told.text
    assert np.std(cv2.imdecode(np.frombuffer(told.content, np.uint8), cv2.IMREAD_COLOR)) > 10
    age_s = time.time() - parsedate_to_datetime(told.headers["Last-Modified"]).timestamp()
    assert 0.5 < age_s < 600
    one = window(city)
    write(city, [Write.put(one, 0)], Ask(door.caller()))
    try:
        covered = operator.web.get(f"{NORTH}/last.jpg", params={"session": operator.session()})
        assert covered.status_code == 204, "what became private since is not in it"
    finally:
        kept = city.store.get("privacy-volume", one.id)
        assert kept is not None
        write(city, [Write.remove(kept)], Ask(door.caller()))


def test_private_pixels_leave_the_server_blank(
    web: httpx.Client, somebody: Any, city: Services, private: PrivacyVolume
) -> None:
    camera = city.now.fleet.cameras["north"]
    mask = privacy_mask(Sighting.of(camera, city.now.town.scene), [private], 640, 360)
    assert mask is not None
    operator = somebody("op-private", "operator")
    assert operator.web.get(NORTH).json()["masked"] is True
    still = operator.web.get("/api/cameras/north/still.jpg", params={"width": 640, "format": "png"}).content
    assert worst(cv2.imdecode(np.frombuffer(still, np.uint8), 1)[..., ::-1], mask) == 0
    session = operator.session(stream="sub")
    with operator.live(session) as live:
        _, data = received(live, 20)
        shot = operator.web.get(f"{NORTH}/snapshot.jpg", params={"session": session}).content
        film = operator.web.get(f"{NORTH}/clip.mp4", params={"session": session, "seconds": 5}).content
        listed = operator.web.get(f"{NORTH}/index.m3u8", params={"session": session}).text
        names = [line.split('"')[1] for line in listed.splitlines() if line.startswith(("#EXT-X-MAP", "#EXT-X-PART:"))]
        hls = b"".join(operator.web.get(f"{NORTH}/{name}").content for name in names[:4])
    pictures = [*frames(data), *frames(film), *frames(hls), cv2.imdecode(np.frombuffer(shot, np.uint8), 1)[..., ::-1]]
    assert len(pictures) > 20
    assert max(worst(picture, mask) for picture in pictures) < 40, "what an encoder does to a plain colour"


def test_who_has_the_right_sees_what_is_private(somebody: Any, city: Services, private: PrivacyVolume) -> None:
    where = {"kinds": frozenset({"camera"}), "areas": frozenset({"*"})}
    grants = (Grant(id="all", actions=frozenset({"see", "watch", "unmask"}), **where),)
    chief = somebody("chief", grants=grants)
    assert chief.web.get(NORTH).json()["masked"] is False
    camera = city.now.fleet.cameras["north"]
    mask = privacy_mask(Sighting.of(camera, city.now.town.scene), [private], 640, 360)
    assert mask is not None
    session = chief.session(stream="sub")
    with chief.live(session) as live:
        _, data = received(live, 5)
    assert worst(frames(data)[-1], mask) > 60


def test_a_new_volume_ends_pictures_that_show_it(somebody: Any, city: Services) -> None:
    operator = somebody("op-new", "operator")
    session = operator.session(stream="sub")
    one = replace_id(window(city), "late")
    with operator.live(session) as live:
        received(live, 3)
        write(city, [Write.put(one, 0)], Ask(door.caller()))
        try:
            assert ended(live) == 4403
        finally:
            kept = city.store.get("privacy-volume", "late")
            assert kept is not None
            write(city, [Write.remove(kept)], Ask(door.caller()))


def replace_id(volume: PrivacyVolume, id_: str) -> PrivacyVolume:
    return volume.model_copy(update={"id": id_})


def test_a_foreign_page_opens_nothing(somebody: Any) -> None:
    operator = somebody("op-foreign", "operator")
    session = operator.session()
    url = f"{operator.served.replace('http', 'ws')}/api/streams/north/live?session={session}"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, additional_headers=operator.headers, origin="https://evil.example")  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403
    assert operator.web.post(f"{NORTH}/ticket", json={}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_without_rendered_pictures_or_addresses_the_reason_is_told(
    city: Services, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("real")
    with serving(Settings(folder=folder, client=folder), city) as address:
        person = Person(address, door.headers(address)["Authorization"].split()[1])
        assert person.web.get("/api/streams/south").json()["streams"] == []
        with person.live(person.session(stream="main")) as live:
            said = [json.loads(live.recv(timeout=30))]
            while said[-1].get("why") != "lost":
                said.append(json.loads(live.recv(timeout=30)))
        assert said[-1]["reason"] == "not-allowed", "no network of cameras is configured"
        assert SECRET not in json.dumps(said)
        person.web.close()
