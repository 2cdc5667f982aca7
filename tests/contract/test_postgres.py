"""What only PostgreSQL has: views for QGIS, typed geometry, messages without passwords, a server that goes away."""

import itertools
import threading
from collections.abc import Iterator

import psycopg
import pytest
import shapely

from geoserver.audit import verify
from geoserver.faults import BadDatabase
from geoserver.storage.migrate import scripts
from geoserver.storage.postgres import LOCK, PostgresStore
from geoserver.storage.store import Query, Write
from layers.catalogue import COLLECTIONS
from layers.privacy import PrivacyVolume
from tests.contract.get_postgres import Cluster
from tests.geoserver.builders import a_camera

_NUMBER = itertools.count(1)
RING = ((106.8, 39.6), (106.801, 39.6), (106.801, 39.601), (106.8, 39.6))


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    name = f"p{next(_NUMBER)}"
    yield cluster.database(name)
    cluster.drop(name)


def test_every_kind_has_a_view_with_typed_geometry(address: str) -> None:
    store = PostgresStore.open(address)
    volume = PrivacyVolume(id="yard", rings=(RING,), base_m=1040.0, top_m=1050.0, name="后院")  # type: ignore[call-arg]
    store.commit([Write.put(a_camera("a", tier=2), 0), Write.put(volume, 0)])
    with psycopg.connect(address) as reader:
        known = dict(reader.execute("SELECT f_table_name, type FROM geometry_columns WHERE srid = 4326").fetchall())
        assert {name.replace("-", "_") for name in COLLECTIONS} <= known.keys()
        assert known["cameras"] == "POINT"
        row = reader.execute("SELECT id, tier, heading_deg, ST_X(geom), ST_Y(geom) FROM cameras").fetchone()
        assert row == ("a", 2, 0.0, 106.8, 39.6)
        name, drawn = reader.execute("SELECT name, ST_AsBinary(geom) FROM privacy_volumes").fetchone() or ("", b"")
    assert name == "后院"
    assert shapely.from_wkb(drawn).equals(shapely.Polygon(RING))
    store.close()


def test_views_are_made_anew_only_where_they_differ(address: str) -> None:
    PostgresStore.open(address).close()
    with psycopg.connect(address) as reader:
        before = reader.execute("SELECT 'cameras'::regclass::oid").fetchone()
        reader.execute("COMMENT ON VIEW units IS 'as an older release made it'")
        units = reader.execute("SELECT 'units'::regclass::oid").fetchone()
    PostgresStore.open(address).close()
    with psycopg.connect(address) as reader:
        assert reader.execute("SELECT 'cameras'::regclass::oid").fetchone() == before
        assert reader.execute("SELECT 'units'::regclass::oid").fetchone() != units


@pytest.mark.parametrize("version", [name for name, _ in scripts("postgres")])
def test_every_earlier_version_opens(address: str, version: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE migration (name text PRIMARY KEY, time timestamptz NOT NULL)")
        for name, script in scripts("postgres"):
            if name <= version:
                connection.execute(script.encode())
                connection.execute("INSERT INTO migration VALUES (%s, now())", (name,))
    store = PostgresStore.open(address)
    store.commit([Write.put(a_camera("a"), 0)])
    assert verify(store, None).good
    store.close()


def test_several_open_an_empty_database_at_once(address: str) -> None:
    failed: list[BaseException] = []

    def open_it() -> None:
        try:
            PostgresStore.open(address).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.parametrize(
    "address_", ["postgresql://u:geheim@127.0.0.1:1/none?connect_timeout=2", "postgresql://u:geheim@/x?host=/nowhere"]
)
def test_a_server_that_is_not_there_is_told_without_the_password(address_: str) -> None:
    with pytest.raises(BadDatabase) as told:
        PostgresStore.open(address_)
    assert "geheim" not in str(told.value)
    assert "/none" in str(told.value) or "/nowhere" in str(told.value)


def test_a_store_goes_on_after_its_connections_were_cut(address: str, cluster: Cluster) -> None:
    store = PostgresStore.open(address)
    store.commit([Write.put(a_camera("a"), 0)])
    assert not store.wait(1, 0.05)
    with psycopg.connect(cluster.address("postgres"), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (address.partition("@/")[2].partition("?")[0],),
        )
    assert store.count(Query("camera")) == 1
    assert store.commit([Write.put(a_camera("b"), 0)]) == 2
    assert store.wait(1, 5)
    store.close()


def test_writers_take_turns(address: str) -> None:
    store = PostgresStore.open(address)
    with psycopg.connect(address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        with store._pool.connection() as mine:
            mine.execute("SET lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                mine.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            mine.rollback()
    store.close()
