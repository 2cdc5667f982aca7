"""A reader of low-latency HLS: asks for each part before it is there, as players do, and decodes it as it comes."""

import io
import re
import time
from urllib.parse import urljoin

import av
import httpx

from tests import door
from tests.bench.clock import WRAP, shown_ms


class HlsReader:
    """Reads one camera's stream with a viewing session."""

    def __init__(self, address: str, camera: str, session: str) -> None:
        self._base = f"{address}/api/streams/{camera}/index.m3u8"
        self._session = session
        self._web = httpx.Client(headers=door.headers(address), timeout=30)

    def read(self, seconds: float) -> tuple[list[float], float]:
        """How late (ms) the last picture of each part is once it is decoded; how far back players are told to stay."""
        text = self._playlist()
        head = self._fetch(re.findall(r'MAP:URI="([^"]+)"', text)[-1])
        held_ms = float(re.findall(r"PART-HOLD-BACK=([\d.]+)", text)[0]) * 1000
        late: list[float] = []
        before = b""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            hint = re.findall(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)[-1]
            part = self._fetch(hint)
            msn, number = (int(one) for one in hint.split(".")[:2])
            before = part if number == 0 else before + part
            found = _last_shown(head + before)
            if found is not None:
                late.append((time.time() * 1000 - found) % WRAP)
            text = self._playlist(_HLS_msn=msn, _HLS_part=number)
        return [one for one in late if one < 60_000], held_ms

    def _playlist(self, **asked: int) -> str:
        answer = self._web.get(self._base, params={"session": self._session, **asked})
        return answer.raise_for_status().text

    def _fetch(self, name: str) -> bytes:
        return self._web.get(urljoin(self._base, name)).raise_for_status().content


def _last_shown(data: bytes) -> int | None:
    """The millisecond of the last picture; None where nothing can be decoded."""
    found = None
    try:
        with av.open(io.BytesIO(data), "r", format="mp4") as container:
            for frame in container.decode(video=0):
                found = frame
    except av.FFmpegError:
        return None
    return None if found is None else shown_ms(found.to_ndarray(format="rgb24"))
