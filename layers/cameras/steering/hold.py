"""Who may steer a camera when two want to: a hold with a time-out, taken over only by a higher priority."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layers.cameras.model import Camera
from layers.grants.model import ANY, Grant
from layers.grants.permissions import Permissions

HELD_S = 20.0
"""So long after their last move nobody of the same priority takes a camera from somebody."""
PRIORITIES: Mapping[str, int] = MappingProxyType({"commander": 8, "operator": 5})
"""By role; what no role says has `PLAIN`. GB/T 28181 knows such numbers too, the higher the sooner."""
PLAIN = 3
WHOLE_CITY = 1
"""More for who steers all of the city's cameras than for who steers some: who is higher up goes first."""


@dataclass(frozen=True, slots=True)
class Steerer:
    """Who steers: name of the account, title as it is shown, priority."""

    name: str
    title: str
    priority: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A camera in somebody's hands until a time, in seconds of the clock that was given."""

    who: Steerer
    until_s: float

    def holds(self, now_s: float) -> bool:
        """Whether it still counts."""
        return now_s < self.until_s


@dataclass(frozen=True, slots=True)
class Taken:
    """What asking for a camera came to.

    Attributes
    ----------
    hold : in whose hands it is now
    granted : whether these are the asker's
    from_whom : who had it and lost it to a higher priority
    """

    hold: Hold
    granted: bool
    from_whom: Steerer | None = None


def ask(held: Hold | None, who: Steerer, now_s: float) -> Taken:
    """Take or keep a camera: free, one's own, or held with a lower priority. Among equals the first keeps it."""
    fresh = Hold(who, now_s + HELD_S)
    if held is None or not held.holds(now_s):
        return Taken(fresh, granted=True)
    if held.who.name == who.name:
        # A lower priority of the same person, by another session, does not lower what they hold.
        keeps = who if who.priority >= held.who.priority else held.who
        return Taken(Hold(keeps, fresh.until_s), granted=True)
    if who.priority > held.who.priority:
        return Taken(fresh, granted=True, from_whom=held.who)
    return Taken(held, granted=False)


def priority_of(permissions: Permissions, camera: Camera) -> int:
    """The highest that any grant gives which lets somebody aim a camera; 0 where none does."""
    return max((_priority(grant) for grant in _fitting(permissions, camera)), default=0)


def _fitting(permissions: Permissions, camera: Camera) -> Iterable[Grant]:
    for grant in permissions.grants:
        there = ANY in grant.areas or camera.area in permissions.tree.under(grant.areas)
        if grant.names("aim", "camera") and grant.takes(camera.tier) and there:
            yield grant


def _priority(grant: Grant) -> int:
    # Grants of a role are named after it, with a number.
    return PRIORITIES.get(grant.id.split(".")[0], PLAIN) + (WHOLE_CITY if ANY in grant.areas else 0)
