"""Roles: named bundles of grants. A person is given a role for some areas, and holds its grants there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layers.cameras.model import Tier
from layers.grants.model import ANY, Grant, Network, Window

TIERED = frozenset({"camera"})
"""Kinds whose things have tiers: only there does a role given for some tiers differ."""
SEEN = frozenset(
    {"camera", "privacy-volume", "incident", "checkpoint", "zone", "unit", "area", "building", "road", "coverage"}
)
"""What everyone at a desk sees. A new kind is seen by nobody before it is written here or in a role."""
HANDLED = frozenset({"accept", "dispatch", "arrive", "resolve", "close", "note"})
"""What is done to an incident in the course of duty."""
WRITTEN = frozenset({"create", "change", "remove"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Actions on kinds, within whatever areas the role is given for."""

    actions: frozenset[str]
    kinds: frozenset[str]
    approval: bool = False


def _rule(actions: Collection[str], kinds: Collection[str], approval: bool = False) -> Rule:
    return Rule(frozenset(actions), frozenset(kinds), approval)


_DESK = (_rule({"see"}, SEEN), _rule({"watch"}, {"camera"}))
_DUTY = (*_DESK, _rule({"create", "change", *HANDLED}, {"incident"}), _rule({"aim"}, {"camera"}))

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
            _rule(WRITTEN | {"export"}, {"camera", "privacy-volume", "checkpoint", "zone", "unit"}),
            _rule({ANY}, {"account", "grant", "credential"}),
            _rule({"see", "export"}, {"journal"}),
        ),
        "integrator": (_rule({"see"}, SEEN), _rule({"create", "change"}, {"incident", "checkpoint"})),
    }
)
"""Role → what it is made of.

An administrator gives grants, and reads the journal that says so; they do not work incidents. Nobody changes
the journal. An integrator is a system, and watches nothing.
"""


def grants_of(
    role: str,
    areas: Collection[str],
    *,
    tiers: Collection[Tier] | None = None,
    networks: Collection[Network] | None = None,
    window: Window | None = None,
) -> tuple[Grant, ...]:
    """The grants that a role comes to where it is given for some areas, tiers, network zones and times.

    Tiers narrow what is done with cameras and leave other kinds as they are.

    Raises
    ------
    KeyError
        There is no such role.
    """
    return tuple(
        Grant(
            id=f"{role}.{number}{'.tiers' if narrowed is not None else ''}",
            actions=rule.actions,
            kinds=kinds,
            areas=frozenset(areas),
            tiers=narrowed,
            networks=None if networks is None else frozenset(networks),
            window=window,
            approval=rule.approval,
        )
        for number, rule in enumerate(ROLES[role], start=1)
        for kinds, narrowed in _by_tier(rule.kinds, tiers)
    )


def _by_tier(
    kinds: frozenset[str], tiers: Collection[Tier] | None
) -> list[tuple[frozenset[str], frozenset[Tier] | None]]:
    """Kinds as one grant takes them: those with tiers apart where tiers are given."""
    if tiers is None:
        return [(kinds, None)]
    split = [(kinds & TIERED, frozenset(tiers)), (kinds - TIERED, None)]
    return [(some, narrowed) for some, narrowed in split if some]
