"""How late a picture is, and how soon it is there, measured in the browser.

``python -m tests.bench.stream_latency CITY`` : a camera that shows the time (groups of a second, RTSP over TCP),
    through the real program, in the real client in Chromium: what the playing video shows against the clock. Then the
    same by low-latency HLS: with hls.js, as the client has it, and by a reader of our own that takes each part as soon
    as the playlist has it, to which the distance that players keep is added. Then from a click to the still, and to
    the first moving picture, cold and while somebody watches already.
"""

import argparse
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page
from websockets.sync.client import connect

from tests import door
from tests.bench.city_streams import chromium, opened_client, page_of, serving
from tests.bench.clock import READ, Clock
from tests.bench.hls_reader import HlsReader
from tests.geoserver.streams import get_rtsp

MSE_MS, HLS_MS = 300, 1_300
STILL_MS, WARM_MS, COLD_MS = 200, 600, 2_000
CAMERAS = 4
HLS_JS = Path(__file__).resolve().parents[2] / "frontend/node_modules/hls.js/dist/hls.light.min.js"
LINGER_S = 5.0
"""Longer than a stream stays open after its last viewer."""
VIDEO = "document.querySelector('.picturebody video')"
PLAYS = f"() => {VIDEO}?.readyState >= 2 && {VIDEO}.currentTime > 0"
CLOSE = "() => { const s = window.geoserver.state(); for (const id of [...s.pictures]) s.closePicture(id); }"
SOON = """
async (id) => {
  const began = performance.now();
  const next = () => new Promise((done) => requestAnimationFrame(done));
  window.geoserver.state().openPicture(id);
  const found = {};
  for (;;) {
    await next();
    const body = document.querySelector('.picturebody');
    const image = body?.querySelector('svg image');
    const video = body?.querySelector('video');
    if (image && found.still === undefined) found.still = performance.now() - began;
    if (video && !found.asked) {
      found.asked = true;
      video.requestVideoFrameCallback(() => { found.motion = performance.now() - began; });
    }
    if (found.motion !== undefined && (found.still !== undefined || performance.now() - began > 10_000)) break;
    if (performance.now() - began > 30_000) break;
  }
  return found;
}
"""
HLS_PAGE = """<!doctype html><meta charset="utf-8"><title>hls</title>
<video muted playsinline style="width:640px;height:360px"></video>"""
HLS_PLAY = """
(address) => {
  const video = document.querySelector('video');
  const hls = new Hls({ lowLatencyMode: true });
  hls.loadSource(address);
  hls.attachMedia(video);
  window.hls = hls;
  void video.play();
}
"""


def told(name: str, all_ms: Sequence[float], most_ms: float | None = None) -> bool:
    """Print what was found; whether its median is as good as is asked for."""
    if not all_ms:
        print(f"{name}: nothing was seen")
        return False
    p50 = statistics.median(all_ms)
    p95 = sorted(all_ms)[min(int(len(all_ms) * 0.95), len(all_ms) - 1)]
    limit = "" if most_ms is None else f"   (limit {most_ms:g} ms)"
    print(f"{name}: p50 {p50:7.0f} ms   p95 {p95:7.0f} ms   of {len(all_ms)}{limit}")
    return most_ms is None or p50 <= most_ms


def late_ms(page: Page, video: str, seconds: float) -> list[float]:
    """How late each picture of a playing video is."""
    page.evaluate(f"() => {{ window.late = ({READ})({video}); }}")
    page.wait_for_timeout(seconds * 1000)
    return [float(one) for one in page.evaluate("() => window.late()")]


def mse(browser: Browser, address: str, camera: str, seconds: float) -> bool:
    """In the client."""
    with page_of(browser, address) as page:
        opened_client(page, address)
        page.evaluate("id => window.geoserver.state().openPicture(id)", camera)
        page.wait_for_function(PLAYS, timeout=60_000)
        page.wait_for_timeout(4_000)
        return told("glass to glass, MSE in the client", late_ms(page, VIDEO, seconds), MSE_MS)


def session_of(address: str, camera: str) -> str:
    """A viewing session of one camera."""
    made = door.post(f"{address}/api/streams/{camera}/ticket", json={}).raise_for_status()
    made = door.post(f"{address}/api/streams/sessions", json={"ticket": made.json()["ticket"]})
    return str(made.raise_for_status().json()["session"])


