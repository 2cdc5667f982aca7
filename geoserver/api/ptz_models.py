"""Moves of PTZ cameras as they are asked for, and what came of them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.cameras.steering import moves
from layers.record import Latitude, Longitude

Bearing = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False, description="true bearing, degrees")]
Tilt = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="degrees, negative looks down")]
Zoom = Annotated[float, Field(ge=1, le=1_000, allow_inf_nan=False, description="over the wide end")]
Speed = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False, description="part of the highest speed")]


class _Move(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AbsoluteMove(_Move):
    """Look there."""

    move: Literal["absolute"]
    pan: Bearing
    tilt: Tilt
    zoom: Zoom | None = Field(default=None, description="none: as it is")


class RelativeMove(_Move):
    """Turn on from where it looks."""

    move: Literal["relative"]
    pan: Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False, description="degrees to the right")] = 0.0
    tilt: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="degrees up")] = 0.0
    zoom: Annotated[float, Field(ge=1e-3, le=1_000, allow_inf_nan=False, description="times the zoom there is")] = 1.0


class PlaceMove(_Move):
    """Bring a place into the middle of the picture."""

    move: Literal["place"]
    lon: Longitude
    lat: Latitude
    height: float | None = Field(default=None, ge=-1_000, le=100_000, allow_inf_nan=False, description="ellipsoidal")
    density: Annotated[
        float, Field(ge=12.5, le=100_000, allow_inf_nan=False, description="pixels per metre wanted at the place")
    ] = 12.5


class PresetMove(_Move):
    """Go to a preset."""

    move: Literal["preset"]
    name: str = Field(min_length=1, max_length=80)


class HomeMove(_Move):
    """Go home."""

    move: Literal["home"]


class ContinuousMove(_Move):
    """Turn and zoom until told otherwise, 5 s at most."""

    move: Literal["continuous"]
    pan: Speed = 0.0
    tilt: Speed = 0.0
    zoom: Speed = 0.0


class StopMove(_Move):
    """Stay."""

    move: Literal["stop"]


MoveAsked = Annotated[
    AbsoluteMove | RelativeMove | PlaceMove | PresetMove | HomeMove | ContinuousMove | StopMove,
    Field(discriminator="move"),
]


class AimTold(BaseModel):
    """Where a camera looks."""

    pan: float = Field(description="true bearing, degrees")
    tilt: float = Field(description="degrees, negative looks down")
    zoom: float = Field(description="over the wide end")


class HeldTold(BaseModel):
    """In whose hands a camera is."""

    by: str
    until: datetime
    priority: int
    mine: bool


class PtzTold(BaseModel):
    """A camera's head."""

    camera: str
    aim: AimTold | None = Field(description="none: not known")
    presets: list[str]
    held: HeldTold | None
    source: Literal["onvif", "gb28181", "simulated", "none"]


class Moved(BaseModel):
    """What came of a move."""

    camera: str
    aim: AimTold | None = Field(description="where it looks now, as it was read back; none: not known")
    wanted: AimTold | None = Field(description="where it was to look; none: not known beforehand")
    reached: bool | None = Field(description="none: it cannot be told, or another move came first")
    off_deg: float | None = Field(description="angle between both")
    limited: list[Literal["pan", "tilt", "zoom"]] = Field(description="what lies beyond its reach and was held back")
    visible: bool | None = Field(description="of a place: whether the camera sees it from there")


def plain_move(body: RelativeMove | PresetMove | HomeMove | ContinuousMove | StopMove) -> moves.Move:
    """A move that needs nothing beside what was sent."""
    if isinstance(body, RelativeMove):
        return moves.Relative(body.pan, body.tilt, body.zoom)
    if isinstance(body, PresetMove):
        return moves.Preset(body.name)
    if isinstance(body, ContinuousMove):
        return moves.Continuous(body.pan, body.tilt, body.zoom)
    return moves.Home() if isinstance(body, HomeMove) else moves.Stop()
