"""A bundle's city in a folder of its own: whole or not at all, followed by later bundles unless built on site."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from geoserver.console import Console
from geoserver.settling import BUILD, LISTS, BadBundle, Settled, settle


def a_bundle(folder: Path, version: str, **parts: str) -> Path:
    """An unpacked bundle with a city of some parts: name → content of its one file."""
    folder.mkdir()
    build = {"version": version, "parts": {name: f"parts/{name}-{text}" for name, text in parts.items()}}
    files = {BUILD: json.dumps(build)} | {f"parts/{name}-{text}/file": text for name, text in parts.items()}
    with tarfile.open(folder / "city.tar.gz", "w:gz") as out:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            out.addfile(member, io.BytesIO(text.encode()))
    facts = {"city": {"version": version, "name": "试"}}
    (folder / "bundle.json").write_text(json.dumps(facts))
    return folder


def bare(bundle: Path, folder: Path) -> None:
    settle(bundle, folder, Console(as_json=True), bare=True)


def live(folder: Path) -> dict[str, str]:
    """Version and content of each part that is live."""
    build = json.loads((folder / BUILD).read_text())
    return {"version": build["version"]} | {
        name: (folder / part / "file").read_text() for name, part in build["parts"].items()
    }


def test_a_new_folder_gets_the_city_and_a_later_bundle_the_next(tmp_path: Path) -> None:
    data = tmp_path / "data"
    bare(a_bundle(tmp_path / "one", "v1", ground="a", terrain="b"), data)
    assert live(data) == {"version": "v1", "ground": "a", "terrain": "b"}
    (data / "city.sqlite").write_text("what people did")
    bare(a_bundle(tmp_path / "two", "v2", ground="a", terrain="c"), data)
    assert live(data) == {"version": "v2", "ground": "a", "terrain": "c"}
    assert (data / "city.sqlite").read_text() == "what people did"
    assert not (data / "parts" / ".unpacking").exists()


def test_a_city_that_was_built_there_stays(tmp_path: Path) -> None:
    data = tmp_path / "data"
    bare(a_bundle(tmp_path / "one", "v1", ground="a"), data)
    (data / BUILD).write_text(json.dumps({"version": "own", "parts": {}}))
    bare(a_bundle(tmp_path / "two", "v2", ground="b"), data)
    assert live(data) == {"version": "own"}


def test_a_stop_before_it_was_noted_is_made_up_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    bare(a_bundle(tmp_path / "one", "v1", ground="a"), data)
    Settled().write(data)
    bare(tmp_path / "one", data)
    bare(a_bundle(tmp_path / "two", "v2", ground="b"), data)
    assert live(data)["version"] == "v2"


def test_bare_leaves_lists_alone_for_good(tmp_path: Path) -> None:
    data = tmp_path / "data"
    bare(a_bundle(tmp_path / "one", "v1", ground="a"), data)
    assert set(Settled.read(data).lists) == set(LISTS)


@pytest.mark.parametrize("broken", ["bundle.json", "city.tar.gz"])
def test_what_is_not_whole_changes_nothing(tmp_path: Path, broken: str) -> None:
    data = tmp_path / "data"
    bare(a_bundle(tmp_path / "one", "v1", ground="a"), data)
    worse = a_bundle(tmp_path / "two", "v2", ground="b")
    (worse / broken).write_bytes((worse / broken).read_bytes()[:-40])
    with pytest.raises(BadBundle, match=broken):
        bare(worse, data)
    assert live(data) == {"version": "v1", "ground": "a"}


def test_a_file_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    bundle = a_bundle(tmp_path / "one", "v1", ground="a")
    with tarfile.open(bundle / "city.tar.gz", "w:gz") as out:
        member = tarfile.TarInfo("../../outside")
        member.size = 3
        out.addfile(member, io.BytesIO(b"bad"))
    with pytest.raises(BadBundle):
        bare(bundle, tmp_path / "data")
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "data" / BUILD).exists()
