"""``python -m bundle CITY``: makes a bundle, and says how large it is and how long that took."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from bundle.errors import CannotBundle
from bundle.making import MB, ROOT, make_bundle
from geoserver.console import Console

BUILD = ROOT / ".build"


def main(
    city: Annotated[Path, typer.Argument(help="The folder of a built city.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where the bundle goes.")] = BUILD / "bundle",
    wheels: Annotated[Path, typer.Option(help="Where fetched wheels are kept.")] = BUILD / "wheels",
) -> None:
    """Pack the server, its client and a city for a machine without any registry."""
    started = time.perf_counter()
    try:
        archive = make_bundle(city, out, wheels, Console(as_json=False))
    except CannotBundle as problem:
        sys.stderr.write(f"{problem}\n")
        raise typer.Exit(1) from None
    size, seconds = archive.stat().st_size / MB, time.perf_counter() - started
    sys.stdout.write(f"{archive}: {size:.0f} MB in {seconds:.0f} s\n")


if __name__ == "__main__":
    typer.run(main)
