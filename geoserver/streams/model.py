"""What streams are made of: the key of one, coded pictures as they come in, and what a viewer is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from geoserver.faults import ServerError

TICKS_S = 90_000
"""Ticks of a stream's clock in a second, as RTP has them for video."""

Codec = Literal["h264", "hevc"]
PLAYED: Final[frozenset[Codec]] = frozenset({"h264"})
"""What browsers play everywhere."""
Form = Literal["original", "h264", "pictures"]
"""How a stream is had: as it comes, encoded anew where browsers do not play it, or as a picture every few seconds."""
Why = Literal["opening", "reconnecting", "lost"]
Reason = Literal[
    "no-address",  # nothing says where the stream is fetched
    "not-allowed",  # the address is outside what may be reached
    "unreachable",  # nobody answers there
    "certificate",  # who answers is not who the address says
    "refused",  # user or password are not taken
    "not-found",  # there is no such stream
    "no-video",  # there is a stream, without video
    "not-readable",  # what comes is no video that is known here
    "silent",  # nothing comes any more
    "ended",  # the other side closed it
]


class SourceLost(ServerError):
    """A stream cannot be read, or not any longer. It names neither address nor password."""

    code: ClassVar[str] = "source-lost"
    text: ClassVar[str] = "The stream cannot be read: {reason}."

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason=reason)


@dataclass(frozen=True)
class StreamKey:
    """One stream of a camera in one form. With its private pixels covered it is encoded anew in any form."""

    camera: str
    stream: str
    masked: bool = False
    form: Form = "original"


@dataclass(frozen=True, slots=True)
class Unit:
    """A coded picture, as NAL units without start codes and without parameter sets.

    ``sets`` are the parameter sets in force, given with key pictures; times are ticks of the source's own clock,
    ``dts`` None where the source has none.
    """

    codec: Codec
    nals: Sequence[bytes]
    sets: Sequence[bytes]
    key: bool
    pts: int
    dts: int | None = None


@dataclass(frozen=True, slots=True)
class Init:
    """The head of what follows: an initialisation segment of fragmented MP4, and what is in it."""

    codec: str
    width: int
    height: int
    data: bytes = field(repr=False)
    number: int = 0
    """Counted per stream while it is open."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One picture, as one moof and mdat. ``dts`` and ``ticks`` are its time and duration in ticks; ``at_s`` is the
    wall clock (Unix time) at which it came in; ``last`` says that a key picture follows."""

    data: bytes = field(repr=False)
    key: bool
    number: int
    dts: int
    ticks: int
    at_s: float
    last: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """There is no picture now: it is being opened, was lost, or is being opened once more."""

    why: Why
    attempt: int = 0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Unplayable:
    """The stream comes in, and browsers do not play it. ``decodable``: the server could encode it anew."""

    codec: str
    width: int
    height: int
    decodable: bool = False


@dataclass(frozen=True)
class Picture:
    """A decoded picture (height, width, 3) of 8-bit RGB, and when it came in (Unix time)."""

    rgb: NDArray[np.uint8] = field(repr=False)
    at_s: float


@dataclass(frozen=True, slots=True)
class Stills:
    """A picture every few seconds instead of motion: all re-encoders are busy, or nothing else was asked for."""

    why: Literal["busy", "asked"]
    picture: Picture | None = field(compare=False, default=None)


Coming = Unit | Unplayable | Stills
"""What a source gives."""
Message = Init | Fragment | Waiting | Unplayable | Stills


@dataclass(frozen=True, slots=True)
class Piece:
    """An initialisation segment with fragments that follow it, the first one a key picture."""

    init: Init
    fragments: Sequence[Fragment]
