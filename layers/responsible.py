"""Units that own cameras and answer incidents, and who answers for an area, at each of its four levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.areas import LEVELS
from layers.record import Record, RecordId


class Responsible(BaseModel):
    """A person who answers for an area: its code, at any of the four levels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    area: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=100)
    phone: str = Field(default="", max_length=40)


class Unit(Record):
    """An organisation that owns cameras or answers incidents; its place is where it is housed.

    Attributes
    ----------
    sources : the dispatch lines that it answers
    people : who answers for which area
    """

    kind: Literal["unit"] = "unit"
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=40)
    sources: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    people: Annotated[tuple[Responsible, ...], Field(max_length=1_000)] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answers for one area, at one level."""

    level: str
    area: str
    name: str
    phone: str
    unit: RecordId


def answers_for(codes: Mapping[str, str], units: Iterable[Unit]) -> list[Answers]:
    """Who answers for a place: level → code in; the smallest area first, then by unit."""
    levels = {code: level for level, code in codes.items() if code}
    found = [
        Answers(levels[person.area], person.area, person.name, person.phone, unit.id)
        for unit in units
        for person in unit.people
        if person.area in levels
    ]
    return sorted(found, key=lambda one: (-LEVELS.index(one.level), one.unit, one.name))
