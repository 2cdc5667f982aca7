"""Streams over HTTP(S), as cameras and platforms give them: HTTP-FLV, MPEG-TS, progressive MP4."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final
from urllib.parse import urljoin

from geoserver.streams.addresses import Address, AddressRules, Endpoint
from geoserver.streams.containers import stream_units
from geoserver.streams.credentials import Credentials
from geoserver.streams.model import Reason, SourceLost, Unit, Unplayable
from geoserver.streams.stopping import Stop

SILENCE_S: Final = 8.0
MAX_REDIRECTS: Final = 3
_REASONS: Final[dict[int, Reason]] = {401: "refused", 403: "refused", 404: "not-found", 410: "not-found"}


class Body:
    """The body of an answer as libav reads files; what breaks is kept for who asks why."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer
        self.lost: SourceLost | None = None

    def read(self, size: int) -> bytes:
        """What has come, at most so much; nothing once it has ended or is silent."""
        try:
            return self._answer.read1(size)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.lost = SourceLost("silent" if isinstance(error, TimeoutError) else "ended")
            return b""


def http_units(address: Address, rules: AddressRules, stop: Stop) -> Iterator[Unit | Unplayable]:
    """Pictures of a stream as they come, until it is to stop.

    Raises
    ------
    SourceLost
    """
    with ExitStack() as stack:
        body = Body(_answer(address, rules, stop, stack))
        for one in stream_units(body):
            if stop.is_set():
                return
            yield one
        raise body.lost or SourceLost("ended")


def _answer(address: Address, rules: AddressRules, stop: Stop, stack: ExitStack) -> http.client.HTTPResponse:
    """The answer that carries the stream, after redirects, each checked like the first address."""
    url, host, credentials = address.url, "", None
    asked = 0
    while asked <= 2 * MAX_REDIRECTS:
        asked += 1
        endpoint = rules.endpoint(url)
        if endpoint.scheme not in ("http", "https"):
            raise SourceLost("not-allowed")
        own = endpoint.user or ("", "")
        if credentials is None:
            host = f"{endpoint.scheme}://{endpoint.authority}"
            credentials = Credentials(address.user or own[0], address.password if address.user else own[1])
        elif f"{endpoint.scheme}://{endpoint.authority}" != host:  # another machine is not told the password
            credentials = Credentials("", "")
        trial = stack.enter_context(ExitStack())
        connection = endpoint.connect()
        trial.enter_context(stop.ends(connection))
        answer = _get(connection, endpoint, credentials)
        if answer.status == 401 and credentials.ask(answer.headers.get_all("www-authenticate") or ()):
            trial.close()
            continue
        if 300 <= answer.status < 400 and answer.headers.get("location"):
            url = urljoin(url, answer.headers["location"])
            trial.close()
            continue
        if answer.status != 200:
            raise SourceLost(_REASONS.get(answer.status, "not-readable"))
        return answer
    raise SourceLost("not-found")


def _get(connection: socket.socket, endpoint: Endpoint, credentials: Credentials) -> http.client.HTTPResponse:
    connection.settimeout(SILENCE_S)
    client = http.client.HTTPConnection(endpoint.ip, endpoint.port)
    client.sock = connection
    headers = {"Host": endpoint.authority, "User-Agent": "geoserver", "Accept": "*/*"}
    own = credentials.header("GET", endpoint.target)
    try:
        client.request("GET", endpoint.target, headers=headers | ({"Authorization": own} if own else {}))
        return client.getresponse()
    except TimeoutError:
        raise SourceLost("silent") from None
    except (OSError, ValueError, http.client.HTTPException):
        raise SourceLost("ended") from None
