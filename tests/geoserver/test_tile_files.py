"""Tile files: versions, addresses, paths that lead outside."""

import json
from pathlib import Path

import pytest

from geoserver.faults import NoTile
from geoserver.tile_files import TileFiles


@pytest.fixture
def files(tmp_path: Path) -> TileFiles:
    for key in ("aaaa1111", "bbbb2222"):
        terrain = tmp_path / "parts" / f"terrain-{key}"
        (terrain / "0" / "0").mkdir(parents=True)
        (terrain / "0" / "0" / "0.terrain").write_bytes(key.encode())
        (terrain / "layer.json").write_text(json.dumps({"tiles": ["{z}/{x}/{y}.terrain?v=x"]}))
    buildings = tmp_path / "parts" / "buildings-cccc3333"
    buildings.mkdir()
    root = {"content": {"uri": "a.glb"}, "children": [{"contents": [{"uri": "b.glb"}]}]}
    (buildings / "tileset.json").write_text(json.dumps({"asset": {"version": "1.1"}, "root": root}))
    (buildings / "a.glb").write_bytes(b"glTF")
    (tmp_path / "secret.json").write_text("{}")
    parts = {"terrain": tmp_path / "parts" / "terrain-aaaa1111", "buildings": buildings}
    return TileFiles(parts, "version-1")


def test_the_present_version_is_immutable_only_when_named(files: TileFiles) -> None:
    assert not files.terrain(0, 0, 0, None).immutable
    assert files.terrain(0, 0, 0, "aaaa1111").immutable
    assert files.terrain(0, 0, 0, "version-1").immutable
    unknown = files.terrain(0, 0, 0, "ffff0000")
    assert (unknown.body, unknown.immutable) == (b"aaaa1111", False)


def test_an_older_version_still_answers_with_its_own_bytes(files: TileFiles) -> None:
    older = files.terrain(0, 0, 0, "bbbb2222")
    assert (older.body, older.immutable) == (b"bbbb2222", True)


def test_addresses_carry_the_version_of_their_part(files: TileFiles) -> None:
    assert json.loads(files.terrain_layer(None).body)["tiles"] == ["{z}/{x}/{y}.terrain?v=aaaa1111"]
    assert json.loads(files.terrain_layer("bbbb2222").body)["tiles"] == ["{z}/{x}/{y}.terrain?v=bbbb2222"]
    root = json.loads(files.buildings("tileset.json", None).body)["root"]
    assert root["content"]["uri"] == "a.glb?v=cccc3333"
    assert root["children"][0]["contents"][0]["uri"] == "b.glb?v=cccc3333"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.json",
        "../../secret.json",
        "x/../../../secret.json",
        "/etc/passwd",
        "a.py",
        "",
        ".",
        "a..glb/x",
        "a.glb\x00",
    ],
)
def test_paths_that_lead_elsewhere_are_no_tiles(files: TileFiles, path: str) -> None:
    with pytest.raises(NoTile):
        files.buildings(path, None)


@pytest.mark.parametrize("v", ["../..", "..", "bbbb2222/..", "\x00"])
def test_versions_that_lead_elsewhere_get_the_present_one(files: TileFiles, v: str) -> None:
    tile = files.terrain(0, 0, 0, v)
    assert (tile.body, tile.immutable) == (b"aaaa1111", False)


def test_what_is_not_there_is_told(files: TileFiles) -> None:
    with pytest.raises(NoTile):
        files.terrain(9, 1, 1, None)
    with pytest.raises(NoTile):
        files.buildings("missing.glb", None)
