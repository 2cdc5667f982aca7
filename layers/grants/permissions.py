"""What somebody may do now: their grants that hold, asked one thing at a time or turned into a query."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Literal, Self

from layers.grants.model import ANY, Grant
from layers.grants.tree import AreaTree
from layers.record import Record

Verdict = Literal["allowed", "approval", "denied"]
"""approval: a grant allows it, once another person has agreed."""
Areas = frozenset[str] | None
"""Codes, all levels spelled out; None = everywhere, also outside all areas."""
NOWHERE: frozenset[str] = frozenset()
TIERS: tuple[int | None, ...] = (None, 1, 2, 3)
"""None: a thing without a tier."""
SEE = "see"


@dataclass(frozen=True, slots=True)
class Part:
    """Some tiers, and where one may reach them. ``tiers`` None = whatever the tier; in it, None = without one."""

    areas: Areas
    tiers: frozenset[int | None] | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody may do one action to one kind: per tier, the areas. Two equal reaches compare equal."""

    action: str
    kind: str
    areas_of: Mapping[int | None, Areas]

    @property
    def key(self) -> Hashable:
        """Equal for reaches that are equal: what was made for one may be kept for the others under it."""
        return self.action, self.kind, frozenset(self.areas_of.items())

    @property
    def is_empty(self) -> bool:
        """Nothing at all: no query needs to be made."""
        return all(areas == NOWHERE for areas in self.areas_of.values())

    @property
    def is_everything(self) -> bool:
        """Every thing of the kind: a query needs no condition."""
        return all(areas is None for areas in self.areas_of.values())

    def covers(self, area: str, tier: int | None = None) -> bool:
        """Whether it reaches a thing in an area ("" = in none), of a tier."""
        areas = self.areas_of.get(tier, NOWHERE)
        return areas is None or area in areas

    def covers_record(self, record: Record) -> bool:
        """Whether it reaches a record; never one of another kind."""
        return record.kind == self.kind and self.covers(record.area, getattr(record, "tier", None))

    def has_tier(self, tier: int | None) -> bool:
        """Whether it reaches every thing of a tier, wherever it is."""
        return self.areas_of.get(tier, NOWHERE) is None

    def parts(self) -> tuple[Part, ...]:
        """The same as conditions for queries: no two parts share a thing; () where there is nothing."""
        grouped: dict[Areas, set[int | None]] = {}
        for tier, areas in self.areas_of.items():
            if areas != NOWHERE:
                grouped.setdefault(areas, set()).add(tier)
        whole = len(grouped) == 1 and all(areas != NOWHERE for areas in self.areas_of.values())
        return tuple(Part(areas, None if whole else frozenset(tiers)) for areas, tiers in grouped.items())


@dataclass(frozen=True, slots=True)
class Permissions:
    """The grants of one caller that hold now. Made for one request; nothing is remembered beyond it.

    Attributes
    ----------
    grants : those that hold at the time and from the network zone asked
    tree : the areas of the city
    agreed : ids of grants to which another person has agreed
    scopes : what a token may be used for, as ``action:kind``, either of them ``*``; None = all that is granted
    """

    grants: tuple[Grant, ...]
    tree: AreaTree
    agreed: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        grants: Iterable[Grant],
        at: datetime,
        tree: AreaTree,
        *,
        tz: tzinfo,
        network: str | None = None,
        agreed: Collection[str] = (),
    ) -> Self:
        """What grants come to at a time (aware), for a caller from a network zone (None: not known)."""
        held = tuple(grant for grant in grants if grant.holds(at, tz, network))
        return cls(held, tree, frozenset(agreed))

    def only(self, scopes: Collection[str]) -> Self:
        """The same, used through a token that is good for some scopes only."""
        return replace(self, scopes=frozenset(scopes))

    def allows(self, action: str, kind: str, *, area: str, tier: int | None = None) -> bool:
        """Whether an action may be done now to a thing in an area ("" = in none), of a tier."""
        return self.verdict(action, kind, area=area, tier=tier) == "allowed"

    def verdict(self, action: str, kind: str, *, area: str, tier: int | None = None) -> Verdict:
        """The same, telling what another person could allow from what nobody can."""
        fitting = self._fitting(action, kind, area, tier)
        if any(self._is_free(grant) for grant in fitting):
            return "allowed"
        return "approval" if fitting else "denied"

    def asks_purpose(self, action: str, kind: str, *, area: str, tier: int | None = None) -> bool:
        """Whether it may be done, but only with a purpose told: no grant allows it without one."""
        free = [grant for grant in self._fitting(action, kind, area, tier) if self._is_free(grant)]
        return bool(free) and all(grant.purpose for grant in free)

    def may(self, action: str, kind: str) -> bool:
        """Whether it may be done to anything at all, anywhere: for showing a button, not for doing it."""
        return not self.reach(action, kind).is_empty

    def waiting(self, action: str, kind: str) -> tuple[Grant, ...]:
        """The grants that would allow it somewhere, once another person has agreed."""
        return tuple(grant for grant in self._about(action, kind) if not self._is_free(grant))

    def reach(self, action: str, kind: str) -> Reach:
        """Where it may be done now, without asking anyone."""
        free = [grant for grant in self._about(action, kind) if self._is_free(grant)]
        return Reach(action, kind, {tier: self._areas(free, tier) for tier in TIERS})

    def sees(self, kind: str) -> Reach:
        """Where things of a kind may be seen: what every query for them is limited to."""
        return self.reach(SEE, kind)

    def _areas(self, grants: Iterable[Grant], tier: int | None) -> Areas:
        found: frozenset[str] = NOWHERE
        for grant in grants:
            if grant.takes(tier):
                if ANY in grant.areas:
                    return None
                found |= self.tree.under(grant.areas)
        return found

    def _fitting(self, action: str, kind: str, area: str, tier: int | None) -> list[Grant]:
        return [
            grant
            for grant in self._about(action, kind)
            if grant.takes(tier) and (ANY in grant.areas or area in self.tree.under(grant.areas))
        ]

    def _about(self, action: str, kind: str) -> list[Grant]:
        if not self._in_scope(action, kind):
            return []
        return [grant for grant in self.grants if grant.names(action, kind)]

    def _is_free(self, grant: Grant) -> bool:
        return not grant.approval or grant.id in self.agreed

    def _in_scope(self, action: str, kind: str) -> bool:
        if self.scopes is None:
            return True
        return not self.scopes.isdisjoint(f"{a}:{k}" for a in (action, ANY) for k in (kind, ANY))


def everywhere(kind: str, action: str = SEE) -> Reach:
    """All things of a kind: for what is worked out for nobody in particular."""
    return Reach(action, kind, dict.fromkeys(TIERS))


def nobody() -> Permissions:
    """Of a caller who has not signed in: nothing."""
    return Permissions((), AreaTree())
