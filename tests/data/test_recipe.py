"""The demo city's recipe, on the village: the same each time, sound geometry, cameras where cameras stand."""

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely

from data.recipe.buildings import Building
from data.recipe.clear_view import turned
from data.recipe.high_cameras import on_roofs
from data.recipe.make import make
from data.recipe.plan import read_divisions, read_plan
from data.recipe.situation import FILES
from data.recipe.spots import FIXED, Spot

LAYERS = ("buildings", "roads", "water", "landuse", "areas", "places")


@pytest.fixture(scope="module")
def village(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("village"), "village").parent


def layer(folder: Path, name: str) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(folder / f"{name}.gpkg")


def metric(folder: Path, name: str) -> gpd.GeoDataFrame:
    return layer(folder, name).to_crs(read_plan("village").frame.crs)


def cameras(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "cameras.csv", dtype=str, keep_default_na=False)


def places_m(folder: Path) -> np.ndarray:
    table = cameras(folder)
    x, y = read_plan("village").frame.to_metric(table["经度"].astype(float), table["纬度"].astype(float))
    return np.column_stack([x, y])


def hashes(folder: Path) -> dict[str, str]:
    """The hash of each file's bytes: a build of the same city finds nothing to do."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_twice_gives_the_same_bytes(village, tmp_path):
    steps = []
    again = make(tmp_path / "again", "village", lambda *step: steps.append(step)).parent
    assert hashes(again) == hashes(village)
    assert len(hashes(village)) == len(LAYERS) + 3 + len(FILES)
    assert steps[0] == ("water", 0, 9)
    assert steps[-1] == ("situation", 9, 9)


def test_counts_and_kinds(village):
    buildings, table = layer(village, "buildings"), cameras(village)
    assert 150 <= len(buildings) <= 300
    assert buildings["storeys"].max() >= 18
    assert any(len(g.interiors) for g in buildings.geometry), "a courtyard"
    assert len(table) == read_plan("village").cameras
    tiers = table["层级"].value_counts()
    assert tiers["1"] >= 1
    assert tiers["2"] >= 4
    assert tiers["3"] >= 40
    assert set(table["类型"]) == {"枪机", "球机"}


def test_buildings_are_apart_and_off_roads_and_water(village):
    buildings = metric(village, "buildings").geometry.to_numpy()
    assert shapely.is_valid(buildings).all()
    first, second = shapely.STRtree(buildings).query(buildings, predicate="dwithin", distance=1.0)
    assert (first == second).all()
    roads = metric(village, "roads")
    carriageways = shapely.buffer(roads.geometry.to_numpy(), roads["width_m"].to_numpy() / 2, cap_style="flat")
    assert not len(shapely.STRtree(buildings).query(carriageways, predicate="intersects")[1])
    water = metric(village, "water").geometry.union_all()
    assert not shapely.intersects(buildings, water).any()


def test_heights_follow_storeys(village):
    buildings = layer(village, "buildings")
    storey_m = buildings["height_m"] / buildings["storeys"]
    assert storey_m.between(2.8, 6.5).all()


def test_addresses_are_unique_and_name_a_road(village):
    buildings, roads = layer(village, "buildings"), set(layer(village, "roads")["name"])
    assert not buildings["address"].duplicated().any()
    assert not buildings["id"].duplicated().any()
    stems = buildings["address"].str.extract(r"^(.+?)\d+号")[0]
    assert set(stems) <= roads


def test_roads_meet_at_shared_vertices(village):
    roads = metric(village, "roads")
    vertices: dict[tuple[float, float], set[int]] = {}
    for i, line in enumerate(roads.geometry):
        for x, y in line.coords:
            vertices.setdefault((round(x, 1), round(y, 1)), set()).add(i)
    shared = {i for touching in vertices.values() if len(touching) > 1 for i in touching}
    assert shared == set(range(len(roads))), "a road that meets no other"


def test_street_cameras_stand_outside_buildings_and_roof_cameras_on_one(village):
    table, points = cameras(village), shapely.points(places_m(village))
    buildings = metric(village, "buildings")
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    inside, carrier = tree.query(points, predicate="within")
    on_roof = table["用途"].eq("制高点监控").to_numpy()
    assert set(np.flatnonzero(on_roof)) <= set(inside)
    assert table["用途"].isin(["高空瞭望", "制高点监控"]).to_numpy()[inside].all(), "a street camera in a building"
    for camera, building in zip(inside, carrier, strict=True):
        assert float(table["离地高"].iloc[camera].removesuffix("米")) > buildings["height_m"].iloc[building]


def test_street_cameras_look_along_open_ground(village):
    """In the stated direction, which is a tenth of a degree rough, no wall is nearer than eleven metres."""
    table, points = cameras(village), places_m(village)
    high = table["用途"].isin(["高空瞭望", "制高点监控"])
    stated = ((table["方位角"] != "") & ~high).to_numpy()
    assert stated.sum() > 40
    frame = read_plan("village").frame
    turn = frame.convergence_deg(table["经度"].astype(float).to_numpy(), table["纬度"].astype(float).to_numpy())
    true_deg = table["方位角"].str.removesuffix("°")[stated].astype(float).to_numpy()
    heading = np.radians(true_deg - np.asarray(turn)[stated])
    start = points[stated]
    ahead = np.column_stack([np.sin(heading), np.cos(heading)])
    lines = shapely.linestrings(np.stack([start, start + 11 * ahead], axis=1))
    blocked, _ = shapely.STRtree(metric(village, "buildings").geometry.to_numpy()).query(lines, predicate="intersects")
    assert len(blocked) == 0


def test_a_roof_camera_looks_away_from_its_higher_neighbour():
    def building(number, left, height):
        shape = shapely.box(left, 0, left + 20, 24)
        return Building(f"B{number}", "楼", "House", "residential", "block", 10, height, "路1号", "1", 0, shape)

    pair = [building(1, 0, 30.0), building(2, 30, 60.0)]
    for seed in range(12):
        rng = np.random.Generator(np.random.PCG64(seed))
        aims = {spot.height_m < 40: spot.heading_deg for spot in on_roofs(pair, 2, rng)}
        assert aims[True] != pytest.approx(90.0), "into the higher building"


def test_a_camera_before_a_wall_is_turned_and_one_in_a_shaft_is_not_put_up():
    spot = Spot(0.0, 0.0, 4.0, 3, FIXED, 90.0, -10.0, 60.0, None, None, "estate", "门", "gate", "小区治安")
    wall = shapely.box(3.5, -30, 9, 30)
    assert turned([spot], shapely.STRtree([shapely.box(30, -30, 31, 30)])) == [spot]
    (off,) = turned([spot], shapely.STRtree([wall]))
    assert off.heading_deg == pytest.approx(165.0), "75 degrees are the least that pass the wall"
    shaft = shapely.difference(shapely.box(-9, -9, 9, 9), shapely.box(-3, -3, 3, 3))
    assert turned([spot], shapely.STRtree([shaft])) == []
    assert turned([], shapely.STRtree([wall])) == []


def test_ids_follow_the_standard_and_streams_are_private(village):
    table = cameras(village)
    assert table["设备编码"].str.fullmatch(r"15030[234]\d{12}\d{2}").all() or table["设备编码"].str.len().eq(20).all()
    assert not table["设备编码"].duplicated().any()
    assert table["主码流"].str.match(r"rtsp://\w+:\w+@10\.\d+\.\d+\.\d+:554/").all()


def check_areas(folder: Path) -> None:
    """Areas of one level do not overlap; they cover their parent, the communities of a street its land only."""
    areas, water = metric(folder, "areas"), metric(folder, "water").geometry.union_all()
    by_code = areas.set_index("code").geometry
    for level in ("district", "street", "community"):
        for parent, children in areas[areas["level"] == level].groupby("parent"):
            whole, parts = by_code[parent], children.geometry
            together = parts.union_all()
            assert abs(parts.area.sum() - together.area) < 1.0, "children overlap"
            assert together.difference(whole).area < 1.0
            bare = whole.difference(together)
            if level != "community":
                assert bare.area < 1.0
            elif not bare.is_empty:
                # Islands of the lake count as lake; shores are followed to a few metres.
                islands = shapely.union_all([shapely.Polygon(g.exterior) for g in shapely.get_parts(water)])
                assert bare.difference(islands.buffer(8.0)).area < 1.0
            if level == "community":
                assert together.intersection(water).area < 8.0 * together.length


def segments(shape: shapely.Geometry) -> set[frozenset[tuple[float, float]]]:
    """The straight pieces of a border, by their ends."""
    rings = [line.coords[:] for line in shapely.get_parts(shapely.boundary(shape))]
    return {frozenset(pair) for ring in rings for pair in pairwise(ring)}


def check_shared_borders(folder: Path) -> None:
    """Every straight piece of a parent's border is, with the same two ends, one of its children's."""
    areas = layer(folder, "areas")
    by_code = areas.set_index("code").geometry
    for level in ("district", "street"):
        for parent, children in areas[areas["level"] == level].groupby("parent"):
            of_children = set().union(*(segments(shape) for shape in children.geometry))
            assert segments(by_code[parent]) <= of_children


def test_areas_cover_their_parents(village):
    assert set(layer(village, "areas")["level"]) == {"city", "district", "street", "community"}
    check_areas(village)


def test_borders_of_all_levels_are_the_same_lines(village):
    check_shared_borders(village)


def test_ground_is_a_plain_with_a_level_river_and_a_ridge(village):
    with rasterio.open(village / "ground.tif") as file:
        height = file.read(1)
        assert file.crs.to_epsg() == 4326
        assert np.isfinite(height).all()
        water = layer(village, "water").geometry.union_all()
        deep = shapely.get_coordinates(shapely.make_valid(water.buffer(-0.0003)).representative_point())
        level = np.array([v[0] for v in file.sample(deep)])
    assert 1070 < np.median(height) < 1110
    assert (abs(level - 1076.2) < 0.3).all()
    assert height.max() > 1180
    # No cliffs or spikes: neighbours 10 m apart differ by less than a very steep slope.
    assert np.abs(np.diff(height, axis=0)).max() < 15
    assert np.abs(np.diff(height, axis=1)).max() < 15


def test_divisions_are_complete_and_hang_together():
    rows = read_divisions()
    count = {level: sum(d.level == level for d in rows) for level in ("city", "district", "street", "community")}
    assert count == {"city": 1, "district": 3, "street": 22, "community": 87}
    codes = {d.code for d in rows}
    assert all(d.parent in codes for d in rows if d.level != "city")
    assert all(d.code.startswith(d.parent[:4]) for d in rows if d.parent)


def test_division_names_are_those_of_the_published_list(shared_data):
    facts = json.loads((shared_data / "admin" / "wuhai_divisions.json").read_text(encoding="utf-8"))
    ours = {d.code: d.name for d in read_divisions()}
    assert all(ours[s["code"]] == s["name"] for s in facts["streets"] + facts["districts"])
    assert {c["code"] for c in facts["communities"]} <= set(ours)


@pytest.mark.city
def test_the_whole_city(tmp_path):
    folder = make(tmp_path / "city", "city").parent
    buildings, table = layer(folder, "buildings"), cameras(folder)
    assert len(buildings) >= 25_000
    assert len(table) == 7000
    complete = table[table["层级"] != ""]["层级"].value_counts()
    assert complete["1"] == 30
    assert 380 <= complete["2"] <= 400
    assert 200 <= (table["方位角"] == "").sum() <= 360
    assert 120 <= (table["离地高"] == "").sum() <= 280
    assert 90 <= (table["层级"] == "").sum() <= 190
    assert table["权属单位"].nunique() >= 30
    areas = layer(folder, "areas")
    assert areas["level"].value_counts().to_dict() == {"community": 87, "street": 22, "district": 3, "city": 1}
    assert set(buildings["area"]) <= set(areas["code"])
    check_areas(folder)
    check_shared_borders(folder)
    wet = shapely.union_all(layer(folder, "water").geometry.to_numpy())
    widest = shapely.get_point(shapely.maximum_inscribed_circle(areas.geometry.to_numpy(), tolerance=0.0002), 0)
    assert not shapely.intersects(wet, widest).any(), "a name in the lake"
    with rasterio.open(folder / "ground.tif") as file:
        assert file.bounds.left < 106.6001
        assert file.bounds.top > 39.9199
        lake = np.array(
            [v[0] for v in file.sample([(106.775, 39.64), (106.78, 39.67), (106.76, 39.72), (106.75, 39.66)])]
        )
        plain = np.array([v[0] for v in file.sample([(106.82, 39.67), (106.71, 39.50), (106.79, 39.75)])])
        height = file.read(1)
    assert (lake == np.float32(1076.0)).all(), "the lake is flat"
    assert (np.abs(plain - 1085) < 25).all()
    assert 1950 < height.max() < 2250
    assert 1060 < height.min() < 1070
