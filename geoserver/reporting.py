"""What every verb of the command line is wrapped in: a console, faults as words, exit codes."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import typer

from tiles.errors import Fault

if TYPE_CHECKING:
    from geoserver.console import Console


@contextlib.contextmanager
def reporting(as_json: bool) -> Iterator["Console"]:
    """A console for one verb; faults become words and exit code 1."""
    from geoserver.console import Console

    console = Console(as_json)
    try:
        yield console
    except Fault as fault:
        console.fault(fault)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, click.Abort):
        console.tell("stopped")
        raise typer.Exit(1) from None
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
