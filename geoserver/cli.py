"""The command line: parses, calls, reports. No rules here.

Worker processes of a build import this module again, so what is heavy is imported by the verb that needs it.
"""

import enum
import functools
import json
import signal
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geoserver import cli_audit, cli_user
from geoserver.faults import BadKind
from geoserver.reporting import reporting as _reporting
from geoserver.settings import Settings, settings_from_environment
from layers.catalogue import COLLECTIONS

if TYPE_CHECKING:
    from geoserver.console import Console

app = typer.Typer(
    name="geoserver",
    help="A 3D city, its cameras, and the click that finds the right one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_audit.app)
app.add_typer(cli_user.app)
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines instead of words.")]
Folder = Annotated[Path, typer.Argument(help="The folder of a built city.", show_default=False)]
CityFile = Annotated[Path, typer.Argument(metavar="CITY.toml", help="The city file.", show_default=False)]
Host = Annotated[str, typer.Option(help="Address to listen at; beyond this machine's own only with TLS or a proxy.")]
TlsCert = Annotated[Path | None, typer.Option(help="Certificate with its chain, PEM; with --tls-key.")]
TlsKey = Annotated[Path | None, typer.Option(help="The certificate's key, PEM.")]
BehindProxy = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A proxy that speaks TLS; it is believed who asks.")
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes a free one.")]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="Processes to work with; all cores if not given.")]
EVERYTHING = "all"
KindName = Annotated[str, typer.Argument(metavar="KIND", help=f"What: {', '.join((*COLLECTIONS, EVERYTHING))}.")]
CityFolder = Annotated[Path, typer.Option("--city", help="The folder of the built city.", show_default=False)]


FORMS = "CSV, XLSX, XLS, ODS, GeoPackage, GeoJSON, JSON, GB/T 28181 catalogue, OSM XML or PBF."


class Header(enum.StrEnum):
    """Whether a list has a row of headings."""

    auto = "auto"
    none = "none"


class Size(enum.StrEnum):
    """Sizes of the demo city."""

    village = "village"
    city = "city"


def main() -> None:
    """Run the command line: 0 done, 1 a fault or stopped, 2 called wrongly."""
    app()


@app.command()
def demo(  # noqa: PLR0913  # the options of a verb
    folder: Annotated[Path, typer.Argument(help="Where the city goes.")] = Path("city"),
    size: Annotated[Size, typer.Option(help="city is all of Wuhai; village a small part.")] = Size.city,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = None,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it when it is ready.")] = True,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    behind_proxy: BehindProxy = None,
    as_json: AsJson = False,
) -> None:
    """Make the demo city if absent, build it, load cameras and a morning's calls, make an account per role, serve."""
    from data.recipe.upkeep import CAMERA_FAULTS
    from geoserver import demo_situation, making
    from geoserver.accounts import starting

    with _reporting(as_json) as console:
        tls = _tls(tls_cert, tls_key)
        settings = settings_from_environment(folder, host, port, tls=tls, behind_proxy=behind_proxy, health="on")
        started = time.perf_counter()
        with console.progress():
            city_file = making.make_demo(folder, size.value, console)
            making.build_city(city_file, folder, None, workers, console, covered=not serve_it)
        faults = settings.simulated_faults or city_file.parent / CAMERA_FAULTS
        settings = replace(settings, simulated=True, simulated_faults=faults)
        demo_situation.load_demo(folder, city_file.parent, console)
        starting.first_accounts(settings, console)
        linking = time.perf_counter()

        def linked() -> None:
            now = time.perf_counter()
            console.tell("linked", seconds=now - linking)
            console.tell("total", seconds=now - started)

        if serve_it:
            _serve(settings, console, linked)
        else:
            making.open_once(folder)
            linked()


@app.command()
def build(
    city: CityFile,
    out: Annotated[Path | None, typer.Option(help="Where it goes; beside the city file if not given.")] = None,
    only: Annotated[str | None, typer.Option(help="Parts: terrain,buildings,surface,basemap,coverage.")] = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Build a city from its file: tiles, analysis surface, cameras. What is there already is kept."""
    from geoserver import making

    with _reporting(as_json) as console:
        parts = frozenset(part.strip() for part in only.split(",") if part.strip()) if only else None
        with console.progress():
            making.build_city(city, out or city.resolve().parent / "built", parts, workers, console)


@app.command()
def serve(
    folder: Folder,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=1, help="Server processes; one, for now.")] = 1,  # noqa: ARG001
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    behind_proxy: BehindProxy = None,
    as_json: AsJson = False,
) -> None:
    """Serve a built city. A rebuilt version and changed cameras are taken up while it runs."""
    with _reporting(as_json) as console:
        # What is refused is refused before the server is loaded, which takes seconds.
        settings = settings_from_environment(folder, host, port, tls=_tls(tls_cert, tls_key), behind_proxy=behind_proxy)
        _serve(settings, console, lambda: None)


def _tls(certificate: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise typer.BadParameter("--tls-cert and --tls-key go together")
    return certificate, key


def _serve(settings: Settings, console: "Console", opened: Callable[[], None]) -> None:
    from geoserver import serving
    from geoserver.accounts.starting import any_accounts
    from geoserver.services import Services

    def tell(services: Services) -> None:
        opened()
        town = services.now.town
        if not any_accounts(settings):
            console.tell("no-accounts", folder=str(settings.folder))
        console.tell("city-open", name=town.name, cameras=services.now.fleet.count, version=town.scene.version)

    signal.signal(signal.SIGTERM, _stop)
    serving.run(settings, tell, lambda address: console.tell("ready", address=address))


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


@app.command()
def load(  # noqa: PLR0913  # the options of a verb
    kind: KindName,
    file: Annotated[Path, typer.Argument(help=FORMS, show_default=False)],
    city: CityFolder,
    crs: Annotated[
        str | None,
        typer.Option(help="WGS 84, CGCS2000, GCJ-02, BD-09 or an EPSG code; else the file's own, or WGS 84."),
    ] = None,
    height_reference: Annotated[
        str, typer.Option(help="What heights count from: above ground, above sea, ellipsoidal.")
    ] = "above ground",
    vertical_datum: Annotated[
        str | None, typer.Option(help="For heights above sea: EGM96, EPSG:5737, …", show_default=False)
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="A column by heading or number; FIELD= for none."),
    ] = None,
    header: Annotated[Header, typer.Option(help="Whether to look for a row of headings.")] = Header.auto,
    sheet: Annotated[
        str | None, typer.Option("--sheet", "--layer", help="Of a workbook or GeoPackage.", show_default=False)
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Incidents: 110, 119, 120, 122 or hand, where rows say none.")
    ] = None,
    state: Annotated[str | None, typer.Option(help="Incidents: where rows say none; closed if not given.")] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Incidents: of times that name none; the city's if not given.")
    ] = None,
    wall_clock: Annotated[
        bool, typer.Option("--wall-clock", help="Incidents: times are those of the zone, whatever offset is written.")
    ] = False,
    reference_crs: Annotated[
        str | None, typer.Option(help="Incidents: of masked map references, which are checked with it.")
    ] = None,
    vehicle: Annotated[
        str | None, typer.Option(help="Fixes: id of the vehicle, where the file does not name it.", show_default=False)
    ] = None,
    begin: Annotated[str | None, typer.Option(help="Fixes: when a file without times began.")] = None,
    speed: Annotated[float | None, typer.Option(min=0.1, max=100, help="Fixes: of a file without times, m/s.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show the columns and what they are taken for.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load records from a file, row by row; repeating it makes no doubles. Refused rows give exit code 1.

    The kind `all` takes up a .zip of `dump all` into a city without records.
    """
    from geoserver import backup, loading, loading_fixes, loading_situation
    from layers.cameras.lists.headings import HEADINGS
    from layers.cameras.lists.load import Loading

    with _reporting(as_json) as console:
        if kind == EVERYTHING:
            backup.load_city(settings_from_environment(city), file, dry_run or preview, console)
            return
        if kind == loading_fixes.FIXES:
            asked = loading_fixes.how_asked(vehicle, begin, speed)
            if loading_fixes.load_fixes(city, file, asked, dry_run or preview, console):
                raise typer.Exit(1)
            return
        _known(kind)
        if kind == "privacy-volumes":
            refused = loading.load_volumes(city, file, dry_run or preview, console)
        elif kind in loading_situation.FIELDS:
            fields = loading_situation.FIELDS[kind]
            listed = loading_situation.SituationLoading(
                crs, _mapping(columns or [], fields), header.value, sheet,
                source, state, time_zone, wall_clock, reference_crs,
            )  # fmt: skip
            refused = loading_situation.load_situation(city, kind, file, listed, dry_run or preview, console)
        elif kind != "cameras":
            loaded = ("cameras", "privacy-volumes", *loading_situation.FIELDS, loading_fixes.FIXES, EVERYTHING)
            raise BadKind(kind=kind, kinds=", ".join(loaded))
        else:
            how = Loading(crs, height_reference, vertical_datum, _mapping(columns or [], HEADINGS), header.value, sheet)
            act = loading.preview_file if preview else functools.partial(loading.load_file, dry_run=dry_run)
            refused = act(city, file, how, console=console)
        if refused:
            raise typer.Exit(1)


def _mapping(given: list[str], fields: Collection[str]) -> dict[str, str]:
    """``FIELD=COLUMN`` as field → column."""
    from layers.cameras.lists.headings import plain

    pairs = [one.partition("=") for one in given]
    named = {plain(field): field for field in fields}
    wrong = next(
        (one for one, (field, sign, _) in zip(given, pairs, strict=True) if not sign or plain(field) not in named), None
    )
    if wrong is not None:
        raise typer.BadParameter(f"{wrong}: FIELD=COLUMN, with FIELD one of {', '.join(fields)}", param_hint="--map")
    return {named[plain(field)]: column.strip() for field, _, column in pairs}


@app.command()
def dump(
    kind: KindName,
    file: Annotated[Path, typer.Argument(help="A .csv, .geojson, .gpkg, .kml or .czml to write.", show_default=False)],
    city: CityFolder,
    as_json: AsJson = False,
) -> None:
    """Write records to a file that `load` reads back; without addresses of streams.

    The kind `all` writes everything to a .zip, while the server runs: records, and the journal with its chain.
    """
    from geoserver import backup, loading

    with _reporting(as_json) as console:
        if kind == EVERYTHING:
            backup.dump_city(settings_from_environment(city), file, console)
            return
        _known(kind)
        loading.dump_file(city, kind, file, console)


@app.command()
def check(city: CityFile, as_json: AsJson = False) -> None:
    """Check a city file and that its sources can be read, without building anything."""
    from geoserver import making

    with _reporting(as_json) as console:
        making.check_city(city, console)


@app.command()
def settle(
    bundle: Annotated[Path, typer.Argument(help="The folder of an unpacked bundle.", show_default=False)],
    city: CityFolder,
    bare: Annotated[bool, typer.Option("--bare", help="The city only: the rest comes from a backup.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a bundle's city into a folder, with its lists and first accounts; what is there already is kept."""
    from geoserver import settling

    with _reporting(as_json) as console:
        settling.settle(bundle.resolve(), city.resolve(), console, bare=bare)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the server, from which the client's types are made."""
    from geoserver.app import create_app

    document = create_app(Settings(folder=Path("."))).openapi()
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _known(kind: str) -> None:
    if kind not in COLLECTIONS:
        raise BadKind(kind=kind, kinds=", ".join(COLLECTIONS))
