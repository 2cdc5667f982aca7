"""The real program, started as a person would."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from geoserver.settings import settings_from_environment
from tests import door

READY_S = 180.0
"""Kernels may have to be compiled first, on a busy machine."""


def run(*words: str, lang: str = "C.UTF-8", timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run ``geoserver WORDS`` to its end."""
    environment = {**os.environ, "LANG": lang, "LC_ALL": lang, "COLUMNS": "200"}
    command = [sys.executable, "-m", "geoserver", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)


@dataclass
class Running:
    """A server process and its address."""

    process: subprocess.Popen[str]
    address: str
    web: httpx.Client


@contextlib.contextmanager
def started(folder: Path, *more: str) -> Iterator[Running]:
    """``geoserver serve FOLDER`` on a free port, until left; must end by itself when asked to."""
    command = [sys.executable, "-m", "geoserver", "serve", str(folder), "--port", "0", "--json", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        address = _ready(process)
        door.let_in(settings_from_environment(folder).database, address)
        with door.Client(base_url=address, timeout=60) as web:
            yield Running(process, address, web)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def _ready(process: subprocess.Popen[str]) -> str:
    """The address that the server says it answers at."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        line = lines.get(timeout=READY_S)
        if line is None:
            raise RuntimeError(f"the server ended: {process.stderr.read() if process.stderr else ''}")
        event: dict[str, Any] = json.loads(line)
        if event["event"] == "ready":
            return str(event["address"])
