"""A platform that takes GB/T 28181's control messages over HTTP, and moves a dome with them.

It knows nothing of the product's code: what it reads it takes apart by itself.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from defusedxml.ElementTree import fromstring


@dataclass
class Platform:
    """``edition`` 2022 tells positions and takes aims."""

    edition: int = 2022
    token: str = "token of a platform"
    device: str = "34020000001320000001"
    status: int = 200
    body: bytes | None = None
    port: int = 0
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 1.0
    moves: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    priorities: list[str] = field(default_factory=list)

    def answer(self, path: str, token: str, sent: bytes) -> tuple[int, bytes]:
        self.paths.append(path)
        if token != f"Bearer {self.token}":
            return 401, b""
        if self.body is not None:
            return self.status, self.body
        # As the standard has it, in a Chinese encoding that the parser of the language does not know by itself.
        assert sent.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
        asked = fromstring(sent.partition(b"?>")[2].decode("gb18030"), forbid_dtd=True)
        assert asked.findtext("DeviceID") == self.device
        kind = asked.findtext("CmdType")
        if asked.tag == "Query":
            inner = f"<Pan>{self.pan:.2f}</Pan><Tilt>{self.tilt:.2f}</Tilt><Zoom>{self.zoom:.2f}</Zoom>"
            result = "<Result>OK</Result>" + inner if self.edition >= 2022 else "<Result>ERROR</Result>"
            return 200, self.told(kind, result)
        self.priorities.append(asked.findtext("Info/ControlPriority") or "")
        code = asked.findtext("PTZCmd")
        if code is not None:
            digits = bytes.fromhex(code)
            assert digits[0] == 0xA5
            assert sum(digits[:7]) % 256 == digits[7]
            self.moves.append(digits)
        aim = asked.find("PTZPreciseCtrl")
        if aim is not None:
            if self.edition < 2022:
                return 200, self.told(kind, "<Result>ERROR</Result>")
            self.pan, self.tilt, self.zoom = (float(aim.findtext(name, "")) for name in ("Pan", "Tilt", "Zoom"))
            assert 0 <= self.pan < 360
        return 200, self.told(kind, "<Result>OK</Result>")

    def told(self, kind: str | None, inner: str) -> bytes:
        return (
            f'<?xml version="1.0" encoding="GB2312"?>\r\n<Response><CmdType>{kind}</CmdType><SN>1</SN>'
            f"<DeviceID>{self.device}</DeviceID>{inner}</Response>"
        ).encode("gb2312")


@contextlib.contextmanager
def running(platform: Platform) -> Iterator[Platform]:
    """The platform, answering on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, told = platform.answer(self.path, self.headers.get("authorization", ""), sent)
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
