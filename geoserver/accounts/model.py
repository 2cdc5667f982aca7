"""Accounts, sessions and tokens as values. Passwords and secrets are only here as digests."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from layers.grants.model import Grant
from layers.grants.roles import Post

NAME = re.compile(r"\w[\w.-]{1,39}")


def account_name(given: str) -> str:
    """A name as it is kept: letters that look alike in two forms, or differ in case, are one name."""
    return unicodedata.normalize("NFKC", given).strip().casefold()


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a system.

    Attributes
    ----------
    name : as kept, see ``account_name``
    title : as shown
    password : the encoded Argon2id digest; None = does not sign in, as a system with tokens
    once_until : the password is for one time, and void from this time on (s since 1970); None = its owner's own
    disabled : signs in no more; sessions and tokens are void
    posts, grants : what it holds: roles for areas, and grants of its own
    """

    name: str
    title: str
    password: str | None
    once_until: float | None = None
    disabled: bool = False
    posts: tuple[Post, ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def must_change(self) -> bool:
        """Whether the password was given by somebody else."""
        return self.once_until is not None

    @property
    def state(self) -> Literal["active", "once", "disabled"]:
        """What it is; once: with a one-time password that was not changed yet."""
        return "disabled" if self.disabled else "once" if self.must_change else "active"

    def all_grants(self) -> tuple[Grant, ...]:
        """Its own grants and those of its roles."""
        return (*self.grants, *(grant for post in self.posts for grant in post.grants()))


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. Times in s since 1970; ``until``: it ends then in any case, if not before."""

    digest: str
    account: str
    made: float
    seen: float
    address: str = ""
    until: float | None = None

    @property
    def id(self) -> str:
        """Names it in lists; of no use for signing in."""
        return self.digest[:12]


@dataclass(frozen=True, slots=True)
class Token:
    """What a system shows instead of a password. Times in s since 1970.

    Attributes
    ----------
    id : names it in lists; of no use for signing in
    scopes : ``action:kind``, either of them ``*``; limits what the account's grants allow
    expires : from then on it is void
    """

    id: str
    digest: str
    account: str
    label: str
    scopes: frozenset[str]
    made: float
    expires: float
    seen: float | None = None