def hls_js(browser: Browser, address: str, camera: str, library: Path, seconds: float) -> bool:
    """With hls.js, on a bare page of the server's own origin."""
    with page_of(browser, address) as page:
        page.route("**/bench.html", lambda route: route.fulfill(body=HLS_PAGE, content_type="text/html"))
        page.goto(f"{address}/bench.html")
        page.add_script_tag(path=library)
        asked = "body => ({method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})"
        session = page.evaluate(
            f"""async (camera) => {{
              const post = {asked};
              const ticket = await (await fetch(`/api/streams/${{camera}}/ticket`, post({{}}))).json();
              const made = await fetch('/api/streams/sessions', post({{ ticket: ticket.ticket }}));
              return (await made.json()).session;
            }}""",
            camera,
        )
        page.evaluate(HLS_PLAY, f"/api/streams/{camera}/index.m3u8?session={session}")
        playing = "() => { const v = document.querySelector('video'); return v.readyState >= 2 && v.currentTime > 0; }"
        page.wait_for_function(playing, timeout=30_000)
        page.wait_for_timeout(8_000)
        good = told(
            "glass to glass, HLS with hls.js", late_ms(page, "document.querySelector('video')", seconds), HLS_MS
        )
        print(f"  hls.js says of itself: {page.evaluate('() => window.hls.latency'):.2f} s")
        return good


def hls_bare(address: str, camera: str, seconds: float) -> bool:
    """By a reader of our own."""
    reader = HlsReader(address, camera, session_of(address, camera))
    late, held_ms = reader.read(seconds)
    told("HLS, a part's last picture when it can be decoded", late)
    return told("  and a player behind the edge by PART-HOLD-BACK", [one + held_ms for one in late], HLS_MS)


@contextmanager
def somebody_watches(address: str, camera: str) -> Iterator[None]:
    """Another viewer, elsewhere."""
    url = f"{address.replace('http', 'ws', 1)}/api/streams/{camera}/live?session={session_of(address, camera)}"
    with connect(url, additional_headers=door.headers(address), origin=address, max_size=None) as live:  # type: ignore[arg-type]
        pieces = 0
        while pieces < 30:
            pieces += isinstance(live.recv(timeout=30), bytes)
        stop = threading.Event()

        def drain() -> None:
            while not stop.is_set():
                try:
                    live.recv(timeout=1)
                except TimeoutError:
                    continue
                except Exception:  # it was closed
                    return

        thread = threading.Thread(target=drain, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(5)


def soon(browser: Browser, address: str, ids: Sequence[str], times: int) -> bool:
    """From a click to a still, and to motion."""
    cold: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    with page_of(browser, address) as page:
        opened_client(page, address)
        page.evaluate(SOON, ids[0])  # the first one loads what all the others have
        for i in range(times):
            page.evaluate(CLOSE)
            page.wait_for_timeout(LINGER_S * 1000)
            cold.append(page.evaluate(SOON, ids[1 + i % (len(ids) - 1)]))
        page.evaluate(CLOSE)
        with somebody_watches(address, ids[0]):
            for i in range(times):
                page.evaluate(CLOSE)
                page.wait_for_timeout(700 + 37 * i % 400)
                warm.append(page.evaluate(SOON, ids[0]))
    stills = [one["still"] for one in (*cold, *warm) if "still" in one]
    good = [told("click to a still", stills, STILL_MS)]
    for name, found, most in (("cold", cold, COLD_MS), ("already watched", warm, WARM_MS)):
        good.append(told(f"click to motion, {name}", [one["motion"] for one in found if "motion" in one], most))
    return all(good)


def main(given: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--times", type=int, default=10)
    arguments = parser.parse_args(given)
    if not get_rtsp.found():
        raise SystemExit("no RTSP server here; python -m tests.geoserver.streams.get_rtsp as root installs GStreamer's")
    with Clock(CAMERAS) as clock, serving(arguments.city, clock.server, CAMERAS) as (address, ids):
        time.sleep(1)
        good = [hls_bare(address, ids[0], arguments.seconds)]
        with chromium() as browser:
            good.append(mse(browser, address, ids[0], arguments.seconds))
            try:
                good.append(hls_js(browser, address, ids[0], HLS_JS, arguments.seconds))
            except Error as error:
                print(f"hls.js: {error}")
                good.append(False)
            good.append(soon(browser, address, ids, arguments.times))
    raise SystemExit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
