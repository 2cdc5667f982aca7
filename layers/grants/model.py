"""A grant: who holds it may do some actions, to some kinds, in some areas, at some times.

A grant is a product: every part of it must fit. Grants only add; what no grant names is denied.
"""

from datetime import datetime, time, tzinfo
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from layers.cameras.model import Tier

ANY = "*"
"""In place of an action, a kind or an area: all of them."""
SUBJECTS = frozenset({"account", "grant", "journal", "credential"})
"""What is not a record of the catalogue. ``*`` does not reach them: a grant names them or does not hold them."""
Network = Literal["public-security", "video", "government-extranet"]
"""The network zone that a caller asks from."""
Word = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9-]{0,39})$")]
Code = Annotated[str, Field(pattern=r"^(\*|[^\s*]{1,40})$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
"""1 is Monday, 7 Sunday."""
ALL_WEEK = frozenset(range(1, 8))


class Window(BaseModel):
    """When a grant holds.

    Attributes
    ----------
    starts, ends : from the first, up to but without the second; None = open
    days : of the week, on which a shift begins
    begin, until : by the clock of the city, the second without itself; up to or before ``begin`` means on the
        next day, so 20:00 to 06:00 of a Friday ends on Saturday; None = all day
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    days: frozenset[Weekday] = Field(default=ALL_WEEK, min_length=1)
    begin: time | None = None
    until: time | None = None

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if (self.begin is None) != (self.until is None):
            raise ValueError("begin and until go together; give both or neither")
        if any(clock is not None and clock.tzinfo is not None for clock in (self.begin, self.until)):
            raise ValueError("begin and until are read on the clock of the city; leave the time zone out")
        if self.starts is not None and self.ends is not None and self.starts >= self.ends:
            raise ValueError("a window ends after it starts")
        return self

    def is_open(self, at: datetime, tz: tzinfo) -> bool:
        """Whether a time (aware) lies in the window; ``tz`` is the city's."""
        if (self.starts is not None and at < self.starts) or (self.ends is not None and at >= self.ends):
            return False
        local = at.astimezone(tz)
        today, clock = local.isoweekday(), local.time()
        if self.begin is None or self.until is None:
            return today in self.days
        if self.begin < self.until:
            return today in self.days and self.begin <= clock < self.until
        yesterday = (today + 5) % 7 + 1
        return (clock >= self.begin and today in self.days) or (clock < self.until and yesterday in self.days)


class Grant(BaseModel):
    """One grant.

    Attributes
    ----------
    id : names it in approvals and in the journal
    actions : "see", what the catalogue lists for the kind, "export", "watch", "aim", "unmask", …; ``*`` for all
    kinds : of the catalogue, ``*`` for all of them, or subjects by name
    areas : codes; each reaches down to all areas below it. ``*`` also reaches what lies in no area
    tiers : of cameras; None = whatever the tier, and things without one. A grant that names tiers reaches
        nothing without a tier
    networks : zones that the caller may ask from; None = from any, and where it is not known
    window : when it holds; None = always
    approval : what it allows is done only after another person has agreed
    purpose : what it allows is done only with a purpose told, which is noted in the journal
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=80)
    actions: frozenset[Word] = Field(min_length=1)
    kinds: frozenset[Word] = Field(min_length=1)
    areas: frozenset[Code] = Field(min_length=1)
    tiers: frozenset[Tier] | None = Field(default=None, min_length=1)
    networks: frozenset[Network] | None = Field(default=None, min_length=1)
    window: Window | None = None
    approval: bool = False
    purpose: bool = False

    def holds(self, at: datetime, tz: tzinfo, network: str | None) -> bool:
        """Whether it holds at a time (aware), for a caller from a network zone (None: not known)."""
        from_there = self.networks is None or network in self.networks
        return from_there and (self.window is None or self.window.is_open(at, tz))

    def names(self, action: str, kind: str) -> bool:
        """Whether it is about an action on a kind, somewhere."""
        done = ANY in self.actions or action in self.actions
        return done and (kind in self.kinds or (ANY in self.kinds and kind not in SUBJECTS))

    def takes(self, tier: int | None) -> bool:
        """Whether it is about cameras of a tier, or things without one."""
        return self.tiers is None or tier in self.tiers
