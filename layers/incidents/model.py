"""The incident record: a call or report with its place, time, category, severity and state. Values only."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from layers.incidents.cap.alert import Reference
from layers.record import Moment, Record

Source = Literal["110", "119", "120", "122", "hand", "cap"]
"""The dispatch line that it came from; hand: noticed in the control room; cap: an alert of another system."""
Category = Literal[
    "fire",
    "rescue",
    "hazardous-material",
    "medical",
    "traffic-accident",
    "traffic-jam",
    "theft",
    "robbery",
    "assault",
    "dispute",
    "disturbance",
    "missing-person",
    "fraud",
    "suspicious",
    "false-alarm",
    "help",
    "other",
]
Severity = Literal[1, 2, 3, 4]
"""1 is the most severe."""
State = Literal["reported", "accepted", "dispatched", "on-scene", "resolved", "closed"]

SOURCES: tuple[Source, ...] = get_args(Source)
CATEGORIES: tuple[Category, ...] = get_args(Category)
STATES: tuple[State, ...] = get_args(State)
MOST_NOTES = 1_000
MOST_STEPS = 200
MOST_PICTURES = 40
MOST_ALERTS = 200


class Step(BaseModel):
    """An incident came into a state.

    Attributes
    ----------
    by : who moved it
    unit : the unit that it was given to, where the step names one
    request : mark of the request that made it, so that the same request makes it once
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State
    at: Moment
    by: str = Field(default="", max_length=200)
    unit: str = Field(default="", max_length=200)
    remark: str = Field(default="", max_length=2_000)
    request: str = Field(default="", max_length=64)


class Note(BaseModel):
    """What somebody wrote down about an incident; never changed, only added."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Moment
    by: str = Field(default="", max_length=200)
    text: str = Field(min_length=1, max_length=2_000)
    request: str = Field(default="", max_length=64)


class Picture(BaseModel):
    """A photograph of an incident; its bytes are kept beside the records, by its id.

    Attributes
    ----------
    id : SHA-256 of its bytes, in hexadecimal
    width_px, height_px, size : of the picture as it is kept; size in bytes
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[0-9a-f]{64}$")
    at: Moment
    by: str = Field(default="", max_length=200)
    width_px: int = Field(ge=1, le=20_000)
    height_px: int = Field(ge=1, le=20_000)
    size: int = Field(ge=1)


class Incident(Record):
    """A call or report.

    Attributes
    ----------
    source, number : the dispatch line, and the number that it gave; "" = none
    category, subcategory : what it is, and the source's own words for it
    within_m : the true place lies no farther than this from lon, lat; None = the place is exact
    reference : a masked map reference as it was given, or ""
    reported_at : when the call came in; also ``valid_from``
    state, steps : where it stands, and how it came there, oldest first; ``valid_to`` is when it was closed
    deadline : until when it should leave its state; None = it may stay
    unit : the unit it is given to: the id of a unit record, or a name
    supervised : marked for attention by a person; one past its deadline needs no mark
    notes, pictures : what was written down and photographed, oldest first
    duplicate_of : id of the incident that tells the same event, or ""
    exercise : nothing of it is real
    expires_at : until when it holds, as its alerts say; None = they do not say
    alerts : the CAP messages that told it, in the order of their times
    request : mark of the document that made it, so that a repeated one is known again
    district, street, community : codes of the areas it lies in, or ""
    """

    kind: Literal["incident"] = "incident"
    source: Source = "hand"
    number: str = Field(default="", max_length=100)
    category: Category
    subcategory: str = Field(default="", max_length=300)
    severity: Severity = 3
    description: str = Field(default="", max_length=4_000)
    address: str = Field(default="", max_length=300)
    within_m: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    reference: str = Field(default="", max_length=100)
    reported_at: Moment
    state: State = "reported"
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = ()
    deadline: AwareDatetime | None = None
    unit: str = Field(default="", max_length=200)
    supervised: bool = False
    notes: Annotated[tuple[Note, ...], Field(max_length=MOST_NOTES)] = ()
    pictures: Annotated[tuple[Picture, ...], Field(max_length=MOST_PICTURES)] = ()
    duplicate_of: str = Field(default="", max_length=128)
    exercise: bool = False
    expires_at: Moment | None = None
    alerts: Annotated[tuple[Reference, ...], Field(max_length=MOST_ALERTS)] = ()
    request: str = Field(default="", max_length=64)
    district: str = ""
    street: str = ""
    community: str = ""

    @model_validator(mode="before")
    @classmethod
    def _find_validity(cls, data: Any) -> Any:
        """It is valid from the report until it is closed, whatever was given for that."""
        if not isinstance(data, Mapping):
            return data
        steps = data.get("steps") or ()
        last = steps[-1] if isinstance(steps, list | tuple) and steps else None
        at = last.get("at") if isinstance(last, Mapping) else getattr(last, "at", None)
        closed = at if data.get("state") == "closed" else None
        return {**data, "valid_from": data.get("reported_at"), "valid_to": closed}

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.steps and self.steps[-1].state != self.state:
            raise ValueError("steps end in another state than the incident's")
        if any(later.at < earlier.at for earlier, later in zip(self.steps, self.steps[1:], strict=False)):
            raise ValueError("steps are not in the order of their times")
        if self.duplicate_of and self.duplicate_of == self.id:
            raise ValueError("duplicate_of names the incident itself")
        return self

    @property
    def exact(self) -> bool:
        """Whether the place is a spot, and not somewhere in a circle."""
        return self.within_m is None

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state not in ("resolved", "closed")
