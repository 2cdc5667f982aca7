"""Which server processes there are on this machine, and which of them has which camera."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Self

from geoserver.settings import Settings

SEEN_FOR_S: Final = 1.0
"""How long who is there is taken as known."""
LEFT_FOR_S: Final = 60.0
"""How old the files of a process that is gone have to be to be thrown away: a new one makes its own before it holds
them."""
LONGEST_PATH: Final = 100
"""Of a Unix socket, bytes; the kernel's limit is 107."""


class Peers:
    """The processes that serve one city's database from one network, in one folder of this machine.

    Each has a name and holds a lock on a file of that name; the kernel lets go of it when the process ends, however
    it ends. A camera belongs to the one whose name gives the highest hash together with the camera's id (rendezvous
    hashing: Thaler and Ravishankar 1998), so that all agree without asking each other, and only the cameras of one
    that leaves move.

    Attributes
    ----------
    me : the name of this process
    """

    def __init__(self, folder: Path) -> None:
        self.me = secrets.token_hex(6)
        self._folder = folder
        self._names: tuple[str, ...] = (self.me,)
        self._until_s = 0.0

    @classmethod
    @contextlib.contextmanager
    def joined(cls, folder: Path) -> Iterator[Self]:
        """Be one of the processes of a folder, until left.

        Raises
        ------
        OSError
            The folder cannot be made, or is another user's.
        """
        _own(folder)
        peers = cls(folder)
        lock = folder / f"{peers.me}.lock"
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                yield peers
            finally:
                lock.unlink(missing_ok=True)

    def door(self, name: str) -> str:
        """The path of the Unix socket on which a process answers the others."""
        return str(self._folder / f"{name}.sock")

    def alive(self) -> tuple[str, ...]:
        """Names of all processes that run, this one's too; looked up once in ``SEEN_FOR_S``."""
        now_s = time.monotonic()
        if now_s >= self._until_s:
            others = [one.stem for one in self._folder.glob("*.lock") if one.stem != self.me and _is_held(one)]
            self._names, self._until_s = tuple(sorted([self.me, *others])), now_s + SEEN_FOR_S
        return self._names

    def has(self, camera: str) -> str:
        """The name of the process to which a camera's streams belong."""
        return max(self.alive(), key=lambda name: hashlib.blake2b(f"{name} {camera}".encode(), digest_size=8).digest())


def folder_of(settings: Settings) -> Path | None:
    """Where the processes of a city meet; None where one process has the city to itself, which a file's database means.

    Those that face different networks do not share: what may be seen depends on it.
    """
    if settings.database_url is None:
        return None
    group = hashlib.blake2b(f"{settings.database_url} {settings.network}".encode(), digest_size=8).hexdigest()
    base = settings.run_folder or Path(tempfile.gettempdir()) / f"geoserver-{os.getuid()}"
    return base / group


def _own(folder: Path) -> None:
    """Make a folder that is this user's alone: who opens a socket in it can ask as if they were a process of ours."""
    if len(str(folder / f"{'0' * 12}.sock").encode()) > LONGEST_PATH:
        raise OSError(f"the path of {folder} is too long for a Unix socket")
    # Who may write to the folder above could put another in its place.
    for one, closed in ((folder.parent, 0o022), (folder, 0o077)):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = one.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) & closed:
            raise OSError(f"{one} is not a folder of this user alone")


def _is_held(lock: Path) -> bool:
    """Whether the process that made a file still runs; what was left behind is thrown away after a while."""
    try:
        with lock.open() as file:
            if _lets_go(file):
                if time.time() - os.fstat(file.fileno()).st_mtime > LEFT_FOR_S:
                    lock.unlink(missing_ok=True)
                    lock.with_suffix(".sock").unlink(missing_ok=True)
                return False
            return True
    except FileNotFoundError:
        return False


def _lets_go(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
