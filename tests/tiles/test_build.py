import json

import pytest

from tests.tiles.towns import CITY, write_buildings, write_ground, write_lines, write_town
from tiles.build import STAGES, BuildRunning, Progress, UnknownPart, build
from tiles.city import read_city
from tiles.errors import BadCityFile, MissingCRS, MissingDatum, NotBuilt, UnknownDatum
from tiles.scene import Scene

LOOKS = frozenset({"terrain", "buildings", "surface"})


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A town built whole, once; tests that change sources copy or rebuild their own."""
    folder = tmp_path_factory.mktemp("town")
    city = read_city(write_town(folder / "sources"))
    told = []
    built = build(city, folder / "out", workers=2, report=told.append)
    return folder, built, told


def _parts(out):
    return json.loads((out / "build.json").read_text(encoding="utf-8"))["parts"]


def test_a_whole_build_has_every_part_and_opens(town):
    folder, built, told = town
    facts = json.loads((folder / "out" / "build.json").read_text(encoding="utf-8"))
    assert list(facts["parts"]) == list(STAGES)
    assert facts["version"] == built.version
    assert facts["format"] == 1
    assert facts["city"]["name"] == "小镇"
    assert facts["city"]["frame"] == [106.8, 39.6]
    assert facts["city"]["extent"] == [106.79, 39.593, 106.81, 39.607]
    assert facts["counts"]["buildings"] == 24
    assert facts["counts"]["roads"] == 2
    out = folder / "out"
    assert (out / facts["parts"]["terrain"] / "layer.json").exists()
    assert (out / facts["parts"]["buildings"] / "tileset.json").exists()
    assert (out / facts["parts"]["vectors"] / "vectors.gpkg").exists()
    assert list((out / facts["parts"]["basemap"]).rglob("*.png"))
    scene = Scene.open(out)
    assert scene.version == built.version
    assert len(scene.footprints) == 24
    # 1100 m above the sea, with the geoid 39.75 m below the ellipsoid here and hills of 4 m.
    assert scene.ground_m(106.8, 39.6) == pytest.approx(1060.3, abs=4.1)
    middle = scene.building(5)
    assert scene.building_at(middle.lon, middle.lat) == 5
    assert (scene.surface.fine > 0).any()
    assert {one.stage for one in told} == set(STAGES)
    assert all(isinstance(one, Progress) and 0 <= one.done <= one.total for one in told)


def test_assumptions_are_told(town):
    folder, built, _ = town
    codes = {one["code"]: one["values"] for one in built.assumptions}
    assert codes == {"heights-by-storeys": {"count": 1}, "heights-by-default": {"count": 1}}
    told = json.loads((folder / "out" / "build.json").read_text(encoding="utf-8"))["assumptions"]
    assert told[0]["text"].startswith("1 buildings")


def test_nothing_changed_nothing_is_made(town):
    folder, built, _ = town
    before = (folder / "out" / "build.json").stat().st_mtime_ns
    again = build(read_city(folder / "sources" / "city.toml"), folder / "out", workers=1)
    assert again.version == built.version
    assert again.counts == built.counts
    assert again.assumptions == built.assumptions
    assert (folder / "out" / "build.json").stat().st_mtime_ns == before


def _made(tmp_path, only=LOOKS):
    file = write_town(tmp_path / "sources")
    return file, build(read_city(file), tmp_path / "out", only=only)


def test_only_what_is_asked_for_and_what_it_needs(tmp_path):
    _, built = _made(tmp_path, frozenset({"terrain"}))
    assert set(built.parts) == {"ground", "terrain"}
    with pytest.raises(NotBuilt):
        Scene.open(tmp_path / "out")
    file = tmp_path / "sources" / "city.toml"
    later = build(read_city(file), tmp_path / "out", only=frozenset({"surface"}))
    assert set(later.parts) == {"ground", "footprints", "surface", "terrain"}
    assert later.parts["terrain"] == built.parts["terrain"]
    with pytest.raises(UnknownPart, match=r"roof.*terrain"):
        build(read_city(file), tmp_path / "out", only=frozenset({"roof"}))


def test_a_changed_source_rebuilds_only_what_it_touches(tmp_path):
    file, built = _made(tmp_path)
    write_buildings(tmp_path / "sources" / "buildings.geojson", height_m=30.0)
    after = build(read_city(file), tmp_path / "out", only=LOOKS)
    changed = {name for name in built.parts if built.parts[name] != after.parts[name]}
    assert changed == {"footprints", "surface", "buildings"}
    assert after.version != built.version
    write_ground(tmp_path / "sources" / "ground.tif", 1200.0)
    last = build(read_city(file), tmp_path / "out", only=LOOKS)
    assert all(last.parts[name] != after.parts[name] for name in after.parts)
    # Parts of the version before are kept for servers that still read them; older ones are gone.
    there = {f"parts/{p.name}" for p in (tmp_path / "out" / "parts").iterdir() if p.is_dir()}
    assert there == set(last.parts.values()) | set(after.parts.values())
    assert Scene.open(tmp_path / "out").ground_m(106.8, 39.6) > 1150


def test_a_renamed_city_is_a_new_version_of_the_same_parts(tmp_path):
    file, built = _made(tmp_path, frozenset({"surface"}))
    file.write_text(CITY.replace("Small Town", "Town"), encoding="utf-8")
    after = build(read_city(file), tmp_path / "out", only=frozenset({"surface"}))
    assert after.parts == built.parts
    assert after.version != built.version


@pytest.mark.parametrize("stage", ["ground", "footprints", "surface", "terrain", "buildings"])
def test_a_build_stopped_in_any_stage_goes_on(tmp_path, stage):
    file = write_town(tmp_path / "sources")

    def stop(progress):
        # In the middle of a stage that tells how far it is; before one that does not.
        if progress.stage == stage and (progress.done > 0 or stage == "footprints"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(read_city(file), tmp_path / "out", only=LOOKS, report=stop)
    with pytest.raises(NotBuilt):
        Scene.open(tmp_path / "out")
    finished = {p.parent.name for p in (tmp_path / "out" / "parts").glob("*/done.json")}
    times = {name: (tmp_path / "out" / "parts" / name / "done.json").stat().st_mtime_ns for name in finished}
    built = build(read_city(file), tmp_path / "out", only=LOOKS)
    assert not any(name.startswith(f"{stage}-") for name in finished)
    for name, at in times.items():
        assert (tmp_path / "out" / "parts" / name / "done.json").stat().st_mtime_ns == at
    _, fresh = _made(tmp_path / "fresh")
    assert built.version == fresh.version
    for path in (tmp_path / "fresh" / "out" / "parts").rglob("*.*"):
        # A geometry archive holds the time of day; everything else is the same to the byte.
        if path.is_file() and path.suffix not in (".npz", ".lock"):
            relative = path.relative_to(tmp_path / "fresh" / "out")
            assert (tmp_path / "out" / relative).read_bytes() == path.read_bytes(), relative


def test_a_failed_build_leaves_the_live_version_alone(tmp_path):
    file, built = _made(tmp_path, frozenset({"surface"}))
    (tmp_path / "sources" / "ground.tif").write_text("no raster any more")
    with pytest.raises(Exception, match=r"ground\.tif"):
        build(read_city(file), tmp_path / "out", only=frozenset({"surface"}))
    assert Scene.open(tmp_path / "out").version == built.version


def test_two_builds_in_one_folder_are_refused(tmp_path):
    file = write_town(tmp_path / "sources")

    def again(_progress):
        build(read_city(file), tmp_path / "out", only=frozenset({"terrain"}))

    with pytest.raises(BuildRunning, match="out"):
        build(read_city(file), tmp_path / "out", only=frozenset({"terrain"}), report=again)


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ('vertical_datum = "EGM96"', "", MissingDatum, r"ground\.tif.*vertical_datum"),
        ('vertical_datum = "EGM96"', 'vertical_datum = "EPSG:5703"', UnknownDatum, r"ground\.tif.*geoid_grid"),
        ('file = "ground.tif"', 'file = "none.tif"', BadCityFile, r"ground\[1\]\.file.*none\.tif"),
        ("extent = [106.79", "extent = [196.79", BadCityFile, r"city\.extent"),
        ("cell_m = 20", "cel_m = 20", BadCityFile, r"surface\.cel_m.*cell_m"),
    ],
)
def test_bad_input_is_refused_by_name(tmp_path, old, new, error, words):
    file = write_town(tmp_path / "sources")
    assert old in CITY
    file.write_text(CITY.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=words):
        build(read_city(file), tmp_path / "out", only=frozenset({"terrain"}))
    assert not (tmp_path / "out" / "build.json").exists()


def test_a_raster_without_crs_is_refused(tmp_path):
    file = write_town(tmp_path / "sources")
    write_ground(tmp_path / "sources" / "ground.tif", crs=None)
    with pytest.raises(MissingCRS, match=r"ground\.tif"):
        build(read_city(file), tmp_path / "out", only=frozenset({"terrain"}))


def test_a_stated_stand_in_is_shown(tmp_path):
    file = write_town(tmp_path / "sources")
    stated = 'vertical_datum = "EPSG:5703"\nvertical_datum_assumed = true\nstand_in = "EGM96"'
    file.write_text(CITY.replace('vertical_datum = "EGM96"', stated), encoding="utf-8")
    built = build(read_city(file), tmp_path / "out", only=frozenset({"terrain"}))
    assert [one["code"] for one in built.assumptions] == ["datum-assumed", "datum-stand-in"]


def test_roads_do_not_touch_the_terrain(tmp_path):
    wanted = frozenset({"terrain", "vectors"})
    file, built = _made(tmp_path, wanted)
    write_lines(tmp_path / "sources")
    assert build(read_city(file), tmp_path / "out", only=wanted).version == built.version
    roads = tmp_path / "sources" / "roads.geojson"
    roads.write_text(roads.read_text().replace("primary", "secondary"))
    after = build(read_city(file), tmp_path / "out", only=wanted)
    assert {name for name in built.parts if built.parts[name] != after.parts[name]} == {"vectors"}
