"""What of a built city goes along: its live parts and its lists; no database, key, log, still, coverage or address."""

import io
import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bundle.archive import add, packed
from bundle.errors import CannotBundle
from data.recipe.situation import CALLS
from geoserver import demo_situation
from geoserver.console import Console
from geoserver.loading import dump_file
from geoserver.settling import ARCHIVE, BUILD, DEMO, LISTS

DEMO_LISTS = ("cameras", "privacy-volumes")
"""Of the demo city; the rest of its records comes from its recipe's files, anew each day."""
DEMO_FILES = (*demo_situation.LISTS.values(), CALLS, "camera_faults.csv")


def pack_city(folder: Path, into: Path, console: Console) -> Mapping[str, Any]:
    """Write a city's archive, its lists and what its demo needs; its name, version and size.

    Raises
    ------
    CannotBundle
    """
    try:
        build = json.loads((folder / BUILD).read_text("utf-8")) | {"previous": {}}
    except FileNotFoundError:
        raise CannotBundle(
            f"{folder} holds no built city. Run: geoserver build, or geoserver demo --no-serve"
        ) from None
    size = _archive(folder, build, into / ARCHIVE)
    sources = folder / "sources"
    is_demo = bool(build["city"]["generated"]) and all((sources / name).is_file() for name in DEMO_FILES)
    (into / "lists").mkdir()
    for kind in DEMO_LISTS if is_demo else LISTS:
        dump_file(folder, kind, into / "lists" / LISTS[kind], console)
    if is_demo:
        (into / DEMO).mkdir()
        for name in DEMO_FILES:
            shutil.copyfile(sources / name, into / DEMO / name)
    return {
        "name": build["city"]["name"],
        "name_en": build["city"]["name_en"],
        "version": build["version"],
        "demo": is_demo,
        "bytes": size,
    }


def _archive(folder: Path, build: Mapping[str, Any], archive: Path) -> int:
    """The city's parts, compressed: they are heights and triangles, and become a third of their size."""
    size = 0
    with packed(archive) as out:
        text = json.dumps(build, ensure_ascii=False, indent=1).encode()
        add(out, BUILD, io.BytesIO(text), len(text))
        for part in sorted(build["parts"].values()):
            for file in sorted((folder / part).rglob("*")):
                if file.is_file():
                    size += file.stat().st_size
                    _add_file(out, file, file.relative_to(folder).as_posix())
    return size


def _add_file(out: tarfile.TarFile, file: Path, name: str) -> None:
    with file.open("rb") as stream:
        add(out, name, stream, file.stat().st_size)
