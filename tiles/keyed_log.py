"""Bytes by key in an append-only, memory-mapped file: one process writes, others read meanwhile.

A folder holds ``current`` (the generation that lives), and for it a data file and an index of fixed entries.
Bytes are appended first, their entry after them; an entry that is torn, or points past the data, ends the
index. Each entry carries a checksum of itself and of its bytes, so neither a killed writer nor a lost page
can pass for data. When half of the data is dead, what lives is copied into a new generation and ``current``
is replaced in one step; readers keep the old files until they look again.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from tiles.errors import TilesError

ENTRY = struct.Struct("<16sQQI")
"""Digest of the key, place and length of the bytes, checksum of the bytes; then one of these four."""
SIZE = ENTRY.size + 4
GONE = (0, 0, 0)
"""Entry of a key that is forgotten."""
ALIGN = 8
COMPACT_FROM = 1 << 20
"""Dead bytes below which a file is left as it is."""


class LogBusy(TilesError):
    """Another process writes to the same folder."""

    code = "log-busy"
    text = "{folder} is being written by another process. Wait for it, or stop it."


def digest(key: str) -> bytes:
    """Sixteen bytes that stand for a key."""
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


class KeyedLog:
    """Bytes by key in a folder.

    Parameters
    ----------
    folder : Path
    write : bool
        Take the folder for writing; only one process can.

    Raises
    ------
    LogBusy
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self._folder = folder
        self._write = write
        self._lock = self._data = self._index = -1
        self._guard = threading.RLock()
        self._map: mmap.mmap | None = None
        self._number = self._read = self._end = self._live = 0
        self._entries: dict[bytes, tuple[int, int, int]] = {}
        if write:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as held:
                os.close(self._lock)
                raise LogBusy(folder=str(folder)) from held
        self._open(self._generation())
        if write:
            self._mend()

    def __len__(self) -> int:
        self.refresh()
        return len(self._entries)

    def __contains__(self, key: str) -> bool:
        return self._entry(key) is not None

    @property
    def nbytes(self) -> int:
        """Bytes of the data file, dead ones included."""
        return 0 if self._data < 0 else os.fstat(self._data).st_size

    @property
    def dead_bytes(self) -> int:
        """Bytes that no key points to."""
        return self._end - self._live

    def get(self, key: str) -> memoryview | None:
        """The bytes of a key, not copied; None if there are none or they are damaged."""
        with self._guard:
            entry = self._entry(key)
            if entry is None:
                return None
            place, length, check = entry
            view = memoryview(self._mapped(place + length))[place : place + length]
        return view if zlib.crc32(view) == check else None

    def put(self, key: str, data: bytes) -> None:
        """Append bytes, at least one, under a key; what was there before is dead."""
        if not data:
            raise ValueError(f"no bytes to keep under {key!r}")
        length, check = len(data), zlib.crc32(data)
        with self._guard:
            place = self._end
            _write_all(self._data, data + bytes(_padded(length) - length), place)
            self._enter(digest(key), (place, length, check))
            self._tidy()

    def discard(self, key: str) -> None:
        """Forget a key."""
        with self._guard:
            if digest(key) in self._entries:
                self._enter(digest(key), GONE)

    def retain(self, keys: set[str]) -> None:
        """Forget all other keys."""
        kept = {digest(key) for key in keys}
        with self._guard:
            for name in [name for name in self._entries if name not in kept]:
                self._enter(name, GONE)
            self._tidy()

    def refresh(self) -> None:
        """Take note of what the writer has done since."""
        if self._write:
            return
        with self._guard:
            generation = self._generation()
            if generation == self._number and self._index >= 0:
                self._read_index()
            # The writer may replace a generation between the look at its number and the opening of its files.
            for _ in range(5):
                if generation == self._number and self._index >= 0:
                    return
                self._open(generation)
                generation = self._generation()

    def compact(self) -> None:
        """Copy what lives into a new generation and let readers go there."""
        number = self._number + 1
        for path in self._paths(number):
            path.unlink(missing_ok=True)
        old = self._mapped(self._end) if self._entries else b""
        live = sorted(self._entries.items(), key=lambda item: item[1][0])
        data, index = (os.open(path, os.O_RDWR | os.O_CREAT, 0o644) for path in self._paths(number))
        end = 0
        for n, (name, (place, length, check)) in enumerate(live):
            _write_all(data, old[place : place + _padded(length)], end)
            _write_all(index, _sealed(name, end, length, check), n * SIZE)
            end += _padded(length)
        for file in (data, index):
            os.fsync(file)
            os.close(file)
        _replace(self._folder / "current", str(number).encode())
        gone = self._paths(self._number)
        self._open(number)
        for path in gone:
            path.unlink(missing_ok=True)

    def flush(self) -> None:
        """Have the disk hold what was put."""
        for file in (self._data, self._index):
            os.fsync(file)

    def close(self) -> None:
        """Let go of files and lock; views that were got stay valid."""
        for file in (self._data, self._index, self._lock):
            if file >= 0:
                os.close(file)
        self._data = self._index = self._lock = -1
        self._map = None

    def _generation(self) -> int:
        try:
            return int((self._folder / "current").read_text())
        except (OSError, ValueError):
            return 1

    def _paths(self, number: int) -> tuple[Path, Path]:
        return self._folder / f"data-{number}", self._folder / f"index-{number}"

    def _open(self, number: int) -> None:
        for file in (self._data, self._index):
            if file >= 0:
                os.close(file)
        self._number, self._map = number, None
        self._entries = {}
        self._read = self._end = self._live = 0
        self._data = self._index = -1
        how = os.O_RDWR | os.O_CREAT if self._write else os.O_RDONLY
        data, index = self._paths(number)
        try:
            self._data = os.open(data, how, 0o644)
            self._index = os.open(index, how, 0o644)
        except FileNotFoundError:
            return
        self._read_index()

    def _mend(self) -> None:
        """Cut off what a killed writer left after the last whole entry, and drop the files of other generations."""
        alive = set(self._paths(self._number))
        for path in [*self._folder.glob("data-*"), *self._folder.glob("index-*")]:
            if path not in alive:
                path.unlink()
        os.ftruncate(self._index, self._read)
        os.ftruncate(self._data, self._end)

    def _read_index(self) -> None:
        size = os.fstat(self._data).st_size
        for name, entry in _entries(self._index, self._read):
            if entry[0] + entry[1] > size:
                return
            self._note(name, entry)
            self._read += SIZE

    def _note(self, name: bytes, entry: tuple[int, int, int]) -> None:
        gone = self._entries.pop(name, None)
        self._live -= _padded(gone[1]) if gone else 0
        if entry[1]:
            self._entries[name] = entry
            self._live += _padded(entry[1])
            self._end = max(self._end, entry[0] + _padded(entry[1]))

    def _enter(self, name: bytes, entry: tuple[int, int, int]) -> None:
        _write_all(self._index, _sealed(name, *entry), self._read)
        self._read += SIZE
        self._note(name, entry)

    def _tidy(self) -> None:
        if self.dead_bytes > max(COMPACT_FROM, self._end // 2):
            self.compact()

    def _entry(self, key: str) -> tuple[int, int, int] | None:
        name = digest(key)
        if name not in self._entries:
            self.refresh()
        return self._entries.get(name)

    def _mapped(self, end: int) -> mmap.mmap:
        if self._map is None or len(self._map) < end:
            self._map = mmap.mmap(self._data, os.fstat(self._data).st_size, prot=mmap.PROT_READ)
        return self._map


def _padded(length: int) -> int:
    return -(-length // ALIGN) * ALIGN


def _sealed(name: bytes, place: int, length: int, check: int) -> bytes:
    entry = ENTRY.pack(name, place, length, check)
    return entry + struct.pack("<I", zlib.crc32(entry))


def _entries(file: int, start: int) -> Iterator[tuple[bytes, tuple[int, int, int]]]:
    """Whole entries of an index from a place on."""
    data = os.pread(file, max(0, os.fstat(file).st_size - start), start)
    for at in range(0, len(data) - SIZE + 1, SIZE):
        entry = data[at : at + ENTRY.size]
        if struct.unpack_from("<I", data, at + ENTRY.size)[0] != zlib.crc32(entry):
            return
        name, place, length, check = ENTRY.unpack(entry)
        yield name, (place, length, check)


def _write_all(file: int, data: bytes, place: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, place)
        view, place = view[done:], place + done


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
