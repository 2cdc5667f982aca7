"""The command line: exit codes, faults that name file, row, value and remedy, both languages."""

import csv
import json
import socket
from pathlib import Path

import pytest

from tests.program.server import run

pytestmark = pytest.mark.program

CITY = """
[city]
name = "试"
extent = [106.79, 39.59, 106.81, 39.61]

[[ground]]
file = "ground.tif"
"""


def a_ground(file: Path, crs: str | None = "EPSG:4326") -> None:
    """A small raster of 1100 m."""
    import numpy as np
    import rasterio

    shape = {"height": 50, "width": 50, "count": 1, "dtype": "float32"}
    where = rasterio.Affine(0.0008, 0, 106.78, 0, -0.0008, 39.62)
    with rasterio.open(file, "w", driver="GTiff", crs=crs, transform=where, **shape) as raster:
        raster.write(np.full((1, 50, 50), 1100, np.float32))


@pytest.mark.parametrize("verb", ["demo", "build", "serve", "load", "dump", "check", "settle", "openapi"])
def test_every_verb_has_help(verb: str) -> None:
    done = run(verb, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_called_wrongly_is_two() -> None:
    assert run("serve").returncode == 2
    assert run("nonsense").returncode == 2
    assert run("load", "cameras").returncode == 2
    assert run("serve", ".", "--port", "99999999").returncode == 2


def faulty(*words: str, code: str) -> str:
    """The sentence of a fault; it is one line without traceback, exit code 1, and Chinese on request."""
    done = run(*words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    chinese = run(*words, lang="zh_CN.UTF-8")
    assert any("一" <= letter <= "鿿" for letter in chinese.stderr), chinese.stderr
    event = json.loads(run(*words, "--json").stdout.splitlines()[-1])
    assert (event["event"], event["code"]) == ("fault", code)
    return done.stderr


def test_a_folder_without_a_city(tmp_path: Path) -> None:
    said = faulty("serve", str(tmp_path), code="not-built")
    assert str(tmp_path) in said
    assert "geoserver build" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "example.org"])
def test_addresses_beyond_this_machine_are_refused(tmp_path: Path, host: str) -> None:
    said = faulty("serve", str(tmp_path), "--host", host, code="not-loopback")
    assert host in said
    assert "--behind-proxy" in said


def test_a_taken_port(village: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert str(port) in faulty("serve", str(village), "--port", str(port), code="port-taken")


def test_a_city_file_that_is_not_there(tmp_path: Path) -> None:
    assert "nowhere.toml" in faulty("build", str(tmp_path / "nowhere.toml"), code="bad-city-file")


def test_heights_without_a_datum_are_refused(tmp_path: Path) -> None:
    a_ground(tmp_path / "ground.tif")
    (tmp_path / "city.toml").write_text(CITY, "utf-8")
    for verb in ("check", "build"):
        said = faulty(verb, str(tmp_path / "city.toml"), code="missing-datum")
        assert "ground.tif" in said
        assert "vertical_datum" in said


def test_a_datum_without_a_grid_is_refused(tmp_path: Path) -> None:
    a_ground(tmp_path / "ground.tif")
    (tmp_path / "city.toml").write_text(f'{CITY}vertical_datum = "EPSG:5703"\n', "utf-8")
    said = faulty("build", str(tmp_path / "city.toml"), code="unknown-datum")
    assert "stand_in" in said


def test_a_raster_without_crs_is_refused(tmp_path: Path) -> None:
    a_ground(tmp_path / "ground.tif", crs=None)
    (tmp_path / "city.toml").write_text(f'{CITY}vertical_datum = "EGM96"\n', "utf-8")
    for verb in ("check", "build"):
        said = faulty(verb, str(tmp_path / "city.toml"), code="missing-crs")
        assert "ground.tif" in said
        assert "crs" in said


def test_a_sound_city_file_is_checked(tmp_path: Path) -> None:
    a_ground(tmp_path / "ground.tif")
    (tmp_path / "city.toml").write_text(f'{CITY}vertical_datum = "EGM96"\n', "utf-8")
    done = run("check", str(tmp_path / "city.toml"))
    assert done.returncode == 0, done.stderr


def test_a_broken_row_is_named_and_the_others_are_loaded(village_copy: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    lon, lat = centre(village_copy)
    rows.write_text(f"id,lon,lat,height\na,{lon},{lat},5\nb,north,{lat},5\nc,{lon},{lat},6\n", "utf-8")
    done = run("load", "cameras", str(rows), "--city", str(village_copy))
    assert done.returncode == 1
    assert "rows.csv" in done.stderr
    assert "3" in done.stderr
    assert "north" in done.stderr
    assert "2 new" in done.stdout
    assert "1 refused" in done.stdout


def test_a_dry_run_writes_nothing(village_copy: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    lon, lat = centre(village_copy)
    rows.write_text(f"id,lon,lat,height\nonly-dry,{lon},{lat},5\n", "utf-8")
    done = run("load", "cameras", str(rows), "--city", str(village_copy), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "1 new" in done.stdout
    again = run("load", "cameras", str(rows), "--city", str(village_copy), "--json")
    assert json.loads(again.stdout.splitlines()[-1])["created"] == 1


def test_files_and_kinds_that_do_not_exist(village: Path, tmp_path: Path) -> None:
    faulty("load", "cameras", str(tmp_path / "no.csv"), "--city", str(village), code="bad-file")
    faulty("load", "trees", str(tmp_path / "no.csv"), "--city", str(village), code="bad-kind")
    faulty("dump", "cameras", str(tmp_path / "out.xls"), "--city", str(village), code="bad-file")


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_what_was_dumped_is_read_back_as_it_was(village_copy: Path, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"cameras.{suffix}"
    assert run("dump", "cameras", str(file), "--city", str(village_copy)).returncode == 0
    text = file.read_text("utf-8")
    assert "rtsp" not in text
    assert "password" not in text
    done = run("load", "cameras", str(file), "--city", str(village_copy), "--height-reference", "ellipsoidal", "--json")
    event = json.loads(done.stdout.splitlines()[-1])
    assert (event["created"], event["changed"], event["refused"]) == (0, 0, 0), done.stdout[-2000:]
    assert event["same"] > 0
    if suffix == "csv":
        assert len(list(csv.DictReader(text.splitlines()))) == event["same"]


def centre(folder: Path) -> tuple[float, float]:
    west, south, east, north = json.loads((folder / "build.json").read_text())["city"]["extent"]
    return (west + east) / 2, (south + north) / 2


def test_openapi_is_printed() -> None:
    done = run("openapi")
    assert done.returncode == 0
    assert json.loads(done.stdout)["openapi"].startswith("3.1")
