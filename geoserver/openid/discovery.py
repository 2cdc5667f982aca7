"""What a provider says of itself: where its endpoints are, and its keys."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, KeySet, OKPKey, RSAKey

from geoserver.openid.faults import ProviderFailed
from geoserver.openid.reach import Reach, document_at

WELL_KNOWN = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
FURTHER = ("userinfo_endpoint", "end_session_endpoint", "introspection_endpoint")
AGE_S = 3_600.0
"""What a provider says of itself, and its keys, are read again after so long."""
AGAIN_S = 5.0
"""No sooner are they, whatever keys are named in tokens that anyone may send."""
SIGNING = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
"""Kinds of keys of which one half is public; the provider's keys are known to everyone."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Endpoints of a provider, all of them at its own origins; None where it has none."""

    authorize: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    introspect: str | None
    auth_methods: tuple[str, ...]
    names_issuer: bool
    """Whether it says in every return who it is (RFC 9207)."""


def metadata_of(document: Mapping[str, Any], issuer: str, reach: Reach) -> Metadata:
    """A discovery document, checked.

    Raises
    ------
    ProviderFailed
        It speaks for another issuer, lacks an endpoint, or has one elsewhere.
    """
    if document.get("issuer") != issuer:
        raise ProviderFailed(issuer, "wrong-issuer")
    found: dict[str, str | None] = {}
    for name in (*NEEDED, *FURTHER):
        address = document.get(name)
        if address is None and name in FURTHER:
            found[name] = None
            continue
        if not isinstance(address, str):
            raise ProviderFailed(issuer, "missing-endpoint")
        if not _reaches(reach, address):
            raise ProviderFailed(issuer, "foreign-endpoint")
        found[name] = address
    methods = document.get("token_endpoint_auth_methods_supported")
    known = tuple(map(str, methods)) if isinstance(methods, list) else ("client_secret_basic",)
    return Metadata(
        authorize=str(found["authorization_endpoint"]),
        token=str(found["token_endpoint"]),
        keys=str(found["jwks_uri"]),
        userinfo=found["userinfo_endpoint"],
        end_session=found["end_session_endpoint"],
        introspect=found["introspection_endpoint"],
        auth_methods=known,
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _reaches(reach: Reach, address: str) -> bool:
    try:
        return reach.reaches(address)
    except ValueError:
        return False


class Kept:
    """A document that is read when it is needed, kept for a while, and never asked for all the time.

    Safe to use from many threads: one reads, the others wait for it.
    """

    def __init__(self, read: Callable[[], Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._value: Any = None
        self._read_at = self._tried_at = float("-inf")
        self._failed: ProviderFailed | None = None

    def get(self, newer_than: Any = None) -> Any:
        """The document; read again where it is old, or is the very one given, unless it was only just read.

        Raises
        ------
        ProviderFailed
        """
        with self._lock:
            now = self._clock()
            wanted = self._value is None or now - self._read_at >= AGE_S or self._value is newer_than
            if wanted and now - self._tried_at >= AGAIN_S:
                self._tried_at = now
                self._try(now)
            if self._value is None:
                raise self._failed or ProviderFailed("", "unreachable")
            return self._value

    def _try(self, now: float) -> None:
        try:
            self._value, self._read_at, self._failed = self._read(), now, None
        except ProviderFailed as failed:
            # What was said before holds on: keys do not become wrong by nobody answering.
            self._failed = failed


def keys_at(session: httpx.Client, issuer: str, address: str) -> KeySet:
    """The public keys that a provider signs with; what is not understood is left out.

    Raises
    ------
    ProviderFailed
    """
    rows = document_at(session, issuer, address).get("keys")
    if not isinstance(rows, list):
        raise ProviderFailed(issuer, "no-keys")
    found = [key for row in rows if isinstance(row, dict) and (key := _key(row)) is not None]
    if not found:
        raise ProviderFailed(issuer, "no-keys")
    return KeySet(found)


def _key(row: dict[str, Any]) -> Key | None:
    if row.get("kty") not in SIGNING or row.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(row)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
