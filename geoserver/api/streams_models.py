"""What is sent and answered about moving pictures of cameras."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer
from geoserver.streams.model import Form
from geoserver.streams.offered import Role
from geoserver.streams.reencoders import Room

Purpose = Annotated[str, Field(max_length=500, description="why; goes into the journal")]


class StreamTold(Answer):
    """A stream of a camera."""

    id: str
    role: Role
    codec: str | None = Field(description="as browsers name it: read before, or asked of the camera; null: not known")
    width: int | None
    height: int | None
    playable: bool | None = Field(description="whether browsers play it as the caller is sent it; null: not known")


class StreamsTold(Answer):
    """What may be watched of a camera."""

    camera: str
    streams: list[StreamTold]
    simulated: bool = Field(description="rendered from the model of the city, with vehicles made up")
    ptz: bool
    masked: bool = Field(description="privacy volumes are blank for the caller")
    purpose_needed: bool = Field(description="the caller's grant asks why")
    reencoding: Room = Field(description="whether another stream could be encoded anew now; off: none ever is")


class TicketWanted(BaseModel):
    """Which stream is to be watched, and why."""

    model_config = ConfigDict(extra="forbid")

    stream: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    purpose: Purpose = ""
    form: Form = Field(
        "original",
        description="as it comes; encoded anew where browsers do not play it; or a picture every few seconds",
    )
    direct: bool = Field(False, description="from this server, also where a media server sends streams")


class TicketTold(Answer):
    """A ticket: good once, for the same log-in."""

    ticket: str
    expires_in_s: float
    camera: str
    stream: str
    form: Form


class TicketGiven(BaseModel):
    """A ticket that is traded."""

    model_config = ConfigDict(extra="forbid")

    ticket: Annotated[str, Field(min_length=1, max_length=200)]


class ViewingTold(Answer):
    """A viewing session: its id is asked for with every part of the picture."""

    session: str
    camera: str
    stream: str
    form: Form
    mark: str = Field(description="who watches, since when; lies over the picture")
    masked: bool
    keep_alive_s: float = Field(description="a session that is not used for so long is over")


class Admitted(Answer):
    """Somebody may have what they ask of a media server."""

    code: int = Field(description="0, as ZLMediaKit expects it")
