"""Whom the provider's people are here: the account of each, kept as its claims say."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from geoserver.accounts.model import NAME, Account, account_name
from geoserver.accounts.service import SignIn
from geoserver.faults import AccountExists
from geoserver.openid.options import OpenIdOptions
from geoserver.openid.provider import claim_of
from geoserver.openid.roles import RoleMap
from geoserver.openid.tokens import BadToken
from layers.grants.roles import Post

ODD = re.compile(r"[^\w.-]+")
LONGEST_TITLE = 80


@dataclass(frozen=True)
class PeopleThere:
    """Accounts of one provider's people. An account that was made here by hand is never taken over."""

    options: OpenIdOptions
    roles: RoleMap
    door: SignIn

    @property
    def by(self) -> str:
        """Who acts, for the journal."""
        return f"openid:{urlsplit(self.options.issuer).hostname}"

    def posts(self, claims: Mapping[str, Any]) -> tuple[Post, ...]:
        """What somebody holds by their claims."""
        return self.roles.posts(_values(claim_of(claims, self.options.roles_claim)))

    def admitted(self, claims: Mapping[str, Any]) -> Account:
        """The account of somebody who signs in, made at the first time; it holds what the claims say now.

        Raises
        ------
        BadToken
            They hold nothing here, are disabled here, or their name is another's or none.
        """
        posts, known = self.posts(claims), self.known(claims["sub"])
        if not posts:
            if known is not None:
                self.hold(known, posts)
            raise BadToken("no-role")
        account = known or self._made(claims, posts, named=())
        if account.disabled:
            raise BadToken("disabled")
        title = _title(claims)
        if title and title != account.title:
            self.door.store.set_title(account.name, title)
        self.hold(account, posts)
        return replace(account, posts=posts, title=title or account.title)

    def system(self, claims: Mapping[str, Any]) -> Account:
        """The account of who shows an access token; what it holds is what the token says, and is kept nowhere.

        Raises
        ------
        BadToken
        """
        posts = self.posts(claims)
        if not posts:
            raise BadToken("no-role")
        account = self.known(claims["sub"]) or self._made(claims, (), named=("client_id", "azp"))
        if account.disabled:
            raise BadToken("disabled")
        return replace(account, posts=posts, grants=())

    def hold(self, account: Account, posts: tuple[Post, ...]) -> None:
        """Have an account hold what the provider says; a row of the journal where that is something else."""
        if account.posts != posts:
            self.door.store.set_held(account.name, posts, account.grants)
            held = [post.model_dump(mode="json") for post in posts]
            self.door.told(self.by, "posts-given", account.name, {"posts": held})

    def known(self, subject: str) -> Account | None:
        """The account of somebody there, or None."""
        name = self.door.store.bindings.account(self.options.issuer, subject)
        return None if name is None else self.door.store.account(name)

    def _made(self, claims: Mapping[str, Any], posts: tuple[Post, ...], named: Collection[str]) -> Account:
        name = self._name(claims, named)
        made = Account(name, _title(claims) or name, None, posts=posts)
        try:
            is_new = self.door.store.add_linked(made, self.options.issuer, claims["sub"])
        except AccountExists:
            # Nobody else's account is taken for theirs.
            raise BadToken("name-taken") from None
        if is_new:
            held = [post.model_dump(mode="json") for post in posts]
            self.door.told(self.by, "account-added", name, {"posts": held, "subject": claims["sub"]})
            return made
        # Another tab of the same person was quicker.
        return self.known(claims["sub"]) or made

    def _name(self, claims: Mapping[str, Any], named: Collection[str]) -> str:
        for claim in (self.options.name_claim, *named):
            value = claim_of(claims, claim)
            name = ODD.sub("-", account_name(value))[:40].strip("-.") if isinstance(value, str) else ""
            if NAME.fullmatch(name):
                return name
        raise BadToken("no-name")


def _values(claim: Any) -> frozenset[str]:
    """The values of a claim that is one text or a list of them."""
    given = claim if isinstance(claim, list) else [claim]
    return frozenset(value for value in given if isinstance(value, str))


def _title(claims: Mapping[str, Any]) -> str:
    name = claims.get("name")
    return " ".join(name.split())[:LONGEST_TITLE] if isinstance(name, str) else ""
