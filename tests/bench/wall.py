"""A wall of sixteen pictures in one Chromium: whether each of them moves every second, and the heap stays flat.

``python -m tests.bench.wall CITY --minutes 10`` : sub-streams of 640×360 at 12 pictures a second from a real RTSP
    server, through the real program and the real client (built before: ``npm run build``).
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.bench.city_streams import chromium, opened_client, page_of, serving
from tests.geoserver.streams import clips, get_rtsp
from tests.geoserver.streams.rtsp import RtspServer

PANES, FPS = 16, 12
FIRST_MS = 120_000
PLAYS = "n => [...document.querySelectorAll('video')].filter(v => v.readyState >= 2 && v.currentTime > 0).length >= n"
FRAMES = "() => [...document.querySelectorAll('video')].map(v => v.getVideoPlaybackQuality().totalVideoFrames)"
TIMES = "() => [...document.querySelectorAll('video')].map(v => v.currentTime)"
MOST_GROWN_MB = 10.0
WARM_S = 20.0


def heap_mb(cdp: CDPSession) -> float:
    """What JavaScript holds, after all that can be freed is."""
    cdp.send("HeapProfiler.collectGarbage")
    found: dict[str, Any] = cdp.send("Runtime.getHeapUsage")
    return float(found["usedSize"]) / 1e6


def watched(page: Page, seconds: float) -> tuple[int, int, list[float], list[float]]:
    """Looks, looks at which a picture had not moved on, heap (MB) over the time, pictures a second of each pane."""
    cdp = page.context.new_cdp_session(page)
    page.wait_for_timeout(WARM_S * 1000)
    heaps, looks, still = [heap_mb(cdp)], 0, 0
    began, frames = time.monotonic(), page.evaluate(FRAMES)
    before, looked_s = page.evaluate(TIMES), time.monotonic()
    heap_s = began
    while time.monotonic() - began < seconds:
        page.wait_for_timeout(max(1000 - (time.monotonic() - looked_s) * 1000, 0))
        looked_s = time.monotonic()
        now = page.evaluate(TIMES)
        looks += len(now)
        still += sum(b <= a for a, b in zip(before, now, strict=True)) if len(now) == len(before) else len(now)
        before = now
        if time.monotonic() - heap_s > max(seconds / 20, 10):
            heaps.append(heap_mb(cdp))
            heap_s = time.monotonic()
    heaps.append(heap_mb(cdp))
    lasted = time.monotonic() - began
    rates = [(b - a) / lasted for a, b in zip(frames, page.evaluate(FRAMES), strict=True)]
    return looks, still, heaps, rates


def main(given: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    arguments = parser.parse_args(given)
    if not get_rtsp.found():
        raise SystemExit("no RTSP server here; python -m tests.geoserver.streams.get_rtsp as root installs GStreamer's")
    with tempfile.TemporaryDirectory() as folder:
        path = clips.make(Path(folder) / "w.h264", seconds=10, fps=FPS, size=(640, 360), format="h264", crf="26")
        with (
            RtspServer([path], mounts=PANES, fps=FPS) as cameras,
            serving(arguments.city, cameras, PANES) as (address, ids),
            chromium() as browser,
            page_of(browser, address) as page,
        ):
            began = time.monotonic()
            opened_client(page, address, f"#/operate?wall={PANES},{','.join(ids)}")
            page.wait_for_function(PLAYS, arg=PANES, timeout=FIRST_MS)
            print(f"all {PANES} play {time.monotonic() - began:.1f} s after the page was opened")
            looks, still, heaps, rates = watched(page, arguments.minutes * 60)
    grown = statistics.median(heaps[-3:]) - statistics.median(heaps[:3])
    print(f"looks, a second apart: {looks}; at {still} a picture had not moved on ({still / looks:.3%})")
    print(f"pictures a second, of {FPS} sent: median {statistics.median(rates):.1f}, least {min(rates):.1f}")
    print(f"heap: {heaps[0]:.1f} MB at first, {heaps[-1]:.1f} MB at last, median change {grown:+.1f} MB")
    raise SystemExit(0 if still == 0 and grown < MOST_GROWN_MB else 1)


if __name__ == "__main__":
    main()
