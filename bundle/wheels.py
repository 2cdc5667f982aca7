"""The wheels of a bundle: fetched by the lock, our own built, and what they ask of the machine."""

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from bundle.errors import CannotBundle
from bundle.locked import Pinned, as_requirements

_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_")
_OLD = {"manylinux1_": (2, 5), "manylinux2010_": (2, 12), "manylinux2014_": (2, 17)}


def fetch(pinned: Pinned, folder: Path) -> list[Path]:
    """The wheel of each package, from the registry where it is not in the folder yet; others there are left alone.

    Raises
    ------
    CannotBundle
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = {one: hashes for one, hashes in pinned.items() if _found(one, hashes, folder) is None}
    if missing:
        wanted = folder / "wanted.txt"
        wanted.write_text(as_requirements(missing), "utf-8")
        _pip("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", wanted, "-d", folder)
        wanted.unlink()
    found = {one: _found(one, hashes, folder) for one, hashes in pinned.items()}
    if None in found.values():
        raise CannotBundle(f"no wheel of {', '.join(one for one, file in found.items() if file is None)}")
    return sorted(file for file in found.values() if file is not None)


def own(sources: Path, folder: Path) -> Path:
    """Our own wheel, built from sources without fetching anything.

    Raises
    ------
    CannotBundle
    """
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, sources)
    (made,) = folder.glob("geoserver-*.whl")
    return made


def pinned_to(files: Iterable[Path]) -> Pinned:
    """What a folder of exactly these wheels is installed by."""
    pinned: Pinned = {}
    for file in files:
        name, version, _, _ = parse_wheel_filename(file.name)
        pinned[f"{name}=={version}"] = (f"sha256:{digest_of(file)}",)
    return pinned


def oldest_glibc(names: Iterable[str]) -> tuple[int, int]:
    """The oldest glibc that all wheels of these file names run with.

    >>> oldest_glibc(["a-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", "b-1-py3-none-any.whl"])
    (2, 27)
    """
    return max((_glibc(name) for name in names), default=(2, 17))


def _glibc(name: str) -> tuple[int, int]:
    found = [(int(major), int(minor)) for major, minor in _MANYLINUX.findall(name)]
    found += [version for tag, version in _OLD.items() if tag in name]
    return min(found, default=(2, 17))


def unpacked_bytes(files: Iterable[Path]) -> int:
    """How much room wheels take when they are installed, without what is compiled of them."""
    total = 0
    for file in files:
        with zipfile.ZipFile(file) as wheel:
            total += sum(one.file_size for one in wheel.infolist())
    return total


def digest_of(file: Path) -> str:
    """SHA-256, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _found(pinned: str, hashes: tuple[str, ...], folder: Path) -> Path | None:
    """The wheel of a package, if it is there, is whole and runs here."""
    package, _, version = pinned.partition("==")
    for file in folder.glob("*.whl"):
        name, built, _, tags = parse_wheel_filename(file.name)
        if (str(name), str(built)) == (package, version) and not tags.isdisjoint(sys_tags()):
            return file if f"sha256:{digest_of(file)}" in hashes else None
    return None


def _pip(*words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotBundle(f"{' '.join(command[2:6])} failed:\n{done.stderr}")
