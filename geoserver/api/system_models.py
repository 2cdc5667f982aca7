"""What the server tells of itself."""

from typing import Literal

from pydantic import Field

from geoserver.api.models import Answer


class Readiness(Answer):
    """Whether people can work with this server, and what is in the way."""

    status: Literal["ready", "not-ready"]
    database: bool = Field(description="it answers")
    disk: bool = Field(description="it has room")
