"""What clients are told of positions: what moved in the view of each since it was last told, the latest only."""

from collections.abc import Iterable

import orjson

from geoserver.boxes import Box
from geoserver.live.asks import POSITIONS
from geoserver.live.audience import Audience
from geoserver.live.positions import Board, Moment


class Watching:
    """One client's view of the board. A thing that leaves the view is told once more, with where it then is.

    Attributes
    ----------
    stamp : of the board, up to which the client has been told
    names, batch : what the client has not been sent yet: the names of what came into view, and the positions.
        While there is any, nothing more is made for it, so a slow client is told less often and never late.
    """

    def __init__(self, box: Box | None, audience: Audience) -> None:
        self.box = box
        self.stamp = 0
        self.names: str | None = None
        self.batch: bytes | None = None
        self._audience = audience
        self._inside: set[int] = set()
        self._denied: set[int] = set()

    def take(self, moment: Moment, within: list[int]) -> None:
        """Be told of a moment, of which some is in the view."""
        self.stamp = moment.stamp
        shown = {moment.numbers[i] for i in within}
        left = (self._inside & moment.index.keys()) - shown
        new = shown - self._inside
        if left:
            self._inside -= left
            within = within + [moment.index[number] for number in left - self._denied]
            self._denied -= left
        if new:
            self._inside |= new
            self.names = self._meet(moment, new)
        if self._denied:
            within = [i for i in within if moment.numbers[i] not in self._denied]
        self.batch = moment.batch(within) if within else None

    def _meet(self, moment: Moment, new: set[int]) -> str | None:
        """Names of what comes into view."""
        told = {}
        for number in new:
            kind, id_ = moment.things[moment.index[number]]
            if self._audience.may_follow(kind, id_):
                told[str(number)] = {"kind": kind, "id": id_}
            else:
                self._denied.add(number)
        return orjson.dumps({"type": "names", "topic": POSITIONS, "names": told}).decode() if told else None


def tell(board: Board, watchers: Iterable[Watching]) -> None:
    """Make what clients are to be sent, for those that have been sent what was made before."""
    groups: dict[int, list[Watching]] = {}
    for one in watchers:
        if one.stamp < board.stamp and one.batch is None:
            groups.setdefault(one.stamp, []).append(one)
    # Mostly they have all been told of the same, so that it is worked out once for all.
    for stamp, group in groups.items():
        moment = board.moment(stamp)
        for one, within in zip(group, moment.within([one.box for one in group]), strict=True):
            one.take(moment, within)
