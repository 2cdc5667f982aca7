"""Questions and answers about routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer, LonLat
from layers.cameras.model import CameraType, Tier

MOST_POINTS = 2_000
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)]


class RouteQuestion(BaseModel):
    """A route, either as a line or as a road, and what counts as seeing it."""

    model_config = ConfigDict(extra="forbid")
    line: Annotated[list[tuple[Lon, Lat]], Field(min_length=2, max_length=MOST_POINTS)] | None = None
    road: (
        Annotated[str, Field(min_length=1, max_length=200, description="id of a road, as the search has it")] | None
    ) = None
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=3, description="only cameras of these")] = [1, 2, 3]
    turning: bool = Field(False, description="PTZ cameras count with all that they can turn to, not only as they look")
    density: Annotated[float, Field(ge=12.5, le=100_000, allow_inf_nan=False, description="px/m at the ground")] = 12.5


class Stretch(Answer):
    """Part of a route, metres along it."""

    from_m: float
    to_m: float


class RouteSpot(Answer):
    """Where a camera sees a route best; the ground itself."""

    at_m: float
    lon: float
    lat: float
    height: float
    distance_m: float
    density_px_m: float = Field(description="PTZ: at full zoom")


class RouteCamera(Stretch):
    """A camera that sees a route; ``from_m`` to ``to_m`` is the longest stretch that it sees without a break."""

    camera: str
    name: str
    name_en: str
    tier: Tier
    type: CameraType
    online: bool | None = Field(description="reached when last tried; null: not known")
    stretches: list[Stretch]
    seen_m: float
    best: RouteSpot = Field(description="in the longest stretch")
    turns: bool = Field(description="does not show it as it looks now, but after turning")
    chosen: bool = Field(description="one of the few that together see all that is seen of the route")


class RouteCameras(Answer):
    """The cameras that see a route, in the order in which they see it best, and what nobody sees."""

    name: str = Field(description="of the road; empty for a line")
    name_en: str
    length_m: float
    step_m: float = Field(description="so often along the route it was asked who sees it")
    seen_m: float
    share: float
    lines: list[list[LonLat]]
    gaps: list[Stretch]
    cameras: list[RouteCamera]
