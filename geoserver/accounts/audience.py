"""What one caller is told live: by their grants, which are asked for again every few seconds.

A live connection outlasts the request that it began with. A session that was ended, an account that was disabled, a
grant taken back or a shift that is over silence it within ``EVERY_S``; so does whoever should say it and does not, and
all is told anew when they have.
"""

import time
from collections.abc import Callable

from geoserver.accounts.caller import Caller
from geoserver.faults import NotSignedIn
from geoserver.live.audience import Standing
from layers.catalogue import KINDS
from layers.grants.permissions import Permissions, Reach, nobody
from layers.record import Record

EVERY_S = 5.0
AHEAD_S = 4.0
"""Whoever asks ahead, off the event loop, has it done before it has to be."""


class CallerAudience:
    """An audience of the live feed that sees what a caller may see.

    ``again`` : who it is now, as ``SignIn.by_session`` tells it; raises ``NotSignedIn`` once they are nobody
    ``clock`` : seconds, of whatever start
    ``taken`` : grows when something may have been taken from somebody in this process
    ``mover`` : by kind and id, the record of a thing whose positions are told; None where it has none
    ``recorded`` : kinds whose things all have one: of one without, which is no more, nothing is told
    """

    def __init__(
        self,
        again: Callable[[], Caller],
        clock: Callable[[], float] = time.monotonic,
        taken: Callable[[], int] = lambda: 0,
        mover: Callable[[str, str], Record | None] = lambda _kind, _id: None,
        recorded: frozenset[str] = frozenset(),
    ) -> None:
        self._again = again
        self._mover, self._recorded = mover, recorded
        self._clock = clock
        self._taken = taken
        self._asked, self._asked_at = float("-inf"), -1
        self._gone = self._silenced = False
        self._permissions: Permissions = nobody()
        self._reaches: dict[str, Reach] = {}

    def may_see(self, record: Record) -> bool:
        """Whether a record, in this state, may be told."""
        return self._reach(record.kind).covers_record(record)

    def may_follow(self, kind: str, id_: str) -> bool:
        """Whether the positions of a moving thing may be told: to who sees its record, wherever it is.

        What has no record is in no area, so it is told only to who sees all of its kind.
        """
        record = self._mover(kind, id_)
        reach = self._reach(kind)
        if record is None:
            return reach.is_everything and kind not in self._recorded
        return reach.covers_record(record)

    def is_due(self) -> bool:
        """Whether it is time to ask again who this is; costs nothing."""
        return self._clock() - self._asked >= AHEAD_S or self._taken() != self._asked_at

    def renew(self) -> Standing:
        """Ask again who this is. Looks into the database: not for an event loop."""
        before, known, silenced = self._permissions, self._asked > float("-inf"), self._silenced
        self._ask()
        if self._gone:
            return "gone"
        same = not silenced and (not known or all(before.sees(kind) == self._permissions.sees(kind) for kind in KINDS))
        return "same" if same else "changed"

    def _ask(self) -> None:
        self._asked, self._asked_at = self._clock(), self._taken()
        self._permissions, self._reaches, self._silenced = self._asked_again(), {}, False

    def _reach(self, kind: str) -> Reach:
        if self._asked == float("-inf"):
            self._ask()
        if self._clock() - self._asked >= EVERY_S:
            self._silenced = True
            return nobody().sees(kind)
        reach = self._reaches.get(kind)
        if reach is None:
            reach = self._reaches[kind] = self._permissions.sees(kind)
        return reach

    def _asked_again(self) -> Permissions:
        try:
            found = self._again().permissions
        except NotSignedIn:
            self._gone = True
            return nobody()
        self._gone = False
        return found
