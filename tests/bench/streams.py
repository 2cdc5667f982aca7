"""What the video gateway costs and how soon it shows something, against a real RTSP server (GStreamer's).

``python -m tests.bench.streams`` : 1280×720 at 25 pictures a second, 2 Mbit/s, groups of a second, TCP, digest;
    from a viewer's coming to its first key picture, cold (nobody watches) and warm; CPU of a stream and of a viewer;
    libav's own RTSP client doing the same reading and remuxing beside it, in turn, for the ratio;
    then ``--streams`` × ``--viewers`` that count pictures.

The server is a process of its own; viewers are in this process, as the routes of the server would be.
"""

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import av
import numpy as np
import uvloop

from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.fragments import OPTIONS
from geoserver.streams.gateway import Gateway
from geoserver.streams.model import Fragment, StreamKey
from geoserver.streams.sources import network_source
from geoserver.streams.viewer import Closed, Viewer
from tests.bench.live import core_s, resident_mb
from tests.geoserver.streams import get_rtsp
from tests.geoserver.streams.rtsp import PASSWORD, USER, RtspServer

SIZE, FPS = (1280, 720), 25
HERE = AddressRules.of("127.0.0.1")
FEW = 8
MAX_WARM_S, MAX_COLD_S = 0.6, 2.0


