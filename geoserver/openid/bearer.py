"""Systems that show an access token of the provider's (RFC 9068) instead of one of ours."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geoserver.accounts.caller import Caller
from geoserver.accounts.service import SignIn, digest_of
from geoserver.faults import NotSignedIn
from geoserver.openid.faults import TokenRefused
from geoserver.openid.people import PeopleThere
from geoserver.openid.provider import Provider
from geoserver.openid.tokens import SKEW_S, BadToken

ASKED_S = 10.0
"""What the provider says of a token is believed for so long."""
MOST = 10_000


@dataclass(frozen=True)
class Bearers:
    """Who shows a token. Safe to use from many threads.

    ``clock`` : seconds, of whatever start
    """

    provider: Provider
    people: PeopleThere
    door: SignIn
    clock: Callable[[], float] = time.monotonic
    _asked: dict[str, tuple[Mapping[str, Any] | None, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def caller(self, token: str) -> Caller:
        """Whose token it is.

        Raises
        ------
        NotSignedIn
            No tokens of a provider are taken here, or this is none.
        TokenRefused
        ProviderFailed
        """
        options = self.provider.options
        is_jwt = token.count(".") == 2
        if options.audience is None or not (is_jwt or options.introspect):
            raise NotSignedIn()
        try:
            claims = self._claims(token, options.audience, is_jwt)
            account = self.people.system(claims)
        except BadToken as bad:
            raise TokenRefused(bad.reason) from None
        may = self.door.permissions(account, self.door.now())
        return Caller(account.name, account.title, may, token=f"openid-{digest_of(token)[:12]}")

    def _claims(self, token: str, audience: str, is_jwt: bool) -> Mapping[str, Any]:
        claims = self.provider.checks.access_token(token, audience) if is_jwt else None
        if not self.provider.options.introspect:
            return claims or {}
        said = self._said(token)
        if said is None:
            raise BadToken("token-revoked")
        return claims if claims is not None else self._opaque(said, audience)

    def _opaque(self, said: Mapping[str, Any], audience: str) -> Mapping[str, Any]:
        """What the provider says of a token that tells nothing itself."""
        given = said.get("aud")
        if audience not in (given if isinstance(given, list) else [given]):
            raise BadToken("token-aud")
        if said.get("iss") not in (None, self.provider.options.issuer):
            raise BadToken("token-iss")
        expires = said.get("exp")
        if not isinstance(expires, int | float) or expires <= self.door.now() - SKEW_S:
            raise BadToken("token-exp")
        subject = said.get("sub") or said.get("client_id")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise BadToken("token-sub")
        return {**said, "sub": subject}

    def _said(self, token: str) -> Mapping[str, Any] | None:
        key, now = digest_of(token), self.clock()
        with self._lock:
            found = self._asked.get(key)
        if found is not None and now < found[1]:
            return found[0]
        said = self.provider.is_active(token)
        with self._lock:
            if len(self._asked) >= MOST:
                self._asked.clear()
            self._asked[key] = said, now + ASKED_S
        return said
