"""Puts a bundle together: one folder, summed up, in one archive."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bundle import locked, papers, wheels
from bundle.archive import sum_up, tar_up
from bundle.city import pack_city
from bundle.errors import CannotBundle
from bundle.sources import gather
from geoserver.console import Console
from geoserver.settling import BUNDLE

ROOT = Path(__file__).resolve().parents[1]
MB = 2**20
COMPILED = 1.4
"""So much more room the program takes with what Python compiles of it."""
CITY_ROOM_MB = 800
"""Beside the city itself: records, coverage, tiles drawn on request."""
WORDS = ("README.txt", "start")


def make_bundle(city: Path, out: Path, store: Path, console: Console) -> Path:
    """The archive of a bundle for machines like this one.

    Parameters
    ----------
    city : folder of a built city
    out : folder for the archive
    store : folder in which fetched wheels are kept between bundles

    Raises
    ------
    CannotBundle
    """
    if platform.system() != "Linux":
        raise CannotBundle("a bundle is for Linux, and is made there")
    client = ROOT / "frontend" / "dist"
    if not (client / "index.html").is_file():
        raise CannotBundle("the client is not built. Run: make client")
    out.mkdir(parents=True, exist_ok=True)
    name = _name()
    # Beside the archive, not among temporary files: it is as large as the archive, and those are often in memory.
    with tempfile.TemporaryDirectory(dir=out, prefix=".making-") as aside:
        folder = Path(aside) / name
        folder.mkdir()
        shutil.copytree(client, folder / "client")
        shutil.copytree(ROOT / "docs" / "deploy", folder / "deploy")
        shutil.copy(ROOT / "docs" / "deploy.md", folder / "deploy" / "README.md")
        for word in WORDS:
            shutil.copy(ROOT / "bundle" / word, folder / word)
        files = _wheels(folder, store)
        _papers(folder, files)
        _facts(folder, files, pack_city(city.resolve(), folder, console))
        sum_up(folder)
        tar_up(folder, Path(aside) / f"{name}.tar")
        for made in (f"{name}.tar", f"{name}.tar.sha256"):
            os.replace(Path(aside) / made, out / made)
    return out / f"{name}.tar"


def version() -> str:
    """The version of the source tree."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def _name() -> str:
    return f"geoserver-{version()}-cp{locked.PYTHON.replace('.', '')}-linux_{platform.machine()}"


def _wheels(folder: Path, store: Path) -> list[Path]:
    into = folder / "wheels"
    into.mkdir()
    fetched = wheels.fetch(locked.needed(ROOT), store)
    for file in fetched:
        _link(file, into / file.name)
    files = [*into.iterdir(), wheels.own(gather(ROOT, folder.parent / "sources"), into)]
    files.sort()
    (folder / "requirements.txt").write_text(locked.as_requirements(wheels.pinned_to(files)), "utf-8")
    return files


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:  # on another disk
        shutil.copyfile(file, to)


def _papers(folder: Path, files: list[Path]) -> None:
    client = papers.of_client(ROOT / "frontend" / "package-lock.json")
    packages = [*map(papers.of_wheel, files), *client]
    (folder / "LICENCES.tsv").write_text(papers.as_table(packages), "utf-8")
    listed = papers.as_cyclonedx("geoserver", version(), _made_at(), packages)
    (folder / "sbom.cdx.json").write_text(listed, "utf-8")
    for name, text in papers.client_licences(client, ROOT / "frontend" / "node_modules").items():
        file = folder / "licences" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)


def _facts(folder: Path, files: list[Path], city: Mapping[str, Any]) -> None:
    """What programs and the script read."""
    glibc = ".".join(map(str, wheels.oldest_glibc(file.name for file in files)))
    facts = {
        "version": version(),
        "python": locked.PYTHON,
        "machine": platform.machine(),
        "glibc": glibc,
        "city": city,
    }
    (folder / BUNDLE).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    lines = {
        "PYTHON_VERSION": locked.PYTHON,
        "MACHINE": platform.machine(),
        "GLIBC": glibc,
        "PROGRAM_MB": int(wheels.unpacked_bytes(files) * COMPILED / MB),
        "CITY_MB": int(city["bytes"] / MB) + CITY_ROOM_MB,
    }
    (folder / "bundle.env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")


def _made_at() -> datetime:
    """The time of the sources, not of the making: the same sources make the same bundle."""
    command = ["git", "log", "-1", "--format=%ct"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return datetime.fromtimestamp(int(told or 0), UTC)
