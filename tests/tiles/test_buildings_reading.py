"""Reading building files: heights by every rule, bad rows told one by one, bad files refused with a remedy."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tiles.city import Source
from tiles.errors import BadSource, MissingCRS, MissingDatum
from tiles.footprints import Footprints
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.sources.buildings import read_footprints
from tiles.sources.heights import DEFAULT_M, DEFAULTS_M

FRAME = CityFrame(106.82, 39.66)
# A plane that rises 0.1 m a metre eastward, so lowest and median ground differ under every footprint.
_COLUMNS = np.arange(-1000, 1001, 10) * 0.1 + 1040
GROUND = HeightGrid(np.tile(_COLUMNS.astype(np.float32), (201, 1)), -1000.0, 1000.0, 10.0)


def lonlat(shape: Any) -> Any:
    return shapely.transform(shape, lambda xy: np.column_stack(FRAME.to_lonlat(xy[:, 0], xy[:, 1])))


def square(x: float = 0.0, y: float = 0.0, width: float = 10.0) -> Any:
    return shapely.box(x, y, x + width, y + width)


def written(folder: Path, shapes: list[Any], file: str = "b.gpkg", crs: Any = "EPSG:4326", **columns: Any) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=[lonlat(s) if s is not None else None for s in shapes], crs=crs)
    frame.to_file(folder / file)
    return folder / file


def read(file: Path, **source: Any) -> Footprints:
    return read_footprints([Source("buildings", file, **source)], FRAME, GROUND)


def codes(footprints: Footprints) -> list[tuple[str, int]]:
    return [(notice["code"], notice["row"]) for notice in footprints.notices]


@pytest.mark.parametrize("name", ["b.gpkg", "b.shp", "b.geojson", "b.fgb"])
def test_formats_give_the_same_building(tmp_path: Path, name: str) -> None:
    made = read(written(tmp_path, [square()], name, height=[12.0], name=["市政府"]))
    assert len(made) == 1
    assert made.attributes["name"] == ("市政府",)
    np.testing.assert_allclose(made.bounds_m[0], [0, 0, 10, 10], atol=2e-3)


def test_base_and_roof_stand_on_the_ground(tmp_path: Path) -> None:
    made = read(written(tmp_path, [square(width=20)], height=[12.0]))
    # Corners at x = 0 and 20, centre at 10: lowest 1040.0, median 1041.0.
    assert made.base_m[0] == pytest.approx(1040.0 - 0.5, abs=1e-3)
    assert made.roof_m[0] == pytest.approx(1041.0 + 12.0, abs=1e-3)
    assert made.attributes["height_m"][0] == pytest.approx(12.0, abs=1e-3)


def test_heights_by_every_rule_are_counted(tmp_path: Path) -> None:
    shapes = [square(20.0 * i) for i in range(5)]
    file = written(
        tmp_path,
        shapes,
        height=["12.5 m", None, None, "40 ft", ""],
        层数=[3.0, 6.0, np.nan, np.nan, np.nan],
        use=["住宅", "住宅", "住宅", "", "odd"],
    )
    made = read(file)
    assert made.attributes["height_m"] == pytest.approx([12.5, 18.0, DEFAULTS_M["住宅"], 12.192, DEFAULT_M], abs=0.002)
    assert made.attributes["storeys"] == (3, 6, 0, 0, 0)
    assert made.counts["given_height"] == 2
    assert made.counts["storeys"] == 1
    assert made.counts["assumed_by_use"] == 2


def test_impossible_heights_are_told_and_the_building_stays(tmp_path: Path) -> None:
    shapes = [square(20.0 * i) for i in range(6)]
    file = written(tmp_path, shapes, height=["-3", "1e9", "tall", "inf", "nan", "0"])
    made = read(file)
    assert len(made) == 6
    assert codes(made) == [("height-refused", 0), ("height-refused", 1), ("height-refused", 2), ("height-refused", 3)]
    assert [notice["value"] for notice in made.notices] == ["-3", "1e9", "tall", "inf"]
    assert {notice["file"] for notice in made.notices} == {"b.gpkg"}
    assert all(notice["remedy"] for notice in made.notices)
    assert made.counts["height_refused"] == 4
    assert np.isfinite(made.roof_m).all()


def test_no_height_columns_at_all(tmp_path: Path) -> None:
    made = read(written(tmp_path, [square(), square(40)]))
    assert made.counts["assumed_by_use"] == 2
    assert made.attributes["height_m"] == pytest.approx([DEFAULT_M] * 2, abs=0.002)


def test_named_columns_win_and_a_wrong_name_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, [square()], height=[99.0], etage=[4])
    made = read(file, columns={"storeys": "etage"}, values={"use": "office"})
    assert (made.attributes["storeys"], made.attributes["use"]) == ((4,), ("office",))
    with pytest.raises(BadSource, match="no column 'hohe'; it has height, etage"):
        read(file, columns={"height_m": "hohe"})


def test_given_roofs_need_a_datum_and_are_made_ellipsoidal(tmp_path: Path) -> None:
    file = written(tmp_path, [square(), square(40)], roof=[1100.0, 900.0])
    with pytest.raises(MissingDatum):
        read(file, columns={"roof_m": "roof"})
    made = read(file, columns={"roof_m": "roof"}, vertical_datum="EGM96")
    assert made.roof_m[0] == pytest.approx(1100 - 39.75, abs=0.3)
    assert codes(made) == [("roof-refused", 1)]
    assert made.counts["given_roof"] == 1


def test_no_crs_is_refused_and_a_given_one_is_used(tmp_path: Path) -> None:
    file = written(tmp_path, [square()], "b.shp", height=[9.0])
    (tmp_path / "b.prj").unlink()
    with pytest.raises(MissingCRS, match="no coordinate reference system"):
        read(file)
    np.testing.assert_allclose(read(file, crs="CGCS2000").bounds_m[0], [0, 0, 10, 10], atol=2e-3)


def test_offset_systems_are_undone(tmp_path: Path) -> None:
    """The published offset is some 500 m here; undone, the building is where the plain file puts it."""
    from prcoords import wgs_bd, wgs_gcj

    plain = read(written(tmp_path, [square()], height=[9.0])).bounds_m[0]
    for crs, shift in (("GCJ-02", wgs_gcj), ("BD-09", wgs_bd)):

        def moved(xy: np.ndarray, shift: Any = shift) -> np.ndarray:
            return np.array([tuple(shift((lat, lon)))[::-1] for lon, lat in xy])

        frame = gpd.GeoDataFrame({"height": [9.0]}, geometry=[shapely.transform(lonlat(square()), moved)])
        frame.set_crs("EPSG:4326").to_file(tmp_path / f"{crs}.gpkg")
        assert np.hypot(*(read(tmp_path / f"{crs}.gpkg").bounds_m[0] - plain)[:2]) > 300
        np.testing.assert_allclose(read(tmp_path / f"{crs}.gpkg", crs=crs).bounds_m[0], plain, atol=0.5)


def test_broken_geometry_is_repaired_or_told(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    sliver = shapely.Polygon([(100, 0), (140, 0), (140, 0.001)])
    file = written(
        tmp_path,
        [square(200), bow_tie, None, shapely.Point(50, 50), shapely.LineString([(0, 50), (9, 50)]), sliver,
         shapely.Polygon(), square(200, 0.02)],
        "b.geojson",
        height=[9.0] * 8,
    )  # fmt: skip
    made = read(file)
    assert codes(made) == [
        ("no-geometry", 2), ("no-geometry", 6), ("not-a-polygon", 3), ("not-a-polygon", 4), ("sliver", 5),
        ("double", 7),
    ]  # fmt: skip
    assert len(made) == 2
    assert made.counts["repaired"] == 1
    assert sum(shapely.Polygon(ring).area for ring in made.rings(1)) == pytest.approx(50, rel=1e-3)


def test_holes_and_parts_are_kept_with_their_directions(tmp_path: Path) -> None:
    court = square(0, 0, 30).difference(square(10, 10, 10))
    both = shapely.MultiPolygon([court, square(100, 0, 10)])
    made = read(written(tmp_path, [both], height=[9.0]))
    assert len(made) == 1
    assert sorted(len(ring) for ring in made.rings(0)) == [4, 4, 4]
    turns = [shapely.LinearRing(ring).is_ccw for ring in made.rings(0)]
    assert turns in ([True, False, True], [True, True, False])


def test_ids_are_unique_and_stable(tmp_path: Path) -> None:
    shapes = [square(20.0 * i) for i in range(4)]
    file = written(tmp_path, shapes, id=["a", "a", None, "c"], height=[9.0] * 4)
    made, again = read(file), read(file)
    assert made.ids == again.ids
    assert len(set(made.ids)) == 4
    assert made.ids[0] == "a"
    assert made.ids[1].startswith("a~")
    assert made.counts["repeated_ids"] == 1


def test_buildings_outside_the_city_are_left_out_and_a_wrong_crs_is_noticed(tmp_path: Path) -> None:
    made = read(written(tmp_path, [square(), square(50_000)], height=[9.0, 9.0]))
    assert (len(made), made.counts["outside"]) == (1, 1)
    assert not made.notices
    lost = read(written(tmp_path, [square()], "c.shp", height=[9.0]), crs="EPSG:32650")
    assert (len(lost), codes(lost)) == (0, [("sliver", 0), ("none-inside", 0)])


def test_positions_beyond_the_world_are_told(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"height": [9.0, 9.0]}, geometry=[lonlat(square()), shapely.box(500, 95, 501, 96)])
    frame.set_crs("EPSG:4326").to_file(tmp_path / "b.gpkg")
    made = read(tmp_path / "b.gpkg")
    assert (len(made), codes(made)) == (1, [("no-position", 1)])


def test_an_empty_file_gives_an_empty_city(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"height": []}, geometry=[], crs="EPSG:4326")
    frame.to_file(tmp_path / "b.gpkg")
    made = read(tmp_path / "b.gpkg")
    assert len(made) == 0
    assert made.counts["rows"] == 0


def test_a_layer_of_points_gives_no_building_but_tells_each(tmp_path: Path) -> None:
    made = read(written(tmp_path, [shapely.Point(0, 0), shapely.Point(5, 5)], height=[9.0, 9.0]))
    assert (len(made), codes(made)) == (0, [("not-a-polygon", 0), ("not-a-polygon", 1), ("none-inside", 0)])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "not a map", "cannot be read"),
        ("a.geojson", "{", "cannot be read"),
        ("a.csv", "x,y\n1,2\n", "no geometry"),
    ],
)
def test_files_that_are_no_maps_are_refused(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(BadSource, match=message):
        read(tmp_path / name)


def test_missing_files_and_layers_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="no such file"):
        read(tmp_path / "none.gpkg")
    file = written(tmp_path, [square()], height=[9.0])
    with pytest.raises(BadSource, match="no layer 'houses'; it has b"):
        read(file, layer="houses")


@pytest.mark.shared
def test_real_files(shared_data: Path) -> None:
    """Five open data sets of different kinds: all buildings read, nothing assumed in silence."""
    for name, place, least in (
        ("dem/alexandria_2m/buildings.shp", (-77.05, 38.81), 84),
        ("buildings/footprints/boulder_buildings.zip", (-105.25, 40.02), 13_400),
        ("buildings/footprints/bubenec.gpkg", (14.40, 50.10), 144),
        ("buildings/footprints/firenze_protomaps.pmtiles", (11.25, 43.77), 49_000),
        ("osm/helsinki_centre.osm.pbf", (24.94, 60.17), 470),
    ):
        ground = HeightGrid(np.full((401, 401), 100.0, np.float32), -20_000.0, 20_000.0, 100.0)
        source = Source("buildings", shared_data / name)
        made = read_footprints([source], CityFrame(*place), ground)
        counts = made.counts
        assert len(made) >= least
        known = ("given_roof", "given_height", "storeys", "assumed_by_use")
        assert sum(counts[kind] for kind in known) == len(made)
        flaws = ("no_geometry", "not_a_polygon", "no_position", "sliver", "double", "outside")
        assert sum(counts[flaw] for flaw in flaws) + len(made) == counts["rows"]
        assert len(set(made.ids)) == len(made)
        assert (made.roof_m > made.base_m).all()
