"""The thread that reads one stream, and opens it anew when it breaks off."""

import logging
import random
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import Final

from geoserver.streams.fragments import Fragmenter
from geoserver.streams.model import Coming, Message, Reason, SourceLost, Stills, StreamKey, Unplayable, Waiting
from geoserver.streams.sources import Source
from geoserver.streams.stopping import Stop
from tiles.errors import Fault

log = logging.getLogger("geoserver")

SHORTEST_S: Final = 0.5
LONGEST_S: Final = 15.0
PATIENT_S: Final = 60.0
STEADY_S: Final = 10.0
"""A stream that lasted so long is opened at once when it breaks off."""
HOPELESS: Final[frozenset[Reason]] = frozenset({"refused", "not-allowed", "no-address", "certificate"})
"""Asking again soon changes nothing, and may lock the account at the camera."""
FOREIGN_S: Final = 60.0


class Reader:
    """Reads one stream until it is stopped; ``hear`` is called in its thread with what viewers are to be told."""

    def __init__(self, key: StreamKey, source: Callable[[], Source], hear: Callable[[Sequence[Message]], None]) -> None:
        self._key, self._source, self._hear = key, source, hear
        self._stop = Stop()
        self._thread = threading.Thread(target=self._run, name=f"stream {key.camera}/{key.stream}", daemon=True)
        self.opening = True
        """Whether it waits for a source to begin."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Have it end soon; it is not waited for."""
        self._stop.set()

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        attempt = 0
        fragmenter = Fragmenter()
        try:
            while not self._stop.is_set():
                self.opening = True
                self._hear([Waiting("reconnecting" if attempt else "opening", attempt)])
                began_s = time.monotonic()
                reason = self._read(fragmenter)
                self.opening = False
                fragmenter.cut()
                if self._stop.is_set():
                    return
                attempt = 1 if time.monotonic() - began_s > STEADY_S else attempt + 1
                self._hear([Waiting("lost", attempt, reason)])
                self._stop.wait(delay_s(attempt, reason))
        except Exception as error:
            # Without the message, which might name an address.
            log.error("reader of %s ended: %s", self._key, "".join(traceback.format_tb(error.__traceback__)))
        finally:
            fragmenter.close()

    def _read(self, fragmenter: Fragmenter) -> Reason:
        """Read until it breaks off or is to stop; why."""
        try:
            units: Generator[Coming] = _generated(self._source(), self._stop)
            with closing(units):
                for unit in units:
                    self.opening = False
                    if isinstance(unit, Unplayable):
                        self._hear([unit])
                        self._stop.wait(FOREIGN_S)
                        return "not-readable"
                    made = [unit] if isinstance(unit, Stills) else fragmenter.add(unit, time.time())
                    if made:
                        self._hear(made)
                    if self._stop.is_set():
                        break
            return "ended"
        except SourceLost as lost:
            return lost.reason
        except Fault:
            return "no-address"
        except Exception as error:
            log.error(
                "stream %s: %s\n%s", self._key, type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
            )
            return "not-readable"


def delay_s(attempt: int, reason: Reason) -> float:
    """How long to wait before the next attempt: doubled each time, with chance, so that cameras that were cut off
    together do not come back together."""
    longest = PATIENT_S if reason in HOPELESS else LONGEST_S
    least = LONGEST_S if reason in HOPELESS else SHORTEST_S
    return min(longest, least * 2.0 ** min(attempt - 1, 10)) * random.uniform(0.75, 1.25)


def _generated(source: Source, stop: Stop) -> Generator[Coming]:
    yield from source.units(stop)
