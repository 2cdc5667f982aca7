"""HTTP to one device: its checked IP address and no other, no redirects, no proxies, answers of a limited size."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from geoserver.ptz.head import HeadLost

MOST_BYTES = 1_000_000
TIMEOUT_S = 5.0
CONNECT_S = 3.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Pinned(AbstractResolver):
    """Every name is the one address that was checked."""

    def __init__(self, ip: str) -> None:
        self._ip = ip

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """The address, whatever the name."""
        kind = socket.AF_INET6 if ipaddress.ip_address(self._ip).version == 6 else socket.AF_INET
        flags = socket.AI_NUMERICHOST
        return [ResolveResult(hostname=host, host=self._ip, port=port, family=kind, proto=0, flags=flags)]

    async def close(self) -> None:
        """Nothing is held."""


def session(
    ip: str, *, user: str = "", password: str = "", any_certificate: bool = False, timeout_s: float = TIMEOUT_S
) -> aiohttp.ClientSession:
    """A session that reaches one address, and answers a digest challenge where there is a password."""
    tls: ssl.SSLContext | bool = not any_certificate
    connector = aiohttp.TCPConnector(resolver=_Pinned(ip), ssl=tls, limit=4, keepalive_timeout=30)
    digest = (aiohttp.DigestAuthMiddleware(user, password),) if user else ()
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=timeout_s, connect=min(CONNECT_S, timeout_s)),
        middlewares=digest,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=8_190,
        max_field_size=8_190,
    )


async def post(web: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send bytes and read the answer.

    Raises
    ------
    HeadLost
        ``unreachable``, ``timed-out``, ``refused``, ``too-large``, ``malformed`` (a redirect is no answer).
    """
    try:
        async with web.post(url, data=body, headers=dict(headers), allow_redirects=False) as told:
            content = await _bounded(told)
            if told.status in (401, 403) and not content.lstrip().startswith(b"<"):
                raise HeadLost("refused")
            if 300 <= told.status < 400:
                raise HeadLost("malformed")
            return Reply(told.status, dict(told.headers), content)
    except TimeoutError:
        raise HeadLost("timed-out") from None
    except aiohttp.ClientPayloadError:
        raise HeadLost("malformed") from None
    except aiohttp.ClientResponseError:
        raise HeadLost("malformed") from None
    except (aiohttp.ClientError, OSError):
        raise HeadLost("unreachable") from None


async def _bounded(told: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for part in told.content.iter_chunked(65_536):
        content += part
        if len(content) > MOST_BYTES:
            raise HeadLost("too-large")
    return bytes(content)
