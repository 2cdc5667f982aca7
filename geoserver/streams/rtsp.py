"""RTSP 1.0 (RFC 2326) as a player of one video track speaks it, over one TCP connection.

libav has an RTSP client too. It follows a camera's redirect to any address, takes passwords in URLs only, which its
errors and logs repeat, and cannot be interrupted; so we speak the protocol ourselves, on a connection that was
checked (``addresses``). Media come interleaved in the same connection (§10.12): nothing else is opened.
"""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from geoserver.streams.addresses import CONNECT_S, Address, AddressRules, Endpoint
from geoserver.streams.credentials import Credentials
from geoserver.streams.model import Reason, SourceLost, Unit, Unplayable
from geoserver.streams.rtp import Depacketiser
from geoserver.streams.sdp import Track, video_track
from geoserver.streams.stopping import Stop

ANSWER_S: Final = 8.0
SILENCE_S: Final = 8.0
MAX_REDIRECTS: Final = 3
MAX_HEAD: Final = 64 << 10
MAX_BODY: Final = 256 << 10
READ: Final = 64 << 10
T = TypeVar("T")
_FRAME = struct.Struct("!BBH")
_REASONS: Final[dict[int, Reason]] = {401: "refused", 403: "refused", 404: "not-found", 410: "not-found"}


class Redirected(Exception):
    """The camera names another address, which is checked like the first."""

    def __init__(self, url: str) -> None:
        super().__init__("redirected")
        self.url = url


@dataclass(frozen=True)
class Answer:
    """What a camera said: status, header (names in lower case) and body."""

    status: int
    header: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False, default=b"")

    def all(self, name: str) -> list[str]:
        """Every value of a header line."""
        return [value for own, value in self.header if own == name]

    def one(self, name: str) -> str:
        """The first value of a header line, "" without any."""
        return next(iter(self.all(name)), "")


def rtsp_units(address: Address, rules: AddressRules, stop: Stop) -> Iterator[Unit | Unplayable]:
    """Pictures of a stream as they come, until it is to stop; or only what it is, where we know no such codec.

    Raises
    ------
    SourceLost
    """
    yield from _followed(address, rules, stop, Dialogue.play, CONNECT_S)


def rtsp_track(address: Address, rules: AddressRules, within_s: float) -> Track:
    """What a camera says of its stream, which is not played; within so many seconds after it has connected.

    Raises
    ------
    SourceLost
    """
    stop = Stop()
    timer = threading.Timer(within_s, stop.set)
    timer.start()
    try:
        return next(_followed(address, rules, stop, Dialogue.describe, within_s))
    finally:
        timer.cancel()


def _followed(
    address: Address, rules: AddressRules, stop: Stop, work: "Callable[[Dialogue], Iterator[T]]", connect_s: float
) -> Iterator[T]:
    """What comes of a dialogue with a camera, or with whom it redirects to, each checked like the first."""
    url, host = address.url, ""
    for _ in range(MAX_REDIRECTS + 1):
        endpoint = rules.endpoint(url)
        host = host or endpoint.host
        if endpoint.scheme not in ("rtsp", "rtsps"):
            raise SourceLost("not-allowed")
        own = endpoint.user or ("", "")
        credentials = Credentials(address.user or own[0], address.password if address.user else own[1])
        if endpoint.host != host:  # another machine is not told the password
            credentials = Credentials("", "")
        connection = endpoint.connect(connect_s)
        with stop.ends(connection):
            try:
                yield from work(Dialogue(connection, endpoint, credentials, stop))
                return
            except Redirected as other:
                url = other.url
            except (TimeoutError, OSError, ValueError) as error:
                raise SourceLost("silent" if isinstance(error, TimeoutError) else "ended") from None
    raise SourceLost("not-found")


