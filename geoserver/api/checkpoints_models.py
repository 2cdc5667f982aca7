"""Checkpoints, zones and units over HTTP: what is sent, and what is answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer, LinkCamera
from geoserver.api.privacy_models import Outline, VolumeGeometry
from layers.checkpoints import Direction, Status
from layers.responsible import Responsible
from layers.zones import Watch

Name = Annotated[str, Field(min_length=1, max_length=200)]
Short = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=2_000)]
NewId = Annotated[str, Field(min_length=1, max_length=128)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)]
Version = Annotated[int | None, Field(ge=1, description="that was read, where no If-Match header names it")]


class CheckpointFields(BaseModel):
    """What a person may set; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name = "-"
    name_en: Annotated[str, Field(max_length=200)] = ""
    lon: Lon = 0.0
    lat: Lat = 0.0
    road: Annotated[str, Field(max_length=200)] = ""
    lanes: Annotated[int, Field(ge=1, le=60)] | None = None
    directions: Annotated[list[Direction], Field(max_length=20)] = []
    status: Status = "in-service"
    owner: Annotated[str, Field(max_length=200)] = ""
    remarks: Text = ""


class CheckpointPatch(CheckpointFields):
    """A change of a checkpoint."""

    version: Version = None


class NewCheckpoint(CheckpointFields):
    """A checkpoint to make."""

    id: NewId | None = None
    name: Name
    lon: Lon
    lat: Lat


class UnitFields(BaseModel):
    """What a person may set; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name = "-"
    name_en: Annotated[str, Field(max_length=200)] = ""
    lon: Lon = 0.0
    lat: Lat = 0.0
    address: Short = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    sources: Annotated[list[str], Field(max_length=20)] = []
    people: Annotated[list[Responsible], Field(max_length=1_000)] = []


class UnitPatch(UnitFields):
    """A change of a unit."""

    version: Version = None


class NewUnit(UnitFields):
    """A unit to make."""

    id: NewId | None = None
    name: Name
    lon: Lon
    lat: Lat


class ZoneFields(BaseModel):
    """What a person may set; ``watch`` says which crossings are told."""

    model_config = ConfigDict(extra="forbid")

    name: Name = "-"
    purpose: Text = ""
    watch: Watch = "none"


class NewZoneFields(ZoneFields):
    """A zone has a name."""

    name: Name


class ZonePatch(BaseModel):
    """A change of a zone: fields, outline or both."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    geometry: Outline | None = None
    properties: ZoneFields = ZoneFields()
    version: Version = None


class NewZone(BaseModel):
    """A zone to make."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    id: NewId | None = None
    geometry: Outline
    properties: NewZoneFields


class PointGeometry(Answer):
    """Where it stands."""

    type: Literal["Point"]
    coordinates: list[float]


class CheckpointProperties(Answer):
    """What is known of a checkpoint."""

    id: str
    version: int
    height_m: float | None
    area: str
    name: str
    name_en: str
    road: str
    lanes: int | None
    directions: list[Direction]
    status: Status
    owner: str
    remarks: str
    district: str
    street: str
    community: str


class Checkpoint(Answer):
    """A checkpoint as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: PointGeometry
    properties: CheckpointProperties


class CheckpointDetail(Checkpoint):
    """A checkpoint with the cameras that see it, best first."""

    cameras: list[LinkCamera]


class Checkpoints(Answer):
    """Checkpoints in the order of their ids."""

    type: Literal["FeatureCollection"]
    matched: int
    features: list[Checkpoint]


class UnitProperties(Answer):
    """What is known of a unit."""

    id: str
    version: int
    height_m: float | None
    area: str
    name: str
    name_en: str
    address: str
    phone: str
    sources: list[str]
    people: list[Responsible]


class Unit(Answer):
    """A unit as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: PointGeometry
    properties: UnitProperties


class Units(Answer):
    """Units in the order of their ids."""

    type: Literal["FeatureCollection"]
    matched: int
    features: list[Unit]


class ZoneProperties(Answer):
    """What is known of a zone, its outline aside."""

    id: str
    version: int
    height_m: float | None
    area: str
    name: str
    purpose: str
    watch: Watch


class Zone(Answer):
    """A zone as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: VolumeGeometry
    properties: ZoneProperties


class Zones(Answer):
    """Zones in the order of their ids."""

    type: Literal["FeatureCollection"]
    matched: int
    features: list[Zone]
