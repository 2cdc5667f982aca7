"""What is sent to sign in, and what is answered about who is signed in."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from geoserver.api.models import Answer
from geoserver.openid.options import Local
from layers.cameras.model import Tier

Secret = Annotated[str, Field(min_length=1, max_length=1_000)]


class SignInWanted(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Secret


class PasswordWanted(BaseModel):
    """The password as it is, and as it shall be."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    old: Secret
    new: Secret


class RoleHeld(Answer):
    """A role, and where it holds. ``areas`` are codes, each with all below it; ``*`` is everywhere."""

    role: str
    areas: list[str]
    tiers: list[Tier] | None = Field(description="of cameras; null: all of them")


class AccountSeen(Answer):
    """Who is signed in.

    ``may`` is for showing buttons, not for doing what they stand for: action → kinds to which it may be done
    somewhere. ``after_agreement`` likewise: what may be done once another person has agreed. ``ends_at`` is when one
    has to sign in again at the latest.
    """

    name: str
    title: str
    must_change: bool = Field(description="the password was given for one time: only another one can be set")
    roles: list[RoleHeld]
    may: dict[str, list[str]]
    after_agreement: dict[str, list[str]]
    ends_at: AwareDatetime
    openid: bool = Field(description="signed in through the provider: there is no password of theirs to change here")


class ProviderSeen(Answer):
    """The provider that people may sign in through, at ``/api/session/openid``."""

    names: dict[str, str] = Field(description="language (zh, en) → what stands on its button")
    local: Local = Field(description="who may still sign in by a password")


class SessionSeen(Answer):
    """Who is signed in, if anybody is."""

    account: AccountSeen | None
    openid: ProviderSeen | None = Field(description="null: people sign in by a password alone")


class Onward(Answer):
    """Where to go on to."""

    onward: str
