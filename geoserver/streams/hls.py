"""Low-latency HLS (RFC 8216bis) of what a shelf holds: playlists with blocking reload, segments, parts.

Names are relative to the playlist's folder: ``init-3.mp4``, ``17.m4s`` (a segment), ``17.4.m4s`` (a part of it).
"""

import math
import re
import time
from datetime import UTC, datetime
from typing import Final

from geoserver.faults import BadParameter
from geoserver.streams.model import TICKS_S, Init
from geoserver.streams.shelf import PART, Segment, Shelf

WAIT_S: Final = 4.0
FIRST_S: Final = 12.0
LISTED: Final = 3
"""Of so many segments the parts are listed."""
_NAME = re.compile(r"(?:init-(?P<init>\d{1,9})\.mp4|(?P<segment>\d{1,9})(?:\.(?P<part>\d{1,4}))?\.m4s)")
MEDIA_TYPE: Final = "application/vnd.apple.mpegurl"


async def playlist(shelf: Shelf, query: str = "", *, msn: int | None = None, part: int | None = None) -> str:
    """The playlist, once it holds the segment (or the part of it) that is asked for, or after some seconds.

    ``query`` is put behind every name. ``msn`` and ``part`` are ``_HLS_msn`` and ``_HLS_part``. Empty where the
    stream has given nothing within ``FIRST_S``.

    Raises
    ------
    BadParameter
        A segment far beyond what comes next is asked for, or a part without its segment.
    """
    if part is not None and msn is None:
        raise _bad("_HLS_part", part, "needs _HLS_msn.")
    until = time.monotonic() + (WAIT_S if shelf.segments else FIRST_S)
    last = shelf.segments[-1].number if shelf.segments else 0
    if msn is not None and msn > last + 2:
        raise _bad("_HLS_msn", msn, f"is beyond what comes next, {last + 1}.")
    while not _has(shelf, msn, part) and (left := until - time.monotonic()) > 0:
        await shelf.wait(left)
    return written(shelf, query) if _has(shelf, None, None) else ""


async def resource(shelf: Shelf, name: str) -> bytes | None:
    """The bytes of an initialisation segment, a segment or a part; of the part that comes next once it is whole.

    None where there is none of that name, or not any longer.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    if found["init"]:
        return next((one.init.data for one in shelf.segments if one.init.number == int(found["init"])), None)
    msn, part = int(found["segment"]), found["part"]
    if part is None:
        segment = _segment(shelf, msn)
        if segment is None or not segment.whole:
            return None
        return b"".join(one.data for own in segment.parts for one in own.fragments)
    return await _part(shelf, msn, int(part))


async def _part(shelf: Shelf, msn: int, number: int) -> bytes | None:
    until = time.monotonic() + WAIT_S
    while True:
        segment = _segment(shelf, msn)
        ready = segment.ready if segment else []
        if number < len(ready):
            return b"".join(one.data for one in ready[number].fragments)
        next_one = shelf.segments[-1].number + 1 if shelf.segments else 0
        is_over = segment.whole if segment else msn != next_one or number > 0
        left = until - time.monotonic()
        if is_over or (segment and number > len(ready)) or left <= 0:
            return None
        await shelf.wait(left)


def written(shelf: Shelf, query: str = "") -> str:
    """The playlist of what is there."""
    segments = [one for one in shelf.segments if one.ready]
    ending = f"?{query}" if query else ""
    target_s = max([math.ceil(one.ticks / TICKS_S - 0.5) for one in segments if one.whole] + [1])
    longest = max([part.ticks for one in segments for part in one.ready] + [PART])
    part_s = math.ceil((longest / TICKS_S + 0.01) * 100) / 100
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{target_s}",
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3.1 * part_s:.2f}",
        f"#EXT-X-PART-INF:PART-TARGET={part_s:.2f}",
        f"#EXT-X-MEDIA-SEQUENCE:{segments[0].number}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{shelf.breaks_before}",
    ]
    init: Init | None = None
    for i, one in enumerate(segments):
        if one.init is not init:
            init = one.init
            lines += ["#EXT-X-DISCONTINUITY"] if one.broken else []
            lines.append(f'#EXT-X-MAP:URI="init-{init.number}.mp4{ending}"')
        lines += _lines(one, i >= len(segments) - LISTED, ending)
    last = segments[-1]
    hint = f"{last.number + 1}.0" if last.whole else f"{last.number}.{len(last.ready)}"
    lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint}.m4s{ending}"')
    return "\n".join([*lines, ""])


def _lines(segment: Segment, with_parts: bool, ending: str) -> list[str]:
    at = datetime.fromtimestamp(segment.parts[0].fragments[0].at_s, UTC).isoformat(timespec="milliseconds")
    lines = [f"#EXT-X-PROGRAM-DATE-TIME:{at.replace('+00:00', 'Z')}"]
    if with_parts or not segment.whole:
        for i, part in enumerate(segment.ready):
            own = ",INDEPENDENT=YES" if part.independent else ""
            uri = f"{segment.number}.{i}.m4s{ending}"
            lines.append(f'#EXT-X-PART:DURATION={part.ticks / TICKS_S:.5f},URI="{uri}"{own}')
    if segment.whole:
        lines += [f"#EXTINF:{segment.ticks / TICKS_S:.5f},", f"{segment.number}.m4s{ending}"]
    return lines


def _segment(shelf: Shelf, number: int) -> Segment | None:
    return next((one for one in shelf.segments if one.number == number), None)


def _has(shelf: Shelf, msn: int | None, part: int | None) -> bool:
    """Whether a part of any segment is there; or the whole segment that is named, or that part of it."""
    if not shelf.segments or not any(one.ready for one in shelf.segments):
        return False
    if msn is None or msn < shelf.segments[-1].number:
        return True
    last = shelf.segments[-1]
    if msn > last.number:
        return False
    return last.whole or (part is not None and len(last.ready) > part)


def _bad(name: str, value: int, detail: str) -> BadParameter:
    return BadParameter(parameter=name, value=value, reason="hls", detail=detail)
