"""Where a stream's pictures come from: a camera in the network, or a clip that plays for ever."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.containers import file_units
from geoserver.streams.http import http_units
from geoserver.streams.model import TICKS_S, Coming, SourceLost, Unit, Unplayable
from geoserver.streams.rtsp import rtsp_units
from geoserver.streams.stopping import Stop

AHEAD_S: Final = 1.0
"""How much faster than its own clock a stream may come: a server's first burst, and no more."""


class Source(Protocol):
    """A stream's pictures, read in a thread of its own."""

    def units(self, stop: Stop) -> Iterator[Coming]:
        """Open it, and give its pictures as they come until it is to stop; what browsers play nowhere is said.

        Raises
        ------
        SourceLost
            It cannot be opened, or broke off. The reason names neither address nor password.
        """
        ...


def network_source(address: Address, rules: AddressRules) -> Source:
    """A camera's stream by RTSP over TCP or HTTP, or a file where the rules allow it."""
    return _Network(address, rules)


def clip_source(clip: Callable[[], Path]) -> Source:
    """A local clip (H.264, no B pictures) that plays for ever at its own pace, wherever the wall clock says it is.

    ``clip`` is called in the reader's thread and may take its time.
    """
    return _Clip(clip)


@dataclass(frozen=True)
class _Network:
    address: Address
    rules: AddressRules

    def units(self, stop: Stop) -> Iterator[Unit | Unplayable]:
        try:
            scheme = urlsplit(self.address.url).scheme.lower()
        except ValueError:
            raise SourceLost("not-allowed") from None
        if not self.address.url:
            raise SourceLost("no-address")
        if scheme == "file":
            return _paced(file_units(self.rules.file(self.address.url)), stop)
        if scheme in ("http", "https"):
            return _paced(http_units(self.address, self.rules, stop), stop)
        return rtsp_units(self.address, self.rules, stop)


@dataclass(frozen=True)
class _Clip:
    clip: Callable[[], Path]

    def units(self, stop: Stop) -> Iterator[Unit | Unplayable]:
        whole = list(file_units(self.clip()))
        units = [one for one in whole if isinstance(one, Unit) and one.dts is not None]
        if len(units) < 2:
            yield from whole
            raise SourceLost("not-readable")
        times = [one.dts - (units[0].dts or 0) for one in units if one.dts is not None]
        yield from _looped(units, times, stop)


def _looped(units: Sequence[Unit], times: Sequence[int], stop: Stop) -> Iterator[Unit]:
    """Units for ever, with times that go on, from the key picture before the wall clock's place in the loop."""
    length = times[-1] + (times[-1] - times[0]) // (len(times) - 1)
    now = int(time.time() * TICKS_S)
    turn, place = divmod(now, length)
    at = max((i for i, one in enumerate(units) if one.key and times[i] <= place), default=0)
    started = time.monotonic() - (place - times[at]) / TICKS_S
    first = turn * length + times[at]
    while True:
        dts = turn * length + times[at]
        if stop.wait((dts - first) / TICKS_S - (time.monotonic() - started)):
            return
        one = units[at]
        yield replace(one, dts=dts, pts=dts + one.pts - (one.dts or 0))
        at += 1
        if at == len(units):
            at, turn = 0, turn + 1


def _paced(units: Iterator[Unit | Unplayable], stop: Stop) -> Iterator[Unit | Unplayable]:
    """Units no faster than their own clock."""
    first: int | None = None
    started = time.monotonic()
    for one in units:
        if isinstance(one, Unit) and one.dts is not None:
            first = one.dts if first is None else first
            ahead_s = (one.dts - first) / TICKS_S - (time.monotonic() - started)
            if ahead_s > AHEAD_S and stop.wait(min(ahead_s - AHEAD_S, 5.0)):
                return
        yield one
