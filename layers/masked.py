"""Masked map references: coordinates whose last digits are hidden, so that they name a square, not a spot."""

import math
import re
from dataclasses import dataclass

_MASKED = re.compile(r"([-+]?\d+)([*xX?？＊]*)")


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a map: its lower left corner and its side, in the units of the map."""

    x: float
    y: float
    side: float

    @property
    def masked(self) -> bool:
        """Whether digits are hidden."""
        return self.side > 1.0

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the square."""
        return self.x + self.side / 2, self.y + self.side / 2

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """All four."""
        return tuple((self.x + i * self.side, self.y + j * self.side) for i in (0, 1) for j in (0, 1))

    @property
    def diagonal(self) -> float:
        """From corner to corner."""
        return math.sqrt(2.0) * self.side


def read_square(x: str, y: str) -> Square | None:
    """The square of two coordinates such as 367*** and 159***; None where they are no such coordinates.

    Commas and spaces group digits. Where the two hide different numbers of digits, the coarser one counts.
    """
    both = [_MASKED.fullmatch(re.sub(r"[,\s]", "", text)) for text in (x, y)]
    if both[0] is None or both[1] is None:
        return None
    sides = [10 ** len(found[2]) for found in both if found]
    if max(sides) > 1_000_000:
        return None
    side = max(sides)
    corner = [math.floor(int(found[1]) * own / side) * side for found, own in zip(both, sides, strict=True) if found]
    return Square(float(corner[0]), float(corner[1]), float(side))
