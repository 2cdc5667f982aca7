"""Installs and runs a bundle where there is no network: ``python -m tests.judges.closed_network BUNDLE.tar``.

A namespace of its own with nothing but loopback, an empty home, no environment and no caches: what is not in the
bundle is not to be had. Needs leave to make such a namespace (root, or user namespaces).
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

VISITOR = Path(__file__).with_name("closed_visitor.py")
BASE = Path(sys.base_prefix) / "bin"
LONGEST_S = 1800.0


def may_close() -> bool:
    """Whether this machine lets us make a network namespace."""
    if platform.system() != "Linux" or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0


def unpacked(archive: Path, folder: Path) -> Path:
    """A bundle's folder, unpacked as its receiver would."""
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    (made,) = folder.iterdir()
    return made


def environment(folder: Path) -> dict[str, str]:
    """What a fresh machine's user has: a home with nothing in it, and the system's programs."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), "TMPDIR": str(home), "PATH": f"{BASE}:/usr/bin:/bin:/usr/sbin:/sbin"}


def visited(bundle: Path, data: Path) -> dict[str, Any]:
    """Start a bundle without a network, visit it, stop it; what was found, with seconds.

    Raises
    ------
    RuntimeError
        With what the bundle said.
    """
    command = ["unshare", "-rn", str(BASE / "python3"), "-I", str(VISITOR), str(bundle), str(data)]
    surroundings = environment(data.parent)
    done = subprocess.run(
        command, env=surroundings, capture_output=True, text=True, timeout=LONGEST_S, check=False, cwd=data.parent
    )
    if done.returncode != 0:
        raise RuntimeError(f"the bundle did not run:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(archive: Annotated[Path, typer.Argument(help="A bundle, as `make bundle` writes it.")]) -> None:
    """Install and run a bundle twice, and print what it took."""
    with tempfile.TemporaryDirectory(dir=archive.resolve().parent, prefix=".closed-") as aside:
        (place := Path(aside) / "opt").mkdir()
        bundle, data = unpacked(archive, place), Path(aside) / "data"
        first = visited(bundle, data)
        again = visited(bundle, data)
        for found in (first, again):
            if lacking := [name for name, value in found.items() if not value] or found["ready"] != "ready":
                raise SystemExit(f"it lacks {lacking}: {found}")
        if again["cameras"] != first["cameras"]:
            raise SystemExit(f"the second start found another city: {first} {again}")
        sizes = {"archive": archive.stat().st_size, "program": _size(bundle / "venv"), "data": _size(data)}
    print(json.dumps({"first": first, "again": again}, ensure_ascii=False, indent=1))
    print(", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in sizes.items()))
    print(f"first start {first['seconds']:.0f} s, second {again['seconds']:.0f} s, without a network")


def _size(folder: Path) -> int:
    return sum(os.lstat(one).st_size for one in folder.rglob("*") if one.is_file())


if __name__ == "__main__":
    typer.run(main)
