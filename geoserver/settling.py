"""Takes the city of an unpacked bundle into a folder of its own, where its data outlive the bundle.

A city that was put there by a bundle follows the next bundle; one that was built there since stays. Records are taken
up once: afterwards they are their people's, whatever a later bundle's lists say.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from geoserver import loading, loading_situation
from geoserver.accounts import starting
from geoserver.console import Console
from geoserver.faults import ServerError
from geoserver.settings import settings_from_environment
from layers.cameras.lists.load import Loading
from layers.grants.roles import ROLES

BUNDLE, ARCHIVE, BUILD = "bundle.json", "city.tar.gz", "build.json"
LISTS = {
    "cameras": "cameras.csv",
    "privacy-volumes": "privacy-volumes.geojson",
    "zones": "zones.geojson",
    "checkpoints": "checkpoints.csv",
    "units": "units.csv",
}
"""Kind → file in the bundle's ``lists``, as ``geoserver dump`` writes it; volumes before anybody can watch."""
SETTLED = "settled.json"
DEMO = "demo"
"""Folder of what is taken up anew each day in a demo city; there is none in others."""
ALL_ROLES, FIRST_ROLE = tuple(ROLES), ("administrator",)


class BadBundle(ServerError):
    """What was unpacked of a bundle is not whole."""

    code = "bad-bundle"
    text = "{file} is not part of a whole bundle. Unpack the bundle again, and compare its checksum."


@dataclass(frozen=True)
class Settled:
    """What bundles have done in a folder.

    Attributes
    ----------
    city_version : of the city that the last of them put there
    lists : kinds whose records were taken up
    """

    city_version: str = ""
    lists: tuple[str, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What was noted; nothing in a new folder."""
        with contextlib.suppress(FileNotFoundError):
            noted = json.loads((folder / SETTLED).read_text(encoding="utf-8"))
            return cls(str(noted["city_version"]), tuple(noted["lists"]))
        return cls()

    def write(self, folder: Path) -> None:
        """Note it."""
        _replace(folder / SETTLED, json.dumps({"city_version": self.city_version, "lists": self.lists}))


def settle(bundle: Path, folder: Path, console: Console, *, bare: bool = False) -> None:
    """Take a bundle's city, its lists and first accounts into a folder; repeating it goes on where it was.

    ``bare`` takes the city only, now and later: records and accounts come from a backup.

    Raises
    ------
    BadBundle
    """
    facts = _facts(bundle)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        settled = _city(bundle, folder, facts["city"], Settled.read(folder), console)
        if bare:
            replace(settled, lists=tuple(LISTS)).write(folder)
            return
        for kind, name in LISTS.items():
            file = bundle / "lists" / name
            if kind not in settled.lists and file.exists():
                _load(folder, kind, file, console)
                settled = replace(settled, lists=(*settled.lists, kind))
                settled.write(folder)
        _demo(bundle, folder, console)
        settings = settings_from_environment(folder)
        if not starting.any_accounts(settings):
            starting.first_accounts(settings, console, ALL_ROLES if (folder / DEMO).is_dir() else FIRST_ROLE)


def _facts(bundle: Path) -> Mapping[str, Any]:
    file = bundle / BUNDLE
    try:
        facts: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not facts["city"]["version"]:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise BadBundle(file=str(file)) from None
    return facts


def _city(bundle: Path, folder: Path, city: Mapping[str, Any], settled: Settled, console: Console) -> Settled:
    """Put the bundle's city in place, unless the one that is there was built there."""
    there, comes = _version(folder / BUILD), str(city["version"])
    after = replace(settled, city_version=comes)
    if there == comes:
        after.write(folder)
        return after
    if there is not None and there != settled.city_version:
        console.tell("own-city-stays", folder=str(folder), version=there)
        return settled
    _replace(folder / BUILD, _unpack(bundle / ARCHIVE, folder))
    after.write(folder)
    console.tell("city-settled", folder=str(folder), name=city["name"], version=comes)
    return after


def _version(build: Path) -> str | None:
    try:
        return str(json.loads(build.read_text(encoding="utf-8"))["version"])
    except FileNotFoundError:
        return None


def _unpack(archive: Path, folder: Path) -> str:
    """Put the parts that are not there yet into place, each whole or not at all; the text of build.json."""
    aside = folder / "parts" / ".unpacking"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(aside, filter="data")
        build = (aside / BUILD).read_text(encoding="utf-8")
        for part in json.loads(build)["parts"].values():
            if not (folder / part).is_dir():
                os.replace(aside / part, folder / part)
    except (tarfile.TarError, EOFError, ValueError, KeyError, FileNotFoundError):
        raise BadBundle(file=str(archive)) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return build


def _load(folder: Path, kind: str, file: Path, console: Console) -> None:
    if kind == "cameras":
        loading.load_file(folder, file, Loading(height_reference="ellipsoidal"), False, console)
    elif kind == "privacy-volumes":
        loading.load_volumes(folder, file, False, console)
    else:
        loading_situation.load_situation(folder, kind, file, loading_situation.SituationLoading(), False, console)


def _demo(bundle: Path, folder: Path, console: Console) -> None:
    """The demo's morning, anew each day, in a city that is the demo's."""
    if not (folder / DEMO).is_dir():
        if not (bundle / DEMO).is_dir() or _version(folder / BUILD) != Settled.read(folder).city_version:
            return
        shutil.copytree(bundle / DEMO, folder / f".{DEMO}", dirs_exist_ok=True)
        os.replace(folder / f".{DEMO}", folder / DEMO)
    from geoserver import demo_situation

    demo_situation.load_demo(folder, folder / DEMO, console)


def _replace(file: Path, text: str) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, file)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time: several servers of a folder may be started together."""
    with (folder / ".settling").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
