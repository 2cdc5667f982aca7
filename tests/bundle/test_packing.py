"""Parts of a bundle: what the lock says is needed, archives that come out the same, and the list of contents."""

import json
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bundle import locked, papers
from bundle.archive import sum_up, tar_up
from bundle.making import ROOT
from bundle.papers import Package
from bundle.wheels import oldest_glibc

LOCK = """\
numpy==2.3.5 ; python_version >= '3.11' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
Foo.Bar==1 \\
    --hash=sha256:{b}
"""
A, B = "a" * 64, "b" * 64
BSD = "Classifier: License :: OSI Approved :: BSD License"


def test_a_lock_is_read_and_written() -> None:
    pinned = locked.read_lock(LOCK.format(a=A, b=B))
    assert pinned == {"numpy==2.3.5": (f"sha256:{A}", f"sha256:{B}"), "foo-bar==1": (f"sha256:{B}",)}
    assert locked.read_lock(locked.as_requirements(pinned)) == pinned


def test_the_real_lock_is_read_whole() -> None:
    pinned = locked.read_lock((ROOT / "requirements.lock").read_text("utf-8"))
    assert len(pinned) > 100
    assert all(pinned.values())
    assert all(Requirement(one).specifier for one in pinned)


@pytest.mark.parametrize(
    ("tags", "needed"),
    [
        ("py3-none-any", (2, 17)),
        ("cp311-cp311-manylinux_2_34_x86_64", (2, 34)),
        ("cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64", (2, 17)),
    ],
)
def test_the_glibc_that_wheels_need(tags: str, needed: tuple[int, int]) -> None:
    assert oldest_glibc([f"a-1-{tags}.whl", "b-1-py3-none-any.whl"]) == needed


def test_archives_of_the_same_files_are_the_same_and_damage_is_told(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name / "bundle"
        (folder / "inner").mkdir(parents=True)
        for file in ("inner/b", "a") if name == "one" else ("a", "inner/b"):
            (folder / file).write_text(file)
        (folder / "a").chmod(0o755)
        sum_up(folder)
        tar_up(folder, tmp_path / name / "bundle.tar")
        made.append((tmp_path / name / "bundle.tar").read_bytes())
    assert made[0] == made[1]
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 0
    (folder / "a").write_text("b")
    done = subprocess.run(check, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("a: ")


def a_wheel(folder: Path, said: str) -> Path:
    file = folder / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("a-1.dist-info/METADATA", f"Metadata-Version: 2.4\nName: A\nVersion: 1\n{said}\n\nwords")
    return file


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("License-Expression: MIT", "MIT"),
        (f"License: BSD\n{BSD}", "BSD"),
        ("License: Copyright (c) 2001 " + "and so on " * 20 + f"\n{BSD}", "BSD License"),
        ("Summary: nothing said", papers.UNKNOWN),
    ],
)  # fmt: skip
def test_what_a_wheel_says_of_its_licence(tmp_path: Path, said: str, licence: str) -> None:
    assert papers.of_wheel(a_wheel(tmp_path, said)).licence == licence


def test_the_client_s_packages_are_those_that_are_built_in() -> None:
    found = {one.name: one for one in papers.of_client(ROOT / "frontend" / "package-lock.json")}
    assert found["cesium"].licence == "Apache-2.0"
    assert len(found["cesium"].digest) == 128
    assert "vitest" not in found


def test_the_list_of_contents_is_cyclonedx_and_the_same_each_time() -> None:
    packages = [Package("pypi", "numpy", "2.3.5", "BSD-3-Clause", A), Package("npm", "@a/b", "1", "MIT", B * 2)]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    text = papers.as_cyclonedx("geoserver", "1", moment, packages)
    assert text == papers.as_cyclonedx("geoserver", "1", moment, reversed(packages))
    listed = json.loads(text)
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert {one["purl"] for one in listed["components"]} == {"pkg:pypi/numpy@2.3.5", "pkg:npm/%40a/b@1"}
    assert {one["hashes"][0]["alg"] for one in listed["components"]} == {"SHA-256", "SHA-512"}
