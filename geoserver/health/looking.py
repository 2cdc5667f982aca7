"""Looks at cameras: whether one answers, and frames of its picture. Blocks, but for `Looking.watched`."""

import time
from collections.abc import Iterator, Sequence

from geoserver.health.reach import reach
from geoserver.health.rendered import rendered
from geoserver.health.sampling import Taken, of_pieces, of_source
from geoserver.services import Services
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.model import Piece, SourceLost, StreamKey
from geoserver.streams.offered import streams_of
from geoserver.streams.service import Streams
from layers.cameras.model import Camera

FRESH_S = 5.0


class Looking:
    """Looks for the checker; cameras that are simulated are rendered."""

    def __init__(self, services: Services, streams: Streams, rules: AddressRules) -> None:
        self._services, self._streams, self._rules = services, streams, rules

    def watched(self, camera: Camera) -> bool:
        """Whether somebody has a stream of the camera open, and pictures come."""
        return any(self._pieces(camera, 1.0))

    def reach(self, camera: Camera) -> str | None:
        """Why a camera is not reached; None where it is."""
        if self._streams.simulated:
            return "silent" if self._streams.fault_of(camera.id) == "offline" else None
        why: str | None = "no-address"
        for one in streams_of(camera, simulated=False):
            found = self._services.store.credential(camera.id, one.id)
            why = reach(Address(found.url), self._rules) if found else "no-address"
            if why is None:
                return None
        return why

    def take(self, camera: Camera, window_s: float) -> Taken:
        """Frames of some seconds, of a stream that is open, else read once.

        Raises
        ------
        SourceLost, NoDirection
        """
        if self._streams.simulated:
            return self._rendered(camera, window_s)
        pieces = next(self._pieces(camera, window_s), ())
        if pieces:
            return of_pieces(pieces, window_s)
        offered = streams_of(camera, simulated=False)
        if not offered:
            raise SourceLost("no-address")
        return of_source(self._streams.source_of(StreamKey(camera.id, offered[-1].id)), window_s)

    def as_installed(self, camera: Camera) -> Taken | None:
        """How a simulated camera with a fault looked before it; None where there is nothing to know but by looking.

        Raises
        ------
        NoDirection
        """
        if not self._streams.simulated or self._streams.fault_of(camera.id) is None:
            return None
        return rendered(self._services.now, self._services.aims.looking(camera), None, 0.0)

    def _rendered(self, camera: Camera, window_s: float) -> Taken:
        fault = self._streams.fault_of(camera.id)
        if fault == "offline":
            raise SourceLost("silent")
        return rendered(self._services.now, self._streams.as_it_stands(camera), fault, window_s)

    def _pieces(self, camera: Camera, seconds: float) -> Iterator[Sequence[Piece]]:
        """What is at hand of a camera's open streams that are not covered, the sub-stream first."""
        offered = streams_of(camera, simulated=self._streams.simulated)[::-1]
        kept = (self._streams.gateway.kept(StreamKey(camera.id, one.id), seconds) for one in offered)
        for pieces in kept:
            if pieces and time.time() - pieces[-1].fragments[-1].at_s < FRESH_S:
                yield pieces
