"""Parts of a build: folders named for what they were made from, so that equal causes are never built twice."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tiles.archive import write_whole
from tiles.city import Source

PARTS = "parts"
DONE = "done.json"
"""Written last into a part: without it a part is half built."""
_CODE = Path(__file__).parent


@dataclass(frozen=True)
class Record:
    """What a finished part says of itself: what was assumed in making it, and how many of what it holds."""

    assumptions: tuple[Mapping[str, Any], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A part's place: ``parts/<stage>-<key>`` under the build's folder."""

    stage: str
    key: str
    root: Path

    @property
    def name(self) -> str:
        """Relative path, as build.json gives it."""
        return f"{PARTS}/{self.stage}-{self.key}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.root / self.name

    def record(self) -> Record | None:
        """What it says of itself; None while it is not finished."""
        try:
            words = json.loads((self.folder / DONE).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            return None
        return Record(tuple(words["assumptions"]), words["counts"])

    def finish(self, record: Record) -> None:
        """Mark it as finished."""
        words = {"assumptions": [dict(one) for one in record.assumptions], "counts": dict(record.counts)}
        write_whole(self.folder / DONE, json.dumps(words, ensure_ascii=False).encode())


def part_key(stage: str, code: Iterable[str], causes: Any, needs: Iterable[Part]) -> str:
    """Twelve hexadecimal digits of all that a part depends on.

    Parameters
    ----------
    code : iterable of str
        Files of this package, or folders of it, whose text makes the part.
    causes : JSON value
        Settings and digests of sources.
    needs : iterable of Part
        Parts that it is made from.
    """
    words = {
        "stage": stage,
        "code": [digest_of(_CODE / name) for name in sorted(code)],
        "causes": causes,
        "needs": {part.stage: part.key for part in needs},
    }
    return short_digest(json.dumps(words, sort_keys=True, ensure_ascii=False, default=str).encode())


def short_digest(data: bytes) -> str:
    """Twelve hexadecimal digits of some bytes."""
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def source_cause(source: Source) -> dict[str, Any]:
    """Everything about a source that changes what is made of it: its content and settings, not its place."""
    words = {key: value for key, value in asdict(source).items() if key not in ("file", "geoid_grid")}
    grid = digest_of(source.geoid_grid) if source.geoid_grid else None
    return words | {"name": source.file.name, "content": _digest_with_siblings(source.file), "geoid_grid": grid}


def digest_of(path: Path) -> str:
    """Digest of a file, or of all files in a folder with their names."""
    digest = hashlib.blake2b(digest_size=16)
    inside = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in inside:
        if "__pycache__" in file.parts:
            continue
        digest.update(str(file.relative_to(path)).encode())
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _digest_with_siblings(file: Path) -> list[str]:
    """Digests of a file and of those beside it that belong to it, such as a shapefile's."""
    beside = sorted(p for p in file.parent.glob(f"{file.stem}.*") if p.is_file() and p.suffix in _BELONGING)
    return [digest_of(one) for one in dict.fromkeys([file, *beside])]


_BELONGING = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".tfw", ".tif.aux.xml", ".ovr", ".msk"}


def sweep(root: Path, keep: Iterable[str]) -> None:
    """Remove the parts that are not among ``keep`` (relative paths)."""
    kept = set(keep)
    for folder in (root / PARTS).iterdir():
        if folder.is_dir() and f"{PARTS}/{folder.name}" not in kept:
            shutil.rmtree(folder, ignore_errors=True)
