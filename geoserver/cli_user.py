"""``geoserver user``: accounts of people and systems, their sessions and tokens."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from geoserver.reporting import reporting
from geoserver.settings import settings_from_environment
from layers.grants.roles import ROLES

app = typer.Typer(name="user", help="Accounts: who may sign in, and what they may do.", no_args_is_help=True)
sessions = typer.Typer(name="sessions", help="Where somebody is signed in.", no_args_is_help=True)
tokens = typer.Typer(name="tokens", help="What systems show instead of a password.", no_args_is_help=True)
app.add_typer(sessions)
app.add_typer(tokens)

Role = enum.StrEnum("Role", {name: name for name in ROLES})  # type: ignore[misc]  # the roles are listed once
Name = Annotated[str, typer.Argument(help="Name of the account.", show_default=False)]
CityFolder = Annotated[Path, typer.Option("--city", help="The folder of the built city.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines instead of words.")]
RoleGiven = Annotated[Role, typer.Option("--role", help="What they work as.", show_default=False)]
Areas = Annotated[
    list[str],
    typer.Option("--area", help="Code of an area, with all below it; all for everywhere.", show_default=False),
]
Tiers = Annotated[list[int] | None, typer.Option("--tier", min=1, max=3, help="Of cameras; all if not given.")]
Networks = Annotated[
    list[str] | None,
    typer.Option("--network", help="public-security, video or government-extranet; any if not given."),
]


@app.command()
def add(
    name: Name,
    city: CityFolder,
    role: RoleGiven,
    area: Areas,
    title: Annotated[str, typer.Option(help="As shown; the name if not given.")] = "",
    tier: Tiers = None,
    network: Networks = None,
    as_json: AsJson = False,
) -> None:
    """Make an account and print its one-time password, which has to be changed and is good for a week."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        wanted = managing.Wanted(role.value, tuple(area), tuple(tier or ()), tuple(network or ()))
        managing.add(settings_from_environment(city), name, title, wanted, console)


@app.command()
def give(
    name: Name,
    city: CityFolder,
    role: RoleGiven,
    area: Areas,
    tier: Tiers = None,
    network: Networks = None,
    as_json: AsJson = False,
) -> None:
    """Give an account a role in place of those that it has; in force at its next request."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        wanted = managing.Wanted(role.value, tuple(area), tuple(tier or ()), tuple(network or ()))
        managing.give(settings_from_environment(city), name, [wanted], console)


@app.command()
def link(
    name: Name,
    subject: Annotated[str, typer.Option(help="Who they are at the provider (sub).", show_default=False)],
    city: CityFolder,
    as_json: AsJson = False,
) -> None:
    """Have an account that was made here be somebody's at the sign-in provider."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.link(settings_from_environment(city), name, subject, console)


@app.command()
def password(name: Name, city: CityFolder, as_json: AsJson = False) -> None:
    """Print a new one-time password for an account; it is signed out everywhere."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.reset(settings_from_environment(city), name, console)


@app.command("list")
def show(city: CityFolder, as_json: AsJson = False) -> None:
    """List the accounts."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.show(settings_from_environment(city), console)


@app.command()
def disable(name: Name, city: CityFolder, as_json: AsJson = False) -> None:
    """Disable an account: signed out everywhere, its tokens void. Its rows in the journal stay."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.disable(settings_from_environment(city), name, True, console)


@app.command()
def enable(name: Name, city: CityFolder, as_json: AsJson = False) -> None:
    """Let a disabled account sign in again."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.disable(settings_from_environment(city), name, False, console)


@sessions.command("list")
def show_sessions(name: Name, city: CityFolder, as_json: AsJson = False) -> None:
    """List where an account is signed in."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.show_sessions(settings_from_environment(city), name, console)


@sessions.command("end")
def end_sessions(name: Name, city: CityFolder, as_json: AsJson = False) -> None:
    """Sign an account out everywhere, at once."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.end_sessions(settings_from_environment(city), name, console)


@tokens.command("add")
def add_token(
    name: Name,
    city: CityFolder,
    scope: Annotated[
        list[str], typer.Option(help="action:kind, for instance see:camera or *:incident.", show_default=False)
    ],
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(min=1, max=730, help="How long it is good.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a token for a system and print it; only its digest is kept."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.add_token(settings_from_environment(city), name, label, scope, days, console)


@tokens.command("list")
def show_tokens(name: Name, city: CityFolder, as_json: AsJson = False) -> None:
    """List the tokens of an account."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.show_tokens(settings_from_environment(city), name, console)


@tokens.command("end")
def end_token(
    id: Annotated[str, typer.Argument(help="Id of the token.", show_default=False)],
    city: CityFolder,
    as_json: AsJson = False,
) -> None:
    """Revoke a token, at once."""
    from geoserver.accounts import managing

    with reporting(as_json) as console:
        managing.end_token(settings_from_environment(city), id, console)
