"""The checker is judged before it judges: by the official validator's test files, and by tiles broken on purpose."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.judges.test_embree import FRAME, blocks
from tests.judges.tiles3d import gltf_judge
from tests.judges.tiles_reader import glb_json
from tests.judges.tileset_checker import Row, check_tileset, print_rows, score
from tiles.buildings import make_buildings

REASON = gltf_judge.available()
needs_node = pytest.mark.skipif(REASON is not None, reason=str(REASON))


@pytest.fixture(scope="module")
def table(shared_data: Path) -> dict[str, list[Row]]:
    return score(shared_data / "tiles3d" / "validator")


@needs_node
@pytest.mark.shared
@pytest.mark.parametrize("place", ["tilesets", "subtrees", "schemas", "gltfExtensions"])
def test_score(table: dict[str, list[Row]], place: str) -> None:
    """The table stands in the output of ``pytest -s``; verdicts must agree, and mostly for the reason expected."""
    rows = table[place]
    print_rows(place, rows)
    assert sum(row.agrees for row in rows) >= 0.97 * len(rows)
    broken = [row for row in rows if row.wanted and row.expected]
    assert sum(row.same_kind for row in broken) >= 0.95 * len(broken)


@needs_node
@pytest.mark.shared
def test_known_valid_samples_have_no_errors(shared_data: Path) -> None:
    """Published samples, none of which the checker was made with. Three of them do break the specification."""
    samples = shared_data / "tiles3d" / "samples"
    found = {
        str(file.parent.relative_to(samples)): [issue for issue in check_tileset(file) if issue.severity == "error"]
        for file in sorted(samples.rglob("tileset.json"))
    }
    broken = {name for name, issues in found.items() if issues}
    assert broken == {
        "1.0/TilesetWithRequestVolume",  # b3dm without padding
        "1.0/TilesetWithRequestVolume/city",
        "1.1/BoundingBoxTests/2_0_0-4_1_1",  # version 1.0 with glTF contents, extension not declared
    }
    assert len(found) > 20


@pytest.fixture
def tileset(tmp_path: Path) -> Path:
    boxes = [(20.0 * i, 30.0 * j, 20.0 * i + 12, 30.0 * j + 10, 5.0 + i) for i in range(40) for j in range(40)]
    make_buildings(blocks(boxes), FRAME, tmp_path, workers=1, progress=lambda done, total: None)
    return tmp_path / "tileset.json"


def kinds(tileset: Path, ask_khronos: bool = False) -> set[str]:
    return {issue.kind for issue in check_tileset(tileset, ask_khronos=ask_khronos)}


def change(tileset: Path, how: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(tileset.read_text())
    how(document)
    tileset.write_text(json.dumps(document))


def test_our_own_has_no_issue_at_all(tileset: Path) -> None:
    assert kinds(tileset, ask_khronos=REASON is None) == set()


def test_a_child_outside_its_parent_is_found(tileset: Path) -> None:
    def how(document: dict[str, Any]) -> None:
        document["root"]["children"][0]["boundingVolume"]["box"][0] += 500

    change(tileset, how)
    assert "BOUNDING_VOLUMES_INCONSISTENT" in kinds(tileset)


def test_a_rising_error_is_found(tileset: Path) -> None:
    def how(document: dict[str, Any]) -> None:
        document["root"]["children"][0]["geometricError"] = 1e6

    change(tileset, how)
    assert kinds(tileset) == {"TILE_GEOMETRIC_ERRORS_INCONSISTENT"}


def test_a_missing_content_is_found(tileset: Path) -> None:
    next(tileset.parent.rglob("r.glb")).unlink()
    assert "IO_ERROR" in kinds(tileset)


def damaged(tileset: Path, old: bytes, new: bytes) -> None:
    """Replace bytes of the root's content by as many others."""
    assert len(old) == len(new)
    file = next(tileset.parent.rglob("r.glb"))
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b'"featureCount":600', b'"featureCount":599', "FEATURE_COUNT_MISMATCH"),
        (b'"attribute":0', b'"attribute":7', "IDENTIFIER_NOT_FOUND"),
        (b'"propertyTable":0', b'"propertyTable":3', "VALUE_NOT_IN_RANGE"),
        (b'"count":600,"properties"', b'"count":601,"properties"', "METADATA_INVALID_SIZE"),
        (b'"componentType":"UINT16"', b'"componentType":"UINT64"', "METADATA_INVALID_SIZE"),
        (b'"stringOffsetType":"UINT32"', b'"stringOffsetType":"UINT99"', "VALUE_NOT_IN_LIST"),
    ],
)
def test_broken_metadata_is_found(tileset: Path, old: bytes, new: bytes, kind: str) -> None:
    damaged(tileset, old, new)
    assert kind in kinds(tileset)


@needs_node
def test_khronos_is_asked(tileset: Path) -> None:
    damaged(tileset, b'"mode":4', b'"mode":9')
    assert "CONTENT_VALIDATION_ERROR" in kinds(tileset, ask_khronos=True)


def test_damage_in_the_bytes_is_found(tileset: Path) -> None:
    file = next(tileset.parent.rglob("r.glb"))
    length = len(json.dumps(glb_json(file.read_bytes())))
    assert length > 100
    shutil.copy(file, file.with_suffix(".bak"))
    file.write_bytes(file.read_bytes()[:-2000])
    assert kinds(tileset)
