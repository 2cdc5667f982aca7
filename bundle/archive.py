"""Archives that come out the same for the same content: names in order, one time, nobody's files."""

import contextlib
import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bundle.wheels import digest_of

SUMS = "SHA256SUMS"
FAST = 1
"""More effort makes a city's archive 5 % smaller and takes three times as long."""


@contextlib.contextmanager
def packed(file: Path) -> Iterator[tarfile.TarFile]:
    """A compressed archive to add to."""
    with (
        file.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=FAST, fileobj=raw, mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w", format=tarfile.PAX_FORMAT) as out,
    ):
        yield out


def add(out: tarfile.TarFile, name: str, content: IO[bytes], size: int, *, runs: bool = False) -> None:
    """Add a file."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o755 if runs else 0o644
    out.addfile(member, content)


def sum_up(folder: Path) -> None:
    """Write the digests of all files of a folder, as ``sha256sum --check`` reads them."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != SUMS)
    lines = [f"{digest_of(file)}  {file.relative_to(folder).as_posix()}\n" for file in files]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def tar_up(folder: Path, archive: Path) -> None:
    """Put a folder into a plain archive, its digest beside it: what is large in it is compressed already."""
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as out:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                with file.open("rb") as stream:
                    size, runs = file.stat().st_size, file.stat().st_mode & 0o100 != 0
                    add(out, f"{folder.name}/{file.relative_to(folder).as_posix()}", stream, size, runs=runs)
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest_of(archive)}  {archive.name}\n", "utf-8")
