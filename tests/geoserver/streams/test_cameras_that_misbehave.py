"""Cameras that send elsewhere, lie, break off or say nonsense; over real connections to servers made here."""

import base64
import contextlib
import hashlib
import re
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from geoserver.streams import http, rtsp
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.credentials import Credentials
from geoserver.streams.model import SourceLost, Unit, Unplayable
from geoserver.streams.rtp import Depacketiser
from geoserver.streams.sources import network_source
from geoserver.streams.stopping import Stop
from tests.geoserver.streams import clips

HERE = AddressRules.of("127.0.0.1")
SDP = b"v=0\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"


@contextlib.contextmanager
def camera(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that talks with everyone who connects."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    guest, _ = door.accept()
                    with guest, contextlib.suppress(OSError):
                        talk(guest)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        with contextlib.suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def requests(guest: socket.socket) -> Iterator[tuple[str, str, str]]:
    """Method, URI and the whole text of each request."""
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            got = guest.recv(4096)
            if not got:
                return
            data += got
        head, data = data.split(b"\r\n\r\n", 1)
        text = head.decode()
        method, uri, _ = text.split("\r\n")[0].split(" ")
        yield method, uri, text


def answer(guest: socket.socket, text: str, status: str = "200 OK", *lines: str, body: bytes = b"") -> None:
    number = (re.findall(r"CSeq: (\d+)", text) or ["0"])[0]
    head = [f"RTSP/1.0 {status}", f"CSeq: {number}", *lines, f"Content-Length: {len(body)}"]
    guest.sendall("\r\n".join([*head, "", ""]).encode() + body)


def lost(url: str, rules: AddressRules = HERE, **who: str) -> SourceLost:
    with pytest.raises(SourceLost) as found:
        list(network_source(Address(url, **who), rules).units(Stop()))
    return found.value


def test_a_redirect_leads_nowhere_that_is_not_open() -> None:
    reached = []
    with camera(lambda guest: reached.append(guest.recv(100))) as inner:

        def elsewhere(guest: socket.socket) -> None:
            for _, _, text in requests(guest):
                answer(guest, text, "302 Moved", f"Location: rtsp://127.0.0.2:{inner}/secret")

        with camera(elsewhere) as port:
            assert lost(f"rtsp://127.0.0.1:{port}/1").reason == "not-allowed"
    assert reached == []


def test_a_redirect_in_a_circle_ends() -> None:
    def circle(guest: socket.socket) -> None:
        for _, uri, text in requests(guest):
            answer(guest, text, "302 Moved", f"Location: {uri}")

    with camera(circle) as port:
        assert lost(f"rtsp://127.0.0.1:{port}/1").reason == "not-found"


def test_another_machine_is_not_told_the_password() -> None:
    heard: list[str] = []

    def other(guest: socket.socket) -> None:
        for _, _, text in requests(guest):
            heard.append(text)
            answer(guest, text, "401 Unauthorized", "WWW-Authenticate: Basic realm=x")

    with camera(other) as port:

        def first(guest: socket.socket) -> None:
            for _, _, text in requests(guest):
                answer(guest, text, "302 Moved", f"Location: rtsp://localhost:{port}/1")

        with camera(first) as entrance:
            found = lost(f"rtsp://127.0.0.1:{entrance}/1", AddressRules.of("127.0.0.0/8"), user="u", password="p")
    assert found.reason == "refused"
    assert heard
    assert not any("Authorization" in one for one in heard)


def test_http_redirects_are_checked_too() -> None:
    def elsewhere(guest: socket.socket) -> None:
        for _ in requests(guest):
            guest.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
            return

    with camera(elsewhere) as port:
        assert lost(f"http://127.0.0.1:{port}/a.flv").reason == "not-allowed"


@pytest.mark.parametrize(
    "body", [b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", SDP, b"ffconcat version 1.0\nfile /etc/hosts\n"]
)
def test_what_names_further_addresses_is_not_read(body: bytes) -> None:
    def give(guest: socket.socket) -> None:
        for _ in requests(guest):
            guest.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\n\r\n" + body)
            return

    with camera(give) as port:
        assert lost(f"http://127.0.0.1:{port}/a.m3u8").reason == "not-readable"


@pytest.mark.parametrize("form", ["mpegts", "flv", "mp4"])
def test_http_streams_are_read(tmp_path: Path, form: str) -> None:
    path = clips.make(tmp_path / f"a.{form}", seconds=2, format=form)

    def give(guest: socket.socket) -> None:
        for _, _, text in requests(guest):
            if "Basic dTpw" not in text:
                guest.sendall(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
                continue
            guest.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/any\r\n\r\n" + path.read_bytes())
            return

    units: list[Unit | Unplayable] = []
    with camera(give) as port:
        source = network_source(Address(f"http://127.0.0.1:{port}/live", "u", "p"), HERE)
        with pytest.raises(SourceLost) as ended:
            units.extend(source.units(Stop()))
    assert ended.value.reason == "ended"
    assert len(units) >= 48
    assert [one.key for one in units if isinstance(one, Unit)][:26] == [True, *[False] * 24, True]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not-readable"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not-readable"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "not-readable"),
        (b"\x00\x01\x02\x03\x04", "not-readable"),
        (b"A" * 100_000, "not-readable"),
        (b"", "ended"),
    ],
)
def test_what_is_no_camera(said: bytes, reason: str) -> None:
    def talk(guest: socket.socket) -> None:
        guest.recv(4096)
        guest.sendall(said)

    with camera(talk) as port:
        assert lost(f"rtsp://127.0.0.1:{port}/1").reason == reason


