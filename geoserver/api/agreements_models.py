"""What is sent and answered about a second person's agreement."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from geoserver.accounts.kept_agreements import State
from geoserver.api.models import Answer
from layers.cameras.model import Tier

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Area = Annotated[str, Field(pattern=r"^[^\s*]{1,40}$", description="code")]
Purpose = Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]


class AgreementWanted(BaseModel):
    """What somebody wants to do that needs another person's agreement, and for what purpose."""

    model_config = ConfigDict(extra="forbid")

    action: Word
    kind: Word
    area: Annotated[str | None, Field(pattern=r"^[^\s*]{1,40}$", description="code; null: all areas of the grant")] = (
        None
    )
    purpose: Purpose


class AgreementTold(Answer):
    """A request, and what became of it."""

    id: str
    asker: str
    asker_title: str
    action: str
    kind: str
    areas: list[str] = Field(description="codes, each with all below it; * is everywhere")
    tiers: list[Tier] | None = Field(description="of cameras; null: all of them")
    purpose: str
    state: State = Field(description="lapsed: nobody answered in time; over: agreed to, and its time has passed")
    asked: AwareDatetime
    waits_until: AwareDatetime
    by: str | None = Field(description="who answered")
    by_title: str | None
    answered: AwareDatetime | None
    until: AwareDatetime | None = Field(description="it opens something up to then")
    mine: bool
    answerable: bool = Field(description="whether it waits for an answer that the caller may give")
    withdrawable: bool


class AgreementsTold(Answer):
    """Of the last week, the newest first."""

    agreements: list[AgreementTold]
    waiting: int = Field(description="how many wait for an answer that the caller may give")
