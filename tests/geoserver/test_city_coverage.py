"""Coverage of a built village over HTTP: every export read back by other programs, and kept right by changes."""

import io
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h3
import httpx
import numpy as np
import pandas
import pytest
import rasterio
from PIL import Image

from geoserver import coverage_tasks, coverage_work
from geoserver.api import coverage_models as models
from geoserver.coverage_service import CityCoverage
from geoserver.coverage_store import CoverageStore
from geoserver.coverage_work import Wanted
from geoserver.services import Services, open_services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.cameras.ladder import LADDERS
from layers.coverage.layers import LAYERS, legend
from tests import door
from tests.geoserver.conftest import serving

ANSWERS = {
    "/api/coverage": models.CityCoverage,
    "/api/coverage?ladder=2025&min_class=discern": models.CityCoverage,
    "/api/coverage/areas?level=street": models.AreasCoverage,
    "/api/coverage/roads": models.RoadsCoverage,
    "/api/coverage/blind?min_m2=100": models.BlindSpots,
    "/api/coverage/h3?res=9": models.Hexagons,
    "/api/coverage/buildings": models.BuildingsCoverage,
}


@pytest.fixture(scope="module")
def folder(village: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("covered") / "village"
    shutil.copytree(village, copy)
    return copy


@pytest.fixture(scope="module")
def services(folder: Path) -> Iterator[Services]:
    with open_services(Settings(folder=folder)) as services:
        yield services


@pytest.fixture(scope="module")
def address(folder: Path, services: Services) -> Iterator[str]:
    with serving(Settings(folder=folder), services) as address:
        yield address


@pytest.fixture
def web(address: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=address, timeout=60, headers={"Accept-Language": "en"}) as client:
        ready(client)
        yield client


def ready(web: httpx.Client, seconds: float = 240.0) -> dict[str, Any]:
    """The state, once it is of the records as they are now."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state: dict[str, Any] = web.get("/api/coverage").json()
        if state["current"]:
            return state
        time.sleep(0.2)
    raise AssertionError(f"coverage never became current: {state['progress']}")


def test_a_build_leaves_its_coverage_ready(village: Path) -> None:
    store = CoverageStore(village / "coverage")
    assert len(store.counted()) > 20
    assert len(store.profiles) == len(store.footprints) > 20
    assert store.seen_blocks()
    store.close()


@pytest.mark.parametrize("at_work", [False, True], ids=["at-once", "at-work"])
def test_it_ends_cleanly_when_the_app_is_closed(
    village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_work: bool
) -> None:
    copy = tmp_path / "village"
    shutil.copytree(village, copy)
    settings = Settings(folder=copy)
    shutil.rmtree(settings.coverage)
    thrown: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", thrown.append)
    looking, real = threading.Event(), coverage_tasks.footprint

    def slowly(*given: Any, **more: Any) -> Any:
        looking.set()
        time.sleep(0.3)
        return real(*given, **more)

    monkeypatch.setattr(coverage_tasks, "footprint", slowly)
    before = set(threading.enumerate())
    with open_services(settings) as services, CityCoverage.over(services):
        if at_work:
            assert looking.wait(120)
    assert "coverage" not in {thread.name for thread in set(threading.enumerate()) - before}
    assert not thrown
    # Nothing holds the files any more.
    CoverageStore(settings.coverage, write=True).close()


def test_a_camera_that_cannot_be_worked_out_is_told_among_those_left_out(
    village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "village"
    shutil.copytree(village, copy)
    settings = Settings(folder=copy)
    shutil.rmtree(settings.coverage)
    with open_services(settings) as services:
        cameras = services.now.fleet.cameras.values()
        some = Wanted.of(cameras, services.now.town.scene).cameras
        bad, real = next(iter(some)), coverage_tasks.footprint

        def failing(camera: Any, *given: Any, **more: Any) -> Any:
            if camera.id == bad:
                raise FloatingPointError("as if")
            return real(camera, *given, **more)

        monkeypatch.setattr(coverage_tasks, "footprint", failing)
        monkeypatch.setattr(coverage_work, "WORTH_A_POOL", 10**9)
        with CityCoverage.over(services) as coverage:
            deadline = time.monotonic() + 240
            while not coverage.is_current and time.monotonic() < deadline:
                time.sleep(0.1)
            assert coverage.known.left_out["not-computed"] == 1
            assert bad not in coverage.known.keys
            assert coverage.known.included == len(some) - 1


@pytest.mark.parametrize("address_of", ANSWERS)
def test_answers_are_as_they_are_declared(web: httpx.Client, address_of: str) -> None:
    answer = web.get(address_of)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    ANSWERS[address_of].model_validate(answer.json())
    if "etag" in answer.headers:
        again = web.get(address_of, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_state_tells_what_is_counted_and_what_is_not(web: httpx.Client, services: Services) -> None:
    state = ready(web)
    cameras = state["cameras"]
    assert cameras["included"] + sum(one["count"] for one in cameras["left_out"]) == services.now.fleet.count
    assert state["city_version"] == services.now.town.scene.version
    built, road = state["figures"]["built"], state["figures"]["road"]
    assert 0 < road["area_m2"] < built["area_m2"] < state["figures"]["ground"]["area_m2"]
    for one in (built, road):
        assert one["covered_m2"] + one["blind_m2"] == pytest.approx(one["area_m2"])
        assert 0 < one["single_m2"] <= one["covered_m2"] == pytest.approx(sum(one["classes_m2"].values()))
    assert set(state["bytes"]) == {"profiles", "footprints", "sums"}


def test_areas_add_up_to_the_city_and_tables_say_the_same(web: httpx.Client) -> None:
    state = ready(web)
    areas = web.get("/api/coverage/areas", params={"level": "city"}).json()["areas"]
    for zone in ("built", "road"):
        for name in ("area_m2", "covered_m2", "single_m2"):
            total = sum(area[zone][name] for area in areas)
            assert total <= state["figures"][zone][name]
            assert total == pytest.approx(state["figures"][zone][name], rel=0.02)
    for lang, first in (("en", "Code"), ("zh", "编码")):
        sheet = web.get("/api/coverage/areas.csv", params={"level": "city"}, headers={"Accept-Language": lang})
        table = pandas.read_csv(io.BytesIO(sheet.content), dtype={first: str})
        assert table[first].tolist() == [area["code"] for area in areas]
        column = {"en": "Built-up ground · Covered (m²)", "zh": "建成区地面 · 覆盖（m²）"}[lang]
        assert table[column].tolist() == [area["built"]["covered_m2"] for area in areas]


def test_roads_have_length_by_the_share_of_their_cells(web: httpx.Client) -> None:
    roads = web.get("/api/coverage/roads").json()["roads"]
    assert roads
    for road in roads:
        assert road["covered_m"] + road["blind_m"] == pytest.approx(road["length_m"], abs=0.3)
        assert road["covered_m"] / max(road["length_m"], 1) == pytest.approx(road["covered_share"], abs=0.01)
    assert [road["blind_m"] for road in roads] == sorted((road["blind_m"] for road in roads), reverse=True)
    sheet = pandas.read_csv(io.BytesIO(web.get("/api/coverage/roads.csv").content))
    assert len(sheet) == len(roads)
    assert sheet["Blind (m)"].sum() == pytest.approx(sum(road["blind_m"] for road in roads))


def test_the_raster_read_back_has_the_figures(web: httpx.Client) -> None:
    answer = web.get("/api/coverage/raster.tif", params={"min_class": "observe"})
    with rasterio.open(io.BytesIO(answer.content)) as raster:
        counts, *tiers, density = (raster.read(band) for band in range(1, raster.count + 1))
        cell = abs(raster.transform.a)
        assert raster.crs.is_projected
    assert (counts == sum(layer.astype(int) for layer in tiers)).all()
    assert ((density > 0) == (counts > 0)).all()
    assert density[density > 0].min() >= 625
    state = web.get("/api/coverage", params={"min_class": "observe"}).json()
    covered = (counts > 0).sum() * cell * cell
    assert covered == pytest.approx(state["figures"]["ground"]["covered_m2"], rel=0.05)


@pytest.mark.parametrize("resolution", [8, 9])
def test_hexagons_add_up_to_the_built_up_ground(web: httpx.Client, resolution: int) -> None:
    state = ready(web)
    features = web.get("/api/coverage/h3", params={"res": resolution}).json()["features"]
    for name in ("area_m2", "covered_m2", "single_m2"):
        total = sum(feature["properties"][name] for feature in features)
        assert total == pytest.approx(state["figures"]["built"][name])
    assert all(h3.get_resolution(feature["id"]) == resolution for feature in features)
    sheet = pandas.read_csv(io.BytesIO(web.get("/api/coverage/h3.csv", params={"res": resolution}).content))
    assert sheet["Blind (m²)"].sum() == pytest.approx(state["figures"]["built"]["blind_m2"])


def test_blind_spots_are_listed_by_size_within_their_area(web: httpx.Client) -> None:
    state = ready(web)
    every = web.get("/api/coverage/blind", params={"min_m2": 0, "limit": 2000}).json()
    assert every["area_m2"] == pytest.approx(state["figures"]["built"]["blind_m2"])
    sizes = [feature["properties"]["area_m2"] for feature in every["features"]]
    assert sizes == sorted(sizes, reverse=True)
    code = next(f["properties"]["area"] for f in every["features"] if f["properties"]["area"])
    some = web.get("/api/coverage/blind", params={"area": code, "min_m2": 0}).json()
    assert 0 < some["count"] <= every["count"]
    assert web.get("/api/coverage/blind", params={"area": "none"}).status_code == 404


def test_tiles_are_pictures_whose_colours_mean_the_numbers(web: httpx.Client, services: Services) -> None:
    west, south, east, north = services.now.town.scene.extent
    z = 14
    x = int(((west + east) / 2 + 180) / 360 * 2**z)
    y = int((1 - np.arcsinh(np.tan(np.radians((south + north) / 2))) / np.pi) / 2 * 2**z)
    drawn = 0
    for layer in LAYERS:
        answer = web.get(f"/tiles/coverage/{z}/{x}/{y}.png", params={"layer": layer, "v": "1"})
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "private, no-cache"
        picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
        assert picture.shape == (256, 256, 4)
        shown = picture[picture[..., 3] > 0][:, :3]
        colours = {tuple(bytes.fromhex(one.colour[1:])) for one in legend(layer, "2014")}
        assert {tuple(colour) for colour in shown.tolist()} <= colours
        drawn += len(shown) > 0
    assert drawn >= 4
    assert web.get(f"/tiles/coverage/{z}/0/0.png").status_code == 200
    assert web.get("/tiles/coverage/3/9/1.png").status_code == 404


def test_too_fine_hexagons_want_a_box(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoserver.coverage_spots.MOST_HEX_BLOCKS", {9: 1})
    answer = web.get("/api/coverage/h3", params={"res": 9})
    assert answer.status_code == 400
    assert "km²" in answer.json()["detail"]


def test_what_a_camera_sees_has_names(web: httpx.Client, services: Services) -> None:
    streets = neighbours = 0
    for camera in list(services.now.fleet.cameras.values())[:40]:
        answer = web.get(f"/api/cameras/{camera.id}/sees")
        if answer.status_code == 409:
            assert not camera.can_be_aimed
            continue
        found = models.Sees.model_validate(answer.json())
        streets += len(found.streets)
        neighbours += len(found.neighbours or ())
        for one in found.neighbours or ():
            assert 0 < one.share <= 1
            assert one.camera != camera.id
        for street in found.streets:
            assert street.class_ in {rung.id for rung in LADDERS["2014"]}
    assert streets > 5
    assert neighbours > 5


def test_after_changes_the_counts_are_those_of_a_fresh_build(
    web: httpx.Client, services: Services, folder: Path, tmp_path: Path
) -> None:
    before = ready(web)
    cameras = [c for c in services.now.fleet.cameras.values() if c.status == "in-service" and c.can_be_aimed]
    turned = cameras[0].model_copy(update={"heading_deg": ((cameras[0].heading_deg or 0.0) + 120.0) % 360.0})
    retired = cameras[1].model_copy(update={"status": "retired"})
    other_tier = cameras[2].model_copy(update={"tier": 1 if cameras[2].tier != 1 else 2})
    services.store.commit([Write.put(one, one.version) for one in (turned, retired, other_tier)])
    services.apply_now()
    after = ready(web)
    assert after["version"] != before["version"]
    assert after["cameras"]["included"] == before["cameras"]["included"] - 1
    fresh = tmp_path / "fresh"
    shutil.copytree(folder, fresh, ignore=shutil.ignore_patterns("coverage"))
    city = next((fresh / "sources").glob("*.toml"))
    command = [
        sys.executable,
        "-m",
        "geoserver",
        "build",
        str(city),
        "--out",
        str(fresh),
        "--only",
        "coverage",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert '"covered"' in done.stdout
    one, other = CoverageStore(folder / "coverage"), CoverageStore(fresh / "coverage")
    assert one.counted() == other.counted()
    assert one.seen_blocks() == other.seen_blocks()
    for (number, kept), (same, anew) in zip(
        one.sums_of(one.seen_blocks()), other.sums_of(other.seen_blocks()), strict=True
    ):
        assert number == same
        assert (kept.counts == anew.counts).all()
    one.close(), other.close()
