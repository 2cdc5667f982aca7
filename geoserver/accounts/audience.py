"""What one caller is told live: by their grants, which are asked for again every few seconds.

A live connection outlasts the request that it began with. A session that was ended, an account that was disabled, a
grant taken back or a shift that is over silence it within ``EVERY_S``.
"""

import time
from collections.abc import Callable

from geoserver.accounts.caller import Caller
from geoserver.faults import NotSignedIn
from layers.grants.permissions import Permissions, Reach, nobody
from layers.record import Record

EVERY_S = 5.0


class CallerAudience:
    """An audience of the live feed that sees what a caller may see.

    ``again`` : who it is now, as ``SignIn.by_session`` tells it; raises ``NotSignedIn`` once they are nobody
    ``clock`` : seconds, of whatever start
    """

    def __init__(self, again: Callable[[], Caller], clock: Callable[[], float] = time.monotonic) -> None:
        self._again = again
        self._clock = clock
        self._asked = float("-inf")
        self._permissions: Permissions = nobody()
        self._reaches: dict[str, Reach] = {}

    def may_see(self, record: Record) -> bool:
        """Whether a record, in this state, may be told."""
        return self._reach(record.kind).covers_record(record)

    def may_follow(self, kind: str, id_: str) -> bool:  # noqa: ARG002  # it has the protocol's names
        """Whether the positions of a moving thing may be told: it is in no area, so only to who sees them all."""
        return self._reach(kind).is_everything

    def _reach(self, kind: str) -> Reach:
        now = self._clock()
        if now - self._asked >= EVERY_S:
            self._asked, self._permissions, self._reaches = now, self._asked_again(), {}
        reach = self._reaches.get(kind)
        if reach is None:
            reach = self._reaches[kind] = self._permissions.sees(kind)
        return reach

    def _asked_again(self) -> Permissions:
        try:
            return self._again().permissions
        except NotSignedIn:
            return nobody()
