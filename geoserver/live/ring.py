"""The last changes, kept in the process: who lags a little is told from here, and nobody has a queue of their own."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from geoserver.live.told import Told

KEPT = 4_096
"""Changes of one topic that are kept at least, if there were so many."""


class _Topic:
    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.rows: list[Told] = []
        self.seqs: list[int] = []

    def add(self, told: Told) -> None:
        self.rows.append(told)
        self.seqs.append(told.seq)
        if len(self.rows) >= 2 * KEPT:
            self.floor = self.seqs[-KEPT - 1]
            del self.rows[:-KEPT], self.seqs[:-KEPT]


class Ring:
    """Recent changes by topic.

    Attributes
    ----------
    start : sequence number after which the process has been told everything
    seq : the last one that it was told of, of whatever topic
    """

    def __init__(self, start: int) -> None:
        self.start = self.seq = start
        self._topics: dict[str, _Topic] = {}

    def add(self, rows: Iterable[Told | None], seq: int) -> None:
        """Keep what is to be told of rows, the last of which has a sequence number."""
        for told in rows:
            if told is not None:
                self._topics.setdefault(told.topic, _Topic(self.start)).add(told)
        self.seq = seq

    def since(self, topic: str, seq: int, limit: int) -> Sequence[Told] | None:
        """Changes of a topic after a sequence number, in order; None where they are no longer all here."""
        kept = self._topics.get(topic)
        if seq < (kept.floor if kept else self.start):
            return None
        if kept is None:
            return ()
        first = bisect_right(kept.seqs, seq)
        return kept.rows[first : first + limit]
