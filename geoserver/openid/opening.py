"""The door of a provider, opened as settings say."""

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from geoserver.accounts.model import Account
from geoserver.accounts.service import SignIn
from geoserver.openid.bearer import Bearers
from geoserver.openid.options import OpenIdOptions
from geoserver.openid.people import PeopleThere
from geoserver.openid.provider import Provider
from geoserver.openid.reach import reach_of
from geoserver.openid.roles import read_roles
from geoserver.openid.service import OpenId
from geoserver.settings import Settings
from layers.grants.model import ANY

if TYPE_CHECKING:
    from geoserver.secrets import Vault

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Doors:
    """The door, and the provider's where there is one."""

    local: SignIn
    openid: OpenId | None = None


@contextlib.contextmanager
def opened(settings: Settings, door: SignIn, areas: Collection[str]) -> Iterator[Doors]:
    """The doors, until left; nobody is asked anything before somebody signs in.

    ``areas`` : codes that there are

    Raises
    ------
    BadFile, BadParameter
    """
    options = settings.openid
    if options is None:
        yield Doors(door)
        return

    @cache
    def vault() -> "Vault":
        from geoserver.secrets import Vault

        return Vault.open(settings.vault_key)

    provider, roles = Provider(options), read_roles(options.roles_file, areas)
    vault()
    if options.local == "administrators":
        door = replace(door, by_password=is_administrator)
    try:
        if options.audience is not None:
            door = replace(door, elsewhere=Bearers(provider, PeopleThere(options, roles, door), door).caller)
        yield Doors(door, OpenId(provider, PeopleThere(options, roles, door), door, vault))
    finally:
        provider.close()


def demand_usable(options: OpenIdOptions | None) -> None:
    """Refuse files that cannot be used before a city is opened.

    Raises
    ------
    BadFile, BadParameter
    """
    if options is not None:
        options.secret()
        reach_of(options).close()
        read_roles(options.roles_file)


def is_administrator(account: Account) -> bool:
    """Whether an account is an administrator's of everywhere: who comes in by a password whatever the provider does."""
    return any(post.role == ADMINISTRATOR and ANY in post.areas for post in account.posts)
