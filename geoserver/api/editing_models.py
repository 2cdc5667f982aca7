"""What is sent to change cameras by hand, and what is answered. Names and units are those of the answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer, Camera
from layers.cameras.model import CameraType, LensModel, Preset, PtzAim, Status, Tier, Uncertainty

Finite = Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=2_000)]


class CameraFields(BaseModel):
    """Fields of a camera that a person may set; those that are left out stay as they are.

    ``mount_height`` is above the ground, ``height`` ellipsoidal; one of the two is enough. A heading of null
    says that the direction is not known.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)] | None = None
    name_en: Annotated[str, Field(max_length=200)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)] | None = None
    height: Finite | None = None
    mount_height: Finite | None = None
    tier: Tier | None = None
    type: CameraType | None = None
    heading: Finite | None = None
    pitch: Finite | None = None
    roll: Finite | None = None
    image_width: int | None = None
    image_height: int | None = None
    lens: LensModel | None = None
    distortion: Annotated[list[Finite], Field(max_length=8)] | None = None
    principal: Annotated[list[Finite], Field(min_length=2, max_length=2)] | None = None
    hfov: Finite | None = None
    hfov_tele: Finite | None = None
    pan_range: Finite | None = None
    tilt_min: Finite | None = None
    tilt_max: Finite | None = None
    presets: Annotated[list[Preset], Field(max_length=300)] | None = None
    aim: PtzAim | None = None
    calibration: Uncertainty | None = None
    range: Finite | None = None
    owner: Text | None = None
    contractor: Annotated[str, Field(max_length=200)] | None = None
    leased: bool | None = None
    address: Text | None = None
    purpose: Text | None = None
    status: Status | None = None
    remarks: Text | None = None


class CameraPatch(CameraFields):
    """A change of a camera; ``version`` is the one that was read, where no If-Match header names it."""

    version: Annotated[int, Field(ge=1)] | None = None


class NewCamera(CameraFields):
    """A camera made by hand. What is left out is assumed, and named in the answer."""

    id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)]


class UndoWanted(BaseModel):
    """Which rows of the journal to undo; nothing: the caller's last one. Undoing an undo does it again."""

    model_config = ConfigDict(extra="forbid")

    seq: Annotated[int, Field(ge=1)] | None = None
    through: Annotated[int, Field(ge=1)] | None = Field(default=None, description="last row of several, from seq on")


class FieldChange(Answer):
    """A field before and after a change."""

    field: str
    before: Any
    after: Any


class JournalRow(Answer):
    """One change that was made."""

    seq: int
    time: str
    actor: str
    kind: str
    id: str
    name: str
    action: Literal["create", "change", "remove"]
    version: int | None
    undoes: int | None = Field(description="the row that it takes back, with those of the same write before it")
    changes: list[FieldChange]


class Journal(Answer):
    """Changes in order; ``head`` is the last that there is, ``more`` whether there are older ones."""

    head: int
    more: bool
    rows: list[JournalRow]


class Undone(Answer):
    """What was undone. Undoing ``seq`` to ``through`` does it again."""

    seq: int
    through: int
    undone: list[JournalRow]
    camera: Camera | None
