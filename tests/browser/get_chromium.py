"""Finds a Chromium for the browser tests, or gets one: Debian's where it may install, else Playwright's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def found() -> str | None:
    """Path of a Chromium on this machine, or None; ``GEOSERVER_CHROMIUM`` wins."""
    named = os.environ.get("GEOSERVER_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return None


def playwright_has_one() -> bool:
    """Whether Playwright carries a browser of its own here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        return Path(driver.chromium.executable_path).exists()


def get() -> None:
    """Install one; raises CalledProcessError when neither way works."""
    if found() or playwright_has_one():
        return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    get()
    print(f"browser: {found() or 'of Playwright'}")
