"""What one client is told of positions: what moved in its view since it was last told, the latest only."""

import numpy as np
import orjson
from numpy.typing import NDArray

from geoserver.boxes import Box
from geoserver.live.asks import POSITIONS
from geoserver.live.audience import Audience
from geoserver.live.positions import Board, Slots

_NOTHING: tuple[str | None, bytes | None] = (None, None)


class Watching:
    """One client's view of the board. A thing that leaves the view is told once more, with where it then is."""

    def __init__(self, box: Box | None, audience: Audience) -> None:
        self._box = box
        self._audience = audience
        self._stamp = 0
        self._known = np.zeros(0, np.uint32)
        self._inside = np.zeros(0, bool)
        self._denied = np.zeros(0, bool)

    def behind(self, board: Board) -> bool:
        """Whether anything at all was heard of since."""
        return board.stamp > self._stamp

    def take(self, board: Board) -> tuple[str | None, bytes | None]:
        """The names that are new to the client, and the batch; None where there is none."""
        if not self.behind(board):
            return _NOTHING
        with board.lock:
            self._grow(board.count)
            wanted = self._wanted(board)
            self._stamp = board.stamp
            names = self._names(board, wanted)
            slots = wanted[~self._denied[wanted]]
            return names, board.batch(slots) if slots.size else None

    def _wanted(self, board: Board) -> Slots:
        """Slots that moved in the view, came into it or left it."""
        slots = board.since(self._stamp) if self._stamp else board.recent()
        kept = board.table[slots]
        # A slot that was given to another thing is not in the view until that thing is.
        held = self._inside[slots] & (self._known[slots] == kept["number"])
        within = _within(kept["lon"], kept["lat"], self._box)
        self._inside[slots] = within
        told: Slots = slots[within | held]
        return told

    def _names(self, board: Board, slots: Slots) -> str | None:
        numbers = board.table["number"]
        new = slots[self._known[slots] != numbers[slots]]
        if not new.size:
            return None
        self._known[new] = numbers[new]
        told = {}
        for slot in new.tolist():
            kind, id_ = board.things[slot]
            self._denied[slot] = not self._audience.may_follow(kind, id_)
            if not self._denied[slot]:
                told[str(numbers[slot])] = {"kind": kind, "id": id_}
        return orjson.dumps({"type": "names", "topic": POSITIONS, "names": told}).decode() if told else None

    def _grow(self, count: int) -> None:
        more = count - self._known.size
        if more > 0:
            self._known = np.append(self._known, np.zeros(more, np.uint32))
            self._inside = np.append(self._inside, np.zeros(more, bool))
            self._denied = np.append(self._denied, np.zeros(more, bool))


def _within(lon: NDArray[np.float64], lat: NDArray[np.float64], box: Box | None) -> NDArray[np.bool_]:
    """Which places lie in a box; west beyond east means over the date line."""
    if box is None:
        return np.ones(lon.size, bool)
    west, south, east, north = box
    lies = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    return lies & (lat >= south) & (lat <= north)
