"""Two server processes over one PostgreSQL read each camera once, whichever of them is asked."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.services import Now, Services
from geoserver.settings import Settings
from geoserver.storage.opening import open_store
from geoserver.storage.store import Write
from geoserver.town import Town
from layers.cameras.model import Credential
from layers.grants.roles import Post
from tests import door
from tests.contract.get_postgres import Cluster
from tests.geoserver.conftest import cameras, flat_scene, serving
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer
from tests.geoserver.streams.test_stream_routes import Person, ended, frames, received

WATCHED = 8


@dataclass
class Site:
    """Two processes, the cameras that both serve, and somebody who may watch."""

    rtsp: RtspServer
    addresses: tuple[str, str]
    ids: list[str]
    key: str
    accounts: KeptAccounts
    stop_second: contextlib.ExitStack

    def at(self, process: int) -> Person:
        return Person(self.addresses[process], self.key)


@pytest.fixture(scope="module")
def rtsp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    get_rtsp.needed()
    clip = clips.make(tmp_path_factory.mktemp("bare") / "a.h264", format="h264", size=(320, 180))
    with RtspServer([clip], mounts=WATCHED) as one:
        yield one


@pytest.fixture
def site(rtsp: RtspServer, cluster: Cluster, tmp_path: Path) -> Iterator[Site]:
    name = f"shared{abs(hash(tmp_path))}"
    address = cluster.database(name)
    ids = [f"c{i}" for i in range(WATCHED)]
    with contextlib.closing(open_store(address)) as store:
        store.commit([Write.put(cameras()[0].model_copy(update={"id": id_}), 0) for id_ in ids])
        fetched = [Credential(camera=id_, stream="main", url=rtsp.url(i), user=USER, password=PASSWORD)
                   for i, id_ in enumerate(ids)]  # fmt: skip
        store.set_credentials(fetched)
    rtsp.plays.clear()
    with contextlib.ExitStack() as stack:
        stack.callback(cluster.drop, name)
        # A socket's path is short.
        short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="run")))
        settings = Settings(
            folder=tmp_path, client=tmp_path, database_url=address, stream_networks="127.0.0.1",
            run_folder=short, seal_key_file=tmp_path / "seal.pem",
        )  # fmt: skip
        first = stack.enter_context(process(settings, tmp_path / "a"))
        second = stack.enter_context(contextlib.ExitStack())
        other = second.enter_context(process(settings, tmp_path / "b"))
        accounts = stack.enter_context(contextlib.closing(KeptAccounts.open(address)))
        key, _ = door.keys_of(accounts, "watcher", (Post(role="operator", areas=frozenset({"*"})),))
        yield Site(rtsp, (first, other), ids, key, accounts, second)


@contextlib.contextmanager
def process(settings: Settings, folder: Path) -> Iterator[str]:
    """The address of a server with its own connections to the store."""
    folder.mkdir()
    store = open_store(settings.database)
    services = Services(store, Now.of(Town.of_scene(flat_scene(), folder), store), folder / "cache")
    with contextlib.closing(services), serving(replace(settings, folder=folder), services) as address:
        yield address


def test_a_camera_is_read_once_whoever_is_asked(site: Site) -> None:
    people = [site.at(0), site.at(1)]
    with contextlib.ExitStack() as stack:
        for i, camera in enumerate(site.ids):
            for asked in (0, 1):
                # As behind a proxy that hands requests out in turn.
                ticket = people[asked].ticket(camera).raise_for_status().json()["ticket"]
                made = people[1 - asked].web.post("/api/streams/sessions", json={"ticket": ticket}).raise_for_status()
                live = stack.enter_context(people[(i + asked) % 2].live(made.json()["session"], camera))
                _, data = received(live, 5)
                assert len(frames(data)) >= 5
        assert sorted(site.rtsp.plays) == list(range(WATCHED))


def test_both_processes_read(site: Site) -> None:
    sessions = {site.at(0).ticket(camera).json()["ticket"].partition(".")[0] for camera in site.ids}
    assert len(sessions) == 2


def test_every_part_is_had_from_either(site: Site) -> None:
    here, there = site.at(0), site.at(1)
    for camera in site.ids[:3]:
        session = here.session(camera)
        for person in (here, there):
            ask: dict[str, Any] = {"params": {"session": session}}
            told = person.web.get(f"/api/streams/{camera}/snapshot.jpg", **ask)
            assert told.status_code == 200, told.text
            assert told.content.startswith(b"\xff\xd8")
            assert person.web.get(f"/api/streams/{camera}/index.m3u8", **ask).text.startswith("#EXTM3U")
        assert there.web.delete(f"/api/streams/sessions/{session}").status_code == 204
        assert here.web.get(f"/api/streams/{camera}/snapshot.jpg", params={"session": session}).status_code == 404


def test_a_ticket_is_good_once_at_whichever_process(site: Site) -> None:
    for camera in site.ids[:3]:
        ticket = site.at(0).ticket(camera).json()["ticket"]
        given = [site.at(i).web.post("/api/streams/sessions", json={"ticket": ticket}).status_code for i in (1, 0, 1)]
        assert given[0] == 201
        assert set(given[1:]) == {403}


def test_another_person_has_nothing_of_it(site: Site) -> None:
    key, _ = door.keys_of(site.accounts, "other", (Post(role="operator", areas=frozenset({"*"})),))
    for camera in site.ids[:3]:
        session = site.at(0).session(camera)
        for address in site.addresses:
            foreign = Person(address, key)
            taken = foreign.web.get(f"/api/streams/{camera}/snapshot.jpg", params={"session": session})
            assert taken.status_code == 404
        bare = httpx.get(f"{site.addresses[1]}/api/streams/{camera}/snapshot.jpg", params={"session": session})
        assert bare.status_code == 401


def test_taking_the_role_away_ends_pictures_everywhere(site: Site) -> None:
    with contextlib.ExitStack() as stack:
        lives = []
        for i, camera in enumerate(site.ids[:4]):
            live = stack.enter_context(site.at(i % 2).live(site.at(0).session(camera), camera))
            received(live, 2)
            lives.append(live)
        site.accounts.set_held("watcher", (), ())
        assert {ended(live) for live in lives} == {4403}


def test_a_process_that_ends_leaves_its_cameras_to_the_other(site: Site) -> None:
    person = site.at(0)
    with contextlib.ExitStack() as stack:
        lives = {camera: stack.enter_context(person.live(person.session(camera), camera)) for camera in site.ids}
        for live in lives.values():
            received(live, 2)
        old = person.session(site.ids[0])
        site.stop_second.close()
        names = {person.ticket(camera).raise_for_status().json()["ticket"].partition(".")[0] for camera in site.ids}
        assert len(names) == 1
        for camera in site.ids:
            with person.live(person.session(camera), camera) as again:
                received(again, 3)
        gone = person.web.get(f"/api/streams/{site.ids[0]}/snapshot.jpg", params={"session": old}).status_code
        assert gone in (200, 404)
        codes = [lives[camera].close_code for camera in site.ids if lives[camera].close_code is not None]
        assert set(codes) <= {1012, 1001}
