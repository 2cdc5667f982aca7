"""The way to a provider: to its own origins and nowhere else, without redirects, within seconds and a size."""

import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from geoserver.faults import BadFile
from geoserver.openid.faults import ProviderFailed
from geoserver.openid.options import OpenIdOptions, is_guarded, origin_of

TIMEOUT_S = 5.0
LARGEST = 512 * 1024
"""Bytes of one answer."""
MOST_AT_ONCE = 8
"""Threads that may wait for a provider: the others are for those who are signed in."""


class Reach(httpx.BaseTransport):
    """Carries requests to allowed origins; whole answers come back, of a limited size."""

    def __init__(self, issuer: str, allowed: Collection[str], inner: httpx.BaseTransport) -> None:
        self._issuer = issuer
        self._allowed = frozenset(allowed)
        self._inner = inner
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request.

        Raises
        ------
        ProviderFailed
            It leads elsewhere, too many wait already, or the answer is too large.
        """
        if not self.reaches(str(request.url)):
            raise ProviderFailed(self._issuer, "foreign-endpoint")
        if not self._places.acquire(blocking=False):
            raise ProviderFailed(self._issuer, "busy")
        try:
            answer = self._inner.handle_request(request)
            try:
                body = self._read(answer)
            finally:
                answer.close()
        finally:
            self._places.release()
        headers = [pair for pair in answer.headers.raw if pair[0].lower() not in (b"content-length",)]
        return httpx.Response(answer.status_code, headers=headers, content=None, stream=httpx.ByteStream(body))

    def reaches(self, address: str) -> bool:
        """Whether an address is one of the provider's, and nobody listens on the way."""
        return is_guarded(address) and origin_of(address) in self._allowed

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()

    def _read(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        for part in answer.stream:  # type: ignore[union-attr]  # a synchronous transport's is synchronous
            body += part
            if len(body) > LARGEST:
                raise ProviderFailed(self._issuer, "too-large")
        return bytes(body)


def reach_of(options: OpenIdOptions) -> Reach:
    """The way to a provider.

    Raises
    ------
    BadFile
        Its certificates cannot be read.
    """
    allowed = {origin_of(one) for one in (options.issuer, *options.origins)}
    return Reach(options.issuer, allowed, httpx.HTTPTransport(verify=_trusted(options.ca_file), trust_env=False))


def session_over(reach: Reach) -> httpx.Client:
    """What asks: no proxy or password of the environment's, no redirect, no waiting for ever."""
    return httpx.Client(
        transport=reach,
        trust_env=False,
        follow_redirects=False,
        timeout=TIMEOUT_S,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    )


@contextmanager
def told_plainly(issuer: str) -> Iterator[None]:
    """What goes wrong on the way, as one fault.

    Raises
    ------
    ProviderFailed
    """
    try:
        yield
    except httpx.ConnectError as error:
        reason = "tls" if "CERTIFICATE" in str(error).upper() or "SSL" in str(error).upper() else "unreachable"
        raise ProviderFailed(issuer, reason) from None
    except httpx.HTTPStatusError:
        raise ProviderFailed(issuer, "status") from None
    except httpx.HTTPError:
        raise ProviderFailed(issuer, "unreachable") from None
    except ValueError:
        raise ProviderFailed(issuer, "not-json") from None


def document_at(session: httpx.Client, issuer: str, address: str, **how: Any) -> dict[str, Any]:
    """A JSON object.

    Raises
    ------
    ProviderFailed
    """
    with told_plainly(issuer):
        answer = session.get(address, **how)
        if answer.status_code != 200:
            raise ProviderFailed(issuer, "status")
        found = answer.json()
    if not isinstance(found, dict):
        raise ProviderFailed(issuer, "not-json")
    return found


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        remedy = "Name a PEM file of certificates, in GEOSERVER_OIDC_CA."
        detail = f"cannot be used ({getattr(error, 'strerror', None) or error})."
        raise BadFile(file=ca_file, detail=detail, remedy=remedy) from None
