"""A camera in H.265 over HTTP and WebSocket: said beforehand, had in other forms, and nothing private in any."""

import contextlib
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from websockets.sync.client import ClientConnection

from geoserver.accounts.kept import KeptAccounts
from geoserver.editing import Ask, write
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.cameras.model import Credential
from layers.cameras.pictures.masking import privacy_mask
from layers.cameras.pictures.sighting import Sighting
from layers.grants.model import Grant
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer
from tests.geoserver.streams.test_stream_routes import NORTH, Person, frames, private, received, window, worst

__all__ = ["private"]
WHERE = {"kinds": frozenset({"camera"}), "areas": frozenset({"*"})}
CHIEF = (Grant(id="all", actions=frozenset({"see", "watch", "unmask"}), **WHERE),)

FEW = (Grant(id="most", actions=frozenset({"see", "watch"}), **WHERE),)
BRIGHT = 0b111110000000
"""Pictures of these numbers have white where the test's volumes are."""


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    """The main stream of ``north`` in H.265, its sub-stream in H.264."""
    get_rtsp.needed()
    folder = tmp_path_factory.mktemp("bare")
    files = [
        clips.make(folder / "a.h265", codec="libx265", format="hevc", size=(640, 360), first=BRIGHT),
        clips.make(folder / "a.h264", format="h264", size=(640, 360), first=BRIGHT),
    ]
    with RtspServer(files, mounts=2) as one:
        yield one


