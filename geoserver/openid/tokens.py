"""What a provider signs: ID tokens, log-out tokens and access tokens, checked by Authlib and joserfc."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import Key
from joserfc.jwt import JWTClaimsRegistry

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
)  # fmt: skip
"""Those of which one half is public. Neither ``none`` nor HS…, for which a public key would be a password."""
SKEW_S = 30
"""So far may the provider's clock be from ours."""
LONGEST = 16_384
"""Letters of one token."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ACCESS_TYPES = frozenset({"at+jwt", "application/at+jwt"})
LOGOUT_TYPES = frozenset({"logout+jwt", "application/logout+jwt", "jwt", ""})
CLAIMS = frozenset({"iss", "aud", "azp", "nonce", "exp", "iat", "nbf", "sub"})
"""Claims that a refusal is named for."""
TIMES = frozenset({"exp", "iat", "nbf"})

FindKey = Callable[[str | None, str], Key]
"""Key by its id and the algorithm; raises ``InvalidKeyIdError`` where there is none."""


class BadToken(Exception):
    """A token is not taken; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Checks:
    """How tokens of one issuer are checked.

    ``now`` : seconds since 1970
    """

    issuer: str
    find: FindKey
    now: Callable[[], float]

    def id_token(self, text: str, client: str, nonce: str | None, access_token: str | None) -> dict[str, Any]:
        """The claims of an ID token for a client; ``nonce`` None: after a refresh, where none is sent.

        Raises
        ------
        BadToken
        ProviderFailed
        """
        header, claims = self._opened(text)
        options = self._options(client)
        params = {"client_id": client, "nonce": nonce, "access_token": access_token}
        _checked(lambda: CodeIDToken(claims, header, options, params).validate(self._now(), SKEW_S))
        return _with_subject(claims)

    def logout_token(self, text: str, client: str) -> dict[str, Any]:
        """The claims of a notice that somebody signed out (Back-Channel Logout 1.0, section 2.6).

        Raises
        ------
        BadToken
        ProviderFailed
        """
        header, claims = self._opened(text)
        if str(header.get("typ", "")).lower() not in LOGOUT_TYPES:
            raise BadToken("token-type")
        needed = {name: {"essential": True} for name in ("iat", "exp", "jti", "events")}
        self._registry(client, needed, claims)
        events = claims["events"]
        is_logout = isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict)
        if not is_logout or "nonce" in claims:
            raise BadToken("token-type")
        if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
            raise BadToken("token-sub")
        return claims

    def access_token(self, text: str, audience: str) -> dict[str, Any]:
        """The claims of an access token for an audience (RFC 9068, section 4).

        Raises
        ------
        BadToken
        ProviderFailed
        """
        header, claims = self._opened(text)
        if str(header.get("typ", "")).lower() not in ACCESS_TYPES:
            raise BadToken("token-type")
        needed = {name: {"essential": True} for name in ("exp", "iat", "jti", "client_id")}
        self._registry(audience, needed, claims)
        return _with_subject(claims)

    def _opened(self, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        def key(signed: Any) -> Key:
            header = signed.headers()
            kid = header.get("kid")
            return self.find(kid if isinstance(kid, str) else None, str(header.get("alg")))

        if len(text) > LONGEST:
            raise BadToken("token-form")
        try:
            token = jwt.decode(text, key, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            raise BadToken("token-key") from None
        except UnsupportedAlgorithmError:
            raise BadToken("token-algorithm") from None
        except BadSignatureError:
            raise BadToken("token-signature") from None
        except (JoseError, ValueError, TypeError, KeyError):
            raise BadToken("token-form") from None
        return dict(token.header), token.claims

    def _options(self, audience: str) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": audience},
        }

    def _registry(self, audience: str, needed: Mapping[str, Any], claims: dict[str, Any]) -> None:
        options = {**self._options(audience), **needed}
        _checked(lambda: JWTClaimsRegistry(self._now(), SKEW_S, **options).validate(claims))

    def _now(self) -> int:
        return int(self.now())


def _checked(check: Callable[[], None]) -> None:
    try:
        check()
    except ExpiredTokenError:
        raise BadToken("token-exp") from None
    except (InvalidClaimError, MissingClaimError) as wrong:
        name = wrong.claim.split(",")[0]
        # What has no time at all is not over, but nothing that was asked for.
        is_told = name in CLAIMS and not (isinstance(wrong, MissingClaimError) and name in TIMES)
        raise BadToken(f"token-{name}" if is_told else "token-form") from None
    except (JoseError, ValueError, TypeError):
        raise BadToken("token-form") from None


def _with_subject(claims: dict[str, Any]) -> dict[str, Any]:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise BadToken("token-sub")
    return claims
