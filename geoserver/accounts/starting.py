"""The first accounts of a city: one per role that is wanted, so that a city that was just made can be signed in to."""

import contextlib
from collections.abc import Sequence

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.managing import ONCE_DAYS, people_of
from geoserver.console import Console
from geoserver.settings import Settings
from geoserver.words import say
from layers.grants.model import ANY
from layers.grants.roles import ROLES, Post


def first_accounts(settings: Settings, console: Console, roles: Sequence[str] = tuple(ROLES)) -> None:
    """Make an account per role, for everywhere, named as the role, and tell their one-time passwords.

    Where there are accounts already, nothing is made; how a new password is had is told instead.
    """
    with people_of(settings) as people:
        if people.door.store.accounts():
            console.tell("accounts-there", folder=str(settings.folder))
            return
        for role in roles:
            title = say(console.lang, "command", f"role-{role}", {}, default=role)
            account, password = people.add(role, title, [Post(role=role, areas=frozenset({ANY}))])
            console.tell("account-made", name=account.name, title=title, password=password)
    console.tell("accounts-made", days=ONCE_DAYS, folder=str(settings.folder))


def any_accounts(settings: Settings) -> bool:
    """Whether anybody can sign in at all."""
    with contextlib.closing(KeptAccounts.open(settings.database)) as accounts:
        return bool(accounts.accounts())
