"""What is set about health: thresholds, targets, the schedule of checks, deadlines of repair orders. Values only."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from layers.health.rates import Targets
from layers.health.thresholds import Thresholds


class Schedule(BaseModel):
    """How often cameras are checked, so that the network is spared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reach_round_s: float = Field(default=300, ge=1, le=86_400, description="every camera is tried once in so long, s")
    reach_at_once: int = Field(default=8, ge=1, le=64, description="cameras that are tried at a time")
    again_s: float = Field(default=30, ge=0.2, le=3_600, description="what may be a fault is looked at again after, s")
    picture_gap_s: float = Field(
        default=2, ge=0.2, le=3_600, description="pictures of two cameras are taken so long apart at least, s"
    )
    picture_round_s: float = Field(
        default=14_400, ge=1, le=604_800, description="every picture is judged once in so long, s, if the gap allows"
    )
    window_s: float = Field(
        default=6, ge=2, le=20, description="a picture is looked at for so long, s; a freeze is told from 5 s on"
    )
    most_viewers: int = Field(
        default=100, ge=0, le=10_000, description="no picture is taken while more people watch than this"
    )
    keep_days: int = Field(default=90, ge=7, le=730, description="judgements and pictures of faults are kept, days")


class OrderRules(BaseModel):
    """When a repair order opens and closes by itself, and how long each fault may last, in hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault_checks: int = Field(default=3, ge=1, le=20, description="a fault is told after so many checks in a row")
    good_checks: int = Field(default=2, ge=1, le=20, description="a fault is over after so many good checks in a row")
    offline_checks: int = Field(default=3, ge=1, le=20, description="offline is told after so many tries in a row")
    offline_h: float = Field(default=24, ge=0.1, le=8_760, description="deadline: not reached, h")
    signal_lost_h: float = Field(default=24, ge=0.1, le=8_760, description="deadline: signal lost, h")
    black_h: float = Field(default=24, ge=0.1, le=8_760, description="deadline: black picture, h")
    over_exposed_h: float = Field(default=48, ge=0.1, le=8_760, description="deadline: over-exposed, h")
    frozen_h: float = Field(default=24, ge=0.1, le=8_760, description="deadline: frozen picture, h")
    snow_h: float = Field(default=48, ge=0.1, le=8_760, description="deadline: snow, h")
    covered_h: float = Field(default=48, ge=0.1, le=8_760, description="deadline: covered, h")
    blurred_h: float = Field(default=72, ge=0.1, le=8_760, description="deadline: blurred, h")
    moved_h: float = Field(default=72, ge=0.1, le=8_760, description="deadline: turned away, h")
    colour_cast_h: float = Field(default=72, ge=0.1, le=8_760, description="deadline: colour cast, h")

    def hours(self, fault: str) -> float:
        """How long a fault may last."""
        return float(getattr(self, fault.replace("-", "_") + "_h"))


class HealthPlan(BaseModel):
    """All that is set. A value; a change makes the next version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    thresholds: Thresholds = Thresholds()
    targets: Targets = Targets()
    schedule: Schedule = Schedule()
    orders: OrderRules = OrderRules()

    @classmethod
    def usual(cls, *, simulated: bool) -> Self:
        """As it is before anybody sets anything. Pictures that are rendered cost a processor: few are taken."""
        if not simulated:
            return cls()
        return cls(schedule=Schedule(picture_gap_s=5, picture_round_s=86_400, reach_round_s=120, most_viewers=4))


PARTS: tuple[str, ...] = tuple(HealthPlan.model_fields)


def fields_of(plan: HealthPlan, usual: HealthPlan) -> list[dict[str, Any]]:
    """Every value with its name, its usual value, bounds, and what it means in English."""
    found = []
    for part in PARTS:
        values, before = getattr(plan, part), getattr(usual, part)
        for name, field in type(values).model_fields.items():
            bounds = {type(one).__name__: one for one in field.metadata}
            found.append(
                {
                    "name": f"{part}.{name}",
                    "value": getattr(values, name),
                    "default": getattr(before, name),
                    "least": getattr(bounds.get("Ge"), "ge", None),
                    "most": getattr(bounds.get("Le"), "le", None),
                    "unit": unit_of(part, name),
                    "text": field.description or name,
                }
            )
    return found


def unit_of(part: str, name: str) -> str:
    """In what a value is measured; "" for a mere number."""
    if part == "targets" or name.endswith("_share"):
        return "share"
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")


_UNITS = {"_s": "s", "_h": "h", "_px": "px", "_days": "d"}
