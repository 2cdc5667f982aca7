"""Vector sources of every make end in the same canonical layers."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import prcoords
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from tiles import china
from tiles.errors import BadSource, MissingCRS, NotBuilt
from tiles.geodesy import CityFrame
from tiles.junctions import junctions, short
from tiles.vectors import (
    LAYERS,
    WATER,
    area_level,
    make_vectors,
    parent_code,
    read_layer,
    road_class,
    road_way,
    road_width_m,
)

FRAME = CityFrame(106.8, 39.6)


@dataclass(frozen=True)
class Source:
    file: Path
    layer: str | None = None
    crs: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class City:
    roads: tuple[Source, ...] = ()
    water: tuple[Source, ...] = ()
    landuse: tuple[Source, ...] = ()
    areas: tuple[Source, ...] = ()
    places: tuple[Source, ...] = ()


def write(folder: Path, name: str, columns: dict, shapes: list, crs: str | None = "EPSG:4326") -> Path:
    path = folder / name
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path)
    return path


def at(x_m: float, y_m: float) -> tuple[float, float]:
    return FRAME.to_lonlat(x_m, y_m)


def line(*places_m: tuple[float, float]) -> LineString:
    return LineString([at(*p) for p in places_m])


def test_osm_headings_fill_the_canonical_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "roads.gpkg",
        {
            "osm_id": ["11", "12", "13"],
            "highway": ["primary_link", None, "living_street"],
            "name": ["人民路", "无", "和平街"],
            "name:en": ["Renmin Road", None, None],
            "lanes": ["4", None, None],
        },
        [line((0, 0), (100, 0)), line((5, 5), (9, 9)), line((50, -80), (50, 80))],
    )
    counts = make_vectors(City(roads=(Source(path),)), FRAME, tmp_path / "out")
    roads = read_layer(tmp_path / "out", "roads").set_index("id")
    assert counts["roads"] == 2
    assert list(roads.loc["11", ["name", "name_en", "class", "width_m"]]) == ["人民路", "Renmin Road", "primary", 14.0]
    assert list(roads.loc["13", ["name_en", "class", "width_m"]]) == ["", "residential", 7.0]


def test_chinese_headings_and_metric_crs(tmp_path: Path) -> None:
    shapes = gpd.GeoSeries([line((0, 0), (100, 0))], crs="EPSG:4326").to_crs("EPSG:4544")
    path = write(
        tmp_path,
        "路.geojson",
        {"编号": ["A1"], "道路名称": ["滨河大道"], "道路等级": ["主干路"], "路宽": ["32 m"]},
        [shapes[0]],
        "EPSG:4544",
    )
    make_vectors(City(roads=(Source(path),)), FRAME, tmp_path / "out")
    road = read_layer(tmp_path / "out", "roads").iloc[0]
    assert (road["id"], road["name"], road["class"], road["width_m"]) == ("A1", "滨河大道", "primary", 32.0)
    assert np.allclose(road.geometry.coords[1], at(100, 0), atol=1e-7)


def test_osm_tags_in_one_column(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "lines.gpkg",
        {"highway": ["primary"], "name": ["人民路"], "other_tags": ['"name:en"=>"Renmin Road","width"=>"21"']},
        [line((0, 0), (100, 0))],
    )
    make_vectors(City(roads=(Source(path),)), FRAME, tmp_path / "out")
    road = read_layer(tmp_path / "out", "roads").iloc[0]
    assert (road["name_en"], road["width_m"]) == ("Renmin Road", 21.0)


def test_stated_columns_win_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "r.gpkg", {"name": ["x"], "title": ["滨河路"]}, [line((0, 0), (1, 1))])
    make_vectors(City(roads=(Source(path, columns={"name": "title"}),)), FRAME, tmp_path / "out")
    assert read_layer(tmp_path / "out", "roads")["name"][0] == "滨河路"
    with pytest.raises(BadSource, match=r"no column \"nope\".*It has: name, title"):
        make_vectors(City(roads=(Source(path, columns={"name": "nope"}),)), FRAME, tmp_path / "out")


def test_no_crs_is_refused_and_a_stated_one_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "r.shp", {"name": ["a"]}, [line((0, 0), (9, 9))])
    path.with_suffix(".prj").unlink()
    with pytest.raises(MissingCRS, match=r"r\.shp"):
        make_vectors(City(roads=(Source(path),)), FRAME, tmp_path / "out")
    make_vectors(City(roads=(Source(path, crs="EPSG:4326"),)), FRAME, tmp_path / "out")
    with pytest.raises(BadSource, match="not a known reference system"):
        make_vectors(City(roads=(Source(path, crs="EPSG:banana"),)), FRAME, tmp_path / "out")


@pytest.mark.parametrize(("content", "said"), [(None, "does not exist"), ("rubbish", "cannot be read")])
def test_unreadable_files_are_named(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "roads.gpkg"
    if content:
        path.write_text(content)
    with pytest.raises(BadSource, match=said):
        make_vectors(City(roads=(Source(path),)), FRAME, tmp_path / "out")


@pytest.mark.parametrize(("system", "outward"), [("GCJ-02", prcoords.wgs_gcj), ("BD-09", prcoords.wgs_bd)])
def test_chinese_offsets_are_undone(tmp_path: Path, system: str, outward: object) -> None:
    true = [(106.8, 39.6), (106.81, 39.61)]
    moved = LineString([tuple(outward((lat, lon)))[::-1] for lon, lat in true])  # type: ignore[operator]
    path = write(tmp_path, "r.geojson", {"name": ["a"]}, [moved])
    make_vectors(City(roads=(Source(path, crs=system),)), FRAME, tmp_path / "out")
    got = np.array(read_layer(tmp_path / "out", "roads").geometry[0].coords)
    assert np.abs(got - true).max() < 1e-7
    assert np.abs(np.array(moved.coords) - true).max() > 1e-3


def test_offsets_do_not_apply_abroad() -> None:
    assert np.allclose(china.to_wgs84(-77.05, 38.8, "GCJ-02"), (-77.05, 38.8))


def test_shapes_are_repaired_and_empty_ones_dropped(tmp_path: Path) -> None:
    bow = Polygon([(106.8, 39.6), (106.81, 39.61), (106.81, 39.6), (106.8, 39.61)])
    rows = [
        {"type": "Feature", "properties": {"natural": "water"}, "geometry": shapely.geometry.mapping(bow)},
        {"type": "Feature", "properties": {"natural": "water"}, "geometry": None},
    ]
    path = tmp_path / "w.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    assert make_vectors(City(water=(Source(path),)), FRAME, tmp_path / "out")["water"] == 1
    shape = read_layer(tmp_path / "out", "water").geometry[0]
    assert shape.is_valid
    assert isinstance(shape, MultiPolygon)


def test_a_city_without_sources_has_empty_layers(tmp_path: Path) -> None:
    make_vectors(City(), FRAME, tmp_path)
    for name, columns in LAYERS.items():
        table = read_layer(tmp_path, name)
        assert len(table) == 0
        assert [*columns, "geometry"] == list(table.columns)


def test_no_vectors_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt):
        read_layer(tmp_path, "roads")


def test_areas_get_level_and_parent_from_their_code(tmp_path: Path) -> None:
    codes = ["1503", "150302", "150302001", "150302001005"]
    path = write(tmp_path, "a.gpkg", {"code": codes, "名称": list("市区街社")}, [box(106, 39, 107, 40)] * 4)
    make_vectors(City(areas=(Source(path),)), FRAME, tmp_path / "out")
    areas = read_layer(tmp_path / "out", "areas")
    assert list(areas["level"]) == ["city", "district", "street", "community"]
    assert list(areas["parent"]) == ["", "1503", "150302", "150302001"]


def test_area_levels() -> None:
    assert [area_level(None, c) for c in ("150300", "150302000000", "150302001000", "150302001005")] == [
        "city", "district", "street", "community",
    ]  # fmt: skip
    assert area_level("街道", "") == "street"
    assert parent_code("150302", {"150300", "150302"}) == "150300"


def test_places_take_a_point_of_their_shape(tmp_path: Path) -> None:
    path = write(
        tmp_path, "p.gpkg", {"name": ["广场", None], "place": ["square", "x"]}, [box(106.8, 39.6, 106.81, 39.61)] * 2
    )
    make_vectors(City(places=(Source(path),)), FRAME, tmp_path / "out")
    places = read_layer(tmp_path / "out", "places")
    assert list(places["kind"]) == ["square"]
    assert isinstance(places.geometry[0], Point)


def roads(*rows: tuple[str, str, str, float, LineString]) -> gpd.GeoDataFrame:
    names, english, classes, grades, lines = zip(*rows, strict=True)
    columns = {"name": names, "name_en": english, "class": classes, "grade": grades}
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs="EPSG:4326")


def test_junction_of_two_names() -> None:
    table = junctions(
        roads(
            ("和平街", "Heping Street", "residential", 0.0, line((50, -80), (50, -0.5))),
            ("人民路", "Renmin Road", "primary", 0.0, line((0, 0), (60, 0))),
            ("人民路", "", "primary", 0.0, line((60, 0), (100, 0))),
            ("", "", "service", 0.0, line((20, -10), (20, 10))),
        ),
        FRAME,
    )
    assert list(table["name"]) == ["人民路与和平街交叉口"]
    assert list(table["name_en"]) == ["Renmin Rd & Heping St"]
    x, y = FRAME.to_metric(table.geometry[0].x, table.geometry[0].y)
    assert abs(x - 50) < 0.1
    assert abs(y) < 0.6


def test_bridges_do_not_meet_and_carriageways_meet_once() -> None:
    crossing = [
        ("A路", "", "primary", 0.0, line((-500, 0), (500, 0))),
        ("A路", "", "primary", 0.0, line((-500, 20), (500, 20))),
        ("B街", "", "secondary", 0.0, line((0, -500), (0, 500))),
        ("C高架", "", "trunk", 1.0, line((200, -500), (200, 500))),
    ]
    table = junctions(roads(*crossing), FRAME)
    assert list(table["name"]) == ["A路与B街交叉口"]


def test_two_names_that_meet_twice_far_apart_have_two_junctions_with_their_own_ids() -> None:
    table = junctions(
        roads(
            ("A路", "", "primary", 0.0, line((-500, 0), (500, 0))),
            ("环路", "", "primary", 0.0, line((-300, -300), (-300, 300), (300, 300), (300, -300))),
        ),
        FRAME,
    )
    assert len(table) == 2
    assert table["id"].is_unique


def test_ids_are_unique_and_kept_where_they_can_be(tmp_path: Path) -> None:
    path = write(tmp_path, "r.gpkg", {"id": ["7", "7", None], "name": list("abc")}, [line((0, 0), (1, 1))] * 3)
    make_vectors(City(roads=(Source(path),)), FRAME, tmp_path / "out")
    ids = read_layer(tmp_path / "out", "roads")["id"]
    assert ids[0] == "7"
    assert ids.is_unique


def test_words() -> None:
    assert road_class("motorway_link") == "motorway"
    assert road_class("次干路") == "secondary"
    assert road_class("via appia") == "residential"
    assert road_width_m("primary", None, None) == 18.0
    assert road_width_m("primary", "nonsense", "2") == 7.0
    assert short("Peace Boulevard") == "Peace Blvd"


@pytest.mark.shared
def test_a_real_extract(shared_data: Path, tmp_path: Path) -> None:
    """Helsinki's centre as OSM publishes it: roads, water, land use and places come out named."""
    osm = shared_data / "osm" / "helsinki_centre.osm.pbf"
    lines, polygons, points = Source(osm, "lines"), Source(osm, "multipolygons"), Source(osm, "points")
    frame = CityFrame(24.94, 60.17)
    city = City(roads=(lines,), water=(lines, polygons), landuse=(polygons,), places=(points,))
    counts = make_vectors(city, frame, tmp_path)
    assert counts["roads"] > 500
    assert counts["junctions"] > 100
    assert counts["places"] > 20
    assert 10 < counts["water"] < counts["roads"]
    assert set(read_layer(tmp_path, "water")["kind"]) <= WATER
    names = set(read_layer(tmp_path, "roads")["name"])
    assert "Mannerheimintie" in names


def test_one_ways_are_kept_with_the_order_of_their_points(tmp_path: Path) -> None:
    lines = [LineString([(106.8, 39.6), (106.81, 39.6)])] * 4
    columns = {"highway": ["primary"] * 4, "oneway": ["yes", "-1", "no", None]}
    make_vectors(City(roads=(Source(write(tmp_path, "roads", columns, lines)),)), FRAME, tmp_path / "out")
    roads = read_layer(tmp_path / "out", "roads")
    assert roads["oneway"].tolist() == ["forward", "backward", "", ""]
    assert all(shape.coords[0] == (106.8, 39.6) for shape in roads.geometry)
    assert [road_way(word) for word in ("T", "B", 1, "1.0", "单行", float("nan"))] == [
        "backward", "", "forward", "forward", "forward", "",
    ]  # fmt: skip
