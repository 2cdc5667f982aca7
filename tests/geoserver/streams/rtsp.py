"""Starts and stops a real RTSP server (``rtsp_server.py``) as a process of its own."""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.geoserver.streams.get_rtsp import PYTHON

USER, PASSWORD = "operator", "open sesame"
PROGRAM = Path(__file__).with_name("rtsp_server.py")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


FED = "-"
"""Stands for what is pushed, instead of a file."""


class RtspServer:
    """A server on a port of its own, which it keeps when it is started again."""

    def __init__(self, files: Sequence[Path | str], *, mounts: int = 1, fps: int = 25, user: str = USER) -> None:
        self.port = free_port()
        self._fed = FED in files
        names = ",".join(str(one) for one in files)
        self._command = [PYTHON, str(PROGRAM), str(self.port), user, PASSWORD, str(fps), str(mounts), names]
        self._process: subprocess.Popen | None = None
        self.plays: list[int] = []

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, mount: int = 0) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{mount}"

    def start(self) -> "RtspServer":
        """Start it; returns once it listens."""
        given = subprocess.PIPE if self._fed else subprocess.DEVNULL
        process = subprocess.Popen(
            self._command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        self._process = process
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return self

    def push(self, picture: bytes) -> None:
        """Send a picture (H.264, annex B) to who watches a mount that is fed."""
        assert self._process is not None
        assert self._process.stdin is not None
        pipe = self._process.stdin.buffer
        pipe.write(len(picture).to_bytes(4, "big") + picture)
        pipe.flush()

    def kill(self) -> None:
        """As a camera that loses its power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            if self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
            self._process = None

    def _listen(self, process: subprocess.Popen) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("play "):
                self.plays.append(int(line.split()[1]))
        process.stdout.close()

    def __enter__(self) -> "RtspServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
