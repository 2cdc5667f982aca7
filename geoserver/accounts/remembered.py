"""Callers remembered for a moment: a browser asks many times a second, and its answers must not wait for its name.

What this process takes from somebody (a session, a token, a role, the account) is in force at its next request; what
another process takes, within ``FOR_S``.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from geoserver.accounts.caller import Caller
from geoserver.accounts.service import SignIn, digest_of

FOR_S = 0.8
MOST = 10_000
"""Callers remembered at a time; beyond that all are forgotten, which costs each of them one look-up."""


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    taken: int
    until: float


@dataclass(frozen=True)
class Remembered:
    """Callers by the digest of what they show. Safe to use from many threads.

    ``clock`` : seconds, of whatever start
    """

    door: SignIn
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Known] = field(default_factory=dict, repr=False)

    def at_hand(self, secret: str) -> Caller | None:
        """The caller, if remembered; costs no look-up."""
        known = self._known.get(digest_of(secret))
        if known is None or known.taken != self.door.store.taken or self.clock() >= known.until:
            return None
        return known.caller

    def ask(self, secret: str, *, is_token: bool) -> Caller:
        """The caller, looked up and remembered.

        Raises
        ------
        NotSignedIn
        """
        # Read before the look-up: what is taken in the meantime makes this one void.
        taken, until = self.door.store.taken, self.clock() + FOR_S
        caller = self.door.by_token(secret) if is_token else self.door.by_session(secret)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[digest_of(secret)] = _Known(caller, taken, until)
        return caller
