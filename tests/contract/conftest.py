"""The engines under contract: a file of SQLite's, and a database of a PostgreSQL server of our own."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from geoserver.storage.opening import open_store
from geoserver.storage.store import Store
from tests.contract.get_postgres import Cluster, needed

ENGINES = ("postgres", "sqlite")
_NUMBER = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server; its tests are skipped, visibly, where it is not installed."""
    cluster = Cluster.make(needed(), durable=False)
    yield cluster
    cluster.stop()


@dataclass(frozen=True)
class Place:
    """Somewhere to keep a store, empty at first."""

    engine: str
    address: str | Path

    def open(self) -> Store:
        """The store there."""
        return open_store(self.address)


Places = Callable[[], Place]


@pytest.fixture(params=ENGINES)
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    """Makes places, of one engine after the other."""
    made: list[str] = []

    def place() -> Place:
        name = f"t{next(_NUMBER)}"
        if request.param == "sqlite":
            return Place("sqlite", tmp_path / f"{name}.sqlite")
        made.append(name)
        return Place("postgres", request.getfixturevalue("cluster").database(name))

    yield place
    for name in made:
        request.getfixturevalue("cluster").drop(name)


@pytest.fixture
def place(places: Places) -> Place:
    return places()


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = place.open()
    yield store
    store.close()
