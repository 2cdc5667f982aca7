"""Where streams may be fetched: a table of what is tried, and what is refused."""

import ipaddress
import socket

import pytest

from geoserver.faults import BadParameter
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.model import SourceLost
from geoserver.streams.sources import network_source
from geoserver.streams.stopping import Stop

CAMERAS = AddressRules.of("10.20.0.0/16, 192.168.7.5, 2001:db8:7::/48")
EVERYWHERE = AddressRules.of("0.0.0.0/0, ::/0")


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Have every name resolve to these addresses, one after the other; names that were asked."""
    asked: list[str] = []

    def look(host: str, port: int, **_: object) -> list:
        answer = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer.split()]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked


@pytest.mark.parametrize("url", ["rtsp://10.20.3.4/1", "rtsps://10.20.3.4:322/1", "http://192.168.7.5/a.flv"])
def test_cameras_networks_are_open(url: str) -> None:
    found = CAMERAS.endpoint(url)
    assert found.ip in url


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://10.21.0.1/1",  # a network that is not the cameras'
        "rtsp://192.168.7.6/1",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",  # 127.0.0.1 as one number
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "rtsp://224.0.0.1/",
        "rtsp://255.255.255.255/",
        "http://localhost:8000/api/session",
        "file:///etc/passwd",
        "ftp://10.20.3.4/a",
        "gopher://10.20.3.4/a",
        "concat:/etc/passwd|/etc/hosts",
        "subfile,,start,0,end,9,,:/etc/passwd",
        "data:text/plain,abc",
        "udp://10.20.3.4:99",
        "rtp://10.20.3.4:99",
        "/etc/passwd",
        "rtsp://",
        "",
        "rtsp://10.20.3.4:99999/",
        "rtsp://10.20.3.4/a\r\nSETUP rtsp://10.20.3.4/b",
        "http://10.20.3.4/a b",
        "rtsp://10.20.3.4\t/a",
    ],
)
@pytest.mark.parametrize("rules", [CAMERAS, EVERYWHERE], ids=["cameras", "everywhere"])
def test_refused(url: str, rules: AddressRules) -> None:
    if rules is EVERYWHERE and url.startswith(("rtsp://10.21.0.1", "rtsp://192.168.7.6")):
        assert rules.endpoint(url).ip in url
        return
    with pytest.raises(SourceLost) as lost:
        list(network_source(Address(url, "root", "opensesame"), rules).units(Stop()))
    assert lost.value.reason in ("not-allowed", "no-address")
    assert "10.20" not in str(lost.value)
    assert "opensesame" not in repr(lost.value)


def test_nothing_is_open_unless_configured() -> None:
    with pytest.raises(SourceLost):
        AddressRules().endpoint("rtsp://10.20.3.4/1")


def test_this_machine_is_closed_within_a_network_that_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = socket.socket.bind

    def bind(self: socket.socket, address: tuple) -> None:
        bound(self, ("127.0.0.1", 0) if address[0] == "10.20.0.9" else address)

    monkeypatch.setattr(socket.socket, "bind", bind)
    assert not CAMERAS.allows(ipaddress.ip_address("10.20.0.9"))
    assert AddressRules.of("10.20.0.9").allows(ipaddress.ip_address("10.20.0.9"))
    assert CAMERAS.allows(ipaddress.ip_address("10.20.0.8"))


def test_a_name_is_asked_once_and_its_address_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve(monkeypatch, "10.20.3.4", "127.0.0.1")
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda to, timeout: connected.append(to) or socket.socket())
    CAMERAS.endpoint("rtsp://cam.example/1").connect().close()
    assert asked == ["cam.example"]
    assert connected == [("10.20.3.4", 554)]


def test_of_several_addresses_only_an_open_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "127.0.0.1 10.20.3.4")
    assert CAMERAS.endpoint("rtsp://cam.example/1").ip == "10.20.3.4"


def test_loopback_can_be_opened_by_name_alone() -> None:
    assert AddressRules.of("127.0.0.0/8").endpoint("rtsp://127.0.0.1:8554/1").port == 8554


def test_files_lie_in_the_folder(tmp_path) -> None:
    rules = AddressRules(schemes=frozenset({"file"}), folder=tmp_path / "clips")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "out").symlink_to(tmp_path)
    assert rules.file(f"file://{tmp_path}/clips/a.mp4") == tmp_path / "clips" / "a.mp4"
    for url in (f"file://{tmp_path}/clips/../b", f"file://{tmp_path}/clips/out/b", "file://other/clips/a.mp4"):
        with pytest.raises(SourceLost):
            rules.file(url)


def test_networks_as_written() -> None:
    with pytest.raises(BadParameter):
        AddressRules.of("10.20.0.0/33")


def test_what_is_secret_is_not_shown() -> None:
    address = Address("rtsp://u:opensesame@10.20.3.4/1", "root", "opensesame")
    assert "opensesame" not in repr(address)
    found = CAMERAS.endpoint(address.url)
    assert "opensesame" not in repr(found)
    assert found.user == ("u", "opensesame")
    assert found.authority == "10.20.3.4"
