"""The provider, spoken to: where to send people, what their return is worth, who they are, whether that still holds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import Key, KeySet

from geoserver.openid.discovery import WELL_KNOWN, Kept, Metadata, keys_at, metadata_of
from geoserver.openid.faults import ProviderFailed
from geoserver.openid.options import OpenIdOptions
from geoserver.openid.reach import Reach, document_at, reach_of, session_over, told_plainly
from geoserver.openid.tokens import BadToken, Checks

METHODS = ("client_secret_basic", "client_secret_post")
"""How the secret may be shown, as we would rather."""
VERIFIER = 64
"""Letters of what a code is traded with (PKCE)."""


class _ClientAuth(ClientAuth):  # type: ignore[misc]  # the library has no types
    """Authlib's way of showing a client's secret, as httpx asks for it."""

    def __call__(self, request: httpx.Request) -> httpx.Request:
        body = request.read().decode()
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        url, headers, body = self.prepare(request.method, str(request.url), headers, body)
        return httpx.Request(request.method, url, headers=headers, content=body, extensions=request.extensions)


class _Refused(Exception):
    """The token endpoint said no; its description, in whatever language, is not passed on."""

    def __init__(self, error: str = "", description: str | None = None) -> None:  # noqa: ARG002  # as the library calls it
        super().__init__(error)
        self.error = error


class _Client(OAuth2Client):  # type: ignore[misc]  # the library has no types
    """Authlib's client over a session of ours."""

    client_auth_class = _ClientAuth
    oauth_error_class = _Refused


