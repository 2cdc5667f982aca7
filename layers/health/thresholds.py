"""From which measured value on each fault is told: adjustable, each with what it means and where it may lie."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

ImageFault: TypeAlias = Literal[
    "signal-lost", "black", "over-exposed", "frozen", "snow", "covered", "blurred", "moved", "colour-cast"
]
FAULTS: tuple[ImageFault, ...] = (
    "signal-lost",
    "black",
    "over-exposed",
    "frozen",
    "snow",
    "covered",
    "blurred",
    "moved",
    "colour-cast",
)  # fmt: skip
"""In the order in which they hide one another."""


class Thresholds(BaseModel):
    """Limits of the image diagnosis. What is measured is measured on decoded frames no wider than 640 pixels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lost_share: float = Field(
        default=0.5, ge=0.05, le=1, description="signal lost: no more than this share of the frames asked for came"
    )
    black_luma: float = Field(
        default=17, ge=4, le=40, description="black: mean luma (0 to 255) at most this; 16, and 1 for the codec"
    )
    lit_share: float = Field(
        default=0.002,
        ge=0,
        le=0.1,
        description="black: no more of the picture is lit; a night with lamps is not black",
    )
    bright_level: float = Field(
        default=248,
        ge=200,
        le=255,
        description="over-exposed: pixels are clipped from this luma on; 250, and 2 for the codec",
    )
    bright_share: float = Field(
        default=0.58, ge=0.2, le=1, description="over-exposed: at least this share of the pixels is clipped"
    )
    frozen_s: float = Field(
        default=3.5, ge=1, le=60, description="frozen: the picture stands still for so long, s, with no noise in it"
    )
    quiet_share: float = Field(
        default=0.27,
        ge=0,
        le=1,
        description="frozen: a frame that differs from another by less than this share of its structure repeats it",
    )
    snow_sigma: float = Field(
        default=3.9, ge=1, le=60,
        description="snow: noise left by the codec, all over the picture; noise of 40 before it leaves 4 to 25",
    )  # fmt: skip
    covered_share: float = Field(
        default=0.48,
        ge=0.1,
        le=1,
        description="covered: so much of the picture is plain where the reference was not",
    )
    blur_px: float = Field(
        default=2.4, ge=1, le=20, description="blurred: even the sharper parts look as under a Gaussian so wide, pixels"
    )
    blur_against: float = Field(
        default=1.5, ge=1, le=10, description="blurred: and so many times as wide as in the reference"
    )
    moved_share: float = Field(
        default=0.035,
        ge=0.005,
        le=0.5,
        description="moved: edges lie so far from the reference's, share of the width",
    )
    moved_alike: float = Field(
        default=0.1, ge=0, le=1, description="moved: edges correlate at least so well where they lie now"
    )
    moved_spread: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="moved: and farther by so many times what the camera itself moves while it is looked at",
    )
    cast_gain: float = Field(
        default=1.28, ge=1.05, le=4, description="colour cast: one channel has grown so many times against the others"
    )


HIDES: Mapping[ImageFault, tuple[ImageFault, ...]] = MappingProxyType(
    {
        "signal-lost": FAULTS[1:],
        "black": FAULTS[2:],
        "over-exposed": FAULTS[3:],
        "snow": ("covered", "blurred"),
        "covered": ("blurred", "moved", "colour-cast"),
    }
)
"""Of a picture that has the first, the others can't be told."""
