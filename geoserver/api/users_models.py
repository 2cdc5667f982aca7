"""What is sent and answered about accounts: people, their sessions, their tokens, and roles."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from geoserver.api.models import Answer
from geoserver.api.session_models import RoleHeld
from layers.grants.model import Network, Window
from layers.grants.roles import Post

Title = Annotated[str, Field(max_length=200)]
Posts = Annotated[list[Post], Field(max_length=50)]
Actions = dict[str, list[str]]
"""Action → kinds."""


class NewUser(BaseModel):
    """An account to be made; its one-time password is made with it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=2, max_length=40, description="letters, digits, dots, hyphens, underscores")]
    title: Title = Field(default="", description="as shown; the name where it is empty")
    posts: Posts = Field(default_factory=list)


class UserPatch(BaseModel):
    """What is to be changed of an account; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    posts: Posts | None = None
    disabled: bool | None = None


class NewToken(BaseModel):
    """A token to be made for a system."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(max_length=200)] = ""
    scopes: Annotated[list[str], Field(min_length=1, max_length=50, description="action:kind; either of them *")]
    days: Annotated[int, Field(ge=1, le=730)] = 90


class PostHeld(RoleHeld):
    """A role as it was given to somebody."""

    networks: list[Network] | None = Field(description="that the caller may ask from; null: from any")
    window: Window | None = Field(description="when it holds; null: always")


class UserSeen(Answer):
    """An account. ``sessions``, ``tokens``: how many there are that can still be used."""

    name: str
    title: str
    state: Literal["active", "once", "disabled"] = Field(description="once: its one-time password was not changed yet")
    posts: list[PostHeld]
    sessions: int
    tokens: int


class UsersSeen(Answer):
    """All accounts, by name."""

    users: list[UserSeen]


class OneTime(Answer):
    """A one-time password, which is told once and kept nowhere."""

    password: str


class UserMade(OneTime):
    """A new account, and its one-time password."""

    user: UserSeen


class SessionRow(Answer):
    """A browser that is signed in. ``id`` names it and opens nothing."""

    id: str
    address: str
    made: AwareDatetime
    seen: AwareDatetime


class SessionsSeen(Answer):
    """Where somebody is signed in."""

    sessions: list[SessionRow]


class Ended(Answer):
    """How many sessions were ended."""

    ended: int


class TokenRow(Answer):
    """A token. ``id`` names it and opens nothing."""

    id: str
    label: str
    scopes: list[str]
    made: AwareDatetime
    expires: AwareDatetime
    seen: AwareDatetime | None = Field(description="when it was used last, to a minute")


class TokensSeen(Answer):
    """The tokens of an account."""

    tokens: list[TokenRow]


class TokenMade(Answer):
    """A new token, and its secret, which is told once; only its digest is kept."""

    token: TokenRow
    secret: str


class RoleSeen(Answer):
    """A role, and what it is made of."""

    role: str
    actions: Actions
    approval: Actions = Field(description="what is done only after another person has agreed")


class RolesSeen(Answer):
    """All roles."""

    roles: list[RoleSeen]
