"""A second person's agreement: who may give it, what it opens, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from layers.errors import LayersError
from layers.grants.model import Grant
from layers.grants.permissions import TIERS, Permissions

AGREE = "agree"
LASTS = timedelta(hours=1)
WAITS = timedelta(minutes=15)
"""A request that nobody has answered by then is void."""


class NoAgreement(LayersError):
    """This person cannot agree to this request."""

    code = "no-agreement"
    text = "{by} cannot agree to what {asker} asks. Ask another person who may, or ask again."


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody's request to use a grant that needs agreement, and the purpose they state."""

    asker: str
    grant: Grant
    purpose: str
    asked: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """Opens one grant of one person until a time."""

    person: str
    grant: str
    by: str
    purpose: str
    until: datetime

    def opens(self, person: str, at: datetime) -> bool:
        """Whether it holds for a person at a time (aware)."""
        return self.person == person and at < self.until


def agreed(wish: Wish, by: str, may: Permissions, at: datetime) -> Agreement:
    """The agreement of another person, who may agree to all that the grant is about.

    Raises
    ------
    NoAgreement
        It is the same person, or one who may not agree to all of it, or the request is too old.
    """
    if by == wish.asker:
        reason = "same-person"
    elif not wish.asked <= at < wish.asked + WAITS:
        reason = "too-late"
    elif not _reaches(may, wish.grant):
        reason = "beyond-grants"
    else:
        return Agreement(wish.asker, wish.grant.id, by, wish.purpose, at + LASTS)
    raise NoAgreement(by=by, asker=wish.asker, reason=reason)


def _reaches(may: Permissions, grant: Grant) -> bool:
    """``*`` stands for itself here: only who may agree to every kind or area may agree to a grant for them all."""
    return all(
        may.allows(AGREE, kind, area=area, tier=tier)
        for kind in grant.kinds
        for area in grant.areas
        for tier in (grant.tiers or TIERS)
    )
