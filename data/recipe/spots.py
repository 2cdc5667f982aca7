"""What a camera site is before it gets its papers, and the words for directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

PTZ, FIXED = "球机", "枪机"
_SIDES = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_SIDES_EN = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Spot:
    """One camera: place (metres), lens height above the ground at that place (m), aim (grid degrees), optics."""

    x_m: float
    y_m: float
    height_m: float
    tier: int
    kind: str
    heading_deg: float
    pitch_deg: float
    hfov_deg: float
    tele_deg: float | None
    range_m: float | None
    group: str
    place: str
    place_en: str
    purpose: str
    address: str = ""

    @property
    def ptz(self) -> bool:
        """Whether it can be aimed."""
        return self.kind == PTZ

    @property
    def name(self) -> str:
        """Name as in life: place, direction, make."""
        return (
            f"{self.place}{_side(self.heading_deg, _SIDES)}向{self.kind}"
            if not self.ptz
            else f"{self.place}{self.kind}"
        )

    @property
    def name_en(self) -> str:
        """The same in English."""
        if self.ptz:
            return f"{self.place_en} PTZ"
        return f"{self.place_en}, {_side(self.heading_deg, _SIDES_EN)}, fixed"


def _side(bearing_deg: float, words: tuple[str, ...]) -> str:
    return words[round(bearing_deg / 45) % 8]


def one_of(rng: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    """One of a few things, all as likely; many times faster than ``rng.choice``."""
    return choices[int(rng.integers(len(choices)))]


def towards(bearing_deg: float) -> tuple[float, float]:
    """Unit step (x, y) along a grid bearing."""
    return float(np.sin(np.radians(bearing_deg))), float(np.cos(np.radians(bearing_deg)))
