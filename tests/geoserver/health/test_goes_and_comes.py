"""A camera that goes away and comes back: its order opens and closes by itself."""

import socket
import socketserver
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geoserver.settings import Settings
from layers.cameras.model import Credential
from tests import door
from tests.geoserver.conftest import flat_services, serving

ANSWER = b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm=x, nonce=y\r\n\r\n"


class Answers(socketserver.BaseRequestHandler):
    """A camera that wants to know who asks; what it was sent is kept."""

    def handle(self) -> None:
        heard.append(self.request.recv(4_096))
        self.request.sendall(ANSWER)


heard: list[bytes] = []


class Camera(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def camera_at(port: int) -> Camera:
    made = Camera(("127.0.0.1", port), Answers)
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    return made


def waited(ask: Callable[[], Any]) -> Any:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := ask():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_an_order_opens_and_closes_by_itself(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(folder=tmp_path, client=tmp_path, stream_networks="127.0.0.1", health="on")
    there = camera_at(port)
    with flat_services(tmp_path) as services:
        url = f"rtsp://127.0.0.1:{port}/1"
        secret = [Credential(camera="north", stream=one, url=url, user="u", password="p") for one in ("main", "sub")]
        services.store.set_credentials(secret)
        with serving(settings, services) as address, door.Client(base_url=address, timeout=60) as web:
            kept = web.get("/api/health/settings").json()
            schedule = kept["schedule"] | {"reach_round_s": 1, "again_s": 0.2}
            set_ = web.put("/api/health/settings", json={"version": kept["version"], "schedule": schedule})
            assert set_.status_code == 200, set_.text
            north = "/api/health/cameras/north"
            waited(lambda: web.get(north).json()["online"])
            assert all(b"Authorization" not in one and b"opensesame" not in one for one in heard)
            there.shutdown()
            there.server_close()
            order = waited(lambda: web.get(north).json()["order"])
            told = web.get(f"/api/repair-orders/{order}").json()
            assert (told["faults"], told["state"], told["opened_by"]) == (["offline"], "open", "picture")
            assert waited(lambda: web.get("/api/cameras/north").json()["online"] is False)
            back = camera_at(port)
            closed = waited(lambda: (one := web.get(f"/api/repair-orders/{order}").json())["state"] == "closed" and one)
            assert closed["closed_by"] == "picture"
            assert web.get("/api/health/board").json()["orders"]["open"] == 0
            states = [one["state"] for one in web.get(north).json()["history"]]
            assert states == ["online", "offline", "online"]
            back.shutdown()
            back.server_close()
