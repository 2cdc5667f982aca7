"""Several processes over one store: what one writes the others serve soon, and the verbs find it by its address."""

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geoserver.cli import app
from geoserver.services import Now, Services
from geoserver.settings import settings_from_environment
from geoserver.storage.store import Look, Write
from geoserver.town import Town
from tests.contract.conftest import Place
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import flat_scene


def test_what_another_process_writes_is_served_within_half_a_second(place: Place, tmp_path: Path) -> None:
    ours, theirs = place.open(), place.open()
    ours.commit([Write.put(a_camera("a"), 0)])
    town = Town.of_scene(flat_scene(), tmp_path)
    services = Services(ours, Now.of(town, ours), tmp_path / "cache")
    services.watch(5.0)
    try:
        theirs.note([Look("li", "camera", "a")])
        for n in range(3):
            written = time.monotonic()
            theirs.commit([Write.put(a_camera(f"b{n}"), 0)])
            while f"b{n}" not in services.now.fleet.cameras:
                assert time.monotonic() - written < 4, "it came by the look at every interval, or not at all"
                time.sleep(0.005)
    finally:
        theirs.close()
        services._stop.set()
        ours.commit([Write.put(a_camera("end"), 0)])  # wakes the watch
        services.close()


def test_verbs_find_a_store_by_its_address(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    if place.engine == "sqlite":
        place = Place("sqlite", tmp_path / "city.sqlite")
    else:
        monkeypatch.setenv("GEOSERVER_DATABASE", str(place.address))
    assert str(settings_from_environment(tmp_path).database) == str(place.address)
    assert str(place.address) not in repr(settings_from_environment(tmp_path)) or place.engine == "sqlite"
    store = place.open()
    store.commit([Write.put(a_camera(f"c{n}"), 0) for n in range(3)])
    store.close()
    run, city = CliRunner(), ["--city", str(tmp_path)]
    assert "3 rows" in run.invoke(app, ["audit", "verify", *city]).output
    assert "Row 3 sealed" in run.invoke(app, ["audit", "seal", *city]).output
    assert "3 cameras" in run.invoke(app, ["dump", "cameras", str(tmp_path / "c.csv"), *city]).output
    assert "3 records" in run.invoke(app, ["dump", "all", str(tmp_path / "all.zip"), *city]).output
    if place.engine == "postgres":
        assert not (tmp_path / "city.sqlite").exists()
