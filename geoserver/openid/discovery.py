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
from geoserver.openid.reach import MOST_AT_ONCE, Reach, document_at

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

    Safe to use from many threads: one reads. Who cannot go on with what is held waits for that one reading, and few
    do: a provider that hangs must not hold every thread of the server.
    """

    def __init__(self, issuer: str, read: Callable[[], Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._value: Any = None
        self._read_at = self._tried_at = float("-inf")
        self._failed: ProviderFailed | None = None

    def get(self, newer_than: Any = None) -> Any:
        """The document; read again where it is old, or is the very one given, unless it was only just read.

        Raises
        ------
        ProviderFailed
        """
        if self._is_wanted(newer_than):
            self._look(newer_than)
        if self._value is None:
            raise self._failed or ProviderFailed(self._issuer, "busy")
        return self._value

    def _is_wanted(self, newer_than: Any) -> bool:
        is_due = self._clock() - self._tried_at >= AGAIN_S
        is_old = self._value is None or self._value is newer_than or self._clock() - self._read_at >= AGE_S
        return is_due and is_old

    def _look(self, newer_than: Any) -> None:
        """Read it, or wait for who does; what is only old is used on meanwhile."""
        if not self._places.acquire(blocking=False):
            return
        try:
            if self._lock.acquire(blocking=self._value is None or self._value is newer_than):
                try:
                    # Who waited finds it only just tried, and takes what came of that.
                    if self._is_wanted(newer_than):
                        self._try()
                finally:
                    self._lock.release()
        finally:
            self._places.release()

    def _try(self) -> None:
        began = self._clock()
        try:
            self._value, self._read_at, self._failed = self._read(), began, None
        except ProviderFailed as failed:
            # What was said before holds on: keys do not become wrong by nobody answering.
            self._failed = failed
        finally:
            self._tried_at = self._clock()


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
