"""Where streams may be fetched: by what scheme, in which networks. Anything else is refused before it is reached.

A name is resolved once; the address found is checked and is the one connected to, so that a name which changes its
mind in between (DNS rebinding) leads nowhere. Whoever follows a redirect asks again.
"""

import contextlib
import ipaddress
import operator
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from geoserver.faults import BadParameter
from geoserver.streams.model import SourceLost

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
ENCRYPTED: Final = frozenset({"rtsps", "https"})
SPECIAL: Final[Sequence[Callable[[IPAddress], bool]]] = tuple(
    operator.attrgetter(name)
    for name in ("is_loopback", "is_link_local", "is_multicast", "is_unspecified", "is_reserved")
)
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
CONNECT_S: Final = 5.0


@dataclass(frozen=True)
class Address:
    """Where a stream is fetched, and with what; none of it is ever shown."""

    url: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class AddressRules:
    """What may be reached.

    Attributes
    ----------
    schemes : rtsp, rtsps, http, https, file
    networks : where cameras are. This machine's own addresses, loopback, link-local, multicast and unspecified ones
        stay closed unless a network of the list lies wholly within them, or is one such address.
    folder : whose files may be read by ``file:``, where the scheme is allowed
    any_certificate : whether encrypted streams may come from whoever answers; cameras often sign for themselves
    """

    schemes: frozenset[str] = frozenset({"rtsp", "rtsps", "http", "https"})
    networks: tuple[IPNetwork, ...] = ()
    folder: Path | None = None
    any_certificate: bool = False

    @classmethod
    def of(cls, networks: str, *, any_certificate: bool = False) -> "AddressRules":
        """Rules from networks as a person writes them: ``10.20.0.0/16, 192.168.7.5``.

        Raises
        ------
        BadParameter
            One of them is no network.
        """
        words = [word.strip() for word in networks.split(",") if word.strip()]
        found = []
        for word in words:
            try:
                found.append(ipaddress.ip_network(word))
            except ValueError as error:
                detail = "is no network, such as 10.20.0.0/16."
                raise BadParameter(
                    parameter="GEOSERVER_STREAM_NETWORKS", value=word, reason="network", detail=detail
                ) from error
        return cls(networks=tuple(found), any_certificate=any_certificate)

    def endpoint(self, url: str) -> "Endpoint":
        """Where a URL leads, by one look at its name.

        Raises
        ------
        SourceLost
            ``not-allowed``; ``unreachable`` where the name is not known.
        """
        parts, port = _parts(url)
        scheme, host = parts.scheme.lower(), parts.hostname
        if scheme not in self.schemes or scheme not in PORTS or not host:
            raise SourceLost("not-allowed")
        try:
            found = socket.getaddrinfo(host, port or PORTS[scheme], type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise SourceLost("unreachable") from None
        numbers = [str(one[4][0]).split("%")[0] for one in found]
        ip = next((number for number in numbers if self.allows(ipaddress.ip_address(number))), None)
        if ip is None:
            raise SourceLost("not-allowed")
        return Endpoint(scheme, host, ip, port or PORTS[scheme], parts, self.any_certificate)

    def file(self, url: str) -> Path:
        """The file that a ``file:`` URL names.

        Raises
        ------
        SourceLost
            ``not-allowed``, also for what lies outside the folder after all links are followed.
        """
        parts, _ = _parts(url)
        if parts.scheme != "file" or "file" not in self.schemes or self.folder is None or parts.netloc:
            raise SourceLost("not-allowed")
        path = Path(unquote(parts.path)).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise SourceLost("not-allowed")
        return path

    def allows(self, ip: IPAddress) -> bool:
        """Whether an address may be reached, and whatever IPv4 address is wrapped in it."""
        return all(self._allows(one) for one in _wrapped(ip))

    def _allows(self, ip: IPAddress) -> bool:
        mine = [network for network in self.networks if network.version == ip.version and ip in network]
        kinds = [kind for kind in SPECIAL if kind(ip)]
        if kinds:
            return any(kind(network[0]) and kind(network[-1]) for network in mine for kind in kinds)
        if mine and _own(ip):
            return any(network.num_addresses == 1 for network in mine)
        return bool(mine)


@dataclass(frozen=True)
class Endpoint:
    """A checked address; what connects to it connects to this number, whatever the name says by then."""

    scheme: str
    host: str
    ip: str
    port: int
    parts: SplitResult = field(repr=False)
    any_certificate: bool = False

    @property
    def authority(self) -> str:
        """Host and port as a request names them, without user or password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """Path and query."""
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")

    @property
    def user(self) -> tuple[str, str] | None:
        """User and password where the URL itself carries them."""
        if not self.parts.username:
            return None
        return unquote(self.parts.username), unquote(self.parts.password or "")

    def connect(self, within_s: float = CONNECT_S) -> socket.socket:
        """A connection to the checked address, encrypted where the scheme says so.

        Raises
        ------
        SourceLost
            ``unreachable``, ``certificate``
        """
        try:
            plain = socket.create_connection((self.ip, self.port), timeout=within_s)
        except OSError:
            raise SourceLost("unreachable") from None
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.scheme not in ENCRYPTED:
            return plain
        with _closed_on_error(plain):
            try:
                return _context(self.any_certificate).wrap_socket(plain, server_hostname=self.host)
            except ssl.SSLCertVerificationError:
                raise SourceLost("certificate") from None
            except OSError:
                raise SourceLost("unreachable") from None


@contextlib.contextmanager
def _closed_on_error(connection: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _context(any_certificate: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if any_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _parts(url: str) -> tuple[SplitResult, int | None]:
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in url):  # a request has one line
        raise SourceLost("not-allowed")
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise SourceLost("not-allowed") from None


def _own(ip: IPAddress) -> bool:
    """Whether an address is this machine's: only such can be bound."""
    with contextlib.closing(socket.socket(_family(ip), socket.SOCK_DGRAM)) as probe:
        try:
            probe.bind((str(ip), 0))
        except OSError:
            return False
    return True


def _family(ip: IPAddress) -> socket.AddressFamily:
    return socket.AF_INET if ip.version == 4 else socket.AF_INET6


def _wrapped(ip: IPAddress) -> list[IPAddress]:
    """The address, or the IPv4 address that it stands for, or both where it is reached through a relay."""
    if isinstance(ip, IPv4Address):
        return [ip]
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    inner = ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if ip in NAT64:
        inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    return [ip] if inner is None else [ip, inner]
