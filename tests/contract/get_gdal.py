"""Finds GDAL's programs for the tests, or installs Debian's: a reader of our collections that others wrote."""

import os
import shutil
import subprocess

PACKAGE = "gdal-bin"
PROGRAMS = ("ogrinfo", "ogr2ogr")


def found() -> bool:
    """Whether the programs are here."""
    return all(shutil.which(program) for program in PROGRAMS)


def get() -> None:
    """Install them where we may; where we may not, their tests are skipped and say so."""
    if found() or os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGE], **quiet)  # type: ignore[call-overload]


if __name__ == "__main__":
    get()
    print(f"gdal: {shutil.which('ogrinfo') or 'none'}")
