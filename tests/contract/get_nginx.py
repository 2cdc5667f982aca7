"""Finds nginx for the tests, or installs Debian's: the proxy that sites have before us, and a server of segments."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = "/usr/sbin/nginx"


def found() -> str | None:
    """The program, or None."""
    return shutil.which("nginx") or (PROGRAM if Path(PROGRAM).exists() else None)


def get() -> None:
    """Install it where we may; where we may not, its tests are skipped and say so."""
    if found() or os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # Installing it starts nothing: the tests start their own.
    quiet = {
        "check": True,
        "stdout": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
    }
    subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "nginx-light"]
    subprocess.run(install, **quiet)  # type: ignore[call-overload]


def needed() -> str:
    """The program; tests that need it are skipped, visibly, where there is none: CI installs it."""
    program = found()
    if program is None:
        pytest.skip("no nginx; python -m tests.contract.get_nginx as root installs it")
    return program


if __name__ == "__main__":
    get()
    print(f"nginx: {found() or 'none'}")
