"""What ``geoserver user`` does: accounts of a city's database, from the console of the server."""

import getpass
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from geoserver.accounts.journal import into
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.model import account_name
from geoserver.accounts.passwords import Passwords
from geoserver.accounts.people import ONCE_S, People
from geoserver.accounts.service import City, SignIn
from geoserver.console import Console
from geoserver.faults import BadParameter, UnknownId
from geoserver.settings import Settings
from geoserver.storage.opening import open_store
from geoserver.town import Town
from geoserver.words import say
from layers.grants.model import ANY
from layers.grants.roles import Post
from layers.grants.tree import AreaTree
from tiles.errors import NotBuilt

DAY_S = 86_400
ONCE_DAYS = round(ONCE_S / DAY_S)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A role as the command line names it; ``areas`` are codes, or ``all``."""

    role: str
    areas: tuple[str, ...]
    tiers: tuple[int, ...] = ()
    networks: tuple[str, ...] = ()


@contextmanager
def people_of(settings: Settings) -> Iterator[People]:
    """An administrator's hand over a city; in the journal as ``console:`` and the user of the machine."""
    if isinstance(settings.database, Path) and not (settings.folder / "build.json").exists():
        raise NotBuilt(folder=settings.folder)  # a folder mistyped would be given a database of its own
    store = open_store(settings.database)
    accounts = KeptAccounts.open(settings.database)
    try:
        # Nobody signs in here, so nothing is read by areas or clocks.
        door = SignIn(accounts, Passwords(), lambda: City(AreaTree(), UTC), told=into(store))
        yield People(door, f"console:{_machine_user()}")
    finally:
        accounts.close()
        store.close()


def add(settings: Settings, name: str, title: str, wanted: Wanted, console: Console) -> None:
    """Make an account, and tell its one-time password."""
    posts = _posts(settings, wanted)
    with people_of(settings) as people:
        account, password = people.add(name, title, posts)
    console.tell("user-added", name=account.name, password=password, days=ONCE_DAYS)


def give(settings: Settings, name: str, wanted: Sequence[Wanted], console: Console) -> None:
    """Replace what an account holds."""
    posts = [post for one in wanted for post in _posts(settings, one)]
    with people_of(settings) as people:
        people.give(name, posts)
    console.tell("user-given", name=account_name(name), posts=_words(posts))


def link(settings: Settings, name: str, subject: str, console: Console) -> None:
    """Have an account be somebody's at the sign-in provider; from their next sign-in it holds what is said there.

    Raises
    ------
    BadParameter
        There is no provider, or they have an account already.
    UnknownId
    """
    if settings.openid is None:
        detail = "is not given: there is no sign-in provider."
        raise BadParameter(parameter="GEOSERVER_OIDC_ISSUER", value="", reason="openid-missing", detail=detail)
    with people_of(settings) as people:
        people.link(name, settings.openid.issuer, subject)
    console.tell("user-linked", name=account_name(name), subject=subject)


def reset(settings: Settings, name: str, console: Console) -> None:
    """Give an account a new one-time password, and tell it."""
    with people_of(settings) as people:
        account, password = people.reset(name)
    console.tell("user-password", name=account.name, password=password, days=ONCE_DAYS)


def show(settings: Settings, console: Console) -> None:
    """List all accounts."""
    with people_of(settings) as people:
        for account in people.door.store.accounts():
            word = account.state if console.as_json else say(console.lang, "command", f"user-state-{account.state}", {})
            sessions = len(people.door.store.sessions(account.name))
            posts = _words(account.posts)
            console.tell("user-row", name=account.name, title=account.title, posts=posts, state=word, sessions=sessions)


def disable(settings: Settings, name: str, disabled: bool, console: Console) -> None:
    """Disable an account or enable it again."""
    with people_of(settings) as people:
        people.disable(name, disabled)
    console.tell("user-disabled" if disabled else "user-enabled", name=account_name(name))


def show_sessions(settings: Settings, name: str, console: Console) -> None:
    """List the sessions of an account."""
    with people_of(settings) as people:
        for one in people.door.store.sessions(people.account(name).name):
            console.tell("user-session", id=one.id, address=one.address, made=_time(one.made), seen=_time(one.seen))


def end_sessions(settings: Settings, name: str, console: Console) -> None:
    """Sign an account out everywhere."""
    with people_of(settings) as people:
        count = people.end_sessions(name)
    console.tell("user-sessions-ended", name=account_name(name), count=count)


def add_token(settings: Settings, name: str, label: str, scopes: Collection[str], days: int, console: Console) -> None:
    """Make a token for a system, and tell it."""
    with people_of(settings) as people:
        secret, token = people.add_token(name, label, scopes, days * DAY_S)
    console.tell("token-added", id=token.id, name=token.account, expires=_time(token.expires), token=secret)


def show_tokens(settings: Settings, name: str, console: Console) -> None:
    """List the tokens of an account."""
    with people_of(settings) as people:
        for one in people.door.store.tokens(people.account(name).name):
            seen = "-" if one.seen is None else _time(one.seen)
            scopes, until = " ".join(sorted(one.scopes)), _time(one.expires)
            console.tell(
                "token-row", id=one.id, name=one.account, label=one.label, scopes=scopes, expires=until, seen=seen
            )


def end_token(settings: Settings, id_: str, console: Console) -> None:
    """Revoke a token."""
    with people_of(settings) as people:
        people.end_token(id_)
    console.tell("token-ended", id=id_)


def _posts(settings: Settings, wanted: Wanted) -> list[Post]:
    """A role as it is given; its areas must be areas of the city."""
    areas = {ANY if code == "all" else code for code in wanted.areas}
    if areas - {ANY}:
        known = Town.open(settings.folder, settings.cache).areas.areas
        unknown = sorted(areas - {ANY} - set(known))
        if unknown:
            raise UnknownId(kind="area", id=unknown[0])
    given = {"role": wanted.role, "areas": areas, "tiers": wanted.tiers or None, "networks": wanted.networks or None}
    try:
        return [Post.model_validate(given)]
    except ValidationError as bad:
        error = bad.errors(include_url=False)[0]
        field = str(error["loc"][0])
        detail = error["msg"].removeprefix("Value error, ")
        raise BadParameter(parameter=field, value=given.get(field), reason="post", detail=detail) from None


def _words(posts: Sequence[Post]) -> str:
    """Posts in one line: role@areas, and what narrows them."""
    return ", ".join(map(_in_words, posts)) or "-"


def _in_words(post: Post) -> str:
    parts = [f"{post.role}@{'+'.join(sorted(post.areas))}"]
    if post.tiers is not None:
        parts.append(f"tier={'+'.join(map(str, sorted(post.tiers)))}")
    if post.networks is not None:
        parts.append(f"network={'+'.join(sorted(post.networks))}")
    return " ".join(parts)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _machine_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "-"
