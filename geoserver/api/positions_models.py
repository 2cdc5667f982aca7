"""Positions as they are sent, and what came of them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.crossings import Way
from layers.record import Latitude, Longitude, Metres, Moment, RecordId

MOST = 1_000


class PositionSent(BaseModel):
    """Where a thing is."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["unit"] = Field(default="unit", description="what moves: a car or a patrol of a unit")
    id: RecordId
    lon: Longitude
    lat: Latitude
    at: Moment = Field(description="when it was there")
    height_m: Metres | None = Field(default=None, description="ellipsoidal; none: on the ground")
    heading_deg: Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)] | None = None
    speed_m_s: Annotated[float, Field(ge=0, le=400, allow_inf_nan=False)] | None = None


class PositionsSent(BaseModel):
    """Some positions, in whatever order."""

    model_config = ConfigDict(extra="forbid")

    positions: Annotated[list[PositionSent], Field(min_length=1, max_length=MOST)]


class CrossingTold(BaseModel):
    """A crossing that followed."""

    id: str
    zone: str
    mover: str
    way: Way


class PositionsTaken(BaseModel):
    """What came of positions."""

    taken: int
    crossings: list[CrossingTold] = Field(description="told now for the first time; also in /ogc/collections/crossings")
