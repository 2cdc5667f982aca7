"""Vehicles and fixes over HTTP: what is sent, and what is answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.checkpoints_models import Lat, Lon, Name, NewId, PointGeometry, Text, Version
from geoserver.api.models import Answer
from geoserver.api.positions_models import CrossingTold
from layers.record import Latitude, Longitude, Metres, Moment, RecordId
from layers.vehicles import Duty, VehicleType

MOST = 5_000
Word = Annotated[str, Field(max_length=40)]


class FixSent(BaseModel):
    """Where a vehicle was at a time."""

    model_config = ConfigDict(extra="forbid")

    vehicle: RecordId
    at: Moment = Field(description="when it was there; with the vehicle it names the fix")
    lon: Longitude
    lat: Latitude
    height_m: Metres | None = Field(default=None, description="ellipsoidal; none: on the ground")
    heading_deg: Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)] | None = None
    speed_m_s: Annotated[float, Field(ge=0, le=400, allow_inf_nan=False)] | None = None


class FixesSent(BaseModel):
    """Some fixes, of any vehicles and in whatever order."""

    model_config = ConfigDict(extra="forbid")

    fixes: Annotated[list[FixSent], Field(min_length=1, max_length=MOST)]


class FixRefused(Answer):
    """A row that was not taken: its place in the batch, from 0 on."""

    row: int
    reason: Literal["unknown-vehicle", "future", "too-old"]
    detail: str


class FixesTaken(Answer):
    """What came of a batch; all that is not refused is on the disk."""

    taken: int
    repeated: int = Field(description="known already: the same vehicle at the same time")
    refused: list[FixRefused]
    crossings: list[CrossingTold] = Field(description="told now for the first time; also in /ogc/collections/crossings")


class VehicleFields(BaseModel):
    """What a person may set; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name = "-"
    name_en: Annotated[str, Field(max_length=200)] = ""
    lon: Lon = Field(default=0.0, description="of its station")
    lat: Lat = 0.0
    type: VehicleType = "other"
    plate: Annotated[str, Field(max_length=20)] = ""
    call_sign: Word = ""
    phone: Word = ""
    unit: Annotated[str, Field(max_length=128)] = ""
    duty: Duty = "free"
    seats: Annotated[int, Field(ge=1, le=200)] | None = None
    remarks: Text = ""


class VehiclePatch(VehicleFields):
    """A change of a vehicle."""

    version: Version = None


class NewVehicle(VehicleFields):
    """A vehicle to make."""

    id: NewId | None = None
    name: Name
    lon: Lon = Field(description="of its station")
    lat: Lat


class VehicleProperties(Answer):
    """What is known of a vehicle."""

    id: str
    version: int
    height_m: float | None
    area: str
    name: str
    name_en: str
    type: VehicleType
    plate: str
    call_sign: str
    phone: str
    unit: str
    duty: Duty
    incident: str
    seats: int | None
    remarks: str
    district: str
    street: str
    community: str


class LatestPosition(Answer):
    """Where it was last heard of."""

    lon: float
    lat: float
    height_m: float | None
    heading_deg: float | None
    speed_m_s: float | None
    at: str


class Vehicle(Answer):
    """A vehicle as a GeoJSON feature at its station, with where it is now."""

    type: Literal["Feature"]
    id: str
    geometry: PointGeometry
    properties: VehicleProperties
    position: LatestPosition | None = None


class Vehicles(Answer):
    """Vehicles in the order of their ids."""

    type: Literal["FeatureCollection"]
    matched: int
    features: list[Vehicle]


class Span(Answer):
    """From when to when."""

    begin: str
    end: str


class StopTold(Span):
    """Where it stood."""

    lon: float
    lat: float


class TrackTold(Answer):
    """A track as columns of equal length, in the order of time."""

    vehicle: str
    name: str
    name_en: str
    begin: str
    end: str
    count: int
    complete: bool = Field(description="false: there are more fixes than are told at once; ask again from the last on")
    length_m: float = Field(description="along the track, without what lies in gaps")
    gaps: list[Span]
    stops: list[StopTold]
    time_ms: list[int] = Field(description="since 1970-01-01 UTC")
    lon: list[float]
    lat: list[float]
    height_m: list[float | None]
    heading_deg: list[float | None]
    speed_m_s: list[float | None]
