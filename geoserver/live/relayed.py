"""What processes tell each other of positions and of people: short binary messages, little-endian.

Every message begins with a form (uint8), what it is (one byte, ``p`` or ``h``), and 8 bytes that name the process it
is from. Positions (``p``): a count (uint16), so many rows of ``ROW``, and a line of JSON ``["kind","id"]`` for each.
Who is here (``h``): which part of how many it is (uint8 each; no parts: nobody any more), and a digest of 8 bytes for
each person, so that no names travel.
"""

import functools
import hashlib
import itertools
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from geoserver.live.positions import UNKNOWN, Position

FORM = 1
HEAD = struct.Struct("<Bc8s")
COUNT = struct.Struct("<H")
PART = struct.Struct("<BB")
ROW = np.dtype(
    [("time_ms", "<f8"), ("lon", "<i4"), ("lat", "<i4"), ("height", "<f4"), ("heading", "<u2"), ("speed", "<u2")]
)
FIELDS = ("lon", "lat", "height", "heading", "speed")
DIGEST = 8
MOST_PARTS = 255


@dataclass(frozen=True)
class Moved:
    """Positions that were reported to another process."""

    origin: bytes
    positions: Sequence[Position]


@dataclass(frozen=True)
class Here:
    """One part of who is connected to another process; with 0 parts nobody is, and it is gone."""

    origin: bytes
    part: int
    parts: int
    people: frozenset[bytes]


@functools.lru_cache(4096)
def digest(name: str) -> bytes:
    """What stands for a person between processes."""
    return hashlib.blake2b(name.encode(), digest_size=DIGEST).digest()


def pack_moved(origin: bytes, kept: NDArray[np.void], things: Sequence[tuple[str, str]], most: int) -> list[bytes]:
    """Rows of a board's table as messages of at most so many bytes."""
    rows = np.zeros(len(kept), ROW)
    rows["time_ms"] = kept["time_ms"]
    for field in FIELDS:
        rows[field] = kept["row"][field]
    names = [orjson.dumps(thing) + b"\n" for thing in things]
    head = HEAD.pack(FORM, b"p", origin)
    return [
        b"".join([head, COUNT.pack(end - start), rows[start:end].tobytes(), *names[start:end]])
        for start, end in _parts([ROW.itemsize + len(name) for name in names], most - HEAD.size - COUNT.size)
    ]


def pack_here(origin: bytes, people: Iterable[str], most: int) -> list[bytes]:
    """Who is connected to this process, as messages of at most so many bytes."""
    digests = sorted(map(digest, people))
    each = (most - HEAD.size - PART.size) // DIGEST
    parts = [digests[i : i + each] for i in range(0, len(digests), each)][:MOST_PARTS] or [[]]
    head = HEAD.pack(FORM, b"h", origin)
    return [b"".join([head, PART.pack(i, len(parts)), *part]) for i, part in enumerate(parts)]


def pack_gone(origin: bytes) -> bytes:
    """The last word of a process."""
    return HEAD.pack(FORM, b"h", origin) + PART.pack(0, 0)


def unpack(message: bytes) -> Moved | Here | None:
    """What a message says; None: it is of a form not known here, as from another version.

    Raises
    ------
    ValueError, struct.error, BadInput
        It says nothing that can be read.
    """
    form, what, origin = HEAD.unpack_from(message)
    body = message[HEAD.size :]
    if form == FORM and what == b"p":
        return Moved(origin, tuple(_positions(body)))
    if form == FORM and what == b"h":
        part, parts = PART.unpack_from(body)
        digests = body[PART.size :]
        return Here(origin, part, parts, frozenset(digests[i : i + DIGEST] for i in range(0, len(digests), DIGEST)))
    return None


def _positions(body: bytes) -> Iterator[Position]:
    (count,) = COUNT.unpack_from(body)
    rows = np.frombuffer(body, ROW, count, COUNT.size)
    names = body[COUNT.size + rows.nbytes :].split(b"\n")[:-1]
    for (time_ms, lon, lat, height, heading, speed), name in zip(rows.tolist(), names, strict=True):
        kind, id_ = orjson.loads(name)
        yield Position(
            kind,
            id_,
            lon / 1e7,
            lat / 1e7,
            time_ms / 1e3,
            None if math.isnan(height) else height,
            None if heading == UNKNOWN else heading / 100,
            None if speed == UNKNOWN else speed / 100,
        )


def _parts(sizes: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Start and end of runs whose sizes add up to no more than so much."""
    starts, room = [], 0
    for i, size in enumerate(sizes):
        room -= size
        if room < 0:
            starts.append(i)
            room = most - size
    return itertools.pairwise([*starts, len(sizes)])
