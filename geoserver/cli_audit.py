"""``geoserver audit``: the journal checked and sealed."""

from pathlib import Path
from typing import Annotated

import typer

from geoserver.reporting import reporting
from geoserver.settings import settings_from_environment

app = typer.Typer(name="audit", help="Check the journal, and seal it.", no_args_is_help=True)
CityFolder = Annotated[Path, typer.Option("--city", help="The folder of the built city.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines instead of words.")]


@app.command()
def verify(city: CityFolder, as_json: AsJson = False) -> None:
    """Check every row, every seal, and that the records are what the journal says; exit code 1 where not."""
    from geoserver.auditing import verify_city

    with reporting(as_json) as console:
        if not verify_city(settings_from_environment(city), console):
            raise typer.Exit(1)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Rows as GET /api/journal/export gave them out.", show_default=False)],
    key: Annotated[
        Path,
        typer.Option(envvar="GEOSERVER_SEAL_KEY", help="The sealing key, or its public half.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Check a file of journal rows against the seal in its last line; needs no city. Exit code 1 where it fails."""
    from geoserver.auditing import check_file

    with reporting(as_json) as console:
        check_file(file, key, console)


@app.command()
def seal(city: CityFolder, as_json: AsJson = False) -> None:
    """Sign the head of the journal with the key of GEOSERVER_SEAL_KEY, made where there is none."""
    from geoserver.auditing import seal_city

    with reporting(as_json) as console:
        seal_city(settings_from_environment(city), console)
