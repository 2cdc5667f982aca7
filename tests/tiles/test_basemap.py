"""The flat map: exact coverage, seamless tiles, labels that no border cuts, and clear refusals."""

import io
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image
from shapely.geometry import LineString, Point, Polygon, box

from tiles.basemap import draw
from tiles.basemap.draw import AHEAD_ZOOM, MIN_ZOOM, BadTile, Drawer, blocks_of, make_basemap, tiles_of
from tiles.basemap.fonts import FontBook, Label, MissingFont
from tiles.basemap.lines import along, dashes
from tiles.basemap.mercator import BLOCK_PX, TILE_PX, Window, metres_per_px, to_lonlat, to_unit
from tiles.basemap.relief import make_levels
from tiles.basemap.style import DARK, STYLES
from tiles.city import City, Source
from tiles.errors import NotBuilt
from tiles.footprints import ATTRIBUTES, Footprints
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.vectors import make_vectors

EXTENT = (106.78, 39.58, 106.84, 39.62)
FRAME = CityFrame(106.81, 39.60)


def metric(*places: tuple[float, float]) -> list[tuple[float, float]]:
    return [FRAME.to_lonlat(x, y) for x, y in places]


def write(folder: Path, name: str, columns: dict, shapes: list) -> Source:
    path = folder / f"{name}.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path)
    return Source(role=name, file=path)


def small_city(folder: Path) -> City:
    roads = write(
        folder, "roads",
        {"name": ["人民路", "和平街", "环路"], "name_en": ["Renmin Road", "Heping Street", "Ring Road"],
         "class": ["primary", "secondary", "tertiary"]},
        [LineString(metric((-2400, 30), (2400, 60))), LineString(metric((100, -2000), (130, 2000))),
         LineString(metric(*[(900 * np.cos(a), 900 * np.sin(a)) for a in np.linspace(0, 6.28, 60)]))],
    )  # fmt: skip
    lake = Polygon(metric((-2000, -1800), (-700, -1900), (-600, -900), (-1900, -800)))
    island = Polygon(metric((-1300, -1400), (-1100, -1400), (-1100, -1200), (-1300, -1200)))
    water = write(folder, "water", {"name": ["乌海湖"], "name_en": ["Wuhai Lake"], "kind": ["lake"]}, [lake - island])
    park = Polygon(metric((300, 300), (700, 300), (700, 700), (300, 700)))
    landuse = write(folder, "landuse", {"name": ["人民公园"], "kind": ["park"]}, [park])
    areas = write(
        folder, "areas", {"code": ["150302", "150303"], "name": ["海勃湾区", "海南区"]},
        [box(106.78, 39.58, 106.81, 39.62), box(106.81, 39.58, 106.84, 39.62)],
    )  # fmt: skip
    places = write(folder, "places", {"name": ["滨河村"], "name_en": ["Binhe"], "kind": ["village"]},
                   [Point(*metric((-900, 900))[0])])  # fmt: skip
    return City(
        folder / "city.toml", "小城", EXTENT, roads=(roads,), water=(water,), landuse=(landuse,), areas=(areas,),
        places=(places,),
    )  # fmt: skip


def hills() -> HeightGrid:
    x, y = np.meshgrid(np.arange(-2700, 2701, 10.0), np.arange(2300, -2301, -10.0))
    heights = 1040 + 60 * np.sin(x / 300) * np.cos(y / 250) * (x > 0)
    return HeightGrid(heights.astype(np.float32), -2700.0, 2300.0, 10.0)


def blocks() -> Footprints:
    """Two houses, one with a courtyard."""
    outer = np.array([(400, -400), (440, -400), (440, -360), (400, -360)], float)
    yard = np.array([(410, -390), (410, -370), (430, -370), (430, -390)], float)
    other = outer + np.array([80.0, 0.0])
    attributes = dict.fromkeys(ATTRIBUTES, ("", "")) | {"name": ("一号楼", ""), "storeys": (3, 3)}
    return Footprints(
        np.concatenate([outer, yard, other]), np.array([0, 4, 8, 12]), np.array([0, 0, 1], np.int32),
        np.full(2, 1040.0), np.full(2, 1060.0), ("a", "b"), attributes,
    )  # fmt: skip


