"""How many cameras are online, intact and connected: by area, owner and tier, against targets. Pure.

Of all cameras that should work (those in service and those with a reported fault; planned and retired ones are left
out). What is not known is not counted as good: a camera that nobody has reached yet is not online, and one whose
picture nobody has judged is not intact; how many those are stands beside each rate.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from layers.cameras.model import Camera

RateName: TypeAlias = Literal["online", "intact", "connected"]
RATES: tuple[RateName, ...] = ("online", "intact", "connected")
Axis: TypeAlias = Literal["all", "district", "street", "community", "owner", "tier"]

AXES: Mapping[Axis, Callable[[Camera], str]] = MappingProxyType(
    {
        "all": lambda _: "",
        "district": lambda camera: camera.district,
        "street": lambda camera: camera.street,
        "community": lambda camera: camera.community,
        "owner": lambda camera: camera.owner,
        "tier": lambda camera: str(camera.tier),
    }
)
"""What cameras are counted by → the group one belongs to, "" = none."""


class Targets(BaseModel):
    """What each rate should reach, 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    online: float = Field(default=0.98, ge=0, le=1, description="of all cameras reached when last tried")
    intact: float = Field(default=0.95, ge=0, le=1, description="of all cameras reached, their picture without fault")
    connected: float = Field(default=0.98, ge=0, le=1, description="of all cameras shared with the platform")


@dataclass(frozen=True, slots=True)
class Condition:
    """What is known of one camera: None = not known.

    Attributes
    ----------
    online : reached when last tried
    good : no fault in its picture when last judged
    connected : its picture comes to the platform
    """

    online: bool | None = None
    good: bool | None = None
    connected: bool | None = None

    @property
    def intact(self) -> bool | None:
        """Reached, and the picture good; one thing known to be bad is enough to say no."""
        if self.online is False or self.good is False:
            return False
        return True if self.online and self.good else None


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate over some cameras; ``good + bad + unknown == total``."""

    good: int
    bad: int
    unknown: int
    target: float

    @property
    def total(self) -> int:
        """Cameras that should work."""
        return self.good + self.bad + self.unknown

    @property
    def share(self) -> float | None:
        """Good ones of all, 0 to 1; None where there is no camera."""
        return self.good / self.total if self.total else None

    @property
    def reached(self) -> bool | None:
        """Whether the target is; None where there is no camera, or what is not known decides it."""
        if self.share is None or self.share >= self.target:
            return None if self.share is None else True
        return False if (self.good + self.unknown) / self.total < self.target else None


def expected(camera: Camera) -> bool:
    """Whether a camera should work: planned and retired ones have no picture to look at."""
    return camera.status in ("in-service", "fault")


def rates(
    cameras: Iterable[Camera], conditions: Mapping[str, Condition], targets: Targets, axis: Axis = "all"
) -> dict[str, dict[RateName, Rate]]:
    """Group → its rates, in the order of the groups' names; a camera without a condition is not known."""
    groups: dict[str, list[Condition]] = defaultdict(list)
    group_of = AXES[axis]
    for camera in cameras:
        if expected(camera):
            groups[group_of(camera)].append(conditions.get(camera.id, Condition()))
    return {group: _rates(some, targets) for group, some in sorted(groups.items())}


def _rates(some: list[Condition], targets: Targets) -> dict[RateName, Rate]:
    return {name: _rate([getattr(one, name) for one in some], getattr(targets, name)) for name in RATES}


def _rate(values: list[bool | None], target: float) -> Rate:
    good, bad = values.count(True), values.count(False)
    return Rate(good, bad, len(values) - good - bad, target)