@dataclass(frozen=True, slots=True)
class Journey:
    """What is kept of somebody on their way to the provider and back."""

    state: str
    nonce: str
    verifier: str
    back: str

    @classmethod
    def begin(cls, back: str) -> "Journey":
        """A new one, which comes back to an address of ours."""
        return cls(generate_token(43), generate_token(43), generate_token(VERIFIER), back)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a provider says of a person.

    Attributes
    ----------
    claims : of the ID token, and of what is told of its holder beside it; empty where a renewal goes without either
    refresh : with what it can be asked again; None where it cannot
    hint : the ID token, by which it knows who signs out
    """

    claims: Mapping[str, Any]
    refresh: str | None
    hint: str | None


class Provider:
    """One provider. Safe to use from many threads.

    ``now`` : seconds since 1970
    ``reach`` : the way to it; None: over the network
    """

    def __init__(
        self, options: OpenIdOptions, now: Callable[[], float] = time.time, reach: Reach | None = None
    ) -> None:
        self.options = options
        self._secret = options.secret()
        self._reach = reach or reach_of(options)
        self._session = session_over(self._reach)
        self._metadata = Kept(options.issuer, self._read_metadata)
        self._keys = Kept(options.issuer, self._read_keys)
        self.checks = Checks(options.issuer, self._key, now)

    @property
    def metadata(self) -> Metadata:
        """What it says of itself.

        Raises
        ------
        ProviderFailed
        """
        found: Metadata = self._metadata.get()
        return found

    def authorize_url(self, journey: Journey, lang: str, *, again: bool = False) -> str:
        """Where somebody is sent to sign in; ``again``: to give their name there, whoever is signed in there.

        Raises
        ------
        ProviderFailed
        """
        metadata = self.metadata
        # Refresh tokens that outlast a session there are given only to who was asked (OpenID Connect Core, 11).
        wanted = [("login", again), ("consent", "offline_access" in self.options.scopes.split())]
        prompt = " ".join(name for name, is_wanted in wanted if is_wanted)
        more = {"prompt": prompt} if prompt else {}
        url, _ = self._client(metadata).create_authorization_url(
            metadata.authorize,
            state=journey.state,
            code_verifier=journey.verifier,
            nonce=journey.nonce,
            redirect_uri=journey.back,
            ui_locales="zh-CN zh" if lang == "zh" else "en",
            **more,
        )
        return str(url)

    def trade(self, code: str, journey: Journey) -> Signed:
        """Who somebody is, for the code that they came back with.

        Raises
        ------
        ProviderFailed
        BadToken
        """
        metadata = self.metadata
        given = self._asked(
            lambda client: client.fetch_token(
                metadata.token,
                grant_type="authorization_code",
                code=code,
                redirect_uri=journey.back,
                code_verifier=journey.verifier,
            ),
            "code",
        )
        return self._signed(metadata, given, journey.nonce, None)

    def renewed(self, refresh: str, subject: str) -> Signed:
        """Who somebody is now; they were let in as a subject.

        Raises
        ------
        ProviderFailed
        BadToken
            It does not hold any more: revoked, signed out or over.
        """
        metadata = self.metadata
        given = self._asked(lambda client: client.refresh_token(metadata.token, refresh_token=refresh), "revoked")
        return self._signed(metadata, given, None, subject)

    def is_active(self, token: str) -> Mapping[str, Any] | None:
        """What it says of an access token (RFC 7662); None where it holds no more.

        Raises
        ------
        ProviderFailed
        """
        metadata = self.metadata
        if metadata.introspect is None:
            raise ProviderFailed(self.options.issuer, "missing-endpoint")
        with told_plainly(self.options.issuer):
            answer = self._client(metadata).introspect_token(metadata.introspect, token, "access_token")
            if answer.status_code != 200:
                raise ProviderFailed(self.options.issuer, "status")
            found = answer.json()
        return found if isinstance(found, dict) and found.get("active") is True else None

    def leave_url(self, hint: str | None, back: str) -> str | None:
        """Where somebody is sent who signs out here; None where it has no such place.

        Raises
        ------
        ProviderFailed
        """
        place = self.metadata.end_session
        if place is None:
            return None
        said = {"client_id": self.options.client, "post_logout_redirect_uri": back}
        if hint is not None:
            said["id_token_hint"] = hint
        return f"{place}{'&' if '?' in place else '?'}{urlencode(said)}"

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _asked(self, ask: Callable[[_Client], Mapping[str, Any]], refused: str) -> Mapping[str, Any]:
        """What its token endpoint gives; ``refused`` names what it takes no more."""
        try:
            with told_plainly(self.options.issuer):
                return ask(self._client(self.metadata))
        except _Refused as error:
            # Only what is wrong with the grant is the person's; all else is between the provider and us.
            if error.error == "invalid_grant":
                raise BadToken(refused) from None
            raise ProviderFailed(self.options.issuer, "client") from None

    def _signed(self, metadata: Metadata, given: Mapping[str, Any], nonce: str | None, subject: str | None) -> Signed:
        hint, access, refresh = (given.get(name) for name in ("id_token", "access_token", "refresh_token"))
        access = access if isinstance(access, str) else None
        claims: dict[str, Any] = {}
        if isinstance(hint, str):
            claims = self.checks.id_token(hint, self.options.client, nonce, access)
        elif nonce is not None:
            raise BadToken("token-form")
        subject = subject or claims.get("sub")
        if metadata.userinfo is not None and access is not None and self._lacks(claims):
            told = self._userinfo(metadata.userinfo, access)
            # An access token is not tied to the ID token beside it: they may be two people's (Core, 5.3.2).
            if told.get("sub") != subject:
                raise BadToken("token-sub")
            claims = {**told, **claims}
        # A renewal needs no ID token (Core, 12.2): where nothing is told of a person, nobody else is either.
        is_silent = nonce is None and access is not None and not claims
        if claims.get("sub") != subject and not is_silent:
            raise BadToken("token-sub")
        return Signed(claims, refresh if isinstance(refresh, str) else None, hint if isinstance(hint, str) else None)

    def _lacks(self, claims: Mapping[str, Any]) -> bool:
        wanted = (self.options.name_claim, self.options.roles_claim)
        return any(claim_of(claims, name) is None for name in wanted)

    def _userinfo(self, address: str, access: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access}"}
        return document_at(self._session, self.options.issuer, address, headers=headers)

    def _client(self, metadata: Metadata) -> _Client:
        method = next((one for one in METHODS if one in metadata.auth_methods), METHODS[0])
        return _Client(
            self._session,
            client_id=self.options.client,
            client_secret=self._secret,
            token_endpoint_auth_method=method if self._secret else "none",
            revocation_endpoint_auth_method=method if self._secret else "none",
            scope=self.options.scopes,
            code_challenge_method="S256",
        )

    def _key(self, kid: str | None, algorithm: str) -> Key:
        """The key of a token; keys are read again where it is not among them."""
        known: KeySet = self._keys.get()
        try:
            return _found(known, kid, algorithm)
        except InvalidKeyIdError:
            return _found(self._keys.get(newer_than=known), kid, algorithm)

    def _read_metadata(self) -> Metadata:
        issuer = self.options.issuer
        document = document_at(self._session, issuer, issuer.rstrip("/") + WELL_KNOWN)
        return metadata_of(document, issuer, self._reach)

    def _read_keys(self) -> KeySet:
        return keys_at(self._session, self.options.issuer, self.metadata.keys)


def claim_of(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by a path into objects, as ``realm_access.roles``; None where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def _found(keys: KeySet, kid: str | None, algorithm: str) -> Key:
    key = keys.get_by_kid(kid)
    if key.alg not in (None, algorithm):
        raise InvalidKeyIdError(f"the key {kid} is for another algorithm")
    return key
