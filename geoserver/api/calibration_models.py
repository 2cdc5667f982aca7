"""What is sent to calibrate a camera, and what is answered. Degrees, metres, pixels of the picture sent."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer
from layers.cameras.model import LensModel, Uncertainty

Finite = Annotated[float, Field(allow_inf_nan=False)]
Pixel = Annotated[list[Finite], Field(min_length=2, max_length=2, description="u right, v down, from the top left")]


class CalibrationPair(BaseModel):
    """A pixel of the picture and the place that it shows; without a height it is the ground, or the roof there."""

    model_config = ConfigDict(extra="forbid")

    pixel: Pixel
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)]
    height: Annotated[float, Field(ge=-1000, le=100_000, allow_inf_nan=False)] | None = None
    name: Annotated[str, Field(max_length=80)] = ""


class PictureSize(BaseModel):
    """Size of the picture that was clicked in; the record's own unless said."""

    model_config = ConfigDict(extra="forbid")

    width: Annotated[int, Field(ge=16, le=32_768)]
    height: Annotated[int, Field(ge=16, le=32_768)]


class SolveWish(BaseModel):
    """What is solved; the rest is held as on record. ``click_px`` is what a click can do at best."""

    model_config = ConfigDict(extra="forbid")

    place: bool = True
    focal: bool = True
    distortion: bool = True
    click_px: Annotated[float, Field(ge=0.05, le=50, allow_inf_nan=False)] = 1.0


class CalibrationQuestion(BaseModel):
    """Pairs to solve a camera from."""

    model_config = ConfigDict(extra="forbid")

    pairs: Annotated[list[CalibrationPair], Field(max_length=200)]
    solve: SolveWish = SolveWish()
    picture: PictureSize | None = None


class SolvedPose(Answer):
    """Where the camera stands and looks, as solved."""

    lon: float
    lat: float
    height: float
    mount_height: float | None
    heading: float
    pitch: float
    roll: float


class SolvedLens(Answer):
    """The lens, as solved; ``principal`` is of the record's picture."""

    lens: LensModel
    hfov: float
    distortion: list[float]
    principal: Pixel | None


class Residual(Answer):
    """One pair: where the solved camera shows its place, and how the others miss it when it is left out."""

    number: int
    name: str
    pixel: Pixel
    projected: Pixel
    lon: float
    lat: float
    height: float
    error_px: float
    loo_px: float | None
    loo_m: float | None = Field(description="on the level of the place; null where the ray only grazes it")


class Tried(Answer):
    """A set of unknowns that was tried."""

    terms: list[Literal["place", "turn", "focal", "k1", "k2"]]
    rms_px: float
    loo_px: float | None
    chosen: bool


class DriftFromRecord(Answer):
    """Solved minus on record."""

    heading: float
    pitch: float
    roll: float
    hfov: float
    east_m: float
    north_m: float
    up_m: float
    shift_px: float | None
    moved: bool


class CalibrationPatch(Answer):
    """The solution as fields for PATCH /api/cameras/{id}."""

    lon: float
    lat: float
    height: float
    heading: float
    pitch: float
    roll: float
    lens: LensModel
    hfov: float
    distortion: list[float]
    principal: Pixel | None
    calibration: Uncertainty


class Calibrated(Answer):
    """A camera solved from pairs; nothing is written."""

    camera: str
    version: int
    pose: SolvedPose
    lens: SolvedLens
    calibration: Uncertainty
    noise_px: float
    residuals: list[Residual]
    tried: list[Tried]
    drift: DriftFromRecord | None
    verdict: Literal["good", "rough", "unchecked"]
    text: str
    patch: CalibrationPatch
