"""Tilesets in one file: 3TZ (zip with an index) and 3DTILES (SQLite)."""

import gzip
import sqlite3
import zipfile
from pathlib import Path

from tests.judges.tiles3d.findings import Findings

INDEX = "@3dtilesIndex1@"


def unpacked(found: Findings, file: Path, folder: Path) -> Path | None:
    """Write the package's files into a folder; its tileset.json, if there is one."""
    try:
        parts = _sqlite(file) if file.suffix == ".3dtiles" else _zip(found, file)
    # NotImplementedError is zipfile's own word for a compression or encryption that it does not know.
    except (zipfile.BadZipFile, sqlite3.Error, OSError, NotImplementedError) as problem:
        found.add("IO_ERROR", file.name, problem)
        return None
    for name, data in parts.items():
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()):
            found.add("IO_ERROR", name, "leads out of the package")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    main = folder / "tileset.json"
    if main.is_file():
        return main
    found.add("IO_ERROR", file.name, "no tileset.json")
    return None


def _zip(found: Findings, file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if not names or names[-1] != INDEX:
            found.add("IO_ERROR", file.name, f"the last entry is not {INDEX}")
        return {name: archive.read(name) for name in names if name != INDEX and not name.endswith("/")}


def _sqlite(file: Path) -> dict[str, bytes]:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as base:
        rows = {str(key): bytes(content) for key, content in base.execute("SELECT key, content FROM media")}
    base.close()
    return rows
