"""Whether a camera answers at its address: asked once, without user or password, by the rules of all addresses."""

import http.client
import re
from contextlib import closing
from typing import Final
from urllib.parse import urljoin

from geoserver.streams.addresses import Address, AddressRules, Endpoint
from geoserver.streams.model import Reason, SourceLost

ANSWER_S: Final = 5.0
MAX_HEAD: Final = 16_384
MAX_REDIRECTS: Final = 3
_STATUS = re.compile(rb"RTSP/1\.\d (\d{3})")
_LOCATION = re.compile(rb"\r\nlocation:[ \t]*(\S+)", re.IGNORECASE)


def reach(address: Address, rules: AddressRules) -> Reason | None:
    """Why a camera is not reached; None where it is. One that wants to know who asks is there. Blocks."""
    if not address.url:
        return "no-address"
    url = address.url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            endpoint = rules.endpoint(url)
            status, location = _asked_http(endpoint) if endpoint.scheme.startswith("http") else _asked_rtsp(endpoint)
            if 300 <= status < 400 and location:
                url = urljoin(url, location)
                continue
            if status in (404, 410):
                return "not-found"
            return None if status in (401, 403, 405, 501) or 200 <= status < 300 else "not-readable"
    except SourceLost as lost:
        return lost.reason
    except TimeoutError:
        return "silent"
    except (OSError, ValueError, http.client.HTTPException):
        return "ended"
    return "not-found"


def _asked_rtsp(endpoint: Endpoint) -> tuple[int, str]:
    with closing(endpoint.connect()) as connection:
        connection.settimeout(ANSWER_S)
        uri = f"{endpoint.scheme}://{endpoint.authority}{endpoint.target}"
        lines = (f"DESCRIBE {uri} RTSP/1.0", "CSeq: 1", "User-Agent: geoserver", "Accept: application/sdp", "", "")
        connection.sendall("\r\n".join(lines).encode())
        head = b""
        while b"\r\n\r\n" not in head and len(head) < MAX_HEAD:
            more = connection.recv(4_096)
            if not more:
                break
            head += more
    status, location = _STATUS.match(head), _LOCATION.search(head.partition(b"\r\n\r\n")[0])
    if status is None:
        raise SourceLost("not-readable")
    return int(status[1]), location[1].decode("latin-1") if location else ""


def _asked_http(endpoint: Endpoint) -> tuple[int, str]:
    with closing(endpoint.connect()) as connection:
        connection.settimeout(ANSWER_S)
        client = http.client.HTTPConnection(endpoint.ip, endpoint.port)
        client.sock = connection
        client.request("HEAD", endpoint.target, headers={"Host": endpoint.authority, "User-Agent": "geoserver"})
        answer = client.getresponse()
        return answer.status, answer.headers.get("location", "")