def clip(path: Path, seconds: int = 10) -> Path:
    """A texture that moves, with some noise, so that the stream has the rate of a real one."""
    width, height = SIZE
    rng = np.random.default_rng(7)
    ground = np.repeat(np.repeat(rng.integers(40, 200, (height // 8, width // 8, 3), np.uint8), 8, 0), 8, 1)
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", FPS
        rate = {"b": "2000k", "maxrate": "2500k", "bufsize": "2000k"}
        stream.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "bf": "0",
            "aud": "1",
            "sc_threshold": "0",
        } | rate
        for i in range(seconds * FPS):
            picture = np.roll(ground, i * 3, axis=1)
            picture[300:420, 400:700] = rng.integers(0, 255, (120, 300, 3), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return path


@asynccontextmanager
async def opened(server: RtspServer, linger_s: float = 0.0) -> AsyncIterator[Gateway]:
    """A gateway whose cameras are the server's mounts."""

    def source(key: StreamKey):
        return network_source(Address(server.url(int(key.stream)), USER, PASSWORD), HERE)

    gateway = Gateway(source, linger_s=linger_s)
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.close()


async def first_s(gateway: Gateway, key: StreamKey) -> float:
    """From coming to the first key picture."""
    asked = time.perf_counter()
    async with gateway.watch(key) as viewer, asyncio.timeout(30):
        while not (isinstance(one := await viewer.next(), Fragment) and one.key):
            continue
        return time.perf_counter() - asked


async def soon(server: RtspServer, times: int) -> bool:
    """How soon the first picture is there; whether it is as soon as is asked for."""
    rng = np.random.default_rng(3)
    # Somebody else has each camera open all the time: so a stream begins amid a group, as a real camera's does.
    async with opened(server) as gateway, opened(server) as other, AsyncExitStack() as stack:
        for i in range(FEW):
            await stack.enter_async_context(other.watch(StreamKey("bench", str(i))))
        await asyncio.sleep(3)
        cold = []
        for i in range(times):
            cold.append(await first_s(gateway, StreamKey("bench", str(i % FEW))))
            while gateway.stats().threads:
                await asyncio.sleep(0.05)
            await asyncio.sleep(float(rng.uniform(0, 1)))
        warm = []
        async with gateway.watch(StreamKey("bench", "0")) as viewer:
            counting = asyncio.create_task(count(viewer, "", Counter()))
            await asyncio.sleep(3)
            for _ in range(times):
                warm.append(await first_s(gateway, StreamKey("bench", "0")))
                await asyncio.sleep(float(rng.uniform(0, 0.2)))
            counting.cancel()
    for name, seconds in (("cold", cold), ("warm", warm)):
        p50, worst = statistics.median(seconds) * 1e3, max(seconds) * 1e3
        print(f"first key picture, {name}: p50 {p50:7.1f} ms   max {worst:7.1f} ms   of {len(seconds)}")
    return statistics.median(cold) <= MAX_COLD_S and statistics.median(warm) <= MAX_WARM_S


async def count(viewer: Viewer, name: str, counted: Counter) -> None:
    """Count pictures, for ever."""
    try:
        while True:
            one = await viewer.next()
            if isinstance(one, Fragment):
                counted[name] += 1
                counted["bytes"] += len(one.data)
    except Closed:
        return


async def load(server: RtspServer, streams: int, viewers: int, seconds: float) -> tuple[float, list[int], int, float]:
    """Cores used; pictures that each viewer counted, and pictures skipped for slow ones, within the time; MB kept."""
    counted: Counter = Counter()
    async with opened(server) as gateway, AsyncExitStack() as stack:
        seats = []
        for i in range(streams * viewers):
            viewer = await stack.enter_async_context(gateway.watch(StreamKey("bench", str(i % streams))))
            seats.append((viewer, asyncio.create_task(count(viewer, f"v{i}", counted))))
        until_s = time.monotonic() + 60
        while len(counted) < streams * viewers + 1 and time.monotonic() < until_s:
            await asyncio.sleep(0.2)
        await asyncio.sleep(2)
        counted.clear()
        skipped = sum(viewer.skipped for viewer, _ in seats)
        began, used = time.perf_counter(), cpu_s()
        await asyncio.sleep(seconds)
        lasted, used = time.perf_counter() - began, cpu_s() - used
        totals = [counted[f"v{i}"] for i in range(streams * viewers)]
        skipped = sum(viewer.skipped for viewer, _ in seats) - skipped
        kept_mb = gateway.stats().bytes / 1e6
        for _, task in seats:
            task.cancel()
    return used / lasted, [round(one * seconds / lasted) for one in totals], skipped, kept_mb


def cpu_s() -> float:
    """Seconds of a core that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def libav(server: RtspServer, streams: int, seconds: float) -> float:
    """Cores that libav's RTSP client and muxer use for a stream, of so many in threads of this process."""
    stop = threading.Event()
    ready = [threading.Event() for _ in range(streams)]

    lost: list[int] = []

    def read(i: int) -> None:
        try:
            follow(i)
        except av.FFmpegError:  # its words name the password
            lost.append(i)
            ready[i].set()

    def follow(i: int) -> None:
        url = server.url(i).replace("rtsp://", f"rtsp://{USER}:{quote(PASSWORD)}@")
        options = {"rtsp_transport": "tcp", "fflags": "nobuffer", "probesize": "32", "analyzeduration": "0"}
        with av.open(url, options=options, timeout=(10, 10)) as container:
            stream = container.streams.video[0]
            sink = _Nowhere()
            out, key = None, False
            for packet in container.demux(stream):
                if stop.is_set():
                    return
                key = key or packet.is_keyframe
                if not key or packet.dts is None:
                    continue
                if out is None:
                    out = av.open(sink, "w", format="mp4", options=OPTIONS)
                    track = out.add_stream_from_template(stream)
                    ready[i].set()
                packet.stream = track
                out.mux(packet)

    threads = [threading.Thread(target=read, args=(i,), daemon=True) for i in range(streams)]
    for one in threads:
        one.start()
    for event in ready:
        event.wait(30)
    time.sleep(2)
    began, used = time.perf_counter(), cpu_s()
    time.sleep(seconds)
    cores = (cpu_s() - used) / (time.perf_counter() - began)
    stop.set()
    for one in threads:
        one.join(15)
    if len(lost) == streams:
        raise SystemExit("libav read none of the streams")
    if lost:
        print(f"libav lost {len(lost)} of {streams} streams")
    return cores / (streams - len(lost))


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


async def measure(server: RtspServer, arguments: argparse.Namespace) -> bool:
    """All of it; whether it is as good as is asked for."""
    soon_enough = await soon(server, arguments.times)
    one, *_ = await load(server, FEW, 1, arguments.seconds)
    nine, *_ = await load(server, FEW, 9, arguments.seconds)
    peer = await asyncio.to_thread(libav, server, FEW, arguments.seconds)
    viewer = max(nine - one, 0) / (8 * FEW)
    print(f"one stream with a viewer: {one / FEW:.4f} of a core; one more viewer: {viewer:.5f}")
    print(f"libav's client and muxer, no viewer: {peer:.4f} of a core a stream; ratio {one / FEW / peer:.2f}")
    before = core_s(server.pid)
    began = time.perf_counter()
    cores, counts, skipped, kept_mb = await load(server, arguments.streams, arguments.viewers, arguments.seconds)
    theirs = (core_s(server.pid) - before) / (time.perf_counter() - began)
    want = FPS * arguments.seconds
    worst, mean = min(counts) / want, statistics.mean(counts) / want
    print(f"{arguments.streams} streams, {arguments.streams * arguments.viewers} viewers, {arguments.seconds:g} s:")
    print(f"  pictures: {mean:.1%} of those sent on average, {worst:.1%} at the worst viewer; {skipped} skipped")
    memory_mb = resident_mb(os.getpid())
    print(f"  gateway and viewers {cores:.2f} of a core, the RTSP server {theirs:.2f}")
    print(f"  memory {memory_mb:.0f} MB, of which {kept_mb:.0f} MB are pictures kept for clips")
    return soon_enough and worst > 0.97


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=50)
    parser.add_argument("--viewers", type=int, default=4, help="of each stream")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--times", type=int, default=20)
    arguments = parser.parse_args(given)
    if not get_rtsp.found():
        raise SystemExit("no RTSP server here; python -m tests.geoserver.streams.get_rtsp as root installs GStreamer's")
    with tempfile.TemporaryDirectory() as folder:
        path = clip(Path(folder) / "bench.h264")
        print(f"clip: {path.stat().st_size * 8 / 10 / 1e6:.2f} Mbit/s")
        with RtspServer([path], mounts=max(arguments.streams, FEW), fps=FPS) as server:
            good = uvloop.run(measure(server, arguments))
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
