"""Finds GStreamer's RTSP server for the tests, or installs Debian's: a real server, that others wrote."""

import os
import shutil
import subprocess

import pytest

PYTHON = "/usr/bin/python3"
"""Debian's own: its GStreamer is not known to any other."""
PACKAGES = (
    "python3-gi",
    "gir1.2-gst-rtsp-server-1.0",
    "gir1.2-gstreamer-1.0",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
)
_ASK = """
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert all(Gst.ElementFactory.find(name) for name in ("rtph264pay", "rtph265pay", "h264parse", "h265parse", "appsrc"))
"""


def found() -> bool:
    """Whether the server and what it needs are here."""
    if not os.access(PYTHON, os.X_OK):
        return False
    return subprocess.run([PYTHON, "-c", _ASK], capture_output=True).returncode == 0


def get() -> None:
    """Install it where we may; where we may not, its tests are skipped and say so."""
    if found() or os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    subprocess.run(install, **quiet)  # type: ignore[call-overload]


def needed() -> None:
    """Tests that need the server are skipped, visibly, where there is none: as for PostgreSQL, CI installs it."""
    if not found():
        pytest.skip("no GStreamer RTSP server; python -m tests.geoserver.streams.get_rtsp as root installs it")


if __name__ == "__main__":
    get()
    print(f"rtsp: {'GStreamer' if found() else 'none'}")