def test_a_camera_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtsp, "ANSWER_S", 0.3)
    monkeypatch.setattr(http, "SILENCE_S", 0.3)
    with camera(lambda guest: time.sleep(1)) as port:
        assert lost(f"rtsp://127.0.0.1:{port}/1").reason == "silent"
        assert lost(f"http://127.0.0.1:{port}/1").reason == "silent"


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"v=0\r\nm=audio 0 RTP/AVP 0\r\n", "no-video"), (b"\xff\xfe nonsense", "no-video"), (b"", "no-video")],
)
def test_descriptions_without_video(body: bytes, reason: str) -> None:
    def talk(guest: socket.socket) -> None:
        for _, _, text in requests(guest):
            answer(guest, text, body=body)

    with camera(talk) as port:
        assert lost(f"rtsp://127.0.0.1:{port}/1").reason == reason


def test_other_codecs_are_named_from_the_description() -> None:
    def talk(guest: socket.socket) -> None:
        for _, _, text in requests(guest):
            answer(guest, text, body=SDP.replace(b"H264", b"JPEG"))

    with camera(talk) as port:
        units = network_source(Address(f"rtsp://127.0.0.1:{port}/1"), HERE).units(Stop())
        assert list(units) == [Unplayable("jpeg", 0, 0)]


def packets(units: list[Unit], *, marked: bool = True, most: int = 300) -> list[bytes]:
    """RTP of pictures: small NAL units alone, large ones in parts (FU-A), parameter sets together (STAP-A)."""
    made: list[bytes] = []

    def add(body: bytes, ticks: int, marker: bool) -> None:
        number = (len(made) + 65_500) & 0xFFFF
        made.append(struct.pack("!BBHII", 0x80, 96 | (0x80 if marker else 0), number, ticks & 0xFFFFFFFF, 7) + body)

    for i, unit in enumerate(units):
        ticks = (1 << 32) - 90_000 + i * 3600
        if unit.key:
            add(b"\x78" + b"".join(struct.pack("!H", len(one)) + one for one in unit.sets), ticks, False)
        for j, nal in enumerate(unit.nals):
            final = marked and j == len(unit.nals) - 1
            if len(nal) <= most:
                add(nal, ticks, final)
                continue
            pieces = [nal[k : k + most] for k in range(1, len(nal), most)]
            for k, piece in enumerate(pieces):
                flags = (0x80 if k == 0 else 0) | (0x40 if k == len(pieces) - 1 else 0)
                head = bytes([nal[0] & 0xE0 | 28, flags | nal[0] & 31])
                add(head + piece, ticks, final and k == len(pieces) - 1)
    return made


