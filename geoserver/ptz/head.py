"""What every kind of head promises, and how it fails: with a reason, never with an address in it."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol
from urllib.parse import SplitResult, urlsplit

from layers.cameras.model import PtzAim
from layers.cameras.steering.moves import Move

Source = Literal["onvif", "gb28181", "simulated"]
Reason = Literal[
    "not-allowed",
    "unreachable",
    "timed-out",
    "refused",
    "declined",
    "malformed",
    "hostile",
    "too-large",
    "no-ptz",
    "no-preset",
    "unsupported",
]
"""not-allowed: the server's own rules; refused: name and password; declined: understood, and not done."""
Allowed = Callable[[str, int], str]
"""Host and port → the IP address to connect to, found and checked once.

Raises
------
HeadLost
    ``not-allowed``, or ``unreachable`` where the name is not known.
"""


class HeadLost(Exception):
    """A head could not be asked or told; ``reason`` says why and is all that is said."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


class Head(Protocol):
    """One camera's head. All of it is called in the server's event loop; each call ends within seconds."""

    source: Source

    async def position(self) -> PtzAim | None:
        """Where it looks now; None where it cannot tell.

        Raises
        ------
        HeadLost
        """

    async def go(self, move: Move, aim: PtzAim | None, priority: int) -> None:
        """Begin a move.

        Parameters
        ----------
        aim : where it is to end, within reach; None where nobody can know
        priority : of who steers, for platforms that ask for it

        Raises
        ------
        HeadLost
        """

    async def presets(self) -> Sequence[str]:
        """Names of presets that it knows beside those of the record.

        Raises
        ------
        HeadLost
        """

    async def close(self) -> None:
        """Let go of connections."""


def nobody(host: str, port: int) -> str:  # noqa: ARG001
    """Allows no address: what holds where nothing is configured.

    Raises
    ------
    HeadLost
    """
    raise HeadLost("not-allowed")


def parts_of(url: str) -> tuple[SplitResult, str, int | None]:
    """A head's address: its parts, host and port.

    Raises
    ------
    HeadLost
        ``not-allowed``: it cannot be read.
    """
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in url):  # a request has one line
        raise HeadLost("not-allowed")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise HeadLost("not-allowed") from None
    if not host:
        raise HeadLost("not-allowed")
    return parts, host, port
