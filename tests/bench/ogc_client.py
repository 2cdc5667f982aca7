"""A client that costs little, so that the servers are measured: plain HTTP/1.1 on connections that stay open."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

FEATURE = b'"type":"Feature",'
FEATURE_LAST = b'"type":"Feature"}'


@dataclass(frozen=True)
class Asked:
    """What is asked: boxes and how many features lie in each."""

    address: str
    path: str
    headers: Mapping[str, str]
    boxes: Sequence[tuple[str, int]]
    clients: int
    seconds: float


async def rate(asked: Asked) -> float:
    """Answered requests a second, over all connections; each answer is checked."""
    started = time.perf_counter()
    turns = itertools.cycle(asked.boxes)
    done = await asyncio.gather(*(_client(asked, turns, started + asked.seconds) for _ in range(asked.clients)))
    return sum(done) / (time.perf_counter() - started)


async def _client(asked: Asked, turns: Iterator[tuple[str, int]], end: float) -> int:
    place = urlsplit(asked.address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    headers = "".join(f"{name}: {value}\r\n" for name, value in {**asked.headers, "Accept": "*/*"}.items())
    done = 0
    while time.perf_counter() < end:
        box, count = next(turns)
        line = f"GET {asked.path}&bbox={box}&limit=200 HTTP/1.1\r\nHost: {place.netloc}\r\n{headers}\r\n"
        writer.write(line.encode())
        body = await _body(reader)
        found = body.count(FEATURE) + body.count(FEATURE_LAST)
        if found != count:
            raise AssertionError(f"{asked.address}: {found} features and not {count}: {body[:300]!r}")
        done += 1
    writer.close()
    return done


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"200 ok" not in head.split(b"\r\n", 1)[0]:
        raise AssertionError(head.decode() + (await reader.read(500)).decode())
    _, _, length = head.partition(b"content-length: ")
    if length:
        return await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)
