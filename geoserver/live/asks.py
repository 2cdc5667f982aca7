"""What a client may say over the live feed, checked."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from geoserver.boxes import Box, checked_box
from geoserver.faults import BadParameter
from geoserver.live.conditions import CONDITIONS
from layers.catalogue import COLLECTIONS

POSITIONS = "positions"
"""The topic of moving things; all others are collections of records."""
SHOWN = 120
"""Characters of a bad value that a fault repeats."""


class _Ask(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Subscribe(_Ask):
    """Follow a topic, within a box if one is given, from a sequence number on if one is given."""

    type: Literal["subscribe"]
    topic: str
    bbox: Annotated[tuple[float, ...] | None, Field(strict=False)] = None
    since: Annotated[int | None, Field(ge=0, le=2**53)] = None

    @field_validator("topic")
    @classmethod
    def _known(cls, topic: str) -> str:
        return known_topic(topic)

    @property
    def box(self) -> Box | None:
        """West, south, east, north, checked.

        Raises
        ------
        BadParameter
        """
        return None if self.bbox is None else checked_box(self.bbox, ",".join(map(str, self.bbox))[:SHOWN])


class Unsubscribe(_Ask):
    """Follow a topic no longer."""

    type: Literal["unsubscribe"]
    topic: str

    @field_validator("topic")
    @classmethod
    def _known(cls, topic: str) -> str:
        return known_topic(topic)


class Ping(_Ask):
    """Is anybody there."""

    type: Literal["ping"]


Ask = Subscribe | Unsubscribe | Ping
_ASKS: TypeAdapter[Ask] = TypeAdapter(Annotated[Ask, Field(discriminator="type")])


def known_topic(topic: str) -> str:
    """The topic itself.

    Raises
    ------
    BadParameter
        There is no such topic.
    """
    others = (POSITIONS, CONDITIONS)
    if topic in others or topic in COLLECTIONS:
        return topic
    known = ", ".join([*COLLECTIONS, *others])
    detail = f"is none of {known}."
    raise BadParameter(parameter="topic", value=topic[:SHOWN], reason="choice", detail=detail, expected=known)


def read_ask(text: str | bytes) -> Ask:
    """What a client says.

    Raises
    ------
    BadParameter
        It is no JSON, or says nothing known.
    """
    try:
        return _ASKS.validate_json(text)
    except ValidationError as bad:
        raise _named(bad) from None


def _named(bad: ValidationError) -> BadParameter:
    first = bad.errors(include_url=False)[0]
    where = [str(part) for part in first["loc"] if part not in ("subscribe", "unsubscribe", "ping")]
    context: Mapping[str, object] = first.get("ctx", {})
    values = {name: value for name, value in context.items() if isinstance(value, int | float | str)}
    parameter = ".".join(where) or ("type" if first["type"].startswith("union_tag") else "message")
    own = {"parameter", "value", "reason", "detail"}
    return BadParameter(
        parameter=parameter,
        value=None if first["type"] == "missing" else str(first.get("input"))[:SHOWN],
        reason=first["type"],
        detail=f"{first['msg']}.",
        **{name: value for name, value in values.items() if name not in own},
    )
