"""The camera record, and the credential that is kept apart from it.

A camera holds stream *ids* only. Addresses, users and passwords are `Credential` values, which no
record, answer, journal row or log ever carries.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from layers.record import Metres, Record

Tier = Literal[1, 2, 3]
CameraType = Literal["fixed", "ptz"]
Status = Literal["in-service", "fault", "planned", "retired"]
"""fault: should work and does not; planned, retired: there is no picture to look at."""

Angle = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]
Tilt = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
FieldOfView = Annotated[float, Field(ge=0.05, le=170, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=16, le=32_768)]


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
    hfov_deg : horizontal field of view, at the wide end
    hfov_tele_deg : the same at full zoom; None = no zoom
    pan_range_deg : whole width of what a PTZ camera can turn through, half to each side of the heading;
        None or 360 and more = full circle
    tilt_min_deg, tilt_max_deg : lowest and highest tilt of a PTZ camera, negative = down
    range_m : visibility as its owner states it; None = not stated
    owner : department
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
    hfov_deg: FieldOfView
    hfov_tele_deg: FieldOfView | None = None
    pan_range_deg: Annotated[float, Field(gt=0, le=720, allow_inf_nan=False)] | None = None
    tilt_min_deg: Tilt = -90.0
    tilt_max_deg: Tilt = 30.0
    range_m: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    owner: str = ""
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
