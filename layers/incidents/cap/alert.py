"""An alert of CAP 1.2 (OASIS, 1 July 2010), §3.2. Values only; names are the standard's own, in our spelling."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.record import Moment

Version = Literal["1.1", "1.2"]
Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
MessageType = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
Scope = Literal["Public", "Restricted", "Private"]
CapCategory = Literal[
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
CapSeverity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Point = tuple[Longitude, Latitude]
Name = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\s,<&]+$")]
"""What identifies an alert or its sender: without spaces, commas and markup (§3.2.1)."""
Text = Annotated[str, Field(max_length=20_000)]
Pair = tuple[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Circle(_Part):
    """All places so near to one."""

    centre: Point
    radius_m: Annotated[float, Field(ge=0, le=40_000_000, allow_inf_nan=False)]


class Area(_Part):
    """Where it holds: the union of all that is given (§3.2.4)."""

    description: Text = ""
    polygons: tuple[Annotated[tuple[Point, ...], Field(min_length=4)], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Pair, ...] = ()


class Info(_Part):
    """What an alert says, in one language (§3.2.2)."""

    language: str = Field(default="en-US", max_length=40)
    categories: Annotated[tuple[CapCategory, ...], Field(min_length=1)]
    event: Annotated[str, Field(min_length=1, max_length=500)]
    urgency: Urgency
    severity: CapSeverity
    certainty: Certainty
    event_codes: tuple[Pair, ...] = ()
    effective: Moment | None = None
    onset: Moment | None = None
    expires: Moment | None = None
    sender_name: Text = ""
    headline: Text = ""
    description: Text = ""
    instruction: Text = ""
    web: Text = ""
    contact: Text = ""
    parameters: tuple[Pair, ...] = ()
    areas: tuple[Area, ...] = ()


class Reference(_Part):
    """Another alert that one is about."""

    sender: Name
    identifier: Name
    sent: Moment


class Alert(_Part):
    """One message (§3.2.1)."""

    version: Version = "1.2"
    identifier: Name
    sender: Name
    sent: Moment
    status: Status
    message_type: MessageType
    scope: Scope
    restriction: Text = ""
    source: Text = ""
    note: Text = ""
    references: tuple[Reference, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def is_exercise(self) -> bool:
        """Whether nothing of it is real, and it is played through all the same."""
        return self.status == "Exercise"

    @property
    def reference(self) -> "Reference":
        """How other messages name this one."""
        return Reference(sender=self.sender, identifier=self.identifier, sent=self.sent)
