"""Two servers over one store: what is written at one is told at both, and who changes servers misses nothing."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from geoserver.editing import Ask, write
from geoserver.services import Now, Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from geoserver.town import Town
from tests import door
from tests.contract.conftest import Place, Places
from tests.geoserver.conftest import flat_scene, serving
from tests.geoserver.test_live import TOPIC, a_volume, following_at


@contextlib.contextmanager
def server(place: Place, folder: Path) -> Iterator[tuple[Services, str]]:
    """A server of its own, with its own connections to the store; its services and its address."""
    folder.mkdir()
    store = place.open()
    services = Services(store, Now.of(Town.of_scene(flat_scene(), folder), store), folder / "cache")
    services.watch(0.5)
    with contextlib.closing(services), serving(Settings(folder=folder, client=folder), services) as address:
        yield services, address


def test_two_servers_tell_the_same(places: Places, tmp_path: Path) -> None:
    place = places()
    with server(place, tmp_path / "a") as (a, at_a), server(place, tmp_path / "b") as (b, at_b):
        with following_at(at_a) as one, following_at(at_b) as other:
            seq = one.follow()["seq"]
            other.follow()
            write(a, [Write.put(a_volume("a"), 0)], Ask(door.caller()))
            write(b, [Write.put(a_volume("b"), 0)], Ask(door.caller()))
            heard = [[client.hear()["id"] for _ in range(2)] for client in (one, other)]
            assert heard == [["a", "b"], ["a", "b"]]
        with following_at(at_b) as moved:
            moved.say("subscribe", topic=TOPIC, since=seq)
            assert [moved.hear()["id"] for _ in range(2)] == ["a", "b"]
            assert moved.hear()["missed"] == 2