class Dialogue:
    """One connection to a camera."""

    def __init__(self, connection: socket.socket, endpoint: Endpoint, credentials: Credentials, stop: Stop) -> None:
        self._connection, self._credentials, self._stop = connection, credentials, stop
        self._base = f"{endpoint.scheme}://{endpoint.authority}{endpoint.target}"
        self._data = bytearray()
        self._number = 0
        self._session = ""
        self._keep_alive_s = 60.0

    def play(self) -> Iterator[Unit | Unplayable]:
        """Describe, set up and play; see ``rtsp_units``.

        Raises
        ------
        SourceLost, Redirected, OSError
        """
        self._connection.settimeout(ANSWER_S)
        options = self._ask("OPTIONS", self._base, required=False)
        track = self._track()
        if track.codec is None:
            yield Unplayable(track.encoding.lower(), 0, 0)
            return
        channel = self._set_up(track)
        try:
            self._ask("PLAY", track.aggregate, ("Range: npt=0.000-",))
            alive = "GET_PARAMETER" if "GET_PARAMETER" in options.one("public").upper() else "OPTIONS"
            yield from self._pictures(track, channel, alive)
        finally:
            self._tear_down(track)

    def describe(self) -> Iterator[Track]:
        """The one video track that the camera describes.

        Raises
        ------
        SourceLost, Redirected, OSError
        """
        self._connection.settimeout(ANSWER_S)
        yield self._track()

    def _track(self) -> Track:
        described = self._ask("DESCRIBE", self._base, ("Accept: application/sdp",))
        base = described.one("content-base") or described.one("content-location") or self._base
        return video_track(described.body, base)

    def _set_up(self, track: Track) -> int:
        """The channel on which the video will come."""
        answer = self._ask("SETUP", track.control, ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1",))
        session, *parameters = [part.strip() for part in answer.one("session").split(";")]
        self._session = session
        for one in parameters:
            name, _, value = one.partition("=")
            if name == "timeout" and value.isdigit():
                self._keep_alive_s = max(float(value), 4.0)
        transport = answer.one("transport").lower()
        if "tcp" not in transport:
            raise SourceLost("not-readable")
        found = re.search(r"interleaved=(\d{1,3})", transport)
        return int(found[1]) if found else 0

    def _pictures(self, track: Track, channel: int, alive: str) -> Iterator[Unit]:
        assert track.codec is not None
        depacketiser = Depacketiser(track.codec, track.payload, track.sets)
        self._connection.settimeout(SILENCE_S)
        asked = seen = time.monotonic()
        while not self._stop.is_set():
            at, packet = self._interleaved()
            now = time.monotonic()
            units = depacketiser.take(packet) if at == channel else ()
            if units:
                seen = now
                yield from units
            elif now - seen > SILENCE_S:
                raise SourceLost("silent")
            if now - asked > self._keep_alive_s / 2:
                asked = now
                self._send(alive, track.aggregate, ())

    def _interleaved(self) -> tuple[int, bytes]:
        """Channel and bytes of the next packet; what the camera says in between is heard and left."""
        while True:
            while len(self._data) < 4:
                self._more()
            sign, channel, length = _FRAME.unpack_from(self._data)
            if sign != 0x24:
                self._read_text()
                continue
            while len(self._data) < 4 + length:
                self._more()
            packet = bytes(self._data[4 : 4 + length])
            del self._data[: 4 + length]
            return channel, packet

    def _ask(self, method: str, uri: str, lines: Sequence[str] = (), *, required: bool = True) -> Answer:
        """The answer to a request, asked again with user and password where the camera wants them."""
        while True:
            number = self._send(method, uri, lines)
            answer = self._answer_to(number)
            if answer.status == 401 and self._credentials.ask(answer.all("www-authenticate")):
                continue
            if 300 <= answer.status < 400 and answer.one("location"):
                raise Redirected(answer.one("location"))
            if required and not 200 <= answer.status < 300:
                raise SourceLost(_REASONS.get(answer.status, "not-readable"))
            return answer

    def _send(self, method: str, uri: str, lines: Sequence[str]) -> int:
        self._number += 1
        head = [f"{method} {uri} RTSP/1.0", f"CSeq: {self._number}", "User-Agent: geoserver", *lines]
        if self._session:
            head.append(f"Session: {self._session}")
        own = self._credentials.header(method, uri)
        if own is not None:
            head.append(f"Authorization: {own}")
        self._connection.sendall("\r\n".join([*head, "", ""]).encode())
        return self._number

    def _answer_to(self, number: int) -> Answer:
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until:
            while not self._data:
                self._more()
            if self._data[0] == 0x24:
                self._interleaved()
                continue
            answer = self._read_text()
            if answer is not None and answer.one("cseq").strip() in ("", str(number)):
                return answer
        raise TimeoutError

    def _read_text(self) -> Answer | None:
        """An answer, or None for a request of the camera's, with its body taken from what was read.

        Raises
        ------
        SourceLost
            ``not-readable``: neither RTSP nor an interleaved packet.
        """
        while (end := self._data.find(b"\r\n\r\n")) < 0:
            first_line = self._data[: self._data.find(b"\r\n")] if b"\r\n" in self._data else b"RTSP/1."
            if len(self._data) > MAX_HEAD or not self._data[:1].isalpha() or b"RTSP/1." not in first_line:
                raise SourceLost("not-readable")
            self._more()
        first, *rest = self._data[:end].decode("utf-8", "replace").split("\r\n")
        del self._data[: end + 4]
        header = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
        length = next((value for name, value in header if name == "content-length"), "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            raise SourceLost("not-readable")
        while len(self._data) < int(length):
            self._more()
        body = bytes(self._data[: int(length)])
        del self._data[: int(length)]
        found = re.match(r"RTSP/1\.\d (\d{3})", first)
        if found is None and not re.fullmatch(r"[A-Z_]+ \S+ RTSP/1\.\d", first):
            raise SourceLost("not-readable")
        return Answer(int(found[1]), header, body) if found else None

    def _more(self) -> None:
        got = self._connection.recv(READ)
        if not got:
            raise ConnectionResetError
        self._data += got

    def _tear_down(self, track: Track) -> None:
        """Say goodbye, so that the camera need not wait for its time-out; nobody waits for its answer."""
        try:
            self._connection.settimeout(0.5)
            self._send("TEARDOWN", track.aggregate, ())
        except OSError:
            return
