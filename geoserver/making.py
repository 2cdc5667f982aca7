"""What the command line does to make a city: the demo's recipe, the build, its cameras, the check.

What is heavy is imported where it is needed, so that a city file's mistake is told at once.
"""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from geoserver.console import Console
from geoserver.faults import BadFile
from tiles.city import read_city

if TYPE_CHECKING:
    from tiles.build import Progress

Size = Literal["village", "city"]
COVERAGE = "coverage"
MADE = "made.json"
"""Written last into the sources' folder, so that a recipe that was stopped is taken up again."""


def make_demo(folder: Path, size: Size, console: Console) -> Path:
    """The city file of the demo city, made by the recipe where it is absent."""
    from data.recipe.make import make

    sources = folder / "sources"
    mark = sources / MADE
    if mark.exists():
        kept = json.loads(mark.read_text(encoding="utf-8"))
        if kept["size"] != size:
            remedy = "Give another folder, or remove this one."
            raise BadFile(file=str(folder), detail=f"holds a demo city of the size {kept['size']}.", remedy=remedy)
        _complete(sources, size)
        console.tell("found", folder=str(folder))
        return sources / str(kept["city"])
    started = time.perf_counter()
    sources.mkdir(parents=True, exist_ok=True)
    city_file = make(sources, size, lambda _step, done, total: console.stage("make", done, total))
    unfinished = mark.with_suffix(".part")
    unfinished.write_text(json.dumps({"size": size, "city": city_file.name}), encoding="utf-8")
    os.replace(unfinished, mark)
    console.tell("made", seconds=time.perf_counter() - started)
    return city_file


def _complete(sources: Path, size: Size) -> None:
    """Add what a recipe of an earlier version did not make."""
    from data.recipe.situation import FILES, make_situation
    from data.recipe.upkeep import add_upkeep

    add_upkeep(sources / "cameras.csv")
    if not all((sources / name).exists() for name in FILES):
        make_situation(sources, size)


def build_city(
    city_file: Path,
    out: Path,
    only: frozenset[str] | None,
    workers: int | None,
    console: Console,
    *,
    covered: bool = True,
) -> None:
    """Build a city, load the cameras that its file names, and work out what they cover.

    ``only`` may name coverage, alone or among the parts; without ``covered`` it is left to the server.
    """
    from tiles.build import build

    started = time.perf_counter()
    city = read_city(city_file)
    parts = only - {COVERAGE} if only else None
    if only == frozenset({COVERAGE}):
        from geoserver.covering import cover

        cover(out, workers or os.cpu_count() or 1, console)
        return

    def report(progress: "Progress") -> None:
        console.stage(progress.stage, progress.done, progress.total)

    built = build(city, out, only=parts, workers=workers or os.cpu_count() or 1, report=report)
    for notice in built.notices():
        console.notice(notice)
    console.tell("built", seconds=time.perf_counter() - started, version=built.version, folder=str(out))
    if city.cameras:
        from geoserver import loading

        loading.load_sources(out, city.cameras, console)
    if covered and (only is None or COVERAGE in only):
        from geoserver.covering import cover
        from tiles.keyed_log import LogBusy

        # A server that runs in the folder is at work on it already.
        with contextlib.suppress(LogBusy):
            cover(out, workers or os.cpu_count() or 1, console)


def open_once(folder: Path) -> None:
    """Open a built city and ask it each kind of question once: kernels are compiled and kept."""
    from geoserver.services import open_services
    from geoserver.settings import Settings
    from geoserver.warming import warm

    with open_services(Settings(folder=folder.resolve())) as services:
        warm(services.now)


def check_city(city_file: Path, console: Console) -> None:
    """Read a city file and open each of its sources."""
    from geoserver.checking import check_source

    city = read_city(city_file)
    for source in city.sources:
        check_source(source)
    console.tell("checked", file=str(city_file), name=city.name, sources=len(city.sources))