@pytest.fixture(scope="module")
def city(cameras: RtspServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with flat_services(tmp_path_factory.mktemp("h265")) as services:
        for i, id_ in enumerate(("main", "sub")):
            fetched = Credential(camera="north", stream=id_, url=cameras.url(i), user=USER, password=PASSWORD)
            services.store.set_credentials([fetched])
        yield services


@pytest.fixture
def served(city: Services, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Somebody on a server with so many re-encoders, one if nothing else is said."""
    places = getattr(request, "param", 1)
    settings = Settings(folder=tmp_path, client=tmp_path, stream_networks="127.0.0.1", reencodes=places)
    with serving(settings, city) as address, contextlib.ExitStack() as stack:
        accounts = stack.enter_context(contextlib.closing(KeptAccounts.open(settings.database)))

        def person(name: str, grants: tuple[Grant, ...] = CHIEF) -> Person:
            key, _ = door.keys_of(accounts, name, ())
            accounts.set_held(name, (), grants)
            made = Person(address, key)
            stack.callback(made.web.close)
            return made

        yield person


def told(live: ClientConnection, type_: str) -> dict[str, Any]:
    """The first words of a kind."""
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        message = live.recv(timeout=60)
        if isinstance(message, str) and json.loads(message)["type"] == type_:
            return dict(json.loads(message))
    raise AssertionError(type_)


def frame(person: Person, session: str) -> np.ndarray:
    answer = person.web.get(f"{NORTH}/frame.jpg", params={"session": session}).raise_for_status()
    assert answer.headers["cache-control"] == "no-store"
    return np.asarray(cv2.imdecode(np.frombuffer(answer.content, np.uint8), 1)[..., ::-1])


def test_codecs_are_known_before_anything_is_opened(served: Any, cameras: RtspServer) -> None:
    chief = served("chief")
    answer = chief.web.get(NORTH)
    main, sub = answer.json()["streams"]
    assert (main["codec"][:4], main["playable"]) == ("hvc1", False)
    assert (sub["codec"][:4], sub["playable"]) == ("avc1", True)
    assert answer.json()["reencoding"] == "free"
    for secret in (PASSWORD, str(cameras.port), "127.0.0.1"):
        assert secret not in answer.text


def test_who_may_not_watch_has_no_camera_asked(served: Any) -> None:
    looker = served("looker", (Grant(id="see", actions=frozenset({"see"}), **WHERE),))
    assert [one["codec"] for one in looker.web.get(NORTH).json()["streams"]] == [None, None]


def test_what_browsers_do_not_play_is_said_with_what_they_can_have(served: Any) -> None:
    chief = served("chief")
    chief.web.get(NORTH)
    with chief.live(chief.session(stream="main")) as live:
        said = told(live, "unplayable")
    assert said["codec"].startswith("hvc1.")
    assert said["instead"] == {"streams": ["sub"], "h264": "free", "pictures": True}


def test_it_is_had_as_h264(served: Any) -> None:
    chief = served("chief")
    session = chief.session(stream="main", form="h264")
    with chief.live(session) as live:
        said, data = received(live, 40)
        assert next(one for one in said if one["type"] == "init")["codec"].startswith("avc1.")
        shown = [clips.number(one) for one in frames(data)]
        assert len(shown) >= 39
        assert all((b - a) % 100 == 1 for a, b in itertools.pairwise(shown))
        lines = chief.web.get("/metrics").raise_for_status().text.splitlines()
        assert {"geoserver_reencoders_in_use 1", "geoserver_reencoders_allowed 1"} <= set(lines)
        shot = chief.web.get(f"{NORTH}/snapshot.jpg", params={"session": session}).raise_for_status()
        assert shot.content[:2] == b"\xff\xd8"
        refused = chief.web.get(f"{NORTH}/frame.jpg", params={"session": session})
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/no-picture-yet"), "it moves"


def test_a_ticket_is_for_its_form_alone(served: Any) -> None:
    chief = served("chief")
    ticket = chief.ticket(stream="main").json()
    assert ticket["form"] == "original"
    body = {"ticket": ticket["ticket"], "form": "h264"}
    assert chief.web.post("/api/streams/sessions", json=body).status_code == 400
    session = chief.web.post("/api/streams/sessions", json={"ticket": ticket["ticket"]}).json()
    assert session["form"] == "original"
    with chief.live(session["session"]) as live:
        assert told(live, "unplayable")["codec"].startswith("hvc1.")
        assert chief.web.get(f"{NORTH}/frame.jpg", params={"session": session["session"]}).status_code == 503
    assert chief.ticket(stream="main", form="mp4").status_code == 400
    pictures = chief.session(stream="main", form="pictures")
    with chief.live(pictures) as live:
        assert told(live, "pictures")["why"] == "asked"
        assert frame(chief, pictures).shape == (360, 640, 3)
        for part in ("clip.mp4", "index.m3u8"):
            refused = chief.web.get(f"{NORTH}/{part}", params={"session": pictures})
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems/no-picture-yet"), part


def test_where_all_places_are_taken_pictures_come_until_one_is_free(served: Any, private: Any) -> None:
    chief, operator = served("chief"), served("operator", FEW)
    with contextlib.ExitStack() as has:
        received(has.enter_context(chief.live(chief.session(stream="main", form="h264"))), 5)
        assert chief.web.get(NORTH).json()["reencoding"] == "busy"
        with chief.live(chief.session(stream="main")) as live:
            assert told(live, "unplayable")["instead"]["h264"] == "busy"
        session = operator.session(stream="main")
        with operator.live(session) as waits:
            assert told(waits, "pictures") == {"type": "pictures", "why": "busy", "every_s": 3.0}
            frame(operator, session)
            has.close()
            assert told(waits, "init")["codec"].startswith("avc1.")


def test_nothing_private_is_in_what_was_h265(served: Any, city: Services, private: Any) -> None:
    camera = city.now.fleet.cameras["north"]
    mask = privacy_mask(Sighting.of(camera, city.now.town.scene), [window(city)], 640, 360)
    assert mask is not None
    operator, chief = served("operator", FEW), served("chief")
    assert operator.web.get(NORTH).json()["streams"][0]["playable"] is True, "it is encoded anew in any case"
    session = operator.session(stream="main")
    pictures = []
    with operator.live(session) as live:
        _, data = received(live, 30)
        pictures += frames(data)
        other = operator.session(stream="sub")
        with operator.live(other) as waits:  # the one place is taken
            assert told(waits, "pictures")["why"] == "busy"
            still = frame(operator, other)
    bare = chief.session(stream="main", form="pictures")
    with chief.live(bare) as live:
        told(live, "pictures")
        assert worst(frame(chief, bare), mask) > 60
    assert max(worst(one, mask) for one in pictures) < 40
    assert worst(still, mask) < 40


def test_what_becomes_private_is_covered_at_once(served: Any, city: Services, private: Any) -> None:
    below = private.model_copy(update={"id": "door", "base_m": 1041.0, "top_m": 1046.0})
    camera = city.now.fleet.cameras["north"]
    mask = privacy_mask(Sighting.of(camera, city.now.town.scene), [below], 640, 360)
    assert mask is not None
    operator = served("operator", FEW)
    moving, standing = operator.session(stream="main"), operator.session(stream="main", form="pictures")
    with operator.live(moving) as live, operator.live(standing) as other:
        told(other, "pictures")
        assert worst(frame(operator, standing), mask) > 60
        _, data = received(live, 10)
        write(city, [Write.put(below, 0)], Ask(door.caller()))
        try:
            time.sleep(1.5)  # until the server has heard of it
            until_s, shown = time.monotonic() + 4, []
            while time.monotonic() < until_s:
                answer = operator.web.get(f"{NORTH}/frame.jpg", params={"session": standing})
                if answer.is_success:
                    shown.append(cv2.imdecode(np.frombuffer(answer.content, np.uint8), 1)[..., ::-1])
                time.sleep(0.2)
            data += b"".join(live.recv(timeout=30) for _ in range(150))
        finally:
            kept = city.store.get("privacy-volume", "door")
            assert kept is not None
            write(city, [Write.remove(kept)], Ask(door.caller()))
    assert shown
    pictures = frames(data)
    assert worst(pictures[5], mask) > 60
    assert max(worst(one, mask) for one in (*shown, *pictures[-20:])) < 40


@pytest.mark.parametrize("served", [0], indirect=True)
def test_without_places_there_are_pictures_that_change(served: Any) -> None:
    chief = served("chief")
    assert chief.web.get(NORTH).json()["reencoding"] == "off"
    session = chief.session(stream="main", form="h264")
    with chief.live(session) as live:
        assert told(live, "pictures") == {"type": "pictures", "why": "busy", "every_s": 3.0}
        numbers, until_s = set(), time.monotonic() + 20
        while len(numbers) < 2 and time.monotonic() < until_s:
            numbers.add(clips.number(frame(chief, session)))
            time.sleep(0.5)
        assert len(numbers) == 2
        strange = httpx.get(f"{chief.served}{NORTH}/frame.jpg", params={"session": session})
        assert strange.status_code == 401
