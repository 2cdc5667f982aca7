"""The camera record, and the credential that is kept apart from it.

A camera holds stream *ids* only. Addresses, users and passwords are `Credential` values, which no
record, answer, journal row or log ever carries.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from layers.record import Metres, Record

Tier = Literal[1, 2, 3]
CameraType = Literal["fixed", "ptz"]
LensModel = Literal["rectilinear", "fisheye", "panorama"]
"""rectilinear: a flat picture; fisheye: equidistant; panorama: bearings and elevations in even steps."""
Status = Literal["in-service", "fault", "planned", "retired"]
"""fault: should work and does not; planned, retired: there is no picture to look at."""

Angle = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]
Tilt = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
FieldOfView = Annotated[float, Field(ge=0.05, le=360, allow_inf_nan=False)]
WIDEST_DEG = {"rectilinear": 170.0, "fisheye": 230.0, "panorama": 360.0}
Finite = Annotated[float, Field(allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=16, le=32_768)]


_COEFFICIENTS: dict[str, tuple[int, ...]] = {"rectilinear": (4, 5, 8), "fisheye": (4,), "panorama": (0,)}


class Preset(BaseModel):
    """A named aim of a PTZ camera: true bearing and tilt in degrees, zoom over the wide end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    pan: Angle
    tilt: Tilt
    zoom: float = Field(default=1.0, ge=1, le=1_000, allow_inf_nan=False)


class PtzAim(BaseModel):
    """Where a PTZ camera looks now: true bearing and tilt in degrees, zoom over the wide end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pan: Angle
    tilt: Tilt
    zoom: float = Field(default=1.0, ge=1, le=1_000, allow_inf_nan=False)


class Uncertainty(BaseModel):
    """How well a calibrated pose is known: one standard deviation each.

    Attributes
    ----------
    pairs : how many pairs of pixel and place it was solved from
    rms_px : of the residuals
    loo_m : median distance on the ground by which a pair that was left out is missed; None = not known
    place_m, height_m : of the lens
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: int = Field(ge=3)
    rms_px: float = Field(ge=0, allow_inf_nan=False)
    loo_m: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    heading_deg: float = Field(ge=0, allow_inf_nan=False)
    pitch_deg: float = Field(ge=0, allow_inf_nan=False)
    roll_deg: float = Field(ge=0, allow_inf_nan=False)
    hfov_deg: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    place_m: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    height_m: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class Camera(Record):
    """A mounted camera: pose, optics, reach, owner, streams.

    Attributes
    ----------
    height_m : of the lens, ellipsoidal
    mount_height_m : of the lens above the ground below it
    heading_deg : clockwise from true north; None = not known, and then it is never shown as if it were.
        Of a PTZ camera: where it looks when at home, and the middle of its pan range
    pitch_deg : negative looks down; of a PTZ camera: at home
    roll_deg : positive leans the camera to its right
    lens : how directions become pixels
    distortion : OpenCV's coefficients; rectilinear: k1 k2 p1 p2 [k3 [k4 k5 k6]] (Brown-Conrady), fisheye:
        k1 k2 k3 k4; empty = none. A panorama has none
    principal_px : where the lens's axis meets the picture; None = its middle
    hfov_deg : horizontal field of view at the wide end, of the lens without its distortion
    hfov_tele_deg : the same at full zoom; None = no zoom
    pan_range_deg : whole width of what a PTZ camera can turn through, half to each side of the heading;
        None or 360 and more = full circle
    tilt_min_deg, tilt_max_deg : lowest and highest tilt of a PTZ camera, negative = down
    presets : named aims of a PTZ camera
    aim : where a PTZ camera looks now; None = at home
    calibration : how well the pose is known, where it was solved from pairs
    range_m : visibility as its owner states it; None = not stated
    owner : department
    contractor : who keeps it in repair, "" = none stated
    leased : whether it is rented from the contractor, not owned
    streams : ids of its streams, best first
    assumed : names of the fields whose values were not given but assumed
    """

    kind: Literal["camera"] = "camera"
    height_m: Metres
    name: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    tier: Tier
    tier_assumed: bool = False
    mount_height_m: float = Field(ge=-50, le=1_000, allow_inf_nan=False)
    type: CameraType = "fixed"
    heading_deg: float | None = Field(default=None, ge=0, lt=360, allow_inf_nan=False)
    pitch_deg: Tilt = 0.0
    roll_deg: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = 0.0
    image_width_px: Pixels = 1920
    image_height_px: Pixels = 1080
    lens: LensModel = "rectilinear"
    distortion: Annotated[tuple[Finite, ...], Field(max_length=8)] = ()
    principal_px: tuple[Finite, Finite] | None = None
    hfov_deg: FieldOfView
    hfov_tele_deg: FieldOfView | None = None
    pan_range_deg: Annotated[float, Field(gt=0, le=720, allow_inf_nan=False)] | None = None
    tilt_min_deg: Tilt = -90.0
    tilt_max_deg: Tilt = 30.0
    presets: Annotated[tuple[Preset, ...], Field(max_length=300)] = ()
    aim: PtzAim | None = None
    calibration: Uncertainty | None = None
    range_m: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    owner: str = ""
    contractor: str = Field(default="", max_length=200)
    leased: bool = False
    district: str = ""
    street: str = ""
    community: str = ""
    address: str = ""
    purpose: str = ""
    status: Status = "in-service"
    streams: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    remarks: str = ""

    @model_validator(mode="before")
    @classmethod
    def _turn_heading(cls, data: Any) -> Any:
        """A heading of 360 or -90 is a heading; it is kept between 0 and 360."""
        if isinstance(data, dict):
            heading = data.get("heading_deg")
            # Twice: a tiny negative angle modulo 360 rounds to 360 itself.
            if isinstance(heading, int | float) and abs(heading) <= 720:
                data = {**data, "heading_deg": float(heading) % 360.0 % 360.0}
        return data

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.hfov_tele_deg is not None and self.hfov_tele_deg > self.hfov_deg:
            raise ValueError("hfov_tele_deg is wider than hfov_deg")
        if self.tilt_min_deg > self.tilt_max_deg:
            raise ValueError("tilt_min_deg lies above tilt_max_deg")
        if self.hfov_deg > WIDEST_DEG[self.lens]:
            raise ValueError(f"a {self.lens} lens shows no more than {WIDEST_DEG[self.lens]:g} degrees")
        if self.distortion and len(self.distortion) not in _COEFFICIENTS[self.lens]:
            raise ValueError(f"distortion of a {self.lens} lens has {_COEFFICIENTS[self.lens]} coefficients")
        return self

    @property
    def is_ptz(self) -> bool:
        """Whether it can be turned."""
        return self.type == "ptz"

    @property
    def turns_full_circle(self) -> bool:
        """Whether it is a PTZ camera that can look to every side."""
        return self.is_ptz and (self.pan_range_deg is None or self.pan_range_deg >= 360.0)

    @property
    def can_be_aimed(self) -> bool:
        """Whether it is known what it sees: a heading, or a PTZ camera that reaches every heading."""
        return self.heading_deg is not None or self.turns_full_circle

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Names of the fields that were not given: unknown ones first, then the assumed ones."""
        unknown = ["heading_deg"] if self.heading_deg is None else []
        if not self.owner:
            unknown.append("owner")
        return (*unknown, *(name for name in self.assumed if name not in unknown))


class Credential(BaseModel):
    """Where a stream is fetched, and with what; never leaves the server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera: str
    stream: str
    url: str = Field(default="", repr=False)
    user: str = Field(default="", repr=False)
    password: str = Field(default="", repr=False)
