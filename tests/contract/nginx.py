"""Starts nginx with a configuration of the test's own."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.contract.get_nginx import needed

FRAME = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; video/mp2t ts; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    {site}
  }}
}}
"""


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def proxying(folder: Path, site: str) -> Iterator[str]:
    """The address of an nginx with a site, which is what stands inside ``server``."""
    program, port = needed(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, port=port, site=site), encoding="utf-8")
    with running(program, folder, port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def running(program: str, folder: Path, port: int) -> Iterator[None]:
    """An nginx with the ``nginx.conf`` of a folder, from when it listens at a port until left."""
    process = subprocess.Popen([program, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(200):
            assert process.poll() is None, (folder / "error.log").read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
