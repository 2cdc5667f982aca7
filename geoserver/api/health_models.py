"""Health of cameras over HTTP: what is sent, and what is answered. Times are RFC 3339, UTC."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from geoserver.api.models import Answer
from layers.health.orders import By, OrderState, Trouble
from layers.health.plan import OrderRules, Schedule
from layers.health.rates import Axis, Targets
from layers.health.thresholds import ImageFault, Thresholds

Note = Annotated[str, Field(max_length=2_000)]
Name = Annotated[str, Field(max_length=200)]
Version = Annotated[int | None, Field(ge=1, description="that was read, where no If-Match header names it")]
Online = Literal["true", "false", "unknown"]
Mark = bool | None


class RateTold(Answer):
    """Good ones of all, against a target; ``share`` is 0 to 1, null where there is no camera."""

    good: int
    bad: int
    unknown: int
    total: int
    share: float | None
    target: float
    reached: Mark


class GroupRates(Answer):
    """The three rates of a group of cameras: all, or those of an area, owner or tier."""

    axis: Axis
    group: str
    name: str
    online: RateTold
    intact: RateTold
    connected: RateTold


class FaultCount(Answer):
    """How many cameras have a fault now."""

    fault: ImageFault
    cameras: int


class ChecksTold(Answer):
    """How checking goes. ``picture_round_s`` is how long one round over all pictures takes at this pace; ``waiting``
    counts the cameras whose picture was not judged within the round."""

    enabled: bool
    reached_at: str | None
    reach_round_s: float
    judged_last_hour: int
    picture_round_s: float | None
    waiting: int


class OrdersTold(Answer):
    """Repair orders that stand, and those of them that are late."""

    open: int
    overdue: int


class HealthBoard(Answer):
    """What the cameras' administrator sees first; only cameras that the caller sees are counted."""

    at: str
    cameras: int
    targets: Targets
    rates: list[GroupRates]
    faults: list[FaultCount]
    checks: ChecksTold
    orders: OrdersTold


class CameraHealth(Answer):
    """One camera's health. ``why`` says why it was not reached or could not be tried; ``order`` is the repair order
    that stands."""

    camera: str
    name: str
    tier: int
    district: str
    street: str
    owner: str
    contractor: str
    lon: float
    lat: float
    online: Mark
    online_since: str | None
    reached_at: str | None
    why: str | None
    why_text: str | None
    faults: list[ImageFault]
    judged_at: str | None
    order: str | None


class CamerasHealth(Answer):
    """A page of cameras."""

    total: int
    items: list[CameraHealth]


class VerdictTold(Answer):
    """On one fault; ``judged`` says whether it could be told, ``text`` explains."""

    fault: ImageFault
    found: bool
    judged: bool
    measured: float | None
    threshold: float
    unit: str
    text: str


class FaultPicture(Answer):
    """A kept picture."""

    at: str
    fault: ImageFault | None
    href: str


class ReferencePicture(Answer):
    """The picture when it was good."""

    at: str
    href: str


class StateSpan(Answer):
    """A state that lasted; ``to`` null: it lasts."""

    from_: str = Field(alias="from")
    to: str | None
    state: Literal["online", "offline"] | ImageFault


class CameraHealthDetail(CameraHealth):
    """One camera's health with its last judgement, pictures and 90 days of history, newest first."""

    verdicts: list[VerdictTold]
    pictures: list[FaultPicture]
    reference: ReferencePicture | None
    history: list[StateSpan]


class ReferenceWanted(BaseModel):
    """Take the picture of now as the good one."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Literal["now"] = Field(default="now", alias="from")


class SettingField(Answer):
    """One value that can be set: its usual value, bounds, unit and meaning."""

    name: str
    value: float
    default: float
    least: float | None
    most: float | None
    unit: str
    text: str


class HealthSettings(Answer):
    """What is set about health; ``version`` counts the changes, 0 = as it comes."""

    version: int
    thresholds: Thresholds
    targets: Targets
    schedule: Schedule
    orders: OrderRules
    fields: list[SettingField]


class HealthSettingsWanted(BaseModel):
    """All that is to be set, and the version that was read; a part that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=0)]
    thresholds: Thresholds | None = None
    targets: Targets | None = None
    schedule: Schedule | None = None
    orders: OrderRules | None = None


class RepairOrder(Answer):
    """A repair order. ``deadline`` is until when it should be good again."""

    id: str
    kind: Literal["repair-order"]
    version: int
    lon: float
    lat: float
    area: str
    camera: str
    camera_name: str
    tier: int
    district: str
    street: str
    community: str
    faults: list[Trouble]
    contractor: str
    owner: str
    opened_at: str
    opened_by: By
    deadline: str
    overdue: bool
    state: OrderState
    fixed_at: str | None
    closed_at: str | None
    closed_by: By | None
    note: str


class RepairOrders(Answer):
    """A page of repair orders."""

    total: int
    items: list[RepairOrder]


class NewOrder(BaseModel):
    """A repair order by hand. Contractor and deadline follow from the camera and the faults where they are left
    out."""

    model_config = ConfigDict(extra="forbid")

    camera: Annotated[str, Field(min_length=1, max_length=128)]
    faults: Annotated[list[Trouble], Field(min_length=1, max_length=10)]
    contractor: Name | None = None
    deadline: AwareDatetime | None = None
    note: Annotated[str, Field(max_length=2_000)] = ""


class OrderPatch(BaseModel):
    """A change of a repair order; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    contractor: Name = ""
    deadline: AwareDatetime | None = None
    note: Annotated[str, Field(max_length=4_000)] = ""
    version: Version = None


class OrderMove(BaseModel):
    """What goes with a step of a repair order."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""
    version: Version = None


class AssessmentRow(Answer):
    """One contractor's month. ``score`` is 0 to 100."""

    contractor: str
    cameras: int
    online_share: float | None
    intact_share: float | None
    faults: int
    orders: int
    on_time: int
    late: int
    open: int
    mean_repair_h: float | None
    score: float


class Assessment(Answer):
    """All contractors' month, by the clocks of the city."""

    month: str
    leased: Mark
    rows: list[AssessmentRow]
