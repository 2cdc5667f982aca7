"""Checks a 3D Tiles file of any kind and scores itself on the official validator's test files.

``python -m tests.judges.tileset_checker FILE…`` prints issues; ``--score FOLDER`` compares the verdict
"issues or none" with that folder's ``expected_issues.json`` and prints the table.

The published JSON schemas of 3D Tiles 1.1 and of the two glTF extensions are restated as code in ``tiles3d``.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.judges.tiles3d import gltf_judge
from tests.judges.tiles3d.content import Gltf
from tests.judges.tiles3d.findings import Findings, Issue
from tests.judges.tiles3d.gltf_extensions import check_gltf
from tests.judges.tiles3d.gltf_model import Document, Unreadable
from tests.judges.tiles3d.metadata import check_schema
from tests.judges.tiles3d.package import unpacked
from tests.judges.tiles3d.subtree import Subtree
from tests.judges.tiles3d.tileset import TilesetCheck

_SEVERITY = ("ERROR", "WARNING", "INFO")


def check_tileset(file: Path, *, ask_khronos: bool = True) -> list[Issue]:
    """A tileset (or a package of one) with all that it refers to."""
    found, gltfs = Findings(), list[Gltf]()
    with tempfile.TemporaryDirectory() as folder:
        main: Path | None = file
        if file.suffix in (".3tz", ".3dtiles"):
            main = unpacked(found, file, Path(folder))
        if main is not None:
            TilesetCheck(main, found, gltfs)
        _judge_gltfs(found, gltfs, ask_khronos)
    return found.issues


def check_gltf_file(file: Path, *, ask_khronos: bool = True) -> list[Issue]:
    """A glTF or GLB."""
    found = Findings()
    _judge_gltfs(found, [Gltf(file.read_bytes(), file.parent, file.name)], ask_khronos)
    return found.issues


def check_schema_file(file: Path) -> list[Issue]:
    """A metadata schema."""
    found = Findings()
    check_schema(found, json.loads(file.read_bytes()), "")
    return found.issues


def check_subtree_file(file: Path, tiling: dict[str, Any]) -> list[Issue]:
    """A subtree, JSON or binary, of an implicit tiling."""
    found = Findings()
    Subtree(found, file, tiling)
    return found.issues


def _judge_gltfs(found: Findings, gltfs: Sequence[Gltf], ask_khronos: bool) -> None:
    for one in gltfs:
        inner = Findings()
        try:
            check_gltf(inner, Document(one.data, one.folder))
        except (Unreadable, KeyError, IndexError, TypeError) as problem:
            inner.add("CONTENT_VALIDATION_ERROR", one.label, repr(problem))
        found.issues += [Issue(i.kind, f"{one.label}{i.path}", i.detail, i.severity) for i in inner.issues]
    if not ask_khronos or not gltfs:
        return
    with tempfile.TemporaryDirectory() as folder:
        names: dict[Path, tuple[Gltf, dict[str, Any]]] = {}
        for number, one in enumerate(gltfs):
            # References are relative, so a glTF that has any is judged beside a link to its folder's files.
            place = Path(folder) / str(number)
            place.mkdir()
            for beside in one.folder.iterdir() if one.folder.is_dir() and one.data[:1] == b"{" else ():
                (place / beside.name).symlink_to(beside.resolve())
            file = place / ("judged.glb" if one.data[:4] == b"glTF" else "judged.gltf")
            file.write_bytes(one.data)
            names[file] = (one, _words(one))
        for file, messages in gltf_judge.validate(list(names)).items():
            for message in messages:
                one, words = names[file]
                if gltf_judge.worth_telling(message, words):
                    severity = _SEVERITY[min(message["severity"], 2)]
                    detail = f"{message['code']} {message['message']}"
                    path = f"{one.label}{message.get('pointer', '')}"
                    found.add(f"CONTENT_VALIDATION_{severity}", path, detail, severity.lower())


def _words(one: Gltf) -> dict[str, Any]:
    try:
        return Document(one.data, one.folder).words
    except Unreadable:
        return {}


@dataclass(frozen=True)
class Row:
    """A file of the table: whether issues are expected and found, and of the kind expected."""

    name: str
    expected: frozenset[str]
    wanted: bool
    issues: list[Issue]

    @property
    def agrees(self) -> bool:
        return self.wanted == bool(self.issues) and not any(issue.kind == "CRASH" for issue in self.issues)

    @property
    def same_kind(self) -> bool:
        """One of the issues is of a kind that the official validator's test names."""
        return bool(self.expected & {issue.kind for issue in self.issues})


def score(folder: Path) -> dict[str, list[Row]]:
    """By folder, a row for each file of ``expected_issues.json``."""
    expected = json.loads((folder / "expected_issues.json").read_text())
    tiling = json.loads((folder / "subtrees/validSubtreeImplicitTiling.json.input").read_text())
    made: dict[str, list[Row]] = {}
    for name, tests in expected.items():
        place = name.partition("/")[0]
        try:
            issues = _issues_of(folder, name, tests, tiling)
        except Exception as problem:
            issues = [Issue("CRASH", name, repr(problem))]
        kinds = frozenset(kind for test in tests for kind in test["issue_types"])
        wanted = any(test["issue_count"] > 0 for test in tests)
        made.setdefault(place, []).append(Row(name, kinds, wanted, issues))
    return made


def _issues_of(folder: Path, name: str, tests: list[dict[str, Any]], tiling: dict[str, Any]) -> list[Issue]:
    file = folder / name
    if name.startswith("schemas/"):
        return check_schema_file(file)
    if name.startswith("subtrees/"):
        return check_subtree_file(file, tiling)
    if name.startswith("gltfExtensions/"):
        return check_gltf_file(file)
    # The entry of a schema is about the tileset that its tests read it with. One entry has two such tests, one of
    # which expects nothing because it registers meanings that we do not know; it counts as expecting issues.
    files = [one for one in tests[0]["all_files"] if "chema" not in one] or [name]
    return check_tileset(folder / files[0])


def print_rows(place: str, rows: list[Row]) -> None:
    agreed = sum(row.agrees for row in rows)
    missed = sum(row.wanted and not row.issues for row in rows)
    alarms = sum(bool(row.issues) and not row.wanted for row in rows)
    broken = [row for row in rows if row.wanted and row.expected]
    same = sum(row.same_kind for row in broken)
    print(
        f"{place:16}{agreed:4} of {len(rows):3} verdicts agree ({agreed / len(rows):6.1%}), missed {missed}, "
        f"false alarms {alarms}; of {len(broken)} broken ones {same} with an issue of the expected kind"
    )
    for row in rows:
        if not row.agrees:
            print("   ", row.name, "expected" if row.wanted else "expected none", row.issues[:3])


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--score"]:
        for place, rows in score(Path(arguments[1])).items():
            print_rows(place, rows)
        return 0
    bad = False
    for name in arguments:
        issues = check_tileset(Path(name))
        bad |= any(issue.severity == "error" for issue in issues)
        for issue in issues:
            print(f"{name}: {issue.severity} {issue.kind} {issue.path} {issue.detail}")
        print(f"{name}: {len(issues)} issues")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
