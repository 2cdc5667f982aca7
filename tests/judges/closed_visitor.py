"""Runs inside a closed namespace, on Python alone: starts a bundle, visits it as a person would, stops it.

``closed_visitor.py BUNDLE DATA``; prints what was found as one line of JSON.
"""

import errno
import fcntl
import http.cookiejar
import json
import math
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

PORT = 8088
ADDRESS = f"http://127.0.0.1:{PORT}"
WAIT_S = 1500.0
STOP_S = 30.0
OWN = "a-password-of-my-own-7"
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def loopback_up() -> None:
    """Without `ip`, which a machine may lack."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def closed() -> bool:
    """Whether nothing beyond this machine is reached."""
    names = sorted(name for _, name in socket.if_nameindex())
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(3)
        found = probe.connect_ex(("192.0.2.1", 80))
    return names == ["lo"] and found in (errno.ENETUNREACH, errno.EHOSTUNREACH)


class Browser:
    """Cookies, and where requests come from."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def ask(self, path: str, method: str = "GET", body: object = None) -> bytes:
        headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(ADDRESS + path, data=data, headers=headers, method=method)
        with self._opener.open(request, timeout=120) as answer:
            content: bytes = answer.read()
            return content

    def read(self, path: str, method: str = "GET", body: object = None) -> Any:
        return json.loads(self.ask(path, method, body))


class Program:
    """The bundle's one command, and what it has said."""

    def __init__(self, bundle: Path, data: Path) -> None:
        command = [str(bundle / "start"), "--data", str(data), "--port", str(PORT)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said: list[str] = []
        threading.Thread(target=lambda: self.said.extend(self.process.stdout or ()), daemon=True).start()

    def wait(self) -> None:
        """Until the server answers."""
        browser, until = Browser(), time.monotonic() + WAIT_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                browser.ask("/health")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("it does not answer:\n" + "".join(self.said))

    def stop(self) -> int:
        """Its exit code, after it was asked to end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=STOP_S)


def sign_in(browser: Browser, said: str) -> None:
    """With the one-time password that the first start told, or with the one that was set then."""
    told = re.search(r"\badministrator\s+(\S+)", said)
    password = told[1] if told else OWN
    account = browser.read("/api/session", "POST", {"name": "administrator", "password": password})["account"]
    if account["must_change"]:
        browser.ask("/api/session/password", "PUT", {"old": password, "new": OWN})


def tile_of(lon: float, lat: float, zoom: int) -> str:
    count = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{zoom}/{int((lon + 180) / 360 * count)}/{int(y * count)}"


def visit(browser: Browser) -> dict[str, Any]:
    page = browser.ask("/").decode()
    (script,) = re.findall(r'src="(/assets/[^"]+\.js)"', page)[:1]
    city = browser.read("/api/city")
    lon, lat = city["center"]
    link = browser.read(f"/api/link?lon={lon}&lat={lat}")
    return {
        "client_bytes": len(browser.ask(script)),
        "terrain_bytes": len(browser.ask("/tiles/terrain/0/1/0.terrain")),
        "map_bytes": len(browser.ask(f"/tiles/basemap/{tile_of(lon, lat, 15)}.png?lang=zh")),
        "cameras": city["counts"]["cameras"],
        "linked": len(link["cameras"]),
        "ready": browser.read("/health/ready")["status"],
        "metrics": len(browser.ask("/metrics").splitlines()),
    }


def main(bundle: Path, data: Path) -> None:
    loopback_up()
    if not closed():
        raise SystemExit("there is a network here")
    started = time.monotonic()
    program = Program(bundle, data)
    try:
        program.wait()
        seconds = time.monotonic() - started
        browser = Browser()
        sign_in(browser, "".join(program.said))
        found = visit(browser)
        code = program.stop()
    finally:
        program.process.kill()
    wrong = [line for line in program.said if "Traceback" in line or "Error" in line]
    if code != 0 or wrong:
        raise SystemExit(f"it ended with {code}:\n" + "".join(program.said))
    print(json.dumps({"seconds": round(seconds, 1), "signed_in": True, **found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
