"""Building tiles before foreign judges: Khronos' validator, the tileset checker, py3dtiles, each building once."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from py3dtiles.tileset.tileset import TileSet

from tests.judges.tiles3d import gltf_judge
from tests.judges.tiles_reader import glb_json, read_buildings, walk
from tests.judges.tileset_checker import check_tileset
from tests.tiles.test_buildings_tiles import FRAME, town
from tiles.buildings import make_buildings
from tiles.footprints import Footprints

REASON = gltf_judge.available()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Footprints, Path]:
    footprints = town(2500)
    out = tmp_path_factory.mktemp("judged")
    make_buildings(footprints, FRAME, out, workers=1, progress=lambda done, total: None)
    return footprints, out / "tileset.json"


@pytest.mark.skipif(REASON is not None, reason=str(REASON))
def test_khronos_finds_no_error(made: tuple[Footprints, Path]) -> None:
    """No error and no warning; told are the two extensions that it does not know and what only they refer to."""
    files = sorted(made[1].parent.rglob("*.glb"))
    for file, messages in gltf_judge.validate(files).items():
        assert [message for message in messages if message["severity"] < 2] == []
        words = glb_json(file.read_bytes())
        assert [message for message in messages if gltf_judge.worth_telling(message, words)] == []


def test_the_checker_finds_nothing(made: tuple[Footprints, Path]) -> None:
    assert check_tileset(made[1], ask_khronos=False) == []


def test_each_building_is_in_exactly_one_tile(made: tuple[Footprints, Path]) -> None:
    footprints, tileset = made
    count = Counter(identity for part in read_buildings(tileset) for identity in part.table["id"])
    assert set(count) == set(footprints.ids)
    assert set(count.values()) == {1}


def test_py3dtiles_reads_it_back(made: tuple[Footprints, Path]) -> None:
    """The tree, and as many vertices and features as were written, through py3dtiles' own reader."""
    footprints, tileset = made
    read = TileSet.from_file(tileset)
    contents = [tile for tile, _, _ in walk(tileset) if "content" in tile]
    tiles = [read.root_tile, *read.root_tile.get_all_children()]
    assert len([tile for tile in tiles if tile.has_content()]) == len(contents)
    features = vertices = 0
    for tile in tiles:
        if not tile.has_content():
            continue
        content = tile.get_or_fetch_content(tileset.parent)
        gltf = content.gltf if hasattr(content, "gltf") else content._gltf
        primitive = gltf.meshes[0].primitives[0]
        features += primitive.extensions["EXT_mesh_features"]["featureIds"][0]["featureCount"]
        vertices += gltf.accessors[primitive.attributes.POSITION].count
    assert features == len(footprints)
    assert vertices == 5 * len(footprints.vertices_m)


def test_bytes_are_modest(made: tuple[Footprints, Path]) -> None:
    footprints, tileset = made
    size = sum(file.stat().st_size for file in tileset.parent.rglob("*.glb"))
    assert size / len(footprints.vertices_m) < 180
    assert np.isfinite(size)
