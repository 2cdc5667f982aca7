"""Signing in and out, tokens, and who a request comes from. Nothing is remembered outside the store."""

import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from geoserver.accounts.caller import Caller
from geoserver.accounts.limits import KEPT_S, counts_of
from geoserver.accounts.model import NAME, Account, Session, Token, account_name
from geoserver.accounts.passwords import LONGEST, SHORTEST, Passwords, usable
from geoserver.accounts.store import AccountStore
from geoserver.faults import BadPassword, BadSignIn, LocalClosed, NotSignedIn, SignInPaused
from layers.grants.approval import with_agreed
from layers.grants.permissions import Permissions, nobody
from layers.grants.tree import AreaTree

TOKEN_PREFIX = "gst_"
"""So that a token left in a file is found by those who look for secrets."""
SEEN_EVERY_S = 60.0
"""A session's last use is noted no more often: a browser asks several times a second."""
REQUESTS_KEPT_S = 30 * 86_400.0
"""Requests for agreement; the journal tells of them beyond that."""
SESSIONS_EACH = 20
"""An account's oldest sessions end beyond that."""
Told = Callable[[str, str, str, Mapping[str, Any]], None]
"""Hears of what belongs in the journal: who, what, about which account, with what."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long sessions last, s: without use, and in all."""

    idle_s: float = 7_200.0
    longest_s: float = 43_200.0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; ``secret`` is told once, to the browser that it was made for."""

    secret: str = field(repr=False)
    account: Account
    lasts_s: float


@dataclass(frozen=True, slots=True)
class City:
    """What grants are read by: the areas, the clock, and the network zone that callers ask from."""

    tree: AreaTree
    tz: tzinfo
    network: str | None = None


@dataclass(frozen=True)
class SignIn:
    """The door. Safe to use from many threads.

    Attributes
    ----------
    city : what is so now; asked at every request, for a build may bring other areas
    now : seconds since 1970
    told : hears of sign-ins and their ends
    by_password : whether an account may sign in by a password, if it has one
    elsewhere : who a token is that somebody else gave out; raises ``NotSignedIn``. None: nobody does
    """

    store: AccountStore
    passwords: Passwords
    city: Callable[[], City]
    lasting: Lasting = field(default_factory=Lasting)
    now: Callable[[], float] = time.time
    told: Told = lambda *_: None
    by_password: Callable[[Account], bool] = lambda _: True
    elsewhere: Callable[[str], Caller] | None = None

    def sign_in(self, name: str, password: str, *, address: str, before: str | None = None) -> SignedIn:
        """A session for who knows a name and its password.

        ``before`` is the session secret that the browser sent along, if any: it ends, and is never taken over.

        Raises
        ------
        SignInPaused
            Too often wrong; the password was not looked at.
        LocalClosed
            The password is right, and theirs do not open this door.
        BadSignIn
            For every other reason, after the same work.
        """
        name, now = account_name(name), self.now()
        counts = counts_of(name, address)
        wait = self.store.count_attempt(counts, now)
        account = self.store.account(name) if NAME.fullmatch(name) else None
        known = name if account else ""  # what stands where a name belongs may be a password
        if wait > 0:
            # Not told: whoever is paused and goes on trying must not fill the journal.
            raise SignInPaused(seconds=max(1, round(wait)))
        if not self._fits(account, password, now) or account is None:
            self.told(known, "sign-in-failed", known, {"address": address})
            raise BadSignIn()
        if not self.by_password(account):
            self.told(name, "sign-in-failed", name, {"address": address, "reason": "local-closed"})
            raise LocalClosed()
        secret, session = self._session(account, address, now)
        if not self.store.add_session(session, self._refreshed(account, password)):
            raise BadSignIn()  # disabled, or given another password, while this one was looked at
        pair, *others = counts
        self.store.forgive_attempt(pair, others)
        self._replaced(name, before)
        self.told(name, "signed-in", name, {"address": address})
        return SignedIn(secret, account, self.lasting.longest_s)

    def let_in(
        self,
        account: Account,
        keep: Callable[[Session], bool],
        *,
        address: str,
        before: str | None,
        lasts_s: float | None = None,
    ) -> SignedIn | None:
        """A session for who somebody else vouches for; None where ``keep`` does not keep it.

        ``lasts_s`` : it ends after that in any case
        """
        secret, session = self._session(account, address, self.now(), lasts_s)
        if not keep(session):
            return None
        self._replaced(account.name, before)
        return SignedIn(secret, account, min(lasts_s or self.lasting.longest_s, self.lasting.longest_s))

    def sign_out(self, secret: str) -> None:
        """End a session; nothing happens where there is none."""
        found = self.store.session(digest_of(secret))
        if found is not None and self.store.end_session(found[0].digest):
            self.told(found[1].name, "signed-out", found[1].name, {})

    def change_password(self, caller: Caller, old: str, new: str, *, address: str) -> None:
        """Set one's own password; all other sessions of the account end.

        Raises
        ------
        SignInPaused, BadSignIn
            The old one is wrong; counted as when signing in.
        BadPassword
            The new one cannot be taken.
        """
        now, counts = self.now(), counts_of(caller.name, address)
        wait = self.store.count_attempt(counts, now)
        if wait > 0:
            raise SignInPaused(seconds=max(1, round(wait)))
        account = self.store.account(caller.name)
        if not self._fits(account, old, now) or account is None:
            raise BadSignIn()
        pair, *others = counts
        self.store.forgive_attempt(pair, others)
        digest = self.passwords.digest(_other(usable(new, caller.name), old))
        if not self.store.set_password(caller.name, digest, None, seen=account.password):
            raise BadSignIn()
        self.store.end_sessions(caller.name, but=caller.session)
        self.told(caller.name, "password-changed", caller.name, {})

    def by_session(self, secret: str, *, agreed: Collection[str] = (), used: bool = True) -> Caller:
        """Who a browser's session belongs to. ``used``: somebody asks, so it is not idle.

        Raises
        ------
        NotSignedIn
            There is none, it has ended, or its account is disabled.
        """
        found, now = self.store.session(digest_of(secret)), self.now()
        if found is None or not self._lasts(found[0], now):
            raise NotSignedIn()
        session, account = found
        if account.disabled or _is_void(account, now):
            raise NotSignedIn()
        if used and now - session.seen >= SEEN_EVERY_S:
            self.store.session_seen(session.digest, now)
        may = nobody() if account.must_change else self.permissions(account, now, agreed)
        return Caller(account.name, account.title, may, session=session.digest, must_change=account.must_change)

    def by_token(self, secret: str) -> Caller:
        """Which system a bearer token belongs to.

        Raises
        ------
        NotSignedIn
            There is none, it is revoked or over, or its account is disabled.
        """
        if self.elsewhere is not None and not secret.startswith(TOKEN_PREFIX):
            return self.elsewhere(secret)
        found, now = self.store.token(digest_of(secret)), self.now()
        if found is None or now >= found[0].expires or found[1].disabled:
            raise NotSignedIn()
        token, account = found
        if token.seen is None or now - token.seen >= SEEN_EVERY_S:
            self.store.token_seen(token.digest, now)
        may = self.permissions(account, now).only(token.scopes)
        return Caller(account.name, account.title, may, token=token.id)

    def new_token(self, account: str, label: str, scopes: Collection[str], lasts_s: float) -> tuple[str, Token]:
        """A token for a system: its secret, told once, and what is kept of it."""
        secret, now = TOKEN_PREFIX + secrets.token_urlsafe(32), self.now()
        row = Token(secrets.token_hex(6), digest_of(secret), account, label, frozenset(scopes), now, now + lasts_s)
        self.store.add_token(row)
        return secret, row

    def sessions(self, account: str) -> list[Session]:
        """The sessions of an account that have not ended by themselves, the oldest first."""
        now = self.now()
        return [one for one in self.store.sessions(account) if self._lasts(one, now)]

    def tokens(self, account: str) -> list[Token]:
        """The tokens of an account that are not over, the oldest first."""
        now = self.now()
        return [one for one in self.store.tokens(account) if now < one.expires]

    def sweep(self) -> None:
        """Forget what has ended; worth doing now and then."""
        now = self.now()
        self.store.sweep(now - self.lasting.longest_s, now - self.lasting.idle_s, now - KEPT_S, now)
        self.store.agreements.sweep(now - REQUESTS_KEPT_S)
        self.store.bindings.sweep(now)

    def permissions(self, account: Account, now: float, agreed: Collection[str] = ()) -> Permissions:
        """What an account may do at a time."""
        city, at = self.city(), datetime.fromtimestamp(now, UTC)
        held = account.all_grants()
        may = Permissions.of(held, at, city.tree, tz=city.tz, network=city.network, agreed=agreed)
        if not any(grant.approval for grant in may.grants):
            return may
        return with_agreed(may, self.store.agreements.opened(account.name, now))

    def _fits(self, account: Account | None, password: str, now: float) -> bool:
        """The password is looked at in every case, so that no case is quicker than another."""
        fits = self.passwords.fits(account.password if account else None, password)
        return fits and account is not None and not account.disabled and not _is_void(account, now)

    def _refreshed(self, account: Account, password: str) -> str:
        """The digest to sign in with: made anew where it was made at another cost."""
        kept = account.password or ""
        if not self.passwords.is_dated(kept):
            return kept
        fresh = self.passwords.digest(password)
        return fresh if self.store.set_password(account.name, fresh, account.once_until, seen=kept) else kept

    def _session(self, account: Account, address: str, now: float, lasts_s: float | None = None) -> tuple[str, Session]:
        secret, until = secrets.token_urlsafe(32), None if lasts_s is None else now + lasts_s
        return secret, Session(digest_of(secret), account.name, now, now, address, until)

    def _replaced(self, name: str, before: str | None) -> None:
        """A new session stands: the one that the browser brought along ends, and an account's oldest."""
        if before is not None:
            self.store.end_session(digest_of(before))
        for old in self.store.sessions(name)[:-SESSIONS_EACH]:
            self.store.end_session(old.digest)

    def _lasts(self, session: Session, now: float) -> bool:
        if session.until is not None and now >= session.until:
            return False
        return now - session.seen < self.lasting.idle_s and now - session.made < self.lasting.longest_s


def digest_of(secret: str) -> str:
    """What is kept of a session's or token's secret: with 256 random bits, no salt and no slow digest is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _is_void(account: Account, now: float) -> bool:
    return account.once_until is not None and now >= account.once_until


def _other(new: str, old: str) -> str:
    """A one-time password is changed for another one."""
    if new == old:
        raise BadPassword(shortest=SHORTEST, longest=LONGEST)
    return new
