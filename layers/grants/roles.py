"""Roles: named bundles of grants. A person is given a role for some areas, and holds its grants there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, field_validator

from layers.cameras.model import Tier
from layers.grants.model import ANY, Code, Grant, Network, Window

TIERED = frozenset({"camera", "repair-order"})
"""Kinds whose things have tiers: only there does a role given for some tiers differ."""
SEEN = frozenset(
    {
        "camera",
        "privacy-volume",
        "incident",
        "checkpoint",
        "zone",
        "crossing",
        "unit",
        "vehicle",
        "repair-order",
        "area",
        "building",
        "road",
        "coverage",
    }
)
"""What everyone at a desk sees. A new kind is seen by nobody before it is written here or in a role."""
HANDLED = frozenset({"accept", "dispatch", "arrive", "resolve", "close", "note"})
"""What is done to an incident in the course of duty."""
WRITTEN = frozenset({"create", "change", "remove"})
REPAIRED = frozenset({"create", "change", "accept", "fixed", "close", "cancel", "reopen"})
"""What is done with repair orders by who looks after the cameras."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Actions on kinds, within whatever areas the role is given for."""

    actions: frozenset[str]
    kinds: frozenset[str]
    approval: bool = False


def _rule(actions: Collection[str], kinds: Collection[str], approval: bool = False) -> Rule:
    return Rule(frozenset(actions), frozenset(kinds), approval)


_DESK = (_rule({"see"}, SEEN), _rule({"watch"}, {"camera"}))
_DUTY = (
    *_DESK,
    _rule({"create", "change", *HANDLED}, {"incident"}),
    _rule({"aim"}, {"camera"}),
    _rule({"track", "assign"}, {"vehicle"}),
)

ROLES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "operator": _DUTY,
        "planner": (*_DESK, _rule({"export"}, SEEN), _rule(WRITTEN, {"camera", "zone"})),
        "commander": (
            *_DUTY,
            _rule({"supervise"}, {"incident"}),
            _rule({"agree", "export"}, SEEN),
            _rule(WRITTEN, {"zone"}),
            _rule({"unmask"}, {"camera"}, approval=True),
        ),
        "administrator": (
            *_DESK,
            _rule(WRITTEN | {"export"}, {"camera", "privacy-volume", "checkpoint", "zone", "unit", "vehicle"}),
            _rule({"track"}, {"vehicle"}),
            _rule({"maintain"}, {"camera"}),
            _rule(REPAIRED | {"export"}, {"repair-order"}),
            _rule({ANY}, {"account", "grant", "credential"}),
            _rule({"see", "export"}, {"journal"}),
        ),
        "integrator": (
            _rule({"see"}, SEEN),
            _rule({"create", "change"}, {"incident", "checkpoint", "vehicle"}),
            _rule({"track"}, {"vehicle"}),
            _rule({"create"}, {"position", "fix"}),
        ),
    }
)
"""Role → what it is made of.

An administrator gives grants, and reads the journal that says so; they do not work incidents. Nobody changes
the journal. An integrator is a system, and watches nothing.
"""


class Post(BaseModel):
    """A role as it is given to somebody: where, and under what limits.

    Attributes
    ----------
    role : its name
    areas : codes, as in a grant
    tiers : of cameras; other kinds stay as they are
    networks, window : as in a grant
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    areas: frozenset[Code] = Field(min_length=1)
    tiers: frozenset[Tier] | None = Field(default=None, min_length=1)
    networks: frozenset[Network] | None = Field(default=None, min_length=1)
    window: Window | None = None

    @field_validator("role")
    @classmethod
    def _is_known(cls, role: str) -> str:
        if role not in ROLES:
            raise ValueError(f"there is no role {role}; the roles are {', '.join(ROLES)}")
        return role

    def grants(self) -> tuple[Grant, ...]:
        """The grants that it comes to."""
        return tuple(
            Grant(
                id=f"{self.role}.{number}{'.tiers' if narrowed is not None else ''}",
                actions=rule.actions,
                kinds=kinds,
                areas=self.areas,
                tiers=narrowed,
                networks=self.networks,
                window=self.window,
                approval=rule.approval,
            )
            for number, rule in enumerate(ROLES[self.role], start=1)
            for kinds, narrowed in _by_tier(rule.kinds, self.tiers)
        )


def _by_tier(
    kinds: frozenset[str], tiers: Collection[Tier] | None
) -> list[tuple[frozenset[str], frozenset[Tier] | None]]:
    """Kinds as one grant takes them: those with tiers apart where tiers are given."""
    if tiers is None:
        return [(kinds, None)]
    split = [(kinds & TIERED, frozenset(tiers)), (kinds - TIERED, None)]
    return [(some, narrowed) for some, narrowed in split if some]
