"""Answers of the way between picture and map."""

from typing import Annotated, Literal

from pydantic import Field

from geoserver.api.models import Answer
from layers.cameras.model import PtzAim

Pixel = Annotated[list[float], Field(min_length=2, max_length=2, description="u, v from the picture's top left")]


class SeenBuilding(Answer):
    """A building, by its id and both names."""

    id: str
    name: str
    name_en: str


class LocatedPlace(Answer):
    """A place that a pixel shows."""

    lon: float
    lat: float
    height: float
    kind: Literal["ground", "roof", "facade"]
    building: SeenBuilding | None


class PlaceUncertainty(Answer):
    """How well a located place is known: one standard deviation, metres; and the deviations it follows from."""

    along_m: float = Field(description="over the ground, along the sight line")
    across_m: float = Field(description="over the ground, square to the sight line")
    up_m: float
    major_m: float = Field(description="longer axis of the ellipse over the ground")
    minor_m: float
    bearing_deg: float = Field(description="true bearing of the longer axis, 0 to 180")
    source: Literal["calibration", "assumed"]
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    hfov_deg: float
    place_m: float
    height_m: float


class Located(Answer):
    """What a pixel shows; without a place only why: the sky, nothing within reach, or nothing that the lens shows."""

    camera: str
    pixel: Pixel
    hit: Literal["ground", "roof", "facade", "sky", "beyond", "no-picture"]
    place: LocatedPlace | None
    bearing_deg: float | None = Field(description="true bearing of the pixel's ray")
    elevation_deg: float | None
    distance_m: float | None
    density_px_m: float | None
    class_: str | None = Field(alias="class")
    uncertainty: PlaceUncertainty | None
    trees_m: float | None = Field(description="distance of trees or the like before the place, not in the model")


class Projected(Answer):
    """Where a place appears in a camera's picture; ``visible`` and ``why`` are link's."""

    camera: str
    pixel: Pixel | None = Field(description="as the camera looks, or is asked to; null outside the picture")
    visible: bool
    why: str
    why_code: str
    distance_m: float
    density_px_m: float
    class_: str | None = Field(alias="class")
    aim: PtzAim | None = Field(description="the move of a PTZ camera that centres the place")


class NamedThing(Answer):
    """Something with a name in a camera's picture, and the point of it that is named."""

    kind: Literal["road", "building", "place", "area"]
    id: str
    name: str
    name_en: str
    u: float = Field(ge=0, le=1, description="part of the picture's width from the left")
    v: float = Field(ge=0, le=1, description="part of its height from the top")
    angle_deg: float | None = Field(description="of a road in the picture, clockwise from level, -90 to 90; else null")
    size: float = Field(description="about the part of the picture's width that it takes")
    distance_m: float
    lon: float
    lat: float
    height: float = Field(description="of the ground, a wall or a roof there")
    building: str | None = Field(description="id of the building that the point belongs to")


class Names(Answer):
    """What is seen by name in a camera's picture, the largest first."""

    camera: str
    names: list[NamedThing]
