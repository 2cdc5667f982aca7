"""Privacy volumes as GeoJSON features: what is sent, and what is answered."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer

Position = Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=2, max_length=3)]
Height = Annotated[float, Field(ge=-1_000, le=12_000, allow_inf_nan=False)]


class Outline(BaseModel):
    """A GeoJSON polygon: lon, lat, without or with a height, which does not count."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["Polygon"]
    coordinates: Annotated[
        list[Annotated[list[Position], Field(min_length=4, max_length=2_000)]], Field(min_length=1, max_length=100)
    ]


class VolumeFields(BaseModel):
    """What a person may set; ``base`` and ``top`` are ellipsoidal heights."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=200)] | None = None
    reason: Annotated[str, Field(max_length=2_000)] | None = None
    base: Height | None = None
    top: Height | None = None


class VolumePatch(BaseModel):
    """A change; ``version`` is the one that was read, where no If-Match header names it."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["Feature"] = "Feature"
    geometry: Outline | None = None
    properties: VolumeFields = VolumeFields()
    version: Annotated[int, Field(ge=1)] | None = None


class NewVolume(BaseModel):
    """A volume to make. Without base it stands on the lowest ground under it; without top it reaches the roof
    that stands there, or 3 m over the highest ground."""  # fmt: skip

    model_config = ConfigDict(extra="forbid")
    type: Literal["Feature"] = "Feature"
    id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    geometry: Outline
    properties: VolumeFields = VolumeFields()


class VolumeGeometry(Answer):
    """The floor of a volume."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


class VolumeProperties(Answer):
    """What is known of a volume, its outline aside."""

    name: str
    reason: str
    base: float
    top: float
    area: str
    version: int


class Volume(Answer):
    """A privacy volume as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: VolumeGeometry
    properties: VolumeProperties


class Volumes(Answer):
    """All privacy volumes, or those in a box."""

    type: Literal["FeatureCollection"]
    features: list[Volume]


class Removed(Answer):
    """What was removed; undoing ``seq`` brings it back."""

    id: str
    seq: int


def volume(feature: dict[str, Any]) -> dict[str, Any]:
    """A record's feature under the names of the API."""
    fields = feature["properties"]
    names = {"name": "name", "reason": "reason", "base": "base_m", "top": "top_m", "area": "area", "version": "version"}
    return feature | {"properties": {ours: fields[theirs] for ours, theirs in names.items()}}
