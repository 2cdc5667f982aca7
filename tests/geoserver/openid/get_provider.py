"""Finds the OpenID provider that tests sign in at, or installs it: panva's certified oidc-provider, from npm."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent / "provider"
INSTALLED = HERE / "node_modules" / "oidc-provider" / "package.json"


def found() -> Path | None:
    """The program, or None."""
    return HERE / "provider.mjs" if INSTALLED.exists() and shutil.which("node") else None


def get() -> None:
    """Install what its lock names."""
    if found() is None and shutil.which("npm"):
        subprocess.run(["npm", "ci", "--no-fund", "--no-audit", "--loglevel=error"], cwd=HERE, check=True)


def needed() -> Path:
    """The program; tests that need it are skipped, visibly, where it is not installed: CI installs it."""
    program = found()
    if program is None:
        pytest.skip("no OpenID provider; python -m tests.geoserver.openid.get_provider installs it")
    return program


if __name__ == "__main__":
    get()
    print(f"OpenID provider: {found() or 'none'}")
