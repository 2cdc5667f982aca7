"""A bundle of the village: made, refused where it does not fit, installed and run where there is no network."""

import contextlib
import shutil
import socket
import subprocess
import tarfile
from pathlib import Path

import pytest

from bundle.making import ROOT, make_bundle
from geoserver.console import Console
from tests.judges.closed_network import environment, may_close, unpacked, visited

pytestmark = [pytest.mark.program, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def archive(village: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not may_close():
        pytest.skip("no leave to make a network namespace (unshare -rn)")
    return make_bundle(village, tmp_path_factory.mktemp("made"), ROOT / ".build" / "wheels", Console(as_json=True))


@pytest.fixture(scope="module")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(archive, tmp_path_factory.mktemp("opt"))


def test_it_holds_no_database_key_log_or_address(archive: Path) -> None:
    with tarfile.open(archive) as outer:
        names = {name.split("/", 1)[1] for name in outer.getnames()}
        lists = [one for one in outer.getnames() if "/lists/" in one or "/demo/" in one]
        texts = [b"".join(outer.extractfile(one) or ()) for one in lists]
        city = next(one for one in outer.getnames() if one.endswith("city.tar.gz"))
        with tarfile.open(fileobj=outer.extractfile(city)) as inner:
            names |= set(inner.getnames())
    assert {"start", "SHA256SUMS", "LICENCES.tsv", "sbom.cdx.json", "deploy/README.md", "client/index.html"} <= names
    assert not [one for one in names if one.endswith((".sqlite", ".pem", ".key", ".log")) or "cache/" in one]
    assert lists
    assert not [text for text in texts if b"rtsp" in text]


def refused(bundle: Path, folder: Path, *words: str) -> str:
    """What it says when it does not install: in both languages, before anything was installed."""
    command = [str(bundle / "start"), "--data", str(folder / "data"), *words]
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "错误：" in done.stderr
    assert "Error: " in done.stderr
    assert not (bundle / "venv").exists()
    return done.stderr


@pytest.fixture
def other(bundle: Path, tmp_path: Path) -> Path:
    """The bundle again, to be spoiled; its large files are the same ones, and are replaced, never written to."""
    copy = tmp_path / "other"
    skipped = shutil.ignore_patterns("venv")
    shutil.copytree(bundle, copy, ignore=skipped, copy_function=lambda a, b: Path(b).hardlink_to(a))
    return copy


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    mode = file.stat().st_mode
    file.unlink()
    file.write_text(text.replace(old, new), "utf-8")
    file.chmod(mode)


def summed(bundle: Path) -> None:
    """As if it had been made so."""
    from bundle.archive import sum_up

    (bundle / "SHA256SUMS").unlink()
    sum_up(bundle)


def test_a_damaged_file_is_named_first(other: Path, tmp_path: Path) -> None:
    changed(other / "client" / "index.html", "<", " <")
    assert "client/index.html" in refused(other, tmp_path)


def test_another_machine_libc_or_python_is_told(other: Path, tmp_path: Path) -> None:
    facts = other / "bundle.env"
    for old, new, word in (
        ("MACHINE=x86_64", "MACHINE=riscv64", "riscv64"),
        ("GLIBC=2.", "GLIBC=9.", "glibc 9."),
        ("PYTHON_VERSION=3.", "PYTHON_VERSION=3.9", "Python 3.9"),
    ):
        changed(facts, old, new)
        summed(other)
        assert word in refused(other, tmp_path)
        changed(facts, new, old)


def test_a_taken_port_is_told_before_anything_is_installed(other: Path, tmp_path: Path) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        assert port in refused(other, tmp_path, "--port", port)
        assert port in refused(other, tmp_path, f"--port={port}")


def test_it_installs_and_runs_without_a_network(bundle: Path, tmp_path: Path) -> None:
    found = visited(bundle, tmp_path / "data")
    assert found["signed_in"]
    assert found["ready"] == "ready"
    assert found["cameras"] > 0
    assert found["linked"] > 0
    assert min(found["client_bytes"], found["terrain_bytes"], found["map_bytes"]) > 1000
    print(f"installed and answered within {found['seconds']} s")
