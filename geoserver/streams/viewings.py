"""Who watches what: tickets that are good once, and the viewing sessions that they are traded for.

A ticket is for one stream in one form and for who asked for it. A viewing is bound to the same log-in; what ends the
log-in, takes the grant or hides the camera ends the picture within ``CHECKED_EVERY_S`` and the time that one look-up
takes. Held by one server process, and used from its event loop alone; what another process is asked of it is handed
here (``geoserver.processes``).
"""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from geoserver.accounts.caller import Caller
from geoserver.accounts.service import digest_of
from geoserver.faults import NoTicket, NoViewing, TooManyViewings
from geoserver.streams.model import Form

TICKET_S = 30.0
IDLE_S = 30.0
"""A viewing that nobody uses for so long is over; an open picture uses it all the time."""
MOST_EACH = 64
"""Viewings of one log-in: a wall of sixteen, tours, and what a restless hand leaves open."""
MOST_TICKETS = 20_000

Why = Literal["closed", "signed-out", "revoked", "idle"]


def holder_of(caller: Caller) -> str:
    """The log-in or token that a caller uses: what a ticket and a viewing are bound to."""
    return f"session {caller.session}" if caller.session is not None else f"token {caller.token}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A stream that somebody wants to watch.

    Attributes
    ----------
    holder, name, title : log-in and account
    camera, stream : ids
    purpose : why, where it was said
    masked : whether privacy volumes are blanked for them
    form : how they want to have it
    direct : from this server, also where a media server sends streams
    """

    holder: str
    name: str
    title: str
    camera: str
    stream: str
    purpose: str = ""
    masked: bool = False
    form: Form = "original"
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """Somebody watches a stream; ``id`` is the secret that every part of it is asked for with."""

    id: str
    wish: Wish
    opened_s: float
    again: Callable[[], Caller] = field(compare=False, repr=False)
    """Who the log-in belongs to now; raises ``NotSignedIn`` once it has ended."""


@dataclass(slots=True)
class _Use:
    """How a viewing is used, and why it ended."""

    viewing: Viewing
    used_s: float
    attached: int = 0
    told: "list[Callable[[Why], None]]" = field(default_factory=list)
    passes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ended:
    """A viewing that is over."""

    viewing: Viewing
    why: Why
    seconds: float


class Viewings:
    """Tickets and viewings of one process.

    ``told`` : hears of every viewing that ends
    ``name`` : of the process, which secrets begin with where there are others
    ``clock`` : seconds, of whatever start
    """

    def __init__(
        self, told: Callable[[Ended], None], clock: Callable[[], float] = time.monotonic, name: str = ""
    ) -> None:
        self._told = told
        self._begin = f"{name}." if name else ""
        self._clock = clock
        self._tickets: dict[str, tuple[Wish, float]] = {}
        self._uses: dict[str, _Use] = {}
        self._passes: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._uses)

    def __iter__(self) -> Iterator[Viewing]:
        return iter([use.viewing for use in self._uses.values()])

    def ticket(self, wish: Wish) -> str:
        """A ticket for what is wished; good once, for ``TICKET_S``."""
        self._forget_tickets()
        secret = self._begin + secrets.token_urlsafe(24)
        self._tickets[digest_of(secret)] = wish, self._clock() + TICKET_S
        return secret

    def trade(self, ticket: str, caller: Caller, again: Callable[[], Caller]) -> Viewing:
        """A viewing for a ticket, which is spent, also where it is refused.

        Raises
        ------
        NoTicket
            There is none, it was used, its time is over, or it is another's.
        TooManyViewings
        """
        wish, until = self._tickets.pop(digest_of(ticket), (None, 0.0))
        if wish is None or self._clock() >= until or wish.holder != holder_of(caller):
            raise NoTicket()
        if sum(use.viewing.wish.holder == wish.holder for use in self._uses.values()) >= MOST_EACH:
            raise TooManyViewings(limit=MOST_EACH)
        now = self._clock()
        viewing = Viewing(self._begin + secrets.token_urlsafe(24), wish, now, again)
        self._uses[viewing.id] = _Use(viewing, now)
        return viewing

    def of(self, id_: str, caller: Caller, camera: str) -> Viewing:
        """A viewing that is used now, by who it belongs to, for its camera.

        Raises
        ------
        NoViewing
        """
        viewing = self.held(id_, caller)
        if viewing.wish.camera != camera:
            raise NoViewing()
        self._uses[id_].used_s = self._clock()
        return viewing

    def held(self, id_: str, caller: Caller) -> Viewing:
        """A viewing of the caller's.

        Raises
        ------
        NoViewing
        """
        use = self._uses.get(id_)
        if use is None or use.viewing.wish.holder != holder_of(caller):
            raise NoViewing()
        return use.viewing

    def attach(self, viewing: Viewing, told: Callable[[Why], None]) -> Callable[[], None]:
        """An open picture keeps its viewing from being idle, and is told when it ends; what is returned lets go.

        Raises
        ------
        NoViewing
            It has ended meanwhile.
        """
        use = self._use_of(viewing)
        use.attached += 1
        use.told.append(told)

        def leave() -> None:
            use.attached -= 1
            use.told.remove(told)
            use.used_s = self._clock()

        return leave

    def new_pass(self, viewing: Viewing) -> str:
        """A token that shows another server that its holder watches; good as long as they do.

        Raises
        ------
        NoViewing
            It has ended meanwhile.
        """
        use = self._use_of(viewing)
        secret = self._begin + secrets.token_urlsafe(24)
        use.passes.append(digest_of(secret))
        self._passes[use.passes[-1]] = viewing.id
        return secret

    def _use_of(self, viewing: Viewing) -> _Use:
        use = self._uses.get(viewing.id)
        if use is None:
            raise NoViewing()
        return use

    def passed(self, token: str) -> Viewing | None:
        """The viewing that a token shows; None where it has ended, or there never was one."""
        use = self._uses.get(self._passes.get(digest_of(token), ""))
        return use.viewing if use is not None else None

    def end(self, id_: str, why: Why) -> None:
        """A viewing is over; nothing happens where there is none."""
        use = self._uses.pop(id_, None)
        if use is None:
            return
        for one in use.passes:
            self._passes.pop(one, None)
        for told in tuple(use.told):
            told(why)
        self._told(Ended(use.viewing, why, self._clock() - use.viewing.opened_s))

    def end_idle(self) -> None:
        """Those that nobody uses are over."""
        late = self._clock() - IDLE_S
        for id_ in [id_ for id_, use in self._uses.items() if not use.attached and use.used_s <= late]:
            self.end(id_, "idle")

    def _forget_tickets(self) -> None:
        now = self._clock()
        for key in [key for key, (_, until) in self._tickets.items() if now >= until]:
            del self._tickets[key]
        while len(self._tickets) >= MOST_TICKETS:
            del self._tickets[next(iter(self._tickets))]
