"""Checkpoints: places where vehicles are recorded as they pass, lane by lane. Values only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.record import Record

Status = Literal["in-service", "fault", "planned", "retired"]
"""As of cameras."""


class Direction(BaseModel):
    """One direction of travel: as people call it, degrees clockwise from true north, how many lanes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    heading_deg: float | None = Field(default=None, ge=0, lt=360, allow_inf_nan=False)
    lanes: int | None = Field(default=None, ge=1, le=30)


class Checkpoint(Record):
    """A checkpoint.

    Attributes
    ----------
    road : name of the road, or ""
    lanes : of all directions together; None = not known
    directions : of travel that are recorded
    district, street, community : codes of the areas it lies in, or ""
    """

    kind: Literal["checkpoint"] = "checkpoint"
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(default="", max_length=200)
    road: str = Field(default="", max_length=200)
    lanes: Annotated[int, Field(ge=1, le=60)] | None = None
    directions: Annotated[tuple[Direction, ...], Field(max_length=20)] = ()
    status: Status = "in-service"
    owner: str = Field(default="", max_length=200)
    remarks: str = Field(default="", max_length=2_000)
    district: str = ""
    street: str = ""
    community: str = ""


_POINTS: Mapping[str, float] = MappingProxyType(
    {
        **{name: 45.0 * i for i, name in enumerate(("北", "东北", "东", "东南", "南", "西南", "西", "西北"))},
        **{name: 45.0 * i for i, name in enumerate(("n", "ne", "e", "se", "s", "sw", "w", "nw"))},
        **{name: 90.0 * i for i, name in enumerate(("north", "east", "south", "west"))},
    }
)


def read_direction(text: str) -> Direction:
    """A direction of travel in words: 由北向南, 北向南, 南行, northbound, N-S; its heading where the words say it.

    Raises
    ------
    pydantic.ValidationError
        No words at all.
    """
    words = text.strip()
    plain = words.lower().replace("方向", "").removeprefix("由").removeprefix("从").replace(" to ", "-")
    for mark in ("向", "往", "至", "→", "->", "-"):
        start, found, end = plain.partition(mark)
        if found and end.strip() in _POINTS and (not start.strip() or start.strip() in _POINTS):
            return Direction(name=words, heading_deg=_POINTS[end.strip()])
    for ending in ("bound", "行"):
        if plain.endswith(ending) and plain.removesuffix(ending).strip("- ") in _POINTS:
            return Direction(name=words, heading_deg=_POINTS[plain.removesuffix(ending).strip("- ")])
    return Direction(name=words, heading_deg=_POINTS.get(plain))
