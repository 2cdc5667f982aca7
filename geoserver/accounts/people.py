"""What administrators do with accounts: make, give posts, reset, disable, end sessions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from geoserver.accounts.model import NAME, Account, Token, account_name
from geoserver.accounts.passwords import one_time_password
from geoserver.accounts.service import SignIn
from geoserver.faults import BadParameter, UnknownId
from layers.grants.roles import Post

SCOPE = re.compile(r"(\*|[a-z][a-z0-9-]{0,39}):(\*|[a-z][a-z0-9-]{0,39})")
"""``action:kind``, either of them ``*``."""
ONCE_S = 7 * 86_400.0
"""A one-time password is void after a week."""


@dataclass(frozen=True)
class People:
    """An administrator's hand: ``by`` is who acts, for the journal."""

    door: SignIn
    by: str

    def account(self, name: str) -> Account:
        """An account.

        Raises
        ------
        UnknownId
        """
        account = self.door.store.account(account_name(name))
        if account is None:
            raise UnknownId(kind="account", id=account_name(name))
        return account

    def add(self, name: str, title: str, posts: Sequence[Post]) -> tuple[Account, str]:
        """Make an account; with its one-time password, which is told once and kept nowhere.

        Raises
        ------
        BadParameter
            The name cannot be one.
        AccountExists
        """
        name = account_name(name)
        if not NAME.fullmatch(name):
            detail = "is no name of an account. Take 2 to 40 letters, digits, dots, hyphens and underscores."
            raise BadParameter(parameter="name", value=name, reason="account-name", detail=detail)
        password = one_time_password()
        until = self.door.now() + ONCE_S
        account = Account(name, title or name, self.door.passwords.digest(password), until, posts=tuple(posts))
        self.door.store.add(account)
        held = [post.model_dump(mode="json") for post in posts]
        self.door.told(self.by, "account-added", name, {"posts": held})
        return account, password

    def link(self, name: str, issuer: str, subject: str) -> None:
        """Have an account be somebody's at a sign-in provider.

        Raises
        ------
        UnknownId
        BadParameter
            They have an account already.
        """
        account = self.account(name)
        if not self.door.store.bindings.link(issuer, subject, account.name):
            detail = "has an account here already."
            raise BadParameter(parameter="subject", value=subject, reason="openid-linked", detail=detail)
        self.door.told(self.by, "account-linked", account.name, {"issuer": issuer, "subject": subject})

    def reset(self, name: str) -> tuple[Account, str]:
        """Give an account a new one-time password; all its sessions end.

        Raises
        ------
        UnknownId
        """
        account = self.account(name)
        password, until = one_time_password(), self.door.now() + ONCE_S
        digest = self.door.passwords.digest(password)
        self.door.store.set_password(account.name, digest, until)
        self.door.store.end_sessions(account.name)
        self.door.told(self.by, "password-reset", account.name, {})
        return replace(account, password=digest, once_until=until), password

    def rename(self, name: str, title: str) -> None:
        """Show an account under another title; its name where that is empty.

        Raises
        ------
        UnknownId
        """
        account = self.account(name)
        if (title or account.name) != account.title:
            self.door.store.set_title(account.name, title or account.name)
            self.door.told(self.by, "renamed", account.name, {"title": title or account.name})

    def give(self, name: str, posts: Sequence[Post]) -> None:
        """Replace what roles an account holds; in force at its next request.

        Raises
        ------
        UnknownId
        """
        account = self.account(name)
        self.door.store.set_held(account.name, posts, account.grants)
        held = [post.model_dump(mode="json") for post in posts]
        self.door.told(self.by, "posts-given", account.name, {"posts": held})

    def disable(self, name: str, disabled: bool = True) -> None:
        """Disable an account, with its sessions ended and its tokens void; or enable it again.

        Raises
        ------
        UnknownId
        """
        account = self.account(name)
        self.door.store.set_disabled(account.name, disabled)
        if disabled:
            self.door.store.end_sessions(account.name)
        self.door.told(self.by, "account-disabled" if disabled else "account-enabled", account.name, {})

    def end_sessions(self, name: str) -> int:
        """Sign an account out everywhere; how many sessions there were.

        Raises
        ------
        UnknownId
        """
        account = self.account(name)
        ended = self.door.store.end_sessions(account.name)
        self.door.told(self.by, "sessions-ended", account.name, {"count": ended})
        return ended

    def add_token(self, name: str, label: str, scopes: Collection[str], lasts_s: float) -> tuple[str, Token]:
        """A token for a system: its secret, which is told once, and what is kept of it.

        Raises
        ------
        UnknownId
        BadParameter
            A scope is not ``action:kind``.
        """
        account = self.account(name)
        wrong = next((scope for scope in scopes if not SCOPE.fullmatch(scope)), None)
        if wrong is not None or not scopes:
            detail = "is no scope. Give action:kind, for instance see:camera or *:incident."
            raise BadParameter(parameter="scope", value=wrong, reason="scope", detail=detail)
        secret, token = self.door.new_token(account.name, label, scopes, lasts_s)
        kept = {"token": token.id, "label": label, "scopes": sorted(scopes)}
        self.door.told(self.by, "token-added", account.name, kept)
        return secret, token

    def end_token(self, id_: str) -> None:
        """Revoke a token.

        Raises
        ------
        UnknownId
        """
        if not self.door.store.end_token(id_):
            raise UnknownId(kind="token", id=id_)
        self.door.told(self.by, "token-ended", "-", {"token": id_})
