"""Finds PostgreSQL with PostGIS for the tests, or installs Debian's; starts clusters of our own."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = ("postgresql-15", "postgresql-15-postgis-3")
USER = "nobody"
"""Who runs the server where we are root, which it refuses."""


def programs() -> Path | None:
    """The folder of the server's programs, if it has PostGIS; the newest of several."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    for place in (*places, *([Path(on_path).resolve().parent] if on_path else [])):
        if all((place / program).exists() for program in ("pg_config", "initdb")) and _has_postgis(place):
            return place
    return None


def needed() -> Path:
    """The same; tests that need it are skipped, visibly, where there is none.

    Whoever may not install packages can still run the rest; CI installs it, and fails on any skip.
    """
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL with PostGIS here; python -m tests.contract.get_postgres as root installs it")
    return found


def _has_postgis(place: Path) -> bool:
    asked = subprocess.run([place / "pg_config", "--sharedir"], capture_output=True, text=True)
    return (Path(asked.stdout.strip()) / "extension" / "postgis.control").exists()


def get() -> None:
    """Install it where we may; where we may not, its tests are skipped and say so."""
    if programs() or os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    subprocess.run(install, **quiet)  # type: ignore[call-overload]


@dataclass(frozen=True)
class Cluster:
    """A server of our own on a Unix socket, as an ordinary user."""

    bin: Path
    folder: Path

    @classmethod
    def make(cls, bin_: Path, durable: bool) -> "Cluster":
        """Make and start one. One that is not durable is fast, and loses data when the machine stops."""
        folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path has at most 107 bytes
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster = cls(bin_, folder)
        cluster.run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "geo", "--no-sync", "-E", "UTF8")
        quick = "" if durable else "fsync = off\nfull_page_writes = off\n"
        settings = f"listen_addresses = ''\nunix_socket_directories = '{folder}'\nmax_connections = 60\n{quick}"
        with (folder / "data" / "postgresql.conf").open("a") as out:
            out.write(settings)
        cluster.start()
        cluster.run("createdb", "-h", str(folder), "-U", "geo", "template_geo")
        extension = "create extension postgis"
        cluster.run("psql", "-h", str(folder), "-U", "geo", "-d", "template_geo", "-q", "-c", extension)
        return cluster

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as its user; raises CalledProcessError with what it said."""
        command: Sequence[str] = [str(self.bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups", *command]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        with (self.folder / "said").open("ab") as out:
            subprocess.run(command, check=True, env=env, cwd=self.folder, stdout=out, stderr=out)

    def start(self) -> None:
        """Start it, after a crash too."""
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-s", "-l", f"{self.folder}/log", "start")

    @property
    def pid(self) -> int:
        """The server's first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def database(self, name: str) -> str:
        """Make an empty database with PostGIS; its address."""
        self.run("createdb", "-h", str(self.folder), "-U", "geo", "-T", "template_geo", name)
        return self.address(name)

    def address(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://geo@/{name}?host={self.folder}"

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run("dropdb", "-h", str(self.folder), "-U", "geo", "--force", name)

    def stop(self) -> None:
        """Stop it, and remove all of it."""
        with contextlib.suppress(subprocess.CalledProcessError):  # it may be dead already
            self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-s", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    get()
    print(f"postgres: {programs() or 'none'}")
