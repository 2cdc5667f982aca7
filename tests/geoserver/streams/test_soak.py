"""The long soak (``make soak-streams``) in short: what it looks for is looked for here for a minute."""

import asyncio
from pathlib import Path

from tests.bench.stream_soak import judged, run, told
from tests.geoserver.streams import get_rtsp

MINUTES, OPENS = 1.0, 30


def test_pictures_come_back_and_nothing_is_left(tmp_path: Path) -> None:
    get_rtsp.needed()
    tally, left = asyncio.run(run(tmp_path, MINUTES, OPENS))
    told(tally, left, OPENS)
    assert judged(tally, left) == []
    assert tally.opened + tally.in_fault == OPENS
    assert tally.let_go == tally.stalled > 0
    # How many of the four there is time for in a minute depends on the machine.
    assert len({name for name, _ in tally.back_s}) >= 2
