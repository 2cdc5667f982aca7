"""Signing in through a provider, and out with it: every session here is bound to one there."""

import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from geoserver.accounts.kept_bindings import Binding
from geoserver.accounts.limits import counts_of_address
from geoserver.accounts.model import Account, Session
from geoserver.accounts.service import SignedIn, SignIn, digest_of
from geoserver.faults import BadFile, BrokenSeal
from geoserver.openid.faults import LogoutRefused, ProviderFailed, SignInRefused
from geoserver.openid.people import PeopleThere
from geoserver.openid.provider import Journey, Provider, Signed
from geoserver.openid.tokens import SKEW_S, BadToken

if TYPE_CHECKING:
    from geoserver.secrets import Vault

log = logging.getLogger("geoserver")
JOURNEY_S = 600.0
"""So long somebody may be on their way to the provider and back."""
ROUND = 500
"""Sessions asked about in one round."""


@dataclass(frozen=True, slots=True)
class Return:
    """With what somebody comes back from the provider; "" where it is not said."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class OpenId:
    """The door of one provider. Safe to use from many threads.

    ``vault`` : seals what is kept of a provider, and what a browser keeps of its way there
    """

    provider: Provider
    people: PeopleThere
    door: SignIn
    vault: Callable[[], "Vault"] = field(repr=False)

    def start(self, back: str, lang: str, *, again: bool = False) -> tuple[str, str]:
        """Where somebody is sent to sign in, and what their browser keeps of it, sealed.

        ``again`` : to give their name there, whoever is signed in there

        Raises
        ------
        ProviderFailed
        """
        journey = Journey.begin(back)
        url = self.provider.authorize_url(journey, lang, again=again)
        kept = json.dumps({**asdict(journey), "until": self.door.now() + JOURNEY_S})
        return url, self.vault().seal(kept, "openid", "journey")

    def back(self, said: Return, kept: str | None, *, address: str, before: str | None) -> SignedIn:
        """A session for who comes back; ``kept`` is what their browser kept, ``before`` its session, which ends.

        Raises
        ------
        SignInRefused
        ProviderFailed
        """
        counts = counts_of_address(address)
        if self.door.store.count_attempt(counts, self.door.now()) > 0:
            raise SignInRefused("paused")
        try:
            journey = self._journey(kept)
            self._demand_return(said, journey)
            signed = self.provider.trade(said.code, journey)
            if not self.door.store.bindings.spend(_key("nonce", journey.nonce), self.door.now() + 2 * JOURNEY_S):
                raise BadToken("replayed")
            account = self.people.admitted(signed.claims)
            signed_in = self._let_in(account, signed, address, before)
        except BadToken as bad:
            self.door.told("", "sign-in-failed", "", {"address": address, "by": "provider", "reason": bad.reason})
            raise SignInRefused(bad.reason) from None
        self.door.store.forgive_attempt("", list(counts))
        self.door.told(account.name, "signed-in", account.name, {"address": address, "by": "provider"})
        return signed_in

    def leave(self, session: str, back: str) -> str | None:
        """Where the person of a session (its digest) is sent to sign out there as well; None: nowhere."""
        binding = self.door.store.bindings.get(session)
        if binding is None:
            return None
        try:
            return self.provider.leave_url(self._unsealed(binding, "hint"), back)
        except ProviderFailed:
            return None

    def signed_out_there(self, token: str) -> int:
        """Take the provider's notice that somebody signed out there; how many people's sessions ended here.

        Raises
        ------
        LogoutRefused
        ProviderFailed
        """
        options = self.provider.options
        try:
            claims = self.provider.checks.logout_token(token, options.client)
            until = float(claims["exp"]) + 2 * SKEW_S
        except BadToken as bad:
            raise LogoutRefused(bad.reason) from None
        once = _key("logout", claims["jti"]), until
        ended = self.door.store.bindings.ended_there(options.issuer, claims.get("sub"), claims.get("sid"), once)
        if ended is None:
            raise LogoutRefused("replayed")
        for name in ended:
            self.door.told(self.people.by, "signed-out", name, {"by": "provider"})
        return len(ended)

    def recheck(self) -> None:
        """Ask the provider about every session that it is time to ask about; those that it revoked end."""
        store, now = self.door.store, self.door.now()
        for binding in store.bindings.due(now - self.provider.options.check_s, ROUND):
            if store.bindings.claim(binding, self.door.now()):
                self._recheck(binding)

    def _recheck(self, binding: Binding) -> None:
        now, refresh = self.door.now(), self._unsealed(binding, "refresh")
        try:
            if refresh is None:
                # The key that it was sealed with is gone: nobody can ask about this session again.
                raise BadToken("revoked")
            signed = self.provider.renewed(refresh, binding.subject)
            if signed.claims:
                self.people.admitted(signed.claims)
        except ProviderFailed as failed:
            log.warning("the sign-in provider cannot be asked: %s", failed.values["reason"])
            if now - binding.confirmed >= self.provider.options.away_s:
                self._end(binding, "provider-away")
        except BadToken as bad:
            self._end(binding, bad.reason)
        else:
            following = self._sealed(binding.digest, "refresh", signed.refresh) or binding.refresh
            hint = self._sealed(binding.digest, "hint", signed.hint) or binding.hint
            self.door.store.bindings.confirm(binding.digest, following, hint, now)
            log.debug("the session %s holds", binding.digest[:12])

    def _end(self, binding: Binding, reason: str) -> None:
        name = self.door.store.bindings.account(binding.issuer, binding.subject) or ""
        if self.door.store.end_session(binding.digest):
            self.door.told(self.people.by, "signed-out", name, {"by": "provider", "reason": reason})

    def _let_in(self, account: Account, signed: Signed, address: str, before: str | None) -> SignedIn:
        options, claims = self.provider.options, signed.claims
        sid = claims.get("sid")

        def keep(session: Session) -> bool:
            binding = Binding(
                session.digest,
                options.issuer,
                claims["sub"],
                sid if isinstance(sid, str) else None,
                session.made,
                session.made,
                self._sealed(session.digest, "refresh", signed.refresh),
                self._sealed(session.digest, "hint", signed.hint),
            )
            return self.door.store.bindings.add(session, binding)

        lasts_s = None if signed.refresh is not None else options.longest_s
        signed_in = self.door.let_in(account, keep, address=address, before=before, lasts_s=lasts_s)
        if signed_in is None:
            raise BadToken("disabled")
        return signed_in

    def _journey(self, kept: str | None) -> Journey:
        try:
            found: Mapping[str, Any] = json.loads(self.vault().unseal(kept or "", "openid", "journey"))
        except (BrokenSeal, ValueError):
            raise BadToken("state") from None
        if self.door.now() >= found["until"]:
            raise BadToken("state")
        return Journey(found["state"], found["nonce"], found["verifier"], found["back"])

    def _demand_return(self, said: Return, journey: Journey) -> None:
        """Go on only with the answer to our own question.

        Raises
        ------
        BadToken
        """
        if not hmac.compare_digest(said.state.encode(), journey.state.encode()):
            raise BadToken("state")
        names_issuer = self.provider.metadata.names_issuer
        if (said.issuer or names_issuer) and said.issuer != self.provider.options.issuer:
            raise BadToken("token-iss")
        if said.error:
            raise BadToken("denied" if said.error == "access_denied" else "declined")
        if not said.code:
            raise BadToken("code")

    def _sealed(self, digest: str, what: str, value: str | None) -> str | None:
        return None if value is None else self.vault().seal(value, "openid", digest, what)

    def _unsealed(self, binding: Binding, what: str) -> str | None:
        value = binding.refresh if what == "refresh" else binding.hint
        try:
            return None if value is None else self.vault().unseal(value, "openid", binding.digest, what)
        except (BrokenSeal, BadFile):
            return None


def _key(*parts: str) -> str:
    return digest_of("\0".join(parts))
