"""Answers about the vehicles nearest to an incident, and the cameras along a vehicle's way."""

from typing import Literal

from pydantic import Field

from geoserver.api.models import Answer, LonLat
from geoserver.api.routes_models import RouteCamera, RouteCameras
from geoserver.api.vehicles_models import LatestPosition
from layers.vehicles import VehicleType


class Candidate(Answer):
    """A vehicle that could be sent."""

    id: str
    version: int
    name: str
    name_en: str
    type: VehicleType
    plate: str
    call_sign: str
    phone: str
    unit: str
    fits: bool = Field(description="of a type that is meant for such incidents")
    position: LatestPosition | None


class NearVehicle(Candidate):
    """A free vehicle that was heard of lately."""

    straight_m: float
    reached: Literal["by-road", "off-road", "no-way"] = Field(
        description="off-road: no road is near it; no-way: none leads from there to the incident"
    )
    seconds: float | None = Field(description="of driving; null where no road leads there")
    metres: float | None = Field(description="along the roads")
    off_road_m: float | None = Field(description="from it to the road, not part of the metres")
    line: list[LonLat] | None = Field(default=None, description="the way, where it was asked for")


class SentVehicle(Candidate):
    """A vehicle that was sent to the incident."""

    seconds: float | None = Field(description="of driving that are left; null where nobody knows")
    metres: float | None
    line: list[LonLat] | None = None


class NearVehicles(Answer):
    """Free vehicles by the time that each needs to an incident."""

    incident: str
    fitting: list[VehicleType] = Field(description="types that are meant for it; empty: all alike")
    fresh_s: float = Field(description="who was heard of no longer ago takes part")
    road_m: float | None = Field(description="from the incident to the nearest road; null: none is near")
    matched: int
    vehicles: list[NearVehicle]
    unheard_matched: int
    unheard: list[Candidate] = Field(description="free, and not heard of lately: they may be anywhere")
    sent: list[SentVehicle] = Field(description="on their way to it, or there")


class TimedCamera(RouteCamera):
    """A camera along a way, with the times of its longest stretch."""

    from_at: str
    to_at: str
    best_at: str


class VehicleCameras(RouteCameras):
    """The cameras along the way of a vehicle, in the order in which they see it best."""

    vehicle: str
    way: Literal["track", "ahead"]
    begin: str
    end: str
    complete: bool = Field(description="false: the track has more fixes than are followed at once; ask from the end on")
    cameras: list[TimedCamera]  # type: ignore[assignment]  # each is more than a camera of a route
