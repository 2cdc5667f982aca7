"""A second person's agreement: who may give it, what it opens, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from layers.errors import LayersError
from layers.grants.model import ANY, Grant
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


def part_asked(may: Permissions, id_: str, action: str, kind: str, area: str | None) -> Grant | None:
    """What somebody would be agreed to: of a grant of theirs that needs agreement, one action, one kind and one area.

    ``area`` None asks for all areas that the grant names. None where no grant of theirs waits for agreement to it.
    """
    for held in may.waiting(action, kind):
        asked = held.model_copy(update={"id": id_, "actions": frozenset({action}), "kinds": frozenset({kind})})
        if area is not None:
            asked = asked.model_copy(update={"areas": frozenset({area})})
        if _holds_part(may, held, asked):
            return asked
    return None


def with_agreed(may: Permissions, parts: Iterable[Grant]) -> Permissions:
    """What somebody may do with what was agreed to, as far as they still hold the grants that it was a part of."""
    standing = [one for one in parts if any(held.approval and _holds_part(may, held, one) for held in may.grants)]
    opened = may.agreed | {one.id for one in standing}
    return replace(may, grants=(*may.grants, *standing), agreed=opened) if standing else may


def _holds_part(may: Permissions, held: Grant, part: Grant) -> bool:
    """Whether a grant reaches all of a part, under the same limits as when it was asked for."""
    limits = {"id": part.id, "actions": part.actions, "kinds": part.kinds, "areas": part.areas}
    named = all(held.names(action, kind) for action in part.actions for kind in part.kinds)
    lies_in = ANY in held.areas or part.areas <= held.areas or part.areas <= may.tree.under(held.areas)
    return named and lies_in and held.model_copy(update=limits) == part


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
    elif not may_agree(may, wish.grant):
        reason = "beyond-grants"
    else:
        return Agreement(wish.asker, wish.grant.id, by, wish.purpose, at + LASTS)
    raise NoAgreement(by=by, asker=wish.asker, reason=reason)


def may_agree(may: Permissions, grant: Grant) -> bool:
    """Whether somebody may agree to all of a grant of another person.

    ``*`` stands for itself here: only who may agree to every kind or area may agree to a grant for them all.
    """
    return all(
        may.allows(AGREE, kind, area=area, tier=tier)
        for kind in grant.kinds
        for area in grant.areas
        for tier in (grant.tiers or TIERS)
    )
