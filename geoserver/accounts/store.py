"""What is kept of accounts, whatever the engine."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from geoserver.accounts.kept_agreements import KeptAgreements
from geoserver.accounts.kept_bindings import KeptBindings
from geoserver.accounts.limits import Limit
from geoserver.accounts.model import Account, Session, Token
from layers.grants.model import Grant
from layers.grants.roles import Post


class AccountStore(Protocol):
    """Accounts, sessions, tokens and failed attempts. Every call is one transaction.

    ``taken`` grows with every call that may take something from somebody, once it is done: what is remembered of
    callers under a smaller number is void.

    ``agreements`` : requests for a second person's agreement
    ``bindings`` : what belongs to a sign-in provider's
    """

    agreements: KeptAgreements
    bindings: KeptBindings

    @property
    def taken(self) -> int:
        """How often this process may have taken something from somebody."""

    def account(self, name: str) -> Account | None:
        """One account, or None."""

    def accounts(self) -> list[Account]:
        """All accounts by name."""

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises
        ------
        AccountExists
        """

    def add_linked(self, account: Account, issuer: str, subject: str) -> bool:
        """Keep a new account as somebody's at a sign-in provider; False where they have one.

        Raises
        ------
        AccountExists
            The name is somebody else's.
        """

    def set_password(self, name: str, digest: str, once_until: float | None, *, seen: str | None = None) -> bool:
        """Replace a password; where ``seen`` is given, only if that digest is still the one kept."""

    def set_title(self, name: str, title: str) -> bool:
        """Call an account something else; whether there is one."""

    def set_disabled(self, name: str, disabled: bool) -> bool:
        """Disable an account, or enable it again; whether there is one."""

    def set_held(self, name: str, posts: Sequence[Post], grants: Sequence[Grant]) -> bool:
        """Replace what an account holds; whether there is one."""

    def add_session(self, session: Session, password: str) -> bool:
        """Keep a session, if the password of its account is still the one with this digest.

        Between looking at a password and this call it may have been changed and all sessions ended: such a
        session must not come to be.
        """

    def session(self, digest: str) -> tuple[Session, Account] | None:
        """A session and its account."""

    def session_seen(self, digest: str, at: float) -> None:
        """Note that a session was used."""

    def sessions(self, account: str) -> list[Session]:
        """The sessions of an account, the oldest first."""

    def end_session(self, digest: str) -> bool:
        """End one session; whether there was one."""

    def end_sessions(self, account: str, *, but: str | None = None) -> int:
        """End all sessions of an account, all but one where its digest is given; how many there were."""

    def add_token(self, token: Token) -> None:
        """Keep a token."""

    def token(self, digest: str) -> tuple[Token, Account] | None:
        """A token and its account."""

    def token_seen(self, digest: str, at: float) -> None:
        """Note that a token was used."""

    def tokens(self, account: str) -> list[Token]:
        """The tokens of an account, the oldest first."""

    def end_token(self, id_: str) -> bool:
        """Revoke a token; whether there was one."""

    def count_attempt(self, counts: Mapping[str, Limit], at: float) -> float:
        """Count an attempt under every key, unless one of them has to wait; how long, in s, or 0."""

    def forgive_attempt(self, right: str, others: Collection[str]) -> None:
        """An attempt was right: forget the first count, take one off the others."""

    def sweep(self, made_before: float, seen_before: float, tried_before: float, now: float) -> None:
        """Forget sessions, tokens and attempts that are too old to matter."""

    def close(self) -> None:
        """Give back files and connections."""