def built(folder: Path, city: City, footprints: Footprints) -> Drawer:
    ground = hills()
    make_vectors(city, FRAME, folder / "vectors")
    told: list[tuple[int, int]] = []
    count = make_basemap(
        city, FRAME, ground, folder / "vectors", footprints, folder / "map", workers=1,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told[-1][0] == told[-1][1] > 0
    assert count == len(list((folder / "map").rglob("*.png")))
    return Drawer.open(folder / "map", ground)


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Drawer:
    folder = tmp_path_factory.mktemp("basemap")
    return built(folder, small_city(folder), blocks())


def pixels(tile: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(tile))
    assert picture.size == (256, 256)
    return np.asarray(picture.convert("RGB"), dtype=int)


def tile_at(zoom: int, lon: float, lat: float) -> tuple[int, int, int]:
    u, v = to_unit(lon, lat)
    return zoom, int(u * 2**zoom), int(v * 2**zoom)


def colour_at(drawer: Drawer, x_m: float, y_m: float, zoom: int = 16, style: str = "dark") -> np.ndarray:
    """Colour of the map at a place, taken without labels."""
    u, v = to_unit(*FRAME.to_lonlat(x_m, y_m))
    world = 256 * 2**zoom
    window = Window(zoom, int(u * world) - 8, int(v * world) - 8, 16, 16)
    return drawer.painter.paint(window, STYLES[style]).pixels[8, 8]


def test_mercator_goes_there_and_back() -> None:
    lon, lat = np.array([-179.0, 0.0, 106.8]), np.array([-80.0, 0.0, 39.6])
    assert np.allclose(to_lonlat(*to_unit(lon, lat)), (lon, lat))
    assert np.allclose(to_unit(0, 0), 0.5)
    assert metres_per_px(0, 0.0) == pytest.approx(156543.03, abs=0.01)


def test_what_is_drawn_where(drawer: Drawer) -> None:
    lake, island = colour_at(drawer, -1700, -1400), colour_at(drawer, -1200, -1300)
    assert np.allclose(lake, DARK.water, atol=1)
    assert not np.allclose(island, DARK.water, atol=8)
    road = colour_at(drawer, 500, 48)
    assert road[2] > 60
    assert np.abs(colour_at(drawer, 405, -380, 18) - DARK.building).max() < 8
    assert np.abs(colour_at(drawer, 420, -380, 18) - DARK.building).max() > 8


def test_light_falls_from_the_north_west(drawer: Drawer) -> None:
    """A slope that faces north-west is lighter than the plain, one that faces south-east darker."""
    x, y = np.meshgrid(np.arange(-300, 301, 10.0), np.arange(300, -301, -10.0))
    ground = HeightGrid((1000 - np.hypot(x, y) / 3).astype(np.float32), -300.0, 300.0, 10.0)
    relief = drawer.painter.relief.__class__(FRAME, ground, {1: ground.heights_m}, 900.0, 1000.0)
    u, v = to_unit(FRAME.lon0, FRAME.lat0)
    world = 256 * 2**16
    light, share = relief.sample(Window(16, int(u * world) - 128, int(v * world) - 128, 256, 256))
    assert light[88, 88] > 0.03
    assert light[168, 168] < -0.03
    assert share[128, 128] > share[20, 20]


def test_relief_of_the_flat_is_nothing(drawer: Drawer) -> None:
    u, v = to_unit(*FRAME.to_lonlat(-1500, 0))
    world = 256 * 2**15
    light, _ = drawer.painter.relief.sample(Window(15, int(u * world), int(v * world), 64, 64))
    assert np.abs(light).max() < 1e-3


def test_levels_are_means(tmp_path: Path) -> None:
    ground = hills()
    factors = make_levels(ground, tmp_path)
    assert factors[0] == 4
    level = np.load(tmp_path / "relief-8.npy")
    assert level[3, 5] == pytest.approx(ground.heights_m[24:32, 40:48].mean(), abs=1e-2)


@pytest.mark.parametrize("zoom", [11, 14, 16, 18])
def test_tiles_meet_without_a_seam(drawer: Drawer, zoom: int) -> None:
    """A tile and the window across its border draw the same pixels, but for rounding."""
    _, x, y = tile_at(zoom, *FRAME.to_lonlat(120, 45))
    whole = drawer.painter.paint(Window(zoom, x * 256, y * 256, 512, 256), DARK).pixels
    parts = [drawer.painter.paint(Window.tile(zoom, x + i, y), DARK).pixels for i in range(2)]
    # where a border crosses a shape's antialiased edge nothing may differ either
    assert np.abs(whole - np.concatenate(parts, axis=1)).max() < 1.0


@pytest.mark.parametrize(("zoom", "lang"), [(12, "zh"), (14, "en"), (15, "zh"), (16, "zh"), (16, "en"), (17, "zh")])
def test_labels_do_not_overlap_and_no_block_border_cuts_them(drawer: Drawer, zoom: int, lang: str) -> None:
    layout = drawer._layouts[lang]
    found = 0
    for _, bx, by in blocks_of(EXTENT, zoom):
        taken = np.zeros((BLOCK_PX, BLOCK_PX), int)
        for label in layout.block(zoom, bx, by):
            stamp = drawer.book.stamp(label)
            rows, cols = np.nonzero(stamp.letters > 0.3)
            rows, cols = rows + stamp.top, cols + stamp.left
            assert rows.min() >= 0
            assert cols.min() >= 0
            assert max(rows.max(), cols.max()) < BLOCK_PX
            assert not taken[rows, cols].any()
            taken[rows, cols] = 1
            found += 1
    assert found > 0


def test_a_label_across_a_tile_border_goes_on_in_the_next_tile(drawer: Drawer) -> None:
    """Neighbouring tiles, drawn on their own in any order, hold the two halves of the same letters."""
    crossing = 0
    for _, bx, by in blocks_of(EXTENT, 15):
        for label in drawer._layouts["zh"].block(15, bx, by):
            stamp = drawer.book.stamp(label)
            first, last = stamp.left // TILE_PX, (stamp.left + stamp.halo.shape[1]) // TILE_PX
            row = int(label.y) // TILE_PX
            if first == last or not TILE_PX * row < stamp.top < TILE_PX * (row + 1) - stamp.halo.shape[0]:
                continue
            tiles = [drawer.tile(15, bx * 4 + i, by * 4 + row) for i in (last, first)][::-1]
            seen = np.concatenate([pixels(tile) for tile in tiles], axis=1)
            top, left = stamp.top - row * TILE_PX, stamp.left - first * TILE_PX
            under = seen[top : top + stamp.letters.shape[0], left : left + stamp.letters.shape[1]]
            ink = stamp.letters > 0.98
            assert np.abs(under[ink] - DARK.text[label.colour]).max() <= 8
            assert ink[:, : TILE_PX - left].any() or ink[:, TILE_PX - left :].any()
            crossing += 1
    assert crossing > 0


def test_the_layout_is_the_same_every_time(drawer: Drawer, tmp_path: Path) -> None:
    again = built(tmp_path, small_city(tmp_path), blocks())
    for zoom, bx, by in blocks_of(EXTENT, 15):
        assert drawer._layouts["zh"].block(zoom, bx, by) == again._layouts["zh"].block(zoom, bx, by)
    z, x, y = tile_at(15, 106.81, 39.6)
    assert drawer.tile(z, x, y) == again.tile(z, x, y)


def test_languages_and_styles_differ(drawer: Drawer) -> None:
    z, x, y = tile_at(15, *FRAME.to_lonlat(150, 60))
    tiles = {drawer.tile(z, x, y, style, lang) for style in ("dark", "light") for lang in ("zh", "en")}
    assert len(tiles) == 4
    names = {lang: {b.text for b in drawer._layouts[lang].block(15, x // 4, y // 4)} for lang in ("zh", "en")}
    assert "人民路" in names["zh"]
    assert "Renmin Road" in names["en"]
    assert pixels(drawer.tile(z, x, y, "light")).mean() > 180 > 70 > pixels(drawer.tile(z, x, y)).mean()


def test_beyond_the_city_the_map_is_plain_and_fades_there(drawer: Drawer) -> None:
    plain = pixels(drawer.tile(*tile_at(15, 107.5, 39.6)))
    assert (plain == np.array(DARK.land, int)).all()
    z, x, y = tile_at(16, EXTENT[2], 39.6)
    east = drawer.painter.paint(Window.tile(z, x, y), DARK).pixels
    u, _ = to_unit(EXTENT[2], 39.6)
    border = int(u * 256 * 2**16) - x * 256
    assert np.abs(east[:, border + 1 :] - DARK.land).max(initial=0.0) < 0.01
    steps = np.abs(np.diff(drawer.painter._weight(Window.tile(z, x, y))[128]))
    assert steps.max() < 0.1


def test_drawn_ahead_are_the_tiles_of_the_first_zooms(drawer: Drawer, tmp_path: Path) -> None:
    city = small_city(tmp_path)
    built(tmp_path, city, Footprints.empty())
    folder = tmp_path / "map" / "dark" / "zh"
    assert sorted(int(p.name) for p in folder.iterdir()) == list(range(MIN_ZOOM, AHEAD_ZOOM + 1))
    z, x, y = tile_at(13, 106.81, 39.6)
    ahead = (folder / f"{z}/{x}/{y}.png").read_bytes()
    assert ahead == Drawer.open(tmp_path / "map", hills()).tile(z, x, y)
    assert not list((tmp_path / "map").rglob(".*"))


def test_a_stopped_build_goes_on(drawer: Drawer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = small_city(tmp_path)
    built(tmp_path, city, blocks())
    z, x, y = tile_at(13, 106.81, 39.6)
    lost = tmp_path / "map" / "dark" / "zh" / f"{z}/{x}/{y}.png"
    before = lost.read_bytes()
    lost.unlink()
    drawn: list[tuple[int, ...]] = []
    real = Drawer.tile
    monkeypatch.setattr(Drawer, "tile", lambda self, *a: (drawn.append(a[:3]), real(self, *a))[1])
    built(tmp_path, city, blocks())
    assert drawn == [(z, x, y)]
    assert lost.read_bytes() == before


def test_blocks_hold_each_tile_once() -> None:
    tiles = [tile for block in blocks_of(EXTENT, 14) for tile in tiles_of(block, EXTENT)]
    _, x0, y0 = tile_at(14, EXTENT[0], EXTENT[3])
    _, x1, y1 = tile_at(14, EXTENT[2], EXTENT[1])
    assert sorted(tiles) == [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


@pytest.mark.parametrize("zoom", [5, 10, 15, 18])
def test_a_city_with_nothing_but_ground(tmp_path: Path, zoom: int) -> None:
    city = City(tmp_path / "city.toml", "空城", EXTENT)
    empty = built(tmp_path, city, Footprints.empty())
    for lang in ("zh", "en"):
        assert pixels(empty.tile(*tile_at(zoom, 106.815, 39.6), lang=lang)).std() >= 0


def test_missing_font_is_named(tmp_path: Path, drawer: Drawer) -> None:
    with pytest.raises(MissingFont, match=r"no map font .*Run npm ci"):
        FontBook(tmp_path)
    with pytest.raises(MissingFont):
        make_basemap(
            City(tmp_path / "c", "x", EXTENT), FRAME, hills(), tmp_path, Footprints.empty(), tmp_path / "map",
            workers=1, progress=lambda done, total: None, fonts=tmp_path,
        )  # fmt: skip
    assert not (tmp_path / "map").exists()


def test_no_boxes_for_characters_without_a_glyph(drawer: Drawer) -> None:
    book = drawer.book
    assert book.can_draw("海勃湾区 Renmin Rd 12-3号 é")
    assert not book.can_draw("人民\U0010fffe路")
    assert not book.can_draw("")
    layout = drawer._layouts["zh"]
    assert layout._text("人\U0010fffe", "Renmin Road") == "Renmin Road"
    assert layout._text("\U0010fffe", "") == ""


def test_turned_text_is_the_same_ink(drawer: Drawer) -> None:
    flat = drawer.book.stamp(Label("中中中", 14.0, "road", 100.0, 100.0)).letters.sum()
    for angle in (-89.0, -30.0, 12.0, 60.0):
        stamp = drawer.book.stamp(Label("中中中", 14.0, "road", 100.0, 100.0, angle))
        assert stamp.letters.sum() == pytest.approx(flat, rel=0.08)
        columns = np.arange(stamp.letters.shape[1]) + stamp.left + 0.5
        middle = (stamp.letters.sum(axis=0) * columns).sum() / stamp.letters.sum()
        assert middle == pytest.approx(100.0, abs=1.2)


def test_text_rises_with_its_line() -> None:
    (run, *_) = along(LineString([(0, 300), (600, 0)]), 80, 0)
    assert run.angle_deg == pytest.approx(26.57, abs=0.1)
    assert not run.steps
    (steep, *_) = along(LineString([(300, 600), (310, 0)]), 80, 3)
    assert [round(y) for _, y in steep.steps] == sorted(round(y) for _, y in steep.steps)
    assert not list(along(LineString([(0, 0), (30, 0)]), 80, 0))


def test_dashes_go_on_across_a_border() -> None:
    line = LineString([(-37, 5), (90, 30), (613, 200)])
    whole = dashes(np.array([line]), 512, 256, 10, 6)
    left = dashes(np.array([line]), 256, 256, 10, 6)
    moved = shapely.transform(line, lambda p: p - np.array([256, 0]))
    right = shapely.transform(dashes(np.array([moved]), 256, 256, 10, 6), lambda p: p + np.array([256, 0]))
    halves = zip((left, right), (box(0, 0, 256, 256), box(256, 0, 512, 256)), strict=True)
    both = [shapely.union_all(pieces).intersection(half) for pieces, half in halves]
    true = shapely.union_all(whole).intersection(box(0, 0, 512, 256))
    assert sum(piece.length for piece in both) == pytest.approx(true.length, abs=1e-6)
    assert all(true.buffer(1e-6).contains(piece) for piece in both)
    seen = line.intersection(box(-4, -4, 516, 260)).length
    assert shapely.union_all(whole).length == pytest.approx(seen * 10 / 16, rel=0.05)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((19, 0, 0), "Zooms are 0 to 18"),
        ((-1, 0, 0), "Zooms are 0 to 18"),
        ((3, 8, 0), "x and y are 0 to 7"),
        ((3, 0, -1), "x and y are 0 to 7"),
        ((3, 0, 0, "sepia"), "Styles are dark, light"),
        ((3, 0, 0, "dark", "fr"), "Languages are zh, en"),
    ],
)
def test_tiles_that_cannot_be(drawer: Drawer, asked: tuple, said: str) -> None:
    with pytest.raises(BadTile, match=said):
        drawer.tile(*asked)


def test_no_basemap_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt):
        Drawer.open(tmp_path, hills())
    (tmp_path / "basemap.json").write_text(json.dumps({"frame": [106.8, 39.6], "extent": EXTENT, "relief": []}))
    with pytest.raises(NotBuilt):
        Drawer.open(tmp_path, hills())


def test_workers_open_the_ground_by_its_file(tmp_path: Path) -> None:
    hills().save(tmp_path / "ground")
    from_file = HeightGrid.load(tmp_path / "ground")
    opener = draw._opener(tmp_path, from_file, tmp_path)
    assert tmp_path / "ground" in opener.args  # type: ignore[attr-defined]
    assert len(__import__("pickle").dumps(opener)) < 2000
