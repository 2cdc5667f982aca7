"""Readers that others wrote, GDAL's OAPIF driver and OWSLib, read every collection: all of it, in a box, by pages."""

import json
import os
import subprocess
from collections.abc import Iterator

import pytest

from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.catalogue import COLLECTIONS
from layers.checkpoints import Checkpoint
from layers.crossings import Crossing
from layers.health.orders import RepairOrder
from layers.privacy import PrivacyVolume
from layers.record import Record
from layers.responsible import Unit
from layers.vehicles import Vehicle
from layers.zones import Zone
from tests import door
from tests.contract import get_gdal
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import flat_services, serving
from tests.layers.incidents.builders import NOON, an_incident

COUNT, WITHIN = 23, 9
STEP = 0.0005
BOX = (106.79 - STEP / 2, 39.59, 106.79 + STEP * (WITHIN - 0.5), 39.61)
NEEDS_GDAL = pytest.mark.skipif(
    not get_gdal.found(), reason="no GDAL programs here; python -m tests.contract.get_gdal as root installs them"
)


def an_order(id_: str, **where: float) -> RepairOrder:
    """Somebody has to repair a camera."""
    return RepairOrder(id=id_, camera=id_, faults=("black",), opened_at=NOON, deadline=NOON, **where)


def records(number: int) -> list[Record]:
    """One of each kind, ever farther to the east."""
    lon, lat, d = 106.79 + STEP * number, 39.6, 1e-4
    ring = ((lon - d, lat - d), (lon + d, lat - d), (lon + d, lat + d), (lon - d, lat - d))
    id_ = f"n{number:02d}"
    return [
        a_camera(id_, lon=lon, lat=lat),
        an_incident(id_, lon=lon, lat=lat, description="<b>;'\"浓烟"),
        Checkpoint(id=id_, name="卡口", lon=lon, lat=lat),
        Unit(id=id_, name="单位", lon=lon, lat=lat),
        PrivacyVolume(id=id_, rings=(ring,), base_m=1040.0, top_m=1050.0, lon=lon, lat=lat),
        Crossing(id=id_, zone=id_, mover_kind="unit", mover="car", way="enter", at=NOON, lon=lon, lat=lat),
        Zone(id=id_, name="区域", rings=(ring,), lon=lon, lat=lat),
        an_order(id_, lon=lon, lat=lat),
        Vehicle(id=id_, name="巡逻", plate="蒙C·00001", lon=lon, lat=lat),
    ]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("readers")
    with flat_services(folder) as services:
        for camera in ("north", "south", "turning", "unknown", "lookout", "roof"):
            record = services.store.get("camera", camera)
            assert record is not None
            services.store.commit([Write.remove(record)])
        services.store.commit([Write.put(one, 0) for number in range(COUNT) for one in records(number)])
        with serving(Settings(folder=folder, client=folder), services) as address:
            yield address


def gdal(address: str, program: str, *arguments: str) -> str:
    headers = "Authorization: " + door.headers(address)["Authorization"]
    done = subprocess.run(
        [program, *arguments], env=os.environ | {"GDAL_HTTP_HEADERS": headers}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


@NEEDS_GDAL
def test_gdal_finds_every_collection(address: str) -> None:
    told = gdal(address, "ogrinfo", "-ro", f"OAPIF:{address}/ogc")
    assert all(f": {name} (title: " in told for name in COLLECTIONS)


@NEEDS_GDAL
@pytest.mark.parametrize("name", COLLECTIONS)
def test_gdal_reads_a_collection(address: str, name: str) -> None:
    source, box = f"OAPIF:{address}/ogc", [str(edge) for edge in BOX]
    assert f"Feature Count: {COUNT}" in gdal(address, "ogrinfo", "-ro", "-so", source, name)
    assert f"Feature Count: {WITHIN}" in gdal(address, "ogrinfo", "-ro", "-so", "-spat", *box, source, name)
    paged = ["-oo", "PAGE_SIZE=4", "-f", "GeoJSON", "/vsistdout/", source, name]
    for spat, count in (([], COUNT), (["-spat", *box], WITHIN)):
        found = json.loads(gdal(address, "ogr2ogr", *spat, *paged))["features"]
        assert [one["properties"]["id"] for one in found] == [f"n{number:02d}" for number in range(count)]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_owslib_reads_a_collection(address: str, name: str) -> None:
    features = pytest.importorskip("owslib.ogcapi.features")
    service = features.Features(f"{address}/ogc/", headers=door.headers(address))
    assert service.feature_collections() == list(COLLECTIONS)
    assert service.collection(name)["id"] == name
    assert service.collection_queryables(name)["properties"]
    ids: list[str] = []
    for offset in range(0, COUNT, 5):
        page = service.collection_items(name, limit=5, offset=offset)
        assert page["numberMatched"] == COUNT
        ids += [one["id"] for one in page["features"]]
    assert ids == [f"n{number:02d}" for number in range(COUNT)]
    assert service.collection_items(name, bbox=list(BOX))["numberReturned"] == WITHIN
    assert service.collection_item(name, "n03")["id"] == "n03"