@pytest.mark.parametrize("marked", [True, False])
def test_rtp_gives_back_what_was_sent(tmp_path: Path, marked: bool) -> None:
    units = clips.units(clips.make(tmp_path / "a.mp4", seconds=3))
    depacketiser = Depacketiser("h264", 96)
    got = [one for packet in packets(units, marked=marked) for one in depacketiser.take(packet)]
    want = units if marked else units[:-1]
    assert [list(one.nals) for one in got] == [list(one.nals) for one in want]
    assert [one.key for one in got] == [one.key for one in want]
    assert all(b.pts - a.pts == 3600 for a, b in pairwise(got))  # over the end of 32 bits


def test_a_lost_packet_costs_the_pictures_to_the_next_key(tmp_path: Path) -> None:
    units = clips.units(clips.make(tmp_path / "a.mp4", seconds=3))
    sent = packets(units)
    ends = [i for i, packet in enumerate(sent) if packet[1] & 0x80]
    without = [packet for i, packet in enumerate(sent) if i != ends[10]]
    depacketiser = Depacketiser("h264", 96)
    got = [one for packet in without for one in depacketiser.take(packet)]
    assert [one.nals for one in got] == [one.nals for one in units[:10] + units[25:]]


def test_nonsense_packets_raise_nothing() -> None:
    depacketiser = Depacketiser("h264", 96)
    for seed in range(3000):
        noise = hashlib.sha512(str(seed).encode()).digest()[: seed % 64]
        head = struct.pack("!BBHII", 0x80 | seed % 64, 96 | (seed % 3 == 0) << 7, seed & 0xFFFF, seed // 3 * 3600, 7)
        depacketiser.take(head + noise)
        depacketiser.take(noise)
        Depacketiser("hevc", 96).take(head + noise)


def test_digest_as_in_the_standard() -> None:
    """RFC 2617 §3.5 and RFC 7616 §3.9.1, whose cnonce is put in."""
    one = Credentials("Mufasa", "Circle Of Life")
    old = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
    assert one.ask([old])
    who = hashlib.md5(b"Mufasa:testrealm@host.com:Circle Of Life").hexdigest()
    what = hashlib.md5(b"GET:/dir/index.html").hexdigest()
    want = hashlib.md5(f"{who}:dcd98b7102dd2f0e8b11d0f600bfb0c093:{what}".encode()).hexdigest()
    assert f'response="{want}"' in (one.header("GET", "/dir/index.html") or "")
    assert want == "670fd8c2df070c60b045671b8b24ff02"  # RFC 2069 §2.4, as corrected by its erratum


def test_the_strongest_challenge_is_answered() -> None:
    one = Credentials("u", 'p"w')
    asked = [
        'Basic realm="a"',
        'Digest realm="a", nonce="1", algorithm=MD5',
        'Digest realm="a", nonce="2", algorithm=SHA-256',
    ]
    assert one.ask(asked)
    assert "algorithm=SHA-256" in (one.header("PLAY", "rtsp://a/b") or "")
    assert not one.ask(asked)  # asked again, it is the password
    assert one.ask([f"{asked[2]}, stale=true"])
    assert not Credentials("", "").ask(asked)
    basic = Credentials("u", "p")
    assert basic.ask(asked[:1])
    assert basic.header("GET", "/") == "Basic " + base64.b64encode(b"u:p").decode()


def test_encrypted_streams_come_from_who_they_say(tmp_path: Path) -> None:
    made = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=camera"]
    subprocess.run([*command, "-out", str(made[0]), "-keyout", str(made[1])], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*made)

    def talk(guest: socket.socket) -> None:
        with context.wrap_socket(guest, server_side=True) as inside:
            for _, _, text in requests(inside):
                answer(inside, text, body=SDP.replace(b"H264", b"JPEG"))

    with camera(talk) as port:
        url = f"rtsps://127.0.0.1:{port}/1"
        assert lost(url).reason == "certificate"
        rules = AddressRules.of("127.0.0.1", any_certificate=True)
        assert list(network_source(Address(url), rules).units(Stop())) == [Unplayable("jpeg", 0, 0)]
